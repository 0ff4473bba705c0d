"""A link to a bot that speaks the Agent Client Protocol; tellme is the client.

What comes of a prompt is put together in ``acp_prompt.py``, what the bot asks for is answered in ``acp_requests.py``;
text outside a turn is the bot speaking first. What an agent offers is used, and none of it is needed.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence

from tellme import __version__
from tellme.model import Attachment, BotCommand, Grants, SessionOption
from tellme.supervisor.acp_prompt import OpenPrompt
from tellme.supervisor.acp_requests import Requests
from tellme.supervisor.greetings import Greetings
from tellme.supervisor.link import Abilities, Died, Forgotten, Refused, TurnListener
from tellme.supervisor.peer import Peer
from tellme.supervisor.sessions import Sessions
from tellme.text import clean, one_line, shorten
from tellme.wire import acp, jsonrpc
from tellme.wire.fields import AcpError, Json

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from typing import TypeVar

    from tellme.supervisor.grants.granted import Granted
    from tellme.supervisor.grants.terminals import Start
    from tellme.wire.options import Choice

    T = TypeVar("T")

NOT_ACP = 'if it does not speak the Agent Client Protocol, its manifest needs protocol = "lines"'
MAX_PRINTED = 60
"""Characters that are quoted of what a program prints in place of the protocol."""

MAX_COMMANDS = 200
MAX_NAME = 40
MAX_HINT = 40
MAX_TEXT = 200
"""Characters of a command's name, of what may follow it, and of what it does: they stand in one line of the help."""

MAX_SESSION_ID = 1_000
"""Characters: what a bot calls a session is kept for as long as the session is."""


