"""What all clients of a host share: the host itself, what is open for them, and the end of it.

Promise: what clients ask for together is bounded; once the house is closed to new turns, no message is taken.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from contextlib import suppress

from tellme.errors import Stopping, TellmeError
from tellme.host.host import Host
from tellme.surfaces.serve.client import Client
from tellme.wire.fields import Json

_logger = logging.getLogger(__name__)

MAX_TURNS = 4096
"""How many turns may be open."""
MAX_HELD_BYTES = 320 * 1024 * 1024
"""How much all clients together may have sent of lines that have not ended, and of requests that are open."""
SOME_HELD_BYTES = 1024 * 1024
"""So much of it is nobody's fault, whatever others send."""

Work = Coroutine[None, None, None]


class Held:
    """What is in memory here of what one client sent."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.request_bytes = 0
        """The lines of its requests that are open."""

    @property
    def all_bytes(self) -> int:
        """These, and the line that has not ended."""
        return self.request_bytes + self._client.unfinished_bytes


class House:
    """See the module. ``describe`` returns the catalogue as clients are told of it."""

    def __init__(self, host: Host, describe: Callable[[], Json]) -> None:
        self.host = host
        self.describe = describe
        self.is_stopping = False
        self.held: set[Held] = set()
        """Of each client that is there, or has gone and left requests open."""
        self._open_turns = 0
        self._requests: set[asyncio.Task[None]] = set()
        self._prompts: set[asyncio.Task[None]] = set()
        """Those of the requests that have a turn."""
        self._companions: set[asyncio.Task[None]] = set()

    # What is open -------------------------------------------------------------------------------------------------

    def is_too_much(self, held: Held, more_bytes: int = 0) -> bool:
        """Tell whether a client that sends so much more holds what is not there for all."""
        if held.all_bytes + more_bytes <= SOME_HELD_BYTES:
            return False
        return sum(each.all_bytes for each in self.held) + more_bytes > MAX_HELD_BYTES

    def carry_out(self, request: Work, *, prompt: bool = False) -> asyncio.Task[None]:
        """Begin to carry out what a client asks for; it goes on when the client has gone."""
        task = _begin(request, self._requests)
        if prompt:
            self._prompts.add(task)
            task.add_done_callback(self._prompts.discard)
        return task

    def accompany(self, endless: Work) -> asyncio.Task[None]:
        """Begin what goes on until it is cancelled, by whoever began it or at the end."""
        return _begin(endless, self._companions)

    def admit(self) -> None:
        """Take a turn in, until ``leave``. Raises ``TellmeError`` where there is no room for it."""
        if self.is_stopping:
            who = f"tellme serve (pid {os.getpid()})"
            raise Stopping(f"{who} is stopping and takes no new turns; start it again, or ask without it.")
        if self._open_turns >= MAX_TURNS:
            raise TellmeError(f"tellme serve has {MAX_TURNS:,} turns open; wait until some of them have ended.")
        self._open_turns += 1

    def leave(self) -> None:
        """End what ``admit`` began."""
        self._open_turns -= 1

    @property
    def open_turns(self) -> int:
        """How many turns are under way."""
        return self._open_turns

    # Its end ------------------------------------------------------------------------------------------------------

    async def drain(self, within_s: float) -> int:
        """Take no new turns, and wait for the open ones; return how many of them have not ended in time."""
        self.is_stopping = True
        if self._prompts:
            await asyncio.wait(set(self._prompts), timeout=within_s)
        return self._open_turns

    async def settle(self, within_s: float) -> None:
        """Wait until the clients are told of all that they asked for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._requests:  # one that ends may let the next of its client begin
                    await asyncio.wait(set(self._requests))

    async def close(self) -> None:
        """End all that is still carried out, when the clients have gone."""
        left = self._requests | self._companions
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)


def _begin(coroutine: Work, tasks: set[asyncio.Task[None]]) -> asyncio.Task[None]:
    task = asyncio.get_running_loop().create_task(coroutine)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    task.add_done_callback(_log_failure)
    return task


def _log_failure(task: asyncio.Task[None]) -> None:
    """Whoever carries something out answers for what may fail in it; this is what nobody foresaw."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _logger.error("what a server does ended", exc_info=error)
