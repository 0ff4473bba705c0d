"""Whatever a bot does, it dies alone: its turn ends with a reason, other bots answer, and nothing is left of it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.host.host import Host
from tellme.model import BotState, Option, Question, Reply, Spoke, TurnStatus
from tellme.supervisor.throttle import UNASKED_BYTES_A_SECOND

from ..conftest import is_running, wait_until
from .conftest import events_of, run, say, seen, until_state

TIMEOUT_S = 0.4

FAILS = {
    "crash": "exited with code 3",
    "crash-in-reply": "exited with code 3",
    "segfault": "was killed by SIGSEGV",
    "hang": "gave no answer within 0.4 s",
    "hang-ignoring-everything": "gave no answer within 0.4 s",
    "spin": "gave no answer within 0.4 s",
    "close-stdout": "closed its stdout",
    "half-a-line": "exited with code 0",
    "no-stop-reason": "does not follow the protocol",
    "unknown-stop-reason": "unknown reason",
    "stop-reason-of-a-wrong-type": "does not follow the protocol",
    "max-tokens": "max_tokens",
    "error": "answered with an error: boom",
    "flood-stdout": "gave no answer within 0.4 s",
    "flood-chunks": "sent a reply of more than",
    "endless-line": "gave no answer within 0.4 s",
    "crash-on-start": "exited with code 1",
    "hang-on-start": "within 0.4 s",
    "speaks-another-version": "version 99",
    "kills-its-parent": "warden",
    "stops-its-parent": "gave no answer within 0.4 s",
}

DIES = ("crash", "crash-in-reply", "segfault", "hang", "half-a-line", "crash-on-start")
"""Those that are shown to be tried once more (the others die by their timeout, as ``hang`` does)."""


@pytest.mark.parametrize("mode", FAILS)
def test_a_turn_that_cannot_end_fails_with_its_reason(mode: str, hostile: Callable[..., Path]) -> None:
    # Those that end by themselves have the time for it, however busy this machine is.
    hostile(mode, timeout=TIMEOUT_S if f"within {TIMEOUT_S:g} s" in FAILS[mode] else 20.0, retry=False)
    reply = run(lambda host: say(host, "Foe", "hello"))
    assert reply.status is TurnStatus.FAILED
    assert reply.error is not None
    assert reply.error.startswith("Foe ")
    assert FAILS[mode] in reply.error
    assert "\n" not in reply.error
    assert "\x1b" not in reply.error
    assert reply.attempts == 1


@pytest.mark.parametrize("mode", DIES)
def test_a_bot_that_dies_is_tried_once_more(mode: str, hostile: Callable[..., Path]) -> None:
    hostile(mode, timeout=TIMEOUT_S, retry=True)
    reply = run(lambda host: say(host, "Foe", "hello"))
    assert (reply.status, reply.attempts) == (TurnStatus.FAILED, 2)


@pytest.mark.parametrize("mode", ["error", "max-tokens", "no-stop-reason", "flood-chunks"])
def test_a_bot_that_answers_wrongly_is_not_asked_again(mode: str, hostile: Callable[..., Path]) -> None:
    hostile(mode, retry=True)
    reply = run(lambda host: say(host, "Foe", "hello"))
    assert (reply.status, reply.attempts) == (TurnStatus.FAILED, 1)


ANSWERS = {
    "garbage": "still here",
    "wrong-id": "right",
    "wrong-session": "for you",
    "broken-update": "fine",
    "unknown-update": "fine",
    "invalid-utf-8": "fine",
    "deep": "fine",
    "escapes": "red plain\ntxt.exe",
    "reads-a-file": "error -32601",
    "asks": '{"outcome": "selected", "optionId": "n"}',
    "flood-stderr": "survived",
    "big": "b" * 5_000_000,
    "answers-twice": "once",
}


@pytest.mark.parametrize("mode", ANSWERS)
def test_a_bot_that_is_odd_is_understood_all_the_same(mode: str, hostile: Callable[..., Path]) -> None:
    hostile(mode, timeout=60.0)

    async def body(host: Host) -> tuple[Reply, str]:
        events = await events_of(host, "Foe", "hello")
        reply = events[-1]
        assert isinstance(reply, Reply)
        return reply, seen(events)

    reply, shown = run(body)
    assert (reply.status, reply.error) == (TurnStatus.ANSWERED, None)
    assert reply.text == shown == ANSWERS[mode]


def test_a_turn_is_tried_again_with_the_same_id_and_shown_once(hostile: Callable[..., Path], tmp_path: Path) -> None:
    hostile("crash-in-reply", retry=True, env={"ONCE": str(tmp_path / "once")})

    async def body(host: Host) -> tuple[Reply, str]:
        events = await events_of(host, "Foe", "turn")
        return events[-1], seen(events)  # type: ignore[return-value]

    reply, shown = run(body)
    assert reply.attempts == 2
    assert reply.text == shown == f"echo {reply.turn}"


def test_a_turn_is_not_tried_again_where_the_manifest_says_so(hostile: Callable[..., Path], tmp_path: Path) -> None:
    hostile("crash", retry=False, env={"ONCE": str(tmp_path / "once")})
    reply = run(lambda host: say(host, "Foe", "hello"))
    assert (reply.status, reply.attempts) == (TurnStatus.FAILED, 1)


def test_a_bot_that_says_its_configuration_is_wrong_is_given_up_with_its_last_words(
    hostile: Callable[..., Path],
) -> None:
    hostile("bad-configuration", retry=True)

    async def body(host: Host) -> tuple[Reply, BotState]:
        return await say(host, "Foe", "hello"), (await host.bots())[-1].state

    for _ in range(2):  # the second host says nothing of the first one's process
        reply, state = run(body)
        assert reply.attempts == 1
        assert (reply.error or "").count("the key is missing") == 1
        assert state is BotState.FAILED


def test_too_many_crashes_are_the_end_and_the_next_message_tries_once(
    hostile: Callable[..., Path], tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    hostile("crash-on-start", retry=False, restart={"max": 2, "within": 60}, env={"PIDS": str(pids)})

    async def body(host: Host) -> tuple[BotState, str, int]:
        with host.watch() as events:
            await say(host, "Foe", "hello")
            await until_state(events, BotState.FAILED)
        tries = len(pids.read_text().split())
        reply = await say(host, "Foe", "again")
        return (await host.bots())[-1].state, reply.error or "", len(pids.read_text().split()) - tries

    state, error, more = run(body)
    assert state is BotState.FAILED
    assert "given up after" in error
    assert more == 1


def test_a_bot_that_grows_is_ended_at_its_limit(hostile: Callable[..., Path]) -> None:
    hostile("grow", retry=False, memory="64 MiB")
    reply = run(lambda host: say(host, "Foe", "hello"))
    assert "passed its memory limit" in (reply.error or "")


@pytest.mark.parametrize("mode", ["flood-stdout", "flood-short-lines"])
def test_another_bot_answers_while_one_floods(mode: str, hostile: Callable[..., Path]) -> None:
    hostile(mode, timeout=10.0, retry=False)
    hostile("echo", "Friend")

    async def body(host: Host) -> float:
        await say(host, "Friend", "are you there?")
        with host.watch() as events:
            flood = await host.say(await host.open_session("Foe"), "hello")
            await until_state(events, BotState.BUSY)
        began = time.monotonic()
        for _ in range(100):
            assert (await say(host, "Friend", "hi")).text == "echo hi"
        took = time.monotonic() - began
        flood.cancel()
        await flood.ended()
        return took

    assert run(body) < 5.0


def test_a_flood_that_nobody_asked_for_is_slowed_down(hostile: Callable[..., Path]) -> None:
    hostile("flood-when-idle")

    async def body(host: Host) -> float:
        with host.watch() as events:
            await say(host, "Foe", "hello")
            began, left = time.monotonic(), UNASKED_BYTES_A_SECOND
            async with asyncio.timeout(20):
                async for event in events:
                    left -= len(event.text) if isinstance(event, Spoke) else 0
                    if left < 0:
                        return time.monotonic() - began
        raise AssertionError("the host ended")

    assert run(body) > 0.9


def test_no_process_is_left_when_the_host_ends(hostile: Callable[..., Path], tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    hostile("fork-and-daemonise", env={"PIDS": str(pids)})
    assert run(lambda host: say(host, "Foe", "hello")).text == "forked"
    wait_until(lambda: len(pids.read_text().split()) >= 4)
    assert not any(is_running(int(pid)) for pid in pids.read_text().split())


def test_no_secret_of_the_host_reaches_a_bot(hostile: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLME_TEST_SECRET", "hush")
    monkeypatch.setenv("TELLME_TEST_GIVEN", "given")
    hostile("environment", pass_env=["TELLME_TEST_GIVEN"], env={"MINE": "1"})
    environment = json.loads(run(lambda host: say(host, "Foe", "hello")).text)
    assert "TELLME_TEST_SECRET" not in environment
    assert "TERM" not in environment
    assert (environment["TELLME_TEST_GIVEN"], environment["MINE"]) == ("given", "1")


def test_a_question_is_put_to_the_person(hostile: Callable[..., Path]) -> None:
    hostile("asks")
    asked: list[Question] = []

    async def choose(question: Question) -> str:
        asked.append(question)
        return "y"

    async def body(host: Host) -> Reply:
        return await (await host.say(await host.open_session("Foe"), "hello", choose)).reply()

    reply = run(body)
    assert reply.text == '{"outcome": "selected", "optionId": "y"}'
    options = (Option("y", "Yes", "allow_once"), Option("n", "No", "reject_once"))
    assert asked == [Question("Foe", reply.session, "May I?", options)]


def test_what_a_bot_says_by_itself_is_told_with_the_session_it_belongs_to(hostile: Callable[..., Path]) -> None:
    hostile("answers-twice")

    async def body(host: Host) -> tuple[str, Spoke]:
        with host.watch() as events:
            reply = await say(host, "Foe", "hello")
            async with asyncio.timeout(30):
                async for event in events:
                    if isinstance(event, Spoke):
                        return reply.session, event
        raise AssertionError("the host ended")

    session, spoke = run(body)
    assert spoke == Spoke("foe", session, "and again")


def test_the_time_a_person_thinks_is_not_the_bots(hostile: Callable[..., Path]) -> None:
    hostile("asks", timeout=1.0)

    async def choose(question: Question) -> str:
        await asyncio.sleep(1.1)  # longer than the bot may take
        return "y"

    async def body(host: Host) -> Reply:
        return await (await host.say(await host.open_session("Foe"), "hello", choose)).reply()

    assert run(body).status is TurnStatus.ANSWERED


async def never(question: Question) -> str | None:
    """A person who does not answer."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError


