"""Bots and sessions as lines: aligned for people, whole for programs, harmless for terminals."""

from __future__ import annotations

import json

import pytest

from tellme.model import BotSpec, BotState, BotStatus, Session
from tellme.surfaces.listing import bot_facts, bots_json, bots_rows, bots_table, sessions_json, sessions_table

IDLE = BotStatus("Wall-E", "wall-e", "command", BotState.IDLE, None, None, 0, None, None)
BUSY = BotStatus("Math", "math", "math", BotState.BUSY, 4711, 3723.9, 12, 15_000_000, "was killed by SIGKILL", "Sums")
SESSION = Session("abc", "math", started_at=0.0, ended_at=None, title="one\x1b[31m\ntwo\x9b2J\u202e", turns=3)


def test_a_bot_that_does_not_run_has_dashes() -> None:
    heading, row = bots_table([IDLE], rich=False).splitlines()
    assert heading == "NAME    KIND     STATE  PID  UPTIME  RESTARTS  MEMORY"
    assert row == "Wall-E  command  idle   -    -       0         -"


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    lines = bots_table([IDLE, BUSY], rich=False).splitlines()
    assert lines[2] == "Math    math     busy   4711  1h02m   12        14.3 MiB"
    assert len({line.index(word) for line, word in zip(lines, ("STATE", "idle", "busy"), strict=True)}) == 1


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.4, "0s"), (59.9, "59s"), (61, "1m01s"), (7260, "2h01m"), (90000, "25h00m")]
)
def test_uptime(seconds: float, shown: str) -> None:
    assert f" {shown} " in bots_table([BUSY._replace(uptime_s=seconds)], rich=False)


def test_no_bots_leave_the_headings() -> None:
    assert bots_table([], rich=False).splitlines() == ["NAME  KIND  STATE  PID  UPTIME  RESTARTS  MEMORY"]


def test_json_has_null_where_there_is_none() -> None:
    idle, busy = map(json.loads, bots_json([IDLE, BUSY]).splitlines())
    assert idle["pid"] is idle["uptime_s"] is idle["memory_bytes"] is idle["last_exit"] is None
    assert (busy["state"], busy["pid"], busy["memory_bytes"]) == ("busy", 4711, 15_000_000)


def test_a_title_cannot_break_its_line_or_the_terminal() -> None:
    table = sessions_table([SESSION], lambda _: "Math", rich=False)
    assert table.splitlines()[1].endswith("one\\ntwo")
    assert table.count("\n") == 2
    line = sessions_json([SESSION], lambda _: "Math")
    assert line.count("\n") == 1
    assert not {"\x1b", "\x9b", "\u202e"} & {*line}
    assert json.loads(line)["title"] == SESSION.title


def test_a_title_in_wide_letters_keeps_the_columns_in_line() -> None:
    table = bots_table([IDLE._replace(name="計算"), BUSY], rich=False).splitlines()
    assert table[1].index("command") + len("計算") == table[2].index("math")


@pytest.mark.parametrize("rich", [True, False])
def test_both_tables_hold_the_same_cells(rich: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    table = bots_table([IDLE, BUSY], rich=rich)
    for cell in ("Wall-E", "command", "idle", "4711", "1h02m", "14.3 MiB"):
        assert cell in table


def test_what_a_bot_is_and_how_it_is() -> None:
    spec = BotSpec("Math", "math", "command", ("my bot.py", "-v"), "/bots/math", "/bots/math/bot.toml", "Sums\x1b[1m")
    lines = bot_facts(spec, BUSY, "/log/math.log").splitlines()
    assert dict(line.split(":", 1) for line in lines) == {
        "Name": "        Math (math)",
        "Description": " Sums",
        "State": "       busy",
        "Pid": "         4711",
        "Uptime": "      1h02m",
        "Memory": "      14.3 MiB",
        "Restarts": "    12",
        "Last exit": "   was killed by SIGKILL",
        "Kind": "        math",
        "Command": "     'my bot.py' -v",
        "Folder": "      /bots/math",
        "Defined in": "  /bots/math/bot.toml",
        "Log": "         /log/math.log",
    }
    assert "Pid:         -\n" in bot_facts(spec, IDLE, "")


def test_rows_begin_with_the_headings() -> None:
    assert [row[0] for row in bots_rows([IDLE, BUSY])] == ["NAME", "Wall-E", "Math"]
