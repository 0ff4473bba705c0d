"""What all clients of a host share: the host itself, what is open for them, and the end of it.

Promise: what clients ask for together is bounded; once the house is closed to new turns, no message is taken.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine

from tellme.errors import Stopping, TellmeError
from tellme.host.host import Host, RunningTurn
from tellme.host.turns import LocalTurn
from tellme.wire.acp import Json

MAX_TURNS = 4096
MAX_MESSAGE_BYTES = 256 * 1024 * 1024
"""How many turns may be open, and how much their messages may hold together."""
MAX_UNFINISHED_BYTES = 64 * 1024 * 1024
"""How much all clients together may have sent of lines that have not ended."""

Task = Coroutine[None, None, None]


class House:
    """See the module. ``describe`` returns the catalogue as clients are told of it."""

    def __init__(self, host: Host, describe: Callable[[], Json]) -> None:
        self.host = host
        self.describe = describe
        self.is_stopping = False
        self.unfinished_bytes = 0
        self._turns: set[RunningTurn] = set()
        self._open = 0
        self._message_bytes = 0
        self._requests: set[asyncio.Task[None]] = set()
        self._prompts: set[asyncio.Task[None]] = set()
        """Those of the requests that have a turn."""
        self._companions: set[asyncio.Task[None]] = set()

    # What is open -------------------------------------------------------------------------------------------------

    def carry_out(self, request: Task, *, prompt: bool = False) -> None:
        """Begin to carry out what a client asks for; it goes on when the client has gone."""
        task = _begin(request, self._requests)
        if prompt:
            self._prompts.add(task)
            task.add_done_callback(self._prompts.discard)

    def accompany(self, endless: Task) -> asyncio.Task[None]:
        """Begin what goes on until it is cancelled, by whoever began it or at the end."""
        return _begin(endless, self._companions)

    def admit(self, message_bytes: int) -> None:
        """Take a prompt in, until ``leave``. Raises ``TellmeError`` where there is no room for it."""
        if self.is_stopping:
            who = f"tellme serve (pid {os.getpid()})"
            raise Stopping(f"{who} is stopping and takes no new turns; start it again, or ask without it.")
        if self._open >= MAX_TURNS or self._message_bytes + message_bytes > MAX_MESSAGE_BYTES:
            raise TellmeError(f"tellme serve has {self._open:,} turns open; wait until some of them have ended.")
        self._open += 1
        self._message_bytes += message_bytes

    def leave(self, message_bytes: int) -> None:
        """End what ``admit`` began."""
        self._open -= 1
        self._message_bytes -= message_bytes

    def begun(self, turn: RunningTurn) -> None:
        """Know of a turn, until ``ended``."""
        self._turns.add(turn)

    def ended(self, turn: RunningTurn) -> None:
        """Forget a turn."""
        self._turns.discard(turn)

    @property
    def open_turns(self) -> int:
        """How many turns are under way."""
        return self._open

    # Its end ------------------------------------------------------------------------------------------------------

    async def drain(self, within_s: float) -> int:
        """Take no new turns, and wait for the open ones; return how many of them have not ended in time."""
        self.is_stopping = True
        if self._prompts:
            await asyncio.wait(set(self._prompts), timeout=within_s)
        return self._open

    async def interrupt(self, within_s: float) -> None:
        """End all turns, whose replies then say so, and see to it that the clients are told."""
        for turn in list(self._turns):
            if isinstance(turn, LocalTurn):
                turn.interrupt()
        if self._requests:
            await asyncio.wait(set(self._requests), timeout=within_s)
        left = self._requests | self._companions
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)


def _begin(coroutine: Task, tasks: set[asyncio.Task[None]]) -> asyncio.Task[None]:
    task = asyncio.get_running_loop().create_task(coroutine)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task
