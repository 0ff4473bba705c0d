"""What comes to the host when something has killed the spawner and a warden: it is killed here.

The last part of "nothing is left behind": the host adopts what loses its parents, and hears of it by SIGCHLD, which the
kernel sends when the orphans are there already. Only what carries the mark of a bot is killed (``linux.mark``); a
program that the host started for the person may leave daemons behind.
"""

from __future__ import annotations

import asyncio
import os

from tellme.supervisor import linux
from tellme.supervisor.reaping import kill_all, signal


class Strays:
    """Made in the host's event loop; watches from ``begin``, which takes about a millisecond, to ``end``."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._to_reap: set[int] = set()

    def begin(self) -> None:
        """Adopt orphans from now on. Without effect outside of the main thread, where no signal comes."""
        try:
            self._loop.add_signal_handler(signal.SIGCHLD, self.sweep)
        except (RuntimeError, ValueError):
            return
        linux.adopt_orphans()

    def end(self) -> None:
        """Kill what is there, and leave what comes later to the system."""
        if self._loop.remove_signal_handler(signal.SIGCHLD):
            self.sweep()
            linux.adopt_orphans(yes=False)

    def sweep(self) -> None:
        """Kill what bots have left below this process; reap that, and the wardens that came here without a spawner."""
        self._to_reap = {pid for pid in self._to_reap if not _reaped(pid)}
        unmarked = linux.marks(os.getpid())
        marks = {pid: linux.marks(pid) - unmarked for pid in linux.children(os.getpid())}
        self._to_reap |= {pid for pid, count in marks.items() if count >= linux.WARDEN}
        strays = [pid for pid, count in marks.items() if count >= linux.BOT]
        if strays:
            kill_all(*strays)


def _reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
