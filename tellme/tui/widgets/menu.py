"""A short list above the prompt: what a line can become, or what a search found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tellme.text import one_line

MAX_ROWS = 6
MAX_LABEL = 400
"""So many characters of what is offered are looked at for drawing."""

Row = tuple[str, str]
"""What is offered, and a word about it."""


class Menu(Widget, can_focus=False):
    """Lies over the rows above its place and takes none of its own."""

    DEFAULT_CSS = """
    Menu {
        overlay: screen;
        display: none;
        width: 100%;
        padding: 0 1 0 3;
        background: $panel;
        color: $foreground;
        text-wrap: nowrap;
        & .menu--heading, & .menu--about { color: $text-muted; }
        & .menu--picked { background: $block-cursor-background; color: $block-cursor-foreground; }
        & .menu--match { text-style: bold underline; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"menu--heading", "menu--about", "menu--picked", "menu--match"}

    picked: reactive[int | None] = reactive(None)
    """The row that the person has gone to."""

    class Chosen(Message):
        """A row was clicked. Sent to the owner of the menu."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, owner: Widget) -> None:
        super().__init__()
        self._owner = owner
        self._rows: Sequence[Row] = ()
        self._heading = ""
        self._needle = ""
        self._column = 0

    def show(self, rows: Sequence[Row], *, heading: str = "", needle: str = "") -> None:
        """Show ``rows``, as many as there is room for above the owner, ``needle`` marked in them."""
        room = self._owner.region.y
        self._rows, self._heading, self._needle = rows, heading, needle
        self._column = max((len(label) for label, about in rows if about), default=0) + 2
        self.picked = None
        height = max(0, min(room, min(len(rows), MAX_ROWS) + bool(heading)))
        self.display = height > 0
        self.styles.height = height
        self.styles.offset = (0, -height)
        self.refresh()

    def render(self) -> RenderResult:
        """Draw the heading, and the rows round the picked one."""
        lines = [self._row(index) for index in self._visible()]
        if self._heading:
            lines.insert(0, Content(self._heading).stylize(self.get_visual_style("menu--heading")))
        return Content("\n").join(line.truncate(self.content_size.width, ellipsis=True) for line in lines)

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the mouse."""
        offset = event.get_content_offset(self)
        row = offset.y - bool(self._heading) if offset is not None else -1
        if 0 <= row < len(self._visible()):
            self._owner.post_message(self.Chosen(self._visible()[row]))

    def _visible(self) -> range:
        room = self.content_size.height - bool(self._heading)
        first = max(0, min((self.picked or 0) - room // 2, len(self._rows) - room))
        return range(first, min(first + max(0, room), len(self._rows)))

    def _row(self, index: int) -> Content:
        label, about = (one_line(part[:MAX_LABEL]) for part in self._rows[index])
        text = Content(label)
        at = label.lower().find(self._needle.lower()) if self._needle else -1
        if at >= 0:
            text = text.stylize(self.get_visual_style("menu--match", partial=True), at, at + len(self._needle))
        if about:
            text = text.pad_right(max(1, self._column - text.cell_length))
            text += Content(about).stylize(self.get_visual_style("menu--about", partial=True))
        if index == self.picked:
            text = text.pad_right(max(0, self.content_size.width - text.cell_length))
            text = text.stylize(self.get_visual_style("menu--picked"))
        return text
