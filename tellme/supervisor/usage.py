"""How much memory a bot takes, as far as the system tells."""

from __future__ import annotations

from tellme.supervisor.linux import descendants, resident_bytes


def memory_bytes(pid: int) -> int | None:
    """Return the resident bytes of a process and all below it; ``None`` when it has ended or this is not known."""
    own = resident_bytes(pid)
    if own is None:
        return None
    return own + sum(resident_bytes(below) or 0 for below in descendants(pid))
