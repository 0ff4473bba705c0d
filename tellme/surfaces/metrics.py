"""The figures about bots for other programs: as families of samples, and as Prometheus reads them.

The promise: whatever a bot is called, it is a label and nothing else; no sample is there twice. There are no counters:
what is counted are rows that are kept, and sessions that have expired or a restored backup would let those fall.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote

from tellme.model import BotStats, BotStatus

Labels = tuple[tuple[str, str], ...]
Sample = tuple[Labels, float]


class Family(NamedTuple):
    """Samples of one thing. The name and the unit are OpenTelemetry's; Prometheus derives its own from them."""

    name: str
    kind: str
    """``gauge`` or ``summary``, as Prometheus calls them."""
    unit: str
    help: str
    samples: Mapping[Labels, float]


_UNITS = {"s": "_seconds", "By": "_bytes"}


def families(lately: Iterable[BotStats], bots: Iterable[BotStatus], span: str) -> list[Family]:
    """Return the figures: what the bots did in the span ``lately``, and how they are now."""
    lately, bots = list(lately), list(bots)
    last = f"the last {span}"
    all_of = [
        Family(
            "tellme.turns",
            "gauge",
            "{turn}",
            f"Turns sent in {last} that ended, by how they ended.",
            {labels: value for bot in lately for labels, value in _turns(bot)},
        ),
        Family(
            "tellme.turn.latency",
            "summary",
            "s",
            f"From a message taken to the end of its reply, of the turns of {last}.",
            {labels: value for bot in lately for labels, value in _latencies(bot)},
        ),
        Family(
            "tellme.bot.crashes",
            "gauge",
            "{crash}",
            f"Ends of a bot's process in {last} that nobody asked for.",
            {_of(bot.bot): bot.crashes for bot in lately},
        ),
        Family(
            "tellme.bot.restarts",
            "gauge",
            "{restart}",
            f"Ends of a bot's process in {last} after which it was started again.",
            {_of(bot.bot): bot.restarts for bot in lately},
        ),
        Family(
            "tellme.bot.up",
            "gauge",
            "",
            "Does the bot's process run? 1 or 0.",
            {_of(bot.id): int(bot.pid is not None) for bot in bots},
        ),
        Family(
            "tellme.bot.memory",
            "gauge",
            "By",
            "Resident memory of the bot's process.",
            {_of(bot.id): bot.memory_bytes for bot in bots if bot.memory_bytes is not None},
        ),
    ]
    return [family for family in all_of if family.samples]


def exposition(figures: Iterable[Family]) -> str:
    """Write families in Prometheus' text format, version 0.0.4."""
    return "".join(line + "\n" for family in figures for line in _lines(family))


def _turns(bot: BotStats) -> list[Sample]:
    ends = {"answered": bot.answered, "declined": bot.declined, "failed": bot.failed}
    return [((("bot", bot.bot), ("status", status)), count) for status, count in ends.items()]


def _latencies(bot: BotStats) -> list[Sample]:
    quantiles = {"0.5": bot.p50_ms, "0.99": bot.p99_ms}
    return [
        ((("bot", bot.bot), ("quantile", quantile)), round(ms / 1000, 9))
        for quantile, ms in quantiles.items()
        if ms is not None and math.isfinite(ms)
    ]


def _of(bot: str) -> Labels:
    return (("bot", bot),)


def _lines(family: Family) -> list[str]:
    name = family.name.replace(".", "_") + _UNITS.get(family.unit, "")
    return [
        f"# HELP {name} {_escaped(family.help)}",
        f"# TYPE {name} {family.kind}",
        *(f"{name}{_labels(labels)} {value!r}" for labels, value in family.samples.items()),
    ]


def _labels(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}"


def _escaped(value: str) -> str:
    """Escape what the format gives a meaning; what a terminal obeys, or splits lines at, is written as in a URL.

    No two values become the same text, so that no two samples do.
    """
    return "".join(map(_shown, value)).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _shown(char: str) -> str:
    is_plain = char == "\n" or (char.isprintable() and char != "%")
    return char if is_plain else quote(char, "", errors="surrogatepass")
