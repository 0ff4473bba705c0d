"""A time limit that can be put off while it runs: when the person suspends the program, that is not the bot's time.

Nor is it while the bot waits for the person, or for another bot: then its clock stands still.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self


class Deadline:
    """Like ``asyncio.timeout``, one at a time; it can also be begun before there is a block, or a task, for it."""

    def __init__(self) -> None:
        self._clock: asyncio.Timeout | None = None
        self._seconds = 0.0
        self._with_waits = False
        self._waits = 0
        self._left = 0.0
        """Of a clock that stands still."""
        self._alarm: asyncio.TimerHandle | None = None
        """Of a time limit that was begun without a block."""
        self._overdue: Callable[[], object] | None = None

    def begin(self, seconds: float, overdue: Callable[[], object]) -> None:
        """Call ``overdue`` in so many seconds, unless ``end`` comes before. A block goes on with what is left."""
        self._overdue = overdue
        self._alarm = asyncio.get_running_loop().call_later(seconds, overdue)

    def end(self) -> None:
        """End what was begun without a block."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def within(self, seconds: float, *, with_waits: bool = False) -> Self:
        """Return a block that raises ``TimeoutError`` when it takes longer than ``seconds``.

        ``with_waits`` leaves out of it what is ``waiting``.
        """
        self._seconds = seconds
        self._with_waits = with_waits
        return self

    async def __aenter__(self) -> asyncio.Timeout:
        seconds = self._seconds
        if self._alarm is not None:
            seconds = self._alarm.when() - asyncio.get_running_loop().time()
            self.end()
        clock = self._clock = asyncio.timeout(seconds)
        await clock.__aenter__()
        if self._waits:
            self._stop()
        return clock

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        clock, self._clock = self._clock, None
        assert clock is not None
        await clock.__aexit__(kind, error, trace)

    def add_time(self, seconds: float) -> None:
        """Give what is under way, if anything, so much longer; what is over or has no limit stays so."""
        if self._alarm is not None and self._overdue is not None:
            left = self._alarm.when() - asyncio.get_running_loop().time()
            self.end()
            self.begin(left + seconds, self._overdue)
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
