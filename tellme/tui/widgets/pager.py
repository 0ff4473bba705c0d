"""Plain text of any length, wrapped to the width and searchable: a long reply, a log that is being written.

The promise: it opens at once and never holds up the keys. How many rows the text takes is counted in slices of
``SLICE_S``, and only rows in sight are made.
"""

from __future__ import annotations

import asyncio
import re
import time
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, NamedTuple

from textual import events, work
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tellme.text import clean
from tellme.tui.render.wrap import wrap

SLICE_S = 0.008

TELL_S = 0.1
"""How often the scrollbar follows while rows are being counted."""

UNWRAPPED = 1000
"""Cells of a row when lines are not wrapped to the width: none is longer than this."""

MOST_FOUND = 10_000

_WINDOW = 4096
"""A line is wrapped so many characters at a time."""


class Place(NamedTuple):
    """A character of the text: its line, and where in that line."""

    line: int
    start: int


class Pager(ScrollView):
    """See the module. ``stamp`` is how many characters at the start of each line are less important."""

    DEFAULT_CSS = """
    Pager {
        height: 1fr; background: $background; color: $foreground; scrollbar-gutter: stable;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1;
        & .pager--stamp { color: $text-muted; }
        & .pager--match { text-style: underline bold; }
        & .pager--current { text-style: reverse bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pager--stamp", "pager--match", "pager--current"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home,g", "scroll_home", "To the start", show=False, id="pager.start"),
        Binding("end,G", "scroll_end", "To the end", show=False, id="pager.end"),
        Binding("space,ctrl+f", "page_down", "Page down", show=False, id="pager.page_down"),
        Binding("b,ctrl+b", "page_up", "Page up", show=False, id="pager.page_up"),
        Binding("w", "wrap", "Wrap", show=False, id="pager.wrap"),
    ]

    class Found(Message):
        """A search got on: which of how many places is shown (from 1; 0 for none)."""

        def __init__(self, position: int, count: int) -> None:
            super().__init__()
            self.position = position
            self.count = count

    def __init__(
        self,
        text: str = "",
        *,
        stamp: int = 0,
        most_lines: int | None = None,
        follow: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.following = follow
        """Does the view go along with what is added? It stops when the reader goes up, and goes on at the end."""
        self._follows = follow
        self._stamp = stamp
        self._most_lines = most_lines
        self._is_wrapped = True
        self._lines = _lines(text) if text else []
        self._tops = array("q", [0])
        """The row at which each line starts, up to the one that is being counted."""
        self._row_count = 0
        self._row_width = 1
        """Cells of a row, when rows were counted."""
        self._longest = 0
        """Characters in the longest line that was counted."""
        self._long: dict[int, array[int]] = {}
        """Where in a long line its rows start."""
        self._short: LRUCache[int, list[int]] = LRUCache(256)
        """Where in a short line its rows start, found again when it is drawn."""
        self._counting: Iterator[None] = iter(())
        self._told_at = 0.0
        """When the size of what was counted was told last."""
        self._goal: Place | None = None
        """Where to go as soon as that was counted."""
        self._needle: re.Pattern[str] | None = None
        self._found: list[Place] = []
        self._shown = -1

    # The text -----------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """All of the text, its tabs as spaces."""
        return "\n".join(self._lines)

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def append(self, lines: Iterable[str]) -> None:
        """Add lines at the end; the oldest go where there are more than ``most_lines``."""
        self._lines += [line for text in lines for line in _lines(text)]
        if self._most_lines is not None and len(self._lines) > self._most_lines * 1.25:
            self._drop(len(self._lines) - self._most_lines)
        self._count()

    def _drop(self, count: int) -> None:
        place = self._top
        del self._lines[:count]
        self._found = [Place(found.line - count, found.start) for found in self._found if found.line >= count]
        self._recount(Place(max(0, place.line - count), place.start))

    # Rows ---------------------------------------------------------------------------------------------------------

    @property
    def _top(self) -> Place:
        return self._place_of(self.scroll_offset.y)

    def _place_of(self, row: int) -> Place:
        row = max(0, min(row, self._row_count - 1))
        line = bisect_right(self._tops, row) - 1
        starts = self._starts(line) if self._row_count else [0]
        return Place(line, starts[row - self._tops[line]])

    def _row_of(self, place: Place) -> int:
        return self._tops[place.line] + bisect_right(self._starts(place.line), place.start) - 1

    def _is_counted(self, place: Place) -> bool:
        line = len(self._tops) - 1
        return place.line < line or (place.line == line and self._row_of(place) < self._row_count)

    def _starts(self, line: int) -> Sequence[int]:
        starts = self._long.get(line) or self._short.get(line)
        if starts is None:
            starts = self._short[line] = [start for start, _ in wrap(self._lines[line], self._row_width)]
        return starts

    def _recount(self, place: Place) -> None:
        """Count all rows anew, keeping ``place`` at the top."""
        self._tops = array("q", [0])
        self._row_count = self._longest = 0
        self._long.clear()
        self._short.clear()
        self._row_width = max(1, self.scrollable_content_region.width) if self._is_wrapped else UNWRAPPED
        self._goal = None if self.following else place
        self._count()

    def _count(self) -> None:
        if self.is_attached and self.size.width:
            self._counting = self._count_rows()
            self._told_at = 0.0
            if self._count_slice():
                self._count_rest()

    @work(group="count", exclusive=True)
    async def _count_rest(self) -> None:
        while self._count_slice():  # noqa: ASYNC110 - it waits for nothing, it lets others have their turn
            await asyncio.sleep(0)

    def _count_slice(self) -> bool:
        """Go on counting for a moment; return whether there is more."""
        now = time.perf_counter()
        more = next((True for _ in self._counting if time.perf_counter() > now + SLICE_S), False)
        if not more or now > self._told_at + TELL_S:
            self._told_at = now
            self.virtual_size = Size(0 if self._is_wrapped else min(self._longest, UNWRAPPED), self._row_count)
            self.refresh()
            self._go_on(more)
        return more

    def _go_on(self, more: bool) -> None:
        """Go where the reader wants to be, if that was counted by now."""
        if self.following:
            if not more:
                self.scroll_end(animate=False, force=True, immediate=True, x_axis=False)
        elif self._goal is not None and self._lines and (not more or self._is_counted(self._goal)):
            goal, self._goal = self._goal, None
            self.scroll_to(y=self._row_of(goal), animate=False, force=True)

    def _count_rows(self) -> Iterator[None]:
        while (line := len(self._tops) - 1) < len(self._lines):
            text = self._lines[line] = clean(self._lines[line]).replace("\n", " ")
            if len(text) > _WINDOW:
                yield from self._count_long(line, text)
            else:
                self._row_count += len(wrap(text, self._row_width))
            self._tops.append(self._row_count)
            self._longest = max(self._longest, len(text))
            yield

    def _count_long(self, line: int, text: str) -> Iterator[None]:
        starts = self._long[line] = array("q")
        top = self._tops[line]
        for start in _row_starts(text, self._row_width):
            starts.append(start)
            self._row_count = top + len(starts) - 1  # where the newest row ends is not known yet
            yield
        self._row_count = top + len(starts)

    # Drawing ------------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        scroll_x, scroll_y = self.scroll_offset
        width = self.scrollable_content_region.width
        if scroll_y + y >= self._row_count:
            return Strip.blank(width, self.rich_style)
        line, start = self._place_of(scroll_y + y)
        starts = self._starts(line)
        following = bisect_right(starts, start)
        end = starts[following] if following < len(starts) else len(self._lines[line])
        strip = Strip(self._styled(line, start, end).render_segments(self.visual_style)).apply_offsets(start, line)
        return strip.crop_extend(scroll_x, scroll_x + width, self.rich_style)

    def _styled(self, line: int, start: int, end: int) -> Content:
        content = Content(self._lines[line][start:end])
        if start < self._stamp:
            content = content.stylize(self.get_visual_style("pager--stamp", partial=True), 0, self._stamp - start)
        for first, last, component in self._matches(line, start, end):
            style = self.get_visual_style(component, partial=True)
            content = content.stylize(style, max(0, first - start), last - start)
        selected = self.text_selection.get_span(line) if self.text_selection is not None else None
        if selected is not None:
            style = self.screen.get_visual_style("screen--selection", partial=True)
            first, last = selected
            if last < 0 or last > start:
                content = content.stylize(style, max(0, first - start), len(content) if last < 0 else last - start)
        return content

    def _matches(self, line: int, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """Find what of the search falls on a row, also where it begins on the one above."""
        if self._needle is None:
            return
        reach = len(self._needle.pattern)
        current = self._found[self._shown] if 0 <= self._shown < len(self._found) else None
        for match in self._needle.finditer(self._lines[line], max(0, start - reach), end + reach):
            if match.end() > start and match.start() < end:
                is_current = current == Place(line, match.start())
                yield match.start(), match.end(), "pager--current" if is_current else "pager--match"

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that was selected."""
        return selection.extract(self.text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    # Searching ----------------------------------------------------------------------------------------------------

    def find(self, text: str) -> None:
        """Mark every place that holds ``text``, in any case, and go to the next one; empty for none."""
        self._needle = re.compile(re.escape(text), re.IGNORECASE) if text else None
        self._found = []
        self._shown = -1
        self.refresh()
        self._search()

    def step(self, step: int) -> None:
        """Go to the next place that was found (1) or the one before (-1), round at the ends."""
        if self._found:
            self._show_found((self._shown + step) % len(self._found))

    @work(group="search", exclusive=True)
    async def _search(self) -> None:
        top, until = self._top, time.perf_counter() + SLICE_S
        for place in self._places():
            if place is not None:
                self._found.append(place)
                if self._shown < 0 and place >= top:
                    self._show_found(len(self._found) - 1)
                if len(self._found) == MOST_FOUND:
                    break
            if time.perf_counter() > until:
                await asyncio.sleep(0)
                until = time.perf_counter() + SLICE_S
        if self._found and self._shown < 0:
            self._show_found(0)
        self.post_message(self.Found(self._shown + 1, len(self._found)))

    def _places(self) -> Iterator[Place | None]:
        """Yield the places that hold the text, and ``None`` now and then."""
        needle = self._needle
        for number, line in enumerate(self._lines if needle else ()):
            yield None
            for match in needle.finditer(line) if needle else ():
                yield Place(number, match.start())

    def _show_found(self, index: int) -> None:
        self._shown = index
        self._go_to(self._found[index], margin=self.size.height // 3)
        self.refresh()
        self.post_message(self.Found(index + 1, len(self._found)))

    # Moving -------------------------------------------------------------------------------------------------------

    def action_scroll_home(self) -> None:
        """Go to the start."""
        self._goal = None
        self.scroll_to(y=0, animate=False)

    def action_scroll_end(self) -> None:
        """Go to the end, which may have to be counted first."""
        self.following = self._follows
        if self._lines:
            self._go_to(Place(len(self._lines) - 1, len(self._lines[-1])))

    def action_page_down(self) -> None:
        """Go on by a screen, less a row."""
        self.scroll_relative(y=max(1, self.size.height - 1), animate=False, force=True)

    def action_page_up(self) -> None:
        """Go back by a screen, less a row."""
        self.scroll_relative(y=-max(1, self.size.height - 1), animate=False, force=True)

    def action_wrap(self) -> None:
        """Wrap long lines to the width, or let them run on to the right."""
        place = self._top
        self._is_wrapped = not self._is_wrapped
        self.scroll_to(x=0, animate=False)
        self._recount(place)

    def _go_to(self, place: Place, margin: int = 0) -> None:
        if self._is_counted(place):
            row = self._row_of(place)
            if not margin or not self.scroll_offset.y <= row < self.scroll_offset.y + self.size.height:
                self.scroll_to(y=row - margin, animate=False, force=True)
        else:
            self._goal = place

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if new_value < self.max_scroll_y:
            self.following = False
        elif new_value > old_value:  # and not where the end came to the reader, because the text got shorter
            self.following = self._follows

    def on_resize(self, event: events.Resize) -> None:
        self._recount(self._top)


def _lines(text: str) -> list[str]:
    """Cut a text into lines; they are cleaned when they are counted, which comes before they are drawn."""
    return text.expandtabs().split("\n")


def _row_starts(line: str, width: int) -> Iterator[int]:
    """Yield where the rows of a long line start; the last row of each window begins the next one."""
    start = 0
    while len(line) - start > _WINDOW:
        *whole, (last, _) = wrap(line[start : start + _WINDOW], width)
        for row, _ in whole or [(0, 0)]:
            yield start + row
        start += last or _WINDOW
    for row, _ in wrap(line[start:], width):
        yield start + row
