"""ChatterBot's SQL store as the English bot uses it: a corpus, trained once, then only read."""

from __future__ import annotations

from typing import Any, NamedTuple

from chatterbot.storage import SQLStorageAdapter  # type: ignore[import-untyped] (this is the store)
from chatterbot.tagging import NoOpTagger  # type: ignore[import-untyped]


class Line(NamedTuple):
    """One line of a conversation of the corpus, and the line before it."""

    conversation: str
    before: str | None
    """What this line answers; ``None`` for the first of its conversation."""
    text: str


class CorpusStorage(SQLStorageAdapter):  # type: ignore[misc]
    """The store, with a way to read all lines in one query.

    ``filter()`` asks the database once more for the tags of each line it returns, which makes 2,000 lines take a
    second.
    """

    def get_preferred_tagger(self) -> Any:
        """Texts are stored as they are: what finds them again is our own index, not a search of the database."""
        return NoOpTagger

    def lines(self) -> list[Line]:
        """Return the whole corpus in the order in which it was trained."""
        statement = self.get_model("statement")
        session = self.Session()
        try:
            query = session.query(statement.conversation, statement.in_response_to, statement.text)
            return [Line(*row) for row in query.order_by(statement.id)]
        finally:
            session.close()
