"""The line of status: the session, its bot and how that is; on the right what is under way."""

from __future__ import annotations

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from tellme.model import BotStatus, Session
from tellme.text import clean, shorten
from tellme.tui.widgets.bot_list import STATE_STYLES, mark_of

MODE_CHARS = 24
TITLE_CHARS = 8
"""Where there is less room for a title than this, it is left out."""


class Status(Widget):
    """Shows the reactive attributes that it is given."""

    DEFAULT_CSS = """
    Status { height: 1; width: 1fr; padding: 0 1; background: $panel; color: $foreground; }
    """

    session: reactive[Session | None] = reactive(None)
    bot: reactive[BotStatus | None] = reactive(None)
    mode: reactive[str] = reactive("")
    """The mode that the session is in, where its bot has modes."""
    under_way: reactive[str] = reactive("")
    """What the bot is at; a click ends it."""

    def render(self) -> RenderResult:
        """Put the parts on one line; where it is narrow the title gives way first."""
        width = self.content_size.width
        right = self.under_way
        left = self._left(max(0, width - len(right) - 2))
        click = Style.from_meta({"@click": "screen.cancel_turn"})
        ends = Content(right).stylize("$text-muted").stylize(click)
        return Content.assemble(left.truncate(max(1, width - len(right) - 1), pad=True), " " if right else "", ends)

    def _left(self, room: int) -> Content:
        if self.session is None or self.bot is None:
            return Content("no session").stylize("$text-muted")
        style = STATE_STYLES[self.bot.state]
        who = Content.assemble(
            (mark_of(self.bot.state), style),
            " ",
            (clean(self.bot.name), "bold"),
            (f" {self.bot.state.value}", style),
        )
        if self.mode and (left := min(MODE_CHARS, room - who.cell_length - 2)) >= TITLE_CHARS:
            who = Content.assemble(who, (f"  {shorten(clean(self.mode), left)}", "$accent"))
        id_ = Content.styled(f"  {self.session.id}", "$text-muted")
        left = room - who.cell_length - id_.cell_length - 2
        if left < 0:
            return who
        title = shorten(clean(self.session.title) or "new session", left) if left >= TITLE_CHARS else ""
        return Content.assemble(who, f"  {title}" if title else "", id_)
