"""The host as an agent of the Agent Client Protocol, for one client over anything: its requests ⇄ ``Host``.

Promises: whatever a client sends costs no other one anything; each request gets one answer, an error of tellme's own
included; a client that goes away ends none of its turns.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine
from functools import cache, partial
from inspect import Parameter, signature
from typing import Any

from tellme import __version__
from tellme.errors import StoreError, TellmeError
from tellme.host.host import Host, RunningTurn
from tellme.model import CatalogueChanged, Notice
from tellme.surfaces.problems import problems
from tellme.surfaces.serve.client import Client, Line
from tellme.surfaces.serve.house import MAX_UNFINISHED_BYTES, House
from tellme.surfaces.serve.prompting import Prompt, TurnFailed, failure_data
from tellme.surfaces.serve.sessions import Sessions
from tellme.wire import acp, hosting, jsonrpc, plain
from tellme.wire.acp import AcpError, Json
from tellme.wire.hosting import Greeting
from tellme.wire.plain import PlainError

_logger = logging.getLogger(__name__)

MAX_OPEN = 1024
"""How many requests of one client may be open."""
SOME_UNFINISHED_BYTES = 1024 * 1024
"""So much of a line that has not ended is nobody's fault, whatever others send."""
MAX_CALLS = 32
"""How many of them are worked on at once, turns aside: each result is in memory until the client takes it."""

EVENTS_BYTES = 64 * 1024
EVENTS_PAUSE_S = 0.05
"""When more than this waits for the client, events wait too, and of too many of them the oldest are dropped."""

Handler = Callable[[Json], Awaitable[object]]
Work = Callable[[], Awaitable[object]]


