"""In a second turn the bot asks the person or another bot, or says too much."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tellme.host.local import LocalHost
from tellme.model import Question, TurnStatus

from ..conftest import rows
from .conftest import say
from .second_turns import Add, at_most, before, run, second, until, warm
from .second_turns import soon as soon
from .second_turns import told as told
from .second_turns import two as two

# It asks --------------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_and_the_time_of_the_person_does_not_count(two: Add) -> None:
    two()

    async def choose(question: Question) -> str | None:
        await asyncio.sleep(0.6)
        return next(option.id for option in question.options if option.name == "Blue")

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        at_most(host, 0.4)
        reply = await (await second(host, "pick", session, choose)).reply()
        assert (reply.text, reply.status) == ("Now choose. Blue", TurnStatus.ANSWERED)

    run(body)


def test_a_question_that_nobody_can_answer_is_answered_with_no(two: Add) -> None:
    two()
    run(lambda host: answers(host, "pick", "Now choose. Nothing"))


def test_a_cancel_ends_a_question(two: Add) -> None:
    two()
    asked = asyncio.Event()

    async def choose(question: Question) -> str | None:
        asked.set()
        return await asyncio.get_running_loop().create_future()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "pick", choose=choose)
        await asked.wait()
        turn.cancel()
        assert (await turn.reply()).error == "Two was cancelled"
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)


def test_a_question_that_cannot_be_put_fails_the_turn_and_no_more(two: Add) -> None:
    two()

    async def choose(question: Question) -> str | None:
        raise LookupError("no terminal")

    async def body(host: LocalHost) -> None:
        turn = await second(host, "pick", choose=choose)
        reply = await turn.reply()
        assert reply.error == "Two could not be asked because of an error inside tellme"
        assert (await say(host, await host.open_session("Two"), "on")).text == "on"

    run(body)


async def answers(host: LocalHost, text: str, expected: str) -> None:
    """Say something in a second turn."""
    assert (await (await second(host, text)).reply()).text == expected


def test_another_bot_is_asked_in_a_second_turn_and_its_time_does_not_count(two: Add) -> None:
    two()
    two("Other")

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        await warm(host, "Other")
        at_most(host, 0.4)
        reply = await (await second(host, "ask sleep 0.6", session)).reply()
        assert (reply.text, reply.status) == ("<slept>", TurnStatus.ANSWERED)
        reply = await (await second(host, "ask hello", session)).reply()
        assert reply.text == "<hello>"
        await until(lambda: not host._turns)

    run(body)


def test_a_cancel_of_a_second_turn_reaches_the_bot_that_is_asked(two: Add, home: Path) -> None:
    two()
    other = two("Other")

    async def body(host: LocalHost) -> None:
        turn = await second(host, "ask hang")
        await until(lambda: any(each.asked_by is turn and each._account._pieces for each in host.open_turns()))
        turn.cancel()
        assert (await turn.reply()).error == "Two was cancelled"
        await until(lambda: not host._turns)
        assert (other / "cancelled").exists()
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)
    assert rows(home, "select error from turn where message = 'hang'") == [("Other was cancelled",)]


# It says too much -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["long-and-hang 200", "long 60"])
def test_a_reply_that_is_too_long_fails_the_turn(text: str, two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its end comes in the same moment: it is not cut off and called an answer."""
    two()
    monkeypatch.setattr("tellme.host.account.MAX_REPLY_CHARS", 100)

    async def body(host: LocalHost) -> None:
        turn = await second(host, text)
        if text == "long 60":
            before(monkeypatch, "stopped", lambda turn: turn.piece("x" * 60) if turn._message == text else None)
        reply = await turn.reply()
        assert "Two sent a reply of more than" in str(reply.error)
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)


def test_a_reply_that_is_too_long_when_the_bot_dies_is_not_asked_for_again(
    two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()
    monkeypatch.setattr("tellme.host.account.MAX_REPLY_CHARS", 100)

    async def body(host: LocalHost) -> None:
        turn = await second(host, "die-once")
        before(monkeypatch, "stopped", lambda turn: turn.piece("x" * 200))
        reply = await turn.reply()
        assert "Two sent a reply of more than" in str(reply.error)
        assert reply.attempts == 1

    run(body)