def test_a_question_ends_with_the_bot_that_asked(hostile: Callable[..., Path]) -> None:
    hostile("asks-and-dies", retry=False)

    async def body(host: Host) -> Reply:
        turn = await host.say(await host.open_session("Foe"), "hello", never)
        return await asyncio.wait_for(turn.reply(), 5)

    assert run(body).error == "Foe exited with code 3"


@pytest.mark.parametrize("mode", ["asks", "asks-when-cancelled"])
def test_a_question_of_a_turn_that_is_cancelled_is_answered_so(mode: str, hostile: Callable[..., Path]) -> None:
    hostile(mode)

    async def body(host: Host) -> Reply:
        asked = asyncio.Event()

        async def choose(question: Question) -> str | None:
            asked.set()
            return await never(question)

        turn = await host.say(await host.open_session("Foe"), "hello", choose)
        if mode == "asks":
            await asked.wait()
        else:
            await anext(turn)
        turn.cancel()
        return await turn.reply()

    reply = run(body)
    assert reply.error == "Foe was cancelled"
    assert reply.text.endswith('{"outcome": "cancelled"}')


def test_to_too_many_questions_the_answer_is_no(hostile: Callable[..., Path]) -> None:
    hostile("asks-too-much")

    async def body(host: Host) -> str:
        turn = await host.say(await host.open_session("Foe"), "hello", never)
        return (await turn.reply()).text

    assert run(body) == str({'{"outcome": "selected", "optionId": "n"}'})


def test_the_message_after_a_bot_was_given_up_gets_its_try(hostile: Callable[..., str]) -> None:
    hostile("exits-after-each-answer", retry=True, restart={"max": 1, "within": 60})

    async def body(host: Host) -> list[Reply]:
        session = await host.open_session("Foe")
        return [await say(host, session, str(number)) for number in range(6)]

    assert {reply.status for reply in run(body)} == {TurnStatus.ANSWERED}
