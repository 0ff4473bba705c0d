"""A bot's process as the host's event loop sees it: bytes in, bytes out, how it ended, and that it surely ends.

The only file of the host's that knows how a process looks. It reads and writes the pipes itself (asyncio's subprocess
support loses exits and output in places, CPython issue 119710) and learns of the end from the warden, by event.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress

from tellme.supervisor.pipes import Input, Output
from tellme.supervisor.reaping import signal
from tellme.supervisor.spawn import Spawned
from tellme.values import NamedTuple

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from typing import Self, TypeVar

    from tellme.supervisor.activity import Activity

    T = TypeVar("T")

MAX_QUEUED_BYTES = 32 * 1024 * 1024
"""The most that may wait for a bot that does not read its stdin."""
START_S = 20.0
"""How long it may take until the program runs; what it does then has a timeout of its own."""
CLOSE_GRACE_S = 2.0
TERM_GRACE_S = 2.0
CONFIRM_S = 2.0
"""How long a warden may take to carry out a kill before the host does it by itself."""
LAST_OUTPUT_S = 1.0
"""How long after its exit a bot's output may go on."""
WATCH_EVERY_S = 0.5
MAX_LOG_LINE = 8 * 1024
LOG_LINES_A_SECOND = 100


class Exit(NamedTuple):
    """How a process ended."""

    code: int | None
    signal: int | None
    reason: str | None
    """Why tellme ended it, where it did; continues a sentence that begins with the bot's name."""

    def describe(self) -> str:
        """Say it so that it continues a sentence that begins with the bot's name."""
        if self.reason:
            return self.reason
        if self.signal is not None:
            return f"was killed by {_signal_name(self.signal)}"
        return f"exited with code {self.code}"


