"""The host that owns the bots, the sessions and the store: see ``host`` for what each method promises."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager

from tellme.errors import StoreError, TellmeError, UsageError
from tellme.host.archive import Archive
from tellme.host.catalogue import load
from tellme.host.conversation import attach
from tellme.host.events import Events, Watcher
from tellme.host.fleet import Fleet
from tellme.host.known import Known
from tellme.host.log import log_to
from tellme.host.prepare import Prepared
from tellme.host.records import Records
from tellme.host.turns import LocalTurn
from tellme.model import (
    MAX_MESSAGE_BYTES,
    Attachment,
    BotCommand,
    BotSpec,
    BotStatus,
    CatalogueChanged,
    Exit,
    HostEvent,
    Notice,
    Session,
    SessionOption,
    Turn,
)
from tellme.supervisor.bot import Bot
from tellme.supervisor.link import Died, Link, Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tellme.host.alerts import Alerts
    from tellme.host.delegation import Errands
    from tellme.host.host import Choose
    from tellme.store.database import Store

_logger = logging.getLogger(__name__)

MAX_ATTACHED_CHARS = 8 * 1024 * 1024
"""How much content of files may go along with a message, all together: it is kept with the message."""

SETTLED_S = 1.0
"""A host that is there for so long has time for more than what it was opened for."""


@asynccontextmanager
async def local_host(prepared: Prepared) -> AsyncIterator[LocalHost]:
    """Run a host for the length of a block. What the block raises comes out as it is; the host has ended by then."""
    log_to(prepared.paths.host_log)
    failure: BaseException | None = None
    async with asyncio.TaskGroup() as group:
        host = LocalHost(prepared, group)
        try:
            yield host
        except BaseException as error:  # raised again below, outside the group that would wrap it
            failure = error
        await host._close()
    if failure is not None:
        raise failure


class LocalHost(Known, Records):
    """Made by ``local_host``; all methods belong to its event loop. At its end turns, bots and store end, in order."""

    def __init__(self, prepared: Prepared, group: asyncio.TaskGroup) -> None:
        Known.__init__(self, prepared.paths, prepared.catalogue)
        path = prepared.paths.database if prepared.keep else None
        Records.__init__(self, Archive(path, self._damaged, self._is_crowded))
        self._prepared = prepared
        self._group = group
        self._events = Events()
        self._fleet = Fleet(prepared, group, self._happened)
        self._turns: set[LocalTurn] = set()
        self._reloading = asyncio.Lock()
        self._alerts: Alerts | None = None
        self._chores: list[asyncio.Task[None]] = []
        self._settling = asyncio.get_running_loop().call_later(SETTLED_S, self._keep_house)
        self._closing = False

    # Bots ---------------------------------------------------------------------------------------------------------

    def watch(self) -> AbstractContextManager[Watcher]:
        return self._events.watch()

    async def bots(self) -> list[BotStatus]:
        return [self._fleet.status(spec) for spec in self.specs()]

    async def status(self, name: str) -> BotStatus:
        return self._fleet.status(self.find(name))

    async def why_not_startable(self, name: str) -> str | None:
        from tellme.host import startable

        return await asyncio.to_thread(startable.why_not, self.find(name), self._prepared.environ)

    async def start(self, name: str) -> None:
        self._bot(name).start()

    async def stop(self, name: str) -> None:
        self._bot(name).stop()

    async def restart(self, name: str) -> None:
        self._bot(name).restart()

    async def exits(self, name: str | None = None, limit: int = 100) -> list[Exit]:
        bot = self.find(name).id if name is not None else None
        return await self._archive.read_slowly(lambda store: store.exits(bot, limit))

    async def reload(self, folders: frozenset[str] = frozenset()) -> CatalogueChanged:
        """Read the configuration again, and have the bots be as it says, between turns; ``folders`` are those of bots
        whose own files changed.
        """
        from tellme.host.watching import compare

        async with self._reloading:
            found = await asyncio.to_thread(load, self._paths)
            known = set(map(str, self.problems))
            self.catalogue, change = compare(self.catalogue, found, folders)
            self._fleet.apply(change, self.catalogue.bots)
        if any(change):
            self._events.publish(change)
        for problem in dict.fromkeys(map(str, self.problems)):
            if problem not in known:
                self._events.publish(Notice(problem))
        return change

    # Sessions and their bots --------------------------------------------------------------------------------------

    async def open_session(self, name: str) -> Session:
        spec = self.find(name)
        return await self._archive.write(lambda store: store.new_session(spec.id))

    def offered(self, session: Session) -> tuple[BotCommand, ...]:
        bot = self._fleet.made(session.bot)
        return bot.offered(session.id) if bot is not None else ()

    async def commands(self, session: Session) -> tuple[BotCommand, ...] | None:
        bot = self._bot(session.bot)
        try:
            await self._attached(bot, session)
        except (Died, Refused, TimeoutError):
            return None
        return bot.offered(session.id)

    async def options(self, session: Session) -> tuple[SessionOption, ...]:
        bot = self._bot(session.bot)
        with _explained(bot.spec):
            link, theirs = await self._attached(bot, session)
        return link.options(theirs)

    async def set_option(self, session: Session, option_id: str, value: str) -> tuple[SessionOption, ...]:
        bot = self._bot(session.bot)
        with _explained(bot.spec):
            link, theirs = await self._attached(bot, session)
            check_option(bot.spec.name, link.options(theirs), option_id, value)
            async with asyncio.timeout(bot.spec.timeout):
                await link.set_option(theirs, option_id, value)
        return link.options(theirs)

    async def end_session(self, session_id: str | None = None) -> Session:
        session = await super().end_session(session_id)
        self.let_go(session)
        return session

    def let_go(self, session: Session) -> None:
        """Have a session's bot forget it, where the bot runs and is not busy with it; waits for nothing."""
        bot = self._fleet.made(session.bot)
        if bot is not None and all(turn.session.id != session.id for turn in self._turns):
            bot.close_session(session.id)

    async def _attached(self, bot: Bot, session: Session) -> tuple[Link, str]:
        """Have a bot run and know a session. Raises ``Died``, ``Refused`` or ``TimeoutError``."""
        async with asyncio.timeout(bot.spec.timeout):
            link = await bot.connect()
            known = link.sessions.use(session.id)
            if known is not None:
                return link, known
            async with bot.turns:
                link = await bot.connect()  # the process of before may have ended meanwhile
                return link, await attach(link, session, self._archive, self._tell)

    def _tell(self, text: str) -> None:
        self._events.publish(Notice(text))

    # Turns --------------------------------------------------------------------------------------------------------

    def add_time(self, seconds: float) -> None:
        for turn in self._turns:
            turn.add_time(seconds)
        self._fleet.add_time(seconds)

    async def say(
        self,
        session: Session,
        message: str,
        choose: Choose | None = None,
        *,
        taken_at: float | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> LocalTurn:
        taken_at = time.monotonic() if taken_at is None else taken_at
        check_message(message, attachments)
        return await self._run(
            self._bot(session.bot),
            lambda store: (session, store.begin_turn(session.id, message, attachments=attachments)),
            choose,
            taken_at,
            attachments,
        )

    async def say_for(self, asking: LocalTurn, session: Session, message: str) -> LocalTurn:
        """Send a message of the bot of a turn, for which the person of that turn answers questions."""
        check_message(message)
        return await self._run(
            self._bot(session.bot),
            lambda store: (session, store.begin_turn(session.id, message)),
            asking.choose,
            time.monotonic(),
            asked_by=asking,
        )

    def open_turns(self) -> Iterable[LocalTurn]:
        """Return the turns that have not ended."""
        return self._turns

    async def open_and_say(
        self,
        name: str,
        message: str,
        choose: Choose | None = None,
        *,
        taken_at: float | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> LocalTurn:
        taken_at = time.monotonic() if taken_at is None else taken_at
        check_message(message, attachments)
        bot = self._bot(name)
        return await self._run(
            bot,
            lambda store: store.open_and_begin(bot.spec.id, message, attachments=attachments),
            choose,
            taken_at,
            attachments,
        )

    async def retry(self, turn_id: str, choose: Choose | None = None) -> LocalTurn:
        taken_at = time.monotonic()
        known = await self.turn(turn_id)
        bot = self._bot(known.bot)
        session = await self.session(known.turn.session)
        attachments = [each for each in await self.attachments(known.turn.id) if _can_be_sent(each)]
        return await self._run(
            bot, lambda store: (session, store.begin_replay(known.turn.id)), choose, taken_at, attachments
        )

    def interrupt_turns(self) -> None:
        """End all open turns because the host ends; their replies say so."""
        for turn in list(self._turns):
            turn.interrupt()

    # Inside -------------------------------------------------------------------------------------------------------

    def _bot(self, name: str) -> Bot:
        return self._fleet.bot(self.find(name))

    async def _run(
        self,
        bot: Bot,
        begin: Callable[[Store], tuple[Session, Turn]],
        choose: Choose | None,
        taken_at: float,
        attachments: Sequence[Attachment] = (),
        asked_by: LocalTurn | None = None,
    ) -> LocalTurn:
        """Keep a message with ``begin``, and send it."""
        begun: asyncio.Future[LocalTurn] = asyncio.get_running_loop().create_future()

        def kept(outcome: tuple[Session, Turn] | Exception) -> None:
            if isinstance(outcome, Exception):
                if not begun.done():
                    begun.set_exception(outcome)
                return
            running = LocalTurn(bot, *outcome, self._archive, choose, taken_at, attachments, self._send_out, asked_by)
            self._turns.add(running)
            is_awaited = not (begun.done() or self._closing)
            if not begun.done():
                begun.set_result(running)
            running.start(self._group, self._over)
            if not is_awaited:
                running.cancel()

        self._archive.keep(begin, kept)
        return await begun

    def _is_crowded(self) -> bool:
        return len(self._turns) > 1

    def _over(self, running: LocalTurn) -> None:
        self._turns.discard(running)
        if running.has_left:
            self.let_go(running.session)

    def _send_out(self, turn: LocalTurn) -> Errands:
        from tellme.host.delegation import Errands

        return Errands(self, self._archive, turn)

    def _happened(self, event: HostEvent) -> None:
        """Keep how processes ended, run what their owner wants run then, and tell whoever watches."""
        if isinstance(event, Exit) and not self._closing:
            try:
                self._archive.write_now(lambda store: store.add_exit(event))
            except StoreError as error:
                _logger.error("the end of a process of %s cannot be kept: %s", event.bot, error)
            self._alert(event)
        self._events.publish(event)

    def _alert(self, event: Exit) -> None:
        spec = self.catalogue.bots.get(event.bot)
        if spec is None or not spec.on_failure:
            return
        if self._alerts is None:
            from tellme.host.alerts import Alerts

            self._alerts = Alerts(self._prepared.environ, self._fleet.spawner, self._events.publish)
        self._alerts.tell(spec, event)

    def _keep_house(self) -> None:
        from tellme.host.housekeeping import chore, expire_sessions, watch_bots

        chores: tuple[Callable[[], Awaitable[None]], ...] = (
            lambda: watch_bots(self._paths, self.reload),
            lambda: expire_sessions(self._archive, lambda: self.catalogue),
        )
        self._chores = [self._group.create_task(chore(each)) for each in chores]

    async def _close(self) -> None:
        """End the turns, then the bots, then the store; what is left of the spawner ends meanwhile."""
        self._closing = True
        self._settling.cancel()
        for chore in self._chores:
            chore.cancel()
        self.interrupt_turns()
        while self._turns:  # what a bot was asked by another may begin while others end
            for turn in list(self._turns):
                turn.interrupt()
                await turn.ended()
                self._turns.discard(turn)
        if self._alerts is not None:
            await self._alerts.close()
        await self._fleet.close()
        try:
            await self._archive.close()
        finally:
            self._fleet.leave()

    def _damaged(self, text: str) -> None:
        self.damage.append(text)
        self._events.publish(Notice(text))


@contextmanager
def _explained(spec: BotSpec) -> Iterator[None]:
    """What keeps a bot from saying what can be set, as a person is told."""
    try:
        yield
    except (Died, Refused) as failure:
        raise TellmeError(f"{spec.name} {failure.reason}.") from None
    except TimeoutError:
        raise TellmeError(f"{spec.name} gave no answer within {spec.timeout:g} s.") from None


def check_option(bot: str, options: Sequence[SessionOption], option_id: str, value: str) -> None:
    """Raise ``UsageError``, with what there is, where a bot has no such option or that has no such value."""
    option = next((each for each in options if each.id == option_id), None)
    if option is None:
        there_is = ", ".join(each.id for each in options)
        hint = f"there is {there_is}" if there_is else "it has nothing to set"
        raise UsageError(f"{bot} has no option {option_id[:80]!r}; {hint}.")
    if all(each.id != value for each in option.values):
        values = ", ".join(each.id for each in option.values)
        raise UsageError(f"{bot}'s {option_id} cannot be {value[:80]!r}; it can be {values}.")


def _can_be_sent(attachment: Attachment) -> bool:
    """Is there more of a file than its name? Of those of an imported session there is not."""
    return bool(attachment.uri) or attachment.text is not None or attachment.data is not None


def check_message(message: str, attachments: Sequence[Attachment] = ()) -> None:
    """Raise ``UsageError`` for a message that no bot is sent: an empty one, or one that is too long."""
    if sum(len(each.text or "") + len(each.data or "") for each in attachments) > MAX_ATTACHED_CHARS:
        raise UsageError(
            f"The files are too large to go along: {MAX_ATTACHED_CHARS // 2**20} MiB together is the limit."
        )
    if not message:
        raise UsageError("There is no message to send: it is empty.")
    size = len(message.encode("utf-8", "replace"))
    if size > MAX_MESSAGE_BYTES:
        raise UsageError(f"The message is too long: {size:,} bytes, the limit is {MAX_MESSAGE_BYTES:,} (1 MiB).")
