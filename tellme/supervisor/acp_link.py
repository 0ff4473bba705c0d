"""A link to a bot that speaks the Agent Client Protocol; tellme is the client.

What tellme does not offer (``fs/…``, ``terminal/…``, the unknown) gets the JSON-RPC error for it; a question outside
a turn is answered with no; text outside a turn is the bot speaking first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

from tellme import __version__
from tellme.model import BotCommand, Option, Question
from tellme.supervisor.link import Abilities, Died, Forgotten, Refused, TurnListener
from tellme.supervisor.peer import Peer
from tellme.supervisor.sessions import Sessions
from tellme.text import clean, one_line
from tellme.wire import acp, jsonrpc
from tellme.wire.fields import AcpError, Json

T = TypeVar("T")

MAX_COMMANDS = 200
MAX_NAME = 40
MAX_HINT = 40
MAX_TEXT = 200
"""Characters of a command's name, of what may follow it, and of what it does: they stand in one line of the help."""

MAX_SESSION_ID = 1_000
"""Characters: what a bot calls a session is kept for as long as the session is."""

PING = "_tellme/ping"
"""A method that no agent need know, by its underscore an extension of ours: the error for it is a sign of life too."""


class _Prompt:
    """An open prompt."""

    def __init__(self, listener: TurnListener) -> None:
        self.listener = listener
        self.had_effect = False
        """Something has come of it, be it for the person or not."""
        self.cancelled = False
        """The protocol has every question of such a prompt answered so, too."""


