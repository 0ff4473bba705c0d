"""The text of a reply: all of it is kept, the beginning of it is shown, so that a reply of any length stays cheap."""

from __future__ import annotations

from collections.abc import Sequence

from tellme.tui.render.blocks import Block
from tellme.tui.render.document import Document

MAX_SHOWN = 128 * 1024
"""Characters of a text that are shown in the conversation."""


class ReplyText:
    """A text that grows, and the blocks that show it."""

    def __init__(self) -> None:
        self._document = Document()
        self._hidden: list[str] = []
        self.length = 0
        """Characters of the whole text."""

    @property
    def blocks(self) -> Sequence[Block]:
        return self._document.blocks

    @property
    def text(self) -> str:
        """All of it, until ``finish``."""
        if not self._hidden:
            return self._document.source
        self._hidden = ["".join(self._hidden)]
        return self._document.source + self._hidden[0]

    @property
    def hidden(self) -> int:
        """The number of characters that are not shown."""
        return max(0, self.length - MAX_SHOWN)

    def append(self, text: str) -> None:
        """Go on with ``text``, which is clean."""
        room = max(0, MAX_SHOWN - self.length)
        self.length += len(text)
        if room:
            self._document.append(text[:room])
        if len(text) > room:
            self._hidden.append(text[room:])

    def finish(self) -> None:
        """Take it that the text is at its end; whoever has all of it keeps it, and what is not shown is let go."""
        self._document.finish()
        self._hidden.clear()
