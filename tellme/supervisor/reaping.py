"""What the spawner and its wardens share: hear of children that ended, reap them, and kill all that is below."""

from __future__ import annotations

import os

from tellme.supervisor import linux

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
else:  # the module behind ``signal``, without its enums, which take a third of an interpreter's start to make
    import _signal as signal

MAX_ROUNDS = 1000
"""How often a fork bomb may get ahead of ``kill_all`` in one go."""

__all__ = ["Wakeup", "kill_all", "reap", "reset_signals", "send", "signal"]


class Wakeup:
    """A descriptor that becomes readable when a child ends, or when this process is told to terminate."""

    def __init__(self) -> None:
        self.descriptor, self._write_end = os.pipe()
        os.set_blocking(self.descriptor, False)
        os.set_blocking(self._write_end, False)
        signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, _ignore)  # ``SIG_IGN`` would have the kernel reap them

    def take(self) -> bytes:
        """Return the numbers of the signals since the last time, as bytes."""
        try:
            return os.read(self.descriptor, 4096)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        """Stop listening; for a fork that goes its own way."""
        signal.set_wakeup_fd(-1)
        os.close(self.descriptor)
        os.close(self._write_end)


def reap() -> tuple[list[tuple[int, int]], bool]:
    """Collect all children that have ended, as pid and wait status; and whether there are any left that have not."""
    ended: list[tuple[int, int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended, False
        if pid == 0:
            return ended, True
        ended.append((pid, status))


def kill_all(*roots: int) -> None:
    """Kill ``roots`` and all that is below this process or, where there are roots, below them.

    A killed process can fork no more, so that only those not yet seen can have new children: rounds are made until one
    finds no new process. They are dead, not reaped.
    """
    killed: set[int] = set()
    for _ in range(MAX_ROUNDS):
        below = [pid for top in roots or (os.getpid(),) for pid in linux.descendants(top)]
        new = [pid for pid in (*roots, *below) if pid not in killed]
        if not new:
            return
        for pid in new:
            send(pid, signal.SIGKILL)
        killed.update(new)


def send(pid: int, number: int, *, group: bool = False) -> None:
    """Send a signal to a process, or to its group, which may have ended meanwhile."""
    try:
        if group:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def reset_signals() -> None:
    """Give every signal its default action and block none, whatever the parent did (``nohup`` ignores SIGHUP)."""
    for number in signal.valid_signals():
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _ignore(number: int, frame: object) -> None:
    """Be there: the descriptor is what tells."""
