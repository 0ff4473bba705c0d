"""What happened to each bot since the app began: its changes of state with their reasons, bounded."""

from __future__ import annotations

from collections import defaultdict, deque

from tellme.model import BotState, StateChanged

MOST_CHANGES = 200
LATELY_S = 60.0


class BotHistory:
    """The newest changes of each bot."""

    def __init__(self) -> None:
        self._changes: defaultdict[str, deque[StateChanged]] = defaultdict(lambda: deque(maxlen=MOST_CHANGES))

    def add(self, change: StateChanged) -> None:
        """Keep a change."""
        self._changes[change.bot].append(change)

    def of(self, bot_id: str) -> list[StateChanged]:
        """Return the changes of a bot, oldest first."""
        return list(self._changes[bot_id])

    def has_crashed_lately(self, bot_id: str, now: float) -> bool:
        """Has the bot crashed within the last minute?"""
        return any(change.state is BotState.BACKOFF and now - change.at < LATELY_S for change in self._changes[bot_id])
