"""The turns of one bot over time as bars, those that failed as their lower part, crashes as marks on the axis."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from tellme.model import StatsBucket
from tellme.surfaces.figures import BLOCKS, fold, stretched
from tellme.tui.render import styles

CRASH = "✗"

STEPS = len(BLOCKS)
"""How many heights one cell can show."""

APART_FROM = 3
"""Bars of so many cells leave one of them free."""

LABEL_EVERY = 15
"""At least so many cells lie between the times below the axis."""

Cell = tuple[str, str]
"""A character and its style."""


class TurnsChart(Widget, can_focus=False):
    """Fills whatever height it is given; the last two rows are the axis and its times."""

    DEFAULT_CSS = """
    TurnsChart { height: 1fr; width: 1fr; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._series: Sequence[StatsBucket] = ()
        self._until = 0.0
        self._stamp = ""

    def show(self, series: Sequence[StatsBucket], until: float, stamp: str) -> None:
        """Show a series that ends at ``until``; ``stamp`` is how times are written, for ``strftime``."""
        same = self._drawn() == self._drawn(series)
        self._series, self._until, self._stamp = series, until, stamp
        if not same:
            self.refresh()

    def render(self) -> RenderResult:
        """Draw as many rows as there is room for."""
        width, height = self.content_size
        lines = chart(self._series, width, height - 2)
        if self._series and lines[0]:
            indent = lines[-1].plain.index("─") if "─" in lines[-1].plain else 0
            lines.append(Content(_times(self._series[0].at, self._until, self._stamp, indent, width)))
            lines[-1] = lines[-1].stylize(styles.MUTED)
        return Content("\n").join(lines)

    def _drawn(self, series: Sequence[StatsBucket] | None = None) -> list[tuple[int, int, int]]:
        """What of a series is seen; with each second its times move a little."""
        return [(part.turns, part.failed, part.crashes) for part in (self._series if series is None else series)]


def chart(series: Sequence[StatsBucket], width: int, rows: int) -> list[Content]:
    """Draw ``rows`` lines of bars, and the axis below them."""
    rows = max(0, rows)
    parts = fold(series, width - _indent(series))
    parts = fold(series, width - _indent(parts))
    if not parts:
        return [Content("")] * (rows + 1)
    indent = _indent(parts)
    most = max(part.turns for part in parts)
    widths = stretched(len(parts), width - indent)
    bars = [_bar(part, most, rows) for part in parts]
    lines = []
    for row in reversed(range(rows)):
        label = f"{most:,}" if most and row == rows - 1 else ""
        lines.append(_line(label, indent, map(_wide, (bar[row] for bar in bars), widths)))
    lines.append(_line("0", indent, map(_axis, parts, widths)))
    return lines


def _indent(parts: Sequence[StatsBucket]) -> int:
    return len(f"{max((part.turns for part in parts), default=0):,}") + 1


def _bar(part: StatsBucket, most: int, rows: int) -> list[Cell]:
    """Return the cells of a bar from the bottom up."""
    whole, failed = (_steps(count, most, rows) for count in (part.turns, part.failed))
    return [_cell(whole - row * STEPS, failed - row * STEPS) for row in range(rows)]


def _steps(count: int, most: int, rows: int) -> int:
    """How high a bar is; what is there at all is seen."""
    return min(rows * STEPS, max(1, round(count / most * rows * STEPS))) if count and most else 0


def _cell(whole: int, failed: int) -> Cell:
    whole, failed = (min(STEPS, steps) for steps in (whole, failed))
    if whole <= 0:
        return " ", ""
    if failed <= 0:
        return BLOCKS[whole - 1], "$primary"
    if failed < whole == STEPS:
        return BLOCKS[failed - 1], f"{styles.ERROR} on $primary"
    return BLOCKS[whole - 1], styles.ERROR  # one cell has two colours, and none above the bar is one of them


def _wide(cell: Cell, cells: int) -> list[Cell]:
    char, style = cell
    gap = 1 if cells >= APART_FROM else 0
    return [(char * (cells - gap), style), (" " * gap, "")]


def _axis(part: StatsBucket, cells: int) -> list[Cell]:
    mark = (CRASH, styles.ERROR) if part.crashes else ("─", styles.LINES)
    return [mark, ("─" * (cells - 1), styles.LINES)]


def _line(label: str, indent: int, bars: Iterable[Iterable[Cell]]) -> Content:
    cells = [cell for bar in bars for cell in bar if cell[0]]
    return Content.assemble((f"{label:>{indent - 1}} ", styles.MUTED), *_runs(cells))


def _runs(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Join neighbours of one style: a line of 200 cells then has a few spans only."""
    text, style = "", ""
    for char, its_style in cells:
        if its_style != style and text:
            yield text, style
            text = ""
        text, style = text + char, its_style
    yield text, style


def _times(begin: float, until: float, stamp: str, indent: int, width: int) -> str:
    """Write times below the axis: where it begins, as many between as there is room for, and now."""
    room = width - indent
    labels = max(1, room // LABEL_EVERY)
    line = " " * indent
    for number in range(labels):
        at = begin + (until - begin) * number / labels
        line = f"{line:{indent + room * number // labels}}{time.strftime(stamp, time.localtime(at))}"
    return f"{line:{width - 3}}now" if len(line) + 4 <= width else line
