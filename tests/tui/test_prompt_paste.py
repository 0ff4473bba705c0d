"""Large pastes stand as tokens that nobody can forge; what the terminal sends of them is never a key."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events

from tellme.tui.terminal import keyboard
from tellme.tui.terminal.keyboard import Keyboard
from tellme.tui.widgets.paste import MAX_CHARACTERS, Folds, safe, shown, tokens

START, END = "\x1b[200~", "\x1b[201~"


def test_a_token_says_what_it_stands_for() -> None:
    folds = Folds()

    assert shown(folds.fold("x\n" * 412)) == "[Pasted text #1: 412 lines, 824 B]"
    assert shown(folds.fold("é" * 9000)) == "[Pasted text #2: 1 line, 18 kB]"
    assert shown(folds.fold("x" * 1_000_000)) == "[Pasted text #3: 1 line, 1.0 MB]"


@pytest.mark.parametrize(("text", "is_folded"), [("a\n" * 9, False), ("a\n" * 10, True), ("a" * MAX_CHARACTERS, False)])
def test_small_pastes_are_not_folded(text: str, is_folded: bool) -> None:
    assert bool(tokens(Folds().fold_pasted(text))) == is_folded


def test_what_looks_like_a_token_is_none() -> None:
    folds = Folds()
    token = folds.fold("secret")

    assert folds.unfold(shown(token)) == shown(token)
    assert folds.unfold(safe(token)) == safe(token)
    assert tokens(safe(token)) == []


def test_what_is_no_longer_needed_is_forgotten() -> None:
    folds = Folds()
    first, second = folds.fold("a" * 10), folds.fold("b" * 20)
    folds.keep_only(f"x {second}")

    assert folds.held == 20
    assert folds.unfold(first + second) == "b" * 20


hostile = st.text(st.one_of(st.sampled_from("[]#: \n\r\t\x1b\0\u202e\x9b~201m"), st.characters()), max_size=60)


@given(st.lists(st.tuples(st.booleans(), hostile), max_size=6))
@settings(max_examples=100, derandomize=True)
def test_unfolding_gives_back_what_was_put_in(parts: list[tuple[bool, str]]) -> None:
    folds = Folds()
    cleaned = [(is_folded, safe(text)) for is_folded, text in parts]
    line = "".join(folds.fold(text) if is_folded else text for is_folded, text in cleaned)

    assert folds.unfold(line) == "".join(text for _, text in cleaned)
    assert len(shown(line)) == len(line)


# What the terminal sends ----------------------------------------------------------------------------------------------


def read(data: str, size: int) -> list[object]:
    """Feed ``data`` in reads of that size; keys come out by name, pastes as their text in a tuple."""
    keyboard = Keyboard()
    found = [event for at in range(0, len(data), size) for event in keyboard.feed(data[at : at + size])]
    return [(event.text,) if isinstance(event, events.Paste) else getattr(event, "key", event) for event in found]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ("\r", "enter"),
        ("\n", "ctrl+j"),
        ("\x1b\r", "alt+enter"),
        ("\x1b[13;2u", "shift+enter"),
        ("\x1b[13;3u", "alt+enter"),
        ("\x1b[27;2;13~", "shift+enter"),
        ("\x1b[27;3;13~", "alt+enter"),
    ],
)
def test_the_keys_for_a_new_line_are_told_apart(data: str, key: str) -> None:
    assert read(data, 100) == [key]


@pytest.mark.parametrize(
    "junk",
    ["\x1b[99999999u", "\x1b[97;5:1A", "\x1b[13:2;1~", "\x1b[48;0;0;0;0t\x1b[<0;1;1M", "\x1b[48;5;5;0;0t\x1b[<35;2;2M"],
)
def test_what_no_terminal_sends_is_passed_over(junk: str) -> None:
    assert read(f"{junk}x", 100)[-1] == "x"


@given(hostile.filter(lambda text: END[1:] not in text and not text.endswith("\x1b")), st.integers(1, 9))
@settings(max_examples=100, derandomize=True)
def test_a_paste_is_a_paste_whatever_is_in_it(text: str, size: int) -> None:
    assert read(f"a{START}{text}{END}b{START}{END}\r", size) == ["a", (text,), "b", ("",), "enter"]


def test_a_paste_keeps_no_more_than_a_bounded_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyboard, "MAX_PASTE", 100)

    assert read(START + "x" * 10_000 + END + "y", 4096) == [("x" * 100,), "y"]
