"""A second turn is overdue, or its bot dies in it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tellme.host import turns
from tellme.host.local import LocalHost
from tellme.host.turns import LocalTurn
from tellme.model import Notice, Piece, Reply, Retrying, TurnStatus

from ..conftest import rows
from .conftest import say, seen
from .second_turns import Add, after, all_of, at_most, before, moment, run, second, warm
from .second_turns import soon as soon
from .second_turns import told as told
from .second_turns import two as two

# It takes too long ----------------------------------------------------------------------------------------------------


def test_a_second_turn_that_is_overdue_is_ended_and_the_bot_lives(two: Add) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        pid = (await say(host, session, "pid")).text
        at_most(host, 0.2)
        turn = await second(host, "hang", session)
        reply = await turn.reply()
        assert (reply.error, reply.text, reply.attempts) == ("Two gave no answer within 0.2 s", "half", 1)
        assert reply.latency_ms >= 200
        assert (folder / "cancelled").exists()
        at_most(host, 60)
        assert (await say(host, session, "pid")).text == pid

    run(body)


def test_a_bot_that_does_not_end_an_overdue_turn_is_ended_and_the_message_sent_again(
    two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()
    monkeypatch.setattr(turns, "CANCEL_GRACE_S", 0.05)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        at_most(host, 0.4)
        turn = await second(host, "deaf", session)
        events = await all_of(turn)
        assert [type(event) for event in events if not isinstance(event, Notice)][:2] == [Piece, Retrying]
        assert events[-1].attempts == 2  # type: ignore[union-attr]

    run(body)


@pytest.mark.parametrize("when", ["it has no task", "its task has not begun", "its task has begun"])
def test_time_that_is_added_puts_off_the_end_of_a_second_turn(
    when: str, two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        at_most(host, 0.2)
        if when == "its task has not begun":
            after(monkeypatch, "_go_on", lambda _: host.add_time(0.5))
        began = time.monotonic()
        turn = await second(host, "hang", session)
        if when == "it has no task":
            host.add_time(0.5)
        elif when == "its task has begun":
            turn._go_on()
            await moment()
            host.add_time(0.5)
        reply = await turn.reply()
        assert reply.error == "Two gave no answer within 0.2 s"
        assert time.monotonic() - began >= 0.7

    run(body)


def test_the_answer_and_the_end_of_its_time_come_in_one_moment(two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "hello")
        before(monkeypatch, "stopped", LocalTurn._go_on)
        assert seen(await all_of(turn)) == "hello"

    run(body)


# The bot dies ---------------------------------------------------------------------------------------------------------


def test_a_bot_that_dies_is_sent_the_same_turn_again_and_its_pieces_are_void(two: Add, home: Path) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "die-once")
        events = await all_of(turn)
        assert seen(events) == "half of True"
        assert sum(isinstance(event, Retrying) for event in events) == 1
        assert events[-1].text == "half of True"  # type: ignore[union-attr]

    run(body)
    [(attempts, first_error)] = rows(home, "select attempts, first_error from turn where message = 'die-once'")
    assert attempts == 2
    assert first_error.startswith("Two ")


def test_a_turn_that_is_not_to_be_sent_again_fails_and_the_next_goes_well(two: Add) -> None:
    two(retry=False)

    async def body(host: LocalHost) -> None:
        turn = await second(host, "die")
        queued = await host.say(turn.session, "on")
        reply = await turn.reply()
        assert (reply.status, reply.text, reply.attempts) == (TurnStatus.FAILED, "half", 1)
        assert (await queued.reply()).text == "on"

    run(body)


def test_a_bot_that_dies_in_both_tries_has_failed(two: Add) -> None:
    two()

    async def body(host: LocalHost) -> None:
        reply = await (await second(host, "die")).reply()
        assert (reply.status, reply.text, reply.attempts) == (TurnStatus.FAILED, "half", 2)

    run(body)


def test_a_bot_dies_in_the_moment_in_which_it_has_answered(hostile: Add) -> None:
    hostile("exits-after-each-answer", timeout=60, env={"NTH": "2"})

    async def body(host: LocalHost) -> None:
        session = await host.open_session("Foe")
        assert (await say(host, session, "1")).text == "echo 1"
        reply = (await all_of(await second(host, "2", session)))[-1]
        assert isinstance(reply, Reply)
        assert (reply.text, reply.status, reply.attempts) == ("done", TurnStatus.ANSWERED, 1)
        assert (await say(host, session, "3")).text.endswith("3")

    run(body)


def test_a_cancel_in_the_moment_of_its_death_ends_the_turn(two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "die")
        after(monkeypatch, "stopped", LocalTurn.cancel)
        reply = (await all_of(turn))[-1]
        assert isinstance(reply, Reply)
        assert (reply.error, reply.attempts) == ("Two was cancelled", 1)
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)
