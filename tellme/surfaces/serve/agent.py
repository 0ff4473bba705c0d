"""The host as an agent of the Agent Client Protocol, for one client over anything: its requests ⇄ ``Host``.

Promises: whatever a client sends costs no other one anything; each request gets one answer, an error of tellme's own
included; a client that goes away ends none of its turns.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial

from tellme import __version__
from tellme.errors import StoreError, TellmeError
from tellme.host.events import Watcher
from tellme.host.host import Host, RunningTurn
from tellme.host.local import check_message
from tellme.model import CatalogueChanged, Notice, Reply, Session, Spoke
from tellme.surfaces.problems import problems
from tellme.surfaces.serve.arguments import arguments
from tellme.surfaces.serve.calls import Calls
from tellme.surfaces.serve.channel import Channel
from tellme.surfaces.serve.client import Client
from tellme.surfaces.serve.house import SOME_HELD_BYTES, Held, House, Work
from tellme.surfaces.serve.prompting import (
    OwnTelling,
    PlainTelling,
    Prompt,
    Telling,
    TurnFailed,
    decline,
    failure_data,
)
from tellme.surfaces.serve.sessions import Sessions, Then
from tellme.wire import acp, acp_agent, hosting, jsonrpc
from tellme.wire.fields import AcpError, Json
from tellme.wire.hosting import Greeting
from tellme.wire.plain import PlainError

_logger = logging.getLogger(__name__)

MAX_OPEN = 1024
"""How many requests of one client may be open."""

EVENTS_BYTES = 64 * 1024
EVENTS_PAUSE_S = 0.05
"""When more than this waits for the client, events wait too, and of too many of them the oldest are dropped."""

Handler = Callable[[Json], Awaitable[object]]
Tell = Callable[[Watcher], Work]
Call = Callable[[], Awaitable[object]]


class Agent:
    """See the module. Whoever owns the connection calls ``feed``, ``end_input`` and ``lost``."""

    def __init__(self, house: House, channel: Channel, *, is_timed: bool = True) -> None:
        self._house = house
        self._channel = channel
        self._client = Client(channel, self._requested, self._notified, is_timed=is_timed)
        self._held = Held(self._client)
        house.held.add(self._held)
        self._sessions = Sessions(house.host, self._client)
        self._is_tellme = False
        self._open = 0
        self._prompts: set[Prompt] = set()
        self._beginning = asyncio.Lock()
        """Messages are kept in the order in which they come."""
        self._calls = Calls(channel, self._ended)
        self._listening: dict[Tell, asyncio.Task[None]] = {}
        """What tells the client of the host's events."""
        self._says_no_more = False
        self._is_lost = False
        self._methods: dict[str, Handler] = {
            acp.NEW_SESSION: self._sessions.new,
            acp.LOAD_SESSION: self._sessions.load,
            acp.RESUME_SESSION: self._sessions.resume,
            acp.LIST_SESSIONS: self._sessions.page,
            acp.CLOSE_SESSION: self._close_session,
            hosting.WATCH: self._watch,
        }

    @property
    def is_known(self) -> bool:
        """Has the client sent anything that is a message?"""
        return self._client.is_known

    # From the connection ------------------------------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Take bytes from the client."""
        self._client.feed(data)
        if self._client.unfinished_bytes > SOME_HELD_BYTES and self._house.is_too_much(self._held):
            self.send_away("Too much was sent by all clients together that is not dealt with yet.")

    def end_input(self) -> None:
        """The client says no more; it may still wait for answers."""
        self._says_no_more = True
        self._client.end_input()
        self._end_if_done()

    def lost(self) -> None:
        """The client is gone. Its turns go on; of what it called, what has not begun does not begin."""
        self._says_no_more = self._is_lost = True
        self._client.lost()
        self._stop_watching()
        self._calls.drop()
        self._forget_if_done()

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
            session_id = acp_agent.session_of(notification.params)
        except AcpError:
            return
        self._cancel(session_id, hosting.turn_of(notification.params))

    def _cancel(self, session_id: str, turn: str = "") -> None:
        for prompt in list(self._prompts):
            if turn or prompt.is_of(session_id):
                prompt.cancel(turn)

    def _requested(self, request: jsonrpc.Request, size: int) -> None:
        number, method, params = request
        try:
            self._admit(size)
            if method == acp.INITIALIZE:
                self._client.respond(number, self._initialize(params))
            elif method == acp.PROMPT:
                self._begin_prompt(number, Prompt(params), size)
            elif (call := self._call(method, params)) is not None:
                self._begun(size)
                self._calls.add(lambda: self._house.carry_out(self._answer(number, call)), size)
            else:
                self._client.refuse(number, jsonrpc.METHOD_NOT_FOUND, f"There is no method {method[:80]!r} here.")
        except Exception as error:
            self._client.refuse(number, *_explain(error))

    def _admit(self, size: int) -> None:
        """Raise ``TellmeError`` where there is no room for a request of so many bytes."""
        if self._open >= MAX_OPEN:
            raise TellmeError(f"{MAX_OPEN:,} requests of this client are open; wait until some of them are answered.")
        if self._house.is_too_much(self._held, size):
            raise TellmeError("Too much was sent by all clients together; wait until some of it is dealt with.")

    def _call(self, method: str, params: Json) -> Call | None:
        """Return what carries a request out; ``None`` where there is no such method."""
        name = method.removeprefix(hosting.OWN)
        if name in hosting.CALLS and name != method:
            return partial(getattr(self._house.host, name), **arguments(name, params))
        handler = self._methods.get(method)
        return partial(handler, params) if handler is not None else None

    def _begin_prompt(self, number: jsonrpc.RequestId, prompt: Prompt, size: int) -> None:
        def ended(_: object) -> None:
            self._prompts.discard(prompt)
            self._ended(size)

        self._prompts.add(prompt)
        self._begun(size)
        answer = self._answer(number, partial(self._prompt, prompt))
        self._house.carry_out(answer, prompt=True).add_done_callback(ended)

    async def _answer(self, number: jsonrpc.RequestId, call: Call) -> None:
        try:
            result = await call()
            await self._channel.room()
            self._client.respond(number, result.result if isinstance(result, Then) else result)
            if isinstance(result, Then):
                result.then()
        except Exception as error:
            self._client.refuse(number, *_explain(error))

    def _begun(self, size: int) -> None:
        self._open += 1
        self._held.request_bytes += size

    def _ended(self, size: int) -> None:
        self._open -= 1
        self._held.request_bytes -= size
        self._end_if_done()
        self._forget_if_done()

    def _end_if_done(self) -> None:
        if self._says_no_more and not self._open:
            self._stop_watching()
            self._channel.finish()

    def _forget_if_done(self) -> None:
        if self._is_lost and not self._open:
            self._house.held.discard(self._held)

    # What is asked ------------------------------------------------------------------------------------------------

    def _initialize(self, params: Json) -> Json:
        acp_agent.read_initialize(params)
        self._is_tellme = _is_tellme(params)
        result: Json = {
            "protocolVersion": acp.PROTOCOL_VERSION,
            "agentInfo": {"name": "tellme", "title": "tellme", "version": __version__},
            "agentCapabilities": {
                "loadSession": True,
                "promptCapabilities": {"image": True, "audio": True, "embeddedContext": True},
                "sessionCapabilities": {"list": {}, "resume": {}, "close": {}},
            },
            "authMethods": [],
        }
        if self._is_tellme:
            self._client.take_long_lines()
            result["_meta"] = hosting.greeting_meta(self._greeting(params))
        else:
            self._listen(self._tell_spoken)
        return result

    def _greeting(self, params: Json) -> Greeting:
        about = hosting.read_about(params)
        if about:  # ``ask`` reads no catalogue: that is what takes its time
            notes = problems(self._house.host, about)
            return Greeting(__version__, os.getpid(), {}, notes=(*notes, *self._take_damage(params)))
        return Greeting(__version__, os.getpid(), self._house.describe(), self._take_damage(params))

    def _take_damage(self, params: Json) -> tuple[str, ...]:
        """Each damaged file is told of once: whoever comes first, and does not turn away, passes it on to a person."""
        if not _is_of_our_version(params):
            return ()
        damage = tuple(self._house.host.damage)
        self._house.host.damage.clear()
        return damage

    async def _prompt(self, prompt: Prompt) -> Json:
        if prompt.message:
            check_message(prompt.message, prompt.attachments)
        self._house.admit()
        try:
            return await self._turn(prompt)
        finally:
            self._house.leave()

    async def _turn(self, prompt: Prompt) -> Json:
        kind = OwnTelling if self._is_tellme else PlainTelling
        telling = kind(self._client, prompt, self._house.host)
        async with self._beginning:
            running = await self._begin(prompt, telling)
        if running is None:
            return await decline(self._client, prompt, _nobody_fits(self._house.host))
        await asyncio.sleep(0)  # a greeting may have come together with the reply: it is told first
        try:
            reply = await telling.follow(running)
        finally:
            if prompt.wish.brief:
                await self._end_session(running.session.id)
        result = await telling.result(reply, running.session)
        if not self._is_tellme:
            self._sessions.tell_offered(prompt.session_id, running.session)
        self._ended_turn(prompt, running.session, reply)
        return result

    def _ended_turn(self, prompt: Prompt, session: Session, reply: Reply) -> None:
        """A bot that leaves ends its session; the client's has no bot then."""
        if reply.leaves and prompt.session_id:
            self._sessions.keep(prompt.session_id, None)

    async def _begin(self, prompt: Prompt, telling: Telling) -> RunningTurn | None:
        """Send the message on its way; ``None`` where no bot is right for it."""
        host, wish, choose = self._house.host, prompt.wish, telling.choose
        at, files = prompt.taken_at, prompt.attachments
        if wish.retry:
            return await host.retry(wish.retry, choose)
        if wish.bot and not prompt.session_id:
            return await host.open_and_say(wish.bot, prompt.message, choose, taken_at=at, attachments=files)
        session = await self._sessions.find(prompt.session_id)
        if session is not None:
            return await host.say(session, prompt.message, choose, taken_at=at, attachments=files)
        bot = self._bot_for(prompt)
        if not bot:
            return None
        running = await host.open_and_say(bot, prompt.message, choose, taken_at=at, attachments=files)
        self._sessions.keep(prompt.session_id, running.session)
        return running

    def _bot_for(self, prompt: Prompt) -> str:
        """Return the bot for the first message of a session; empty where none is right for it."""
        spec = self._house.host.route(prompt.message)
        return spec.name if spec else ""

    async def _end_session(self, session_id: str) -> None:
        try:
            await self._house.host.end_session(session_id)
        except StoreError as error:
            _logger.error("session %s stays open: %s", session_id, error)

    async def _close_session(self, params: Json) -> Json:
        session_id = acp_agent.session_of(params)
        session = await self._sessions.find(session_id)
        self._cancel(session_id)
        if session is not None:
            await self._house.host.end_session(session.id)
        self._sessions.forget(session_id)
        return {}

    # Events -------------------------------------------------------------------------------------------------------

    async def _watch(self, params: Json) -> Json:
        self._listen(self._tell_events)
        return {}

    def _listen(self, tell: Tell) -> None:
        """Have the client told of events in this way, once."""
        if tell in self._listening or self._says_no_more:
            return
        entered = ExitStack()
        watcher = entered.enter_context(self._house.host.watch())
        self._listening[tell] = self._house.accompany(tell(watcher))
        # Not in the task itself, which may be cancelled before it takes its first step.
        self._listening[tell].add_done_callback(lambda _: entered.close())

    async def _tell_spoken(self, watcher: Watcher) -> None:
        """Tell a client that is not tellme what bots say by themselves in its sessions."""
        async for event in watcher:
            if isinstance(event, Spoke) and event.session:
                await self._sessions.tell_spoken(event.session, event.text)

    async def _tell_events(self, watcher: Watcher) -> None:
        missed = 0
        async for event in watcher:
            if isinstance(event, CatalogueChanged):
                self._client.notify(hosting.CATALOGUE, {"catalogue": self._house.describe()})
            self._tell_event(event)
            if watcher.missed > missed:
                self._tell_event(Notice(f"{watcher.missed - missed:,} events came too fast to be told."))
                missed = watcher.missed
            while self._channel.waiting_bytes > EVENTS_BYTES:
                await self._channel.room()
                await asyncio.sleep(EVENTS_PAUSE_S)

    def _tell_event(self, event: tuple[object, ...]) -> None:
        self._client.notify(hosting.EVENT, {"kind": type(event).__name__, "event": event})

    def _stop_watching(self) -> None:
        for task in self._listening.values():
            task.cancel()


def _is_tellme(params: Json) -> bool:
    match params:
        case {"_meta": {"tellme": {"client": True}}}:
            return True
    return False


def _is_of_our_version(params: Json) -> bool:
    match params:
        case {"clientInfo": {"version": str(version)}}:
            return version == __version__
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
