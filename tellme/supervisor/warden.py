"""The warden of one bot: its parent, and the parent of all that it leaves behind.

It tells the host how the bot ended, carries out its commands, holds the memory limit, and drains stderr into the log.
The promise: when the bot ends, or the host does, however that happens, every process below the warden is killed and
reaped, and then the warden itself ends.

The host sends a ``Launch``, then lines: ``term``, ``kill``, ``watch``, ``log TEXT``. The warden answers in lines:
``pid BOT WARDEN`` or ``cannot REASON``, then ``exit code|signal NUMBER [REASON]``. Its end is the end of the stream.
"""

from __future__ import annotations

import os
import select
import time

from tellme.supervisor import linux
from tellme.supervisor.child import become_bot
from tellme.supervisor.launch import LENGTH_BYTES, Launch
from tellme.supervisor.log import Log
from tellme.supervisor.reaping import Wakeup, kill_all, reap, send, signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from tellme.supervisor.child import Role

HOST_GONE_GRACE_S = 0.3
"""How long a bot may take to end by itself after its host."""
SWEEP_S = (0.01, 1.0)
"""The shortest and the longest wait before what is left behind is killed again: something may not be ours to kill."""
UNKILLABLE_S = 2.0
"""After so long the exit is reported, even if something hangs in the kernel and cannot be killed."""
SAMPLE_S = (0.05, 1.0)
"""The shortest and the longest time between two looks at memory."""
SAMPLE_SHARE = 20
"""Looking takes at most one part in so many of the time."""
FLOOD_BYTES = 256 * 1024
FLOOD_PAUSE_S = 0.001
"""A wait after so many bytes while lines are dropped: a flood costs the bot that makes it, not the others."""
READ_BYTES = 64 * 1024


def keep_warden(control: int, stdin: int, stdout: int) -> Role | None:
    """Be a warden in a fork of the spawner. Returns only in the bot's own fork, with what that goes on with."""
    os.setsid()
    linux.adopt_orphans()
    wakeup = Wakeup()
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGCHLD))
    launch = _read_launch(control)
    if launch is None:
        os._exit(0)
    stderr, bots_stderr = os.pipe()
    status, bots_status = os.pipe()
    me = os.getpid()
    try:
        bot = os.fork()
    except OSError as error:
        os.write(control, f"cannot {os.strerror(error.errno or 0)}\n".encode())
        os._exit(0)
    if bot == 0:
        wakeup.close()
        standard = stdin, stdout, stdout if launch.pty else bots_stderr
        return lambda: become_bot(launch, standard, bots_status, me)
    for descriptor in (stdin, stdout, bots_stderr, bots_status):
        os.close(descriptor)
    linux.set_title(f"tellme: warden of {launch.name}")
    Warden(launch, bot, wakeup, control, stderr, status).run()
    os._exit(0)


def _read_launch(control: int) -> Launch | None:
    """Wait for what to run; ``None`` if the host has gone without saying it."""
    header = _read_exactly(control, LENGTH_BYTES)
    body = _read_exactly(control, int.from_bytes(header, "big")) if header else b""
    return Launch.unpack(body) if body else None


def _read_exactly(descriptor: int, count: int) -> bytes:
    data = b""
    while len(data) < count:
        try:
            chunk = os.read(descriptor, count - len(data))
        except ConnectionError:
            return b""
        if not chunk:
            return b""
        data += chunk
    return data


