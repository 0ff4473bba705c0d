"""Corrections are listed, numbered, taken back and refused, and nothing else is learned."""

from __future__ import annotations

import pytest
from englishbot.corrections import Refused
from englishbot.engine import English

from .correcting import FRANCE, Talk, corrected
from .correcting import bot as bot
from .correcting import opened as opened
from .correcting import talk as talk


def listed(bot: English) -> list[str]:
    """Return the list without its dates."""
    try:
        return [line[:2] + line[14:] for line in bot.corrections.listed().splitlines()]
    except Refused:
        return []


# the commands


def test_a_correction_of_a_correction_takes_its_place_until_it_is_taken_back(talk: Talk) -> None:
    talk.say(FRANCE)
    talk.say("/correct Lyon")
    assert talk.say("/correct Paris") == f"Noted: {FRANCE} → Paris"
    assert listed(talk.bot) == [f"1.{FRANCE} → Paris"]
    assert talk.say("capital of france") == "Paris"
    assert talk.say("/uncorrect") == f"Taken back: {FRANCE} → Paris; the answer is Lyon again"
    assert talk.say("capital of france") == "Lyon"
    talk.say("/uncorrect 1")
    assert talk.say("capital of france") is None
    assert listed(talk.bot) == []


def test_the_same_in_the_same_words_is_one_correction(talk: Talk) -> None:
    talk.say("what is the capital of france")
    talk.say("/correct Lyon")
    talk.say("What's the capital of France?!")
    talk.say("/correct Paris")
    assert talk.say("what is the capital of france") == "Paris"
    assert len(listed(talk.bot)) == 1


def test_said_twice_it_is_kept_once(talk: Talk) -> None:
    talk.say(FRANCE)
    talk.say("/correct Paris")
    talk.say("/correct Paris")
    talk.say("/uncorrect")
    assert talk.say(FRANCE) is None


def test_they_are_numbered_and_taken_back_by_number(bot: English) -> None:
    corrected(bot, one="1", two="2", three="3")
    assert listed(bot) == ["1.one → 1", "2.two → 2", "3.three → 3"]
    assert bot.uncorrect(" 2 ") == "Taken back: two → 2"
    assert listed(bot) == ["1.one → 1", "2.three → 3"]
    assert bot.uncorrect("") == "Taken back: three → 3"


def test_a_list_is_one_line_each(bot: English) -> None:
    bot.correct("a\nb " + "x" * 500, [("what\nis " + "y" * 500, "")])
    (line,) = bot.corrections.listed().splitlines()
    assert len(line) < 230


def test_commands_are_no_messages(talk: Talk) -> None:
    talk.say(FRANCE)
    talk.say("/corrections")
    talk.say("/correct Lyon")
    talk.say("/uncorrect")
    talk.say("/correct Paris")
    assert listed(talk.bot) == [f"1.{FRANCE} → Paris"]
    talk.say("tell me a joke")
    talk.say("/corrections")
    assert talk.say("another one") not in (None, talk.history[-2][1])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/correct Paris", "ask something first"),
        ("/correct", "/correct TEXT"),
        ("/corrections", "/correct TEXT"),
        ("/uncorrect", "no corrections"),
        ("/uncorrect 3", "no corrections"),
    ],
)
def test_without_anything_to_do_it_says_what_to_do(talk: Talk, command: str, said: str) -> None:
    reply = talk.say(command) or ""
    assert reply.startswith("! ")
    assert said in reply


@pytest.mark.parametrize("number", ["0", "3", "-1", "x", "1 2", "9" * 30, "²", "1.5"])
def test_a_number_that_is_none_is_refused(bot: English, number: str) -> None:
    corrected(bot, one="1", two="2")
    with pytest.raises(Refused, match="1 to 2"):
        bot.uncorrect(number)
    assert len(listed(bot)) == 2


def test_what_is_too_long_is_refused(bot: English) -> None:
    with pytest.raises(Refused, match="10,000"):
        bot.correct("x" * 10_001, [("one", "")])
    with pytest.raises(Refused, match="cannot be corrected"):
        bot.correct("x", [("y" * 10_001, "")])
    assert bot.correct("x" * 10_000, [("one", "")]).startswith("Noted: one → xxx")


def test_halves_of_characters_are_no_harm(bot: English) -> None:
    bot.correct("a\ud800b\0c", [("one\udfff", "")])
    assert bot.answer("one\udfff") == "a?b\0c"


def test_nothing_else_is_learned(talk: Talk) -> None:
    talk.say("The password of my bank is swordfish")
    talk.say("No, Paris")
    assert talk.bot.corrections.active == []
    assert talk.say("What is the password of my bank?") is None
