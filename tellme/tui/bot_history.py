"""What happened to each bot since the app began: its changes of state with their reasons, bounded."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from typing import NamedTuple

from tellme.model import BotState, StateChanged

MOST_CHANGES = 200


class Change(NamedTuple):
    """One change of state."""

    at: float
    """Seconds since the epoch."""
    state: BotState
    reason: str


class BotHistory:
    """The newest changes of each bot."""

    def __init__(self) -> None:
        self._changes: defaultdict[str, deque[Change]] = defaultdict(lambda: deque(maxlen=MOST_CHANGES))

    def add(self, change: StateChanged) -> None:
        """Keep a change."""
        self._changes[change.bot].append(Change(time.time(), change.state, change.reason))

    def of(self, bot_id: str) -> list[Change]:
        """Return the changes of a bot, oldest first."""
        return list(self._changes[bot_id])
