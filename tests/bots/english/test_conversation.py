"""English within a conversation: asking again, "another one", "and the moon?", and the corpus' own dialogues."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from englishbot.engine import English


def talk(english: English, *messages: str) -> list[str | None]:
    history: list[tuple[str, str]] = []
    for message in messages:
        history.append((message, english.answer(message, history) or ""))
    return [reply or None for _, reply in history]


def test_asking_again_gives_another_answer_until_all_are_said(english: English) -> None:
    replies = talk(english, *["Are you sapient?"] * 5)
    assert len(set(replies[:4])) == 4
    assert replies[4] == replies[0]


def test_another_one_means_the_question_before(english: English) -> None:
    replies = talk(english, "tell me a joke", "another one", "one more please", "next")
    assert len(set(replies)) == 4
    assert None not in replies


def test_another_one_of_nothing_is_declined(english: English) -> None:
    assert talk(english, "another one") == [None]


def test_an_ellipsis_takes_the_question_before(english: English) -> None:
    assert (
        talk(english, "how far is the sun", "and the moon?")[1]
        == "the moon is about 250,000 miles from earth on average."
    )
    assert talk(english, "who wrote frankenstein", "and the hobbit?")[1] == "The Hobbit was written by J.R.R. Tolkein."


def test_an_ellipsis_to_the_unknown_is_declined(english: English) -> None:
    assert talk(english, "who wrote frankenstein", "and moby dick?")[1] is None


def test_a_dialogue_of_the_corpus_goes_on(english: English) -> None:
    assert talk(english, "How is your health?", "why?", "Did you take medicine?") == [
        "I'm not feeling well",
        "I have a fever",
        "Yes.",
    ]


def test_a_line_from_inside_a_dialogue_means_nothing_elsewhere(english: English) -> None:
    assert talk(english, "what is a computer", "why?")[1] is None
