"""A table between light lines, its columns as wide as they need or as the width allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len
from textual.content import Content

from tellme.tui.render import styles
from tellme.tui.render.blocks import Block, Row, Slice
from tellme.tui.render.wrap import wrap

MIN_COLUMN = 10
"""Cells below which a column that needs more is of no use, and the table is shown as one field a line."""

_BETWEEN = Content.styled(" │ ", styles.LINES)


class Table(Block):
    """A table whose text is its rows as lines, with tabs between the cells. The first row is the header."""

    def __init__(
        self, rows: Sequence[Sequence[Content]], aligns: Sequence[str] = (), *, gutter: str = "", gap: int = 0
    ) -> None:
        self.columns = max(map(len, rows))
        self.rows = [[*row, *([Content()] * (self.columns - len(row)))] for row in rows]
        self.rows[0] = [cell.stylize(styles.STRONG) for cell in self.rows[0]]
        self.aligns = [*aligns, *([""] * (self.columns - len(aligns)))]
        lines = [Content("\t").join(row) for row in self.rows]
        super().__init__(Content("\n").join(lines), gutter=gutter, gap=gap)

    @property
    def lines(self) -> list[Content]:
        """Every cell, row by row: what a ``Slice`` of a table counts as its lines."""
        return [cell for row in self.rows for cell in row]

    def layout(self, width: int) -> list[Row]:
        gutter, room = self._gutter(width)
        needed = [max(cell.cell_length for cell in column) for column in zip(*self.rows, strict=True)]
        widths = _fit(needed, room - _BETWEEN.cell_length * (self.columns - 1))
        too_narrow = any(width < min(need, MIN_COLUMN) for width, need in zip(widths, needed, strict=True))
        if too_narrow and len(self.rows) > 1:
            return list(self._as_fields(gutter, room))
        return list(self._as_grid(gutter, widths))

    def _as_grid(self, gutter: Content, widths: list[int]) -> Iterator[Row]:
        offset = 0
        for number, row in enumerate(self.rows):
            cells = []
            start_of_row = offset
            for column, cell in enumerate(row):
                cells.append(self._slices(number, column, offset, widths[column]))
                offset += len(cell) + 1
            for pieces in zip_longest(*cells):
                yield Row(gutter, tuple(self._row(pieces, widths)), start_of_row)
            if number == 0:
                yield Row(gutter, (Content.styled("─┼─".join("─" * width for width in widths), styles.LINES),), offset)

    def _row(self, pieces: tuple[Slice | None, ...], widths: list[int]) -> Iterator[Slice | Content]:
        for column, piece in enumerate(pieces):
            if column:
                yield _BETWEEN
            pad = widths[column] - (self._cells(piece) if piece else 0)
            left = {"right": pad, "center": pad // 2}.get(self.aligns[column], 0)
            if left:
                yield Content(" " * left)
            if piece:
                yield piece
            if pad > left and column < self.columns - 1:
                yield Content(" " * (pad - left))

    def _as_fields(self, gutter: Content, room: int) -> Iterator[Row]:
        """Show ``header: cell`` a line, an empty row between the rows of the table."""
        header = self.rows[0]
        offset = sum(len(cell) + 1 for cell in header)
        for number, row in enumerate(self.rows[1:], 1):
            if number > 1:
                yield Row(gutter, (), offset)
            for column, cell in enumerate(row):
                label = header[column].truncate(room // 2, ellipsis=True) + ": "
                pieces = self._slices(number, column, offset, room - label.cell_length, room) if cell else ()
                for piece in pieces:
                    yield Row(gutter, (piece,) if piece.start else (label, piece), piece.offset)
                offset += len(cell) + 1

    def _slices(self, row: int, column: int, offset: int, width: int, rest: int | None = None) -> list[Slice]:
        text = self.rows[row][column].plain
        line = row * self.columns + column
        return [Slice(line, start, end, offset + start) for start, end in wrap(text, width, rest)]

    def _cells(self, piece: Slice) -> int:
        row, column = divmod(piece.line, self.columns)
        return cell_len(self.rows[row][column].plain[piece.start : piece.end])


def _fit(needed: list[int], room: int) -> list[int]:
    """Share ``room`` out: columns that need little get it, the others an equal part of the rest."""
    widths = [0] * len(needed)
    for done, column in enumerate(sorted(range(len(needed)), key=needed.__getitem__)):
        widths[column] = max(1, min(needed[column], room // (len(needed) - done)))
        room -= widths[column]
    return widths
