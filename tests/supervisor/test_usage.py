"""What the system tells of processes: who is below whom, and how much they hold."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tellme.supervisor import linux, usage

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

Start = Callable[..., Any]


async def test_all_that_a_bot_started_is_below_its_warden(start: Start) -> None:
    bot = await start("leaves.py", "child", "shell", "daemon", "stay")
    pids = await bot.pids()
    below = linux.descendants(bot.process.warden_pid)
    assert set(below) == {bot.process.pid, *pids}
    assert below[0] == bot.process.pid, "nearest first"
    await bot.process.stop((0, 0))


@pytest.mark.skipif(not linux._LISTS_CHILDREN, reason="this kernel does not list children")
def test_both_ways_to_find_children_agree() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE):
        assert linux._listed_children(os.getpid()) == linux._scanned_children()(os.getpid())


async def test_memory_is_that_of_the_whole_family(start: Start) -> None:
    alone = await start("leaves.py", "stay")
    family = await start("leaves.py", "bomb", "stay")
    await alone.line()
    await family.line()
    one, many = (usage.memory_bytes(bot.process.pid) for bot in (alone, family))
    assert one is not None
    assert many is not None
    assert 1 << 20 < one < many / 10
    await alone.process.stop((0, 0))
    await family.process.stop((0, 0))


async def test_a_process_that_has_ended_holds_nothing_known(start: Start) -> None:
    bot = await start("true")
    await bot.process.wait()
    assert usage.memory_bytes(bot.process.pid) is None
    assert linux.descendants(bot.process.pid) == []
