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

from .conftest import events_of, is_running, run, say, seen, until_state, wait_until

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

PATIENT = ("flood-chunks", "close-stdout", "kills-its-parent")
"""Those that end by themselves, if given the time."""


@pytest.mark.parametrize("mode", FAILS)
def test_a_turn_that_cannot_end_fails_with_its_reason(mode: str, hostile: Callable[..., str]) -> None:
    hostile(mode, timeout=5.0 if mode in PATIENT else TIMEOUT_S, retry=False)
    reply = run(lambda host: say(host, "Foe", "hello"))
    assert reply.status is TurnStatus.FAILED
    assert reply.error is not None
    assert reply.error.startswith("Foe ")
    assert FAILS[mode] in reply.error
    assert "\n" not in reply.error
    assert "\x1b" not in reply.error
    assert reply.attempts == 1


@pytest.mark.parametrize("mode", DIES)
def test_a_bot_that_dies_is_tried_once_more(mode: str, hostile: Callable[..., str]) -> None:
    hostile(mode, timeout=TIMEOUT_S, retry=True)
    reply = run(lambda host: say(host, "Foe", "hello"))
    assert (reply.status, reply.attempts) == (TurnStatus.FAILED, 2)


@pytest.mark.parametrize("mode", ["error", "max-tokens", "no-stop-reason", "flood-chunks"])
def test_a_bot_that_answers_wrongly_is_not_asked_again(mode: str, hostile: Callable[..., str]) -> None:
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
def test_a_bot_that_is_odd_is_understood_all_the_same(mode: str, hostile: Callable[..., str]) -> None:
    hostile(mode, timeout=20.0)

    async def body(host: Host) -> tuple[Reply, str]:
        events = await events_of(host, "Foe", "hello")
        reply = events[-1]
        assert isinstance(reply, Reply)
        return reply, seen(events)

    reply, shown = run(body)
    assert (reply.status, reply.error) == (TurnStatus.ANSWERED, None)
    assert reply.text == shown == ANSWERS[mode]


def test_a_turn_is_tried_again_with_the_same_id_and_shown_once(hostile: Callable[..., str], tmp_path: Path) -> None:
    hostile("crash-in-reply", retry=True, env={"ONCE": str(tmp_path / "once")})

    async def body(host: Host) -> tuple[Reply, str]:
        events = await events_of(host, "Foe", "turn")
        return events[-1], seen(events)  # type: ignore[return-value]

    reply, shown = run(body)
    assert reply.attempts == 2
    assert reply.text == shown == f"echo {reply.turn}"


def test_a_turn_is_not_tried_again_where_the_manifest_says_so(hostile: Callable[..., str], tmp_path: Path) -> None:
    hostile("crash", retry=False, env={"ONCE": str(tmp_path / "once")})
    reply = run(lambda host: say(host, "Foe", "hello"))
    assert (reply.status, reply.attempts) == (TurnStatus.FAILED, 1)


def test_a_bot_that_says_its_configuration_is_wrong_is_given_up_with_its_last_words(
    hostile: Callable[..., str],
) -> None:
    hostile("bad-configuration", retry=True)

    async def body(host: Host) -> tuple[Reply, BotState]:
        return await say(host, "Foe", "hello"), host.bots()[-1].state

    reply, state = run(body)
    assert reply.attempts == 1
    assert "the key is missing" in (reply.error or "")
    assert state is BotState.FAILED


def test_too_many_crashes_are_the_end_and_the_next_message_tries_once(
    hostile: Callable[..., str], tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    hostile("crash-on-start", retry=False, restart={"max": 2, "within": 60}, env={"PIDS": str(pids)})

    async def body(host: Host) -> tuple[BotState, str, int]:
        with host.watch() as events:
            await say(host, "Foe", "hello")
            await until_state(events, BotState.FAILED)
        tries = len(pids.read_text().split())
        reply = await say(host, "Foe", "again")
        return host.bots()[-1].state, reply.error or "", len(pids.read_text().split()) - tries

    state, error, more = run(body)
    assert state is BotState.FAILED
    assert "given up after" in error
    assert more == 1


def test_a_bot_that_grows_is_ended_at_its_limit(hostile: Callable[..., str]) -> None:
    hostile("grow", retry=False, memory="64 MiB")
    reply = run(lambda host: say(host, "Foe", "hello"))
    assert "passed its memory limit" in (reply.error or "")


def test_another_bot_answers_while_one_floods(hostile: Callable[..., str]) -> None:
    hostile("flood-stdout", timeout=3.0, retry=False)
    hostile("echo", "Friend", env={"NTH": "-1"})

    async def body(host: Host) -> float:
        await say(host, "Friend", "are you there?")
        flood = await host.say(await host.open_session("Foe"), "hello")
        began = time.monotonic()
        for _ in range(20):
            assert (await say(host, "Friend", "hi")).text == "echo hi"
        took = time.monotonic() - began
        flood.cancel()
        await flood.ended()
        return took

    assert run(body) < 2.0


def test_a_flood_that_nobody_asked_for_is_slowed_down(hostile: Callable[..., str]) -> None:
    hostile("flood-when-idle")

    async def body(host: Host) -> float:
        await say(host, "Foe", "hello")
        with host.watch() as events:
            async with asyncio.timeout(10):
                async for event in events:
                    if isinstance(event, Spoke):
                        break
            cpu = time.process_time()
            await asyncio.sleep(1.0)
            return time.process_time() - cpu

    assert run(body) < 0.5


def test_no_process_is_left_when_the_host_ends(hostile: Callable[..., str], tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    hostile("fork-and-daemonise", env={"PIDS": str(pids)})
    assert run(lambda host: say(host, "Foe", "hello")).text == "forked"
    wait_until(lambda: len(pids.read_text().split()) >= 4)
    assert not any(is_running(int(pid)) for pid in pids.read_text().split())


def test_no_secret_of_the_host_reaches_a_bot(hostile: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLME_TEST_SECRET", "hush")
    monkeypatch.setenv("TELLME_TEST_GIVEN", "given")
    hostile("environment", pass_env=["TELLME_TEST_GIVEN"], env={"MINE": "1"})
    environment = json.loads(run(lambda host: say(host, "Foe", "hello")).text)
    assert "TELLME_TEST_SECRET" not in environment
    assert "TERM" not in environment
    assert (environment["TELLME_TEST_GIVEN"], environment["MINE"]) == ("given", "1")


def test_a_question_is_put_to_the_person(hostile: Callable[..., str]) -> None:
    hostile("asks")
    asked: list[Question] = []

    async def choose(question: Question) -> str:
        asked.append(question)
        return "y"

    async def body(host: Host) -> Reply:
        return await (await host.say(await host.open_session("Foe"), "hello", choose)).reply()

    assert run(body).text == '{"outcome": "selected", "optionId": "y"}'
    options = (Option("y", "Yes", "allow_once"), Option("n", "No", "reject_once"))
    assert asked == [Question("Foe", "s1", "May I?", options)]


def test_the_time_a_person_thinks_is_not_the_bots(hostile: Callable[..., str]) -> None:
    hostile("asks", timeout=0.5)

    async def choose(question: Question) -> str:
        await asyncio.sleep(0.8)
        return "y"

    async def body(host: Host) -> Reply:
        return await (await host.say(await host.open_session("Foe"), "hello", choose)).reply()

    assert run(body).status is TurnStatus.ANSWERED
