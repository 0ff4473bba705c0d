"""What leans on the messages before it: answered from the corpus where it says a whole question, declined elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from englishbot.engine import English

EDISON, HOBBIT = "thomas edison.", "The Hobbit was written by J.R.R. Tolkein."
MOON = "the moon is about 250,000 miles from earth on average."
VENUS = "venus is the second planet from the sun."

ANSWERED = [
    (["who invented the steam engine", "and the lightbulb?"], EDISON),
    (["who invented the steam engine", "what about the light bulb?"], EDISON),
    (["who wrote Hamlet?", "and the hobbit?"], HOBBIT),  # the question before was declined, and is one all the same
    (["who wrote frankenstein", "and moby dick?", "and the hobbit?"], HOBBIT),
    (["what is the capital of Jordan?", "and in Jordan?"], "Amman"),
    (["how far is the sun", "and the moon?"], MOON),
    (["who painted guernica", "and who wrote the hobbit?"], HOBBIT),
    (["who painted guernica", "and who wrote moby dick?", "and the hobbit?"], HOBBIT),
    (["what is thermodynamics", "what about venus"], VENUS),
    (["what is the moon", "how far is it?"], MOON),
    (["do you have a lightbulb?", "who invented it?"], EDISON),
    (["who wrote the hobbit?", "say that again"], HOBBIT),
    (["who wrote the hobbit?", "pardon?"], HOBBIT),
    (["who wrote the hobbit?", "can you repeat that please"], HOBBIT),
]


@pytest.mark.parametrize(("messages", "answer"), ANSWERED)
def test_answered(english: English, messages: list[str], answer: str) -> None:
    assert said(english, messages)[-1] == answer


DECLINED = [
    ["who wrote frankenstein", "and moby dick?"],
    ["What is the national dish of Spain?", "and in Italy?"],
    ["What is the national dish of Spain?", "who invented it?"],
    ["who wrote the hobbit", "when was it written"],
    ["what is venus", "tell me more"],
    ["who wrote the hobbit", "another one"],
    ["what is venus", "and mars?", "who is he?"],
    ["who invented the steam engine", "when did he die"],
    ["who invented the steam engine", "who was he?"],
    ["what is a computer", "why?"],
    ["what is a computer", "really?"],
    ["how are you", "and you?"],
    ["capital of France", "say that again"],
    ["say that again"],
    ["who invented it?"],
    ["another one"],
    ["tell me more"],
    ["is there anything you want to say?", "tell me more"],
]


@pytest.mark.parametrize("messages", DECLINED, ids=" | ".join)
def test_declined(english: English, messages: list[str]) -> None:
    assert said(english, messages)[-1] is None


def test_another_one_is_never_the_same_one(english: English) -> None:
    jokes = said(english, ["another joke", "what is AI?", "tell me another joke", *["another one"] * 60])
    assert jokes.pop(1)
    told = [joke for joke in jokes if joke is not None]
    assert len(told) == len(set(told)) > 5
    assert jokes[-1] is None
    assert not any("AI" in joke for joke in told)


def said(english: English, messages: list[str]) -> list[str | None]:
    history: list[tuple[str, str]] = []
    for message in messages:
        history.append((message, english.answer(message, history) or ""))
    return [reply or None for _, reply in history]
