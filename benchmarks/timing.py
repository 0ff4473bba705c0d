"""Times whole programs, from nothing to their end; commands take turns, so that what the machine does meets all."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

T = TypeVar("T")
Command = Sequence[str]


class Run(NamedTuple):
    """What one run of a program took."""

    wall_ms: float
    cpu_ms: float
    """User and system time of the program and of all of its descendants that were waited for."""


def check(command: Command, expected: str) -> None:
    """Run a command once, and raise where it does not print what it should: a fast wrong answer is no figure."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    if done.stdout.strip() != expected:
        problem = done.stderr.strip() or f"printed {done.stdout!r} instead of {expected!r}"
        raise RuntimeError(f"{shlex.join(command)}: {problem} (exit code {done.returncode})")


def run_once(command: Command) -> Run:
    """Run a command to its end, with nothing on its stdin and nobody at its stdout."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    ]
    began = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    wall_ms = (time.perf_counter() - began) * 1000
    if status != 0:
        raise RuntimeError(f"{shlex.join(command)} ended with code {os.waitstatus_to_exitcode(status)}")
    return Run(wall_ms, (usage.ru_utime + usage.ru_stime) * 1000)


def interleaved(commands: Mapping[str, Command], rounds: int) -> dict[str, list[Run]]:
    """Run the commands in turns."""
    return in_turns({name: partial(run_once, command) for name, command in commands.items()}, rounds)


def in_turns(
    ways: Mapping[str, Callable[[], T]], rounds: int, *, warmup: int = 2, breath_s: float = 0
) -> dict[str, list[T]]:
    """Go each way once a round, beginning with another one each time; the first ``warmup`` rounds do not count."""
    found: dict[str, list[T]] = {name: [] for name in ways}
    names = list(ways)
    for number in range(-warmup, rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            result = ways[name]()
            time.sleep(breath_s)
            if number >= 0:
                found[name].append(result)
    return found


def by_hyperfine(commands: Mapping[str, Command], rounds: int) -> dict[str, list[float]] | None:
    """Measure the same with hyperfine, in milliseconds; ``None`` where it is not installed.

    It runs one command after the other, so it is started many times with few runs each.
    """
    hyperfine = shutil.which("hyperfine")
    if hyperfine is None:
        return None
    found: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        options = ["--shell=none", "--style=none", "--warmup=1", "--runs=3", "--export-json", file.name]
        for _ in range(rounds):
            texts = [shlex.join(command) for command in commands.values()]
            subprocess.run([hyperfine, *options, *texts], check=True, capture_output=True)
            with open(file.name) as exported:
                results = json.load(exported)["results"]
            for name, result in zip(commands, results, strict=True):
                found[name] += [seconds * 1000 for seconds in result["times"]]
    return found
