"""Start-up: ``tellme ask`` from nothing to its end, with no host running, against ``qalc`` and a bare interpreter."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable

from figures import Figure, Peer, compare, skipped
from home import tellme_program
from timing import Command, by_hyperfine, check, interleaved

AGAINST_QALC = {"median": 1.5}
"""Issue 2: at most 1.5 times qalc now, 1.0 in the end."""

QALC = "qalc -t 2+2"
PYTHON = 'python -c "print(2+2)"'


def measure(quick: bool) -> list[Figure]:
    """Time the commands in turns; the answers are checked first."""
    ours, peers = _commands()
    for name, command in {**ours, **peers}.items():
        check(command, "hi" if "Echo" in name else "4")
    return [
        *_by_ourselves(ours, peers, rounds=10 if quick else 50),
        *_by_hyperfine(ours, peers, rounds=2 if quick else 6),
        *([] if QALC in peers else [skipped(f"against {QALC}", "qalc is not installed (Debian: apt install qalc)")]),
    ]


def _commands() -> tuple[dict[str, Command], dict[str, Command]]:
    tellme = tellme_program()
    ours: dict[str, Command] = {
        "ask Math 2+2": [tellme, "ask", "Math", "2+2"],
        "ask Echo hi": [tellme, "ask", "Echo", "hi"],
    }
    peers: dict[str, Command] = {PYTHON: [sys.executable, "-c", "print(2+2)"]}
    if qalc := shutil.which("qalc"):
        peers[QALC] = [qalc, "-t", "2+2"]
    return ours, peers


def _by_ourselves(ours: dict[str, Command], peers: dict[str, Command], rounds: int) -> list[Figure]:
    runs = interleaved({**ours, **peers}, rounds)
    wall = {name: [run.wall_ms for run in found] for name, found in runs.items()}
    cpu = {name: [run.cpu_ms for run in found] for name, found in runs.items()}
    figures: list[Figure] = []
    for name in ours:
        figures += compare(name, wall[name], _peers(wall, peers, name), "ms", ("median", "best"))
        figures += compare(f"{name}, processor time", cpu[name], _peers(cpu, peers, ""), "ms", ("median",))
    return figures


def _by_hyperfine(ours: dict[str, Command], peers: dict[str, Command], rounds: int) -> list[Figure]:
    """Hold a known instrument against our own."""
    wall = by_hyperfine({**ours, **peers}, rounds)
    if wall is None:
        return [skipped("the same by hyperfine", "hyperfine is not installed")]
    return [
        figure
        for name in ours
        for figure in compare(f"{name}, hyperfine", wall[name], _peers(wall, peers, ""), "ms", ("median",))
    ]


def _peers(samples: dict[str, list[float]], peers: Iterable[str], ours: str) -> list[Peer]:
    return [Peer(peer, samples[peer], AGAINST_QALC if peer == QALC and "Math" in ours else {}) for peer in peers]
