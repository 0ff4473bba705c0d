"""A list of blocks as one widget, drawn line by line: what makes long conversations cheap.

Promises kept here: only what changed is laid out again, only what is on screen is drawn; what is selected or found is
the text of the blocks, whatever its wrapping; a place in it can be found again at another width.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from tellme.tui.render import styles
from tellme.tui.render.blocks import Block, Row, code_of
from tellme.tui.render.paint import Mark, paint

BAR = "▌ "
FOCUSED_BAR = "█ "
BAR_CELLS = 2
"""What the bar at the left takes of the width, also where there is none."""

_MOST_LAYOUTS = 128


class Place(NamedTuple):
    """A place in the text: a character of a block."""

    block: int
    offset: int


class Look(NamedTuple):
    """How a block stands out: by the bar before it, and dimmed where it does not count any more."""

    bar: str = " " * BAR_CELLS
    bar_style: str = ""
    is_dim: bool = False


class Match(NamedTuple):
    """Where the text looked for was found."""

    block: int
    start: int
    end: int


class FlowView(Widget):
    """Shows blocks, one below the other. Those who inherit from it call ``show``."""

    DEFAULT_CSS = """
    FlowView { width: 1fr; height: auto; }
    """

    class CopyRequested(Message):
        """The person wants a text in the clipboard; ``what`` names it for people."""

        def __init__(self, text: str, what: str) -> None:
            super().__init__()
            self.text = text
            self.what = what

    class LinkOpened(Message):
        """The person clicked on a link to ``url`` (http, https or mailto)."""

        def __init__(self, url: str) -> None:
            super().__init__()
            self.url = url

    def __init__(self) -> None:
        super().__init__()
        self._blocks: Sequence[Block] = ()
        self._width = 0
        self._heights: dict[Block, int] = {}
        self._tops = [0]
        """The line at which each block starts, with the gap before it, and at last the height of all."""
        self._layouts: LRUCache[Block, list[Row]] = LRUCache(_MOST_LAYOUTS)
        self._needle = ""
        self._matches: list[Match] = []
        self._current = -1

    # What is shown ------------------------------------------------------------------------------------------------

    @property
    def code_blocks(self) -> list[str]:
        """The code in it, as it was written."""
        return code_of(self._blocks)

    def look(self, index: int) -> Look:
        """Return how a block looks; one bar goes on between blocks that look the same."""
        return Look()

    def show(self, blocks: Sequence[Block]) -> None:
        """Show these blocks; those that were there before, as the same objects, cost next to nothing."""
        blocks_before, tops_before = self._blocks, self._tops
        self._blocks = blocks
        if not self._width:
            self._lay_out_again()
            return
        self._measure(self._width, force=True)
        if self._needle:
            self._matches = self._find()
        if self._tops[-1] != tops_before[-1]:
            self._lay_out_again()
            return
        changed = [at for at, (before, now) in enumerate(zip(blocks_before, blocks, strict=False)) if before is not now]
        if len(blocks) != len(blocks_before):
            self.refresh()
        elif changed:
            top, bottom = self._tops[changed[0]], self._tops[changed[-1] + 1]
            self.refresh(Region(0, top, self.size.width, bottom - top))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        self._measure(width)
        return self._tops[-1]

    def render_line(self, y: int) -> Strip:
        self._measure(self.size.width)
        if not 0 <= y < self._tops[-1]:
            return Strip.blank(self.size.width, self.visual_style.rich_style)
        index = bisect_right(self._tops, y) - 1
        return self._paint(index, y - self._tops[index] - self._blocks[index].gap)

    # Places in the text -------------------------------------------------------------------------------------------

    def place_at(self, line: int) -> Place:
        """Return the place in the text that is on a line of this widget now."""
        if not self._blocks:
            return Place(0, 0)
        index = min(max(0, bisect_right(self._tops, line) - 1), len(self._blocks) - 1)
        row = line - self._tops[index] - self._blocks[index].gap
        rows = self._rows(self._blocks[index])
        return Place(index, rows[min(max(0, row), len(rows) - 1)].offset)

    def line_of(self, place: Place) -> int:
        """Return the line on which a place in the text is now, which depends on the width."""
        if place.block >= len(self._blocks):
            return self._tops[-1]
        block = self._blocks[place.block]
        row = bisect_right(self._rows(block), place.offset, key=lambda row: row.offset) - 1
        return self._tops[place.block] + block.gap + max(0, row)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        texts: list[str] = []
        for index, block in enumerate(self._blocks):
            if (span := _selected(selection, index, len(block.text))) is not None:
                texts.append(("\n" * (1 + block.gap) if texts else "") + block.text[slice(*span)])
        return "".join(texts), "\n"

    # Finding ------------------------------------------------------------------------------------------------------

    def find(self, needle: str) -> int:
        """Mark where ``needle`` stands in the text, in whatever case; return how often. Empty takes the marks away."""
        self._needle = needle
        self._matches = self._find()
        self._current = -1
        self.refresh()
        return len(self._matches)

    def select_match(self, index: int | None) -> None:
        """Let one of the matches stand out from the others, or none."""
        self._current = -1 if index is None else index
        self.refresh()

    def y_of_match(self, index: int) -> int:
        """Return the line that a match begins on; the first one where it is none any more."""
        if index >= len(self._matches):
            return 0
        match = self._matches[index]
        return self.line_of(Place(match.block, match.start))

    # Clicks -------------------------------------------------------------------------------------------------------

    def action_copy_code(self, ordinal: int) -> None:
        """Copy one of the code blocks."""
        self.post_message(self.CopyRequested(self.code_blocks[ordinal], "code"))

    def action_open_link(self, url: str) -> None:
        """Follow a link."""
        self.post_message(self.LinkOpened(url))

    # Inside -------------------------------------------------------------------------------------------------------

    def _lay_out_again(self) -> None:
        # Textual counts what is asked for until its next idle moment as one change, so that a layout in between would
        # keep the height of before under the number of this change.
        self._layout_updates += 1
        self.refresh(layout=True)

    def _measure(self, width: int, *, force: bool = False) -> None:
        if width == self._width and not force:
            return
        if width != self._width:
            self._width = width
            self._heights.clear()
            self._layouts.clear()
        known = self._heights
        self._heights = {block: known.get(block) or block.gap + len(self._rows(block)) for block in self._blocks}
        self._tops = [0, *accumulate(self._heights[block] for block in self._blocks)]

    def _rows(self, block: Block) -> list[Row]:
        rows = self._layouts.get(block)
        if rows is None:
            rows = self._layouts[block] = block.layout(max(1, self._width - BAR_CELLS))
        return rows

    def _paint(self, index: int, number: int) -> Strip:
        """Draw a row of a block; those of the gap before it have numbers below zero."""
        block, look = self._blocks[index], self.look(index)
        bar = Content.styled(look.bar, look.bar_style)
        if number >= 0:
            row = self._rows(block)[number]
        else:  # what goes on from the block above goes through the gap
            above = self._blocks[index - 1] if index else None
            row = Row(Content.styled(_common_start(above.gutter if above else "", block.gutter), styles.LINES), (), 0)
            if above is None or self.look(index - 1).bar_style != look.bar_style:
                bar = Content(" " * BAR_CELLS)
        return paint(
            block,
            row,
            number=index,
            bar=bar,
            base=self.visual_style,
            is_dim=look.is_dim,
            width=self._width,
            marks=self._marks(index),
        )

    def _marks(self, index: int) -> list[Mark]:
        first, end = bisect_left(self._matches, (index,)), bisect_left(self._matches, (index + 1,))
        marks = [
            Mark(*match[1:], Style.parse(styles.CURRENT_MATCH if at == self._current else styles.MATCH))
            for at, match in enumerate(self._matches[first:end], first)
        ]
        selection = self.text_selection
        if selection is not None and (span := _selected(selection, index, len(self._blocks[index].text))):
            selected = Style.from_styles(self.screen.get_component_styles("screen--selection"))
            marks.append(Mark(*span, selected))
        return marks

    def _find(self) -> list[Match]:
        if not self._needle:
            return []
        pattern = re.compile(re.escape(self._needle), re.IGNORECASE)
        return [
            Match(index, *found.span())
            for index, block in enumerate(self._blocks)
            for found in pattern.finditer(block.text)
        ]


def _selected(selection: Selection, block: int, length: int) -> tuple[int, int] | None:
    """Return which characters of a block are selected, if any."""
    first = (selection.start.y, selection.start.x) if selection.start else (0, 0)
    last = (selection.end.y, selection.end.x) if selection.end else (block, length)
    if not first[0] <= block <= last[0]:
        return None
    start = max(0, first[1]) if block == first[0] else 0
    end = min(length, last[1]) if block == last[0] else length
    return (start, end) if start < end or block != last[0] else None


def _common_start(one: str, other: str) -> str:
    length = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:length]
