"""One turn of a bot written with the SDK, from its message to the one answer that its request gets.

Promise: whatever the author's function does, the request is answered once, and what the answer rests on, the state of
the session, is kept before the answer leaves.
"""

from __future__ import annotations

from types import TracebackType

from tellme.sdk.connection import Connection, log
from tellme.sdk.message import AsyncMessage, BotFailed, Decline, Message, StateError
from tellme.wire import acp, acp_agent, jsonrpc
from tellme.wire.acp import Exchange
from tellme.wire.jsonrpc import ErrorResponse, Notification, RequestId, Response

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Protocol, TypeVar

    from tellme.sdk.understanding import Understood
    from tellme.wire.fields import Json

    T = TypeVar("T")
    Answer = Response | ErrorResponse | None
    """What the client answered; ``None`` where it went away instead."""

    class Client(Protocol):
        """How a loop asks its client: blocking with the result, on asyncio with an awaitable of it."""

        def call(self, turn: Turn, method: str, params: Json, read: Callable[[Answer], T]) -> Any: ...


_MAX_CHUNK_CHARS = 1024 * 1024  # at most six bytes each in JSON, so a line stays far below the limit
_MAX_ERROR_CHARS = 500
REPLIED = {acp.END_TURN: "answered", acp.REFUSAL: "declined"}
"""The stop reasons of turns that ended with a reply."""


class Cancelled(BaseException):
    """The turn was cancelled while it waited for its client; no ``except Exception`` of the author's is to stop it."""


class Turn:
    """One message and the answer to its request: enter it, say the reply, leave it in any way.

    Without a request it is what a bot says by itself when a conversation opens. That leaves at the end, in one write
    with ``opening``, the answer to ``session/new``: the client is not to take it for a part of the first reply.
    """

    def __init__(
        self,
        connection: Connection,
        client: Client,
        request: RequestId | None,
        message: Message,
        understand: Callable[[], Understood],
        opening: Sequence[Notification | Response] = (),
    ) -> None:
        self.message = message
        self.started = False
        self.cancelled = False
        self.over = False
        self.leaves = False
        """The bot ends the conversation with this turn."""
        self._understand = understand
        self._client = client
        self._connection = connection
        self._request = request
        self._said: list[str | Json] = []
        self._unsent: list[Notification | Response | ErrorResponse] = [*opening]

    def ask_author(self) -> object:
        """Call the author's function: return what that returns, raise what it raises."""
        self.message.session.begin_turn()
        handler, text, self.leaves = self._understand()
        message = self.message
        return handler(AsyncMessage(text, message.session, message.turn, message.attachments, running=self))

    def say(self, piece: object) -> None:
        """Add a piece to the reply; it leaves with the next `flush`, or with the end of the turn."""
        block = piece if isinstance(piece, str) else _block_of(piece)
        self._said.append(block)
        self._unsent += updates(self.message.session.id, [block])

    def leave(self) -> None:
        """End the conversation with this turn."""
        if self._request is None:
            raise RuntimeError("a conversation cannot be left before the person has said something")
        self.leaves = True

    def think(self, text: str) -> None:
        """Show a thought at once."""
        for part in _cut(text):
            params = acp_agent.thought_update_params(self.message.session.id, part)
            self._unsent.append(Notification(acp.UPDATE, params))
        self.flush()

    def flush(self) -> None:
        """Send what was said."""
        if self._request is not None:
            self._send()

    def call(self, method: str, params: Json, read: Callable[[Answer], T]) -> Any:
        """Ask the client, after all that was said: return what ``read`` makes of the answer, or an awaitable of it."""
        if self._request is None:
            raise RuntimeError("nothing can be asked before the person has said something")
        self.flush()
        return self._client.call(self, method, params, read)

    def __enter__(self) -> Turn:
        self.started = True
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        self.over = True
        if isinstance(error, Cancelled):
            self.cancelled, error = True, None
        if isinstance(error, SystemExit | KeyboardInterrupt):
            return False  # the author ends the bot
        if isinstance(error, Decline):
            self.say(str(error))
        elif error is not None:
            _log_traceback(error)
        self._end(error)
        return True

    def _end(self, error: BaseException | None) -> None:
        reason = self._reason(error)
        problem = self._keep(reason)
        if problem is not None:
            error, reason = problem, ""
        text = "".join(piece for piece in self._said if isinstance(piece, str))
        if self._request is not None:
            self.message.session.add(Exchange(self.message.text, text, REPLIED.get(reason, "failed")))
            self._unsent.append(self._answer(self._request, error, reason))
        self._send()

    def _reason(self, error: BaseException | None) -> str:
        """Return the stop reason; empty where there is none, because the author's function failed."""
        if self.cancelled:
            return acp.CANCELLED
        if error is None:
            return acp.END_TURN
        return acp.REFUSAL if isinstance(error, Decline) else ""

    def _keep(self, reason: str) -> StateError | None:
        """Keep the session's state and, for when this turn comes again, the reply; return what was wrong with it."""
        if reason not in REPLIED:
            self.message.session.roll_back()  # half of a change is worse than none: the turn may be sent again
            return None
        try:
            self.message.session.keep(self.message.turn, {"said": self._said, "result": self._result(reason)})
        except StateError as problem:
            log(f"{problem}\n")
            return problem
        return None

    def _result(self, reason: str) -> Json:
        return acp_agent.prompt_result(reason, leaves=self.leaves and reason in REPLIED)

    def _answer(self, request: RequestId, error: BaseException | None, reason: str) -> Response | ErrorResponse:
        if reason or error is None:
            return Response(request, self._result(reason))
        return ErrorResponse(request, jsonrpc.INTERNAL_ERROR, _describe(error))

    def _send(self) -> None:
        self._connection.send(*self._unsent)
        self._unsent.clear()


def updates(session_id: str, said: list[str | Json]) -> list[Notification]:
    """Build the updates for a reply that is sent as a whole."""
    return [Notification(acp.UPDATE, params) for piece in said for params in _update_params(session_id, piece)]


def _update_params(session_id: str, piece: str | Json) -> list[Json]:
    if not isinstance(piece, str):
        return [acp_agent.chunk_params(session_id, piece)]
    return [acp_agent.text_update_params(session_id, part) for part in _cut(piece)]


def _block_of(piece: object) -> Json:
    from tellme.sdk.attachment import Attachment

    if not isinstance(piece, Attachment):
        raise TypeError(f"a reply is a str or yields pieces of str, not {type(piece).__name__}")
    return piece.block()


def _cut(text: str) -> list[str]:
    return [text[start : start + _MAX_CHUNK_CHARS] for start in range(0, len(text), _MAX_CHUNK_CHARS)]


def _log_traceback(error: BaseException) -> None:
    from traceback import format_exception

    log("".join(format_exception(error)))


def _describe(error: BaseException) -> str:
    if isinstance(error, BotFailed | StateError):
        return str(error)[:_MAX_ERROR_CHARS]
    from traceback import format_exception_only

    return " ".join("".join(format_exception_only(error)).split())[:_MAX_ERROR_CHARS]
