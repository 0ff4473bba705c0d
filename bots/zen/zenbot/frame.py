"""The Zen as ChatterBot sees it: a store of nineteen statements, each in response to the one before, and an adapter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chatterbot.conversation import Statement
from chatterbot.logic import LogicAdapter
from chatterbot.storage import StorageAdapter
from chatterbot.tagging import NoOpTagger

from .answering import Declined, Zen
from .aphorisms import APHORISMS


class ZenStorage(StorageAdapter):  # type: ignore[misc]
    """The nineteen lines, in memory and for good: a database for them would be most of the bot's start."""

    def get_preferred_tagger(self) -> Any:
        return NoOpTagger

    def get_statement_object(self) -> Any:
        return Statement

    def count(self) -> int:
        return len(APHORISMS)

    def filter(self, **_: Any) -> Iterator[Any]:
        """Yield the statements in their order."""
        before = None
        for aphorism in APHORISMS:
            yield Statement(text=aphorism.text, in_response_to=before, conversation="zen")
            before = aphorism.text


class ZenAnswer(LogicAdapter):  # type: ignore[misc]
    """Answers with a line of the Zen; with confidence 0 and why where none fits."""

    def __init__(self, chatbot: Any, **settings: Any) -> None:
        super().__init__(chatbot, **settings)
        self._zen = Zen([statement.text for statement in chatbot.storage.filter()])

    def process(self, statement: Any, additional_response_selection_parameters: dict[str, Any] | None = None) -> Any:
        """Return the answer. ``said`` among the parameters are the bot's replies so far."""
        said = (additional_response_selection_parameters or {}).get("said", ())
        try:
            return Statement(text=self._zen.answer(statement.text, said), confidence=1)
        except Declined as declined:
            return Statement(text=str(declined), confidence=0)
