"""The loop of a bot whose function is a plain ``def``: one turn at a time, without asyncio."""

from __future__ import annotations

from _thread import get_ident
from collections import deque

from tellme.sdk.agent import Agent, cancelled_session
from tellme.sdk.connection import Connection, answer_in
from tellme.sdk.turn import Cancelled, Turn

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, NoReturn

    from tellme.sdk import Bot
    from tellme.sdk.turn import Answer, T
    from tellme.wire.fields import Json
    from tellme.wire.jsonrpc import Message as WireMessage

_MAX_WAITING = 1_000
"""Messages read ahead during a turn; beyond that they wait in the pipe, and with them a cancellation.

While a question is open the pipe has to be read on, for the answer: what is too much then is refused."""


def serve(bot: Bot, connection: Connection, ends_at_sigterm: bool = False) -> None:
    """Run the turns, in the order in which they come, until the client is gone."""
    for start in bot.start_hooks:
        start()
    if ends_at_sigterm:
        _end_at_sigterm(connection)
    try:
        _Server(bot, connection).run()
    finally:
        for stop in bot.stop_hooks:
            stop()
    connection.close()


def _end_at_sigterm(connection: Connection) -> None:
    from signal import SIGTERM, signal

    def end(number: int, _frame: object) -> NoReturn:
        connection.broken = True  # what a turn that is torn says of it would be taken for its reply
        raise SystemExit(128 + number)

    signal(SIGTERM, end)


class _Server:
    def __init__(self, bot: Bot, connection: Connection) -> None:
        self._connection = connection
        self._agent = Agent(bot, connection, self)
        self._waiting: deque[WireMessage] = deque()
        self._turn: Turn | None = None
        self._thread = get_ident()
        bot.current_turn = lambda: self._turn

    def run(self) -> None:
        while not self._connection.broken:
            if self._waiting:
                turn = self._agent.take(self._waiting.popleft())
                if turn is not None:
                    self._run_turn(turn)
            elif self._connection.at_end:
                return
            else:
                self._waiting.extend(self._connection.read())

    def call(self, turn: Turn, method: str, params: Json, read: Callable[[Answer], T]) -> T:
        """Ask the client and wait; what else comes meanwhile has its time after the turn."""
        if get_ident() != self._thread:
            raise RuntimeError("only the thread in which the function was called can ask; or make it an async def")
        number = self._connection.request(method, params)
        answer: Answer = None
        while answer is None:
            if self._is_cancelled_by_now(turn):
                raise Cancelled
            if self._connection.at_end:
                break
            for message in self._connection.read():
                answered = answer_in(message)
                if answered is None:
                    self._put_off(turn, message)
                elif answer is None and answered.id == number:
                    answer = answered
        return read(answer)

    def _put_off(self, turn: Turn, message: WireMessage) -> None:
        if len(self._waiting) < _MAX_WAITING or cancelled_session(message) == turn.message.session.id:
            self._waiting.append(message)
        else:
            self._agent.refuse(message)

    def _run_turn(self, turn: Turn) -> None:
        self._turn = turn
        with turn:
            reply: Any = turn.ask_author()
            if hasattr(reply, "__next__"):
                self._say_pieces(turn, reply)
            elif reply is not None and not self._is_cancelled(turn):
                turn.say(reply)
        self._turn = None

    def _say_pieces(self, turn: Turn, pieces: Iterator[object]) -> None:
        try:
            for piece in pieces:
                if self._is_cancelled(turn):
                    return
                turn.say(piece)
                turn.flush()
        finally:
            if hasattr(pieces, "close"):
                pieces.close()

    def _is_cancelled(self, turn: Turn) -> bool:
        if len(self._waiting) < _MAX_WAITING and self._connection.has_input():
            self._waiting.extend(self._connection.read())
        turn.cancelled = self._is_cancelled_by_now(turn)
        return turn.cancelled

    def _is_cancelled_by_now(self, turn: Turn) -> bool:
        session = turn.message.session.id
        # The cancellation stays where it is: whatever waits for the same session before it is cancelled too.
        return self._connection.broken or any(cancelled_session(one) == session for one in self._waiting)
