"""One bot's life: its states, its process, its restarts. A failure of the bot becomes a state here and goes no further.

In the spirit of OTP's ``supervisor``: a child is restarted on any exit that was not asked for, within limits; how
long to wait is a pure function (``restart.py``); a stop overtakes a restart that is waiting.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from tellme.model import BotCommand, BotSpec, BotState, BotStatus, Exit, HostEvent, Notice, StateChanged
from tellme.supervisor import exits, restart, usage
from tellme.supervisor.health import HealthCheck, Manners
from tellme.supervisor.launch import Launch
from tellme.supervisor.life import STOPPED, Life, OnSpoke
from tellme.supervisor.link import Died, Link
from tellme.supervisor.log import stamp
from tellme.supervisor.process import CannotStart, Process
from tellme.supervisor.spawn import Spawned, Spawner
from tellme.supervisor.turn_lock import TurnLock
from tellme.supervisor.waiting import Waiting

_logger = logging.getLogger(__name__)

RENEWED = "was restarted with its new definition"
REMOVED = "was removed"

OnEvent = Callable[[HostEvent], None]


class Bot:
    """A bot that is kept alive from the first ``connect`` or ``start`` until ``stop``.

    ``run`` is the one loop that owns its processes; all else only says what is wanted or waits for what comes.
    """

    def __init__(
        self,
        spec: BotSpec,
        launch: Launch,
        spawner: Spawner,
        on_event: OnEvent,
        on_spoke: OnSpoke,
        health: HealthCheck | None = HealthCheck(),  # noqa: B008
    ) -> None:
        """``on_event`` hears of states, of each end of a process, and of what is wrong with the log."""
        self.spec = spec
        self.state = BotState.IDLE
        self.turns = TurnLock(self._between_turns)
        """Held for the length of a turn: one at a time, first come, first served."""
        self._launch = launch
        self._next: tuple[BotSpec, Launch] | None = None
        """What it is from its next process on, where that has changed."""
        self._retired = False
        self._spawner = spawner
        self._on_event = on_event
        self._on_spoke = on_spoke
        self._health = health
        self._manners = Manners()
        self._spawned: Spawned | None = None
        self._life: Life | None = None
        """The process that runs."""
        self._wanted = asyncio.Event()
        self._changed = asyncio.Event()
        """Set when ``run`` should look again at what is wanted: a stop, a restart, a start."""
        self._waiting = Waiting()
        self._crashes: tuple[float, ...] = ()
        self._ending: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Done when this process of the bot should end; its result says why."""
        self._starts = 0
        self._began = ""
        """The stamp in its log from which on this process may have said something."""
        self._last_exit: str | None = None
        self._log_problem: str | None = None

    # What surfaces and turns ask of a bot ------------------------------------------------------------------------

    def adopt(self, spawned: Spawned) -> None:
        """Use a process that was begun before the event loop was there; must come before ``run``."""
        self._spawned = spawned

    async def connect(self) -> Link:
        """Return a live link, starting the bot where needed. Raises ``Died`` when that try fails."""
        if (link := self.link) is not None:
            return link
        if self._retired:
            raise Died(REMOVED, final=True)
        waiter = self._waiting.join()
        self.start()
        return await waiter

    def start(self) -> None:
        """Want the bot to run; a bot that was given up is tried once more."""
        if self._retired:
            return
        self._wanted.set()
        if self.state in (BotState.IDLE, BotState.STOPPED, BotState.FAILED):
            self._changed.set()

    def stop(self) -> None:
        """Want the bot not to run; its process is ended with the usual graces."""
        self._wanted.clear()
        self._end_link(STOPPED)

    def restart(self) -> None:
        """End the process and start a new one at once; counts as no crash."""
        if not self._retired:
            self._wanted.set()
            self._end_link("was restarted")

    def replace(self, spec: BotSpec, launch: Launch) -> None:
        """Be this from the next process on. A running one is ended between two turns, which counts as no crash.

        Whoever waits goes to the new one; earlier crashes are forgotten.
        """
        self._next = spec, launch
        if not self._is_in_turn():
            self._renew()

    def retire(self) -> None:
        """End for good, after the turn that is open; turns that wait fail, and ``run`` returns."""
        self._retired = True
        if not self._is_in_turn():
            self._leave()

    def kill(self, reason: str) -> None:
        """End the process without grace; counts as a crash. ``reason`` continues the bot's name."""
        if self._life is not None:
            self._life.kill(reason)

    def begin_turn(self) -> None:
        """Show that a turn is under way, and have memory watched closely meanwhile."""
        if self.state is BotState.READY:
            self._enter(BotState.BUSY)
        if self._life is not None:
            self._life.process.watch()

    def end_turn(self) -> None:
        """Show that the turn is over."""
        if self.state is BotState.BUSY:
            self._enter(BotState.READY)

    def add_time(self, seconds: float) -> None:
        """Give a bot that is starting so much longer."""
        if self._life is not None:
            self._life.add_time(seconds)

    def status(self) -> BotStatus:
        """Describe the bot as it is now; memory is that of all of its processes."""
        process = self._life.process if self._life else None
        return BotStatus(
            name=self.spec.name,
            id=self.spec.id,
            kind=self.spec.kind,
            state=self.state,
            pid=process.pid if process else None,
            uptime_s=process.uptime_s if process else None,
            restarts=max(0, self._starts - 1),
            memory_bytes=usage.memory_bytes(process.pid) if process else None,
            last_exit=self._last_exit,
            description=self.spec.description,
        )

    def offered(self, session: str) -> tuple[BotCommand, ...]:
        """Return the commands that this process of the bot has offered in a session of ours."""
        return self.link.sessions.offered(session) if self.link else ()

    def close_session(self, session: str) -> None:
        """Have the bot's process, where there is one, let go of a session of ours."""
        if self.link is not None:
            self.link.close_session(session)

    # The loop that owns the processes -----------------------------------------------------------------------------

    async def run(self) -> None:
        """Keep the bot as it is wanted, until it is cancelled or retired; the process is gone when this returns."""
        try:
            while await self._is_wanted():
                try:
                    await self._live_once()
                except OSError as error:  # out of processes, memory or descriptors: that passes
                    await self._could_not_start(error.strerror or str(error))
                except Exception:
                    _logger.exception("the supervision of %s failed", self.spec.name)
                    reason = "was given up after an error inside tellme"
                    self._give_up(exits.without_process(self.spec.id, reason))
            self._enter(BotState.STOPPED)
        finally:
            self._end_waiting(STOPPED)

    def close(self) -> None:
        """Give up a process that was begun and that ``run`` has not come to use; must come after ``run``."""
        if self._spawned is not None:
            self._spawned.close()
            self._spawned = None

    async def _is_wanted(self) -> bool:
        """Wait until the bot should run; false when it should never again."""
        while not (self._wanted.is_set() or self._retired):
            self._changed.clear()
            await self._changed.wait()
        return not self._retired

    async def _live_once(self) -> None:
        """Start a process, see it through to its end, and decide what follows."""
        self._take_over()
        self._ending = asyncio.get_running_loop().create_future()
        self._enter(BotState.STARTING)
        self._starts += 1
        self._began = stamp(self._spawned.at if self._spawned else time.time())
        try:
            end = await self._one_process()
        except CannotStart as error:
            await self._could_not_start(error.reason)
            return
        self._last_exit = end.reason
        if self._ending.done():
            self._ended_as_asked(end)
        elif end.code == exits.EX_CONFIG:
            self._give_up(end._replace(reason=exits.wrong_configuration(self._launch.log_path, self._began)))
        elif not end.crash:
            self._left(end)
        else:
            await self._crashed(end)

    async def _one_process(self) -> Exit:
        """See one process through from its start to its end. Raises ``CannotStart``."""
        spawned, self._spawned = self._spawned or self._spawner.spawn(self._launch), None
        process = await Process.adopt(spawned)
        process.listen_log_problem(self._tell_log_problem)
        life = self._life = Life(
            self.spec, process, self._ending, self._is_asked, self._lose, self._on_spoke, self._start_command
        )
        try:
            if (link := await life.greet()) is not None:
                self._enter(BotState.READY)
                self._waiting.welcome(link)
                await life.attend(self._health, self._manners, self._is_idle)
        finally:
            if not life.has_ended:
                self._enter(BotState.STOPPING)
            try:
                past = exits.of_life(self.spec.id, life, await process.stop(), self._launch.log_path, self._began)
            finally:
                life.close()
                self._life = None
            if _is_cancelled():
                self._on_event(past._replace(reason=STOPPED, crash=False, state=BotState.STOPPED))
        return past

    @property
    def link(self) -> Link | None:
        """The live link, while there is one."""
        return self._life.link if self._life else None

    @property
    def doubt(self) -> str:
        """What may be wrong with a bot that does not answer in time; continues the sentence that says so."""
        return self._life.doubt if self._life else ""

    def _start_command(self, command: Sequence[str], folder: str, env: Sequence[tuple[str, str]]) -> Spawned:
        """Start a command that the bot has run in a terminal; raises ``OSError``."""
        from tellme.supervisor.grants.launching import launch_of

        return self._spawner.spawn(launch_of(self._launch, self.spec.grants, command, folder, env))

    def _is_asked(self) -> bool:
        return self.state is BotState.BUSY

    def _is_idle(self) -> bool:
        return self.state is BotState.READY and not self.turns.locked()

    def _lose(self, link: Link, reason: str) -> None:
        """Who waited for this process hears so when it is known what follows; who comes later waits for the next."""
        end = self._life.process.exit if self._life else None
        is_misconfigured = end is not None and end.code == exits.EX_CONFIG and not self._ending.done()
        if is_misconfigured:
            reason = exits.wrong_configuration(self._launch.log_path, self._began)
        link.fail(reason, final=is_misconfigured or not self._wanted.is_set())
        self._waiting.lose()

    def _tell_log_problem(self, problem: str) -> None:
        if problem != self._log_problem:
            self._log_problem = problem
            self._on_event(Notice(f"{self.spec.name}'s log cannot be written: {problem}."))

    # What follows an end ------------------------------------------------------------------------------------------

    async def _could_not_start(self, reason: str) -> None:
        self._last_exit = f"cannot start: {reason}"
        self._waiting.lose()
        await self._crashed(exits.without_process(self.spec.id, self._last_exit))

    def _ended_as_asked(self, end: Exit) -> None:
        reason = self._ending.result()
        end = end._replace(reason=reason, crash=False)
        if not self._wanted.is_set():
            self._enter(BotState.STOPPED)
            self._on_event(end._replace(state=BotState.STOPPED))
            self._end_waiting(reason)
            return
        self._on_event(end)
        if self._next is not None:
            self._waiting.try_again()
        else:
            self._waiting.tell_lost(Died(reason))

    def _left(self, end: Exit) -> None:
        """It ended because a message had it end, as ``quit`` does: no crash. The next message starts it anew."""
        self._waiting.try_again()
        if not self._waiting:
            self._wanted.clear()
            self._enter(BotState.IDLE)
        self._on_event(end._replace(state=self.state))

    async def _crashed(self, end: Exit) -> None:
        now = time.monotonic()
        self._crashes = restart.prune((*self._crashes, now), now, self.spec.restart)
        match restart.decide(self._crashes, now, self.spec.restart, _chance()):
            case restart.GiveUp(count, within):
                self._give_up(end._replace(reason=f"{end.reason}; given up after {count} crashes within {within:g} s"))
            case restart.Restart(delay_s):
                self._waiting.tell_lost(Died(end.reason))
                self._enter(BotState.BACKOFF, end.reason)
                self._on_event(end)
                await self._pause(delay_s)

    def _give_up(self, end: Exit) -> None:
        """Start it no more by itself; whoever came since it was lost is the next message, which tries once."""
        self._enter(BotState.FAILED, end.reason)
        self._on_event(end._replace(state=BotState.FAILED))
        self._waiting.tell_lost(Died(end.reason, final=True))
        if not self._waiting:
            self._wanted.clear()

    async def _pause(self, delay_s: float) -> None:
        """Wait before the next start; a stop, a restart or a new definition ends the wait."""
        self._changed.clear()
        if self._wanted.is_set() and self._next is None:  # else that came while the process was ending
            with suppress(TimeoutError):
                async with asyncio.timeout(delay_s):
                    await self._changed.wait()
        if not self._wanted.is_set():
            self._enter(BotState.STOPPED)
            self._end_waiting(STOPPED)

    def _end(self, reason: str) -> None:
        if not self._ending.done():
            self._ending.set_result(reason)
        if self._life is None and self.state in (BotState.IDLE, BotState.FAILED) and not self._wanted.is_set():
            self._enter(BotState.STOPPED)
        self._changed.set()

    def _end_waiting(self, reason: str) -> None:
        self._waiting.end(Died(REMOVED if self._retired else reason, final=True))

    # A new definition, and the end of it ----------------------------------------------------------------------------

    def _is_in_turn(self) -> bool:
        """Has somebody the link, who must not lose it?"""
        return self.turns.locked() and self.link is not None

    def _between_turns(self) -> None:
        if self._retired:
            self._leave()
        elif self._next is not None:
            self._renew()

    def _renew(self) -> None:
        """Come to the new definition: now, or when the process that runs has ended."""
        if self.state in (BotState.STARTING, BotState.READY, BotState.BUSY):
            self._end_link(RENEWED)
        elif self._life is None:
            self._take_over()
            if self.state is BotState.FAILED:
                self._enter(BotState.IDLE)
            self._changed.set()

    def _leave(self) -> None:
        self._wanted.clear()
        self._end_link(REMOVED)
        self._end_waiting(REMOVED)

    def _end_link(self, reason: str) -> None:
        """End the process; whoever comes from here on does not get it any more."""
        self._end(reason)
        if self._life is not None:
            self._life.take_link(reason)

    def _take_over(self) -> None:
        if self._next is not None:
            self.spec, self._launch = self._next
            self._next = None
            self._crashes = ()
            self._manners = Manners()
            self.close()

    def _enter(self, state: BotState, reason: str = "") -> None:
        if state is not self.state:
            self.state = state
            self._on_event(StateChanged(self.spec.id, state, reason, time.time()))


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _chance() -> float:
    """Return a random number in [0, 1); the module ``random`` costs 1.4 ms to import."""
    return os.urandom(1)[0] / 256