class AcpLink:
    """See ``Link``."""

    def __init__(
        self,
        name: str,
        write: Callable[[bytes], None],
        log: Callable[[str], None],
        on_spoke: Callable[[str, str], None],
        grants: Grants = Grants(),  # noqa: B008
        start: Start | None = None,
        drain: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """``start`` starts a command in a terminal, for a bot that is granted that; ``drain`` waits until all that was
        written has been taken.
        """
        self.abilities = Abilities()
        self.agent: acp.AgentInfo | None = None
        self.sessions = Sessions(self._added)
        self._log = log
        self._on_spoke = on_spoke
        self._grants = grants
        self._start = start
        self._drain = drain
        self._granted: Granted | None = None
        """Made when it is first asked for."""
        self._peer = Peer(write, self._notified, self._asked, self._malformed)
        self._prompts: dict[str, OpenPrompt] = {}
        """By the bot's id of their session."""
        self._requests = Requests(name, self.sessions, self._prompts, self._peer.respond, self._who_grants)
        self._greetings = Greetings()
        self._replaying: set[str] = set()
        self._printed = ""
        """The first line that was no message."""
        self._is_echo = False
        """Does it send back what it is sent?"""

    @property
    def heard(self) -> int:
        return self._peer.heard

    @property
    def doubt(self) -> str:
        if self.heard:
            return ""
        unfinished = "" if self._printed else self._peer.unfinished
        printed = shorten(self._printed or unfinished, MAX_PRINTED)
        quoted = f"; it printed '{printed}'" if printed else ""
        return f"{quoted}{' without an end of line' if unfinished else ''}; {NOT_ACP}"

    def feed(self, data: bytes) -> None:
        self._peer.feed(data)

    def fail(self, reason: str, *, final: bool = False) -> None:
        if self._granted is not None:
            self._granted.close()
        self._peer.fail(reason, final=final)

    def leave(self, name: str) -> bool:
        """An agent ends its turns by itself."""
        return False

    async def initialize(self) -> None:
        may = self._grants if self._grants.folder else Grants()
        terminal = may.terminal and self._start is not None
        params = acp.initialize_params(
            "tellme", __version__, read=may.read, write=may.write, terminal=terminal, forms=True
        )
        try:
            answer = await self._peer.request(acp.INITIALIZE, params, withdraw=True)
        except Refused as refused:
            raise Refused(f"sends back what it is sent; {NOT_ACP}") if self._is_echo else refused from None
        self.agent = _fitting(acp.read_agent_info, answer)
        self.abilities = Abilities(self.agent.resume, self.agent.load_session, self.agent.reads_history)

    # Sessions -----------------------------------------------------------------------------------------------------

    async def new_session(self, history: Sequence[acp.Exchange], session: str) -> str:
        self._greetings.begin()
        try:
            result = await self._ask(acp.NEW_SESSION, acp.new_session_params(self._cwd(), history, session))
            agent_session = _fitting(acp.read_session_id, result)
            if len(agent_session) > MAX_SESSION_ID:
                raise Refused(f"names a session with more than {MAX_SESSION_ID:,} characters")
            self._greetings.named(agent_session)
        finally:
            for text in self._greetings.end():
                self._on_spoke("", text)
        self._keep_choices(agent_session, result)
        return agent_session

    async def resume_session(self, agent_session: str) -> None:
        params = acp.resume_session_params(agent_session, self._cwd())
        self._keep_choices(agent_session, await self._ask(acp.RESUME_SESSION, params))

    async def load_session(self, agent_session: str) -> None:
        self._replaying.add(agent_session)
        try:
            params = acp.load_session_params(agent_session, self._cwd())
            self._keep_choices(agent_session, await self._ask(acp.LOAD_SESSION, params))
        finally:
            self._replaying.discard(agent_session)

    def close_session(self, ours: str) -> None:
        agent_session = self.sessions.end(ours)
        if agent_session is None:
            return
        if self._granted is not None:
            self._granted.close_session(agent_session)
        if self.agent is not None and self.agent.close:
            self._peer.call(acp.CLOSE_SESSION, acp.close_session_params(agent_session), lambda outcome: None)

    def options(self, agent_session: str) -> tuple[SessionOption, ...]:
        choices = self.sessions.about(agent_session).choices
        if choices is None:
            return ()
        from tellme.wire.options import shown

        return tuple(choice.option for choice in shown(choices))

    async def set_option(self, agent_session: str, option: str, value: str) -> None:
        from tellme.wire import options

        choices = self.sessions.about(agent_session).choices or options.Choices()
        choice = next((one for one in options.shown(choices) if one.option.id == option), None)
        if choice is None or all(each.id != value for each in choice.option.values):
            raise Refused(f"has no option {option[:80]!a} with a value {value[:80]!a}")
        if choice.kind == "mode":
            await self._ask(options.SET_MODE, options.set_mode_params(agent_session, value))
            self._in_mode(agent_session, value)
        else:
            params = options.set_config_params(agent_session, choice, value)
            config = _fitting(options.read_config_result, await self._ask(options.SET_CONFIG_OPTION, params))
            self._with_config(agent_session, config)

    # Turns --------------------------------------------------------------------------------------------------------

    def prompt(
        self, agent_session: str, text: str, turn: str, listener: TurnListener, attachments: Sequence[Attachment] = ()
    ) -> None:
        prompt = self._prompts[agent_session] = OpenPrompt(listener, self._tail)

        def ended(outcome: object) -> None:
            self._prompts.pop(agent_session, None)
            prompt.end()
            if acp.read_leaves(outcome):
                listener.leaving()
            listener.stopped(self._stop_reason(outcome, prompt))

        self._peer.call(acp.PROMPT, acp.prompt_params(agent_session, text, turn, attachments, self.agent), ended)

    def cancel(self, agent_session: str) -> None:
        prompt = self._prompts.get(agent_session)
        if prompt is not None:
            prompt.cancelled = True
            self._peer.notify(acp.CANCEL, acp.cancel_params(agent_session))

    def ping(self, answered: Callable[[], None]) -> None:
        self._peer.call(acp.PING, {}, lambda outcome: None if isinstance(outcome, Died) else answered())

    # What the bot sends by itself ---------------------------------------------------------------------------------

    def _notified(self, method: str, params: Json) -> None:
        if method == acp.CANCEL_REQUEST:
            self._requests.cancel(params)
        if method != acp.UPDATE:
            return
        try:
            agent_session, update = acp.read_update(params)
        except AcpError as error:
            self._log(f"[skipped an update: the bot {error}]")
            session = params.get("sessionId")
            if isinstance(session, str) and session in self._prompts:
                self._prompts[session].had_effect = True
            return
        if len(agent_session) > MAX_SESSION_ID:
            return
        if isinstance(update, acp.TextChunk):
            self._said(agent_session, update)
        elif isinstance(update, acp.CommandsUpdate):
            self._offered(agent_session, update)
        else:
            self._learned(agent_session, update)

    def _said(self, agent_session: str, chunk: acp.TextChunk) -> None:
        if agent_session in self._replaying:
            return
        prompt = self._prompts.get(agent_session)
        if prompt is not None:
            prompt.take(chunk)
            return
        ours = self.sessions.ours(agent_session)
        if ours or not self._greetings.hold(agent_session, chunk.text):
            self._on_spoke(ours, chunk.text)

    def _offered(self, agent_session: str, update: acp.CommandsUpdate) -> None:
        commands = (
            BotCommand(one.name, one_line(clean(one.description))[:MAX_TEXT], one_line(clean(one.hint))[:MAX_HINT])
            for one in update.commands[:MAX_COMMANDS]
            if _can_be_typed(one.name)
        )
        self.sessions.offer(agent_session, tuple(commands))

    def _learned(self, agent_session: str, update: acp.Update) -> None:
        from tellme.wire.updates import ModeUpdate, OptionsUpdate, TitleUpdate

        match update:
            case ModeUpdate(mode):
                self._in_mode(agent_session, mode)
            case OptionsUpdate(options):
                self._with_config(agent_session, options)
            case TitleUpdate(title):
                self.sessions.entitle(agent_session, title)
        prompt = self._prompts.get(agent_session)
        if prompt is not None and agent_session not in self._replaying:
            prompt.take(update)

    def _asked(self, request: jsonrpc.Request) -> None:
        self._is_echo = self._is_echo or request.method == acp.INITIALIZE
        self._requests.take(request)

    def _malformed(self, malformed: jsonrpc.Malformed) -> None:
        self._printed = self._printed or malformed.sample
        self._log(f"[skipped a line that {malformed.reason}: {malformed.sample}]")
        if malformed.is_lost:
            for prompt in self._prompts.values():
                prompt.lost = malformed.reason

    def _added(self, ours: str, theirs: str) -> None:
        greeting = self._greetings.take(theirs)
        if greeting:
            self._on_spoke(ours, greeting)

    # What can be chosen -------------------------------------------------------------------------------------------

    def _keep_choices(self, agent_session: str, result: object) -> None:
        if not isinstance(result, dict) or not (result.get("modes") or result.get("configOptions")):
            return
        from tellme.wire.options import read_choices

        self.sessions.about(agent_session).choices = read_choices(result)

    def _in_mode(self, agent_session: str, mode: str) -> None:
        from tellme.wire.options import with_mode

        about = self.sessions.about(agent_session)
        if about.choices is not None:
            about.choices = with_mode(about.choices, mode)

    def _with_config(self, agent_session: str, config: tuple[Choice, ...]) -> None:
        from tellme.wire.options import Choices

        about = self.sessions.about(agent_session)
        about.choices = (about.choices or Choices())._replace(config=config)

    # What it is granted -------------------------------------------------------------------------------------------

    def _who_grants(self, method: str) -> Granted | None:
        if not self._grants.folder or not method.startswith(("fs/", "terminal/")):
            return None
        from tellme.supervisor.grants.granted import Granted, is_granted

        if not is_granted(self._grants, method) or (method.startswith("terminal/") and self._start is None):
            return None
        self._granted = self._granted or Granted(self._grants, self._start, self._drain)
        return self._granted

    def _tail(self, terminal: str) -> str:
        return self._granted.tail(terminal) if self._granted is not None else ""

    def _cwd(self) -> str:
        """Where sessions work; the protocol wants it absolute."""
        if self._grants.folder:
            return self._grants.folder
        try:
            return os.getcwd()
        except FileNotFoundError:  # it is gone
            return "/"

    # Its answers --------------------------------------------------------------------------------------------------

    async def _ask(self, method: str, params: Json) -> object:
        try:
            return await self._peer.request(method, params, withdraw=True)
        except Refused as refused:
            raise self._explained(refused) from None

    def _stop_reason(self, outcome: object, prompt: OpenPrompt) -> str | Died | Refused:
        if isinstance(outcome, Refused):
            if _has_code(outcome, acp.RESOURCE_NOT_FOUND) and not prompt.had_effect:
                return Forgotten(outcome.reason, outcome.error)
            return self._explained(outcome)
        if isinstance(outcome, Died):
            return outcome
        if prompt.lost is not None:
            return Refused(f"sent a line that {prompt.lost}, so its answer is not whole")
        try:
            return _fitting(acp.read_stop_reason, outcome)
        except Refused as refused:
            return refused

    def _explained(self, refused: Refused) -> Refused:
        """Say what to do, where the bot wants the person to log in first."""
        methods = self.agent.auth_methods if self.agent is not None else ()
        if not _has_code(refused, acp.AUTH_REQUIRED) or not (methods or "auth" in refused.reason.lower()):
            return refused
        return Refused(f"wants you to log in first: {_ways_in(methods)}, then ask again", refused.error)


def _can_be_typed(name: str) -> bool:
    """Can a person type it behind a slash, and tell it from any other?"""
    return 0 < len(name) <= MAX_NAME and all(letter.isalnum() or letter in "-_:." for letter in name)


def _has_code(refused: Refused, code: int) -> bool:
    return refused.error is not None and refused.error.code == code


def _ways_in(methods: Sequence[acp.AuthMethod]) -> str:
    run = next((" ".join(method.args) for method in methods if method.kind == "terminal" and method.args), "")
    how = f"run its command with {shorten(one_line(run), 100)!r} added" if run else "run its own login"
    names = ", ".join(shorten(one_line(method.name), 60) for method in methods[:5])
    return f"{how} in a terminal" + (f" (it offers: {names})" if names else "")


def _fitting(read: Callable[[object], T], result: object) -> T:
    try:
        return read(result)
    except AcpError as error:
        raise Refused(f"does not follow the protocol: it {error}") from None
