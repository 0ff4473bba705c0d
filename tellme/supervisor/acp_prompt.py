"""An open prompt: what comes of it, put together and told to its listener in order.

The promise: beside the reply itself, which the listener bounds, what a bot shows in one prompt is bounded.
"""

from __future__ import annotations

from tellme.model import Plan, ToolCall
from tellme.supervisor.link import TurnListener
from tellme.text import Cleaner
from tellme.wire import acp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from tellme.wire.updates import ToolUpdate

MAX_SHOWN_CHARS = 4 * 1024 * 1024
MAX_SHOWN = 20_000
"""How many thoughts, tool calls and plans of one prompt are told, and of how many characters together."""
MAX_TOOL_CALLS = 500
"""How many calls of one prompt are followed."""

NEXT_MESSAGE = "\n\n"
"""Between two messages of one reply."""


class OpenPrompt:
    """Made when the prompt is sent."""

    def __init__(self, listener: TurnListener, tail: Callable[[str], str]) -> None:
        """``tail`` returns the last output of a terminal."""
        self.listener = listener
        self.had_effect = False
        """Something has come of it, be it for the person or not."""
        self.lost: str | None = None
        """Why a line that came meanwhile could not be read: a piece of the reply may have been in it."""
        self.cancelled = False
        """The protocol has every question of such a prompt answered so, too."""
        self._tail = tail
        self._message: str | None = None
        """The message that the last piece belongs to; ``None`` before the first."""
        self._thoughts = Cleaner()
        self._calls: dict[str, ToolUpdate] = {}
        self._told: dict[str, ToolCall] = {}
        self._shown = 0
        self._shown_chars = 0

    def take(self, update: acp.Update) -> None:
        """Tell the listener what is new."""
        self.had_effect = True
        if isinstance(update, acp.TextChunk):
            self._piece(update)
        elif not isinstance(update, acp.OtherUpdate):
            self._take_more(update)

    def call(self, update: ToolUpdate) -> ToolCall:
        """Return all that is known of a tool call once this has come, and tell it."""
        from tellme.wire.updates import merged, tool_call

        known = self._calls.get(update.id)
        whole = update if known is None else merged(known, update)
        call = tool_call(whole, self._tail)
        if known is not None or len(self._calls) < MAX_TOOL_CALLS:
            self._calls[update.id] = whole
            if call != self._told.get(update.id) and self._has_room(len(call.title) + len(call.text)):
                self._told[update.id] = call
                self.listener.tool(call)
        return call

    def knows(self, call: str) -> bool:
        """Has the bot told of that tool call?"""
        return call in self._calls

    def end(self) -> None:
        """Tell what was held back: the prompt is over."""
        self._thought(self._thoughts.flush())

    def _piece(self, chunk: acp.TextChunk) -> None:
        if self._message and chunk.message and chunk.message != self._message:
            self.listener.piece(NEXT_MESSAGE)
        self._message = chunk.message or self._message
        self.listener.piece(chunk.text)

    def _take_more(self, update: acp.Update) -> None:
        from tellme.wire.updates import Thinking, ToolUpdate

        if isinstance(update, Thinking):
            self._thought(self._thoughts.feed(update.text))
        elif isinstance(update, ToolUpdate):
            self.call(update)
        elif isinstance(update, Plan) and self._has_room(sum(len(entry.text) for entry in update.entries)):
            self.listener.plan(update)

    def _thought(self, text: str) -> None:
        if text and self._has_room(len(text)):
            self.listener.thought(text)

    def _has_room(self, chars: int) -> bool:
        self._shown += 1
        self._shown_chars += chars
        return self._shown <= MAX_SHOWN and self._shown_chars <= MAX_SHOWN_CHARS
