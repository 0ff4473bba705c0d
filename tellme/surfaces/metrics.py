"""The figures about bots for other programs: as families of samples, and as Prometheus reads them.

The promise: whatever a bot is called, it is a label and nothing else; no sample is there twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from tellme.model import BotStats, BotStatus

Labels = tuple[tuple[str, str], ...]
Sample = tuple[Labels, float]


class Family(NamedTuple):
    """Samples of one thing. The name and the unit are OpenTelemetry's; Prometheus derives its own from them."""

    name: str
    kind: str
    """``counter``, ``gauge`` or ``summary``, as Prometheus calls them."""
    unit: str
    help: str
    samples: Sequence[Sample]


_UNITS = {"s": "_seconds", "By": "_bytes"}


def families(
    ever: Iterable[BotStats], lately: Iterable[BotStats], bots: Iterable[BotStatus], span: str
) -> list[Family]:
    """Return the figures: totals of all that is kept, latencies of the span ``lately``, and how the bots are now."""
    ever, lately, bots = list(ever), list(lately), list(bots)
    all_of = [
        Family(
            "tellme.turns",
            "counter",
            "{turn}",
            "Turns that ended, by how they ended, of all that is kept.",
            [sample for bot in ever for sample in _turns(bot)],
        ),
        Family(
            "tellme.turn.latency",
            "summary",
            "s",
            f"From a message taken to the end of its reply, of the turns of the last {span}.",
            [sample for bot in lately for sample in _latencies(bot)],
        ),
        Family(
            "tellme.bot.crashes",
            "counter",
            "{crash}",
            "Ends of a bot's process that nobody asked for.",
            _each(ever, lambda bot: bot.crashes),
        ),
        Family(
            "tellme.bot.restarts",
            "counter",
            "{restart}",
            "Starts of a bot's process after another one.",
            _each(ever, lambda bot: bot.restarts),
        ),
        Family(
            "tellme.bot.up",
            "gauge",
            "",
            "Does the bot's process run? 1 or 0.",
            [((("bot", bot.id),), int(bot.pid is not None)) for bot in bots],
        ),
        Family(
            "tellme.bot.memory",
            "gauge",
            "By",
            "Resident memory of the bot's process.",
            [((("bot", bot.id),), bot.memory_bytes) for bot in bots if bot.memory_bytes is not None],
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


def _each(bots: Iterable[BotStats], count: Callable[[BotStats], int]) -> list[Sample]:
    return [((("bot", bot.bot),), count(bot)) for bot in bots]


def _lines(family: Family) -> list[str]:
    name = family.name.replace(".", "_") + _UNITS.get(family.unit, "") + ("_total" if family.kind == "counter" else "")
    samples = {_labels(labels): value for labels, value in family.samples}
    return [
        f"# HELP {name} {_escaped(family.help)}",
        f"# TYPE {name} {family.kind}",
        *(f"{name}{labels} {value!r}" for labels, value in samples.items()),
    ]


def _labels(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}"


def _escaped(value: str) -> str:
    """Escape what the format gives a meaning; what a terminal obeys, or splits lines at, is written as its number."""
    written = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return written if written.isprintable() else "".join(map(_shown, written))


def _shown(char: str) -> str:
    return char if char.isprintable() else f"\\\\u{ord(char):04x}"