class Warden:
    """The loop: what is readable is read, what is due is done, until nothing is left below."""

    def __init__(self, launch: Launch, bot: int, wakeup: Wakeup, control: int, stderr: int, status: int) -> None:
        self._bot = bot
        self._wakeup = wakeup
        self._control = control
        self._stderr = stderr
        self._status = status
        self._commands = b""
        self._log = Log(launch.log_path, launch.log_max_bytes, time.monotonic(), self._report_log_problem)
        self._on_terminal = launch.pty
        self._memory_limit = launch.memory_bytes
        self._sample_s = SAMPLE_S[0]
        self._memory = 0
        self._sweep_s = SWEEP_S[0]
        self._flood_bytes = 0
        self._exit: str | None = None
        self._reason = ""
        self._reported = False
        self._finished = False
        self._due: dict[Callable[[], None], float] = {}
        self._poll = select.poll()
        self._readers: dict[int, Callable[[], None]] = {}

    def run(self) -> None:
        """Watch over the bot until it and all that it started are gone."""
        self._begin()
        try:
            while not self._finished:
                self._step()
        except Exception as error:
            kill_all()
            self._report(f"exit signal {signal.SIGKILL} was killed because its warden failed: {error!r}")

    def rehearse(self) -> None:
        """Do what every warden does when its bot has started; the bot is none, and nothing is ended."""
        self._begin()
        self._step()
        self._sample()

    def _begin(self) -> None:
        os.set_blocking(self._stderr, False)
        self._listen(self._control, self._read_commands)
        self._listen(self._wakeup.descriptor, self._woken)
        self._listen(self._stderr, self._read_stderr)
        self._listen(self._status, self._read_status)
        if self._memory_limit is not None:
            self._in(self._sample_s, self._sample)

    def _step(self) -> None:
        for descriptor, _ in self._poll.poll(self._timeout_ms()):
            self._readers.get(descriptor, _nothing)()
        self._do_what_is_due()

    # Waiting ------------------------------------------------------------------------------------------------------

    def _listen(self, descriptor: int, reader: Callable[[], None]) -> None:
        self._readers[descriptor] = reader
        self._poll.register(descriptor, select.POLLIN)

    def _ignore(self, descriptor: int) -> None:
        if self._readers.pop(descriptor, None) is not None:
            self._poll.unregister(descriptor)

    def _in(self, seconds: float, action: Callable[[], None]) -> None:
        self._due[action] = time.monotonic() + seconds

    def _timeout_ms(self) -> int | None:
        if not self._due:
            return None
        return max(0, int((min(self._due.values()) - time.monotonic()) * 1000 + 0.999))

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        for action in [action for action, at in self._due.items() if at <= now]:
            del self._due[action]
            action()

    # The host -----------------------------------------------------------------------------------------------------

    def _read_commands(self) -> None:
        try:
            data = os.read(self._control, READ_BYTES)
        except OSError:
            data = b""
        if not data:
            self._ignore(self._control)
            self._end_all()
            return
        *lines, self._commands = (self._commands + data).split(b"\n")
        for line in lines:
            self._obey(line)

    def _obey(self, line: bytes) -> None:
        command, _, text = line.partition(b" ")
        if command == b"term":
            self._terminate()
        elif command == b"kill":
            self._kill()
        elif command == b"watch":
            self._watch_closely()
        elif command == b"log":
            self._log.line(text.decode(errors="replace"), time.monotonic())

    def _report(self, line: str) -> None:
        try:
            os.write(self._control, line.replace("\n", " ").encode(errors="replace") + b"\n")
        except OSError:
            return  # the host is gone, which the next read finds out

    def _report_log_problem(self, problem: str) -> None:
        self._report(f"log {problem}")

    # The bot's start, output and end ------------------------------------------------------------------------------

    def _read_status(self) -> None:
        """The pipe closes when the bot's program runs; until then it carries why it does not."""
        problem = os.read(self._status, 4096).decode(errors="replace")
        self._report(f"cannot {problem}" if problem else f"pid {self._bot} {os.getpid()}")
        self._ignore(self._status)

    def _read_stderr(self) -> None:
        data = self._take_stderr()
        if not data:
            return
        self._log.feed(data, time.monotonic())
        self._flood_bytes = self._flood_bytes + len(data) if self._log.flooded else 0
        if self._flood_bytes >= FLOOD_BYTES:
            self._flood_bytes = 0
            self._ignore(self._stderr)
            self._in(FLOOD_PAUSE_S, self._resume_stderr)
        if self._log.dropped:
            self._in(1.0, self._count_dropped)

    def _take_stderr(self) -> bytes:
        try:
            data = os.read(self._stderr, READ_BYTES)
        except BlockingIOError:
            return b""
        if not data:
            self._ignore(self._stderr)
        return data

    def _resume_stderr(self) -> None:
        self._listen(self._stderr, self._read_stderr)

    def _count_dropped(self) -> None:
        self._log.count_dropped(time.monotonic())
        if self._log.dropped:
            self._in(1.0, self._count_dropped)

    def _woken(self) -> None:
        if signal.SIGTERM in self._wakeup.take():
            self._end_all()
        self._reap()

    def _reap(self) -> None:
        ended, some_left = reap()
        for pid, status in ended:
            if pid == self._bot:
                self._bot_ended(status)
        if self._exit is not None:
            if some_left:
                self._in(0, self._sweep)
            else:
                self._finish()

    def _bot_ended(self, status: int) -> None:
        code = os.waitstatus_to_exitcode(status)
        self._exit = f"code {code}" if code >= 0 else f"signal {-code}"
        self._due.pop(self._sample, None)
        self._in(UNKILLABLE_S, self._report_exit)

    def _sweep(self) -> None:
        """The bot has ended: kill what it has left behind, until nothing is left."""
        kill_all()
        self._in(self._sweep_s, self._reap)
        self._sweep_s = min(self._sweep_s * 2, SWEEP_S[1])

    def _finish(self) -> None:
        """Nothing is below any more, so the pipes hold all that was ever printed."""
        if not self._finished:
            self._finished = True
            while data := self._take_stderr():
                self._log.feed(data, time.monotonic())
            self._log.close()
            self._report_exit()

    def _report_exit(self) -> None:
        if self._status in self._readers:  # it ended faster than its start was reported
            self._read_status()
        if not self._reported:
            self._reported = True
            self._report(f"exit {self._exit} {self._reason}".rstrip())

    # Ending it ----------------------------------------------------------------------------------------------------

    def _terminate(self) -> None:
        if self._exit is None:
            if self._on_terminal:  # a shell ignores the other
                send(self._bot, signal.SIGHUP, group=True)
            send(self._bot, signal.SIGTERM, group=True)
            send(self._bot, signal.SIGCONT, group=True)  # a stopped process does not see the first

    def _kill(self) -> None:
        if self._exit is None:
            send(self._bot, signal.SIGKILL, group=True)
        kill_all()

    def _end_all(self) -> None:
        """The host is gone, or this process was told to end."""
        self._terminate()
        self._in(HOST_GONE_GRACE_S, self._kill)

    # Memory -------------------------------------------------------------------------------------------------------

    def _sample(self) -> None:
        """Compare each process with the limit; look again soon while they grow, seldom while they do not."""
        began = time.monotonic()
        limit = self._memory_limit or 0
        sizes = [linux.resident_bytes(pid) or 0 for pid in linux.descendants(os.getpid())]
        largest = max(sizes, default=0)
        if largest > limit:
            self._reason = f"passed its memory limit ({_mebibytes(largest)} of {_mebibytes(limit)})"
            self._kill()
            return
        grown = sum(sizes) > self._memory * 1.01
        self._memory = sum(sizes)
        self._sample_s = SAMPLE_S[0] if grown else min(self._sample_s * 2, SAMPLE_S[1])
        cost = time.monotonic() - began
        self._in(max(self._sample_s, cost * SAMPLE_SHARE), self._sample)

    def _watch_closely(self) -> None:
        if self._memory_limit is not None and self._exit is None:
            self._sample_s = SAMPLE_S[0]
            self._in(self._sample_s, self._sample)


def _mebibytes(count: int) -> str:
    return f"{(count + 2**20 - 1) // 2**20} MiB"


def _nothing() -> None:
    """What an event of a descriptor does that the one before it has closed."""
