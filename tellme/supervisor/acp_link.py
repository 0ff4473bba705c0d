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
from tellme.supervisor.link import Abilities, Died, Refused, TurnListener
from tellme.supervisor.peer import Peer
from tellme.text import clean, one_line
from tellme.wire import acp, jsonrpc

T = TypeVar("T")

MAX_COMMANDS = 200
MAX_SESSIONS_WITH_COMMANDS = 10_000
MAX_NAME = 40
MAX_HINT = 40
MAX_TEXT = 200
"""Characters of a command's name, of what may follow it, and of what it does: they stand in one line of the help."""


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
        self.sessions: dict[str, str] = {}
        self.untold: dict[str, Sequence[acp.Exchange]] = {}
        self.commands: dict[str, tuple[BotCommand, ...]] = {}
        self._name = name
        self._log = log
        self._on_spoke = on_spoke
        self._peer = Peer(write, self._notified, self._asked, self._malformed)
        self._listeners: dict[str, TurnListener] = {}
        self._replaying: set[str] = set()
        self._cancelling: set[str] = set()
        """Where the open prompt was cancelled: the protocol has every question there answered so, too."""

    def feed(self, data: bytes) -> None:
        self._peer.feed(data)

    def fail(self, reason: str, *, final: bool = False) -> None:
        self._peer.fail(reason, final=final)

    async def initialize(self) -> None:
        result = await self._peer.request(acp.INITIALIZE, acp.initialize_params("tellme", __version__))
        info = _fitting(acp.read_agent_info, result)
        self.abilities = Abilities(info.resume, info.load_session, info.reads_history)

    async def new_session(self, history: Sequence[acp.Exchange]) -> str:
        result = await self._peer.request(acp.NEW_SESSION, acp.new_session_params(_cwd(), history))
        return _fitting(acp.read_session_id, result)

    async def resume_session(self, agent_session: str) -> None:
        await self._peer.request(acp.RESUME_SESSION, acp.resume_session_params(agent_session, _cwd()))

    async def load_session(self, agent_session: str) -> None:
        self._replaying.add(agent_session)
        try:
            await self._peer.request(acp.LOAD_SESSION, acp.load_session_params(agent_session, _cwd()))
        finally:
            self._replaying.discard(agent_session)

    def prompt(self, agent_session: str, text: str, turn: str, listener: TurnListener) -> None:
        self._listeners[agent_session] = listener

        def ended(outcome: object) -> None:
            self._listeners.pop(agent_session, None)
            self._cancelling.discard(agent_session)
            listener.stopped(_stop_reason(outcome))

        self._peer.call(acp.PROMPT, acp.prompt_params(agent_session, text, turn), ended)

    def cancel(self, agent_session: str) -> None:
        self._cancelling.add(agent_session)
        self._peer.notify(acp.CANCEL, acp.cancel_params(agent_session))

    # What the bot sends by itself ---------------------------------------------------------------------------------

    def _notified(self, method: str, params: acp.Json) -> None:
        if method != acp.UPDATE:
            return
        try:
            agent_session, update = acp.read_update(params)
        except acp.AcpError as error:
            self._log(f"[skipped an update: the bot {error}]")
            return
        if isinstance(update, acp.CommandsUpdate):
            self._offered(agent_session, update)
            return
        if not isinstance(update, acp.TextChunk) or agent_session in self._replaying:
            return
        listener = self._listeners.get(agent_session)
        if listener is not None:
            listener.piece(update.text)
        else:
            self._on_spoke(self._ours(agent_session), update.text)

    def _offered(self, agent_session: str, update: acp.CommandsUpdate) -> None:
        """Keep what a bot offers; its first words may come before the answer that names the session."""
        if agent_session not in self.commands and len(self.commands) == MAX_SESSIONS_WITH_COMMANDS:
            del self.commands[next(iter(self.commands))]
        self.commands[agent_session] = tuple(
            BotCommand(one.name, one_line(clean(one.description))[:MAX_TEXT], one_line(clean(one.hint))[:MAX_HINT])
            for one in update.commands[:MAX_COMMANDS]
            if _can_be_typed(one.name)
        )

    def _asked(self, request: jsonrpc.Request) -> None:
        if request.method != acp.REQUEST_PERMISSION:
            message = f"tellme does not offer {clean(request.method)[:100]}"
            self._peer.respond(jsonrpc.ErrorResponse(request.id, jsonrpc.METHOD_NOT_FOUND, message))
            return
        try:
            asked = acp.read_permission_request(request.params)
        except acp.AcpError as error:
            self._peer.respond(jsonrpc.ErrorResponse(request.id, jsonrpc.INVALID_PARAMS, f"the agent {error}"))
            return
        self._ask(request.id, asked)

    def _ask(self, number: jsonrpc.RequestId, asked: acp.PermissionRequest) -> None:
        options = tuple(Option(option.id, clean(option.name), option.kind) for option in asked.options)
        question = Question(self._name, self._ours(asked.session_id), clean(asked.title), options)

        def answer(choice: str | None) -> None:
            if choice is None or all(option.id != choice for option in options):
                choice = next((option.id for option in options if option.kind.startswith("reject")), None)
            if asked.session_id in self._cancelling:
                choice = None
            result = acp.permission_cancelled() if choice is None else acp.permission_selected(choice)
            self._peer.respond(jsonrpc.Response(number, result))

        listener = self._listeners.get(asked.session_id)
        if listener is not None and asked.session_id not in self._cancelling:
            listener.question(question, answer)
        else:
            answer(None)

    def _ours(self, agent_session: str) -> str:
        """Return our id of a session; empty for one that the bot has made up."""
        return next((ours for ours, theirs in self.sessions.items() if theirs == agent_session), "")

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


def _stop_reason(outcome: object) -> str | Died | Refused:
    if isinstance(outcome, (Died, Refused)):
        return outcome
    try:
        return _fitting(acp.read_stop_reason, outcome)
    except Refused as refused:
        return refused


def _fitting(read: Callable[[object], T], result: object) -> T:
    try:
        return read(result)
    except acp.AcpError as error:
        raise Refused(f"does not follow the protocol: it {error}") from None
