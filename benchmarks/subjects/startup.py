"""Start-up: what a person waits for at a prompt, from nothing to the end of the command.

``tellme ask`` with no host running, and with a ``tellme serve``, against ``qalc``; what only prints, against a bare
interpreter.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from figures import Figure, Peer, compare, skipped
from home import home_of, settle, tellme_program
from timing import Command, by_hyperfine, check, interleaved

QALC = "qalc -t 2+2"
PYTHON = 'python -c "print(2+2)"'

ASK, SERVED = "ask Math 2+2", "ask Math 2+2, of a serve"
LIMITS = {
    (ASK, QALC): 1.0,
    (SERVED, QALC): 0.5,
    ("list", PYTHON): 4.0,
    ("--version", PYTHON): 4.0,
    ("--help", PYTHON): 4.0,
}
"""Issue 7, for the medians."""

Commands = dict[str, Command]


def measure(quick: bool) -> list[Figure]:
    """Time the commands in turns; the answers are checked first."""
    rounds, batches = (10, 2) if quick else (50, 6)
    peers = _peers()
    missing = [] if QALC in peers else [skipped(f"against {QALC}", "qalc is not installed (Debian: apt install qalc)")]
    ask: Commands = {
        ASK: [tellme_program(), "ask", "Math", "2+2"],
        "ask Echo hi": [tellme_program(), "ask", "Echo", "hi"],
    }
    return [
        *_compared(ask, peers, rounds),
        *_by_hyperfine(ask, peers, batches),
        *_served(peers, rounds),
        *_printed(rounds),
        *missing,
    ]


def _peers() -> Commands:
    peers: Commands = {PYTHON: [sys.executable, "-c", "print(2+2)"]}
    if qalc := shutil.which("qalc"):
        peers[QALC] = [qalc, "-t", "2+2"]
    return peers


def _compared(ours: Commands, peers: Commands, rounds: int) -> list[Figure]:
    """Check the answers, then measure by ourselves."""
    for name, command in {**ours, **peers}.items():
        check(command, "hi" if "Echo" in name else "4")
    runs = interleaved({**ours, **peers}, rounds)
    wall = {name: [run.wall_ms for run in found] for name, found in runs.items()}
    cpu = {name: [run.cpu_ms for run in found] for name, found in runs.items()}
    figures: list[Figure] = []
    for name in ours:
        figures += compare(name, wall[name], _beside(name, wall, peers), "ms", ("median", "best"))
        figures += compare(f"{name}, processor time", cpu[name], _beside("", cpu, peers), "ms", ("median",))
    return figures


def _by_hyperfine(ours: Commands, peers: Commands, batches: int) -> list[Figure]:
    """Hold a known instrument against our own."""
    wall = by_hyperfine({**ours, **peers}, batches)
    if wall is None:
        return [skipped("the same by hyperfine", "hyperfine is not installed")]
    return [
        figure
        for name in ours
        for figure in compare(f"{name}, hyperfine", wall[name], _beside("", wall, peers), "ms", ("median",))
    ]


def _served(peers: Commands, rounds: int) -> list[Figure]:
    """Ask a host that runs already, in a home of its own."""
    with home_of("served"), _serving():
        return _compared({SERVED: [tellme_program(), "ask", "Math", "2+2"]}, peers, rounds)


@contextmanager
def _serving() -> Iterator[None]:
    command = [tellme_program(), "serve"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        if not any(b"Serving" in line for line in process.stderr):
            raise RuntimeError("tellme serve has ended before it served")
        try:
            settle()
            yield
        finally:
            process.terminate()
            process.communicate()


def _printed(rounds: int) -> list[Figure]:
    """Time what needs no bot."""
    ours: Commands = {name: [tellme_program(), name] for name in ("list", "--version", "--help")}
    peers: Commands = {PYTHON: [sys.executable, "-c", "print(2+2)"]}
    runs = interleaved({**ours, **peers}, rounds)
    wall = {name: [run.wall_ms for run in found] for name, found in runs.items()}
    return [
        figure
        for name in ours
        for figure in compare(name, wall[name], _beside(name, wall, peers), "ms", ("median", "best"))
    ]


def _beside(name: str, samples: Mapping[str, Sequence[float]], peers: Commands) -> list[Peer]:
    """Return the peers of what is called ``name``, with the limits that it has."""
    limits = {peer: LIMITS.get((name, peer)) for peer in peers}
    return [Peer(peer, samples[peer], {"median": most} if (most := limits[peer]) else {}) for peer in peers]
