"""What the host tells whoever watches it. A watcher that falls behind loses the oldest events, and costs no time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from tellme.model import HostEvent

BACKLOG = 10_000
"""How many events wait for a slow watcher."""
BACKLOG_CHARS = 1024 * 1024
"""How much text they hold together; one event by itself may hold more."""


class Watcher:
    """An endless asynchronous iterator over all events since it was made."""

    def __init__(self) -> None:
        self.missed = 0
        """Events that were dropped because nobody came for them."""
        self._backlog: deque[HostEvent] = deque()
        self._length = 0
        self._news = asyncio.Event()

    def tell(self, event: HostEvent) -> None:
        """Add an event."""
        self._backlog.append(event)
        self._length += _length(event)
        while len(self._backlog) > BACKLOG or (self._length > BACKLOG_CHARS and len(self._backlog) > 1):
            self._take()
            self.missed += 1
        self._news.set()

    def __aiter__(self) -> Watcher:
        return self

    async def __anext__(self) -> HostEvent:
        while not self._backlog:
            self._news.clear()
            await self._news.wait()
        return self._take()

    def _take(self) -> HostEvent:
        event = self._backlog.popleft()
        self._length -= _length(event)
        return event


class Events:
    """One publisher, any number of watchers."""

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()

    def publish(self, event: HostEvent) -> None:
        """Tell every watcher; never waits."""
        for watcher in self._watchers:
            watcher.tell(event)

    @contextmanager
    def watch(self) -> Iterator[Watcher]:
        """Watch for the length of a block."""
        watcher = Watcher()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)


def _length(event: HostEvent) -> int:
    return sum(len(field) for field in event if isinstance(field, str))
