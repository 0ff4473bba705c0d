"""What comes of a turn, for whoever iterates over it: any number of events, then exactly one ``Reply``."""

from __future__ import annotations

import asyncio
from collections import deque

from tellme.model import Reply, TurnEvent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self


class TurnEvents:
    """The part of a ``RunningTurn`` that is the same wherever its bot runs; see there."""

    def __init__(self) -> None:
        self._events: deque[TurnEvent] = deque()
        self._news = asyncio.Event()
        self._told_reply = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> TurnEvent:
        while not self._events:
            if self._told_reply:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        event = self._events.popleft()
        self._told_reply = isinstance(event, Reply)
        return event

    async def reply(self) -> Reply:
        """Wait for the end, and return it."""
        async for event in self:
            if isinstance(event, Reply):
                return event
        raise AssertionError("a turn ends with a reply")

    def _emit(self, event: TurnEvent) -> None:
        self._events.append(event)
        self._news.set()
