"""A time limit that can be put off while it runs: when the person suspends the program, that is not the bot's time.

Nor is it while the bot waits for the person, or for another bot: then its clock stands still.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager


class Deadline:
    """Like ``asyncio.timeout``, one at a time."""

    def __init__(self) -> None:
        self._clock: asyncio.Timeout | None = None
        self._with_waits = False
        self._waits = 0
        self._left = 0.0
        """Of a clock that stands still."""

    @asynccontextmanager
    async def within(self, seconds: float, *, with_waits: bool = False) -> AsyncIterator[asyncio.Timeout]:
        """Raise ``TimeoutError`` when the block takes longer; ``with_waits`` leaves what is ``waiting`` out of it."""
        async with asyncio.timeout(seconds) as self._clock:
            self._with_waits = with_waits
            try:
                yield self._clock
            finally:
                self._clock = None

    def add_time(self, seconds: float) -> None:
        """Give the block that is under way, if any, so much longer; one that is over or has no limit stays so."""
        clock = self._clock
        if clock is not None and not clock.expired() and (when := clock.when()) is not None:
            clock.reschedule(when + seconds)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Have the clock stand still for the length of a block; such blocks may overlap."""
        self._waits += 1
        if self._waits == 1:
            self._stop()
        try:
            yield
        finally:
            self._waits -= 1
            if not self._waits:
                self._go_on()

    def _stop(self) -> None:
        clock = self._clock
        if clock is not None and self._with_waits and not clock.expired() and (when := clock.when()) is not None:
            self._left = when - asyncio.get_running_loop().time()
            clock.reschedule(None)

    def _go_on(self) -> None:
        if self._clock is not None and self._with_waits and self._clock.when() is None:
            self._clock.reschedule(asyncio.get_running_loop().time() + self._left)
