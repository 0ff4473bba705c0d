"""``tellme stats``: what the bots did, as a table for people, columns for a pipe and objects for programs."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tellme.errors import UsageError
from tellme.model import BotState, BotStats, Exit, StatsBucket
from tellme.surfaces import stats
from tellme.surfaces.figures import duration, fold, parse_span, span_text, sparkline, stretched

from ..conftest import add_bot
from .conftest import ECHO, tellme

NOW = 1_772_000_000.0
"""2026-02-25 06:13:20 UTC."""


def bucket(turns: int, failed: int = 0, crashes: int = 0, at: float = 0.0) -> StatsBucket:
    return StatsBucket(at, turns, failed, crashes, None)


SERIES = tuple(bucket(turns, failed) for turns, failed in ((0, 0), (1, 0), (7, 0), (4, 1)))
MATH = BotStats("math", 1204, 1190, 11, 3, 4.06, 1800.0, 0, 0, SERIES)
WALL_E = BotStats("wall-e", 2, 0, 0, 1, None, None, 12, 11, tuple(bucket(0, 0, crashes) for crashes in (0, 0, 1, 0)))
IDLE = BotStats("zen", 0, 0, 0, 0, None, None, 0, 0, tuple(bucket(0) for _ in range(4)))

CRASH = Exit("wall-e", NOW - 5, 4711, None, 9, "was killed by SIGKILL", True, 3.0, BotState.BACKOFF)
GIVEN_UP = Exit("wall-e", NOW - 1, None, None, None, "could\x1b[31m not\nstart", True, None, BotState.FAILED)
OLD = CRASH._replace(at=NOW - 90_000)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("24h", 86_400.0),
        ("7d", 604_800.0),
        ("30m", 1800.0),
        ("90s", 90.0),
        ("2w", 1_209_600.0),
        (" 1H ", 3600.0),
        ("1.5h", 5400.0),
        ("0.5d", 43_200.0),
    ],
)
def test_a_span_of_time(text: str, seconds: float) -> None:
    assert parse_span(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24",
        "h",
        "0h",
        "0.0d",
        "-3h",
        "3 months",
        "1h30",
        "३h",
        "1e9d",
        "nan",
        "inf h",
        "1" * 400 + "d",
        "3h\n4d",
        ".",
    ],
)
def test_what_is_no_span_of_time_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="no span of time") as raised:
        parse_span(text)
    assert "7d" in str(raised.value)
    assert len(str(raised.value)) < 160
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (86_400, "24 hours"),
        (604_800, "7 days"),
        (172_800, "2 days"),
        (1_209_600, "2 weeks"),
        (2_592_000, "30 days"),
        (3600, "60 minutes"),
        (90, "90 seconds"),
        (5400, "90 minutes"),
        (1, "1 second"),
        (0.5, "0.5 seconds"),
    ],
)
def test_a_span_is_said_in_the_largest_unit_of_which_there_are_some(seconds: float, text: str) -> None:
    assert span_text(seconds) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (None, "-"),
        (0.0, "0.0 ms"),
        (4.06, "4.1 ms"),
        (9.94, "9.9 ms"),
        (9.96, "10 ms"),
        (411.7, "412 ms"),
        (999.4, "999 ms"),
        (999.6, "1.0 s"),
        (1440.0, "1.4 s"),
        (30_000.0, "30.0 s"),
        (59_940.0, "59.9 s"),
        (59_960.0, "1m 0s"),
        (125_000.0, "2m 5s"),
        (7_260_000.0, "2h 1m"),
        (90_000_000.0, "1d 1h"),
        (3_599_600.0, "1h 0m"),
        (float("nan"), "-"),
        (float("inf"), "-"),
    ],
)
def test_a_duration_takes_few_cells(ms: float | None, text: str) -> None:
    assert duration(ms) == text


@pytest.mark.parametrize(
    ("turns", "drawn"),
    [
        ([], ""),
        ([0, 0], "▁▁"),
        ([1], "█"),
        ([0, 1, 7], "▁▂█"),
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([1000, 1, 0], "█▂▁"),
        ([3, 3], "██"),
    ],
)
def test_a_sparkline_has_a_base_and_rises_above_it_with_every_turn(turns: list[int], drawn: str) -> None:
    assert "".join(mark for mark, _ in sparkline([bucket(count) for count in turns])) == drawn


@pytest.mark.parametrize(("failed", "crashes", "is_bad"), [(0, 0, False), (1, 0, True), (0, 1, True), (2, 3, True)])
def test_a_sparkline_tells_where_something_failed(failed: int, crashes: int, is_bad: bool) -> None:
    assert sparkline([bucket(4), bucket(2, failed, crashes)]) == [("█", False), ("▅", is_bad)]


@pytest.mark.parametrize(
    ("turns", "cells", "folded"),
    [
        ([1, 2, 3, 4], 4, [1, 2, 3, 4]),
        ([1, 2, 3, 4], 9, [1, 2, 3, 4]),
        ([1, 2, 3, 4], 2, [3, 7]),
        ([1, 2, 3, 4, 5], 2, [3, 12]),
        ([1, 2, 3, 4, 5], 3, [1, 5, 9]),
        ([1, 2, 3], 1, [6]),
        ([1, 2, 3], 0, []),
        ([], 5, []),
    ],
)
def test_folding_keeps_every_turn_and_the_newest_parts_whole(turns: list[int], cells: int, folded: list[int]) -> None:
    series = [bucket(count, failed=count, crashes=1, at=float(number)) for number, count in enumerate(turns)]
    parts = fold(series, cells)
    assert [part.turns for part in parts] == folded
    assert [part.failed for part in parts] == folded
    assert sum(part.crashes for part in parts) == (len(turns) if cells else 0)
    assert [part.at for part in parts][:1] == ([0.0] if folded else [])


@pytest.mark.parametrize(
    ("parts", "cells", "widths"),
    [(3, 3, [1, 1, 1]), (3, 6, [2, 2, 2]), (2, 5, [2, 3]), (4, 6, [1, 2, 1, 2]), (0, 9, [])],
)
def test_parts_fill_the_room(parts: int, cells: int, widths: list[int]) -> None:
    assert stretched(parts, cells) == widths


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def name_of(bot: str) -> str:
    return {"math": "Math", "wall-e": "Wall-E", "zen": "Zen"}.get(bot, bot)


def test_in_a_pipe_there_are_plain_columns_and_the_last_exits_beneath() -> None:
    shown = stats.plain([MATH, WALL_E], [GIVEN_UP, CRASH], name_of)
    assert shown.splitlines() == [
        "BOT     TURNS  ANSWERED  DECLINED  FAILED     P50    P99  CRASHES  RESTARTS  OVER TIME",
        "Math     1204      1190        11       3  4.1 ms  1.8 s        0         0  ▁▂█!",
        "Wall-E      2         0         0       1       -      -       12        11  ▁▁!▁",
        "",
        "WHEN                 BOT     LAST EXITS",
        "2026-02-25 06:13:19  Wall-E  could not\\nstart",
        "2026-02-25 06:13:15  Wall-E  was killed by SIGKILL",
    ]


def test_without_exits_there_is_one_table() -> None:
    assert len(stats.plain([MATH], [], name_of).splitlines()) == 2


@pytest.mark.parametrize(
    ("width", "left_out"),
    [
        (120, []),
        (100, []),
        (80, ["Answered"]),
        (60, ["Answered", "Declined", "Restarts"]),
        (40, ["Answered", "Declined", "P50", "Crashes", "Restarts"]),
    ],
)
def test_on_a_terminal_no_line_is_wider_than_it_and_what_matters_least_goes_first(
    width: int, left_out: list[str]
) -> None:
    shown = stats.drawn([MATH, WALL_E], [CRASH], name_of, "24 hours", width)
    assert max(map(len, shown.splitlines())) <= width
    headings = ["Bot", "Turns", "Answered", "Declined", "Failed", "P50", "P99", "Crashes", "Restarts", "Over time"]
    line = next(line for line in shown.splitlines() if "Bot" in line)
    assert [heading for heading in headings if heading not in line] == left_out


def test_programs_get_one_object_a_bot() -> None:
    math, wall_e = map(json.loads, stats.as_json_lines([MATH, WALL_E]).splitlines())
    assert list(math) == [
        "bot", "turns", "answered", "declined", "failed", "p50_ms", "p99_ms", "crashes", "restarts", "series",
    ]  # fmt: skip
    assert (math["bot"], math["turns"], math["p50_ms"]) == ("math", 1204, 4.06)
    assert math["series"][3] == {"at": 0.0, "turns": 4, "failed": 1, "crashes": 0, "p50_ms": None}
    assert wall_e["p50_ms"] is None


class Standin:
    """As much of a host as the command asks."""

    def __init__(self, stats: list[BotStats], exits: list[Exit], ever: bool = True) -> None:
        self._stats, self._exits, self._ever = stats, exits, ever
        self.asked: list[float] = []

    def specs(self) -> list[Any]:
        return [SimpleNamespace(id="math"), SimpleNamespace(id="zen"), SimpleNamespace(id="wall-e")]

    def name_of(self, bot: str) -> str:
        return name_of(bot)

    async def stats(self, since: float, buckets: int = 0) -> list[BotStats]:
        self.asked.append(since)
        return [MATH] if self._ever and since == 0 else self._stats

    async def exits(self, name: str | None = None, limit: int = 100) -> list[Exit]:
        return self._exits[:limit]

    async def bots(self) -> list[Any]:
        return []


def show(host: Standin, since_s: float = 86_400.0, **form: Any) -> int:
    return asyncio.run(stats.report(host, since_s, NOW, stats.Form(**form)))  # type: ignore[arg-type]  # enough of one


def test_bots_stand_in_the_order_of_the_catalogue_and_those_that_did_nothing_are_left_out(
    capfd: pytest.CaptureFixture[str],
) -> None:
    gone = MATH._replace(bot="gone")
    host = Standin([WALL_E, gone, IDLE, MATH], [CRASH, OLD])
    assert show(host) == 0
    out, err = capfd.readouterr()
    assert [line.split()[0] for line in out.splitlines()[1:4]] == ["Math", "Wall-E", "gone"]
    assert out.count("was killed by SIGKILL") == 1, "the other was before the span"
    assert host.asked == [NOW - 86_400]
    assert err == ""


@pytest.mark.parametrize(
    ("ever", "said"),
    [
        (True, "tellme: No bot did anything in the last 24 hours; '--since 30d' looks further back.\n"),
        (False, "tellme: Nothing is kept of the bots yet; 'tellme ask BOT TEXT' begins.\n"),
    ],
)
def test_where_there_is_nothing_a_sentence_says_so(ever: bool, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert show(Standin([IDLE], [OLD], ever)) == 0
    assert capfd.readouterr() == ("", said)


def test_the_line_shell_shows_the_same() -> None:
    shown = asyncio.run(stats.summary(Standin([MATH], [CRASH]), NOW))  # type: ignore[arg-type]
    assert shown == stats.plain([MATH], [CRASH], name_of)
    nothing = asyncio.run(stats.summary(Standin([IDLE], [], ever=False), NOW))  # type: ignore[arg-type]
    assert nothing == "Nothing is kept of the bots yet; 'tellme ask BOT TEXT' begins.\n"


def test_an_exit_alone_is_shown_too(capfd: pytest.CaptureFixture[str]) -> None:
    assert show(Standin([IDLE], [CRASH])) == 0
    out, _ = capfd.readouterr()
    assert out.splitlines() == ["WHEN                 BOT     LAST EXITS", *out.splitlines()[1:]]
    assert "Wall-E  was killed by SIGKILL" in out


def test_a_span_longer_than_time_begins_with_time() -> None:
    host = Standin([MATH], [])
    assert show(host, parse_span("999999w"), as_json=True) == 0
    assert host.asked == [0.0]


@pytest.mark.parametrize(
    "how",
    [
        {"as_json": True, "prometheus": True},
        {"as_json": True, "otlp": "http://localhost"},
        {"prometheus": True, "otlp": "http://localhost"},
    ],
)
def test_one_form_at_a_time(how: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="one of"):
        stats.stats(os.environ, **how)


def test_turns_and_crashes_of_real_bots_are_counted(home: Path) -> None:
    add_bot(home, "Echo", [str(ECHO)], retry=False)
    tellme("ask", "Echo", "--lines", stdin="hi\ndecline no\ndie\nho\n")

    def shown(*arguments: str) -> str:
        done = tellme("stats", "--since", "1h", *arguments)
        assert (done.code, done.err) == (0, "")
        return done.out

    (echo,) = map(json.loads, shown("--json").splitlines())
    assert [echo[name] for name in ("bot", "turns", "answered", "declined", "failed", "crashes")] == [
        "echo", 4, 2, 1, 1, 1,
    ]  # fmt: skip
    assert sum(part["turns"] for part in echo["series"]) == 4
    assert 0 < echo["p50_ms"] <= echo["p99_ms"]
    assert "Echo  exited with code 4" in shown()
    assert 'tellme_turns{bot="echo",status="answered"} 2\n' in shown("--prometheus")
