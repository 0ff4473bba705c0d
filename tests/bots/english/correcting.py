"""One conversation with English that corrects it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from englishbot.corrections import Corrections, Refused
from englishbot.engine import English, open_english

FRANCE = "What is the capital of France?"


class Talk:
    """One session with a bot; commands as a person types them."""

    def __init__(self, bot: English) -> None:
        self.bot = bot
        self.history: list[tuple[str, str]] = []

    def say(self, message: str) -> str | None:
        reply = self._reply(message)
        self.history.append((message, reply or ""))
        return reply

    def _reply(self, message: str) -> str | None:
        command, _, rest = message.partition(" ")
        try:
            match command:
                case "/correct":
                    return self.bot.correct(rest, self.history)
                case "/corrections":
                    return self.bot.corrections.listed()
                case "/uncorrect":
                    return self.bot.uncorrect(rest)
        except Refused as refused:
            return f"! {refused}"
        return self.bot.answer(message, self.history)


@pytest.fixture(scope="module")
def opened(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[English]:
    bot = open_english(str(trained), own_folder=str(tmp_path_factory.mktemp("own") / "English"))
    yield bot
    bot.close()


@pytest.fixture
def bot(opened: English) -> Iterator[English]:
    """English without corrections."""
    yield opened
    while opened.corrections.active:
        opened.uncorrect("")


@pytest.fixture
def talk(bot: English) -> Talk:
    return Talk(bot)


def corrected(bot: English, **answers: str) -> None:
    for question, answer in answers.items():
        bot.correct(answer, [(question, "")])


def answers(kept: Corrections) -> list[str]:
    kept.refresh()
    return [note.answer for note in kept.active]
