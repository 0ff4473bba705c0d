"""A bot on a pseudo-terminal of its own: what it finds, and that it ends like any other."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tellme.supervisor.process import Exit

from .conftest import eventually

Start = Callable[..., Any]

SHORT = (0.2, 0.2)
"""Graces for programs that use them up."""


async def test_all_three_descriptors_are_its_own_controlling_terminal(start: Start) -> None:
    bot = await start("sh", "-c", "test -t 0 -a -t 1 -a -t 2; echo $?; echo mine > /dev/tty; stty size", pty=True)
    assert [await bot.line(), await bot.line(), await bot.line()] == ["0", "mine", "24 500"]
    assert await bot.process.wait() == Exit(0, None, None)


async def test_it_is_told_of_a_plain_terminal_unless_it_is_told_otherwise(start: Start) -> None:
    path = {"PATH": os.environ["PATH"]}
    for env, told in ((path, "dumb cat"), ({**path, "TERM": "vt100", "PAGER": "more"}, "vt100 more")):
        bot = await start("sh", "-c", "echo $TERM $PAGER", pty=True, env=env)
        assert await bot.line() == told
        await bot.process.wait()


async def test_nothing_is_echoed_and_its_errors_come_with_the_rest(start: Start, log: Any) -> None:
    bot = await start("sh", "-c", "read line; echo got $line >&2; echo out", pty=True)
    bot.process.write(b"it\n")
    assert [await bot.line(), await bot.line()] == ["got it", "out"]
    await bot.process.wait()
    assert log.text() == ""


@pytest.mark.parametrize("size", [10, 4095, 4096, 1_000_000])
async def test_a_line_of_any_length_arrives(start: Start, size: int) -> None:
    bot = await start("sh", "-c", "head -n 1 | wc -c", pty=True)
    bot.process.write(b"x" * (size - 1) + b"\n")
    assert (await bot.line()).strip() == str(size)


async def test_all_that_it_prints_before_its_exit_arrives(start: Start) -> None:
    bot = await start("sh", "-c", "head -c 3000000 /dev/zero", pty=True)
    assert await bot.process.wait() == Exit(0, None, None)
    assert bot.received_bytes == 3_000_000


@pytest.mark.parametrize(
    ("command", "end"),
    [
        (("cat",), Exit(0, None, None)),
        (("sh", "-c", "cat; exit 3"), Exit(3, None, None)),
    ],
)
async def test_the_end_of_its_input_is_the_first_that_it_is_told(
    start: Start, command: tuple[str, ...], end: Exit
) -> None:
    bot = await start(*command, pty=True)
    bot.process.write(b"ready\n")
    assert await bot.line() == "ready"
    assert await bot.process.stop((10, 10)) == end


async def test_the_end_of_its_input_also_comes_after_a_long_line(start: Start) -> None:
    bot = await start("cat", pty=True)
    bot.process.write(b"x" * 100_000 + b"\n")
    assert len(await bot.line()) == 100_000
    assert await bot.process.stop((10, 10)) == Exit(0, None, None)


async def test_a_shell_that_ignores_sigterm_is_hung_up(start: Start) -> None:
    bot = await start("sh", "-c", "trap '' TERM; trap 'exit 7' HUP; echo ready; while :; do sleep 0.05; done", pty=True)
    assert await bot.line() == "ready"
    assert await bot.process.stop((0.1, 10)) == Exit(7, None, None)


async def test_nothing_is_left_of_one_that_ignores_all(start: Start, alive: Callable[[int], bool]) -> None:
    script = "trap '' TERM HUP; setsid sleep 1000 & echo $!; while :; do sleep 1000; done"
    bot = await start("sh", "-c", script, pty=True)
    (stray,) = await bot.pids()
    assert await bot.process.stop(SHORT) == Exit(None, signal.SIGKILL, None)
    assert not alive(stray)


INTERRUPTED = """
import time
try:
    print("ready", flush=True)
    time.sleep(1000)
except KeyboardInterrupt:
    print("interrupted")
"""


async def test_ctrl_c_reaches_what_it_runs(start: Start) -> None:
    bot = await start("sh", "-c", f"trap : INT; '{sys.executable}' -c '{INTERRUPTED}'; echo on", pty=True)
    assert await bot.line() == "ready"
    bot.process.interrupt()
    assert [await bot.line(), await bot.line()] == ["interrupted", "on"]


async def test_on_pipes_there_is_no_ctrl_c(start: Start) -> None:
    bot = await start("cat")
    bot.process.interrupt()
    bot.process.write(b"on\n")
    assert await bot.line() == "on"
    assert bot.process.echoes() is False
    await bot.process.stop()


async def test_no_descriptor_is_left_open(start: Start) -> None:
    async def once() -> int:
        bot = await start("cat", pty=True)
        await bot.process.stop()
        await eventually(bot.closed.is_set)
        return len(os.listdir("/dev/fd"))

    before = await once()
    assert await once() == before


async def test_one_that_reads_nothing_is_ended_like_any_other(start: Start) -> None:
    bot = await start("sh", "-c", "echo ready; exec sleep 1000", pty=True)
    assert await bot.line() == "ready"
    bot.process.write(b"x\n" * 100_000)
    async with asyncio.timeout(30):
        end = await bot.process.stop(SHORT)
    assert end.signal in (signal.SIGHUP, signal.SIGTERM)
