"""``tellme acp`` at its pipes: garbage, ends, long lines; nothing is left of a turn."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ..conftest import children_of, is_running, rows, wait_until
from .conftest import ENDS_WITHIN_S, Serve
from .stdio import INITIALIZE, Stdio, said
from .stdio import start as start


def test_a_bot_that_is_not_there_is_one_line(home: Path, start: Callable[..., Stdio]) -> None:
    stdio = start("acp", "Tolker")
    assert stdio.stdout.read() == b""
    assert stdio.ends() == 2
    assert stdio.process.stderr is not None
    assert stdio.process.stderr.read().decode().count("\n") == 1


def test_an_end_at_once_is_an_end(start: Callable[..., Stdio]) -> None:
    stdio = start("acp")
    stdio.stdin.close()
    assert (stdio.stdout.read(), stdio.ends()) == (b"", 0)


def test_what_was_asked_before_stdin_ended_is_answered(start: Callable[..., Stdio]) -> None:
    stdio = start("acp", "Talker")
    number = stdio.prompt(stdio.new(), "last words")
    stdio.stdin.close()
    before, answer = stdio.until(number)
    assert (said(before), answer["result"]["stopReason"]) == ("last words", "end_turn")
    assert stdio.ends() == 0


def test_a_file_can_be_stdin(home: Path, start: Callable[..., Stdio], tmp_path: Path) -> None:
    start("acp").close()
    asked = tmp_path / "asked"
    asked.write_text(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE}) + "\n")
    with asked.open() as stdin:
        told = subprocess.run(
            [sys.executable, "-m", "tellme", "acp"], stdin=stdin, capture_output=True, timeout=ENDS_WITHIN_S, check=True
        )
    assert json.loads(told.stdout)["result"]["agentInfo"]["name"] == "tellme"


def test_garbage_is_answered_and_then_it_ends(start: Callable[..., Stdio]) -> None:
    stdio = start("acp")
    stdio.write(b"garbage\n" * 30)
    answers = [json.loads(line) for line in stdio.stdout]
    assert len(answers) == 21
    assert "were no JSON-RPC messages" in answers[-1]["error"]["message"]
    assert stdio.ends() == 0


def test_a_line_of_any_length_costs_little(start: Callable[..., Stdio]) -> None:
    stdio = start("acp", "Talker")
    session = stdio.new()
    try:
        for _ in range(100):
            stdio.write(b"x" * 2**20)
        stdio.write(b"\n")
    except BrokenPipeError:
        return  # it may also have had enough
    _, answer = stdio.until(stdio.prompt(session, "still there"))
    assert answer["result"]["stopReason"] == "end_turn"
    status = Path(f"/proc/{stdio.process.pid}/status").read_text()
    peak_kb = int(status.partition("VmHWM:")[2].split()[0])
    assert peak_kb < 150_000


@pytest.mark.parametrize("how", ["killed", "terminated"])
def test_nothing_is_left_of_a_turn(how: str, home: Path, start: Callable[..., Stdio], tmp_path: Path) -> None:
    stdio = start("acp", "Talker")
    stdio.prompt(stdio.new(), f"wait {tmp_path / 'never'}")
    wait_until(lambda: _has_turn(home) and len(_descendants(stdio.process.pid)) > 2)
    pids = _descendants(stdio.process.pid)
    assert pids
    if how == "terminated":
        stdio.process.send_signal(signal.SIGTERM)
        assert stdio.ends() == 128 + signal.SIGTERM
        assert json.loads(stdio.stdout.read().splitlines()[-1])["result"]["stopReason"] == "cancelled"
    else:  # the client: both of its ends are closed
        stdio.stdin.close()
        stdio.stdout.close()
        assert stdio.ends() == 0
    wait_until(lambda: not any(map(is_running, pids)))
    assert rows(home, "SELECT status, error FROM turn") == [("failed", "Talker was cancelled")]


def _has_turn(home: Path) -> bool:
    try:
        return bool(rows(home, "SELECT 1 FROM turn"))
    except sqlite3.OperationalError:  # the tables are not made yet
        return False


def _descendants(pid: int) -> set[int]:
    found = children_of(pid)
    return found | {each for child in found for each in _descendants(child)}


def test_a_running_serve_has_the_bots(serve: Serve, talker: Path, home: Path) -> None:
    served = serve()
    stdio = Stdio(home, "acp", "Talker")
    try:
        before, _ = stdio.until(stdio.prompt(stdio.new(), "over there"))
        assert said(before) == "over there"
        assert _descendants(served.pid)
        assert not _descendants(stdio.process.pid)
        stdio.stdin.close()
        assert stdio.ends() == 0
    finally:
        stdio.close()
