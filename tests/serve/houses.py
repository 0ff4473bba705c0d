"""The bot Where, and the command that asks it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ..cli.conftest import PROGRAM, Result, tellme
from ..conftest import add_bot

WHERE = ["sh", "-c", 'while read line; do echo "$WHERE $line"; done']

Program = subprocess.Popen[bytes]
Run = Callable[..., Program]


def add_where(home: Path) -> None:
    add_bot(home, "Where", WHERE, protocol="lines", pass_env=["WHERE"])


def ask(*arguments: str, **more: Any) -> Result:
    return tellme("ask", *arguments, env={**os.environ, "WHERE": "own"}, **more)


@pytest.fixture
def run() -> Iterator[Run]:
    """Start the command; it is killed when the test ends."""
    started: list[Program] = []

    def begin(*arguments: str, **more: Any) -> Program:
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        env = {**os.environ, "WHERE": "own"}
        started.append(subprocess.Popen([*PROGRAM, *arguments], env=env, **{**pipes, **more}))
        return started[-1]

    yield begin
    for process in started:
        with process:
            process.kill()


def rest_of(process: Program) -> tuple[bytes, bytes]:
    out, err = process.communicate(timeout=30)
    return out, err
