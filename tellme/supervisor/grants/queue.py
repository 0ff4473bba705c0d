"""The work on files for one bot, and its answers that may be large: one after the other.

The promise: whatever a bot asks for and however slowly it reads, one large answer at a time is in memory, and the event
loop is not held up by it: what is to be read is read, and written as JSON, in a thread, and only once the bot has taken
all that was written to it before.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from tellme.supervisor.asked import Asked
from tellme.wire import granting, jsonrpc

_logger = logging.getLogger(__name__)

MAX_HELD_BYTES = 32 * 1024 * 1024
"""How much may wait to be written to files; one text more is refused."""

Work = Callable[[], dict[str, Any]]
"""What is done in a thread, and returns the result."""
OnError = Callable[[Exception, Asked], None]


class Job:
    """One request: ``begin`` is called when its turn has come. ``size`` says how much it holds in memory until then."""

    def __init__(self, begin: Callable[[], Work], asked: Asked, on_error: OnError, size: int = 0) -> None:
        self.begin = begin
        self.asked = asked
        self.on_error = on_error
        self.size = size


class Queue:
    """For one process of a bot. ``drain`` waits until the bot has taken all that was written to it."""

    def __init__(self, drain: Callable[[], Awaitable[None]] | None) -> None:
        self._drain = drain
        self._jobs: deque[Job] = deque()
        self._held_bytes = 0
        self._task: asyncio.Task[None] | None = None

    def add(self, job: Job) -> None:
        """Carry it out when its turn has come. Of one that the bot takes back before, nothing is done."""
        if self._held_bytes + job.size > MAX_HELD_BYTES:
            job.asked.refuse(jsonrpc.INTERNAL_ERROR, "too much waits to be written; wait for the answers before")
            return
        self._held_bytes += job.size
        self._jobs.append(job)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        """Begin nothing more."""
        self._jobs.clear()
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while self._jobs:
            job = self._jobs.popleft()
            if job.asked.is_open:
                await self._carry_out(job)
            self._held_bytes -= job.size
        self._task = None

    async def _carry_out(self, job: Job) -> None:
        if self._drain is not None:
            await self._drain()
        try:
            line = await asyncio.to_thread(_answered, job.asked, job.begin())
        except Exception as error:
            job.on_error(error, job.asked)
        else:
            job.asked.answer_with(line)


def _answered(asked: Asked, work: Work) -> bytes:
    return granting.encode_answer(asked.number, work())


def unforeseen(error: Exception, asked: Asked) -> None:
    """Answer all the same."""
    _logger.error("a request of a bot could not be carried out", exc_info=error)
    asked.refuse(jsonrpc.INTERNAL_ERROR, "an error inside tellme")
