"""What stands in a conversation and is no turn: a quiet line, a warning, a table, what a bot said by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from textual.content import Content

from tellme.text import clean, one_line
from tellme.tui.render import styles
from tellme.tui.render.blocks import Block
from tellme.tui.render.document import Document
from tellme.tui.render.table import Table
from tellme.tui.widgets.flow import BAR, FlowView, Look

Severity = Literal["information", "warning", "error"]

_MARKS = {"information": "", "warning": "! ", "error": "✗ "}
_STYLES = {"information": styles.MUTED, "warning": styles.WARNING, "error": styles.ERROR}


class NoteView(FlowView):
    """Shows a text as it is, line by line; ``table`` and ``markdown`` make the other kinds."""

    DEFAULT_CSS = """
    NoteView { margin-bottom: 1; }
    """

    def __init__(self, text: str = "", severity: Severity = "information") -> None:
        super().__init__()
        self.severity = severity
        self._look = Look()
        if text:
            mark = _MARKS[severity]
            content = Content.styled(mark + clean(text).expandtabs(4), _STYLES[severity])
            self.show([Block(content, hang=len(mark))])

    @classmethod
    def table(cls, rows: Sequence[Sequence[str]]) -> NoteView:
        """Make a table of ``rows``, the first of which is the header."""
        view = cls()
        view.show([Table([[Content(one_line(cell).expandtabs(4)) for cell in row] for row in rows])])
        return view

    @classmethod
    def markdown(cls, text: str, label: str = "") -> NoteView:
        """Make a note of a text in Markdown, under the name of who says it."""
        view = cls()
        view._look = Look(BAR, styles.BOT_BAR)
        header = [Block(Content.styled(clean(label), styles.BOT))] if label else []
        document = Document(clean(text))
        document.finish()
        view.show([*header, *document.blocks])
        return view

    def look(self, index: int) -> Look:
        return self._look
