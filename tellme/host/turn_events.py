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
        self._replied = asyncio.Event()
        self._last: Reply | None = None
        self._told_reply = False
        self._only_reply = False
        """Does somebody wait for that, and for nothing else?"""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> TurnEvent:
        while not self._events:
            if self._told_reply:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        event = self._events.popleft()
        self._told_reply = event is self._last
        return event

    async def reply(self) -> Reply:
        """Wait for the end, and return it; nothing else of the turn can be had afterwards, nor is it kept till then."""
        self._only_reply = True
        self._events.clear()
        await self._replied.wait()
        assert self._last is not None
        self._events.clear()
        self._told_reply = True
        return self._last

    def _emit(self, event: TurnEvent) -> None:
        if self._last is not None:  # nothing comes after it
            return
        if isinstance(event, Reply):
            self._last = event
            self._replied.set()
        elif self._only_reply:
            return
        self._events.append(event)
        self._news.set()
