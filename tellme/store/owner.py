"""Who works on an open turn: which process that is, and whether it is still there.

A pid alone is used again, so the time of its start goes with it; that is counted from boot, so the boot goes with both:
a host that systemd starts with the machine would else find its own pid and start time again after a power cut.
"""

from __future__ import annotations

import os

INTERRUPTED = "interrupted: tellme ended before the reply"
"""Why an open turn failed whose process is gone."""


def current() -> str:
    """Name this process: ``pid:start:boot``; the last two are empty where there is no ``/proc``."""
    pid = os.getpid()
    return f"{pid}:{_start(pid) or ''}:{_boot()}"


def is_alive(owner: str) -> bool:
    """Tell whether the process that ``current`` named so still runs."""
    pid, start, boot = (*owner.split(":"), "", "")[:3]
    if not pid.isdecimal():
        return False
    if not start:
        return _answers(int(pid))
    return boot == _boot() and start == _start(int(pid))


def _start(pid: int) -> str | None:
    """Read when the process started, in clock ticks since boot; ``None`` if it is gone, or is a zombie."""
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 and fields[0] not in "ZX" else None


def _boot() -> str:
    return _read("/proc/sys/kernel/random/boot_id")[:8]


def _read(file: str) -> str:
    try:
        descriptor = os.open(file, os.O_RDONLY)
        try:
            return os.read(descriptor, 4096).decode("utf-8", "replace")
        finally:
            os.close(descriptor)
    except OSError:
        return ""


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
