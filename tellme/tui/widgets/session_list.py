"""The sessions of the sidebar: those that are open, used last first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tellme.model import Session
from tellme.text import clean
from tellme.tui.widgets.row import Row

MOST_NAME = 10
"""So many cells are left to the name of a session's bot."""


class SessionList(OptionList):
    """One row a session; Enter or a click switches to it."""

    class Picked(Message):
        """The person wants to go on with this session."""

        def __init__(self, session_id: str) -> None:
            super().__init__()
            self.session_id = session_id

    def show(
        self,
        sessions: Sequence[Session],
        name_of: Callable[[str], str],
        current: str | None = None,
        unread: Collection[str] = (),
    ) -> None:
        """Show these sessions; ``current`` and those with something ``unread`` are marked."""
        highlighted = self.options[self.highlighted].id if self.highlighted is not None and self.options else None
        rows = [(s.id, _row(s, name_of(s.bot), s.id == current, s.id in unread)) for s in sessions]
        if [(option.id, option.prompt) for option in self.options] == rows:
            return
        self.set_options([Option(row, id=session_id) for session_id, row in rows])
        ids = [session_id for session_id, _ in rows]
        if highlighted in ids:
            self.highlighted = ids.index(highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option.id:
            self.post_message(self.Picked(event.option.id))


def _row(session: Session, bot: str, current: bool, unread: bool) -> Row:
    mark = ("▸ ", "$primary") if current else ("• ", "$accent") if unread else ("  ", "")
    title = clean(session.title).replace("\n", " ") or "new session"
    name = Content(clean(bot)).truncate(MOST_NAME, ellipsis=True)
    return Row(Content.assemble(mark, (title, "bold" if current or unread else "")), name.stylize("$text-muted"))
