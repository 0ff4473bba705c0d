"""Corrections: used for the question in any wording, and for nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from englishbot.engine import English, open_english

from .correcting import FRANCE, Talk
from .correcting import bot as bot
from .correcting import opened as opened
from .correcting import talk as talk

# what it is used for


@pytest.mark.parametrize(
    "wording",
    [
        FRANCE,
        "what is the capital of france",
        "WHAT IS THE CAPITAL OF FRANCE",
        "what's the capital of France",
        "capital of France",
        "France's capital",
        "the capital of France is what?",
        "what is the captial of France?",
        "Could you please tell me what the capital of France is?",
    ],
)
def test_a_correction_is_used_in_every_wording(bot: English, wording: str) -> None:
    assert bot.answer(wording) is None
    bot.correct("Paris", [(FRANCE, "")])
    assert bot.answer(wording) == "Paris"


@pytest.mark.parametrize(
    "other",
    [
        "What is the capital of Germany?",
        "What is the capital of Spain",
        "Who is the king of France?",
        "capital",
        "France",
    ],
)
def test_a_correction_is_used_for_nothing_else(bot: English, other: str) -> None:
    before = bot.answer(other)
    bot.correct("Paris", [(FRANCE, "")])
    assert bot.answer(other) == before


@pytest.mark.parametrize(
    ("corrected", "same", "others"),
    [
        (
            "What is the boiling point of water?",
            ["boiling point of water", "what's the boilng point of water", "water's boiling point?"],
            ["What is the freezing point of water?", "What is the point of water?", "boiling point of heavy water"],
        ),
        (
            "How do I turn on the lamp?",
            ["how to turn on the lamp", "how can I turn the lamp on?"],
            ["How do I turn off the lamp?", "How do I turn up the lamp?", "How do I turn the lamp?"],
        ),
        ("How do I log in?", ["how to log in"], ["How do I log out?", "How do I log on?"]),
        ("Who is my sister?", ["who's my sister"], ["Who is my brother?", "Who is your sister?", "Who is my sibling?"]),
        ("What is B item 11?", ["what's b item 11"], ["What is A item 11?", "What is item 11?", "What is B item 12?"]),
        ("What is A item 11?", ["what is A item 11"], ["What is B item 11?", "What is item 11?"]),
        ("Where was Jo Ba born?", ["jo ba was born where"], ["When was Jo Ba born?", "Was Jo Ba never born?"]),
    ],
)
def test_a_question_that_differs_in_a_word_is_another(
    bot: English, corrected: str, same: list[str], others: list[str]
) -> None:
    before = [bot.answer(other) for other in others]
    bot.correct("Right.", [(corrected, "")])
    assert [bot.answer(asked) for asked in (corrected, *same)] == ["Right."] * (1 + len(same))
    assert [bot.answer(other) for other in others] == before


@pytest.mark.parametrize("wording", ["What is AI?", "what's artificial intelligence", "Tell me about AI", "define AI"])
def test_a_correction_goes_before_the_corpus(bot: English, wording: str) -> None:
    assert (bot.answer(wording) or "")[:2] in ("Ar", "AI")
    bot.correct("A buzzword.", [("what is AI", "Artificial Intelligence is …")])
    assert bot.answer(wording) == "A buzzword."
    bot.uncorrect("")
    assert (bot.answer(wording) or "")[:2] in ("Ar", "AI")


def test_a_correction_goes_before_the_same_question_of_the_corpus_in_its_own_words(bot: English) -> None:
    asked = "Which planet is the hottest in the solar system?"
    assert bot.answer(asked) == "Venus"
    bot.correct("Mercury, I say.", [("hottest planet of the solar system", "Venus")])
    assert bot.answer(asked) == "Mercury, I say."
    bot.uncorrect("")
    assert bot.answer(asked) == "Venus"


def test_numbers_and_signs_make_another_question(bot: English) -> None:
    bot.correct("4", [("what is 2+2", "")])
    assert bot.answer("What is 2+2?") == "4"
    assert [bot.answer(f"what is {other}") for other in ("2-2", "2*2", "2+3", "3+2")] == [None] * 4


@pytest.mark.parametrize("message", ["🙂", "?", "日本語", "qwertz", "Où es-tu ?"])
def test_any_message_can_be_corrected(bot: English, message: str) -> None:
    bot.correct("I see.", [(message, "")])
    assert bot.answer(message) == "I see."
    assert bot.answer("!") is None


def test_a_dialogue_of_the_corpus_is_corrected_too(talk: Talk) -> None:
    talk.say("How is your health?")
    assert talk.say("why?") == "I have a fever"
    talk.say("/correct No idea.")
    assert talk.say("How is your health?")
    assert talk.say("why?") == "No idea."


def test_what_leans_on_a_question_is_corrected_beside_it_alone(talk: Talk) -> None:
    talk.say("who wrote Frankenstein?")
    assert talk.say("and Moby Dick?") is None
    talk.say("/correct Herman Melville")
    assert talk.say("and Moby Dick?") == "Herman Melville"
    talk.say("who painted Guernica?")
    assert talk.say("and Moby Dick?") is None


def test_the_answer_is_said_as_it_was_given(talk: Talk) -> None:
    text = "  def f():\n      return 1\n\n\tit’s done…"
    talk.say("show me f")
    talk.say(f"/correct {text}")
    assert talk.say("show me f") == text


def test_other_languages_are_corrected(tmp_path: Path) -> None:
    bot = open_english("", ["french"], str(tmp_path))
    bot.correct("À Paris.", [("Où habites-tu, mon ami ?", "")])
    bot.correct("Ici.", [("Où es-tu ?", "Dans Internet.")])
    assert bot.answer("ou habites tu mon ami") == "À Paris."
    assert bot.answer("mon ami, où habites-tu") == "À Paris."
    assert bot.answer("où es tu") == "Ici."
    assert bot.answer("Où habites-tu, mon chat ?") is None
    bot.uncorrect("2")
    assert bot.answer("où es tu") == "Dans Internet."
    bot.close()
