"""Whatever a bot starts, and however bot or host end: no process is left."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import tellme
from tellme.supervisor.process import Exit
from tellme.supervisor.spawn import Spawner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="rests on the child subreaper of Linux")

Start = Callable[..., Any]
Alive = Callable[[int], bool]

PROGRAMS = Path(__file__).parent / "programs"
ALL_KINDS = ("child", "shell", "daemon", "bomb", "deaf")


@pytest.mark.parametrize("kind", ALL_KINDS)
async def test_what_a_bot_leaves_when_it_ends_is_killed(start: Start, alive: Alive, kind: str) -> None:
    bot = await start("leaves.py", kind, "go")
    pids = await bot.pids()
    assert await bot.process.wait() == Exit(0, None, None)
    assert not any(map(alive, pids)), "all are gone when the exit is known"


@pytest.mark.parametrize("kind", ALL_KINDS)
async def test_what_a_bot_started_is_killed_with_it(start: Start, alive: Alive, kind: str) -> None:
    bot = await start("leaves.py", kind, "stay")
    pids = await bot.pids()
    assert all(map(alive, pids))
    bot.process.kill()
    await bot.process.wait()
    assert not any(map(alive, pids))


async def test_what_never_stands_still_is_caught(start: Start) -> None:
    bot = await start("leaves.py", "runner", "runner", "go")
    async with asyncio.timeout(30):
        assert await bot.process.wait() == Exit(0, None, None)


async def test_when_the_host_goes_a_bot_may_still_clean_up(spawner: Spawner, launch: Start) -> None:
    spawned = spawner.spawn(launch("stubborn.py", "polite"))
    os.set_blocking(spawned.stdout, True)
    assert os.read(spawned.stdout, 100) == b"ready\n"
    os.close(spawned.control)
    assert os.read(spawned.stdout, 100) == b"terminated\n"
    os.close(spawned.stdin)
    os.close(spawned.stdout)


async def test_a_bot_behind_a_shell_is_ended(start: Start, alive: Alive) -> None:
    bot = await start("sh", "-c", "sleep 1000 & echo $!; wait; :")
    (sleep,) = await bot.pids()
    await bot.process.stop((0.05, 5))
    assert not alive(sleep)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Run a host of two bots, in a process group of its own."""
    hosts: list[subprocess.Popen[str]] = []

    def run(then: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": str(Path(tellme.__file__).parents[1])}
        command = [sys.executable, str(PROGRAMS / "host.py"), str(tmp_path), then]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        hosts.append(subprocess.Popen(command, env=environment, text=True, process_group=0, **pipes))  # type: ignore[call-overload]
        return hosts[-1]

    yield run
    for one in hosts:
        one.kill()
        one.communicate()


def pids_of(host: subprocess.Popen[str]) -> list[int]:
    assert host.stdout is not None
    pids: list[int] = json.loads(host.stdout.readline())
    assert len(pids) == 1 + 2 * (2 + 5), "the spawner; bot, warden and what the bot started, twice"
    return pids


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_nothing_outlives_a_host_that_a_signal_ends(host: Start, until: Start, alive: Alive, number: int) -> None:
    process = host("wait")
    pids = pids_of(process)
    assert all(map(alive, pids))
    os.killpg(process.pid, number)
    process.wait(30)
    until(lambda: not any(map(alive, pids)))


@pytest.mark.parametrize("then", ["exit", "raise", "close"])
def test_nothing_outlives_a_host_that_ends_by_itself(host: Start, until: Start, alive: Alive, then: str) -> None:
    process = host(then)
    pids = pids_of(process)
    process.wait(30)
    until(lambda: not any(map(alive, pids)))


def test_a_key_on_the_hosts_terminal_does_not_reach_the_bots(host: Start, alive: Alive) -> None:
    process = host("wait")
    pids = pids_of(process)
    assert {os.getpgid(pid) for pid in pids}.isdisjoint({process.pid})
    assert {os.getsid(pid) for pid in pids}.isdisjoint({os.getsid(process.pid)})


def test_a_stopped_warden_does_not_outlive_its_host(host: Start, until: Start, alive: Alive) -> None:
    process = host("wait")
    pids = pids_of(process)
    os.kill(pids[2], signal.SIGSTOP)
    process.kill()
    process.wait(30)
    until(lambda: not any(map(alive, pids)))
