"""Whether a bot computes: how much time on a processor its processes have taken, as far as the system says."""

from __future__ import annotations

import os

from tellme.supervisor import linux

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_STATE, _USED = 0, slice(11, 15)
"""Places of proc(5)'s ``state`` and ``utime`` to ``cstime`` among the fields of ``stat`` after the command's name."""


class Activity:
    """What a process and all below it had done at one moment."""

    def __init__(self, pid: int) -> None:
        fields = [_stat(each) for each in (pid, *linux.descendants(pid))]
        self.used_s = sum(int(used) for each in fields for used in each[_USED]) * _TICK_S
        self.is_running = any(each[_STATE] == b"R" for each in fields if each)


def _stat(pid: int) -> list[bytes]:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()
    except OSError:  # it has ended, or there is no such file on this system
        return []
