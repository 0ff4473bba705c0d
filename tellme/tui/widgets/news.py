"""Says what came while the reader was further up; a click goes there."""

from __future__ import annotations

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class News(Widget):
    """Hidden while the end is followed."""

    DEFAULT_CSS = """
    News {
        display: none; height: 1; width: 1fr; padding: 0 1; color: $primary; background: $surface;
        &:hover { background: $panel; }
    }
    """

    following: reactive[bool] = reactive(True)
    count: reactive[int] = reactive(0)
    """How many messages came since the end was left."""

    class Wanted(Message):
        """The reader wants to see what is new."""

    def render(self) -> RenderResult:
        """Count what is new, or say just where the end is."""
        if not self.count:
            return Content("↓ more below")
        return Content.assemble((f"↓ {self.count} new", "bold"), (" below", ""))

    def watch_following(self, following: bool) -> None:
        self.display = not following
        if following:
            self.count = 0

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Wanted())
