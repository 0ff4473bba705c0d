"""A time limit that can be put off while it runs: when the person suspends the program, that is not the bot's time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Deadline:
    """Like ``asyncio.timeout``, one at a time."""

    def __init__(self) -> None:
        self._clock: asyncio.Timeout | None = None

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[asyncio.Timeout]:
        """Raise ``TimeoutError`` when the block takes longer."""
        async with asyncio.timeout(seconds) as self._clock:
            try:
                yield self._clock
            finally:
                self._clock = None

    def add_time(self, seconds: float) -> None:
        """Give the block that is under way, if any, so much longer; one that is over or has no limit stays so."""
        clock = self._clock
        if clock is not None and not clock.expired() and (when := clock.when()) is not None:
            clock.reschedule(when + seconds)
