"""Patterns of a manifest that cannot be tried within a time limit. The promise: they are told when the file is read."""

from __future__ import annotations

from typing import Any

from tellme.host.toml import Section, shown
from tellme.model import BotSpec


def bounded(section: Section, bot: BotSpec | None) -> BotSpec | None:
    """Return the bot, unless one of its patterns cannot be; not for built-in ones, whose patterns need no limit."""
    keys = [key for key in ("patterns", "prompt", "end") if key in section.table]
    if bot is None or not keys:
        return bot
    from tellme.wire.patterns import problem

    noted = len(section.problems)
    for key, pattern in [(each, pattern) for each in keys for pattern in _listed(section.table[each])]:
        if (why := problem(pattern)) is not None:
            section.problem(f"{shown(pattern)} is no regular expression that can be used here: {why}", key)
    return bot if len(section.problems) == noted else None


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value
