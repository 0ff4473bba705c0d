"""The host: owns the bots, the sessions and the store. Every surface talks to it and to nothing below it.

A host lives in one event loop, from ``open_host`` until the end of that block; then its turns are ended, its bots
stopped and all is on disk.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager

from tellme.errors import ConfigError, SessionNotFound, UsageError
from tellme.host.archive import Archive
from tellme.host.conversation import attach
from tellme.host.events import Events, Watcher
from tellme.host.log import log_to
from tellme.host.prepare import Prepared, launch
from tellme.host.turns import Choose, RunningTurn
from tellme.model import MAX_MESSAGE_BYTES, BotCommand, BotSpec, BotState, BotStatus, Notice, Session, Spoke, Turn
from tellme.store.database import Store
from tellme.supervisor.bot import Bot
from tellme.supervisor.link import Died, Refused
from tellme.supervisor.log_tail import LogFollower, tail
from tellme.supervisor.spawn import Spawner
from tellme.text import clean

LOG_LOOK_S = 0.25
"""How often a log that somebody follows is looked at."""


@asynccontextmanager
async def open_host(prepared: Prepared) -> AsyncIterator[Host]:
    """Run a host for the length of a block. What the block raises comes out as it is; the host has ended by then."""
    log_to(prepared.paths.host_log)
    failure: BaseException | None = None
    async with asyncio.TaskGroup() as group:
        host = Host(prepared, group)
        try:
            yield host
        except BaseException as error:  # raised again below, outside the group that would wrap it
            failure = error
        await host._close()
    if failure is not None:
        raise failure


class Host:
    """See the module. Made by ``open_host``; all methods belong to its event loop."""

    def __init__(self, prepared: Prepared, group: asyncio.TaskGroup) -> None:
        self._prepared = prepared
        self._group = group
        self._spawner = prepared.spawner
        self._bots: dict[str, Bot] = {}
        self._lives: list[asyncio.Task[None]] = []
        self._turns: set[RunningTurn] = set()
        self._events = Events()
        self._archive = Archive(prepared.paths.database if prepared.keep else None, self._damaged)
        self.damage: list[str] = []
        """One sentence for each damaged file that was set aside while this host ran."""

    # Bots ---------------------------------------------------------------------------------------------------------

    @property
    def problems(self) -> Sequence[ConfigError]:
        """What is wrong in the configuration; the bots that are not named there work."""
        return self._prepared.catalogue.problems

    def find(self, name: str) -> BotSpec:
        """Return the bot of that name or id, in any case. Raises ``BotNotFound`` with the nearest names."""
        return self._prepared.catalogue.find(name)

    def route(self, message: str) -> BotSpec | None:
        """Return the bot that a message without a session should go to, if one matches well."""
        from tellme.host import routing

        return routing.route(message, list(self._prepared.catalogue.bots.values()))

    def specs(self) -> list[BotSpec]:
        """Return what is known of each bot, in the order of the catalogue."""
        return list(self._prepared.catalogue.bots.values())

    def bots(self) -> list[BotStatus]:
        """Describe every bot as it is now."""
        return [self._status(spec) for spec in self.specs()]

    def status(self, name: str) -> BotStatus:
        """Describe a bot as it is now."""
        return self._status(self.find(name))

    def name_of(self, bot_id: str) -> str:
        """Return a bot's name; the id where there is no such bot any more."""
        spec = self._prepared.catalogue.bots.get(bot_id)
        return spec.name if spec is not None else bot_id

    def why_not_startable(self, spec: BotSpec) -> str | None:
        """Say what would keep a bot from starting, as far as that can be seen without starting it."""
        from tellme.host import startable

        return startable.why_not(spec, self._prepared.environ)

    def start(self, name: str) -> BotSpec:
        """Have a bot start before its first message, or try again after it was given up."""
        spec = self.find(name)
        self._bot(spec).start()
        return spec

    def stop(self, name: str) -> BotSpec:
        """Have a bot stop: its stdin is closed, then SIGTERM, then SIGKILL. The next message starts it again."""
        spec = self.find(name)
        self._bot(spec).stop()
        return spec

    def restart(self, name: str) -> BotSpec:
        """Have a bot end and start anew."""
        spec = self.find(name)
        self._bot(spec).restart()
        return spec

    def log_path(self, name: str) -> str:
        """Return the file that holds a bot's log; it exists once the bot has written something."""
        return self._prepared.paths.bot_log(self.find(name).id)

    def log_lines(self, name: str, last: int) -> list[str]:
        """Return the last lines of a bot's log, oldest first."""
        return tail(self.log_path(name), last)

    def follow_log(self, name: str, last: int = 200) -> AsyncIterator[list[str]]:
        """Return the last lines of a bot's log (perhaps none), then what is added to it, as it is: without end.

        Of a flood the newest lines come, and one that counts those left out. Raises ``BotNotFound`` at once.
        """
        return _follow(LogFollower(self.log_path(name)), last)

    async def check_store(self) -> str | None:
        """Read and write what is on disk; say what is wrong with it, if anything. Raises ``StoreError``."""
        return await self._archive.read_slowly(lambda store: store.check())

    @property
    def places(self) -> dict[str, str]:
        """Where things are kept: what it is → its path."""
        paths = self._prepared.paths
        return {
            "config": paths.config_file,
            "bots": paths.bots_dir,
            "data": paths.data_dir,
            "database": paths.database,
            "logs": paths.log_dir,
        }

    def watch(self) -> AbstractContextManager[Watcher]:
        """Watch the host for the length of a block: states of bots, what bots say by themselves, notices."""
        return self._events.watch()

    # Sessions -----------------------------------------------------------------------------------------------------

    async def open_session(self, name: str) -> Session:
        """Begin a conversation with a bot and keep it. Raises ``BotNotFound``, ``StoreError``."""
        spec = self.find(name)
        return await self._archive.write(lambda store: store.new_session(spec.id))

    async def resume_session(self, session_id: str | None = None, *, other_than: str | None = None) -> Session:
        """Go on with a session, by id or the start of one; without, the one used last that is not ``other_than``.

        Raises ``SessionNotFound``.
        """

        def resume(store: Store) -> Session:
            last = None if session_id else store.last_used_session(other_than)
            if not session_id and last is None:
                what = "other session" if other_than else "session yet"
                raise SessionNotFound(f"There is no {what} to go on with; 'start_session NAME' begins one.")
            return store.resume_session(session_id or (last.id if last else ""))

        return await self._archive.write(resume)

    async def end_session(self, session_id: str | None = None) -> Session:
        """End a session, by id or the start of one; without, the newest open one. Raises ``SessionNotFound``."""

        def end(store: Store) -> Session:
            newest = None if session_id else store.newest_open_session()
            if not session_id and newest is None:
                raise SessionNotFound("There is no open session; 'tellme sessions' shows the ones that were.")
            return store.end_session(session_id or (newest.id if newest else ""))

        return await self._archive.write(end)

    async def set_title(self, session_id: str, title: str) -> Session:
        """Give a session a title; an empty one brings back that of its first message. Raises ``SessionNotFound``."""

        def rename(store: Store) -> Session:
            session = store.session(session_id)
            store.set_title(session.id, title)
            return store.session(session.id)

        return await self._archive.write(rename)

    async def session(self, session_id: str) -> Session:
        """Return a session, by id or the start of one. Raises ``SessionNotFound``."""
        return await self._archive.read(lambda store: store.session(session_id))

    async def last_used_session(self) -> Session | None:
        """Return the session with the newest message, ended or not."""
        return await self._archive.read(lambda store: store.last_used_session())

    async def sessions(self, search: str | None = None, limit: int | None = None) -> list[Session]:
        """Return past and open sessions, newest first; with ``search``, those in which the text was said."""
        return await self._archive.read_slowly(lambda store: store.sessions(search, limit))

    async def history(self, session_id: str) -> tuple[Session, list[Turn]]:
        """Return a session and all of its turns, in order. Raises ``SessionNotFound``."""

        def both(store: Store) -> tuple[Session, list[Turn]]:
            session = store.session(session_id)
            return session, store.turns(session.id)

        return await self._archive.read_slowly(both)

    async def turns(
        self, session_id: str, limit: int, before: str | None = None, after: str | None = None
    ) -> list[Turn]:
        """Return a page of a session, oldest first: its last turns, or the last before the turn ``before``, or the
        first after the turn ``after``.
        """
        return await self._archive.read_slowly(lambda store: store.turns(session_id, limit, before, after))

    async def find_turns(self, session_id: str, text: str) -> list[str]:
        """Return the ids of the turns whose message or reply holds ``text``, in any case, oldest first."""
        return await self._archive.read_slowly(lambda store: store.find_turns(session_id, text))

    async def messages(self, search: str | None = None, limit: int = 500) -> list[str]:
        """Return what the person said lately, over all sessions: newest first, each text once."""
        return await self._archive.read_slowly(lambda store: store.messages(search, limit))

    def offered(self, session: Session) -> Sequence[BotCommand]:
        """Return the commands that the session's bot offers, as far as its process has said so yet."""
        bot = self._bots.get(session.bot)
        return bot.offered(session.id) if bot is not None else ()

    async def commands(self, session: Session) -> Sequence[BotCommand] | None:
        """Return the commands that the session's bot offers; where need be it is started and told of the session.

        ``None`` where that fails; the next message says why.
        """
        bot = self._bot(self.find(session.bot))
        try:
            async with asyncio.timeout(bot.spec.timeout):
                link = await bot.connect()
                if session.id not in link.sessions:
                    async with bot.turns:
                        await attach(link, session, self._archive, lambda text: self._events.publish(Notice(text)))
        except (Died, Refused, TimeoutError):
            return None
        return bot.offered(session.id)

    # Turns --------------------------------------------------------------------------------------------------------

    def add_time(self, seconds: float) -> None:
        """Leave a time just past, for which the program was suspended, out of every clock and deadline of a turn."""
        for turn in self._turns:
            turn.add_time(seconds)
        for bot in self._bots.values():
            bot.add_time(seconds)

    async def say(
        self, session: Session, message: str, choose: Choose | None = None, *, taken_at: float | None = None
    ) -> RunningTurn:
        """Send a message; it is on disk when this returns. Iterate over the result for what comes of it.

        ``choose`` asks the person when the bot has a question; without it the answer is no. ``taken_at`` is when the
        person began to wait, on the clock of ``time.monotonic``; without it, now. Raises ``UsageError`` for a message
        that is empty or too long, ``StoreError`` when it cannot be kept.
        """
        taken_at = time.monotonic() if taken_at is None else taken_at
        _check(message)
        bot = self._bot(self.find(session.bot))
        turn = await self._archive.write(lambda store: store.begin_turn(session.id, message))
        return self._run(bot, session, turn, choose, taken_at)

    async def open_and_say(
        self, name: str, message: str, choose: Choose | None = None, *, taken_at: float | None = None
    ) -> RunningTurn:
        """Begin a conversation with its first message: ``open_session`` and ``say`` in one, both kept or none."""
        taken_at = time.monotonic() if taken_at is None else taken_at
        _check(message)
        bot = self._bot(self.find(name))
        session, turn = await self._archive.write(lambda store: store.open_and_begin(bot.spec.id, message))
        return self._run(bot, session, turn, choose, taken_at)

    # Inside -------------------------------------------------------------------------------------------------------

    def _run(self, bot: Bot, session: Session, turn: Turn, choose: Choose | None, taken_at: float) -> RunningTurn:
        running = RunningTurn(bot, session, turn, self._archive, choose, taken_at)
        self._turns.add(running)
        running.start(self._group).add_done_callback(lambda _: self._turns.discard(running))
        return running

    def _bot(self, spec: BotSpec) -> Bot:
        bot = self._bots.get(spec.id)
        if bot is None:
            bot = Bot(spec, launch(spec, self._prepared), self._spawn(), self._events.publish, self._spoke(spec))
            spawned = self._prepared.spawned.get(spec.id)
            if spawned is not None:
                bot.adopt(spawned)
            self._bots[spec.id] = bot
            self._lives.append(self._group.create_task(bot.run()))
        return bot

    def _spawn(self) -> Spawner:
        if self._spawner is None:
            self._spawner = Spawner()
        return self._spawner

    def _spoke(self, spec: BotSpec) -> Callable[[str, str], None]:
        def spoke(session: str, text: str) -> None:
            self._events.publish(Spoke(spec.id, session, clean(text)))

        return spoke

    def _status(self, spec: BotSpec) -> BotStatus:
        bot = self._bots.get(spec.id)
        if bot is not None:
            return bot.status()
        return BotStatus(spec.name, spec.id, spec.kind, BotState.IDLE, None, None, 0, None, None, spec.description)

    async def _close(self) -> None:
        """End the turns, then the bots, then the spawner, and close the store last."""
        for turn in list(self._turns):
            turn.interrupt()
        for turn in list(self._turns):
            await turn.ended()
        for life in self._lives:
            life.cancel()
        if self._lives:
            await asyncio.wait(self._lives)
        for bot in self._bots.values():
            bot.close()
        for bot_id, spawned in self._prepared.spawned.items():
            if bot_id not in self._bots:  # begun before the loop was there, and never asked anything
                spawned.close()
        if self._spawner is not None:
            self._spawner.close(wait_s=1.0)
        await self._archive.close()

    def _damaged(self, text: str) -> None:
        self.damage.append(text)
        self._events.publish(Notice(text))


async def _follow(log: LogFollower, last: int) -> AsyncIterator[list[str]]:
    yield await asyncio.to_thread(log.begin, last)
    while True:
        await asyncio.sleep(LOG_LOOK_S)
        if lines := await asyncio.to_thread(log.read):
            yield lines


def _check(message: str) -> None:
    if not message:
        raise UsageError("There is no message to send: it is empty.")
    size = len(message.encode("utf-8", "replace"))
    if size > MAX_MESSAGE_BYTES:
        raise UsageError(f"The message is too long: {size:,} bytes, the limit is {MAX_MESSAGE_BYTES:,} (1 MiB).")
