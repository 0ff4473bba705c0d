"""A second turn is cancelled, at any moment: its bot is told, and is then free."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.host import turns
from tellme.host.local import LocalHost
from tellme.host.turns import LocalTurn
from tellme.model import Question, Reply, TurnStatus

from ..conftest import is_running, rows
from .conftest import say, seen
from .second_turns import Add, after, all_of, at_most, before, begun, bot_of, held, moment, run, second, until, warm
from .second_turns import soon as soon
from .second_turns import told as told
from .second_turns import two as two

# It is cancelled ------------------------------------------------------------------------------------------------------


def test_a_bot_is_told_of_a_cancel_and_is_then_free(two: Add, home: Path) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        pid = (await say(host, session, "pid")).text
        turn = await second(host, "hang", session)
        queued = await host.say(session, "pid")
        await begun(turn)
        turn.cancel()
        turn.cancel()
        reply = await turn.reply()
        assert (reply.error, reply.text, reply.attempts) == ("Two was cancelled", "half", 1)
        assert (folder / "cancelled").exists()
        turn.cancel()
        assert (await queued.reply()).text == pid

    run(body)
    query = "select status, error, text from turn where message = 'hang'"
    assert rows(home, query) == [("failed", "Two was cancelled", "half")]


def test_a_turn_is_cancelled_in_the_moment_in_which_it_is_sent(two: Add) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, "hang", session)
        turn.cancel()
        assert (await turn.reply()).error == "Two was cancelled"
        assert (await say(host, session, "hello")).text == "hello"

    run(body)


def test_who_waits_no_longer_for_a_turn_to_begin_has_it_cancelled(two: Add, home: Path) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        other = held(home)
        waiting = asyncio.ensure_future(host.say(session, "hang"))
        await moment()
        waiting.cancel()
        await moment()
        other.close()
        await until(lambda: rows(home, "select status from turn where message = 'hang'") == [("failed",)])
        assert (await say(host, session, "hello")).text == "hello"

    run(body)


def test_a_bot_that_does_not_hear_of_a_cancel_is_ended(two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    two()
    monkeypatch.setattr(turns, "CANCEL_GRACE_S", 0.05)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        pid = int((await say(host, session, "pid")).text)
        turn = await second(host, "deaf", session)
        await begun(turn)
        turn.cancel()
        assert (await turn.reply()).error == "Two was cancelled"
        assert (await say(host, session, "pid")).text != str(pid)
        assert not is_running(pid)

    run(body)


def test_a_turn_that_waits_its_turn_is_cancelled_at_once(two: Add, home: Path) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, f"until {folder}/go", session)
        queued = [await host.say(session, text) for text in ("one", "two", "three")]
        queued[1].cancel()
        reply = (await all_of(queued[1]))[-1]
        assert isinstance(reply, Reply)
        assert (reply.error, reply.attempts) == ("Two was cancelled", 0)
        assert not list(turn._events)[1:]
        (folder / "go").touch()
        served = [(await each.reply()).text for each in (turn, queued[0], queued[2])]
        assert served == ["half and a half", "one", "three"]

    run(body)
    assert rows(home, "select error from turn where message = 'two'") == [("Two was cancelled",)]


@pytest.mark.parametrize("others", [0, 1])
def test_a_turn_is_cancelled_in_the_moment_in_which_the_bot_is_handed_over_to_it(
    others: int, two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, f"until {folder}/go", session)
        queued = await host.say(session, "hang")
        rest = [await host.say(session, "three") for _ in range(others)]
        after(monkeypatch, "stopped", lambda _: queued.cancel())
        (folder / "go").touch()
        assert (await turn.reply()).text == "half and a half"
        assert (await queued.reply()).error == "Two was cancelled"
        assert [(await each.reply()).text for each in rest] == ["three"] * others
        assert (await say(host, session, "on")).text == "on"

    run(body)


@pytest.mark.parametrize("first", ["the answer", "the cancel"])
def test_the_answer_and_a_cancel_come_in_one_moment(first: str, two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "hello")
        (after if first == "the answer" else before)(monkeypatch, "stopped", LocalTurn.cancel)
        events = await all_of(turn)
        assert seen(events) == "hello"
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)


@pytest.mark.parametrize("end", [LocalTurn.cancel, LocalTurn.interrupt])
def test_a_cancel_that_comes_while_a_reply_among_others_is_about_to_be_kept(
    end: Callable[[LocalTurn], None], two: Add, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()
    two("Other")

    async def body(host: LocalHost) -> None:
        beside = await second(host, "hang", await warm(host, "Other"))
        turn = await second(host, "hello")
        after(monkeypatch, "stopped", end)
        reply = (await all_of(turn))[-1]
        assert isinstance(reply, Reply)
        assert (reply.text, reply.status) == ("hello", TurnStatus.ANSWERED)
        beside.cancel()
        await beside.reply()

    run(body)
    assert rows(home, "select status from turn where message = 'hello'") == [("answered",)]


@pytest.mark.parametrize("end", [LocalTurn.cancel, LocalTurn.interrupt])
def test_a_cancel_that_comes_while_a_reply_waits_for_the_file(
    end: Callable[[LocalTurn], None], two: Add, home: Path
) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, f"until {folder}/go")
        other = held(home)
        (folder / "go").touch()
        await until(lambda: not bot_of(host).turns.locked())
        end(turn)
        await moment()
        assert not turn._replied.is_set()
        other.close()
        reply = (await all_of(turn))[-1]
        assert isinstance(reply, Reply)
        assert reply.status is TurnStatus.ANSWERED

    run(body)


@pytest.mark.parametrize("what", ["a question", "the end of its time"])
def test_a_cancel_that_comes_in_the_moment_of_something_else_is_told_to_the_bot(
    what: str, two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has come takes a task, which has not begun yet."""
    folder = two()

    async def choose(question: Question) -> str | None:
        return await asyncio.get_running_loop().create_future()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        if what == "a question":
            after(monkeypatch, "question", LocalTurn.cancel)
            turn = await second(host, "pick", session, choose)
        else:
            at_most(host, 0.1)
            after(monkeypatch, "_go_on", LocalTurn.cancel)
            turn = await second(host, "hang", session)
        reply = await turn.reply()
        assert reply.error == "Two was cancelled"
        assert turn._outcome is not None
        at_most(host, 60)
        assert (await say(host, session, "on")).text == "on"
        assert (folder / "cancelled").exists() == (what != "a question")

    run(body)