class AcpLink:
    """See ``Link``."""

    def __init__(
        self,
        name: str,
        write: Callable[[bytes], None],
        log: Callable[[str], None],
        on_spoke: Callable[[str, str], None],
    ) -> None:
        self.abilities = Abilities()
        self.sessions = Sessions()
        self._name = name
        self._log = log
        self._on_spoke = on_spoke
        self._peer = Peer(write, self._notified, self._asked, self._malformed)
        self._prompts: dict[str, _Prompt] = {}
        """By the bot's id of their session."""
        self._replaying: set[str] = set()

    @property
    def heard(self) -> int:
        return self._peer.heard

    def feed(self, data: bytes) -> None:
        self._peer.feed(data)

    def fail(self, reason: str, *, final: bool = False) -> None:
        self._peer.fail(reason, final=final)

    async def initialize(self) -> None:
        result = await self._peer.request(acp.INITIALIZE, acp.initialize_params("tellme", __version__))
        info = _fitting(acp.read_agent_info, result)
        self.abilities = Abilities(info.resume, info.load_session, info.reads_history)

    async def new_session(self, history: Sequence[acp.Exchange], session: str) -> str:
        result = await self._peer.request(acp.NEW_SESSION, acp.new_session_params(_cwd(), history, session))
        agent_session = _fitting(acp.read_session_id, result)
        if len(agent_session) > MAX_SESSION_ID:
            raise Refused(f"names a session with more than {MAX_SESSION_ID:,} characters")
        return agent_session

    async def resume_session(self, agent_session: str) -> None:
        await self._peer.request(acp.RESUME_SESSION, acp.resume_session_params(agent_session, _cwd()))

    async def load_session(self, agent_session: str) -> None:
        self._replaying.add(agent_session)
        try:
            await self._peer.request(acp.LOAD_SESSION, acp.load_session_params(agent_session, _cwd()))
        finally:
            self._replaying.discard(agent_session)

    def prompt(self, agent_session: str, text: str, turn: str, listener: TurnListener) -> None:
        prompt = self._prompts[agent_session] = _Prompt(listener)

        def ended(outcome: object) -> None:
            self._prompts.pop(agent_session, None)
            listener.stopped(_stop_reason(outcome, prompt))

        self._peer.call(acp.PROMPT, acp.prompt_params(agent_session, text, turn), ended)

    def cancel(self, agent_session: str) -> None:
        prompt = self._prompts.get(agent_session)
        if prompt is not None:
            prompt.cancelled = True
            self._peer.notify(acp.CANCEL, acp.cancel_params(agent_session))

    def ping(self, answered: Callable[[], None]) -> None:
        self._peer.call(PING, {}, lambda outcome: None if isinstance(outcome, Died) else answered())

    # What the bot sends by itself ---------------------------------------------------------------------------------

    def _notified(self, method: str, params: Json) -> None:
        if method != acp.UPDATE:
            return
        try:
            agent_session, update = acp.read_update(params)
        except AcpError as error:
            self._log(f"[skipped an update: the bot {error}]")
            return
        if isinstance(update, acp.CommandsUpdate):
            self._offered(agent_session, update)
        elif agent_session not in self._replaying:
            self._updated(agent_session, update)

    def _updated(self, agent_session: str, update: acp.Update) -> None:
        prompt = self._prompts.get(agent_session)
        if prompt is not None:
            prompt.had_effect = True
        if not isinstance(update, acp.TextChunk):
            return
        if prompt is not None:
            prompt.listener.piece(update.text)
        else:
            self._on_spoke(self.sessions.ours(agent_session), update.text)

    def _offered(self, agent_session: str, update: acp.CommandsUpdate) -> None:
        if len(agent_session) > MAX_SESSION_ID:
            return
        commands = (
            BotCommand(one.name, one_line(clean(one.description))[:MAX_TEXT], one_line(clean(one.hint))[:MAX_HINT])
            for one in update.commands[:MAX_COMMANDS]
            if _can_be_typed(one.name)
        )
        self.sessions.offer(agent_session, tuple(commands))

    def _asked(self, request: jsonrpc.Request) -> None:
        if request.method != acp.REQUEST_PERMISSION:
            message = f"tellme does not offer {clean(request.method)[:100]}"
            self._peer.respond(jsonrpc.ErrorResponse(request.id, jsonrpc.METHOD_NOT_FOUND, message))
            return
        try:
            asked = acp.read_permission_request(request.params)
        except AcpError as error:
            self._peer.respond(jsonrpc.ErrorResponse(request.id, jsonrpc.INVALID_PARAMS, f"the agent {error}"))
            return
        self._ask(request.id, asked)

    def _ask(self, number: jsonrpc.RequestId, asked: acp.PermissionRequest) -> None:
        options = tuple(Option(option.id, clean(option.name), option.kind) for option in asked.options)
        question = Question(self._name, self.sessions.ours(asked.session_id), clean(asked.title), options)
        prompt = self._prompts.get(asked.session_id)

        def answer(choice: str | None) -> None:
            if choice is None or all(option.id != choice for option in options):
                choice = next((option.id for option in options if option.kind.startswith("reject")), None)
            if choice is None or (prompt is not None and prompt.cancelled):
                result = acp.permission_cancelled()
            else:
                result = acp.permission_selected(choice)
            self._peer.respond(jsonrpc.Response(number, result))

        if prompt is None or prompt.cancelled:
            answer(None)
        else:
            prompt.had_effect = True
            prompt.listener.question(question, answer)

    def _malformed(self, malformed: jsonrpc.Malformed) -> None:
        self._log(f"[skipped a line that {malformed.reason}: {malformed.sample}]")


def _can_be_typed(name: str) -> bool:
    """Can a person type it behind a slash, and tell it from any other?"""
    return 0 < len(name) <= MAX_NAME and all(letter.isalnum() or letter in "-_:." for letter in name)


def _cwd() -> str:
    """The current folder, which the protocol wants absolute; the root where it is gone."""
    try:
        return os.getcwd()
    except FileNotFoundError:
        return "/"


def _stop_reason(outcome: object, prompt: _Prompt) -> str | Died | Refused:
    if isinstance(outcome, Refused) and _is_not_found(outcome) and not prompt.had_effect:
        return Forgotten(outcome.reason, outcome.error)
    if isinstance(outcome, (Died, Refused)):
        return outcome
    try:
        return _fitting(acp.read_stop_reason, outcome)
    except Refused as refused:
        return refused


def _is_not_found(refused: Refused) -> bool:
    return refused.error is not None and refused.error.code == acp.RESOURCE_NOT_FOUND


def _fitting(read: Callable[[object], T], result: object) -> T:
    try:
        return read(result)
    except AcpError as error:
        raise Refused(f"does not follow the protocol: it {error}") from None
