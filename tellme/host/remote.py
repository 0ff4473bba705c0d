"""The host that runs in a ``tellme serve``, over its socket: see ``host`` for what each method promises.

What is asked often and changes seldom (bots, their commands) is kept here and renewed by what the other side tells.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, TypeVar

from tellme.errors import HostGone, TellmeError
from tellme.host import catalogue, endpoint
from tellme.host.connection import Connection, not_understood
from tellme.host.events import Events, Watcher
from tellme.host.host import Choose, Host
from tellme.host.known import Known
from tellme.host.log import log_to
from tellme.host.prepare import Prepared
from tellme.host.remote_turn import RemoteTurn
from tellme.model import (
    Attachment,
    BotCommand,
    CatalogueChanged,
    Exit,
    Notice,
    Session,
    Spoke,
    StateChanged,
)
from tellme.wire import hosting, plain
from tellme.wire.fields import Json
from tellme.wire.hosting import Greeting, Wish

P = ParamSpec("P")
T = TypeVar("T")

MAX_OFFERED = 1024
"""Of so many sessions it is known here which commands their bots offer."""

_EVENTS = {kind.__name__: kind for kind in (StateChanged, Spoke, Notice, Exit, CatalogueChanged)}


@asynccontextmanager
async def remote_host(prepared: Prepared) -> AsyncIterator[Host]:
    """Speak with the host at the other end of ``prepared.remote`` for the length of a block.

    Where that is another version of tellme, the block has a host of its own, and a notice that says why; where it is
    gone already, it has one without a word. Raises ``TellmeError`` where it takes nobody in, or does not answer.
    """
    assert prepared.remote is not None
    log_to(prepared.paths.host_log)
    connection = Connection(prepared.remote)
    try:
        greeting = await connection.greet()
    except HostGone:
        damage = []
    else:
        other = hosting.why_left_alone(greeting)
        if greeting is not None and other is None:
            host = RemoteHost(prepared, connection, greeting)
            try:
                yield host
            finally:
                host.close()
            return
        connection.close()
        damage = [other] if other else []
    from tellme.host.local import local_host

    async with local_host(prepared._replace(remote=None)) as own:
        own.damage += damage
        yield own


def _remote(
    method: Callable[Concatenate[Host, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[RemoteHost, P], Coroutine[Any, Any, T]]:
    """Make the method that has the other side carry out one of ``Host``, with its arguments by name."""
    takes = signature(method)

    @wraps(method)
    async def call(self: RemoteHost, /, *given: P.args, **named: P.kwargs) -> T:
        arguments = takes.bind(self, *given, **named).arguments
        del arguments["self"]
        connection = await self.connected()
        result = await connection.request(hosting.OWN + method.__name__, arguments)
        try:
            return plain.read(plain.hints(method)["return"], result)  # type: ignore[no-any-return]
        except plain.PlainError as error:
            raise TellmeError(f"The 'tellme serve' that is used sent {error}.") from None

    return call


class RemoteHost(Known):
    """Made by ``remote_host``; belongs to its event loop. The bots and sessions go on when it ends.

    Where the connection is lost, whatever is asked next looks for a host that has come in the place of the other.
    """

    outlives_us = True

    def __init__(self, prepared: Prepared, connection: Connection, greeting: Greeting) -> None:
        super().__init__(prepared.paths, catalogue.from_json(greeting.catalogue))
        self._events = Events()
        self._offered: dict[str, tuple[BotCommand, ...]] = {}
        """By session; the newest are last."""
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

    async def connected(self) -> Connection:
        """Return the connection, or one to the host that listens now. Raises ``HostGone``."""
        async with self._connecting:
            if not self._connection.is_open:
                await self._reconnect()
        return self._connection

    def _use(self, connection: Connection, greeting: Greeting) -> None:
        self._connection = connection
        self.catalogue = catalogue.from_json(greeting.catalogue)
        self.damage += greeting.damage
        connection.on_notification = self._told
        connection.on_lost = lambda: self._events.publish(Notice(connection.why_lost))
        if self._watching is not None:
            self._watch()

    def _watch(self) -> None:
        self._watching = asyncio.ensure_future(self._connection.request(hosting.WATCH, {}))
        self._watching.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _reconnect(self) -> None:
        """Whatever keeps this from it, the host that was used is gone."""
        try:
            descriptor = await asyncio.to_thread(endpoint.connect, self._paths)
            if descriptor is None:
                raise HostGone(self._connection.why_lost)
            connection = Connection(descriptor)
            greeting = await connection.greet()
        except TellmeError as error:
            raise HostGone(str(error)) from None
        other = hosting.why_left_alone(greeting)
        if greeting is None or other is not None:
            connection.close()
            raise HostGone(other)
        self._use(connection, greeting)
        self._events.publish(Notice(f"A 'tellme serve' is there again (pid {greeting.pid})."))

    def _told(self, method: str, params: Json) -> None:
        if method == hosting.CATALOGUE:
            self._catalogue_told(params)
        elif method == hosting.EVENT and (kind := _EVENTS.get(str(params.get("kind")))) is not None:
            self._event_told(kind, params)

    def _catalogue_told(self, params: Json) -> None:
        try:
            self.catalogue = catalogue.from_json(params["catalogue"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:  # what it raises for anything else
            not_understood(error)

    def _event_told(self, kind: type, params: Json) -> None:
        try:
            event = plain.read(kind, params.get("event"))
        except plain.PlainError as error:
            not_understood(error)
        else:
            self._events.publish(event)

    # Bots ---------------------------------------------------------------------------------------------------------

    bots = _remote(Host.bots)
    status = _remote(Host.status)
    why_not_startable = _remote(Host.why_not_startable)
    start = _remote(Host.start)
    stop = _remote(Host.stop)
    restart = _remote(Host.restart)
    exits = _remote(Host.exits)
    stats = _remote(Host.stats)

    # Sessions -----------------------------------------------------------------------------------------------------

    open_session = _remote(Host.open_session)
    resume_session = _remote(Host.resume_session)
    end_session = _remote(Host.end_session)
    set_title = _remote(Host.set_title)
    session = _remote(Host.session)
    last_used_session = _remote(Host.last_used_session)
    sessions = _remote(Host.sessions)
    history = _remote(Host.history)
    import_session = _remote(Host.import_session)
    options = _remote(Host.options)
    set_option = _remote(Host.set_option)
    _commands = _remote(Host.commands)

    async def commands(self, session: Session) -> tuple[BotCommand, ...] | None:
        found = await self._commands(session)
        self._offers(session, found or ())
        return found

    def offered(self, session: Session) -> tuple[BotCommand, ...]:
        return self._offered.get(session.id, ())

    def _offers(self, session: Session, offered: tuple[BotCommand, ...]) -> None:
        self._offered.pop(session.id, None)
        self._offered[session.id] = offered
        if len(self._offered) > MAX_OFFERED:
            del self._offered[next(iter(self._offered))]

    # Turns --------------------------------------------------------------------------------------------------------

    async def say(
        self,
        session: Session,
        message: str,
        choose: Choose | None = None,
        *,
        taken_at: float | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> RemoteTurn:
        return await self._begin(session, message, Wish(waited_ms=_since_ms(taken_at)), choose, attachments)

    async def open_and_say(
        self,
        name: str,
        message: str,
        choose: Choose | None = None,
        *,
        taken_at: float | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> RemoteTurn:
        return await self._begin(None, message, Wish(bot=name, waited_ms=_since_ms(taken_at)), choose, attachments)

    async def retry(self, turn_id: str, choose: Choose | None = None) -> RemoteTurn:
        return await self._begin(None, "", Wish(retry=turn_id), choose)

    async def _begin(
        self,
        session: Session | None,
        message: str,
        wish: Wish,
        choose: Choose | None,
        attachments: Sequence[Attachment] = (),
    ) -> RemoteTurn:
        connection = await self.connected()
        turn = await connection.begin(session, message, wish, choose, attachments)
        turn.on_offered = lambda offered: self._offers(turn.session, offered)
        return turn

    def add_time(self, seconds: float) -> None:
        """Nothing there was suspended."""

    turns = _remote(Host.turns)
    turn = _remote(Host.turn)
    attachments = _remote(Host.attachments)
    attachments_of = _remote(Host.attachments_of)
    failed_turns = _remote(Host.failed_turns)
    find_turns = _remote(Host.find_turns)
    messages = _remote(Host.messages)

    # The store ----------------------------------------------------------------------------------------------------

    check_store = _remote(Host.check_store)
    backup = _remote(Host.backup)
    restore = _remote(Host.restore)


def _since_ms(taken_at: float | None) -> float:
    return 0.0 if taken_at is None else (time.monotonic() - taken_at) * 1000
