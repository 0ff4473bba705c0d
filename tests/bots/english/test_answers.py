"""English against the table of cases: the known is answered right, the unknown declined."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from englishbot.engine import English

CASES: dict[str, Any] = tomllib.loads((Path(__file__).parent / "cases.toml").read_text(encoding="utf-8"))


def known() -> Iterator[Any]:
    for group, cases in CASES["known"].items():
        for message, right in cases.items():
            yield pytest.param(message, [right] if isinstance(right, str) else right, id=f"{group}: {message}")


def unknown() -> Iterator[Any]:
    for group, messages in CASES["unknown"].items():
        for message in messages:
            yield pytest.param(message, id=f"{group}: {message}")


@pytest.mark.parametrize(("message", "right"), list(known()))
def test_known(english: English, message: str, right: list[str]) -> None:
    answer = english.answer(message)
    assert answer is not None
    assert answer.lower().startswith(tuple(one.lower() for one in right))


@pytest.mark.parametrize("message", list(unknown()))
def test_unknown_is_declined(english: English, message: str) -> None:
    assert english.answer(message) is None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(message=st.text(max_size=200))
def test_any_text_is_answered_in_plain_text_or_declined(english: English, message: str) -> None:
    answer = english.answer(message)
    assert answer is None or (answer and all(letter.isprintable() or letter == "\n" for letter in answer))


@pytest.mark.parametrize("message", ["why " * 100_000, "x" * 1_000_000, " ".join(f"zzzz{n}yyyyy" for n in range(5000))])
def test_what_is_far_too_long_is_declined(english: English, message: str) -> None:
    assert english.answer(message) is None


def test_no_answer_of_the_corpus_is_only_what_was_left_of_one(english: English) -> None:
    answers = {answer for question in english.index.questions for answer in question.answers}
    assert "it" not in answers
    assert "22" not in answers  # its conversation is one string in the file, not a list
    assert not any("\x1b" in answer for answer in answers)


def test_no_answer_ends_in_a_quote_that_nothing_opens(english: English) -> None:
    answer = english.answer("tell me something about history") or ""
    assert answer.endswith("the age of AI.")


def test_the_same_message_gets_the_same_answer(english: English) -> None:
    assert {english.answer("tell me a joke") for _ in range(5)} == {english.answer("joke")}


def test_nothing_is_learned(english: English, trained: Path) -> None:
    (database,) = trained.glob("*.sqlite3")
    before = database.read_bytes()
    assert english.answer("The password of my bank is swordfish") is None
    assert database.read_bytes() == before
    assert english.answer("What is the password of my bank?") is None
