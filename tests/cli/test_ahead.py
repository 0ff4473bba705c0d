"""What ``ask`` begins before it knows what for is ended, whatever comes of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .conftest import PROGRAM

WATCH = """
import os, subprocess, sys
from tellme.supervisor import linux
linux.adopt_orphans()
print(subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL).returncode)
left = 0
try:
    while True:  # what has lost its parent comes here; nothing of it may go on for ever
        os.wait()
        left += 1
except ChildProcessError:
    print(left)
"""


def code_and_orphans(*arguments: str) -> list[str]:
    """Return a command's exit code, and how many processes it left to end by themselves; then all have ended."""
    command = [sys.executable, "-c", WATCH, *PROGRAM, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    return done.stdout.split()[-2:]


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux alone")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("Nobody", "hi"), "2"),
        (("Math",), "2"),
        (("Math", "--lines", "text"), "2"),
        (("Math", "hi", "--attach", "no/such/file"), "2"),
    ],
)
def test_nothing_outlives_an_ask_that_came_to_nothing(arguments: tuple[str, ...], code: str) -> None:
    assert code_and_orphans("ask", *arguments)[0] == code


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux alone")
def test_an_ask_waits_for_the_end_of_all_that_it_began() -> None:
    assert code_and_orphans("ask", "Math", "2+2") == ["0", "0"]
