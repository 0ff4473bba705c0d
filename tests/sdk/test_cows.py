"""The game of ``bots/cows``: what a guess is worth, and a whole game with a restart in the middle."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from tellme.testing import Chat, talk_to

BOT = Path(__file__).parents[2] / "bots" / "cows" / "bot.py"


def worth(secret: str, guess: str) -> str:
    """Return what a guess is worth, by the rules: each place for itself."""
    bulls = sum(secret[place] == guess[place] for place in range(len(secret)))
    cows = sum(guess[place] in secret and secret[place] != guess[place] for place in range(len(secret)))
    return f"{bulls or 'no'} bull{'' if bulls == 1 else 's'}, {cows or 'no'} cow{'' if cows == 1 else 's'}"


def win(chat: Chat, digits: int, guesses: int = 0, left: list[str] | None = None) -> tuple[str, int]:
    """Guess what can still be the number until it is found; return the last reply and how many guesses it took."""
    left = ["".join(each) for each in permutations("0123456789", digits)] if left is None else left
    while True:
        guess = left[0]
        told = chat.say(guess)
        guesses += 1
        if "it is" in told:
            return told, guesses
        left = [each for each in left[1:] if worth(each, guess) == told]


@pytest.fixture
def chat() -> Chat:
    return talk_to(BOT)


def test_it_greets_and_explains(chat: Chat) -> None:
    with chat:
        assert chat.greeting == "Moo! Say “play” to begin, or “rules” to learn it."
        assert "A bull is a digit in its place" in chat.say("help")
        assert chat.say("How do I play?") == chat.say("rules")


@pytest.mark.parametrize(("choose", "digits"), [("Three digits", 3), ("Five digits", 5), (None, 4)])
def test_a_game(chat: Chat, choose: str | None, digits: int) -> None:
    with chat:
        said = chat.say("let's play", choose=choose)
        assert said == f"I have a number of {digits} different digits. What is your guess?"
        assert said.choices == (("How long shall the number be?", ("Three digits", "Four digits", "Five digits")),)
        told, guesses = win(chat, digits)
        assert f"after {guesses} guess" in told
        assert chat.declines("1234") == "We are not playing. Say “play” to begin, or “rules” to learn it."
        assert chat.say("again", choose="Three digits").startswith("I have a number of 3")


def test_the_number_survives_a_restart(chat: Chat) -> None:
    with chat:
        chat.say("play", choose="Three digits")
        first = chat.say("012")
        chat.restart()
        left = ["".join(each) for each in permutations("0123456789", 3)]
        told, guesses = win(chat, 3, 1, [each for each in left if worth(each, "012") == first])
        assert f"after {guesses} guesses" in told


def test_giving_up_shows_the_number(chat: Chat) -> None:
    with chat:
        assert chat.declines("give up") == "There is nothing to give up. Say “play” to begin."
        chat.say("play", choose="Five digits")
        told = chat.say("I give up")
        secret = told.removeprefix("It was ").partition(".")[0]
        assert len(set(secret)) == 5
        chat.declines("01234")


@pytest.mark.parametrize("guess", ["123", "12345", "1123", "abcd", "12 34", "١٢٣٤", "-123", "1.23"])
def test_what_is_no_guess_costs_nothing(chat: Chat, guess: str) -> None:
    with chat:
        chat.say("play", choose="Four digits")
        assert chat.declines(guess) == "A guess is a number of 4 different digits."
        _, guesses = win(chat, 4)
        assert guesses <= 10


@pytest.mark.parametrize("word", ["cancel", "Stop!", "quit"])
def test_leaving(chat: Chat, word: str) -> None:
    with chat:
        chat.say("play", choose="Four digits")
        said = chat.say(word)
        assert (said, said.leaves) == ("Goodbye, and thanks for all the grass.", True)


def test_a_setting_says_how_long_the_number_is_where_nobody_chooses() -> None:
    with talk_to(BOT, settings={"digits": 6}) as chat:
        assert "6 different digits" in chat.say("play")


def test_it_is_short() -> None:
    assert len(BOT.read_text().splitlines()) < 80
