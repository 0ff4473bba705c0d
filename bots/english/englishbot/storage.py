"""ChatterBot's SQL store as the English bot uses it: corpora, trained once, then only read."""

from __future__ import annotations

from typing import Any, NamedTuple

from chatterbot.storage import SQLStorageAdapter
from chatterbot.tagging import NoOpTagger

_ENGLISH, _OTHER = "en", "xx"


class Line(NamedTuple):
    """One line of a conversation of the corpus, and the line before it."""

    conversation: str
    before: str | None
    """What this line answers; ``None`` for the first of its conversation."""
    text: str


def conversation_name(english: bool, file: int, title: str, place: int) -> str:
    """Return a name that no other conversation has: how it is read, its file, and its place there.

    ChatterBot's column is 32 characters wide.
    """
    return f"{_ENGLISH if english else _OTHER}-{file}-{title[:16]}:{place}"


class CorpusStorage(SQLStorageAdapter):  # type: ignore[misc]
    """The store, with a way to read all lines in one query.

    ``filter()`` asks the database once more for the tags of each line it returns, which makes 2,000 lines take a
    second.
    """

    def get_preferred_tagger(self) -> Any:
        """Texts are stored as they are: what finds them again is our own index, not a search of the database."""
        return NoOpTagger

    def lines(self) -> list[Line]:
        """Return what is in English, in the order in which it was trained."""
        return self._lines(_ENGLISH)

    def lines_in_other_languages(self) -> list[Line]:
        """Return the rest, in the same order."""
        return self._lines(_OTHER)

    def _lines(self, reading: str) -> list[Line]:
        statement = self.get_model("statement")
        session = self.Session()
        try:
            query = session.query(statement.conversation, statement.in_response_to, statement.text)
            found = query.filter(statement.conversation.startswith(f"{reading}-"))
            return [Line(*row) for row in found.order_by(statement.id)]
        finally:
            session.close()
