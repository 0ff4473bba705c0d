"""What is known of a turn while it goes on: its text, its times, its tries; and the reply that comes of it.

The promise: the text is clean wherever the bot has cut it, and it is bounded.
"""

from __future__ import annotations

import time

from tellme.model import Reply, Timings, TurnStatus
from tellme.text import Cleaner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tellme.model import BotSpec, Turn
    from tellme.store.database import Store

MAX_REPLY_CHARS = 32 * 1024 * 1024
"""A reply that grows past this ends the turn: what a bot sends is bounded, also when it never stops."""

_STATUS = {"end_turn": TurnStatus.ANSWERED, "refusal": TurnStatus.DECLINED}


class Account:
    """Belongs to one turn."""

    def __init__(self, turn: Turn, taken_at: float) -> None:
        """``taken_at``: when the person sent the message, by ``time.monotonic``."""
        self.tries = 0
        self.leaves = False
        """Has the bot ended the conversation in this try?"""
        self.is_too_long = False
        self._turn = turn
        self._taken_at = taken_at
        self._first_error: str | None = None
        self._sent_ms: float | None = None
        self._first_ms: float | None = None
        self._cleaner = Cleaner()
        self._pieces: list[str] = []
        self._length = 0

    def add_time(self, seconds: float) -> None:
        """Leave so many seconds, just past, out of the account."""
        self._taken_at += seconds

    def begin(self) -> None:
        """The first try begins."""
        self.tries = 1

    def begin_again(self, error: str) -> None:
        """Another try begins, because of an error; what was said so far is void."""
        self.tries += 1
        self.leaves = False
        self.is_too_long = False
        self._first_error = error
        self._cleaner = Cleaner()
        self._pieces.clear()
        self._length = 0

    def sent(self) -> None:
        """The message goes to the bot."""
        self._sent_ms, self._first_ms = self._elapsed_ms(), None

    def piece(self, text: str) -> str:
        """Add a piece of the text; returns what can be shown now, nothing once the text is too long."""
        if self._first_ms is None:
            self._first_ms = self._elapsed_ms()
        self._length += len(text)
        self.is_too_long = self._length > MAX_REPLY_CHARS
        return "" if self.is_too_long else self._add(self._cleaner.feed(text))

    def end(self) -> str:
        """Return what of the text was held back: no more pieces come."""
        return self._add(self._cleaner.flush())

    def ended(self, bot: BotSpec, stop_reason: str) -> Reply:
        """Make the reply, now that the bot has ended its turn."""
        status = _STATUS.get(stop_reason)
        if status is None:
            return self.failed(bot, f"stopped before the end of its answer ({stop_reason})")
        return self._reply(bot, status)

    def failed(self, bot: BotSpec, reason: str) -> Reply:
        """Make the reply of what there is; ``reason`` continues the bot's name."""
        return self._reply(bot, TurnStatus.FAILED, f"{bot.name} {reason}")

    def _reply(self, bot: BotSpec, status: TurnStatus, error: str | None = None) -> Reply:
        return Reply(
            bot=bot.name,
            session=self._turn.session,
            turn=self._turn.id,
            text="".join(self._pieces),
            status=status,
            latency_ms=self._elapsed_ms(),
            attempts=self.tries,
            error=error,
            leaves=self.leaves and error is None,
        )

    def keep(self, store: Store, reply: Reply) -> None:
        """Write down the end of the turn."""
        told = reply.turn, reply.status, reply.text, reply.error, reply.attempts, reply.latency_ms
        store.end_turn(*told, Timings(self._sent_ms, self._first_ms), self._first_error)
        if reply.leaves:
            store.end_session(reply.session)

    def _add(self, clean: str) -> str:
        if clean:
            self._pieces.append(clean)
        return clean

    def _elapsed_ms(self) -> float:
        """Return for how long the person has waited."""
        return round((time.monotonic() - self._taken_at) * 1000, 3)
