"""The bots of the sidebar, each with its live state. The state is a mark and a word, never a colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tellme.model import BotState, BotStatus
from tellme.text import clean
from tellme.tui.widgets.row import Row

STATE_STYLES = {
    BotState.IDLE: "$text-muted",
    BotState.STARTING: "$warning",
    BotState.READY: "$success",
    BotState.BUSY: "$accent",
    BotState.STOPPING: "$text-muted",
    BotState.STOPPED: "$text-muted",
    BotState.BACKOFF: "$warning",
    BotState.FAILED: "$error",
}

_MARKS = {
    BotState.READY: "●",
    BotState.BUSY: "●",
    BotState.STARTING: "◌",
    BotState.BACKOFF: "◌",
    BotState.FAILED: "✗",
}


def mark_of(state: BotState) -> str:
    """Return the one-cell mark of a state."""
    return _MARKS.get(state, "○")


class BotList(OptionList):
    """One row a bot; Enter or a click opens a session with it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,i", "inspect", "Details", id="bots.inspect"),
    ]

    class Picked(Message):
        """The person wants to talk to this bot."""

        def __init__(self, bot_id: str) -> None:
            super().__init__()
            self.bot_id = bot_id

    class Inspected(Message):
        """The person wants to see all about this bot."""

        def __init__(self, bot_id: str) -> None:
            super().__init__()
            self.bot_id = bot_id

    def show(self, bots: Sequence[BotStatus]) -> None:
        """Show these bots; the highlight stays where it is."""
        if [option.id for option in self.options] != [bot.id for bot in bots]:
            self.set_options([Option("", id=bot.id) for bot in bots])
        for bot in bots:
            row = _row(bot)
            if self.get_option(bot.id).prompt != row:
                self.replace_option_prompt(bot.id, row)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option.id:
            self.post_message(self.Picked(event.option.id))

    def action_inspect(self) -> None:
        """Open the screen of the highlighted bot."""
        if self.highlighted is not None and (bot_id := self.options[self.highlighted].id):
            self.post_message(self.Inspected(bot_id))


def _row(bot: BotStatus) -> Row:
    style = STATE_STYLES[bot.state]
    left = Content.assemble((mark_of(bot.state), style), " ", clean(bot.name))
    return Row(left, Content.styled(_fact(bot), style if bot.state is not BotState.READY else "$text-muted"))


def _fact(bot: BotStatus) -> str:
    """What matters of a bot in a few cells: a state that is out of the ordinary, else its memory."""
    restarts = f" ↻{bot.restarts}" if bot.restarts else ""
    if bot.state is BotState.READY and bot.memory_bytes is not None:
        return f"{bot.memory_bytes / 2**20:.0f} MiB{restarts}"
    return f"{bot.state.value}{restarts}"
