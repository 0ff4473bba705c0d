"""The blocks of a conversation: their logical text, and the rows that it takes at a width. No widgets.

A block never changes once it is made. What is copied, searched and selected is its text, where a wrapped paragraph is
one line; gutters, lines of tables and other decoration are drawn around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from tellme.tui.render import styles
from tellme.tui.render.wrap import cut, fold, wrap

MIN_TEXT_CELLS = 8
"""Where less than this is left, gutters and indents give way to the text."""


class Slice(NamedTuple):
    """A part of a row that shows characters ``start`` to ``end`` of a line of the block."""

    line: int
    start: int
    end: int
    offset: int
    """Of the first of them in the block's text."""


class Row(NamedTuple):
    """A row of cells: a gutter, then text and decoration; ``offset`` is the place in the text where it begins."""

    gutter: Content
    parts: tuple[Slice | Content, ...]
    offset: int
    fill: str = ""
    """A style for the whole of the row, or nothing."""


class Block:
    """A text that wraps between words, as paragraphs, headings and the items of lists do.

    ``hang`` indents every row but the first, ``gap`` is the number of empty rows before the block.
    """

    def __init__(self, content: Content, *, gutter: str = "", hang: int = 0, gap: int = 0) -> None:
        self.content = content
        self.gutter = gutter
        self.hang = hang
        self.gap = gap

    @property
    def text(self) -> str:
        return self.content.plain

    @cached_property
    def lines(self) -> list[Content]:
        """The lines of the text with their styles."""
        return self.content.split("\n", allow_blank=True)

    def layout(self, width: int) -> list[Row]:
        """Return the rows of the block at a width of at least one cell."""
        gutter, room = self._gutter(width)
        hang = max(0, min(self.hang, room - MIN_TEXT_CELLS))
        indent = (Content(" " * hang),) if hang else ()
        rows: list[Row] = []
        start_of_line = 0
        for number, line in enumerate(self.text.split("\n")):
            for start, end in wrap(line, room - hang if rows else room, room - hang):
                piece = Slice(number, start, end, start_of_line + start)
                rows.append(Row(gutter, (*indent, piece) if rows else (piece,), piece.offset))
            start_of_line += len(line) + 1
        return rows

    def _gutter(self, width: int) -> tuple[Content, int]:
        """Return the gutter and the cells that are left beside it."""
        gutter = self.gutter[: max(0, width - MIN_TEXT_CELLS)]
        return Content.styled(gutter, styles.LINES), max(1, width - cell_len(gutter))


class Code(Block):
    """Code as it was written: too long a line goes on below, and copying gives the source.

    Its colours are found when it is first on screen. ``ordinal`` is its number among the code of a text, which is the
    same where it ``continues`` the block before it; ``is_open`` says that its end has not come yet.
    """

    def __init__(
        self,
        source: str,
        language: str,
        ordinal: int,
        *,
        gutter: str = "",
        gap: int = 0,
        continues: bool = False,
        is_open: bool = False,
    ) -> None:
        super().__init__(Content(source.rstrip("\n").expandtabs(4)), gutter=gutter, gap=gap)
        self.source = source
        self.language = language
        self.ordinal = ordinal
        self.continues = continues
        self.is_open = is_open
        self._earlier: tuple[Content, int] | None = None

    @cached_property
    def lines(self) -> list[Content]:
        return self._highlighted[0].split("\n", allow_blank=True)

    @cached_property
    def _highlighted(self) -> tuple[Content, int]:
        from tellme.tui.render.code import highlight

        return highlight(self.text, self.language, self._earlier)

    def grown_from(self, block: Code) -> None:
        """Take over the colours of ``block``, which was this one when it was shorter."""
        if block.is_open and self.is_open and block.language == self.language and self.text.startswith(block.text):
            self._earlier = vars(block).get("_highlighted") or block._earlier

    def layout(self, width: int) -> list[Row]:
        gutter, room = self._gutter(width)
        first, rest = gutter + Content.styled("│ ", styles.LINES), gutter + Content.styled("┆ ", styles.LINES)
        rows = [] if self.continues else [Row(gutter, (self._title(room),), 0, styles.CODE)]
        start_of_line = 0
        for number, line in enumerate(self.text.split("\n")):
            for start, end in fold(line, room - 2):
                piece = Slice(number, start, end, start_of_line + start)
                rows.append(Row(rest if start else first, (piece,), piece.offset, styles.CODE))
            start_of_line += len(line) + 1
        return rows

    def _title(self, width: int) -> Content:
        """Return the row above the code: its language at the left, and at the right what copies it."""
        copy = Content("copy").stylize(styles.LINK).stylize(Style.from_meta({"@click": ("copy_code", (self.ordinal,))}))
        label = cut(self.language, width - 8)
        label = f" {label} " if label else ""
        line = "─" * max(0, width - cell_len(label) - 6)
        return Content.assemble(("╭", styles.LINES), (label, styles.MUTED), (f"{line} ", styles.LINES), copy)


class Rule(Block):
    """A line across."""

    def __init__(self, *, gutter: str = "", gap: int = 0) -> None:
        super().__init__(Content("---"), gutter=gutter, gap=gap)

    def layout(self, width: int) -> list[Row]:
        gutter, room = self._gutter(width)
        return [Row(gutter, (Content.styled("─" * room, styles.LINES),), 0)]


class Top(NamedTuple):
    """What Markdown counts as one block of the top level (a whole list is one), and where it stands in the source."""

    kind: str
    start: int
    items: tuple[int, ...]
    """Where the items of a list begin."""
    blocks: list[Block]
    number: int = 0
    """Of the first item, where they are numbered."""


def code_of(blocks: Iterable[Block]) -> list[str]:
    """Return the sources of the code blocks, by their ordinals."""
    sources: list[str] = []
    for block in blocks:
        if isinstance(block, Code):
            if block.continues and sources:
                sources[-1] += block.source
            else:
                sources.append(block.source)
    return sources
