"""The history in the prompt: suggested while typing, walked with up and down, searched with Ctrl+R."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tellme.tui.widgets.editor import Editor, is_text
from tellme.tui.widgets.menu import Menu
from tellme.tui.widgets.paste import safe
from tellme.tui.widgets.prompt_history import History, Search

MAX_NEEDLE = 200


class Recall(Editor):
    """An editor that knows what was written before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "history_search", "Search the history", show=False, id="prompt.history_search"),
        Binding("ctrl+s", "history_newer", "Newer match of the search", show=False, id="prompt.history_newer"),
        Binding("escape", "dismiss", "Close the list", show=False, id="prompt.dismiss"),
    ]

    class HistoryWanted(Message, namespace="prompt"):
        """What was loaded of the history holds no more of ``needle``; ``add_history`` takes what is older."""

        def __init__(self, needle: str) -> None:
            super().__init__()
            self.needle = needle

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:
        super().__init__(placeholder, id=id)
        self._past = History()
        self._search: Search | None = None
        self._asked_for: str | None = None
        self._is_recalling = False
        """Is the text changed from here, and not by the person?"""
        self._list: Menu | None = None

    # What is given ------------------------------------------------------------------------------------------------

    def add_history(self, entries: Iterable[str]) -> None:
        """Take what is older than all of the history so far, newest first."""
        if self._past.add(map(safe, entries)):
            self._asked_for = None
        if self._search is not None:
            self._search.look_again()
            self._show_match(self._search)

    def remember(self, text: str) -> None:
        """Make ``text`` the newest entry of the history."""
        self._past.remember(safe(text))

    # The text, and what becomes of it -----------------------------------------------------------------------------

    @property
    def menu(self) -> Menu:
        """The list above, made when it is first needed."""
        if self._list is None:
            self._list = Menu(self)
            assert isinstance(self.parent, Widget)
            self.parent.mount(self._list, before=self)
        return self._list

    @contextmanager
    def recalling(self) -> Iterator[None]:
        """Change the text without ending the walk or the search."""
        self._is_recalling = True
        try:
            yield
        finally:
            self._is_recalling = False

    def update_suggestion(self) -> None:
        """Follow a change of the text. ``TextArea`` calls this after each."""
        if self._is_recalling:
            self.suggestion = ""
            return
        self.leave_history()
        goes_on = self.cursor_at_end_of_text and self.document.line_count == 1
        self.suggestion = self._past.suggest(self.text) if goes_on else ""

    def watch_selection(self) -> None:
        """Follow the cursor: away from the end the person edits what was recalled, and nothing is suggested."""
        if self.is_mounted and not (self._is_recalling or self.cursor_at_end_of_text):
            self.leave_history()
            self.suggestion = ""

    def leave_history(self) -> None:
        """End the walk or the search; what it found stays and is now the person's."""
        self._past.leave()
        if self._search is not None:
            self._search = None
            self.menu.show(())

    # The walk -----------------------------------------------------------------------------------------------------

    def action_cursor_up(self, select: bool = False) -> None:
        """Move up; from the first line into the history."""
        if self._search is not None:
            self._move_search(self._search, 1)
        elif select or not (self._past.is_walking or self.navigator.is_first_wrapped_line(self.cursor_location)):
            super().action_cursor_up(select)
        elif (entry := self._past.older(self.text)) is not None:
            self._recall(entry)
        else:
            self._want(self._past.draft)

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down; in the history back towards the draft."""
        if self._search is not None:
            self._move_search(self._search, -1)
        elif select or (entry := self._past.newer()) is None:
            super().action_cursor_down(select)
        else:
            self._recall(entry)

    def _recall(self, entry: str) -> None:
        self._put(self.folds.fold_written(entry))

    def _put(self, text: str) -> None:
        with self.recalling():
            self.replace_all(text)

    def _want(self, needle: str) -> None:
        """Ask for older entries, once."""
        if self._asked_for != needle:
            self._asked_for = needle
            self.post_message(self.HistoryWanted(needle))

    # The search ---------------------------------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        """While searching, what is typed is searched for."""
        if self._search is not None and event.character is not None and is_text(event):
            event.stop()
            event.prevent_default()
            self._look_for(self._search, self._search.needle + event.character)

    def paste(self, text: str) -> None:
        """Insert ``text`` as if pasted; while searching, look for its first line."""
        if self._search is None:
            super().paste(text)
        else:
            self._look_for(self._search, self._search.needle + safe(text).partition("\n")[0][:MAX_NEEDLE])

    def action_history_search(self) -> None:
        """Search the history; while searching, go to an older match."""
        if self._search is not None:
            self._move_search(self._search, 1)
            return
        self.leave_history()
        self.suggestion = ""
        self._search = Search(self._past, self.text)
        self._show_match(self._search)

    def action_history_newer(self) -> None:
        """While searching, go to a newer match."""
        if self._search is None:
            raise SkipAction
        self._move_search(self._search, -1)

    def action_delete_left(self) -> None:
        """Delete to the left; while searching, from what is searched for."""
        if self._search is None:
            super().action_delete_left()
        else:
            self._look_for(self._search, self._search.needle[:-1])

    def action_dismiss(self) -> None:
        """Leave the search and show what was there before it."""
        if self._search is None:
            raise SkipAction
        before = self._search.before
        self.leave_history()
        self._put(before)

    def choose_match(self, row: int) -> None:
        """Take the match that stands in that row of the list."""
        if self._search is not None:
            self._search.at = len(self._search.found) - 1 - row
            self._show_match(self._search)
            self.leave_history()

    def _look_for(self, search: Search, needle: str) -> None:
        search.look_for(needle)
        if needle and not search.found:
            self._want(needle)
        self._show_match(search)

    def _move_search(self, search: Search, steps: int) -> None:
        if not search.move(steps) and steps > 0 and search.needle:
            self._want(search.needle)
        self._show_match(search)

    def _show_match(self, search: Search) -> None:
        """Show the match in the prompt, and those round it above: the newest nearest."""
        match = search.match
        self._put(search.before if match is None else self.folds.fold_written(match))
        missing = "   nothing found" if search.needle and match is None else ""
        rows = [(entry, "") for entry in reversed(search.found)]
        self.menu.show(rows, heading=f"history: {search.needle}{missing}", needle=search.needle)
        self.menu.picked = len(rows) - 1 - search.at if rows else None
