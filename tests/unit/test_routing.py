"""A message without a session goes to the best bot, or to none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.host.routing import route
from tellme.model import BotSpec


def bot(name: str, aliases: tuple[str, ...] = (), patterns: tuple[str, ...] = ()) -> BotSpec:
    return BotSpec(name, name.lower(), "command", ("bot",), "/", "bot.toml", aliases=aliases, patterns=patterns)


BOTS = (
    bot("English", ("hello", "how are you", "tell me a joke")),
    bot("Zen", ("zen of python", "the zen of python", "python wisdom"), (r"(?i)\bwisdom about \w+",)),
    bot("Math", ("calculate", "what is the square root"), (r"^[\d\s.+*/()-]+$", r"(?i)^what is \d+.*")),
    bot("Wall-E", ("clean this up", "tidy the room")),
)


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("hello", "English"),
        ("  Hello! ", "English"),
        ("How are you?", "English"),
        ("2+2", "Math"),
        ("what is 20% of 50", "Math"),
        ("some wisdom about errors, please", "Zen"),
        ("can you please show me the zen of python now", "Zen"),
        ("zen of pyhton", "Zen"),
        ("python zen", "Zen"),
        ("celan this up", "Wall-E"),
        ("this, clean it up", "Wall-E"),
        ("room tidy", "Wall-E"),
        ("What is the capital of France?", None),
        ("clean", None),
        ("tody the room", "Wall-E"),
        ("todi the roam", None),
        ("now do not calculate anything at all today", None),
        ("helo", "English"),
        ("the the the", None),
        ("", None),
        ("?!", None),
        ("xyzzy", None),
    ],
)
def test_route(message: str, name: str | None) -> None:
    found = route(message, BOTS)
    assert (found and found.name) == name


def test_an_alias_comes_before_a_pattern_and_a_pattern_before_likeness() -> None:
    exact, pattern, like = bot("A", ("add numbers",)), bot("B", (), ("add",)), bot("C", ("add numbers now",))
    assert route("add numbers", [like, pattern, exact]) == exact
    assert route("add numbers no", [like, pattern]) == pattern
    assert route("add numbers no", [like]) == like


def test_the_pattern_that_explains_more_wins() -> None:
    some, more = bot("A", (), (r"\d+",)), bot("B", (), (r"\d+ apples",))
    assert route("12 apples", [some, more]) == more


def test_a_tie_is_nobodys() -> None:
    assert route("hello", [bot("A", ("hello",)), bot("B", ("Hello!",))]) is None
    assert route("12", [bot("A", (), (r"\d+",)), bot("B", (), (r"\d\d",))]) is None
    assert route("helo there", [bot("A", ("hello there",)), bot("B", ("hello there",))]) is None


def test_without_bots_there_is_nobody() -> None:
    assert route("hello", []) is None


def test_short_words_forgive_no_mistake() -> None:
    assert route("zip it", [bot("A", ("zap it",))]) is None


def test_a_huge_message_takes_no_longer() -> None:
    start = time.perf_counter()
    route("word " * 200_000, BOTS)
    route("x" * 1_000_000, [bot("A", ("y" * 1_000_000,))])
    assert time.perf_counter() - start < 1


@given(st.text(max_size=60), st.permutations(BOTS))
@settings(max_examples=100, derandomize=True)
def test_the_order_of_bots_does_not_matter(message: str, bots: list[BotSpec]) -> None:
    assert route(message, bots) == route(message, BOTS)
