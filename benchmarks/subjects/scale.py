"""Scale: 1, 10 and 100 bots of the user's own with 1,000 open sessions on one host, and 100 bots of a built-in kind.

Memory is the PSS of all that the host started (bots, wardens, the spawner); the host itself stands apart. Turns are
sent over all sessions at once. Beside the 100 Math bots stand as many fresh Python processes that can read and write
JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import Any, NamedTuple

from figures import Figure, skipped
from home import PROGRAMS, add_bot, home_of, settle

SMAPS = "/proc/{pid}/smaps_rollup"
MATH_BOTS = 100
ALLOWED = "what is allowed"
READY_S, MEMORY_MIB = 2.0, 300.0
"""Issue 5: 100 Math bots, all ready, and what they may take."""


class Run(NamedTuple):
    """What ``many_host.py`` found with so many bots and sessions."""

    bots: int
    sessions: int
    ready_s: float
    ready_mib: float
    turn_us: float
    used_mib: float
    host_mib: float


def measure(quick: bool) -> list[Figure]:
    """Run one host after the other; takes a minute, when quick fifteen seconds."""
    if not os.path.exists(SMAPS.format(pid="self")):
        return [skipped("bots and sessions on one host", "this system has no /proc/PID/smaps_rollup")]
    most, sessions, turns = (20, 200, 1000) if quick else (100, 1000, 10_000)
    with home_of("scale") as home:
        for number in range(most):
            add_bot(home, f"Echo {number}", "echo_bot.py")
        maths = "".join(f'[bots."Math {number}"]\nkind = "math"\n' for number in range(MATH_BOTS))
        (home / "config.toml").write_text(maths)
        settle()
        return [*_own(most, sessions, turns), *_built_in()]


def _own(most: int, sessions: int, turns: int) -> list[Figure]:
    echo = ("hi", "hi")
    one, ten, all_of_them = (_run("Echo", bots, sessions, turns, *echo) for bots in (1, 10, most))
    few_sessions = _run("Echo", most, most, turns, *echo)
    return [
        *_figures("1 bot", one),
        *_figures("10 bots", ten, "1 bot", one),
        *_figures(f"{most} bots", all_of_them, "1 bot", one),
        *_figures(f"{most} bots", all_of_them, f"{few_sessions.sessions} sessions instead", few_sessions),
    ]


def _figures(name: str, run: Run, peer: str = "", other: Run | None = None) -> list[Figure]:
    name = f"{name}, {run.sessions:,} sessions: "
    return [
        Figure(f"{name}memory per bot", run.used_mib / run.bots, "MiB", peer, other and other.used_mib / other.bots),
        Figure(f"{name}memory of the host", run.host_mib, "MiB", peer, other and other.host_mib),
        Figure(f"{name}a turn, of many at once", run.turn_us, "µs", peer, other and other.turn_us),
        *([] if other else [Figure(f"{name}turns a second", round(1e6 / run.turn_us))]),
    ]


def _built_in() -> list[Figure]:
    run = _run("Math", MATH_BOTS, MATH_BOTS, MATH_BOTS, "2+2", "4")
    fresh_s, fresh_mib = _fresh_processes()
    name, fresh = f"{MATH_BOTS} Math bots", f"{MATH_BOTS} fresh Python processes"
    return [
        Figure(f"{name}: all ready", run.ready_s, "s", ALLOWED, READY_S, 1.0),
        Figure(f"{name}: all ready", run.ready_s, "s", f"{fresh}, one by one", fresh_s),
        Figure(f"{name}: memory when ready", run.ready_mib, "MiB", ALLOWED, MEMORY_MIB, 1.0),
        Figure(f"{name}: memory when ready", run.ready_mib, "MiB", fresh, fresh_mib),
        Figure(f"{name}: memory after answers", run.used_mib, "MiB", ALLOWED, MEMORY_MIB, 1.0),
        Figure(f"{name}: memory after answers", run.used_mib, "MiB", fresh, fresh_mib),
    ]


def _run(kind: str, bots: int, sessions: int, turns: int, text: str, answer: str) -> Run:
    names = [f"{kind} {number}" for number in range(bots)]
    plan = {"bots": names, "sessions": sessions, "turns": turns, "text": text, "answer": answer}
    command = [sys.executable, str(PROGRAMS / "many_host.py"), json.dumps(plan)]
    found: dict[str, Any] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return Run(bots, sessions, **found)


def _fresh_processes() -> tuple[float, float]:
    """Start as many processes one by one, have each answer a line, and weigh them all."""
    command = [sys.executable, str(PROGRAMS / "asyncio_child.py")]
    with ExitStack() as stack:
        children = []
        began = time.perf_counter()
        for number in range(MATH_BOTS):
            pipe = subprocess.PIPE
            child = stack.enter_context(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, bufsize=1))
            assert child.stdin is not None
            assert child.stdout is not None
            stack.callback(child.stdin.close)
            child.stdin.write(json.dumps({"id": number, "text": "2+2"}) + "\n")
            child.stdout.readline()
            children.append(child.pid)
        took_s = time.perf_counter() - began
        return took_s, sum(map(_pss_mib, children))


def _pss_mib(pid: int) -> float:
    with open(SMAPS.format(pid=pid)) as smaps:
        return next(int(line.split()[1]) for line in smaps if line.startswith("Pss:")) / 1024
