"""The second turn of a session goes well, or an error of ours is in its way: no task is needed, no lock is kept."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from tellme.host import turns
from tellme.host.local import LocalHost
from tellme.model import Attachment, BotState, Question, Reply, TurnStatus
from tellme.supervisor.acp_link import AcpLink

from ..conftest import rows
from .conftest import BUSY, say
from .second_turns import (
    TWO,
    Add,
    after,
    all_of,
    begun,
    bot_of,
    moment,
    run,
    run_to_the_end,
    second,
    until,
    warm,
)
from .second_turns import soon as soon
from .second_turns import told as told
from .second_turns import two as two

# It goes well ---------------------------------------------------------------------------------------------------------


def test_a_second_turn_is_answered_without_a_task(two: Add, home: Path) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "hello")
        reply = await turn.reply()
        assert (reply.text, reply.status, reply.attempts) == ("hello", TurnStatus.ANSWERED, 1)
        assert turn._task is None
        assert bot_of(host).state is BotState.READY

    run(body)
    query = "select text, status, sent_ms >= 0, first_ms >= 0 from turn where message = 'hello'"
    assert rows(home, query) == [("hello", "answered", 1, 1)]


def test_turns_that_queue_are_answered_in_order_without_a_task(two: Add) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        running = [await host.say(session, str(number)) for number in range(50)]
        assert [(await turn.reply()).text for turn in running] == [str(number) for number in range(50)]
        assert {turn._task for turn in running} == {None}

    run(body)


def test_a_bot_declines_or_fails_in_a_second_turn(two: Add) -> None:
    two()

    async def body(host: LocalHost) -> None:
        declined = await (await second(host, "decline")).reply()
        assert (declined.status, declined.text) == (TurnStatus.DECLINED, "Nonot me")
        failed = await (await second(host, "long many")).reply()
        assert failed.status is TurnStatus.FAILED
        assert "Two answered with an error" in str(failed.error)

    run(body)


def test_a_bot_leaves_in_a_second_turn(two: Add) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "leave")
        reply = await turn.reply()
        assert (reply.text, reply.leaves, turn._task) == ("Bye.", True, None)
        assert (await host.session(turn.session.id)).ended_at is not None
        link = bot_of(host).link
        assert link is not None
        assert turn.session.id not in link.sessions
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)


def test_a_session_that_the_bot_has_forgotten_is_given_to_it_again(add_bot: Add) -> None:
    folder = add_bot("Two", ["bot.py"])
    (folder / "bot.py").write_text("from tellme.sdk import agent\nagent.MAX_SESSIONS = 1\n" + TWO)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        await warm(host)
        turn = await second(host, "before", session)
        reply = (await all_of(turn))[-1]
        assert isinstance(reply, Reply)
        assert (reply.text, reply.attempts, reply.status) == ("warm", 1, TurnStatus.ANSWERED)
        assert (await (await second(host, "x", session)).reply()).text == "x"

    run(body)


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (["sed", "-u", "s/^/re /"], {}),
        (["sh", "-c", "while read -r l; do echo re $l; echo .; done"], {"end": r"\."}),
        ([sys.executable, "-q", "-i"], {"pty": True, "prompt": r"(>>>|\.\.\.) "}),
    ],
    ids=["lines", "end", "prompt"],
)
def test_a_program_is_told_several_lines_one_after_the_other(
    command: list[str], keys: dict[str, object], add_bot: Add
) -> None:
    add_bot("Plain", command, protocol="lines", **keys)

    async def body(host: LocalHost) -> None:
        session = await host.open_session("Plain")
        first = await say(host, session, "'re 1'")
        running = [await host.say(session, f"'re {number}'") for number in (2, 3)]
        assert [turn._task for turn in running] == [None, None]
        assert [(await turn.reply()).text.strip("re '") for turn in running] == ["2", "3"]
        assert first.text.strip("re '") == "1"

    run(body)


def test_a_program_that_ends_in_a_second_turn_is_started_anew(add_bot: Add) -> None:
    add_bot("Plain", ["sed", "-u", "-e", "/^quit/q"], protocol="lines")

    async def body(host: LocalHost) -> None:
        session = await host.open_session("Plain")
        await say(host, session, "one")
        assert (await (await second(host, "quit", session)).reply()).text == "quit"
        await until(lambda: bot_of(host, "plain").link is None)
        assert (await say(host, session, "three")).text == "three"
        refused = await host.say(session, "four", attachments=(Attachment("a", "file:///a"),))
        assert "takes no files" in str((await refused.reply()).error)
        assert (await say(host, session, "five")).text == "five"

    run(body)


def test_a_program_at_a_terminal_is_interrupted_in_a_second_turn(add_bot: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "CANCEL_GRACE_S", 30.0)  # a loaded machine may need more than the second
    add_bot("Plain", [sys.executable, "-q", "-i"], protocol="lines", pty=True, prompt=r"(>>>|\.\.\.) ", timeout=60)

    async def body(host: LocalHost) -> None:
        session = await host.open_session("Plain")
        await say(host, session, "import time; a = 42")
        turn = await second(host, BUSY, session)
        await begun(turn)
        turn.cancel()
        assert (await turn.reply()).error == "Plain was cancelled"
        assert (await say(host, session, "a")).text == "42"

    run(body)


# What should not be ---------------------------------------------------------------------------------------------------


def break_prompts(monkeypatch: pytest.MonkeyPatch, text: str = "broken", *, sent: bool = False) -> None:
    """Have an error of ours come of a message, before it is sent or after."""
    prompt = AcpLink.prompt

    def broken(link: AcpLink, *given: Any) -> None:
        if given[1] != text or sent:
            prompt(link, *given)
        if given[1] == text:
            raise LookupError("something of ours")

    monkeypatch.setattr(AcpLink, "prompt", broken)


def test_an_error_of_ours_in_the_sending_ends_the_turn_and_no_other(two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    two()
    break_prompts(monkeypatch)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        running = [await host.say(session, text) for text in ("broken", "on", "broken", "and on")]
        ours = "Two could not be asked because of an error inside tellme"
        assert [(await turn.reply()).error for turn in running] == [ours, None, ours, None]
        assert (await say(host, session, "end")).text == "end"

    run(body)


def test_what_comes_of_a_message_after_its_turn_was_given_up_changes_nothing(
    two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()
    break_prompts(monkeypatch, sent=True)
    stopped = asyncio.Event()
    after(monkeypatch, "stopped", lambda turn: stopped.set() if turn._message == "broken" else None, once=False)

    async def body(host: LocalHost) -> None:
        turn = await host.say(await warm(host), "broken")
        assert "error inside tellme" in str((await turn.reply()).error)
        await stopped.wait()
        await moment()
        assert [event async for event in turn] == []
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)


def test_a_thousand_that_cannot_be_sent_all_end(two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = two()
    break_prompts(monkeypatch)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, f"until {folder}/go", session)
        queued = [await host.say(session, "broken") for _ in range(1000)]
        (folder / "go").touch()
        assert (await turn.reply()).text == "half and a half"
        assert len({id(await each.reply()) for each in queued}) == 1000
        assert (await say(host, session, "on")).text == "on"

    run(body)


def test_whoever_waits_for_the_commands_of_a_bot_waits_its_turn_and_may_stop_waiting(two: Add) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, f"until {folder}/go")
        other = await host.open_session("Two")
        waiting = [asyncio.ensure_future(host.commands(other)) for _ in range(3)]
        await moment()
        queued = await host.say(turn.session, "on")
        waiting[0].cancel()
        await moment()
        (folder / "go").touch()
        assert (await turn.reply()).text == "half and a half"
        waiting[1].cancel()
        assert (await queued.reply()).text == "on"
        assert await waiting[2] == ()

    run(body)


@pytest.mark.parametrize("text", ["pick", "ask hello"])
def test_what_a_bot_asks_after_its_turn_was_given_up_is_answered_with_no(
    text: str, two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()
    two("Other")
    break_prompts(monkeypatch, text, sent=True)
    stopped = asyncio.Event()
    after(monkeypatch, "stopped", lambda turn: stopped.set() if turn._message == text else None, once=False)

    async def choose(question: Question) -> str | None:
        raise AssertionError("nobody is to be asked")

    async def body(host: LocalHost) -> None:
        turn = await host.say(await warm(host), text, choose)
        assert "error inside tellme" in str((await turn.reply()).error)
        await stopped.wait()
        await moment()
        assert turn._task is None
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)


def test_an_error_in_a_task_of_the_host_leaves_no_turn_open(two: Add, home: Path) -> None:
    two()

    async def body(host: LocalHost) -> None:
        await begun(await second(host, "hang"))

        async def fail() -> None:
            raise LookupError("something of ours")

        host._group.create_task(fail())
        await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as raised:
        run_to_the_end(body)
    assert raised.group_contains(LookupError)
    assert not raised.group_contains(RuntimeError)
    query = "select status, error from turn where message = 'hang'"
    assert rows(home, query) == [("failed", "Two was interrupted: tellme is stopping")]
