"""A day in small: 100,000 turns through one host, and what host and bot hold at ten points on the way.

Once in sessions that go on and on, once with a session for each turn, as a program has it that calls ``tellme ask`` for
each question. Before the second point pools and histories fill up to their bounds; what counts is the way from there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from statistics import linear_regression
from typing import Any

from figures import Figure, skipped
from home import PROGRAMS, add_bot, home_of

POINTS = 10
FLAT = {"memory": 1.05, "descriptors": 1.0}
"""The most that the last points may be of the first that count, in a whole run: before it, what fills up still does."""
UNITS = {"memory": "KiB", "descriptors": ""}
WHOLE_TURNS = 100_000
SESSION_TURNS = 10_000
"""A bot of the SDK keeps the newest 1,000 turns of a session, so that these are full at the first point."""

Point = dict[str, Any]
"""One line of ``soak_host.py``."""


def measure(quick: bool) -> list[Figure]:
    """Go on and on; takes some minutes, when quick ten seconds."""
    if not os.path.exists("/proc/self/fd"):
        return [skipped("what host and bot hold", "this system has no /proc")]
    turns = 5_000 if quick else WHOLE_TURNS
    shapes = {"sessions that go on": max(1, turns // SESSION_TURNS), "a session for each turn": 0}
    with home_of("soak") as home:
        add_bot(home, "Echo", "echo_bot.py")
        return [figure for shape, sessions in shapes.items() for figure in _figures(shape, _run(sessions, turns))]


def _figures(shape: str, points: Sequence[Point]) -> list[Figure]:
    turns = points[-1]["turns"]
    return [
        figure
        for who in ("host", "bot")
        for what, unit in UNITS.items()
        for figure in _growth(f"{turns:,} turns, {shape}: {what} of the {who}", points, who, what, unit)
    ]


def _growth(name: str, points: Sequence[Point], who: str, what: str, unit: str) -> list[Figure]:
    """Hold the end against the begin, by the least of three points each, and draw a line through all that count."""
    held = [point[who][what] for point in points[1:]]
    limit = FLAT[what] if points[-1]["turns"] >= WHOLE_TURNS else None
    slope = linear_regression([point["turns"] / 1000 for point in points[1:]], held).slope
    return [
        Figure(name, min(held[-3:]), unit, "after the first fifth", min(held[:3]), limit),
        Figure(f"{name}, growth in 1,000 turns", slope, unit),
    ]


def _run(sessions: int, turns: int) -> list[Point]:
    arguments = ["Echo", *map(str, (sessions, turns, POINTS))]
    command = [sys.executable, str(PROGRAMS / "soak_host.py"), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
