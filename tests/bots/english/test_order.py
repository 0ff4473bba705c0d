"""Which of the answers of a corpus is given first: one that says something, before one that only asks or hints."""

from __future__ import annotations

import pytest
from englishbot.corpus import Exchange, exchanges, questions
from englishbot.typos import everyday

LIST = ["Do you ever get cold?", "Are you cold?", "I do not.", "Only in winter, and then I wear a coat.", "Why?"]
"""Answers, written as if they were a conversation."""


def conversation(lines: list[str], name: str = "en-0-x:0") -> list[tuple[str, str | None, str]]:
    return [(name, before, line) for before, line in zip([None, *lines[:-1]], lines, strict=True)]


def answers(found: list[Exchange], asked: str) -> tuple[str, ...]:
    return next(question.answers for question in questions(found) if question.text == asked)


def test_a_list_of_answers_behind_an_echo_answers_both() -> None:
    found = exchanges(conversation(LIST))
    assert answers(found, LIST[0]) == ("I do not.", "Only in winter, and then I wear a coat.", "Why?")
    assert answers(found, LIST[1]) == ("Only in winter, and then I wear a coat.", "I do not.", "Why?")
    assert len(questions(found)) == 2


def test_a_conversation_stays_one() -> None:
    lines = ["I am cold", "Are you cold?", "Yes, very.", "Then wear a coat."]
    assert [question.text for question in questions(exchanges(conversation(lines)))] == lines[:3]


@pytest.mark.parametrize(
    ("asked", "given", "first"),
    [
        pytest.param("What is a fog?", ["A frog.", "A cloud " + "of drops " * 12], 1, id="a pun"),
        pytest.param("What is a fog?", ["A cloud.", "A low cloud of drops."], 0, id="two that define"),
        pytest.param("I am cold", ["Why?", "Wear a coat."], 1, id="one that asks"),
        pytest.param("I am cold", ["Me too, and you?", "Wear a coat."], 0, id="one that says something and asks"),
    ],
)
def test_the_first_answer_says_something(asked: str, given: list[str], first: int) -> None:
    assert answers([Exchange(asked, answer, None) for answer in given], asked)[0] == given[first]


def test_the_files_keep_their_order() -> None:
    found = [Exchange("I am cold", "Why?", None, "own"), Exchange("I am cold", "Wear a coat.", None, "english")]
    assert answers(found, "I am cold") == ("Why?", "Wear a coat.")


def test_what_is_told_of_the_same_thing_goes_before_a_question() -> None:
    found = [
        Exchange("tell me about fog", "do you like it?", None),
        Exchange("do you know about fog", "It is wet.", None),
    ]
    assert answers(found, "tell me about fog") == ("It is wet.", "do you like it?")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("hwo", "how"), ("si", "is"), ("em", "me"), ("jok", "joke"), ("tel", "tell"), ("hiw", "how"), ("yuo", "you")],
)
def test_slips_in_everyday_words(typed: str, meant: str) -> None:
    assert everyday(typed)[0] == meant


@pytest.mark.parametrize("typed", ["how", "x", "zebra", "hxw", "a" * 40, "né"])
def test_what_is_no_slip_of_one_stays(typed: str) -> None:
    assert "how" not in everyday(typed)
