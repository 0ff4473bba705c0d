"""Who waits for a bot to answer the door: told of the next process, or why there is none.

The promise: each who waits is told once. Whoever waited for a process that was lost hears of that only when it is
decided what follows, so that the next try does not come before the restart.
"""

from __future__ import annotations

import asyncio

from tellme.supervisor.link import Died, Link

Waiter = asyncio.Future[Link]


class Waiting:
    """The waiters of one bot."""

    def __init__(self) -> None:
        self._waiting: list[Waiter] = []
        self._disappointed: list[Waiter] = []
        """Who waited for a process that is lost."""

    def __bool__(self) -> bool:
        """Does anybody wait for the next process?"""
        return bool(self._waiting)

    def join(self) -> Waiter:
        """Wait for the next process."""
        waiter: Waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        return waiter

    def lose(self) -> None:
        """The process that was waited for is lost."""
        self._disappointed += self._waiting
        self._waiting = []

    def try_again(self) -> None:
        """Have those who lost a process wait for the next one, none the wiser."""
        self._waiting = self._disappointed + self._waiting
        self._disappointed = []

    def welcome(self, link: Link) -> None:
        """Hand out the new process."""
        waiting, self._waiting = self._waiting, []
        _tell(waiting, link)

    def tell_lost(self, died: Died) -> None:
        """Tell those who lost a process; whoever came since waits on."""
        disappointed, self._disappointed = self._disappointed, []
        _tell(disappointed, died)

    def end(self, died: Died) -> None:
        """There will be no next process by itself: nobody need wait for it."""
        self.lose()
        self.tell_lost(died)


def _tell(waiters: list[Waiter], outcome: Link | Died) -> None:
    for waiter in waiters:
        if waiter.done():  # who waited was cancelled
            continue
        if isinstance(outcome, Died):
            waiter.set_exception(outcome)
        else:
            waiter.set_result(outcome)