class Agent:
    """See the module. Whoever owns the connection calls ``feed``, ``end_input`` and ``lost``."""

    def __init__(self, house: House, line: Line) -> None:
        self._house = house
        self._client = Client(line, self._requested, self._notified)
        self._line = line
        self._sessions = Sessions(house.host, self._client)
        self._is_tellme = False
        self._open = 0
        self._prompts: set[Prompt] = set()
        self._beginning = asyncio.Lock()
        """Messages are kept in the order in which they come."""
        self._calls = asyncio.Semaphore(MAX_CALLS)
        self._watching: asyncio.Task[None] | None = None
        self._says_no_more = False
        self._methods: dict[str, Handler] = {
            acp.NEW_SESSION: self._sessions.new,
            acp.LOAD_SESSION: self._sessions.load,
            acp.RESUME_SESSION: self._sessions.resume,
            "session/list": self._sessions.page,
            "session/close": self._close_session,
            hosting.WATCH: self._watch,
        }

    @property
    def is_known(self) -> bool:
        """Has the client sent anything that is a message?"""
        return self._client.is_known

    # From the connection ------------------------------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Take bytes from the client."""
        before = self._client.unfinished_bytes
        self._client.feed(data)
        self._house.unfinished_bytes += self._client.unfinished_bytes - before
        is_much = self._client.unfinished_bytes > SOME_UNFINISHED_BYTES
        if is_much and self._house.unfinished_bytes > MAX_UNFINISHED_BYTES:
            self.send_away("Too much was sent by all clients together that is no whole message yet.")

    def end_input(self) -> None:
        """The client says no more; it may still wait for answers."""
        self._says_no_more = True
        self._client.end_input()
        self._end_if_done()

    def lost(self) -> None:
        """The client is gone. Its turns go on."""
        self._house.unfinished_bytes -= self._client.unfinished_bytes
        self._client.unfinished_bytes = 0
        self._client.end_input()
        self._stop_watching()

    def send_away(self, why: str) -> None:
        """Tell the client why it is not served (any more), and end the connection."""
        self._stop_watching()
        self._client.send_away(why)

    # Requests -----------------------------------------------------------------------------------------------------

    def _notified(self, notification: jsonrpc.Notification) -> None:
        """The only notification that means something here is the cancel; as the protocol asks, others are ignored."""
        if notification.method != acp.CANCEL:
            return
        try:
            session_id = acp.read_cancel(notification.params)
        except AcpError:
            return
        self._cancel(session_id, hosting.turn_of(notification.params))

    def _cancel(self, session_id: str, turn: str = "") -> None:
        for prompt in list(self._prompts):
            if turn or prompt.is_of(session_id):
                prompt.cancel(turn)

    def _requested(self, request: jsonrpc.Request) -> None:
        number, method, params = request
        if self._open >= MAX_OPEN:
            why = f"{MAX_OPEN:,} requests of this client are open; wait until some of them are answered."
            self._client.refuse(number, hosting.TELLME_ERROR, why)
            return
        try:
            if method == acp.INITIALIZE:
                self._client.respond(number, self._initialize(params))
            elif method == acp.PROMPT:
                prompt = Prompt(self._client, params, is_tellme=self._is_tellme)
                self._prompts.add(prompt)
                self._carry_out(self._answer(number, partial(self._prompt, prompt)), prompt=True)
            elif (handler := self._handler(method)) is not None:
                self._carry_out(self._answer_in_turn(number, partial(handler, params)))
            else:
                self._client.refuse(number, jsonrpc.METHOD_NOT_FOUND, f"There is no method {method[:80]!r} here.")
        except Exception as error:
            self._client.refuse(number, *_explain(error))

    def _handler(self, method: str) -> Handler | None:
        name = method.removeprefix(hosting.OWN)
        is_call = name in hosting.CALLS and name != method
        return partial(self._call, name) if is_call else self._methods.get(method)

    def _carry_out(self, answer: Coroutine[None, None, None], *, prompt: bool = False) -> None:
        self._open += 1
        self._house.carry_out(answer, prompt=prompt)

    async def _answer_in_turn(self, number: jsonrpc.RequestId, work: Work) -> None:
        async with self._calls:
            await self._answer(number, work)

    async def _answer(self, number: jsonrpc.RequestId, work: Work) -> None:
        try:
            result = await work()
            await self._line.room()
            self._client.respond(number, result)
        except Exception as error:
            self._client.refuse(number, *_explain(error))
        finally:
            self._open -= 1
            self._end_if_done()

    def _end_if_done(self) -> None:
        if self._says_no_more and not self._open:
            self._stop_watching()
            self._line.finish()

    # What is asked ------------------------------------------------------------------------------------------------

    def _initialize(self, params: Json) -> Json:
        acp.read_initialize(params)
        self._is_tellme = _is_tellme(params)
        result: Json = {
            "protocolVersion": acp.PROTOCOL_VERSION,
            "agentInfo": {"name": "tellme", "title": "tellme", "version": __version__},
            "agentCapabilities": {
                "loadSession": True,
                "promptCapabilities": {"embeddedContext": True},
                "sessionCapabilities": {"list": {}, "resume": {}, "close": {}},
            },
            "authMethods": [],
        }
        return result | {"_meta": self._greeting(hosting.read_about(params))} if self._is_tellme else result

    def _greeting(self, about: str) -> Json:
        """Each damaged file is told of once: whoever comes first passes it on to a person."""
        host = self._house.host
        damage = tuple(host.damage)
        host.damage.clear()
        if about:  # ``ask`` reads no catalogue: that is what takes its time
            notes = (*problems(host, about), *damage)
            return hosting.greeting_meta(Greeting(__version__, os.getpid(), {}, notes=notes))
        return hosting.greeting_meta(Greeting(__version__, os.getpid(), self._house.describe(), damage))

    async def _prompt(self, prompt: Prompt) -> Json:
        size = len(prompt.message)
        try:
            self._house.admit(size)
            try:
                return await self._turn(prompt)
            finally:
                self._house.leave(size)
        finally:
            self._prompts.discard(prompt)

    async def _turn(self, prompt: Prompt) -> Json:
        host = self._house.host
        async with self._beginning:
            running = await self._begin(prompt)
        if running is None:
            return await prompt.decline(_nobody_fits(host))
        self._house.begun(running)
        try:
            reply = await prompt.follow(running, host)
        finally:
            self._house.ended(running)
            if prompt.wish.brief:
                await self._end_session(running.session.id)
        result = await prompt.result(reply, host)
        if not self._is_tellme:
            self._sessions.tell_offered(prompt.session_id, running.session)
        return result

    async def _begin(self, prompt: Prompt) -> RunningTurn | None:
        """Send the message on its way; ``None`` where no bot is right for it."""
        host, wish = self._house.host, prompt.wish
        if wish.retry:
            return await host.retry(wish.retry, prompt.choose)
        if wish.bot and not prompt.session_id:
            return await host.open_and_say(wish.bot, prompt.message, prompt.choose, taken_at=prompt.taken_at)
        session = await self._sessions.find(prompt.session_id)
        if session is not None:
            return await host.say(session, prompt.message, prompt.choose, taken_at=prompt.taken_at)
        spec = host.route(prompt.message)
        if spec is None:
            return None
        running = await host.open_and_say(spec.name, prompt.message, prompt.choose, taken_at=prompt.taken_at)
        self._sessions.keep(prompt.session_id, running.session)
        return running

    async def _end_session(self, session_id: str) -> None:
        try:
            await self._house.host.end_session(session_id)
        except StoreError as error:
            _logger.error("session %s stays open: %s", session_id, error)

    async def _close_session(self, params: Json) -> Json:
        session_id = acp.read_cancel(params)
        session = await self._sessions.find(session_id)
        self._cancel(session_id)
        if session is not None:
            await self._house.host.end_session(session.id)
        self._sessions.forget(session_id)
        return {}

    async def _call(self, name: str, params: Json) -> object:
        """Carry out a method of ``Host`` as it is."""
        arguments = _arguments(name, params)
        return await getattr(self._house.host, name)(**arguments)

    # Events -------------------------------------------------------------------------------------------------------

    async def _watch(self, params: Json) -> Json:
        if self._watching is None and not self._says_no_more:
            watched = asyncio.Event()
            self._watching = self._house.accompany(self._tell_events(watched))
            await watched.wait()
        return {}

    async def _tell_events(self, watched: asyncio.Event) -> None:
        with self._house.host.watch() as watcher:
            watched.set()
            missed = 0
            async for event in watcher:
                if isinstance(event, CatalogueChanged):
                    self._client.notify(hosting.CATALOGUE, {"catalogue": self._house.describe()})
                self._tell_event(event)
                if watcher.missed > missed:
                    self._tell_event(Notice(f"{watcher.missed - missed:,} events came too fast to be told."))
                    missed = watcher.missed
                while self._line.waiting_bytes > EVENTS_BYTES:
                    await self._line.room()
                    await asyncio.sleep(EVENTS_PAUSE_S)

    def _tell_event(self, event: tuple[object, ...]) -> None:
        self._client.notify(hosting.EVENT, {"kind": type(event).__name__, "event": event})

    def _stop_watching(self) -> None:
        if self._watching is not None:
            self._watching.cancel()


