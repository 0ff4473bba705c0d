"""The lock that a turn holds: one at a time, first come, first served, and a moment of the bot's own in between.

It is a queue of callbacks rather than ``asyncio.Lock``, so that a turn can wait for its bot, and have it, without
a task.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

Begin = Callable[[], None]


class TurnLock:
    """``enter`` and ``release`` it, or hold it for the length of an ``async with``."""

    def __init__(self, between: Callable[[], None]) -> None:
        """``between`` is called whenever the lock is let go, before whoever waits for it may go on."""
        self._between = between
        self._held = False
        self._waiting: deque[Begin] = deque()

    def locked(self) -> bool:
        return self._held

    def enter(self, begin: Begin) -> None:
        """Call ``begin`` as soon as the lock is the caller's, which may be now."""
        if self._held:
            self._waiting.append(begin)
        else:
            self._held = True
            begin()

    def withdraw(self, begin: Begin) -> bool:
        """Wait no longer; false where ``begin`` has been called already."""
        if begin not in self._waiting:
            return False
        self._waiting.remove(begin)
        return True

    def release(self) -> None:
        """Let go. Whoever is next begins soon, not in here: a thousand turns that fail at once do so one by one."""
        self._between()
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._hand_over)
        else:
            self._held = False

    async def __aenter__(self) -> None:
        entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def begin() -> None:
            if entered.cancelled():
                self.release()
            else:
                entered.set_result(None)

        self.enter(begin)
        try:
            await entered
        except asyncio.CancelledError:
            if entered.done() and not entered.cancelled():
                self.release()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _hand_over(self) -> None:
        if self._waiting:
            self._waiting.popleft()()
        else:
            self._between()  # what came since the release found the lock held
            self._held = False
