"""Words that the lines of ``tellme bots`` have in common. Pure."""

from __future__ import annotations

import shlex


def quoted(name: str) -> str:
    """Return a bot's name as it is typed in a shell."""
    return f'"{name}"' if " " in name else shlex.quote(name)


def several(count: int, thing: str) -> str:
    """Count things: ``1 bot``, ``2 bots``."""
    return f"{count} {thing}{'s' * (count != 1)}"
