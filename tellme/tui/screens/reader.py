"""A reply read from beginning to end, as plain text: for those too long to stand in the conversation as a whole."""

from __future__ import annotations

from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Footer, Static

from tellme.tui.widgets.pager import Pager
from tellme.tui.widgets.search_bar import SearchBar


class ReaderScreen(Screen[None]):
    """See the module."""

    AUTO_FOCUS = "Pager"

    DEFAULT_CSS = """
    ReaderScreen {
        background: $background;
        & > .title { height: 1; padding: 0 2; background: $panel; color: $foreground; }
        & > Pager { padding: 1 0 0 2; }
        & > SearchBar { display: none; padding: 0 2; }
        &.-short > Pager, &.-low > Pager { padding: 0 0 0 1; }
        &.-short > .title, &.-low > .title { display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Back", id="reader.close"),
        Binding("slash,ctrl+f", "find", "Find", id="reader.find"),
        Binding("n", "step(1)", "Next", id="reader.next"),
        Binding("N", "step(-1)", "Previous", id="reader.previous"),
        Binding("c", "copy", "Copy all", id="reader.copy"),
    ]

    pager = getters.query_one(Pager)

    def __init__(self, text: str, title: str = "Reply") -> None:
        super().__init__()
        self._text = text
        self._title = title

    def compose(self) -> ComposeResult:
        """Lay out the text below a line that says how long it is."""
        pager = Pager(self._text)
        size = f"{self._title}, {len(self._text):,} characters in {pager.line_count:,} lines"
        yield Static(size, classes="title", markup=False)
        yield pager
        yield SearchBar("in this text")
        yield Footer(show_command_palette=False, compact=True)

    def on_search_bar_changed(self, message: SearchBar.Changed) -> None:
        self.pager.find(message.text)

    def on_search_bar_stepped(self, message: SearchBar.Stepped) -> None:
        self.pager.step(message.step)

    def on_search_bar_closed(self) -> None:
        self.pager.focus()

    def on_pager_found(self, message: Pager.Found) -> None:
        self.query_one(SearchBar).found(message.position, message.count)

    def action_close(self) -> None:
        """Go back to the conversation."""
        self.dismiss(None)

    def action_find(self) -> None:
        """Find a text."""
        self.query_one(SearchBar).open()

    def action_step(self, step: int) -> None:
        """Go to another place that was found."""
        self.pager.step(step)

    def action_copy(self) -> None:
        """Copy all of the text."""
        self.app.copy_to_clipboard(self._text)
