"""Signals: the turn is cancelled, the exit code says which signal it was, and nothing is left running."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ..conftest import add_bot, add_hostile, is_running, wait_until
from .conftest import Start, processes_below, rows, tellme

WRITE = {"x86_64": 1, "aarch64": 64}.get(platform.machine())
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}

RECORDS_CANCEL = """
import asyncio
from pathlib import Path
from tellme import Bot

bot = Bot("Slow")

@bot.reply
async def reply(message):
    Path("asked").touch()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        Path("cancelled").touch()
        raise

bot.run()
"""


@pytest.fixture
def slow(home: Path) -> Path:
    """A bot that never answers, and says in files that it was asked and that it was told to stop."""
    folder = add_bot(home, "Slow", ["bot.py"])
    (folder / "bot.py").write_text(RECORDS_CANCEL)
    return folder


@pytest.mark.parametrize("number", CODES)
def test_a_signal_cancels_the_turn_and_leaves_nothing_behind(
    slow: Path, home: Path, start: Start, number: signal.Signals
) -> None:
    process = start("ask", "Slow", "hi", stdin=subprocess.DEVNULL)
    wait_until((slow / "asked").exists)
    assert processes_below(home)
    process.send_signal(number)
    assert process.wait(30) == CODES[number]
    assert (slow / "cancelled").exists()
    wait_until(lambda: not processes_below(home))
    assert _rest(process) == (b"", b"")
    assert rows(home, "SELECT status, error FROM turn") == [("failed", "Slow was cancelled")]


def test_a_second_ctrl_c_does_not_wait_for_the_bot(home: Path, start: Start) -> None:
    add_hostile(home, "hang-ignoring-everything", env={"PIDS": str(home / "pids")})
    process = start("ask", "Foe", "hi", stdin=subprocess.DEVNULL)
    wait_until(lambda: rows(home, "SELECT id FROM turn") != [] and (home / "pids").exists())
    while process.poll() is None:  # signals that come at once count as one
        process.send_signal(signal.SIGINT)
    assert process.returncode == 130
    assert b"Traceback" not in _rest(process)[1]
    wait_until(lambda: not processes_below(home))


def test_ctrl_c_while_stdin_is_read(echo: Path, home: Path, start: Start) -> None:
    process = start("ask", "Echo")
    wait_until(lambda: bool(processes_below(home)))
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    assert _rest(process) == (b"", b"")
    wait_until(lambda: not processes_below(home))


@pytest.mark.parametrize("arguments", [("ask", "Echo", "--lines"), ()])
def test_ctrl_c_between_lines(echo: Path, home: Path, start: Start, arguments: tuple[str, ...]) -> None:
    process = start(*arguments, stderr=subprocess.DEVNULL)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"say it back\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"say it back\n"
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    wait_until(lambda: not processes_below(home))


@pytest.mark.skipif(not (WRITE and os.path.exists("/proc/self/syscall")), reason="cannot be seen here")
def test_a_reader_who_does_not_read_holds_up_no_signal(echo: Path, home: Path, start: Start) -> None:
    process = start("ask", "Echo", "repeat 1000000 abc", stdin=subprocess.DEVNULL)
    wait_until(lambda: _waits_in_a_write(process.pid))
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 143
    wait_until(lambda: not processes_below(home))


def test_what_was_ignored_before_stays_ignored(echo: Path, home: Path, start: Start) -> None:
    def as_nohup_does() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    process = start("ask", "Echo", "pieces one two", stdin=subprocess.DEVNULL, preexec_fn=as_nohup_does)
    wait_until(lambda: rows(home, "SELECT id FROM turn") != [])
    process.send_signal(signal.SIGHUP)
    (echo / "go").touch()
    assert process.wait(30) == 0
    assert _rest(process) == (b"one two\n", b"")


def test_the_host_killed_outright_leaves_no_bot_behind(slow: Path, home: Path, start: Start) -> None:
    process = start("ask", "Slow", "hi", stdin=subprocess.DEVNULL)
    wait_until((slow / "asked").exists)
    process.kill()
    wait_until(lambda: not processes_below(home))


@pytest.mark.skipif(sys.platform != "linux", reason="no system but Linux has subreapers")
def test_a_bot_that_kills_who_watches_over_it_leaves_nothing_behind(home: Path, tmp_path: Path) -> None:
    add_bot(home, "Orphans", [str(Path(__file__).parent / "programs" / "orphans.py")], retry=False)
    tellme("ask", "Orphans", str(tmp_path / "daemon"))
    daemon = int((tmp_path / "daemon").read_text())
    wait_until(lambda: not is_running(daemon))


def _rest(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdout.read(), process.stderr.read()


def _waits_in_a_write(pid: int) -> bool:
    """Is the process in ``write(1, …)``, the system call that it sleeps in?"""
    return Path(f"/proc/{pid}/syscall").read_text().startswith(f"{WRITE} 0x1 ")
