"""What is left of each path's time: what it imports, and where the host is while turns go through it.

``python benchmarks/run.py --profile > benchmarks/profiles.md`` keeps it. Imports are those of ``-X importtime``; where
the host is, is seen by `py-spy <https://github.com/benfred/py-spy>`_, found on PATH or in the variable PYSPY.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import report
from home import PROGRAMS
from profile_ask import timeline
from timing import Command

import tellme

RUNS = 5
SHOWN = 14
BOTS = Path(tellme.__file__).parents[1] / "bots"
TELLME = ("-m", "tellme")
ECHO_TURNS_S = 4

IMPORTS: Mapping[str, Sequence[str]] = {
    "`tellme ask Math 2+2`, from nothing": (*TELLME, "ask", "Math", "2+2"),
    "`tellme list`": (*TELLME, "list"),
    "`tellme --version`": (*TELLME, "--version"),
    "`tellme --help`": (*TELLME, "--help"),
    "The app, up to its first picture": ("-c", "import tellme.tui.app"),
    "English's own process, until it waits for its first message": ("bot.py",),
}


def profiles(home: Path) -> str:
    """Return all of it as Markdown."""
    here = report.machine()
    parts = [
        "# What is left",
        "Written by `python benchmarks/run.py --profile`. Watching costs time itself: compare lines, not totals.",
        f"{here['date']}, Python {here['python']}, {here['system']}, {here['cores']} cores, {here['processor']}",
        "## A question, from nothing",
        _block(timeline(home)),
        "## Imports",
        f"Ms with what a module imports first, ms alone, by `-X importtime`: the median of {RUNS} runs. Shown are the "
        f"{SHOWN} that cost most.",
    ]
    for name, arguments in IMPORTS.items():
        parts += [f"### {name}", _block(_imports(arguments))]
    return "\n\n".join([*parts, "## A turn through the host", *_way_through()])


def _block(lines: Sequence[str]) -> str:
    return "\n".join(["```", *lines, "```"])


# Imports ----------------------------------------------------------------------------------------------------------


def _imports(arguments: Sequence[str]) -> list[str]:
    _import_times(arguments)  # to warm up
    runs = [_import_times(arguments) for _ in range(RUNS)]
    common = [name for name in runs[0] if all(name in run for run in runs)]
    cost = {name: tuple(median(run[name][part] for run in runs) for part in (0, 1)) for name in common}
    most = sorted(common, key=lambda name: -cost[name][0])[:SHOWN]
    total = sum(alone for _, alone in cost.values())
    return [
        *(f"{cost[name][0]:8.1f} {cost[name][1]:8.1f}  {name}" for name in most),
        f"{total:8.1f}           all {len(common)} modules, the interpreter's own among them",
    ]


def _import_times(arguments: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Return for each module that is imported: ms with what it imports first, ms alone."""
    command = [sys.executable, "-X", "importtime", *arguments]
    bot = {"cwd": BOTS / "english", "env": _bots_environment()} if arguments == ("bot.py",) else {}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, **bot)  # type: ignore[call-overload]
    rows = (line.removeprefix("import time:").split("|") for line in done.stderr.splitlines() if "|" in line)
    return {
        name.strip(): (int(cumulative) / 1000, int(alone) / 1000)
        for alone, cumulative, name in rows
        if cumulative.strip().isdecimal()
    }


def _bots_environment() -> dict[str, str]:
    data = os.environ["TELLME_HOME"]
    return {**os.environ, "PYTHONPATH": str(BOTS.parent), "TELLME_BOT_DATA": data, "TELLME_KIND_DATA": data}


# The way through --------------------------------------------------------------------------------------------------


def _way_through() -> Iterator[str]:
    spy = shutil.which(os.environ.get("PYSPY", "py-spy"))
    if spy is None:
        yield "Skipped: py-spy is not on PATH, nor a command in PYSPY."
        return
    program: Command = [sys.executable, str(PROGRAMS / "endless_turns.py"), str(ECHO_TURNS_S)]
    with tempfile.NamedTemporaryFile(suffix=".raw") as file:
        options = ["record", "--nonblocking", "--rate", "500", "--format", "raw", "--output", file.name, "--"]
        subprocess.run([spy, *options, *program], capture_output=True, check=True)
        stacks = [line.rsplit(" ", 1) for line in Path(file.name).read_text().splitlines()]
    yield "Turns one after the other with Echo, kept: where py-spy finds the host, in percent of its samples."
    yield "In functions themselves:"
    yield _block(_shares([(stack.split(";")[-1:], int(count)) for stack, count in stacks]))
    yield "In functions and what they call, tellme's alone:"
    ours = [([each for each in stack.split(";") if "tellme/" in each], int(count)) for stack, count in stacks]
    yield _block(_shares(ours))


def _shares(stacks: Sequence[tuple[Sequence[str], int]]) -> list[str]:
    """Return the functions that are in most samples."""
    found: Counter[str] = Counter()
    for functions, count in stacks:
        for function in {_name(each) for each in functions if each}:
            found[function] += count
    total = sum(count for _, count in stacks)
    return [f"{100 * count / total:6.1f}  {function}" for function, count in found.most_common(SHOWN)]


def _name(frame: str) -> str:
    """``write (tellme/supervisor/pipes.py:12)`` without its line."""
    return frame.rpartition(":")[0] + ")" if ":" in frame else frame
