"""The loop of a bot whose function is an ``async def``: turns of different sessions side by side, on asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import aclosing
from types import AsyncGeneratorType, CoroutineType
from typing import TYPE_CHECKING

from tellme.sdk.agent import Agent, Turn, cancelled_session
from tellme.sdk.connection import Connection
from tellme.wire.jsonrpc import Message as WireMessage

if TYPE_CHECKING:
    from tellme.sdk import Bot, Handler


def serve(bot: Bot, handler: Handler) -> None:
    """Run the turns until the client is gone; those of one session stay in their order."""
    connection = Connection()
    asyncio.run(_Server(connection, Agent(bot, handler, connection)).run())
    connection.close()


class _Server:
    def __init__(self, connection: Connection, agent: Agent) -> None:
        self._connection = connection
        self._agent = agent
        self._running: dict[asyncio.Task[None], Turn] = {}
        self._tasks = asyncio.TaskGroup()
        self._ended = asyncio.Event()

    async def run(self) -> None:
        async with self._tasks:
            await self._listen()
            if self._connection.broken:
                self._cancel(self._running)

    async def _listen(self) -> None:
        loop, source = asyncio.get_running_loop(), self._connection.input
        try:
            loop.add_reader(source, self._read)
        except PermissionError:  # a regular file, which epoll refuses and which never lets a reader wait
            while not self._ended.is_set():
                self._read()
                await asyncio.sleep(0)
        else:
            await self._ended.wait()
            loop.remove_reader(source)

    def _read(self) -> None:
        for message in self._connection.read():
            self._take(message)
        if self._connection.at_end or self._connection.broken:
            self._ended.set()

    def _take(self, message: WireMessage) -> None:
        session = cancelled_session(message)
        if session is not None:
            self._cancel(self._turns_of(session))
            return
        turn = self._agent.take(message)
        if turn is None:
            return
        task = self._tasks.create_task(self._run_turn(turn, earlier=self._turns_of(turn.message.session.id)))
        self._running[task] = turn
        task.add_done_callback(self._end_turn)

    def _end_turn(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        if self._connection.broken:
            self._ended.set()

    def _turns_of(self, session: str) -> list[asyncio.Task[None]]:
        return [task for task, turn in self._running.items() if turn.message.session.id == session]

    def _cancel(self, tasks: Iterable[asyncio.Task[None]]) -> None:
        for task in tasks:
            turn = self._running[task]
            turn.cancelled = True
            # A task cancelled before its first step never runs, and its request would stay unanswered.
            if turn.started:
                task.cancel()

    async def _run_turn(self, turn: Turn, earlier: list[asyncio.Task[None]]) -> None:
        with turn:
            try:
                if earlier:
                    await asyncio.wait(earlier)
                if not turn.cancelled:
                    await self._reply(turn)
            except asyncio.CancelledError as error:
                if not turn.cancelled:
                    raise RuntimeError("the reply was cancelled from within") from error

    async def _reply(self, turn: Turn) -> None:
        reply = turn.ask_author()
        if isinstance(reply, AsyncGeneratorType):
            await self._say_pieces(turn, reply)
        elif isinstance(reply, CoroutineType):
            text = await reply
            if text is not None:
                turn.say(text)

    async def _say_pieces(self, turn: Turn, pieces: AsyncGeneratorType[object, None]) -> None:
        async with aclosing(pieces):
            async for piece in pieces:
                turn.say(piece)
                turn.flush()
                if self._connection.broken:
                    return
                # Lets the reader see a cancellation, even if the author's function awaits nothing.
                await asyncio.sleep(0)
