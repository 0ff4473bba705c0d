"""Where the time of ``tellme ask`` goes: a timeline of one run across host and bot.

``python benchmarks/run.py --profile`` prints it first. Watching costs time itself: compare lines, not totals.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from home import PROGRAMS, add_bot, settle

BOT = "Stamped"
RUNS = 7
"""What is shown is the fastest."""
SHORTEST_MS = 0.4
"""Events that follow sooner are not worth a line of their own, unless they stand for something."""
ALWAYS_SHOWN = ("begin", "end", "os.posix_spawn", "sqlite3.connect", "host", "bot")


class Stamp(NamedTuple):
    """Something that happened at a time, by ``time.monotonic_ns``."""

    ns: int
    event: str
    detail: str


def timeline(home: Path) -> list[str]:
    """Return the lines: ms since the start, ms since the line before, and what happened then."""
    add_bot(home, BOT, "stamped_bot.py")
    settle()
    _timeline(home)  # to warm up
    best = min((_timeline(home) for _ in range(RUNS)), key=lambda stamps: stamps[-1].ns - stamps[0].ns)
    return [
        f"tellme ask {BOT} hi, the fastest of {RUNS}: ms since the start, ms since the line before",
        "",
        *_told(best),
    ]


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
    """Of a path, leave its end, which is the same wherever this runs."""
    if detail.startswith("/"):
        return "…/" + "/".join(detail.split("/")[-3:] if detail.endswith(".pyc") else detail.split("/")[-1:])
    return detail if len(detail) <= 70 else f"…{detail[-69:]}"
