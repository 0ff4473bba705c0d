"""Text in a form that SQLite can hold, and the title of a conversation. Pure."""

from __future__ import annotations

TITLE_LENGTH = 60
"""Of a title that is made of a message."""
MAX_TITLE = 200
"""The most that is kept of one that was given."""


def storable(text: str) -> str:
    """Return ``text`` as valid Unicode: halves of a surrogate pair are joined, one by itself becomes U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def one_line(text: str) -> str:
    """Put ``text`` on one line without control characters."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def title_of(message: str) -> str:
    """Make a title of a message: its first line that is not blank, cut to sixty characters."""
    title = next((line for line in map(one_line, message.splitlines()) if line), "")
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + "…"
