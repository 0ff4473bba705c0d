"""The program itself, run as a person or a script runs it: stdout, stderr and exit code apart."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ..conftest import add_bot, is_running
from ..conftest import rows as rows

PROGRAM = [sys.executable, "-m", "tellme"]
ECHO = Path(__file__).parent / "programs" / "echo.py"
ENDS_WITHIN_S = 40.0

Start = Callable[..., "subprocess.Popen[bytes]"]


class Result(NamedTuple):
    out: str
    err: str
    code: int


def tellme(*arguments: str, stdin: str | bytes = b"", **more: Any) -> Result:
    """Run the program to its end. ``more`` goes to ``subprocess.run``."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    more = {"capture_output": True, "timeout": ENDS_WITHIN_S, **({} if "stdin" in more else {"input": given}), **more}
    done = subprocess.run([*PROGRAM, *arguments], check=False, **more)
    return Result((done.stdout or b"").decode(), (done.stderr or b"").decode(), done.returncode)


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the program with pipes at both ends; what is left of it is killed when the test ends."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*arguments: str, **more: Any) -> subprocess.Popen[bytes]:
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        started.append(subprocess.Popen([*PROGRAM, *arguments], **{**pipes, **more}))
        return started[-1]

    yield begin
    for process in started:
        with process:
            process.kill()


@pytest.fixture
def echo(home: Path) -> Path:
    """Add the bot Echo; returns its folder."""
    return add_bot(home, "Echo", [str(ECHO)], aliases=["say it back"])


def processes_below(home: Path) -> list[int]:
    """The processes of bots that work on behalf of this home: each has its folder as the current one."""
    return [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if _works_in(pid, home)]


def _works_in(pid: int, home: Path) -> bool:
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")).is_relative_to(home) and is_running(pid)
    except OSError:
        return False
