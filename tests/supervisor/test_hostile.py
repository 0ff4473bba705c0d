"""Bots that attack what watches over them, grow without end, or flood their log."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tellme.supervisor import linux
from tellme.supervisor import process as process_module
from tellme.supervisor.log_tail import tail
from tellme.supervisor.process import CannotStart, Exit, Process
from tellme.supervisor.spawn import Spawner
from tellme.supervisor.strays import Strays

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="rests on /proc and the child subreaper of Linux")

Start = Callable[..., Any]
Log = Any
Alive = Callable[[int], bool]


@contextmanager
def adopting() -> Iterator[Strays]:
    """Be a host that takes in what loses its parents."""
    strays = Strays()
    strays.begin()
    try:
        yield strays
    finally:
        strays.end()


async def until_gone(*pids: int) -> None:
    """Wait, while the loop hears of ends by signals, until there are no such processes, zombies included."""
    async with asyncio.timeout(30):
        while any(map(_exists, pids)):  # noqa: ASYNC110 (no event tells that it is reaped)
            await asyncio.sleep(0.005)


def _exists(pid: int) -> bool:
    return os.path.exists(f"/proc/{pid}")


async def test_a_bot_that_kills_its_warden_is_killed_with_all_it_started(
    start: Start, until: Start, alive: Alive
) -> None:
    bot = await start("attacks.py", "warden", "KILL")
    own, daemon, warden, _ = await bot.pids()
    assert (own, warden) == (bot.process.pid, bot.process.warden_pid)
    bot.process.write(b"go\n")
    async with asyncio.timeout(30):
        end = await bot.process.wait()
    assert end == Exit(None, None, "lost its warden, which was killed")
    until(lambda: not any(map(alive, (own, daemon, warden))))
    assert await bot.process.stop() == end


async def test_a_bot_that_stops_its_warden_is_killed_all_the_same(
    start: Start, until: Start, alive: Alive, monkeypatch: Any
) -> None:
    monkeypatch.setattr(process_module, "CONFIRM_S", 0.1)
    bot = await start("attacks.py", "warden", "STOP")
    pids = await bot.pids()
    bot.process.write(b"go\n")
    assert await bot.line() == "done"
    end = await bot.process.stop((0.05, 0.05))
    assert end.reason == "lost its warden, which was killed"
    until(lambda: not any(map(alive, pids[:3])))


async def test_a_spawner_that_was_killed_is_replaced_and_the_bots_live_on(
    start: Start, until: Start, alive: Alive
) -> None:
    bot = await start("attacks.py", "spawner", "KILL")
    own, daemon, warden, spawner = await bot.pids()
    bot.process.write(b"go\n")
    assert await bot.line() == "done"
    until(lambda: not alive(spawner))
    other = await start("echo.py")
    assert await other.line() == "ready"
    assert alive(own)
    await other.process.stop()
    await bot.process.stop((0.05, 0.05))
    assert not any(map(alive, (own, daemon)))
    until(lambda: not alive(warden))


async def test_a_bot_dies_with_its_warden_even_without_a_spawner(start: Start, until: Start, alive: Alive) -> None:
    bot = await start("attacks.py", "spawner", "KILL")
    own, daemon, warden, spawner = await bot.pids()
    os.kill(daemon, signal.SIGKILL)  # this one nothing would catch
    bot.process.write(b"go\n")
    assert await bot.line() == "done"
    until(lambda: not alive(spawner))
    os.kill(warden, signal.SIGKILL)
    await bot.process.wait()
    until(lambda: not alive(own))


@pytest.mark.parametrize("who", ["spawner-warden", "warden-spawner"])
async def test_a_bot_that_kills_spawner_and_warden_leaves_nothing_either(start: Start, who: str) -> None:
    with adopting():
        bot = await start("attacks.py", who, "KILL")
        own, daemon, warden, _ = await bot.pids()
        bot.process.write(b"go\n")
        assert (await bot.process.wait()).reason == "lost its warden, which was killed"
        await until_gone(own, daemon, warden)


async def test_a_bot_of_a_killed_spawner_is_watched_over_to_its_end(start: Start, alive: Alive, until: Start) -> None:
    with adopting():
        bot = await start("attacks.py", "spawner", "KILL")
        own, daemon, warden, spawner = await bot.pids()
        bot.process.write(b"go\n")
        assert await bot.line() == "done"
        until(lambda: not alive(spawner))
        await asyncio.sleep(0)
        assert all(map(alive, (own, daemon, warden))), "a warden is no stray"
        os.kill(warden, signal.SIGKILL)
        await until_gone(own, daemon, warden)


async def test_a_daemon_that_the_host_itself_has_started_is_left_alone(alive: Alive) -> None:
    with adopting() as strays:
        shell = await asyncio.create_subprocess_exec("sh", "-c", "setsid sleep 9 >&- & echo $!", stdout=PIPE)
        assert shell.stdout is not None
        daemon = int(await shell.stdout.readline())
        assert await shell.wait() == 0
        strays.sweep()
        assert alive(daemon)
        os.kill(daemon, signal.SIGKILL)
        os.waitpid(daemon, 0)  # noqa: ASYNC222 (it is killed)


async def test_only_a_bot_carries_its_mark_and_hands_it_on(start: Start, spawner: Spawner) -> None:
    bot = await start("attacks.py", "warden", "KILL")
    _, daemon, warden, _ = await bot.pids()
    marks = [linux.marks(pid) - linux.marks(os.getpid()) for pid in (spawner.pid, warden, bot.process.pid, daemon)]
    assert marks == [0, linux.WARDEN, linux.BOT, linux.BOT]
    await bot.process.stop((0.05, 0.05))


async def test_a_spawner_that_was_stopped_goes_on(start: Start, spawner: Spawner) -> None:
    await (await start("true")).process.wait()
    os.kill(spawner.pid, signal.SIGSTOP)
    bot = await start("echo.py")
    assert await bot.line() == "ready"
    await bot.process.stop()


async def test_a_start_that_the_spawner_took_with_it_says_so(spawner: Spawner, launch: Start, until: Start) -> None:
    os.kill(spawner.pid, signal.SIGSTOP)
    until(lambda: Path(f"/proc/{spawner.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
    spawned = spawner.spawn(launch("echo.py"))
    os.kill(spawner.pid, signal.SIGKILL)
    with pytest.raises(CannotStart, match="its spawner or warden was killed"):
        await Process.adopt(spawned)


async def test_a_warden_that_is_told_to_terminate_ends_its_bot(start: Start, alive: Alive) -> None:
    bot = await start("stubborn.py")
    await bot.line()
    os.kill(bot.process.warden_pid, signal.SIGTERM)
    assert await bot.process.wait() == Exit(None, signal.SIGKILL, None)
    assert not alive(bot.process.pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
async def test_a_warden_does_not_mind_keys_and_lost_terminals(start: Start, number: int) -> None:
    bot = await start("echo.py")
    assert await bot.line() == "ready"
    os.kill(bot.process.warden_pid, number)
    bot.process.write(b"still here\n")
    assert await bot.line() == "still here"
    assert await bot.process.stop() == Exit(0, None, None)


@pytest.mark.parametrize("who", ["self", "child"])
async def test_a_process_that_passes_its_memory_limit_ends_its_bot(start: Start, who: str) -> None:
    bot = await start("grows.py", who, memory_bytes=64 << 20)
    async with asyncio.timeout(30):
        end = await bot.process.wait()
    held = re.fullmatch(r"passed its memory limit \((\d+) MiB of 64 MiB\)", end.describe())
    assert held
    assert 64 < int(held[1]) < 1024, "it was ended on its way"


async def test_memory_within_the_limit_is_left_alone_and_watched_on_demand(start: Start) -> None:
    bot = await start("echo.py", memory_bytes=512 << 20)
    await bot.line()
    bot.process.watch()
    bot.process.write(b"hello\n")
    assert await bot.line() == "hello"
    assert await bot.process.stop() == Exit(0, None, None)


async def test_a_flood_of_log_is_bounded_and_counted(start: Start, log: Log) -> None:
    mebibytes = 200
    bot = await start("floods.py", str(mebibytes), log_max_bytes=256 * 1024)
    async with asyncio.timeout(30):
        assert await bot.line() == "done"
    await bot.process.stop()
    sizes = log.sizes()
    assert sizes.keys() == {"test.log", "test.log.1"}
    assert max(sizes.values()) <= 256 * 1024
    assert re.search(r"\[… \d+ lines dropped\]\n$", log.text())


async def test_a_flood_of_log_does_not_delay_a_kill(start: Start) -> None:
    bot = await start("floods.py", "1000000")
    bot.process.kill()
    async with asyncio.timeout(5):
        assert (await bot.process.wait()).signal == signal.SIGKILL


async def test_lines_of_the_hosts_stand_in_the_same_log(start: Start, log: Log) -> None:
    bot = await start("echo.py")
    await bot.line()
    bot.process.log("skipped a line that\nis no JSON: \x1b[31m")
    await bot.process.stop()
    assert re.fullmatch(r"[-0-9]{10}T[:.0-9]{12}Z skipped a line that is no JSON: \n", log.text())


async def test_a_bot_that_logs_nothing_has_no_log(start: Start, log: Log) -> None:
    await (await start("echo.py")).process.stop()
    assert not log.exists()


async def test_a_log_that_cannot_be_written_harms_nobody(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    bot = await start("ends.py", "code", "3", log_path=str(tmp_path / "file" / "test.log"))
    assert await bot.process.wait() == Exit(3, None, None)
    assert "Not a directory" in (bot.process.log_problem or "")


async def test_a_pipe_in_the_place_of_the_log_is_not_waited_for(start: Start, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "test.log")
    bot = await start("ends.py", "code", "3", log_path=str(tmp_path / "test.log"))
    assert await asyncio.wait_for(bot.process.wait(), 5) == Exit(3, None, None)
    assert tail(str(tmp_path / "test.log"), 1) == []


async def test_a_log_that_may_not_grow_harms_nobody(start: Start) -> None:
    bot = await start("echo.py")
    resource.prlimit(bot.process.warden_pid, resource.RLIMIT_FSIZE, (0, 0))
    bot.process.log("one line")
    assert (await bot.process.stop()).reason is None
    assert "File too large" in (bot.process.log_problem or "")


async def test_a_flood_of_lines_of_the_hosts_is_counted(start: Start, log: Log) -> None:
    bot = await start("echo.py")
    for number in range(1000):
        bot.process.log(f"line {number}")
    await bot.process.stop()
    assert len(log.text().splitlines()) == 101
    assert "[… 900 more lines of tellme's own]" in log.text()
