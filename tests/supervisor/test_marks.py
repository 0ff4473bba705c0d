"""The mark of a bot, whatever limit on file locks tellme was started with."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tellme.supervisor import linux

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the mark is a limit of Linux")

LIMITED = "import os, resource, sys; limit = int(sys.argv[1]); resource.setrlimit(10, (limit, limit)); "
MARKED = (
    "from tellme.supervisor import linux; linux.mark(); "
    "print(next(line.split()[-2] for line in open('/proc/self/limits') if line.startswith('Max file locks')))"
)
ASK = "os.execv(sys.executable, [sys.executable, '-m', 'tellme', 'ask', 'Math', '2+2'])"


def limited(limit: int, code: str) -> str:
    command = [sys.executable, "-c", LIMITED + code, str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("limit", "after"),
    [(-1, linux._NO_MARKS - 1), (2**50, 2**50 - 1), (5, 4), (1, 0), (0, 0)],
    ids=["unlimited", "high", "low", "one", "none"],
)
def test_each_mark_lowers_the_limit_as_far_as_there_is_one(limit: int, after: int) -> None:
    assert limited(limit, MARKED) == str(after)


@pytest.mark.parametrize("limit", [0, 1])
def test_bots_answer_whatever_the_limit_is(limit: int) -> None:
    assert limited(limit, ASK) == "4"
