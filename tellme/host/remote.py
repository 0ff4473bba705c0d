"""The host that runs in a ``tellme serve``, over its socket: see ``host`` for what each method promises.

What is asked often and changes seldom (bots, their commands) is kept here and renewed by what the other side tells.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from itertools import count
from typing import Any, TypeVar

from tellme import __version__
from tellme.errors import HostGone, TellmeError
from tellme.host import catalogue, endpoint
from tellme.host.events import Events, Watcher
from tellme.host.host import Choose, Host
from tellme.host.known import Known
from tellme.host.prepare import Prepared
from tellme.host.remote_turn import RemoteTurn
from tellme.model import (
    BotCommand,
    BotStats,
    BotStatus,
    CatalogueChanged,
    Exit,
    Notice,
    Session,
    Spoke,
    StateChanged,
    Turn,
    TurnRecord,
)
from tellme.supervisor.link import Died, Refused
from tellme.supervisor.peer import Peer
from tellme.supervisor.pipes import Input, Output
from tellme.wire import acp, hosting, jsonrpc, plain
from tellme.wire.hosting import Greeting, Wish

T = TypeVar("T")

GONE = "The 'tellme serve' that was used has gone away: start it again, or start this anew to go on without it."

MAX_LINE_BYTES = 1 << 30
"""What a host of our own user may send in one line: a whole session, for one."""

_EVENTS = {kind.__name__: kind for kind in (StateChanged, Spoke, Notice, Exit, CatalogueChanged)}


@asynccontextmanager
async def remote_host(prepared: Prepared) -> AsyncIterator[Host]:
    """Speak with the host at the other end of ``prepared.remote`` for the length of a block.

    Where that is another version of tellme, the block has a host of its own, and a notice that says why.
    """
    assert prepared.remote is not None
    connection = Connection(prepared.remote)
    greeting = None
    with suppress(HostGone):
        greeting = await connection.greet()
    if greeting is not None and greeting.version == __version__:
        host = RemoteHost(prepared, connection, greeting)
        try:
            yield host
        finally:
            host.close()
        return
    connection.close()
    from tellme.host.local import local_host

    async with local_host(prepared._replace(remote=None)) as own:
        own.damage.append(_other_version(greeting))
        yield own


def _other_version(greeting: Greeting | None) -> str:
    who = f"version {greeting.version}, pid {greeting.pid}" if greeting else "of another version"
    return f"A 'tellme serve' ({who}) is running, and this is {__version__}: it is left alone until you restart it."


class Connection:
    """A JSON-RPC connection over a socket, and the turns that it carries."""

    def __init__(self, descriptor: int) -> None:
        loop = asyncio.get_running_loop()
        os.set_blocking(descriptor, False)
        self._input = Input(loop, os.dup(descriptor))
        self._output = Output(loop, descriptor)
        self._peer = Peer(self._input.write, self._notified, self._asked, lambda _: self._lost(), MAX_LINE_BYTES)
        self._output.listen(self._peer.feed, self._lost)
        self._keys = count(1)
        self._beginning: dict[int, RemoteTurn] = {}
        """Turns whose id is not known yet, by the client's own number."""
        self._turns: dict[str, RemoteTurn] = {}
        self.on_notification: Callable[[str, acp.Json], None] = lambda method, params: None
        self.on_lost: Callable[[], None] = lambda: None
        self.is_open = True

    async def greet(self) -> Greeting | None:
        """Introduce ourselves; return what the other side says of itself."""
        params = acp.initialize_params("tellme", __version__) | {"_meta": {"tellme": {"client": True}}}
        return hosting.read_greeting(await self.request(acp.INITIALIZE, params))

    async def request(self, method: str, params: acp.Json) -> object:
        """Send a request and wait for its result. Raises the ``TellmeError`` that the other side names."""
        try:
            return await self._peer.request(method, params)
        except (Refused, Died) as failure:
            raise as_error(failure) from None

    async def begin(self, session: Session | None, message: str, wish: Wish, choose: Choose | None) -> RemoteTurn:
        """Send a message; return once it is on disk there. Raises ``TellmeError``."""
        key = next(self._keys)
        turn = RemoteTurn(session, choose, self._cancel)
        self._beginning[key] = turn
        params = acp.prompt_params(session.id if session else "", message, "")
        params["_meta"] = hosting.wish_meta(wish._replace(key=key, answers=choose is not None))
        self._peer.call(acp.PROMPT, params, lambda outcome: self._ended(key, turn, outcome))
        await turn.begun
        return turn

    def close(self) -> None:
        """End the connection; what is open fails."""
        self._lost()
        self._input.close()
        self._output.close()

    def _cancel(self, turn: RemoteTurn) -> None:
        self._peer.notify(acp.CANCEL, acp.cancel_params(turn.session.id) | {"_meta": {"tellme": {"turn": turn.id}}})

    def _lost(self) -> None:
        if self.is_open:
            self.is_open = False
            self._peer.fail("has gone away")
            self.on_lost()

    def _ended(self, key: int, turn: RemoteTurn, outcome: object) -> None:
        self._beginning.pop(key, None)
        self._turns.pop(turn.id, None)
        turn.stopped(as_error(outcome) if isinstance(outcome, (Refused, Died)) else outcome)

    def _notified(self, method: str, params: acp.Json) -> None:
        try:
            if method == acp.UPDATE:
                self._update(params)
            elif method == hosting.TURN:
                self._turn_told(params)
            else:
                self.on_notification(method, params)
        except (ValueError, KeyError, TypeError, AttributeError):
            return  # a host of our own version does not say such a thing

    def _update(self, params: acp.Json) -> None:
        turn = self._turns.get(hosting.turn_of(params))
        _, update = acp.read_update(params)
        if turn is not None and isinstance(update, acp.TextChunk):
            turn.piece(update.text)

    def _turn_told(self, params: acp.Json) -> None:
        told = hosting.read_turn_told(params)
        if told.key:
            turn = self._beginning.pop(told.key, None)
            if turn is not None:
                self._turns[told.turn] = turn
                turn.has_begun(told.turn, plain.read(Session, told.session))
        elif (running := self._turns.get(told.turn)) is not None:
            running.told(told.retrying, told.notice)

    def _asked(self, request: jsonrpc.Request) -> None:
        """The bot asks the person, by way of its host."""
        turn = self._turns.get(hosting.turn_of(request.params))
        if request.method != acp.REQUEST_PERMISSION or turn is None:
            self._peer.respond(jsonrpc.ErrorResponse(request.id, jsonrpc.METHOD_NOT_FOUND, "is not offered"))
            return

        def answer(option: str | None) -> None:
            chosen = acp.permission_cancelled() if option is None else acp.permission_selected(option)
            self._peer.respond(jsonrpc.Response(request.id, chosen))

        try:
            turn.asked(acp.read_permission_request(request.params), hosting.bot_of(request.params), answer)
        except acp.AcpError:
            answer(None)


