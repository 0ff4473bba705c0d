"""The English bot without a process around it: opens (or trains) its ChatterBot, and answers within a conversation."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any

from .deferred_spacy import defer_spacy
from .kept import database_name, find_or_train, read_only
from .retrieval import Index
from .words import words

ENGLISH = "chatterbot.corpus.english"
COURTESY = __file__.removesuffix("engine.py") + "courtesy.yml"

_MORE = re.compile(
    r"^(?:(?:and |please )?(?:tell me |give me |got |do you know |let me hear )?"
    r"(?:another|one more|more|next|again|a different|a better|some more)"
    r"(?: of (?:them|those))?(?: one| joke| answer| please)*|anything else|what else|else)$"
)
_ELLIPSIS = re.compile(
    r"^(?:(?:and|but|or)(?: (?:what|how) about| what of)?|(?:what|how) about|what of) (?:the |a |an )?(.+)$"
)


class English:
    """A trained ChatterBot that answers from its corpus, or says nothing."""

    def __init__(self, chatbot: Any) -> None:
        from .adapter import CorpusAnswer

        adapter = CorpusAnswer(chatbot)  # only now, for it reads the trained store once
        chatbot.logic_adapters.append(adapter)
        self._chatbot = chatbot
        self.index: Index = adapter.index

    def answer(self, text: str, history: Sequence[tuple[str, str]] = ()) -> str | None:
        """Return the answer to ``text`` after ``history`` (messages and replies, oldest first), ``None`` where
        there is none.
        """
        for question in self._readings(text, history):
            if reply := self._ask(question, history):
                return reply
        return None

    def close(self) -> None:
        """Let go of the database."""
        self._chatbot.storage.close()

    def _ask(self, text: str, history: Sequence[tuple[str, str]]) -> str:
        response = self._chatbot.get_response(
            text[:5000],
            in_response_to=history[-1][1] if history else "",
            additional_response_selection_parameters={"said": tuple(reply for _, reply in history)},
        )
        return str(response.text)

    def _readings(self, text: str, history: Sequence[tuple[str, str]]) -> list[str]:
        """Return what the message may ask: itself, or where it leans on the question before it, that one with its
        new word.
        """
        said = " ".join(words(text[:200]))
        before = next((message for message, reply in reversed(history) if reply and not self._leans(message)), "")
        if before and _MORE.match(said):
            return [before]
        if before and (match := _ELLIPSIS.match(said)):
            typed = words(before)
            return [
                text,
                *(
                    " ".join([*typed[:at], match[1], *typed[at + 1 :]])
                    for at in reversed(range(len(typed)))
                    if len(typed[at]) > 2
                ),
            ]
        return [text]

    @staticmethod
    def _leans(message: str) -> bool:
        return bool(_MORE.match(" ".join(words(message[:200]))))


def open_english(folder: str = "", corpora: Sequence[str] = (ENGLISH, COURTESY)) -> English:
    """Return the bot on its trained database in ``folder``, trained now where there is none.

    Without a folder, or where nothing can be kept in it, the corpus is trained in memory.
    """
    defer_spacy()
    import chatterbot  # type: ignore[import-untyped]
    import chatterbot_corpus  # type: ignore[import-untyped]

    versions = (chatterbot.__version__, getattr(chatterbot_corpus, "__version__", "0"))
    if folder:
        try:
            path = find_or_train(
                folder,
                database_name(corpora, versions),
                lambda part: _train(f"sqlite:///{part}", corpora).storage.close(),
            )
            return English(_chatbot(f"sqlite:///{read_only(path)}&uri=true"))
        except OSError as error:
            print(f"The trained database cannot be kept in {folder} ({error}); training in memory.", file=sys.stderr)  # noqa: T201
    return English(_train(None, corpora))


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


def _train(database_uri: str | None, corpora: Sequence[str]) -> Any:
    from .training import CorpusTrainer

    chatbot = _chatbot(database_uri)
    CorpusTrainer(chatbot, show_training_progress=False).train(*corpora)
    return chatbot
