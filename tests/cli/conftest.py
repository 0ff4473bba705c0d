"""The program itself, run as a person or a script runs it: stdout, stderr and exit code apart."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

PROGRAM = [sys.executable, "-m", "tellme"]
ECHO = Path(__file__).parent / "programs" / "echo.py"
HOSTILE = Path(__file__).parents[1] / "hostile" / "bot.py"
ENDS_WITHIN_S = 20.0

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


def add_bot(home: Path, name: str, command: list[str], **keys: object) -> Path:
    """Write the manifest of a bot into the user's folder; returns the folder."""
    folder = home / "bots" / name.lower().replace(" ", "-")
    folder.mkdir(parents=True)
    table = {"name": name, "command": command, **keys}
    (folder / "bot.toml").write_text("".join(f"{key} = {_toml(value)}\n" for key, value in table.items()))
    return folder


def add_hostile(home: Path, mode: str, name: str = "Foe", **keys: object) -> Path:
    """Add the bot of ``tests/hostile`` in one of its modes."""
    return add_bot(home, name, [str(HOSTILE), mode], **keys)


@pytest.fixture
def echo(home: Path) -> Path:
    """Add the bot Echo; returns its folder."""
    return add_bot(home, "Echo", [str(ECHO)], aliases=["say it back"])


def rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    """What the database holds; nothing if there is none yet."""
    file = home / "data" / "tellme.db"
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as connection:
        has_tables = connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        return connection.execute(sql).fetchall() if has_tables else []


def wait_until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Poll a condition of another process, with a deadline."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Is there such a process, and is it no zombie?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def processes_below(home: Path) -> list[int]:
    """The processes of bots that work on behalf of this home: each has its folder as the current one."""
    return [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if _works_in(pid, home)]


def _works_in(pid: int, home: Path) -> bool:
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")).is_relative_to(home) and is_running(pid)
    except OSError:
        return False


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    return json.dumps(value)
