"""The agent's half of the protocol without its loop: answers requests, keeps the sessions, and ends each turn.

Promise: every request gets exactly one answer, whatever the author's function does.
"""

from __future__ import annotations

import os
from types import TracebackType

from tellme.sdk import Bot, Decline, Message, Session
from tellme.sdk.connection import Connection, log
from tellme.wire import acp, acp_agent, jsonrpc
from tellme.wire.acp import Exchange
from tellme.wire.fields import AcpError
from tellme.wire.jsonrpc import ErrorResponse, Malformed, Notification, Request, RequestId, Response

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable

    from tellme.sdk import Handler

MAX_SESSIONS = 10_000
"""The protocol lets a client forget a session without a word, so the one unused for longest makes room."""

MAX_HISTORY = 1_000
"""Turns kept of one session: with ``ask --lines`` a session can have millions."""

_MAX_CHUNK_CHARS = 1024 * 1024  # at most six bytes each in JSON, so a line stays far below the limit
_MAX_ERROR_CHARS = 500


class Turn:
    """One message and the answer to its request: enter it, say the reply, leave it in any way."""

    def __init__(
        self, connection: Connection, request: RequestId, message: Message, ask_author: Callable[[], object]
    ) -> None:
        self.message = message
        self.ask_author = ask_author
        """Calls the author's function: returns what that returns, raises what it raises."""
        self.started = False
        self.cancelled = False
        self._connection = connection
        self._request = request
        self._said: list[str] = []
        self._unsent: list[Notification | Response | ErrorResponse] = []

    def say(self, piece: object) -> None:
        """Add a piece to the reply; it leaves with the next `flush`, or with the end of the turn."""
        if not isinstance(piece, str):
            raise TypeError(f"a reply is a str or yields pieces of str, not {type(piece).__name__}")
        self._said.append(piece)
        for start in range(0, len(piece), _MAX_CHUNK_CHARS):
            params = acp_agent.text_update_params(self.message.session.id, piece[start : start + _MAX_CHUNK_CHARS])
            self._unsent.append(Notification(acp.UPDATE, params))

    def flush(self) -> None:
        """Send what was said."""
        self._connection.send(*self._unsent)
        self._unsent.clear()

    def __enter__(self) -> Turn:
        self.started = True
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if error is not None and not isinstance(error, Exception):
            return False  # SystemExit: the author ends the bot
        if error is not None and not isinstance(error, Decline):
            _log_traceback(error)
        if self.cancelled:
            self._stop(acp.CANCELLED, "failed")
        elif error is None:
            self._stop(acp.END_TURN, "answered")
        elif isinstance(error, Decline):
            self.say(str(error))
            self._stop(acp.REFUSAL, "declined")
        else:
            self._end(ErrorResponse(self._request, jsonrpc.INTERNAL_ERROR, _describe(error)), "failed")
        return True

    def _stop(self, reason: str, status: str) -> None:
        self._end(Response(self._request, acp_agent.prompt_result(reason)), status)

    def _end(self, answer: Response | ErrorResponse, status: str) -> None:
        history = self.message.session.history
        history.append(Exchange(self.message.text, "".join(self._said), status))
        del history[:-MAX_HISTORY]
        self._unsent.append(answer)
        self.flush()


class Agent:
    """Answers everything but prompts; those it hands to the loop as a `Turn`."""

    def __init__(self, bot: Bot, handler: Handler, connection: Connection) -> None:
        self._bot = bot
        self._handler = handler
        self._connection = connection
        self._sessions: dict[str, Session] = {}

    def take(self, message: jsonrpc.Message) -> Turn | None:
        """Take the next message; a prompt comes back as a turn to run."""
        match message:
            case Request():
                return self._take_request(message)
            case Malformed(response_id=None):
                log(f"The client sent a line that {message.reason}: {message.sample}\n")
                error = ErrorResponse(message.request_id, message.code, f"a line that {message.reason}")
                self._connection.send(error)
        return None

    def _take_request(self, request: Request) -> Turn | None:
        try:
            if request.method == acp.PROMPT:
                return self._begin_turn(request)
            self._connection.send(*self._answer(request))
        except AcpError as error:
            self._connection.send(ErrorResponse(request.id, jsonrpc.INVALID_PARAMS, f"the client {error}"))
        return None

    def _answer(self, request: Request) -> list[Response | ErrorResponse | Notification]:
        match request.method:
            case acp.INITIALIZE:
                acp_agent.read_initialize(request.params)
                bot = self._bot
                return [Response(request.id, acp_agent.initialize_result(bot.name, bot.version, bot.description))]
            case acp.NEW_SESSION:
                session = self._open_session(acp_agent.read_new_session(request.params))
                return [Response(request.id, acp_agent.new_session_result(session.id)), *self._offer(session)]
        return [ErrorResponse(request.id, jsonrpc.METHOD_NOT_FOUND, f"{request.method} is no method of this bot")]

    def _offer(self, session: Session) -> list[Notification]:
        commands = [command for command, _ in self._bot.commands.values()]
        return [Notification(acp.UPDATE, acp_agent.commands_update_params(session.id, commands))] if commands else []

    def _open_session(self, new: acp_agent.NewSession) -> Session:
        session = Session(os.urandom(8).hex(), list(new.history[-MAX_HISTORY:]))
        self._sessions[session.id] = session
        if len(self._sessions) > MAX_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        return session

    def _begin_turn(self, request: Request) -> Turn | None:
        prompt = acp_agent.read_prompt(request.params)
        session = self._sessions.pop(prompt.session_id, None)
        if session is None:
            unknown = f"there is no session {prompt.session_id[:40]!a}"
            self._connection.send(ErrorResponse(request.id, acp.RESOURCE_NOT_FOUND, unknown))
            return None
        self._sessions[session.id] = session  # at the end: the one used last
        message = Message(prompt.text, session, prompt.turn)
        handler, understood = self._understood(message)
        return Turn(self._connection, request.id, message, lambda: handler(understood))

    def _understood(self, message: Message) -> tuple[Handler, Message]:
        """Return the function that a message is for, and the message as that function takes it."""
        name, rest = _split_command(message.text)
        command = self._bot.commands.get(name)
        return (self._handler, message) if command is None else (command[1], message._replace(text=rest))


def _split_command(text: str) -> tuple[str, str]:
    """Return the name of the command that a message begins with, if it may be one, and what follows."""
    if not text.startswith("/") or not text[1:2].strip():
        return "", ""
    name, *rest = text[1:].split(None, 1)
    return name, "".join(rest).rstrip()


def cancelled_session(message: jsonrpc.Message) -> str | None:
    """Return the id of the session whose turn this message cancels."""
    if not isinstance(message, Notification) or message.method != acp.CANCEL:
        return None
    try:
        return acp_agent.session_of(message.params)
    except AcpError as error:
        log(f"The client {error}\n")
        return None


def _log_traceback(error: Exception) -> None:
    from traceback import format_exception

    log("".join(format_exception(error)))


def _describe(error: Exception) -> str:
    from traceback import format_exception_only

    return " ".join("".join(format_exception_only(error)).split())[:_MAX_ERROR_CHARS]