class CannotStart(Exception):
    """The program could not be run. The text says why, in a few words (``bot.py: no such file``)."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Process:
    """A running bot. Made by ``adopt``; ended with ``stop``, which is safe to call at any time and more than once."""

    def __init__(self, spawned: Spawned) -> None:
        self._loop = asyncio.get_running_loop()
        self.pid = 0
        self.warden_pid = 0
        self.started_at = time.monotonic()
        self.log_problem: str | None = None
        """Why the log cannot be written, where it cannot."""
        self._on_log_problem: Callable[[str], None] | None = None
        self._output = Output(self._loop, spawned.stdout, hangs_up=spawned.on_terminal)
        self._input = _input(self._loop, spawned)
        self._control = spawned.control
        self._reports = b""
        self._started: asyncio.Future[str | None] = self._loop.create_future()
        self._gone: asyncio.Future[None] = self._loop.create_future()
        """The warden is gone, and so is everything below it."""
        self._exited: asyncio.Future[Exit] = self._loop.create_future()
        self._exit: Exit | None = None
        self._ended_at: float | None = None
        self._kill_reason: str | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._confirm: asyncio.TimerHandle | None = None
        self._watched_at = 0.0
        self._logged_lines = 0
        """In this second."""
        self._loop.add_reader(self._control, self._read_reports)

    @classmethod
    async def adopt(
        cls,
        spawned: Spawned,
        on_data: Callable[[bytes], None] | None = None,
        on_close: Callable[[], None] | None = None,
    ) -> Self:
        """Take over a process that is being started; returns when it runs. Raises ``CannotStart``.

        Owns the descriptors from here on, also when it raises or is cancelled.
        """
        process = cls(spawned)
        process._read_reports()
        try:
            async with asyncio.timeout(START_S):
                problem = await process._started
        except TimeoutError:
            problem = f"its program did not run within {START_S:g} s"
        except BaseException:
            process._give_up()
            raise
        if problem is not None:
            process._give_up()
            raise CannotStart(problem)
        if on_data is not None:
            process.listen(on_data, on_close)
        return process

    # Talking to it ------------------------------------------------------------------------------------------------

    def listen(self, on_data: Callable[[bytes], None], on_close: Callable[[], None] | None = None) -> None:
        """Deliver what the bot prints, as it comes, and once that no more will come. Until then nothing is read."""
        self._output.listen(on_data, on_close)

    def pause_reading(self) -> None:
        """Stop reading, so that a bot whose output nobody consumes has to wait."""
        self._output.pause()

    def resume_reading(self) -> None:
        """Go on reading."""
        self._output.resume()

    def write(self, data: bytes) -> None:
        """Send ``data`` to the bot, at once where its pipe has room. To a bot that has ended it goes nowhere.

        A bot that leaves more than ``MAX_QUEUED_BYTES`` unread is killed; ``drain`` waits before that happens.
        """
        self._input.write(data)
        if self._input.queued_bytes > MAX_QUEUED_BYTES:
            self.kill(f"does not read its input ({self._input.queued_bytes >> 20} MiB wait for it)")

    def close_input(self) -> None:
        """Close the bot's stdin; what is queued is lost."""
        self._input.close()

    def interrupt(self) -> None:
        """Interrupt what the bot does, where it has a terminal; else nothing happens."""
        self._input.interrupt()

    def echoes(self) -> bool | None:
        """Tell whether what is written comes back; ``None`` where that is the bot's own affair."""
        return self._input.echoes()

    def has_unread(self) -> bool:
        """Has the bot printed something that was not read yet?"""
        return self._output.has_unread()

    def activity(self) -> Activity:
        """Look how much the bot has computed by now."""
        from tellme.supervisor.activity import Activity

        return Activity(self.pid)

    async def drain(self) -> None:
        """Wait until the bot has taken all that was written, or has closed its stdin."""
        await self._input.drain()

    def watch(self) -> None:
        """Have memory looked at more often for a while, because the bot has something to do."""
        now = time.monotonic()
        if now - self._watched_at >= WATCH_EVERY_S:
            self._watched_at = now
            self._command(b"watch")

    def log(self, line: str) -> None:
        """Add a line of the host's to the bot's log; of a flood of them the rest of a second is only counted."""
        if self._logged_lines == 0:
            self._loop.call_later(1.0, self._count_unlogged)
        self._logged_lines += 1
        if self._logged_lines <= LOG_LINES_A_SECOND:
            self._log_now(line)

    def listen_log_problem(self, on_problem: Callable[[str], None]) -> None:
        """Say why the log cannot be written, if that is so or comes to be."""
        self._on_log_problem = on_problem
        if self.log_problem is not None:
            on_problem(self.log_problem)

    def _count_unlogged(self) -> None:
        unlogged, self._logged_lines = self._logged_lines - LOG_LINES_A_SECOND, 0
        if unlogged > 0:
            self._log_now(f"[… {unlogged} more lines of tellme's own]")

    def _log_now(self, line: str) -> None:
        self._command(b"log " + line[:MAX_LOG_LINE].replace("\n", " ").encode(errors="replace"))

    @property
    def uptime_s(self) -> float:
        """How long it runs, or ran."""
        return round((self._ended_at or time.monotonic()) - self.started_at, 3)

    # Its end ------------------------------------------------------------------------------------------------------

    @property
    def exit(self) -> Exit | None:
        """How it ended; ``None`` until that is known and all that the bot printed has been delivered."""
        return self._exited.result() if self._exited.done() else None

    async def wait(self) -> Exit:
        """Wait for the end; all that the bot printed has been delivered by then."""
        return await asyncio.shield(self._exited)

    def kill(self, reason: str | None = None) -> None:
        """Kill the bot and all that it started, without grace; ``wait`` tells when that is done."""
        self._kill_reason = self._kill_reason or reason
        self._command(b"kill")
        if self._confirm is None and not self._gone.done():
            self._confirm = self._loop.call_later(CONFIRM_S, self._kill_by_pid)

    async def stop(self, graces: tuple[float, float] = (CLOSE_GRACE_S, TERM_GRACE_S)) -> Exit:
        """End the bot and all that it started: stdin closed, grace, SIGTERM, grace, SIGKILL; returns when all are gone.

        ``graces`` are the two waits, in seconds. A caller that is cancelled still waits for the end, then sees its
        cancellation.
        """
        if self._stopping is None:
            self._stopping = self._loop.create_task(self._end(graces))
        cancelled: asyncio.CancelledError | None = None
        while not self._stopping.done():
            try:
                await asyncio.wait((self._stopping,))
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled
        return self._exited.result()

    async def _end(self, graces: tuple[float, float]) -> None:
        self._count_unlogged()
        self._input.close()
        if not await self._gone_within(graces[0]):
            self._command(b"term")
            if not await self._gone_within(graces[1]):
                self.kill()
        await self._gone
        await self._exited

    async def _gone_within(self, seconds: float) -> bool:
        done, _ = await asyncio.wait((self._gone,), timeout=seconds)
        return bool(done)

    def _kill_by_pid(self) -> None:
        """The warden does not answer: something has stopped it. What it leaves behind, the spawner kills."""
        for pid in (self.warden_pid, self.pid):
            if pid > 0:  # 0 would be our own process group
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    # What the warden reports --------------------------------------------------------------------------------------

    def _command(self, line: bytes) -> None:
        """Begins with a newline because the line before may have been cut where the socket was full."""
        if not self._gone.done():
            with suppress(OSError):  # a warden that is stuck or gone; both are found out elsewhere
                os.write(self._control, b"\n" + line + b"\n")

    def _read_reports(self) -> None:
        try:
            data = os.read(self._control, 4096)
        except BlockingIOError:
            return
        except OSError:  # it was killed with commands unread
            data = b""
        *lines, self._reports = (self._reports + data).split(b"\n")
        for line in lines:
            self._reported(line.decode(errors="replace"))
        if not data:
            self._lost_warden()

    def _reported(self, line: str) -> None:
        what, _, rest = line.partition(" ")
        if what == "pid":
            self.pid, self.warden_pid = map(int, rest.split())
            self.started_at = time.monotonic()
            _settle(self._started, None)
        elif what == "cannot":
            _settle(self._started, rest)
        elif what == "log":
            self.log_problem = rest
            if self._on_log_problem is not None:
                self._on_log_problem(rest)
        elif what == "exit":
            self._ended(_read_exit(rest))

    def _lost_warden(self) -> None:
        """The warden is gone, and with it everything below. If it did not say how the bot ended, it was killed."""
        self._close_control()
        _settle(self._started, "its spawner or warden was killed")
        self._ended(Exit(None, None, "lost its warden, which was killed"))

    def _ended(self, end: Exit) -> None:
        if self._exit is None:
            self._exit = end._replace(reason=self._kill_reason or end.reason)
            self._ended_at = time.monotonic()
            self._input.close()
            self._output.finish(LAST_OUTPUT_S, self._finished)

    def _finished(self) -> None:
        if self._exit is not None:
            _settle(self._exited, self._exit)

    def _give_up(self) -> None:
        """Close everything; a warden that is there ends its bot."""
        self._close_control()
        self._input.close()
        self._output.close()

    def _close_control(self) -> None:
        if self._gone.done():
            return
        self._gone.set_result(None)
        self._loop.remove_reader(self._control)
        os.close(self._control)
        if self._confirm is not None:
            self._confirm.cancel()


def _input(loop: asyncio.AbstractEventLoop, spawned: Spawned) -> Input:
    if not spawned.on_terminal:
        return Input(loop, spawned.stdin)
    from tellme.supervisor.keyboard import Keyboard

    return Keyboard(loop, spawned.stdin)


def _settle(future: asyncio.Future[T], value: T) -> None:
    if not future.done():
        future.set_result(value)


def _read_exit(report: str) -> Exit:
    """``code 3`` or ``signal 9``, and the reason if there is one."""
    how, number, *reason = report.split(" ", 2)
    why = reason[0] if reason else None
    return Exit(int(number), None, why) if how == "code" else Exit(None, int(number), why)


def _signal_name(number: int) -> str:
    from signal import Signals

    try:
        return Signals(number).name
    except ValueError:  # real-time signals have no name
        return f"signal {number}"