def _is_tellme(params: Json) -> bool:
    match params:
        case {"_meta": {"tellme": {"client": True}}}:
            return True
    return False


def _nobody_fits(host: Host) -> str:
    names = [spec.name for spec in host.specs()]
    if not names:
        return "There are no bots here; 'tellme doctor' shows why."
    return f"No bot seems right for that. Begin a session with one of them: {', '.join(names)}."


def _explain(error: Exception) -> tuple[int, str, object]:
    """Return code, message and data of the error that the client gets."""
    if isinstance(error, TellmeError):
        return hosting.TELLME_ERROR, str(error), hosting.error_data(error)
    if isinstance(error, TurnFailed):
        return hosting.TELLME_ERROR, error.reply.error or "The turn failed.", failure_data(error.reply)
    if isinstance(error, AcpError):
        return jsonrpc.INVALID_PARAMS, f"The client {error}.", None
    if isinstance(error, PlainError):
        return jsonrpc.INVALID_PARAMS, f"The client sent {error}.", None
    _logger.error("a request failed", exc_info=error)
    return jsonrpc.INTERNAL_ERROR, "An error inside tellme; its log has the details.", None


def _arguments(name: str, params: Json) -> dict[str, Any]:
    kinds, required = _parameters(name)
    given = {key: value for key, value in params.items() if key != "_meta"}
    if unknown := given.keys() - kinds.keys():
        raise AcpError(f"sent {sorted(unknown)[0][:40]!r}, which {name} does not take")
    if missing := required - given.keys():
        raise AcpError(f"sent no {sorted(missing)[0]}")
    return {key: plain.read(kinds[key], value) for key, value in given.items()}


@cache
def _parameters(name: str) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the types of what a method of ``Host`` takes, and what it must be given."""
    method = getattr(Host, name)
    kinds = {key: kind for key, kind in plain.hints(method).items() if key != "return"}
    parameters = signature(method).parameters
    return kinds, frozenset(key for key in kinds if parameters[key].default is Parameter.empty)
