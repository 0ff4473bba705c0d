"""The English bot without a process around it: opens (or trains) its ChatterBot, answers within a conversation, and
takes corrections.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .corpora import Source, sources
from .corrections import Corrections, is_command, last_question
from .deferred_spacy import defer_spacy
from .followups import Reading, Said, in_place, readings, repeats
from .kept import database_name, find_or_train, read_only
from .retrieval import Index


class English:
    """A trained ChatterBot that answers from its corpora and what it was corrected to, or says nothing."""

    def __init__(self, chatbot: Any, folder: str = "") -> None:
        from .adapter import CorpusAnswer
        from .corpus import exchanges
        from .library import Library
        from .neutral import neutral_questions

        adapter: Any = CorpusAnswer(chatbot)  # only now, for it reads the trained store once
        chatbot.logic_adapters.append(adapter)
        self._chatbot = chatbot
        self.index: Index = adapter.index
        other = neutral_questions(exchanges(chatbot.storage.lines_in_other_languages()))
        self._library = Library(self.index, other)
        adapter.index = self._library
        self.corrections = Corrections(folder, self._library.same)
        self._refresh()

    def answer(self, text: str, history: Sequence[tuple[str, str]] = ()) -> str | None:
        """Return the answer to ``text`` after ``history`` (messages and replies, oldest first), ``None`` where
        there is none.
        """
        self._refresh()
        said = _conversation(history)
        if (corrected := self._library.corrected(in_place(text, said))) is not None:
            return corrected.question.answers[0]
        for group in readings(text, said):
            if best := max(self._replies(group, said), key=lambda reply: reply[1], default=None):
                return best[0]
        return said[-1].reply or None if said and repeats(text) else None

    def correct(self, answer: str, history: Sequence[tuple[str, str]]) -> str:
        """Take ``answer`` as the one to the last message; return what to tell the person. Raises ``Refused``."""
        asked = last_question([message for message, _ in history])
        before = [message for message, _ in history]
        earlier = history[: len(before) - 1 - before[::-1].index(asked)] if asked else ()
        done = self.corrections.correct(in_place(asked, _conversation(earlier)), answer)
        self._library.correct(self.corrections.active)
        return done

    def uncorrect(self, which: str) -> str:
        """Take a correction back; return what to tell the person. Raises ``Refused``."""
        done = self.corrections.uncorrect(which)
        self._library.correct(self.corrections.active)
        return done

    def close(self) -> None:
        """Let go of the database."""
        self._chatbot.storage.close()

    def _refresh(self) -> None:
        if self.corrections.refresh():
            self._library.correct(self.corrections.active)

    def _replies(self, asked: Sequence[Reading], history: Sequence[Said]) -> Iterator[tuple[str, float]]:
        """Yield the answers to what the message may ask, each with how sure it is."""
        given = {one.reply for one in history}
        for reading in asked:
            reply, score = self._ask(reading.question, history)
            if reply and score >= reading.least and not (reading.new and reply in given):
                yield reply, score

    def _ask(self, text: str, history: Sequence[Said]) -> tuple[str, float]:
        response = self._chatbot.get_response(
            text[:5000],
            in_response_to=history[-1].reply if history else "",
            additional_response_selection_parameters={"said": tuple(one.reply for one in history)},
        )
        return str(response.text), float(response.confidence)


def _conversation(history: Sequence[tuple[str, str]]) -> list[Said]:
    """Return what was said, without what was said about corrections."""
    return [Said(*one) for one in history if not is_command(one[0])]


def open_english(folder: str = "", corpora: Sequence[str] = (), own_folder: str = "") -> English:
    """Return the bot on the trained database of its corpora in ``folder``, trained now where there is none.

    Without a folder, or where nothing can be kept in it, the corpora are trained in memory. ``own_folder`` is where
    its corrections are. Raises ``CorpusError``.
    """
    files = sources(corpora)
    defer_spacy()
    import chatterbot
    import chatterbot_corpus

    versions = (chatterbot.__version__, getattr(chatterbot_corpus, "__version__", "0"))
    if folder:
        try:
            with _as_os_error():
                path = find_or_train(
                    folder,
                    database_name([file.name for file in files], versions),
                    lambda part: _train(f"sqlite:///{part}", files).storage.close(),
                )
            return English(_chatbot(f"sqlite:///{read_only(path)}&uri=true"), own_folder)
        except OSError as error:
            print(f"The trained database cannot be kept in {folder} ({error}); training in memory.", file=sys.stderr)  # noqa: T201
    return English(_train(None, files), own_folder)


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Let a full disk be one kind of error, whichever library comes upon it."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except (sqlite3.Error, DBAPIError) as error:
        raise OSError(getattr(error, "orig", error)) from error


def _chatbot(database_uri: str | None) -> Any:
    """Return a ChatterBot on this database (``None``: a new one in memory) that learns nothing from what it is told."""
    from chatterbot import ChatBot

    return ChatBot(
        "English",
        storage_adapter="englishbot.storage.CorpusStorage",
        database_uri=database_uri,
        logic_adapters=[],
        read_only=True,
    )


def _train(database_uri: str | None, files: Sequence[Source]) -> Any:
    from .training import CorpusTrainer

    chatbot = _chatbot(database_uri)
    CorpusTrainer(chatbot, show_training_progress=False).train(*files)
    return chatbot
