"""What one client calls, turns aside: so many at once, the rest in the order in which it came.

Promise: what waits is bounded, since of a client of which too much waits no more is read, and it goes with the client.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial

from tellme.surfaces.serve.channel import Channel

MAX_CALLS = 32
"""How many calls of one client are worked on at once: each result is in memory until the client takes it."""
MAX_WAITING_BYTES = 4 * 1024 * 1024
"""When calls of more bytes than this are open, no more is read of their client until some have ended."""

Begin = Callable[[], asyncio.Task[None]]


class Calls:
    """See the module. ``add`` begins a call, or has it wait; ``on_end`` is told the size of each that has ended."""

    def __init__(self, channel: Channel, on_end: Callable[[int], None]) -> None:
        self._channel = channel
        self._on_end = on_end
        self._waiting: deque[tuple[Begin, int]] = deque()
        self._running = 0
        self._bytes = 0

    def add(self, begin: Begin, size: int) -> None:
        """Begin a call whose line had so many bytes, as soon as there is room for it."""
        self._waiting.append((begin, size))
        self._bytes += size
        self._begin_some()
        self._channel.hold(holds=self._bytes > MAX_WAITING_BYTES)

    def drop(self) -> None:
        """Forget those that have not begun."""
        while self._waiting:
            _, size = self._waiting.popleft()
            self._forget(size)

    def _begin_some(self) -> None:
        while self._waiting and self._running < MAX_CALLS:
            begin, size = self._waiting.popleft()
            self._running += 1
            begin().add_done_callback(partial(self._ended, size))

    def _ended(self, size: int, _: asyncio.Task[None]) -> None:
        self._running -= 1
        self._forget(size)
        self._begin_some()
        self._channel.hold(holds=self._bytes > MAX_WAITING_BYTES)

    def _forget(self, size: int) -> None:
        self._bytes -= size
        self._on_end(size)
