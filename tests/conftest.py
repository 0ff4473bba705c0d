"""What tests of several folders share: a home of their own, bots in it, and ways to see what other processes do."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

HOSTILE = Path(__file__).parent / "hostile" / "bot.py"
"""A bot that misbehaves in the way that its first argument names."""

TEACHABLE = """
from tellme import Bot

bot = Bot("Teachable")


@bot.command("teach", "Say it better.", hint="TEXT")
def teach(message):
    return f"learned {message.text!r} after {len(message.session.history)}"


@bot.reply
def reply(message):
    return message.text


bot.run()
"""
"""A bot that offers a command of its own."""

_numbers = itertools.count(1)


def pytest_xdist_auto_num_workers() -> int:
    """Run one more test at once than there are processors: now and then each waits for another process."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The ``TELLME_HOME`` of the test."""
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def at_home(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a ``TELLME_HOME`` that no other test and no person uses.

    It is below ``tmp_path`` where a test asks for that; for the thousands that write nothing no folder is made.
    """
    if "tmp_path" in request.fixturenames:
        folder = request.getfixturevalue("tmp_path") / "home"
    else:
        folder = request.getfixturevalue("tmp_path_factory").getbasetemp() / f"home-{next(_numbers)}"
    monkeypatch.setenv("TELLME_HOME", str(folder))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TELLME_TEST_SECRET"):
        monkeypatch.delenv(name, raising=False)


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


def wait_until(holds: Callable[[], object], seconds: float = 30.0) -> None:
    """Poll a condition of another process, with a deadline."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.005)


def is_running(pid: int) -> bool:
    """Is there such a process, and is it no zombie?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask the database, by way of no code of tellme's; nothing where there is none yet."""
    file = home / "data" / "tellme.db"
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as connection:
        has_tables = connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        return connection.execute(query).fetchall() if has_tables else []


def children_of(pid: int) -> set[int]:
    """Every process that runs below one, at whatever depth, by way of no code of tellme's."""
    parents: dict[int, int] = {}
    for entry in filter(str.isdecimal, os.listdir("/proc")):
        try:
            parents[int(entry)] = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    below, layer = set[int](), {pid}
    while layer:
        layer = {child for child, parent in parents.items() if parent in layer} - below
        below |= layer
    return set(filter(is_running, below))


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    return json.dumps(value)
