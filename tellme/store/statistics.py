"""What the bots did in a span of time: counts, and latencies by nearest rank, exact."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from itertools import chain
from math import inf

from tellme.model import BotStats, StatsBucket

MAX_BUCKETS = 10_000


class _Part:
    """What one bot did in one part of the span."""

    def __init__(self) -> None:
        self.statuses: list[str | None] = []
        self.latencies: list[float] = []
        self.crashes = 0
        self.restarts = 0


class _Span:
    """A span of time in equal parts."""

    def __init__(self, since: float, now: float, buckets: int) -> None:
        self.since, self.now = since, now
        self.buckets = min(max(buckets, 1), MAX_BUCKETS)
        self.width = (now - since) / self.buckets

    def part(self, at: float) -> int:
        return min(int((at - self.since) / self.width), self.buckets - 1) if self.width else 0

    def begin(self, part: int) -> float:
        return self.since + part * self.width


_Parts = defaultdict[tuple[str, int], _Part]


def stats(connection: sqlite3.Connection, since: float, now: float, buckets: int) -> list[BotStats]:
    """Sum up turns by when they were sent and ends of processes by when they were; both ends of the span count.

    Bots in the order of their ids; no series where ``buckets`` is 0. A span that ends before it begins holds nothing.
    """
    if not -inf < since <= now < inf:
        return []
    span = _Span(since, now, buckets)
    parts: _Parts = defaultdict(_Part)
    _count_turns(connection, span, parts)
    _count_exits(connection, span, parts)
    return [_bot_stats(bot, span, parts, with_series=buckets > 0) for bot in sorted({bot for bot, _ in parts})]


def _count_turns(connection: sqlite3.Connection, span: _Span, parts: _Parts) -> None:
    bots = dict(connection.execute("SELECT id, bot FROM session"))
    statement = "SELECT session, sent_at, status, latency_ms FROM turn WHERE sent_at BETWEEN ? AND ?"
    for session, sent_at, status, latency_ms in connection.execute(statement, (span.since, span.now)):
        part = parts[bots.get(session, ""), span.part(sent_at)]
        part.statuses.append(status)
        if status is not None and latency_ms is not None:
            part.latencies.append(latency_ms)


def _count_exits(connection: sqlite3.Connection, span: _Span, parts: _Parts) -> None:
    statement = "SELECT bot, at, crash, state FROM exit WHERE at BETWEEN ? AND ?"
    for bot, at, crash, state in connection.execute(statement, (span.since, span.now)):
        part = parts[bot, span.part(at)]
        part.crashes += bool(crash)
        part.restarts += state == "backoff"


def _bot_stats(bot: str, span: _Span, parts: _Parts, *, with_series: bool) -> BotStats:
    mine = {number: parts[bot, number] for number in range(span.buckets) if (bot, number) in parts}
    statuses = list(chain.from_iterable(part.statuses for part in mine.values()))
    latencies = sorted(chain.from_iterable(part.latencies for part in mine.values()))
    return BotStats(
        bot=bot,
        turns=len(statuses),
        answered=statuses.count("answered"),
        declined=statuses.count("declined"),
        failed=statuses.count("failed"),
        p50_ms=_percentile(latencies, 50),
        p99_ms=_percentile(latencies, 99),
        crashes=sum(part.crashes for part in mine.values()),
        restarts=sum(part.restarts for part in mine.values()),
        series=tuple(_bucket(span.begin(number), mine.get(number, _Part())) for number in range(span.buckets))
        if with_series
        else (),
    )


def _bucket(at: float, part: _Part) -> StatsBucket:
    failed = part.statuses.count("failed")
    return StatsBucket(at, len(part.statuses), failed, part.crashes, _percentile(sorted(part.latencies), 50))


def _percentile(ordered: list[float], percent: int) -> float | None:
    """The smallest value that at least so many of a hundred do not pass (nearest rank)."""
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else None
