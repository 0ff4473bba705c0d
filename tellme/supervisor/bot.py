"""One bot's life: its states, its process, its restarts. A failure of the bot becomes a state here and goes no further.

In the spirit of OTP's ``supervisor``: a child is restarted on any exit that was not asked for, within limits; how
long to wait is a pure function (``restart.py``); a stop overtakes a restart that is waiting.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress

from tellme.model import BotCommand, BotSpec, BotState, BotStatus, StateChanged
from tellme.supervisor import restart, usage
from tellme.supervisor.acp_link import AcpLink
from tellme.supervisor.deadline import Deadline
from tellme.supervisor.launch import Launch
from tellme.supervisor.lines_link import LinesLink
from tellme.supervisor.link import Died, Link, Refused
from tellme.supervisor.log import stamp
from tellme.supervisor.log_tail import words_since
from tellme.supervisor.process import CannotStart, Exit, Process
from tellme.supervisor.spawn import Spawned, Spawner
from tellme.text import shorten

_logger = logging.getLogger(__name__)

EX_CONFIG = 78
"""sysexits.h: the bot says that its configuration is wrong, so that starting it again changes nothing."""

LAST_LINES = 3
LAST_CHARS = 300
"""How much of a bot's log is quoted where it says that its configuration is wrong."""

MUTED_GRACE_S = 0.5
"""How long a bot may live on after its stdout was closed."""

UNASKED_BYTES_A_SECOND = 1024 * 1024
"""How much a bot may print while nobody has asked it anything; then it has to wait."""

LONG_READ_S = 0.02
READ_SHARE = 4
"""A bot whose output took longer to read than ``LONG_READ_S`` waits so many times as long: the rest is the others'."""

OnState = Callable[[StateChanged], None]
OnSpoke = Callable[[str, str], None]


