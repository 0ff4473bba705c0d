"""One bot's life, with real processes: what it tells of each end, a new definition, and its removal."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tellme.model import BotState, Exit, Notice, RestartLimit, StateChanged
from tellme.supervisor.link import Died

MakeLife = Callable[..., Any]

ENDS: dict[str, tuple[tuple[str, ...], dict[str, Any], tuple[object, ...]]] = {
    # what it runs, keys of its manifest → code, signal, crash, state, reason
    "a crash": (("sh", "-c", "exit 3"), {}, (3, None, True, BotState.BACKOFF, "exited with code 3")),
    "a crash at the start": (
        ("sh", "-c", "echo trying >&2; printf 'no such\\033[31m module' >&2; exit 1"),
        {},
        (1, None, True, BotState.BACKOFF, "exited with code 1: no such module"),
    ),
    "an end without a reason": (("true",), {}, (0, None, True, BotState.BACKOFF, "exited with code 0")),
    "a signal": (
        ("sh", "-c", "kill -SEGV $$"),
        {},
        (None, signal.SIGSEGV, True, BotState.BACKOFF, "was killed by SIGSEGV"),
    ),
    "a wrong configuration": (
        ("sh", "-c", "echo no key >&2; exit 78"),
        {},
        (78, None, True, BotState.FAILED, "says that its configuration is wrong (exit code 78): no key"),
    ),
    "one crash too many": (
        ("sh", "-c", "exit 3"),
        {"restart": RestartLimit(0, 60)},
        (3, None, True, BotState.FAILED, "exited with code 3; given up after 1 crashes within 60 s"),
    ),
    "no start": (
        ("missing.py",),
        {},
        (None, None, True, BotState.BACKOFF, "cannot start: missing.py: no such file"),
    ),
}


LAST_EXITS = {"a wrong configuration": "exited with code 78", "one crash too many": "exited with code 3"}
"""What ``tellme list --json`` says of an end, where that is less than the reason of what followed."""


@pytest.mark.parametrize("name", ENDS)
async def test_each_end_is_told(make_life: MakeLife, name: str) -> None:
    command, keys, expected = ENDS[name]
    async with make_life(*command, **keys) as life:
        with pytest.raises(Died):
            await life.bot.connect()
        end = await life.next(Exit)
        assert (end.code, end.signal, end.crash, end.state, end.reason) == expected
        assert end.bot == "wall-e"
        assert life.bot.status().last_exit == LAST_EXITS.get(name, end.reason)
        assert (end.pid is None, end.uptime_s is None) == ((True, True) if name == "no start" else (False, False))


@pytest.mark.parametrize(
    ("act", "crash", "state", "reason"),
    [
        (lambda bot: bot.stop(), False, BotState.STOPPED, "was stopped"),
        (lambda bot: bot.restart(), False, BotState.BACKOFF, "was restarted"),
        (lambda bot: bot.kill("talks too much"), True, BotState.BACKOFF, "talks too much"),
        (lambda bot: bot.retire(), False, BotState.STOPPED, "was removed"),
    ],
    ids=["stop", "restart", "kill", "retire"],
)
async def test_an_end_that_was_asked_for_is_no_crash(
    make_life: MakeLife, act: Callable[[Any], None], crash: bool, state: BotState, reason: str
) -> None:
    async with make_life("talks.py", "1") as life:
        await life.bot.connect()
        pid = life.bot.status().pid
        act(life.bot)
        end = await life.next(Exit)
        assert (end.crash, end.state, end.reason, end.pid) == (crash, state, reason, pid)
        assert end.uptime_s >= 0


async def test_the_end_with_the_host_is_told_too(make_life: MakeLife) -> None:
    async with make_life("talks.py", "1") as life:
        await life.bot.connect()
        life.task.cancel()
        end = await life.next(Exit)
        assert (end.crash, end.state, end.reason) == (False, BotState.STOPPED, "was stopped")
    assert len(life.all(Exit)) == 1


async def test_a_killed_bot_is_back_at_once(make_life: MakeLife) -> None:
    async with make_life("talks.py", "1") as life:
        before = await life.say("hello")
        life.signal(signal.SIGKILL)
        await life.next(Exit)
        assert await life.say("hello") != before


async def test_who_comes_after_a_kill_waits_for_the_next_process(make_life: MakeLife) -> None:
    async with make_life("talks.py", "1") as life:
        link = await life.bot.connect()
        life.bot.kill("talks too much")
        assert await life.bot.connect() is not link


# A new definition ---------------------------------------------------------------------------------------------------


async def test_an_idle_bot_is_its_new_self_at_once(make_life: MakeLife, make_spec: Callable[..., Any]) -> None:
    async with make_life("talks.py", "1") as life:
        assert (await life.say("hello")).endswith(" 1")
        life.bot.replace(*make_spec("talks.py", "2", timeout=7.0))
        assert (await life.say("hello")).endswith(" 2")
        assert life.bot.spec.timeout == 7.0
        assert [(end.crash, end.reason) for end in life.all(Exit)] == [(False, "was restarted with its new definition")]
        assert life.bot.status().restarts == 1


async def test_the_turn_that_is_open_ends_first_and_those_that_wait_get_the_new_one(
    make_life: MakeLife, make_spec: Callable[..., Any]
) -> None:
    async with make_life("talks.py", "1") as life:
        with life.gate() as gate:
            open_turn = asyncio.create_task(life.say("wait"))
            await gate.reached()
            queued = [asyncio.create_task(life.say("hello")) for _ in range(3)]
            await asyncio.sleep(0)
            life.bot.replace(*make_spec("talks.py", "2"))
            life.bot.replace(*make_spec("talks.py", "3"))
            gate.open()
            assert (await open_turn).endswith(" 1")
            answers = await asyncio.gather(*queued)
        assert {answer.split()[1] for answer in answers} == {"3"}
        assert len({answer.split()[0] for answer in answers}) == 1
        assert len(life.all(Exit)) == 1


async def test_a_turn_that_waits_for_the_start_is_not_told_of_the_change(
    make_life: MakeLife, make_spec: Callable[..., Any]
) -> None:
    async with make_life("talks.py", "1") as life:
        turn = asyncio.create_task(life.say("hello"))
        await life.state(BotState.STARTING)
        life.bot.replace(*make_spec("talks.py", "2"))
        assert (await turn).endswith(" 2")


async def test_a_bot_that_is_not_running_is_not_started_by_it(
    make_life: MakeLife, make_spec: Callable[..., Any]
) -> None:
    async with make_life("talks.py", "1") as life:
        life.bot.replace(*make_spec("talks.py", "2"))
        assert life.bot.state is BotState.IDLE
        assert (await life.say("hello")).endswith(" 2")


async def test_a_bot_that_was_given_up_gets_all_its_tries_anew(
    make_life: MakeLife, make_spec: Callable[..., Any]
) -> None:
    once = {"restart": RestartLimit(0, 60)}
    async with make_life("sh", "-c", "exit 3", **once) as life:
        with pytest.raises(Died, match="given up"):
            await life.bot.connect()
        life.bot.replace(*make_spec("talks.py", "2", restart=RestartLimit(1, 60)))
        assert life.bot.state is BotState.IDLE
        assert (await life.say("hello")).endswith(" 2")
        life.signal(signal.SIGKILL)
        await life.next(Exit, 2)
        assert life.all(Exit)[-1].state is BotState.BACKOFF, "the old crash does not count"


async def test_a_new_definition_ends_the_wait_for_a_restart(make_life: MakeLife, make_spec: Callable[..., Any]) -> None:
    async with make_life("false") as life:
        life.bot.start()
        await life.next(Exit, 7)  # the wait is more than a second by now
        life.bot.replace(*make_spec("talks.py", "2"))
        await life.state(BotState.READY)
        assert len(life.all(Exit)) == 7


async def test_a_bot_that_crashes_before_the_change_comes_back_changed(
    make_life: MakeLife, make_spec: Callable[..., Any]
) -> None:
    async with make_life("talks.py", "1") as life:
        with life.gate() as gate:
            turn = asyncio.create_task(life.say("wait"))
            await gate.reached()
            life.bot.replace(*make_spec("talks.py", "2"))
            life.signal(signal.SIGKILL)
            with pytest.raises(Died, match="SIGKILL"):
                await turn
        assert (await life.say("hello")).endswith(" 2")


# Its removal --------------------------------------------------------------------------------------------------------


async def test_a_removed_bot_ends_its_turn_and_takes_no_more(make_life: MakeLife) -> None:
    async with make_life("talks.py", "1") as life:
        with life.gate() as gate:
            open_turn = asyncio.create_task(life.say("wait"))
            await gate.reached()
            queued = [asyncio.create_task(life.say("hello")) for _ in range(3)]
            await asyncio.sleep(0)
            life.bot.retire()
            gate.open()
            assert (await open_turn).endswith(" 1")
            ends = await asyncio.gather(*queued, return_exceptions=True)
        assert [(type(end), end.reason, end.final) for end in ends] == [(Died, "was removed", True)] * 3
        await asyncio.wait_for(life.task, 10)
        assert life.bot.state is BotState.STOPPED


@pytest.mark.parametrize("state", [BotState.IDLE, BotState.STARTING, BotState.READY, BotState.BACKOFF, BotState.FAILED])
async def test_it_can_be_removed_at_any_time(make_life: MakeLife, state: BotState) -> None:
    commands = {BotState.BACKOFF: ("false",), BotState.FAILED: ("missing.py",)}
    keys = {"restart": RestartLimit(0, 60)} if state is BotState.FAILED else {}
    async with make_life(*commands.get(state, ("talks.py", "1")), **keys) as life:
        if state is not BotState.IDLE:
            life.bot.start()
            await life.state(state)
        life.bot.retire()
        await asyncio.wait_for(life.task, 10)
        assert life.bot.state is BotState.STOPPED
        life.bot.start()
        life.bot.restart()
        with pytest.raises(Died, match="was removed"):
            await life.say("hello")


async def test_a_crash_in_the_last_turn_starts_nothing_more(make_life: MakeLife) -> None:
    async with make_life("talks.py", "1") as life:
        with life.gate() as gate:
            turn = asyncio.create_task(life.say("wait"))
            await gate.reached()
            life.bot.retire()
            life.signal(signal.SIGKILL)
            with pytest.raises(Died):
                await turn
        await asyncio.wait_for(life.task, 10)
        states = [event.state for event in life.all(StateChanged)]
        assert states.count(BotState.STARTING) <= 2
        assert states[-1] is BotState.STOPPED


# Its log ------------------------------------------------------------------------------------------------------------


async def test_a_log_that_cannot_be_written_is_told_once(make_life: MakeLife, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("no folder")
    async with make_life("sh", "-c", "echo words >&2; exit 3", restart=RestartLimit(3, 60)) as life:
        life.bot.start()
        await life.state(BotState.FAILED)
        path = os.path.join(tmp_path, "log", "test.log")
        assert life.all(Notice) == [Notice(f"Wall-E's log cannot be written: {path}: Not a directory.")]
