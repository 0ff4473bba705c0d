"""The one file, once unpacked, against the same code installed in an environment; ``TELLME_BINARY`` names the file."""

from __future__ import annotations

import os
import subprocess

from figures import Figure, Peer, compare, skipped
from home import tellme_program
from timing import Run, interleaved

AGAINST_INSTALLED = {"median": 1.3}
"""Issue 7: a start costs at most 1.3 times that of what is installed."""

COMMANDS = (["ask", "Math", "2+2"], ["--version"], ["list"])


def measure(quick: bool) -> list[Figure]:
    """Unpack it, and time what people start most, in turns with the installed program."""
    binary = os.environ.get("TELLME_BINARY")
    if not binary:
        return [skipped("the one file", "TELLME_BINARY names none (./build-binary makes it)")]
    rounds = 10 if quick else 50
    return [figure for arguments in COMMANDS for figure in _compared(binary, arguments, rounds)]


def _compared(binary: str, arguments: list[str], rounds: int) -> list[Figure]:
    ours, theirs = [binary, *arguments], [tellme_program(), *arguments]
    said = [subprocess.run(command, capture_output=True, check=True).stdout for command in (ours, theirs)]
    if said[0] != said[1]:
        raise RuntimeError(f"{' '.join(arguments)}: the one file said {said[0]!r}, and what is installed {said[1]!r}")
    runs = interleaved({"ours": ours, "theirs": theirs}, rounds)
    name = f"one file, {' '.join(arguments)}"
    return [
        *_figures(name, runs, "wall_ms"),
        *_figures(f"{name}, processor time", runs, "cpu_ms"),
    ]


def _figures(name: str, runs: dict[str, list[Run]], what: str) -> list[Figure]:
    samples = {who: [float(getattr(run, what)) for run in found] for who, found in runs.items()}
    return compare(name, samples["ours"], [Peer("installed", samples["theirs"], AGAINST_INSTALLED)], "ms", ["median"])
