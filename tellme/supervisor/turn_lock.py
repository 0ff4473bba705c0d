"""The lock that a turn holds: one at a time, first come, first served, and a moment of the bot's own in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class TurnLock(asyncio.Lock):
    """A lock that calls ``between`` whenever it is let go, before whoever waits for it may go on."""

    def __init__(self, between: Callable[[], None]) -> None:
        super().__init__()
        self._between = between

    def release(self) -> None:
        self._between()
        super().release()
