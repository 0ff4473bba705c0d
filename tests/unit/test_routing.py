"""A message without a session goes to the best bot, or to none."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.host import routing
from tellme.host.routing import Conflict, conflicts, route
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


def test_a_pattern_that_takes_too_long_finds_nothing_and_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(routing, "_logger", logging.Logger("alone"))  # whatever a host did to tellme's loggers
    routing._logger.addHandler(caplog.handler)
    slow = bot("Slow", patterns=(r"(a|aa)+$",))
    message = "a" * 60 + "!"
    assert route(message, (slow,)) is None
    assert "a pattern of Slow takes too long" in caplog.text
    found = route(message, (slow, bot("Quick", patterns=("a!",))))
    assert found is not None
    assert found.name == "Quick"


def test_an_alias_comes_before_a_pattern_and_a_pattern_before_likeness() -> None:
    exact, pattern, like = bot("A", ("add numbers",)), bot("B", (), ("add",)), bot("C", ("add numbers now",))
    assert route("add numbers", [like, pattern, exact]) == exact
    assert route("add number now", [like, pattern]) == pattern
    assert route("add number now", [like]) == like


def test_the_pattern_that_explains_more_wins() -> None:
    some, more = bot("A", (), (r"\d+",)), bot("B", (), (r"\d+ apples",))
    assert route("12 apples", [some, more]) == more


def test_a_tie_is_nobodys() -> None:
    assert route("hello", [bot("A", ("hello",)), bot("B", ("Hello!",))]) is None
    assert route("12", [bot("A", (), (r"\d+",)), bot("B", (), (r"\d\d",))]) is None
    assert route("helo there", [bot("A", ("hello there",)), bot("B", ("hello there",))]) is None


HELPER = bot("Helper", ("Help", "greet", "cancel", "opening hours"))


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("xyzzy", "Helper"),
        ("help", "Helper"),
        ("hello", "English"),
        ("zen of pyhton", "Zen"),
        ("hours of opening", "Helper"),
        ("", None),
        ("  ", None),
    ],
)
def test_the_bot_that_helps_gets_what_nobody_else_has_a_claim_to(message: str, name: str | None) -> None:
    found = route(message, [HELPER, *BOTS])
    assert (found and found.name) == name


@pytest.mark.parametrize("message", ["greet", "cancel", "greet me", "cancle", "help", "helpp"])
def test_nobody_is_found_by_a_special_alias(message: str) -> None:
    helpers = [bot("A", ("help", "greet", "cancel")), bot("B", ("help",))]
    assert route(message, helpers) is None  # not even by help: there are two


def test_two_claims_are_a_question_though_somebody_helps() -> None:
    assert route("12", [bot("A", (), (r"\d+",)), bot("B", (), (r"\d\d",)), HELPER]) is None
    assert route("paint fnece", [bot("A", ("paint fence",)), bot("B", ("paint fence",)), HELPER]) is None


@pytest.mark.parametrize("message", ["don't tidy the room", "never tell me a joke", "no zen of python"])
def test_what_is_not_wanted_leads_nowhere(message: str) -> None:
    assert route(message, [spec._replace(patterns=()) for spec in BOTS]) is None


def test_conflicts_are_aliases_that_several_bots_have() -> None:
    bots = [
        bot("A", ("Tidy the room!", "tidy the room", "greet", "help", "one")),
        bot("B", ("the room, tidy", "GREET", "help", "?!")),
        bot("C", ("two", "?!")),
    ]
    assert conflicts(bots) == (Conflict("Tidy the room!", ("A", "B")), Conflict("help", ("A", "B")))
    assert conflicts(BOTS) == ()


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


def synonyms(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """In the place of a model, which is asked in tests/host/test_embeddings.py: two groups of words, one less sure."""
    near = {frozenset({"carpet hoover", "floor vacuum"}): 0.95, frozenset({"film", "game"}): 0.79}
    near |= {frozenset({each, "floor vacuum"}): 0.95 for each in ("carpet hoover never", "carpet hoover off")}
    return [near.get(frozenset(pair), 0.1) for pair in pairs]


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("hoover the carpet", "Sweeper"),
        ("hoover carpet the", "Sweeper"),
        ("never hoover the carpet", None),
        ("play a film", None),
        ("play a gaem", "Player"),
        ("hoover", None),
        ("tulips", None),
    ],
)
def test_meaning_leads_where_words_do_not(message: str, name: str | None) -> None:
    bots = [bot("Sweeper", ("vacuum the floor",)), bot("Player", ("play a game",))]
    found = route(message, bots, synonyms)
    assert (found and found.name) == name
    assert route("hoover the carpet", bots) is None


def test_two_that_mean_the_same_are_a_question_though_somebody_helps() -> None:
    same = [bot("A", ("vacuum the floor",)), bot("B", ("the floor: vacuum",))]
    assert route("hoover the carpet", [*same, HELPER], synonyms) is None
    assert route("tulips", [*same, HELPER], synonyms) == HELPER
    assert route("hoover the carpet", [same[0], HELPER], synonyms) == same[0]


def test_an_opposite_is_not_near_in_meaning() -> None:
    assert route("lights off", [bot("A", ("lamps on",))], lambda pairs: [1.0] * len(pairs)) is None
    assert route("lights on", [bot("A", ("lamps on",))], lambda pairs: [1.0] * len(pairs))


@pytest.mark.parametrize("message", ["vacuum the floor", "12", "vacum the floor", "floor vacuum please", "", "?!"])
def test_nobody_asks_for_meaning_where_words_or_patterns_decide(message: str) -> None:
    def unasked(pairs: object) -> list[float]:
        raise AssertionError(pairs)

    route(message, [bot("A", ("vacuum the floor",)), bot("B", (), ("^[0-9]+$",))], unasked)


def test_a_conflict_says_which_alias_whose_and_what_to_do() -> None:
    several = [bot(name, ("Tidy\x07 the room!",)) for name in ("A", "B", "C")]
    (found,) = conflicts(several)
    assert found.problem == 'the alias "Tidy the room!" is one of A, B and C, so it may lead to none of them'
    assert found.advice == "leave it to one of them, and give the others aliases of their own"
