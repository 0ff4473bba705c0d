"""Programs that answer a line with a line are bots too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from tellme.host.host import Host
from tellme.model import Reply, TurnStatus

from .conftest import run, say


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
    assert (late.status, late.error) == (TurnStatus.FAILED, "Slow gave no answer within 0.3 s")
    assert quick.text == "answer to quick"


def test_a_program_that_is_not_there_is_named(add_bot: Callable[..., Path]) -> None:
    add_bot("Gone", ["no-such-program"], protocol="lines")
    reply = run(lambda host: say(host, "Gone", "hello"))
    assert reply.status is TurnStatus.FAILED
    assert "cannot start: no-such-program" in (reply.error or "")
