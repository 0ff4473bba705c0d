"""Searching in the conversation: a line that says how many turns hold the text, and goes from one to the next."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static


class SearchBar(Horizontal):
    """Posts what is looked for; whoever finds it says so with ``found``."""

    DEFAULT_CSS = """
    SearchBar {
        height: 1; padding: 0 1; background: $panel;
        & > Input, & > Input:focus { height: 1; width: 1fr; border: none; padding: 0; background: $panel; }
        & > Static { width: auto; color: $text-muted; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="search.close"),
        Binding("enter,down,ctrl+g", "step(1)", "Next", id="search.next", priority=True),
        Binding("shift+enter,up,ctrl+shift+g", "step(-1)", "Previous", id="search.previous", priority=True),
    ]

    class Changed(Message):
        """The person looks for another text; empty for none."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Stepped(Message):
        """The person wants the next (1) or the previous (-1) place."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Closed(Message):
        """The person has found what was looked for, or has not."""

    def __init__(self, where: str = "in this conversation") -> None:
        super().__init__()
        self._where = where

    def compose(self) -> ComposeResult:
        """Lay out the input and what was found."""
        yield Static("Find ", markup=False)
        yield Input(placeholder=self._where, select_on_focus=True)
        yield Static("", id="found", markup=False)

    def open(self, text: str = "") -> None:
        """Show the bar, ready to type, or looking for ``text``."""
        self.display = True
        field = self.query_one(Input)
        field.focus()
        if text:
            field.value = text

    def found(self, position: int, count: int) -> None:
        """Say which of how many places is shown; counted from 1, 0 for none."""
        text = f"{position}/{count}" if count else ("nothing found" if self.query_one(Input).value else "")
        self.query_one("#found", Static).update(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    def action_step(self, step: int) -> None:
        """Go to another place."""
        self.post_message(self.Stepped(step))

    def action_close(self) -> None:
        """Hide the bar."""
        self.display = False
        self.post_message(self.Closed())