class Bot:
    """A bot that is kept alive from the first ``connect`` or ``start`` until ``stop``.

    ``run`` is the one loop that owns the process; all else only says what is wanted or waits for what comes.
    """

    def __init__(self, spec: BotSpec, launch: Launch, spawner: Spawner, on_state: OnState, on_spoke: OnSpoke) -> None:
        self.spec = spec
        self.state = BotState.IDLE
        self.turns = asyncio.Lock()
        """Held for the length of a turn: one at a time, first come, first served."""
        self._launch = launch
        self._spawner = spawner
        self._on_state = on_state
        self._on_spoke = on_spoke
        self._spawned: Spawned | None = None
        self._process: Process | None = None
        self._link: Link | None = None
        self._lost = False
        self._unasked_bytes = 0
        self._wanted = asyncio.Event()
        self._changed = asyncio.Event()
        """Set when ``run`` should look again at what is wanted: a stop, a restart, a start."""
        self._waiting: list[asyncio.Future[Link]] = []
        self._disappointed: list[asyncio.Future[Link]] = []
        """Who waited for a process that is lost, until it is decided what follows."""
        self._crashes: tuple[float, ...] = ()
        self._ending: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Done when this process of the bot should end; its result says why."""
        self._greeting = Deadline()
        self._starts = 0
        self._last_exit: str | None = None

    # What surfaces and turns ask of a bot ------------------------------------------------------------------------

    def adopt(self, spawned: Spawned) -> None:
        """Use a process that was begun before the event loop was there; must come before ``run``."""
        self._spawned = spawned

    async def connect(self) -> Link:
        """Return a live link, starting the bot where needed. Raises ``Died`` when that try fails."""
        if self._link is not None:
            return self._link
        waiter: asyncio.Future[Link] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        self.start()
        return await waiter

    def start(self) -> None:
        """Want the bot to run; a bot that was given up is tried once more."""
        self._wanted.set()
        if self.state in (BotState.IDLE, BotState.STOPPED, BotState.FAILED):
            self._changed.set()

    def stop(self) -> None:
        """Want the bot not to run; its process is ended with the usual graces."""
        self._wanted.clear()
        self._end("was stopped")

    def restart(self) -> None:
        """End the process and start a new one at once; counts as no crash."""
        self._wanted.set()
        self._end("was restarted")

    def kill(self, reason: str) -> None:
        """End the process without grace; counts as a crash. ``reason`` continues the bot's name."""
        if self._process is not None:
            self._process.kill(reason)
        if self._link is not None:
            self._lose(self._link, reason)

    def begin_turn(self) -> None:
        """Show that a turn is under way, and have memory watched closely meanwhile."""
        if self.state is BotState.READY:
            self._enter(BotState.BUSY)
        if self._process is not None:
            self._process.watch()

    def end_turn(self) -> None:
        """Show that the turn is over."""
        if self.state is BotState.BUSY:
            self._enter(BotState.READY)

    def add_time(self, seconds: float) -> None:
        """Give a bot that is starting so much longer."""
        self._greeting.add_time(seconds)

    def status(self) -> BotStatus:
        """Describe the bot as it is now; memory is that of all of its processes."""
        process = self._process
        return BotStatus(
            name=self.spec.name,
            id=self.spec.id,
            kind=self.spec.kind,
            state=self.state,
            pid=process.pid if process else None,
            uptime_s=round(time.monotonic() - process.started_at, 3) if process else None,
            restarts=max(0, self._starts - 1),
            memory_bytes=usage.memory_bytes(process.pid) if process else None,
            last_exit=self._last_exit,
            description=self.spec.description,
        )

    def offered(self, session: str) -> tuple[BotCommand, ...]:
        """Return the commands that this process of the bot has offered in a session of ours."""
        return self._link.commands.get(self._link.sessions.get(session, ""), ()) if self._link else ()

    def log(self, line: str) -> None:
        """Add a line of the host's to the bot's log."""
        if self._process is not None:
            self._process.log(line)

    # The loop that owns the process -------------------------------------------------------------------------------

    async def run(self) -> None:
        """Keep the bot as it is wanted until cancelled; the process is gone when this returns."""
        try:
            while True:
                await self._until_wanted()
                try:
                    await self._live_once()
                except OSError as error:  # out of processes, memory or descriptors: that passes
                    self._disappointed += self._take_waiting()
                    await self._crashed(f"cannot start: {error.strerror}")
                except Exception:
                    _logger.exception("the supervision of %s failed", self.spec.name)
                    self._give_up("was given up after an error inside tellme")
        finally:
            self._end_waiting("was stopped")

    def close(self) -> None:
        """Give up a process that was begun and that ``run`` has not come to use; must come after ``run``."""
        if self._spawned is not None:
            self._spawned.close()
            self._spawned = None

    async def _until_wanted(self) -> None:
        while not self._wanted.is_set():
            self._changed.clear()
            await self._changed.wait()

    async def _live_once(self) -> None:
        """Start a process, see it through to its end, and decide what follows."""
        self._ending = asyncio.get_running_loop().create_future()
        self._enter(BotState.STARTING)
        self._starts += 1
        begin = stamp(self._spawned.at if self._spawned else time.time())
        try:
            end = await self._one_process()
        except CannotStart as error:
            self._last_exit = f"cannot start: {error.reason}"
            self._disappointed += self._take_waiting()
            await self._crashed(self._last_exit)
            return
        self._last_exit = end.describe()
        if self._ending.done():
            if self._wanted.is_set():
                self._tell(self._take_disappointed(), Died(self._ending.result()))
            else:
                self._enter(BotState.STOPPED)
                self._end_waiting(self._ending.result())
        elif end.code == EX_CONFIG:
            self._give_up(f"says that its configuration is wrong (exit code {EX_CONFIG}){self._last_words(begin)}")
        else:
            await self._crashed(end.describe())

    async def _one_process(self) -> Exit:
        """See one process through from its start to its end. Raises ``CannotStart``."""
        spawned = self._spawned or self._spawner.spawn(self._launch)
        self._spawned = None
        process = await Process.adopt(spawned)
        self._process = process
        link = self._new_link(process)
        process.listen(lambda data: self._take(process, link, data), lambda: self._muted(process))
        ended = asyncio.ensure_future(process.wait())
        self._lost = False
        for end in (ended, self._ending):
            end.add_done_callback(lambda _: self._lose(link, self._reason(ended)))
        try:
            if await self._greet(link, process):
                self._link = link
                await asyncio.wait((ended, self._ending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._link = None
            if not ended.done():
                self._enter(BotState.STOPPING)
            await process.stop()
            self._process = None
        return await ended

    async def _greet(self, link: Link, process: Process) -> bool:
        """Agree on the protocol and tell whoever waits. False: the process did not live through it."""
        try:
            async with self._greeting.within(self.spec.timeout):
                await link.initialize()
        except TimeoutError:
            process.kill(f"was not ready within {self.spec.timeout:g} s of its start")
        except Refused as refused:
            process.kill(refused.reason)
        except Died:
            pass
        else:
            self._enter(BotState.READY)
            self._tell(self._take_waiting(), link)
            return True
        return False

    def _take(self, process: Process, link: Link, data: bytes) -> None:
        """Hear what the bot prints. It is slowed down before it keeps the host busy, outside a turn sooner."""
        began = time.monotonic()
        link.feed(data)
        took_s = time.monotonic() - began
        self._unasked_bytes = 0 if self.state is BotState.BUSY else self._unasked_bytes + len(data)
        if self._unasked_bytes > UNASKED_BYTES_A_SECOND:
            self._unasked_bytes = 0
            self._rest(process, 1.0)
        elif took_s > LONG_READ_S:
            self._rest(process, took_s * READ_SHARE)

    def _rest(self, process: Process, seconds: float) -> None:
        process.pause_reading()
        asyncio.get_running_loop().call_later(seconds, process.resume_reading)

    def _muted(self, process: Process) -> None:
        """Its stdout is closed: it is about to end, or will never answer again."""

        def end() -> None:
            if process is self._process:
                process.kill("closed its stdout")

        asyncio.get_running_loop().call_later(MUTED_GRACE_S, end)

    def _lose(self, link: Link, reason: str) -> None:
        """This process answers no more. Who waited hears so when it is known what follows; who comes later waits for
        the next one.
        """
        if not self._lost:
            self._lost = True
            self._link = None
            link.fail(reason, final=not self._wanted.is_set())
            self._disappointed += self._take_waiting()

    def _reason(self, ended: asyncio.Future[Exit]) -> str:
        if self._ending.done() and not self._ending.cancelled():
            return self._ending.result()
        return "was stopped" if ended.cancelled() else ended.result().describe()

    def _new_link(self, process: Process) -> Link:
        if self.spec.protocol == "lines":
            return LinesLink(process.write, self.log)
        return AcpLink(self.spec.name, process.write, self.log, self._on_spoke)

    # What follows an end ------------------------------------------------------------------------------------------

    async def _crashed(self, reason: str) -> None:
        now = time.monotonic()
        self._crashes = restart.prune((*self._crashes, now), now, self.spec.restart)
        match restart.decide(self._crashes, now, self.spec.restart, _chance()):
            case restart.GiveUp(count, within):
                self._give_up(f"{reason}; given up after {count} crashes within {within:g} s")
            case restart.Restart(delay_s):
                self._tell(self._take_disappointed(), Died(reason))
                self._enter(BotState.BACKOFF, reason)
                await self._pause(delay_s)

    def _give_up(self, reason: str) -> None:
        """Start it no more by itself; whoever came since it was lost is the next message, which tries once."""
        self._enter(BotState.FAILED, reason)
        self._tell(self._take_disappointed(), Died(reason, final=True))
        if not self._waiting:
            self._wanted.clear()

    async def _pause(self, delay_s: float) -> None:
        """Wait before the next start; a stop or a restart ends the wait."""
        self._changed.clear()
        if self._wanted.is_set():  # else it was stopped before it came to this
            with suppress(TimeoutError):
                async with asyncio.timeout(delay_s):
                    await self._changed.wait()
        if not self._wanted.is_set():
            self._enter(BotState.STOPPED)
            self._end_waiting("was stopped")

    def _end(self, reason: str) -> None:
        if not self._ending.done():
            self._ending.set_result(reason)
        if self._process is None and self.state in (BotState.IDLE, BotState.FAILED) and not self._wanted.is_set():
            self._enter(BotState.STOPPED)
        self._changed.set()

    def _take_waiting(self) -> list[asyncio.Future[Link]]:
        waiting, self._waiting = self._waiting, []
        return waiting

    def _take_disappointed(self) -> list[asyncio.Future[Link]]:
        disappointed, self._disappointed = self._disappointed, []
        return disappointed

    def _end_waiting(self, reason: str) -> None:
        """There will be no next process by itself: nobody need wait for it."""
        self._tell(self._take_disappointed() + self._take_waiting(), Died(reason, final=True))

    def _tell(self, waiters: list[asyncio.Future[Link]], outcome: Link | Died) -> None:
        for waiter in waiters:
            if waiter.done():  # who waited was cancelled
                continue
            if isinstance(outcome, Died):
                waiter.set_exception(outcome)
            else:
                waiter.set_result(outcome)

    def _last_words(self, begin: str) -> str:
        """Return what the process that began then has said last; where that is long, the newest of it."""
        words = words_since(self._launch.log_path, begin, LAST_LINES)
        while len(words) > 1 and len(" / ".join(words)) > LAST_CHARS:
            del words[0]
        return f": {shorten(' / '.join(words), LAST_CHARS).rstrip('.')}" if words else ""

    def _enter(self, state: BotState, reason: str = "") -> None:
        if state is not self.state:
            self.state = state
            self._on_state(StateChanged(self.spec.id, state, reason, time.time()))


def _chance() -> float:
    """Return a random number in [0, 1); the module ``random`` costs 1.4 ms to import."""
    return os.urandom(1)[0] / 256
