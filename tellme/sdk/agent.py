"""The agent's half of the protocol without its loop: answers requests, keeps the sessions, and begins each turn.

Promise: every request gets exactly one answer, whatever the client sends.
"""

from __future__ import annotations

import os

from tellme.sdk import Bot
from tellme.sdk.connection import Connection, log
from tellme.sdk.message import MAX_HISTORY, Message, Session
from tellme.sdk.turn import REPLIED, Turn, updates
from tellme.sdk.understanding import greeting, understand
from tellme.wire import acp, acp_agent, jsonrpc
from tellme.wire.acp import Exchange
from tellme.wire.fields import AcpError
from tellme.wire.jsonrpc import ErrorResponse, Malformed, Notification, Request, Response

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from tellme.model import Attachment as WireAttachment
    from tellme.sdk.attachment import Attachment
    from tellme.sdk.turn import Client
    from tellme.wire.fields import Json

MAX_SESSIONS = 10_000
"""The protocol lets a client forget a session without a word, so the one unused for longest makes room."""


class Agent:
    """Answers everything but prompts; those it hands to the loop as a `Turn`."""

    def __init__(self, bot: Bot, connection: Connection, client: Client) -> None:
        self._bot = bot
        self._connection = connection
        self._client = client
        self._sessions: dict[str, Session] = {}

    def take(self, message: jsonrpc.Message) -> Turn | None:
        """Take the next message; a prompt comes back as a turn to run, and so does a greeting."""
        match message:
            case Request():
                return self._take_request(message)
            case Malformed(response_id=None):
                log(f"The client sent a line that {message.reason}: {message.sample}\n")
                error = ErrorResponse(message.request_id, message.code, f"a line that {message.reason}")
                self._connection.send(error)
        return None

    def refuse(self, message: jsonrpc.Message) -> None:
        """Answer a message for which there is no room; what needs no answer is forgotten."""
        if isinstance(message, Request):
            full = "too many messages wait for this bot; send it again later"
            self._connection.send(ErrorResponse(message.id, jsonrpc.INTERNAL_ERROR, full))

    def _take_request(self, request: Request) -> Turn | None:
        try:
            match request.method:
                case acp.PROMPT:
                    return self._begin_turn(request)
                case acp.NEW_SESSION:
                    return self._begin_session(request)
            self._connection.send(self._answer(request))
        except AcpError as error:
            self._connection.send(ErrorResponse(request.id, jsonrpc.INVALID_PARAMS, f"the client {error}"))
        return None

    def _answer(self, request: Request) -> Response | ErrorResponse:
        if request.method != acp.INITIALIZE:
            unknown = f"{request.method} is no method of this bot"
            return ErrorResponse(request.id, jsonrpc.METHOD_NOT_FOUND, unknown)
        acp_agent.read_initialize(request.params)
        bot, greets = self._bot, greeting(self._bot) is not None
        result = acp_agent.initialize_result(bot.name, bot.version, bot.description, greets=greets)
        return Response(request.id, result)

    def _begin_session(self, request: Request) -> Turn | None:
        new = acp_agent.read_new_session(request.params)
        session = self._open_session(new)
        answer = Response(request.id, acp_agent.new_session_result(session.id))
        opening: list[Response | Notification] = [answer, *self._offer(session)]
        greets = greeting(self._bot)
        if greets is not None and not new.history:
            return Turn(self._connection, self._client, None, Message("", session), lambda: greets, opening)
        self._connection.send(*opening)
        return None

    def _offer(self, session: Session) -> list[Notification]:
        commands = [command for command, _ in self._bot.commands.values()]
        return [Notification(acp.UPDATE, acp_agent.commands_update_params(session.id, commands))] if commands else []

    def _open_session(self, new: acp_agent.NewSession) -> Session:
        folder = self._bot.environment.get("TELLME_BOT_DATA", "")
        place = (folder, new.session) if folder and new.session else None
        session = Session(os.urandom(8).hex(), list(new.history[-MAX_HISTORY:]), place)
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
        answer = session.answer_to(prompt.turn)
        if answer is not None:
            self._answer_again(request, session, prompt.text, answer)
            return None
        message = Message(prompt.text, session, prompt.turn, _received(prompt.attachments))
        return Turn(self._connection, self._client, request.id, message, lambda: understand(self._bot, prompt.text))

    def _answer_again(self, request: Request, session: Session, asked: str, answer: Json) -> None:
        said, result = answer["said"], answer["result"]
        text = "".join(piece for piece in said if isinstance(piece, str))
        session.add(Exchange(asked, text, REPLIED.get(result["stopReason"], "failed")))
        self._connection.send(*updates(session.id, said), Response(request.id, result))


def _received(attachments: tuple[WireAttachment, ...]) -> tuple[Attachment, ...]:
    if not attachments:
        return ()
    from tellme.sdk.attachment import received

    return tuple(map(received, attachments))


def cancelled_session(message: jsonrpc.Message) -> str | None:
    """Return the id of the session whose turn this message cancels."""
    if not isinstance(message, Notification) or message.method != acp.CANCEL:
        return None
    try:
        return acp_agent.session_of(message.params)
    except AcpError as error:
        log(f"The client {error}\n")
        return None
