"""The host is killed in a storm, outright: what it had been told is kept, no process is left, and the next one goes on.

This process is made the one that orphans fall to, so that all that the host ever started is found below it.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tellme.host.host import Host
from tellme.model import Reply

from ..conftest import children_of, wait_until
from . import storm
from .conftest import run, say

PR_SET_CHILD_SUBREAPER = 36
ROUNDS = 4
INTERRUPTED = "interrupted: tellme ended before the reply"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs prctl(2) and /proc")


@pytest.fixture
def left_behind() -> Iterator[Any]:
    """Tell which processes there are that this test has started, the orphans among them."""
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = children_of(os.getpid())
    yield lambda: children_of(os.getpid()) - before
    for pid in children_of(os.getpid()) - before:  # of a test that failed
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:  # the orphans' zombies
            pass


@pytest.fixture
def killed(home: Path, left_behind: Any) -> list[dict[str, Any]]:
    """Kill one host after the other, each after it was told something at random; return what all were told."""
    storm.add_bots(home, STAY="")
    chance = random.Random(11)
    turns: list[dict[str, Any]] = []
    for seed in range(ROUNDS):
        with storm.storming(home, sessions=3, turns=50, kills=1000, seed=seed) as host:
            turns += islice(storm.told(host), chance.randrange(1, 60))
            assert len(left_behind()) > 1, "there was nothing but the host when it was killed"
            host.kill()
            turns += storm.told(host)
        # Twice, because a process whose parent ends while it is looked for can be missed once.
        wait_until(lambda: not (left_behind() or left_behind()))
    return turns


def test_what_a_killed_host_was_told_is_kept_and_the_next_one_goes_on(killed: list[dict[str, Any]], home: Path) -> None:
    assert len({turn["turn"] for turn in killed}) == len(killed) >= ROUNDS
    storm.check_replies(killed)
    storm.check_database(home, killed)
    kept_open = {turn for (turn,) in storm.rows(home, "select id from turn where status is null")}
    assert kept_open, "the last host was killed between its turns"
    session = longest(killed)
    earlier = storm.answered(home, session)

    async def go_on(host: Host) -> Reply:
        return await say(host, await host.resume_session(session), "1 + 1000000")

    reply = run(go_on)
    said = json.loads(reply.text)
    assert (said["message"], said["earlier"]) == ("1 + 1000000", earlier)
    ended = {row[0]: row[1:] for row in storm.rows(home, "select id, status, error from turn")}
    assert {ended[turn] for turn in kept_open} == {("failed", INTERRUPTED)}
    assert all(status for status, _ in ended.values())
    storm.check_database(home, killed)


def longest(turns: list[dict[str, Any]]) -> str:
    """Return the session of a bot of the user's own that was answered most often."""
    answered = (turn for turn in turns if turn["reply"]["status"] == "answered" and turn["bot"] in storm.OWN)
    return Counter(turn["session"] for turn in answered).most_common(1)[0][0]
