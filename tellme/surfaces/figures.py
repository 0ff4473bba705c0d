"""What bots did, as short texts: spans of time, durations, and turns over time as a row of blocks. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tellme.errors import UsageError
from tellme.model import BotStats, StatsBucket
from tellme.text import shorten


class Column(NamedTuple):
    """A figure of each bot, as a column of a table."""

    heading: str
    text: Callable[[BotStats], str]
    style: str = ""
    """Of what is not zero."""
    rank: int = 0
    """Where there is no room the column with the highest goes first; those with none stay."""
    cells: int = 0
    """Its width, where that does not follow from what it holds."""


BLOCKS = "▁▂▃▄▅▆▇█"

_SPAN = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?([smhdw])")
_UNITS = {
    "w": (604_800, "weeks"),
    "d": (86_400, "days"),
    "h": (3600, "hours"),
    "m": (60, "minutes"),
    "s": (1, "seconds"),
}


def parse_span(text: str) -> float:
    """Read ``30m``, ``24h``, ``7d`` or ``4w``; returns seconds, more than none. Raises ``UsageError``."""
    found = _SPAN.fullmatch(text.strip().lower())
    seconds = float(found[1]) * _UNITS[found[2]][0] if found else 0.0
    if seconds <= 0:
        raise UsageError(f"{shorten(text, 40)!r} is no span of time; write it as 30m, 24h, 7d or 4w.")
    return seconds


def span_text(seconds: float) -> str:
    """Say how long a span is, in the largest unit of which it has two or more and no part: ``24 hours``."""
    for size, unit in _UNITS.values():
        if seconds >= 2 * size and seconds % size == 0:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:g} second{'' if seconds == 1 else 's'}"


def duration(ms: float | None) -> str:
    """Say how long something took, in a few cells: ``4.1 ms``, ``412 ms``, ``1.4 s``, ``2m 5s``, ``2h 1m``."""
    if ms is None or not math.isfinite(ms):
        return "-"
    if ms < 999.5:
        return f"{ms:.1f} ms" if ms < 9.95 else f"{ms:.0f} ms"
    if ms < 59_950:
        return f"{ms / 1000:.1f} s"
    minutes, seconds = divmod(round(ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d {hours}h"
    return f"{hours}h {minutes}m" if hours else f"{minutes}m {seconds}s"


def active(order: Sequence[str], found: Iterable[BotStats]) -> list[BotStats]:
    """Return those that did something: in the order of the catalogue, then those that are not in it any more."""
    places = {bot: place for place, bot in enumerate(order)}
    did = [bot for bot in found if bot.turns or bot.crashes or bot.restarts]
    return sorted(did, key=lambda bot: (places.get(bot.bot, len(places)), bot.bot))


def that_fit(columns: Sequence[Column], fit: Callable[[Sequence[Column]], bool]) -> list[Column]:
    """Return the columns that are left when so many have gone, the highest rank first, that the rest fits."""
    left = list(columns)
    while not fit(left) and (first_to_go := max(left, key=lambda column: column.rank)).rank:
        left.remove(first_to_go)
    return left


def fold(series: Sequence[StatsBucket], most: int) -> list[StatsBucket]:
    """Put neighbours together until there are at most so many parts, all of one length but for the oldest."""
    if not series or most < 1:
        return []
    size = -(-len(series) // most)
    first = len(series) % size or size
    cuts = [0, *range(first, len(series) + 1, size)]
    return [_sum(series[start:end]) for start, end in pairwise(cuts)]


def stretched(parts: int, cells: int) -> list[int]:
    """Return the width of each part, so that together they fill the cells."""
    return [(number + 1) * cells // parts - number * cells // parts for number in range(parts)]


def sparkline(series: Sequence[StatsBucket]) -> list[tuple[str, bool]]:
    """Draw turns over time: one block a part, and whether something failed in it.

    The lowest block stands for none, so that a single turn among thousands rises above the base.
    """
    return list(_sparkline(series))


def _sparkline(series: Sequence[StatsBucket]) -> Iterator[tuple[str, bool]]:
    most = max((part.turns for part in series), default=0)
    for part in series:
        yield BLOCKS[-(-part.turns * (len(BLOCKS) - 1) // most) if most else 0], bool(part.failed or part.crashes)


def _sum(parts: Sequence[StatsBucket]) -> StatsBucket:
    return StatsBucket(
        parts[0].at,
        sum(part.turns for part in parts),
        sum(part.failed for part in parts),
        sum(part.crashes for part in parts),
        parts[0].p50_ms if len(parts) == 1 else None,
    )
