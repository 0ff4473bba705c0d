"""Stores in real files, and programs that use the same file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import tellme
from tellme.store.database import Store

Spawn = Callable[..., subprocess.Popen[str]]

PREAMBLE = """
import os, sqlite3, sys
from tellme.errors import StoreError
from tellme.model import TurnStatus
from tellme.store.database import Busy, Store

def write(store, operation):
    try:
        return operation(store)
    except Busy:
        return store.patiently(operation)

def turn(store, session, message):
    kept = write(store, lambda store: store.begin_turn(session.id, message))
    write(store, lambda store: store.end_turn(kept.id, TurnStatus.ANSWERED, "re: " + message))
    return kept
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "data" / "tellme.db")


@pytest.fixture
def store(path: str) -> Iterator[Store]:
    opened = Store.open(path)
    yield opened
    opened.close()


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Run a program of a few lines, after the preamble, in a process of its own that sees this tellme."""
    started: list[subprocess.Popen[str]] = []

    def run(code: str, *arguments: str, prefix: tuple[str, ...] = (), cwd: str | None = None) -> subprocess.Popen[str]:
        command = [*prefix, sys.executable, "-c", PREAMBLE + code, *arguments]
        root = os.path.dirname(os.path.dirname(os.path.abspath(tellme.__file__)))
        environment = {**os.environ, "PYTHONPATH": root}
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, text=True, env=environment, cwd=cwd, stdin=pipe, stdout=pipe, stderr=pipe)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def run(spawn: Spawn) -> Callable[..., str]:
    """Run such a program to its end and return what it printed."""

    def finish(code: str, *arguments: str, **options: object) -> str:
        process = spawn(code, *arguments, **options)
        output, errors = process.communicate(timeout=30)
        assert process.returncode == 0, errors
        return output

    return finish
