"""Programs that answer a line with a line are bots too."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.host.host import Host
from tellme.model import Piece, Reply, TurnStatus
from tellme.supervisor import sandbox

from .conftest import BUSY, events_of, run, say

BWRAP = shutil.which("bwrap")
PYTHON = [sys.executable, "-q", "-i"]
PROMPT = r"(>>>|\.\.\.) "


def test_a_program_answers_line_by_line(add_bot: Callable[..., Path]) -> None:
    add_bot("Shout", ["sed", "-u", "s/.*/\\U&/"], protocol="lines")

    async def body(host: Host) -> list[str]:
        session = await host.open_session("Shout")
        return [(await say(host, session, text)).text for text in ("hello", "two\nlines")]

    assert run(body) == ["HELLO", "TWO LINES"]


def test_what_a_program_prints_is_cleaned(add_bot: Callable[..., Path]) -> None:
    add_bot("Red", ["sed", "-u", "s/.*/\\x1b[31m&\\xff/"], protocol="lines")
    assert run(lambda host: say(host, "Red", "hello")).text == "hello\ufffd"


def test_a_line_that_comes_late_belongs_to_no_later_turn(add_bot: Callable[..., Path], tmp_path: Path) -> None:
    go = tmp_path / "go"
    script = tmp_path / "slow.sh"
    script.write_text(
        f'while read -r line; do\n  [ "$line" = slow ] && while [ ! -e {go} ]; do sleep 0.01; done\n'
        '  echo "answer to $line"\ndone\n'
    )
    add_bot("Slow", ["sh", str(script)], protocol="lines", timeout=0.3, retry=False)

    async def body(host: Host) -> tuple[Reply, Reply]:
        session = await host.open_session("Slow")
        asyncio.get_running_loop().call_later(0.6, go.touch)
        return await say(host, session, "slow"), await say(host, session, "quick")

    late, quick = run(body)
    assert late.status is TurnStatus.FAILED
    assert late.error is not None
    assert late.error.startswith("Slow gave no answer within 0.3 s; it has printed nothing: ")
    assert quick.text == "answer to quick"


def test_a_program_that_is_not_there_is_named(add_bot: Callable[..., Path]) -> None:
    add_bot("Gone", ["no-such-program"], protocol="lines")
    reply = run(lambda host: say(host, "Gone", "hello"))
    assert reply.status is TurnStatus.FAILED
    assert "cannot start: no-such-program" in (reply.error or "")


def texts(bot: str, *messages: str) -> list[str]:
    """What a bot answers, all in one session."""

    async def body(host: Host) -> list[Reply]:
        session = await host.open_session(bot)
        return [await say(host, session, message) for message in messages]

    replies = run(body)
    assert [reply.error for reply in replies] == [None] * len(replies)
    return [reply.text for reply in replies]


@pytest.mark.parametrize("keys", [{"prompt": PROMPT}, {"quiet": 0.3}, {"prompt": PROMPT, "quiet": 5}], ids=str)
def test_a_program_on_a_terminal_keeps_what_it_was_told(add_bot: Callable[..., Path], keys: dict[str, object]) -> None:
    add_bot("Python", PYTHON, protocol="lines", pty=True, **keys)
    answers = texts("Python", "a = 41; print(a)", "a + 1", "1/0")
    assert [answer.removesuffix("\n>>> ").splitlines()[-1] for answer in answers] == [
        *("41", "42"),
        "ZeroDivisionError: division by zero",
    ]


def test_an_answer_ends_with_a_line(add_bot: Callable[..., Path]) -> None:
    add_bot("Twice", ["sh", "-c", "while read -r l; do echo $l; echo $l; echo .; done"], protocol="lines", end=r"\.")
    assert texts("Twice", "a", "b") == ["a\na", "b\nb"]


def test_a_turn_that_takes_too_long_is_interrupted_and_the_program_lives(add_bot: Callable[..., Path]) -> None:
    add_bot("Python", PYTHON, protocol="lines", pty=True, prompt=PROMPT, timeout=2)

    async def body(host: Host) -> tuple[Reply, Reply]:
        session = await host.open_session("Python")
        await say(host, session, "import time; a = 42")
        return await say(host, session, "time.sleep(1000)"), await say(host, session, "a")

    late, after = run(body)
    assert late.error == "Python gave no answer within 2 s"
    assert (after.text, after.status) == ("42", TurnStatus.ANSWERED)


def test_a_cancelled_turn_is_interrupted_and_the_program_lives(
    add_bot: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tellme.host.turns.CANCEL_GRACE_S", 30.0)  # a loaded machine may need more than the second
    add_bot("Python", PYTHON, protocol="lines", pty=True, prompt=PROMPT)

    async def body(host: Host) -> tuple[Reply, Reply]:
        session = await host.open_session("Python")
        await say(host, session, "import time; a = 42")
        turn = await host.say(session, BUSY)
        async for event in turn:
            if isinstance(event, Piece):
                turn.cancel()
            if isinstance(event, Reply):
                cancelled = event
        return cancelled, await say(host, session, "a")

    cancelled, after = run(body)
    assert (cancelled.error, cancelled.text) == ("Python was cancelled", "now")
    assert after.text == "42"


def test_a_new_process_is_not_told_the_conversation_as_a_message(add_bot: Callable[..., Path]) -> None:
    add_bot("Python", PYTHON, protocol="lines", pty=True, prompt=PROMPT)

    async def body(host: Host) -> list[object]:
        session = await host.open_session("Python")
        await say(host, session, "a = 42")
        pid = int((await say(host, session, "import os; os.getpid()")).text)
        os.kill(pid, signal.SIGKILL)
        return list(await events_of(host, session, "'a' in globals()"))

    events = run(body)
    assert isinstance(events[-1], Reply)
    assert events[-1].text == "False"


def test_a_program_that_never_waits_says_so(add_bot: Callable[..., Path]) -> None:
    add_bot("Mute", ["cat"], protocol="lines", prompt="> ", timeout=0.5, restart={"max": 0, "within": 60})
    reply = run(lambda host: say(host, "Mute", "hello"))
    assert reply.status is TurnStatus.FAILED
    assert "0.5 s" in (reply.error or "")


@pytest.mark.skipif(BWRAP is None or sandbox.why_not(BWRAP) is not None, reason="no sandbox works on this system")
def test_a_terminal_in_a_sandbox(add_bot: Callable[..., Path]) -> None:
    add_bot("Python", PYTHON, protocol="lines", pty=True, prompt=PROMPT, sandbox=True, timeout=3)

    async def body(host: Host) -> list[Reply]:
        session = await host.open_session("Python")
        messages = [
            "import os, time; a = 42; os.path.exists('/etc/shadow')",
            "open('/dev/tty', 'w').write('mine\\n')",
            "time.sleep(1000)",
            "a",
        ]
        return [await say(host, session, message) for message in messages]

    hidden, terminal, late, after = run(body)
    assert (hidden.text, hidden.error) == ("False", None)
    assert terminal.text == "mine\n5"
    assert late.status is TurnStatus.FAILED
    assert after.text == "42"
