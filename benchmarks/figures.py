"""What a benchmark finds: a value, what it was measured against in the same run, and the limit that an issue states.

Every ratio is ours by theirs, so that less is better throughout: 0.1 is ten times faster, or a tenth of the memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from types import MappingProxyType
from typing import NamedTuple


class Figure(NamedTuple):
    """One line of the table."""

    name: str
    value: float | None
    """``None`` where it could not be measured; ``note`` says why."""
    unit: str = ""
    against: str = ""
    """What was measured beside it; empty where there is nothing to compare with."""
    against_value: float | None = None
    limit: float | None = None
    """The most that the ratio may be, where an issue says so."""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        if self.value is None or not self.against_value:
            return None
        return self.value / self.against_value

    @property
    def met(self) -> bool | None:
        """``None`` where there is no limit, or nothing to hold against it."""
        return None if self.limit is None or self.ratio is None else self.ratio <= self.limit


def skipped(name: str, why: str) -> Figure:
    """Stand in for a figure that cannot be had here."""
    return Figure(name, None, note=why)


class Peer(NamedTuple):
    """Something measured beside ours, with the limit for each statistic (``median``, ``p99`` …) that has one."""

    name: str
    samples: Sequence[float]
    limits: Mapping[str, float] = MappingProxyType({})


def compare(
    name: str, ours: Sequence[float], peers: Sequence[Peer], unit: str, statistics: Sequence[str]
) -> list[Figure]:
    """Return a figure for each peer and statistic."""
    return [
        Figure(
            f"{name}, {statistic}",
            STATISTICS[statistic](ours),
            unit,
            peer.name,
            STATISTICS[statistic](peer.samples),
            peer.limits.get(statistic),
        )
        for peer in peers
        for statistic in statistics
    ]


def percentile(samples: Sequence[float], percent: float) -> float:
    """Return the smallest sample that at least ``percent`` of all do not exceed (the nearest rank)."""
    rank = max(1, -(-len(samples) * percent // 100))
    return sorted(samples)[int(rank) - 1]


STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "median": median,
    "best": min,
    "p50": lambda samples: percentile(samples, 50),
    "p95": lambda samples: percentile(samples, 95),
    "p99": lambda samples: percentile(samples, 99),
    "max": max,
}
"""Name → how it is taken from samples."""
