"""The loop of a bot whose function is a plain ``def``: one turn at a time, without asyncio."""

from __future__ import annotations

from collections import deque
from types import GeneratorType

from tellme.sdk.agent import Agent, Turn, cancelled_session
from tellme.sdk.connection import Connection

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from tellme.sdk import Bot, Handler
    from tellme.wire.jsonrpc import Message as WireMessage

_MAX_WAITING = 1_000
"""Messages read ahead during a turn; beyond that they wait in the pipe, and with them a cancellation."""


def serve(bot: Bot, handler: Handler) -> None:
    """Run the turns, in the order in which they come, until the client is gone."""
    connection = Connection()
    _Server(connection, Agent(bot, handler, connection)).run()
    connection.close()


class _Server:
    def __init__(self, connection: Connection, agent: Agent) -> None:
        self._connection = connection
        self._agent = agent
        self._waiting: deque[WireMessage] = deque()

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

    def _run_turn(self, turn: Turn) -> None:
        with turn:
            reply = turn.ask_author()
            if isinstance(reply, GeneratorType):
                self._say_pieces(turn, reply)
            elif reply is not None and not self._is_cancelled(turn):
                turn.say(reply)

    def _say_pieces(self, turn: Turn, pieces: GeneratorType[object, None, None]) -> None:
        try:
            for piece in pieces:
                if self._is_cancelled(turn):
                    return
                turn.say(piece)
                turn.flush()
        finally:
            pieces.close()

    def _is_cancelled(self, turn: Turn) -> bool:
        if len(self._waiting) < _MAX_WAITING and self._connection.has_input():
            self._waiting.extend(self._connection.read())
        session = turn.message.session.id
        # The cancellation stays where it is: whatever waits for the same session before it is cancelled too.
        turn.cancelled = self._connection.broken or any(cancelled_session(one) == session for one in self._waiting)
        return turn.cancelled
