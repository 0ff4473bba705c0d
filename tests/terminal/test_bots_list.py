"""``tellme bots list`` where a person reads it: as wide as the terminal, whatever the bots."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tellme.surfaces.listing import width

from ..conftest import add_bot
from .conftest import Open

STYLE = re.compile(r"\x1b\[[0-9;]*m")


def listed(terminal: Open, columns: int, **env: str) -> list[str]:
    """Return the lines that a terminal of so many columns shows."""
    program = terminal("bots", "list", size=(columns, 24), **env)
    assert program.ends() == 0
    return STYLE.sub("", program.seen).splitlines()


@pytest.mark.parametrize("columns", [40, 80])
def test_each_bot_has_one_line_that_fits(home: Path, terminal: Open, columns: int) -> None:
    add_bot(home, "Wall-E", ["true"], protocol="lines", aliases=["掃除して" * 10, "clean this up " * 10])
    lines = listed(terminal, columns)
    drawn = [line for line in lines if line.startswith("│")]
    assert max(map(width, lines[: len(drawn) + 3])) <= columns
    assert [line.split()[1] for line in drawn] == ["Name", "English", "Math", "Zen", "Wall-E"]
    assert drawn[-1].replace("│", "").split()[:3] == ["Wall-E", "lines", "bots/wall-e"]
    assert ("Aliases" in drawn[0]) == (columns == 80)
    assert lines[-1] == f"bots/ is {home}/bots"


def test_what_is_in_a_bots_way_is_said_below(home: Path, terminal: Open) -> None:
    add_bot(home, "Lost", ["no-such-program"])
    add_bot(home, "Wrong", ["true"], timeout="soon")
    lines = listed(terminal, 100)
    assert "! Lost: its program no-such-program is not found" in lines
    assert any(line.startswith("! wrong: line 3, timeout: ") for line in lines)
    assert any(line.split()[1:4] == ["wrong", "│", "-"] for line in lines)


def test_a_dumb_terminal_gets_columns_that_fit_too(home: Path, terminal: Open) -> None:
    lines = listed(terminal, 80, TERM="dumb")
    assert lines[0].split() == ["NAME", "KIND", "FROM", "ALIASES"]
    assert max(map(width, lines)) <= 80