def as_error(failure: object) -> TellmeError:
    """Return what a failed request means to whoever made it."""
    if isinstance(failure, Refused) and failure.error is not None:
        return hosting.read_error(failure.error.message, failure.error.data)
    return HostGone(GONE)


class RemoteHost(Known):
    """Made by ``remote_host``; belongs to its event loop. The bots and sessions go on when it ends.

    Where the connection is lost, whatever is asked next looks for a host that has come in the place of the other.
    """

    outlives_us = True

    def __init__(self, prepared: Prepared, connection: Connection, greeting: Greeting) -> None:
        super().__init__(prepared.paths, catalogue.from_json(greeting.catalogue))
        self._events = Events()
        self._offered: dict[str, tuple[BotCommand, ...]] = {}
        self._watching: asyncio.Future[object] | None = None
        self._connecting = asyncio.Lock()
        self._use(connection, greeting)

    def close(self) -> None:
        """End the connection."""
        self._connection.on_lost = lambda: None
        self._connection.close()

    def watch(self) -> AbstractContextManager[Watcher]:
        if self._watching is None:
            self._watch()
        return self._events.watch()

    def _use(self, connection: Connection, greeting: Greeting) -> None:
        self._connection = connection
        self.catalogue = catalogue.from_json(greeting.catalogue)
        self.damage += greeting.damage
        connection.on_notification = self._told
        connection.on_lost = lambda: self._events.publish(Notice(GONE))
        if self._watching is not None:
            self._watch()

    def _watch(self) -> None:
        self._watching = asyncio.ensure_future(self._connection.request(hosting.WATCH, {}))
        self._watching.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _connected(self) -> Connection:
        """Return the connection, or one to the host that listens now. Raises ``HostGone``."""
        async with self._connecting:
            if not self._connection.is_open:
                await self._reconnect()
        return self._connection

    async def _reconnect(self) -> None:
        descriptor = endpoint.connect(self._paths)
        if descriptor is None:
            raise HostGone(GONE)
        connection = Connection(descriptor)
        greeting = await connection.greet()
        if greeting is None or greeting.version != __version__:
            connection.close()
            raise HostGone(_other_version(greeting))
        self._use(connection, greeting)
        self._events.publish(Notice(f"A 'tellme serve' is there again (pid {greeting.pid})."))

    def _told(self, method: str, params: acp.Json) -> None:
        if method == hosting.CATALOGUE:
            self.catalogue = catalogue.from_json(params.get("catalogue", {}))
        elif method == hosting.EVENT and (kind := _EVENTS.get(str(params.get("kind")))) is not None:
            self._events.publish(plain.read(kind, params.get("event")))

    async def _call(self, method: Callable[..., Awaitable[T]], **arguments: Any) -> T:
        """Have the other side carry out a method of ``Host``."""
        connection = await self._connected()
        result = await connection.request(hosting.OWN + method.__name__, arguments)
        try:
            return plain.read(plain.hints(method)["return"], result)  # type: ignore[no-any-return]
        except plain.PlainError as error:
            raise TellmeError(f"The tellme serve that is used sent {error}.") from None

    # Bots ---------------------------------------------------------------------------------------------------------

    async def bots(self) -> list[BotStatus]:
        return await self._call(Host.bots)

    async def status(self, name: str) -> BotStatus:
        return await self._call(Host.status, name=name)

    async def why_not_startable(self, name: str) -> str | None:
        return await self._call(Host.why_not_startable, name=name)

    async def start(self, name: str) -> None:
        await self._call(Host.start, name=name)

    async def stop(self, name: str) -> None:
        await self._call(Host.stop, name=name)

    async def restart(self, name: str) -> None:
        await self._call(Host.restart, name=name)

    async def exits(self, name: str | None = None, limit: int = 100) -> list[Exit]:
        return await self._call(Host.exits, name=name, limit=limit)

    async def stats(self, since: float, buckets: int = 0) -> list[BotStats]:
        return await self._call(Host.stats, since=since, buckets=buckets)

    # Sessions -----------------------------------------------------------------------------------------------------

    async def open_session(self, name: str) -> Session:
        return await self._call(Host.open_session, name=name)

    async def resume_session(self, session_id: str | None = None, *, other_than: str | None = None) -> Session:
        return await self._call(Host.resume_session, session_id=session_id, other_than=other_than)

    async def end_session(self, session_id: str | None = None) -> Session:
        return await self._call(Host.end_session, session_id=session_id)

    async def set_title(self, session_id: str, title: str) -> Session:
        return await self._call(Host.set_title, session_id=session_id, title=title)

    async def session(self, session_id: str) -> Session:
        return await self._call(Host.session, session_id=session_id)

    async def last_used_session(self) -> Session | None:
        return await self._call(Host.last_used_session)

    async def sessions(self, search: str | None = None, limit: int | None = None) -> list[Session]:
        return await self._call(Host.sessions, search=search, limit=limit)

    async def history(self, session_id: str) -> tuple[Session, list[Turn]]:
        return await self._call(Host.history, session_id=session_id)

    async def import_session(self, session: Session, turns: list[Turn]) -> Session:
        return await self._call(Host.import_session, session=session, turns=turns)

    def offered(self, session: Session) -> tuple[BotCommand, ...]:
        return self._offered.get(session.id, ())

    async def commands(self, session: Session) -> tuple[BotCommand, ...] | None:
        found = await self._call(Host.commands, session=session)
        self._offered[session.id] = found or ()
        return found

    # Turns --------------------------------------------------------------------------------------------------------

    async def say(
        self, session: Session, message: str, choose: Choose | None = None, *, taken_at: float | None = None
    ) -> RemoteTurn:
        return await self._begin(session, message, Wish(), choose)

    async def open_and_say(
        self, name: str, message: str, choose: Choose | None = None, *, taken_at: float | None = None
    ) -> RemoteTurn:
        return await self._begin(None, message, Wish(bot=name), choose)

    async def retry(self, turn_id: str, choose: Choose | None = None) -> RemoteTurn:
        return await self._begin(None, "", Wish(retry=turn_id), choose)

    async def _begin(self, session: Session | None, message: str, wish: Wish, choose: Choose | None) -> RemoteTurn:
        connection = await self._connected()
        turn = await connection.begin(session, message, wish, choose)
        turn.on_offered = lambda offered: self._offered.update({turn.session.id: offered})
        return turn

    def add_time(self, seconds: float) -> None:
        """Nothing there was suspended."""

    async def turns(
        self, session_id: str, limit: int, before: str | None = None, after: str | None = None
    ) -> list[Turn]:
        return await self._call(Host.turns, session_id=session_id, limit=limit, before=before, after=after)

    async def turn(self, turn_id: str) -> TurnRecord:
        return await self._call(Host.turn, turn_id=turn_id)

    async def failed_turns(self, limit: int | None = None) -> list[TurnRecord]:
        return await self._call(Host.failed_turns, limit=limit)

    async def find_turns(self, session_id: str, text: str) -> list[str]:
        return await self._call(Host.find_turns, session_id=session_id, text=text)

    async def messages(self, search: str | None = None, limit: int = 500) -> list[str]:
        return await self._call(Host.messages, search=search, limit=limit)

    # The store ----------------------------------------------------------------------------------------------------

    async def check_store(self) -> str | None:
        return await self._call(Host.check_store)

    async def backup(self, path: str) -> str:
        return await self._call(Host.backup, path=path)

    async def restore(self, path: str) -> str:
        return await self._call(Host.restore, path=path)
