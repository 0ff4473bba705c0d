"""A row of a block → a ``Strip`` of the Line API, in which each cell tells its place in the text.

Textual reads those places (``offset``: the character in the block's text, and the number of the block) for selecting
with the mouse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

from tellme.tui.render.blocks import Block, Row, Slice


class Mark(NamedTuple):
    """Characters ``start`` to ``end`` of a block's text that stand out: selected, or found."""

    start: int
    end: int
    style: Style


def paint(
    block: Block,
    row: Row,
    *,
    number: int,
    bar: Content,
    base: Style,
    is_dim: bool = False,
    width: int,
    marks: Sequence[Mark] = (),
) -> Strip:
    """Draw a row of ``block``, the ``number``-th, behind the ``bar`` at the left edge of all rows."""
    style = base + Style.parse(row.fill) if row.fill else base
    style = style + Style(dim=True) if is_dim else style
    segments = list(_margin([*_cells(bar, base), *_cells(row.gutter, style)], row, number))
    for part in row.parts:
        if isinstance(part, Slice):
            segments += _text(block, part, style, number, marks)
        else:
            segments += part.render_segments(style)
    strip = Strip(segments)
    return strip.extend_cell_length(width, style.rich_style) if row.fill else strip


def _cells(margin: Content, style: Style) -> list[tuple[str, Style]]:
    return [(char, part_style) for text, part_style in margin.render(style, end="") for char in text]


def _margin(cells: Sequence[tuple[str, Style]], row: Row, number: int) -> Iterator[Segment]:
    """Draw what is left of the text, cell by cell: pressing the mouse on any of them means the start of the row.

    A row without text means the end of what is before it. Textual takes a press right of the last segment with a
    place as one after its last character, and selects the cell under the pointer too.
    """
    has_text = any(isinstance(part, Slice) and part.start < part.end for part in row.parts)
    for left, (char, style) in enumerate(cells, 1 - len(cells)):
        offset = row.offset if has_text else row.offset - (1 if left else 2)
        yield Segment(char, style.rich_style_with_offset(offset, number))


def _text(block: Block, piece: Slice, style: Style, number: int, marks: Sequence[Mark]) -> Iterator[Segment]:
    content = block.lines[piece.line][piece.start : piece.end]
    for mark in marks:
        start, end = max(0, mark.start - piece.offset), min(len(content), mark.end - piece.offset)
        if start < end:
            content = content.stylize(mark.style, start, end)
    offset = piece.offset
    for text, text_style in content.render(style, end=""):
        yield Segment(text, text_style.rich_style_with_offset(offset, number))
        offset += len(text)
