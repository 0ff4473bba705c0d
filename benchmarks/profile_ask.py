"""Where the time of ``tellme ask`` goes: a timeline of one run across host and bot, and the cost of every import.

``python benchmarks/run.py --profile`` prints both. Watching costs time itself: compare lines, not totals.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

from home import PROGRAMS, add_bot, settle

BOT = "Stamped"
RUNS = 7
"""The timeline shown is that of the fastest; of the imports each is shown at its median."""
SHOWN_IMPORTS = 25
SHORTEST_MS = 0.4
"""Events that follow sooner are not worth a line of their own, unless they stand for something."""
ALWAYS_SHOWN = ("begin", "end", "os.posix_spawn", "sqlite3.connect", "host", "bot")


class Stamp(NamedTuple):
    """Something that happened at a time, by ``time.monotonic_ns``."""

    ns: int
    event: str
    detail: str


def profile_ask(home: Path) -> None:
    """Print both parts."""
    add_bot(home, BOT, "stamped_bot.py")
    settle()
    _timeline(home)  # to warm up
    best = min((_timeline(home) for _ in range(RUNS)), key=lambda stamps: stamps[-1].ns - stamps[0].ns)
    print(f"tellme ask {BOT} hi, the fastest of {RUNS}: ms since the start, ms since the line before\n")
    print("\n".join(_told(best)))
    print(f"\nImports of the same, by -X importtime: ms with what they import, and alone; median of {RUNS}\n")
    print("\n".join(_import_table([_import_times() for _ in range(RUNS)])))


# The timeline -----------------------------------------------------------------------------------------------------


def _timeline(home: Path) -> list[Stamp]:
    """Ask once, and return all that was noted, in order: by the program, by the bot, and here."""
    log = home / "log" / f"{BOT.lower()}.log"
    log.unlink(missing_ok=True)
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [sys.executable, str(PROGRAMS / "traced_tellme.py"), file.name, "ask", BOT, "hi"]
        started = time.monotonic_ns()
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            answer = process.stdout.readline()
            answered = time.monotonic_ns()
            process.wait()
            ended = time.monotonic_ns()
        if answer != b"hi\n":
            raise RuntimeError(f"{' '.join(command)} printed {answer!r}")
        noted = [Stamp(*row) for row in json.load(file)]
    here = [
        Stamp(started, "host", "the command is started"),
        Stamp(answered, "host", "THE PERSON SEES THE ANSWER"),
        Stamp(ended, "host", "the process is gone"),
    ]
    return sorted([*noted, *here, *_stamps_of_bot(log)])


def _stamps_of_bot(log: Path) -> Iterable[Stamp]:
    for line in log.read_text().splitlines():
        _, found, rest = line.partition("stamp ")
        if found:
            ns, _, what = rest.partition(" ")
            yield Stamp(int(ns), "bot", what)


def _told(stamps: Sequence[Stamp]) -> Iterable[str]:
    """Yield a line for each event that stands for something, or before which time went by."""
    first, shown = stamps[0].ns, stamps[0].ns
    for before, stamp in pairwise(stamps):
        gap_ms = (stamp.ns - shown) / 1e6
        if stamp.event.startswith(ALWAYS_SHOWN) or (stamp.ns - before.ns) / 1e6 >= SHORTEST_MS:
            after = f"   (since {before.event} {_short(before.detail)})" if before.ns > shown else ""
            yield f"{(stamp.ns - first) / 1e6:8.1f} {gap_ms:+7.1f}  {stamp.event:16} {_short(stamp.detail)}{after}"
            shown = stamp.ns


def _short(detail: str) -> str:
    return detail if len(detail) <= 70 else f"…{detail[-69:]}"


# Imports ----------------------------------------------------------------------------------------------------------


def _import_times() -> dict[str, tuple[float, float]]:
    """Return for each module that one ask imports: ms with what it imports first, ms alone."""
    command = [sys.executable, "-X", "importtime", "-m", "tellme", "ask", BOT, "hi"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, env=os.environ)
    rows = (line.removeprefix("import time:").split("|") for line in done.stderr.splitlines() if "|" in line)
    return {
        name.strip(): (int(cumulative) / 1000, int(alone) / 1000)
        for alone, cumulative, name in rows
        if cumulative.strip().isdecimal()
    }


def _import_table(runs: Sequence[dict[str, tuple[float, float]]]) -> Iterable[str]:
    common = [name for name in runs[0] if all(name in run for run in runs)]
    cost = {name: tuple(median(run[name][part] for run in runs) for part in (0, 1)) for name in common}
    for name in sorted(common, key=lambda name: -cost[name][0])[:SHOWN_IMPORTS]:
        yield f"{cost[name][0]:8.1f} {cost[name][1]:8.1f}  {name}"
    yield f"{sum(alone for _, alone in cost.values()):8.1f}           all {len(common)} modules"
