"""The loop of a bot whose function is an ``async def``: turns of different sessions side by side, on asyncio."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterable
from contextlib import aclosing
from contextvars import ContextVar
from signal import SIGTERM
from types import AsyncGeneratorType, CoroutineType
from typing import TYPE_CHECKING

from tellme.sdk.agent import Agent, cancelled_session
from tellme.sdk.connection import Connection, answer_in
from tellme.sdk.turn import Turn
from tellme.wire.jsonrpc import Message as WireMessage
from tellme.wire.jsonrpc import RequestId

if TYPE_CHECKING:
    from collections.abc import Callable

    from tellme.sdk import Bot, Hook
    from tellme.sdk.turn import Answer, T
    from tellme.wire.fields import Json

_current: ContextVar[Turn | None] = ContextVar("_current", default=None)


def serve(bot: Bot, connection: Connection, ends_at_sigterm: bool = False) -> None:
    """Run the turns until the client is gone; those of one session stay in their order."""
    code = asyncio.run(_serve(bot, connection, ends_at_sigterm))
    connection.close()
    if code:
        raise SystemExit(code)


async def _serve(bot: Bot, connection: Connection, ends_at_sigterm: bool) -> int:
    await _call(bot.start_hooks)
    server = _Server(bot, connection)
    if ends_at_sigterm:
        asyncio.get_running_loop().add_signal_handler(SIGTERM, server.terminate)
    try:
        await server.run()
    finally:
        await _call(bot.stop_hooks)
    return 128 + SIGTERM if server.terminated else 0


async def _call(hooks: Iterable[Hook]) -> None:
    for hook in hooks:
        result = hook()
        if inspect.isawaitable(result):
            await result


class _Server:
    def __init__(self, bot: Bot, connection: Connection) -> None:
        self._connection = connection
        self._agent = Agent(bot, connection, self)
        self._running: dict[asyncio.Task[None], Turn] = {}
        self._asked: dict[RequestId, asyncio.Future[Answer]] = {}
        self._tasks = asyncio.TaskGroup()
        self._ended = asyncio.Event()
        self.terminated = False
        bot.current_turn = _current.get

    async def run(self) -> None:
        async with self._tasks:
            await self._listen()
            self._answer_all()
            if self._connection.broken:
                self._cancel(self._running)

    async def call(self, _turn: Turn, method: str, params: Json, read: Callable[[Answer], T]) -> T:
        """Ask the client and wait, while other turns go on."""
        if self._connection.at_end:
            return read(None)
        number = self._connection.request(method, params)
        if self._connection.broken:
            return read(None)
        self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            answer = await self._asked[number]
        finally:
            del self._asked[number]
        return read(answer)

    def terminate(self) -> None:
        """End now: the turns that run are cancelled, and no more is said of them."""
        self.terminated = self._connection.broken = True
        self._ended.set()

    def _answer_all(self) -> None:
        """Nobody will answer what is still open."""
        for asked in self._asked.values():
            if not asked.done():
                asked.set_result(None)

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
        answer = answer_in(message)
        if answer is not None:
            asked = self._asked.get(answer.id) if answer.id is not None else None
            if asked is not None and not asked.done():
                asked.set_result(answer)
            return
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
        _current.set(turn)
        with turn:
            try:
                if earlier:
                    await asyncio.wait(earlier)
                if not turn.cancelled:
                    await self._reply(turn)
            except asyncio.CancelledError as error:
                if not turn.cancelled and not self._connection.broken:
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
