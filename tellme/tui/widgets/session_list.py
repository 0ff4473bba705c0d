"""The sessions of the sidebar: those that are open, used last first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tellme.model import Session
from tellme.text import clean


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
        width = max(12, self.content_size.width)
        rows = [(s.id, _row(s, name_of(s.bot), width, s.id == current, s.id in unread)) for s in sessions]
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


def _row(session: Session, bot: str, width: int, current: bool, unread: bool) -> Content:
    mark = ("▸ ", "$primary") if current else ("• ", "$accent") if unread else ("  ", "")
    title = clean(session.title).replace("\n", " ") or "new session"
    name = Content(clean(bot)).truncate(max(4, width // 3), ellipsis=True)
    room = max(1, width - name.cell_length - 3)
    shown = Content(title).truncate(room, ellipsis=True, pad=True)
    weight = "bold" if current or unread else ""
    return Content.assemble(mark, shown.stylize(weight), " ", name.stylize("$text-muted"))
