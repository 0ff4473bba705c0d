"""What a turn promises: kept before it is sent, in order, cancelled when asked, one at a time for each bot."""

from __future__ import annotations

import asyncio
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.errors import StoreError, UsageError
from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.host.turns import CANCEL_GRACE_S
from tellme.model import BotState, Notice, Reply, StateChanged, TurnStatus

from ..conftest import is_running, rows, wait_until
from .conftest import events_of, run, say, until_state


def test_a_message_is_on_disk_before_the_bot_sees_it(add_bot: Callable[..., Path], home: Path, tmp_path: Path) -> None:
    script = tmp_path / "looks.py"
    script.write_text(
        "import sqlite3\nfrom tellme import Bot\nbot = Bot('Looks')\n"
        "@bot.reply\ndef reply(message):\n"
        f"    connection = sqlite3.connect({str(home / 'data' / 'tellme.db')!r})\n"
        "    return str(connection.execute('select message, status from turn').fetchall())\n"
        "bot.run()\n"
    )
    add_bot("Looks", [str(script)])
    assert run(lambda host: say(host, "Looks", "is it there?")).text == "[('is it there?', None)]"
    assert rows(home, "select status from turn") == [("answered",)]


def test_a_failed_turn_stays_on_disk_with_its_reason(hostile: Callable[..., Path], home: Path) -> None:
    hostile("crash-in-reply", retry=False)
    reply = run(lambda host: say(host, "Foe", "hello"))
    assert rows(home, "select message, status, error, attempts from turn") == [("hello", "failed", reply.error, 1)]


def test_turns_of_one_bot_come_one_after_the_other(hostile: Callable[..., Path]) -> None:
    hostile("echo")

    async def body(host: Host) -> list[str]:
        sessions = [await host.open_session("Foe") for _ in range(20)]
        running = [await host.say(session, str(number)) for number, session in enumerate(sessions)]
        return [(await turn.reply()).text for turn in running]

    assert run(body) == [f"echo {number}" for number in range(20)]


def test_a_cancelled_turn_ends_soon_and_the_bot_goes_on(add_bot: Callable[..., Path], tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text(
        "import os\nfrom tellme import Bot\nbot = Bot('Endless')\n"
        "@bot.reply\ndef reply(message):\n"
        "    if message.text == 'pid':\n        yield str(os.getpid())\n        return\n"
        "    while True:\n        yield 'on and '\n"
        "bot.run()\n"
    )
    add_bot("Endless", [str(script)])

    async def body(host: Host) -> tuple[str, Reply, str]:
        session = await host.open_session("Endless")
        before = await say(host, session, "pid")
        turn = await host.say(session, "go")
        async for _ in turn:
            break
        turn.cancel()
        return before.text, await turn.reply(), (await say(host, session, "pid")).text

    before, cancelled, after = run(body)
    assert (cancelled.status, cancelled.error) == (TurnStatus.FAILED, "Endless was cancelled")
    assert before == after


def test_a_bot_that_does_not_end_a_cancelled_turn_is_ended(hostile: Callable[..., Path], tmp_path: Path) -> None:
    hostile("hang", timeout=60, env={"NTH": "2"})

    async def body(host: Host) -> tuple[int, Reply, str]:
        session = await host.open_session("Foe")
        pid = int((await say(host, session, "pid")).text.split()[1])
        with host.watch() as events:
            turn = await host.say(session, "hello")
            await until_state(events, BotState.BUSY)
        turn.cancel()
        return pid, await turn.reply(), (await say(host, session, "still there?")).text

    pid, cancelled, after = run(body)
    assert cancelled.error == "Foe was cancelled"
    assert after.endswith("still there?")
    assert not is_running(pid)


@pytest.mark.parametrize("mode", ["hang", "hang-on-start"])
def test_time_for_which_the_program_stood_still_is_no_ones(
    mode: str, hostile: Callable[..., Path], tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    hostile(mode, timeout=0.5, retry=False, env={"PIDS": str(pids)})

    async def body(host: Host) -> tuple[Reply, float]:
        began = time.monotonic()
        turn = await host.say(await host.open_session("Foe"), "hello")
        await asyncio.to_thread(wait_until, pids.exists)
        time.sleep(0.6)  # noqa: ASYNC251  (the program stands still)
        host.add_time(0.6)
        return await turn.reply(), time.monotonic() - began

    reply, took_s = run(body)
    assert reply.status is TurnStatus.FAILED
    assert took_s >= 1.1 + (CANCEL_GRACE_S if mode == "hang" else 0)
    assert reply.latency_ms <= (took_s - 0.6) * 1000


def test_a_turn_that_waits_its_turn_can_be_cancelled(hostile: Callable[..., Path]) -> None:
    hostile("hang", timeout=60)

    async def body(host: Host) -> Reply:
        first = await host.say(await host.open_session("Foe"), "hello")
        second = await host.say(await host.open_session("Foe"), "hello")
        second.cancel()
        reply = await second.reply()
        first.cancel()
        return reply

    assert run(body).error == "Foe was cancelled"


def test_a_turn_that_is_open_when_the_host_ends_is_kept_as_interrupted(
    hostile: Callable[..., Path], home: Path
) -> None:
    hostile("hang", timeout=60)

    async def body(host: Host) -> None:
        with host.watch() as events:
            await host.say(await host.open_session("Foe"), "hello")
            await until_state(events, BotState.BUSY)

    run(body)
    assert rows(home, "select status, error from turn") == [("failed", "Foe was interrupted: tellme is stopping")]


@pytest.mark.parametrize("message", ["", "x" * (2**20 + 1), "é" * 2**19 + "x"])
def test_a_message_that_is_empty_or_too_long_is_refused_and_not_kept(
    message: str, hostile: Callable[..., Path], home: Path
) -> None:
    hostile("echo")
    with pytest.raises(UsageError, match=r"empty|1 MiB"):
        run(lambda host: say(host, "Foe", message))
    assert rows(home, "select count(*) from turn") == [(0,)]


def test_a_message_of_exactly_the_limit_goes_through(hostile: Callable[..., Path]) -> None:
    hostile("echo")
    assert len(run(lambda host: say(host, "Foe", "x" * 2**20)).text) == 2**20 + len("echo ")


def test_nothing_is_on_disk_where_nothing_is_to_be_kept(hostile: Callable[..., Path], home: Path) -> None:
    hostile("echo")
    assert run(lambda host: say(host, "Foe", "hello"), keep=False).text == "echo hello"
    assert not (home / "data" / "tellme.db").exists()


def test_the_states_of_a_bot_are_told_in_order(hostile: Callable[..., Path]) -> None:
    hostile("crash", retry=True, env={"NTH": "2"})

    async def body(host: Host) -> list[BotState]:
        session = await host.open_session("Foe")
        with host.watch() as events:
            for text in ("one", "two"):
                await say(host, session, text)
            await host.stop("Foe")
            states = []
            async for event in events:
                if not isinstance(event, StateChanged):
                    continue
                assert 0 <= time.time() - event.at < 10
                states.append(event.state)
                if event.state is BotState.STOPPED:
                    return states
        raise AssertionError

    assert [str(state) for state in run(body)] == [
        *("starting", "ready", "busy", "ready"),
        *("busy", "backoff", "starting", "ready", "busy", "ready"),
        *("stopping", "stopped"),
    ]


def test_a_stopped_bot_starts_with_the_next_message(hostile: Callable[..., Path]) -> None:
    hostile("echo")

    async def body(host: Host) -> tuple[str, str]:
        first = (await say(host, "Foe", "pid")).text
        with host.watch() as events:
            await host.stop("Foe")
            await until_state(events, BotState.STOPPED)
        return first, (await say(host, "Foe", "pid")).text

    first, second = run(body)
    assert first != second


def test_a_restart_ends_the_process_and_counts_as_no_crash(hostile: Callable[..., Path]) -> None:
    hostile("echo", restart={"max": 0, "within": 60})

    async def body(host: Host) -> tuple[str, str, int]:
        first = (await say(host, "Foe", "pid")).text
        with host.watch() as events:
            await host.restart("Foe")
            await until_state(events, BotState.READY)
        return first, (await say(host, "Foe", "pid")).text, (await host.bots())[-1].restarts

    first, second, restarts = run(body)
    assert first != second
    assert restarts == 1


def test_a_conversation_goes_on_after_a_crash_with_its_history(add_bot: Callable[..., Path], tmp_path: Path) -> None:
    script = tmp_path / "remembers.py"
    script.write_text(
        "import os\nfrom tellme import Bot\nbot = Bot('Remembers')\n"
        "@bot.reply\ndef reply(message):\n"
        "    if message.text == 'die': os._exit(9)\n"
        "    return ' '.join(past.message for past in message.session.history) or 'nothing'\n"
        "bot.run()\n"
    )
    add_bot("Remembers", [str(script)])

    async def body(host: Host) -> tuple[list[str], list[object]]:
        session = await host.open_session("Remembers")
        said = [(await say(host, session, text)).text for text in ("one", "two")]
        await say(host, session, "die")
        events = await events_of(host, session, "three")
        return [*said, (events[-1].text)], events  # type: ignore[union-attr]

    said, events = run(body)
    assert said == ["nothing", "one", "one two"]
    assert any(isinstance(event, Notice) and "conversation so far" in event.text for event in events)


def test_a_bot_that_reads_no_history_is_told_it_in_words(hostile: Callable[..., Path], home: Path) -> None:
    hostile("echo")

    async def first(host: Host) -> str:
        session = await host.open_session("Foe")
        await say(host, session, "I am Ann")
        return session.id

    session_id = run(first)

    async def second(host: Host) -> str:
        return (await say(host, await host.resume_session(session_id), "who am I?")).text

    text = run(second)
    assert "Person: I am Ann\nYou: echo I am Ann" in text
    assert text.endswith("who am I?")


def test_an_end_that_finds_the_disk_full_is_kept_when_there_is_room(hostile: Callable[..., Path]) -> None:
    hostile("echo")
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def body(host: Host) -> None:
        session = await host.open_session("Foe")
        await say(host, session, "first")
        running = await host.say(session, "second")
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, unlimited[1]))
        try:
            reply = await running.reply()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        assert reply.status is TurnStatus.FAILED
        assert "cannot be kept" in (reply.error or "")
        await say(host, session, "third")
        record = await host.turn(running.id)
        assert (record.turn.text, record.turn.error) == ("echo second", reply.error)
        assert (await (await host.retry(running.id)).reply()).status is TurnStatus.ANSWERED

    run(body)


def test_a_full_disk_of_descriptors_is_a_failed_turn_and_passes(hostile: Callable[..., Path]) -> None:
    hostile("echo", retry=False)

    async def body(host: Host) -> tuple[Reply, Reply]:
        session = await host.open_session("Foe")
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 1, hard))
        try:
            starved = await asyncio.wait_for(say(host, session, "one"), 5)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return starved, await say(host, session, "two")

    starved, fed = run(body)
    assert "cannot start" in (starved.error or "")
    assert fed.text.endswith("two")


def test_a_bot_that_is_stopped_before_its_start_fails_is_stopped_and_can_be_started(
    add_bot: Callable[..., Path],
) -> None:
    add_bot("Absent", ["no-such-program"], timeout=5)

    async def body(host: Host) -> tuple[BotState, Reply]:
        with host.watch() as events:
            await host.start("Absent")
            await until_state(events, BotState.STARTING)
            await host.stop("Absent")
            await until_state(events, BotState.STOPPED)
        return (await host.bots())[-1].state, await say(host, "Absent", "hello")

    state, reply = run(body)
    assert state is BotState.STOPPED
    assert "cannot start" in (reply.error or "")


def test_a_stop_ends_a_turn_that_waits_for_the_next_start(hostile: Callable[..., Path]) -> None:
    hostile("crash-on-start", retry=False, timeout=60)

    async def body(host: Host) -> Reply:
        session = await host.open_session("Foe")
        for _ in range(5):  # each makes the next wait longer
            await say(host, session, "hello")
        turn = await host.say(session, "hello")
        await asyncio.sleep(0)
        assert (await host.bots())[-1].state is BotState.BACKOFF
        await host.stop("Foe")
        return await asyncio.wait_for(turn.reply(), 5)

    assert run(body).error == "Foe was stopped"


def test_a_process_that_was_begun_ends_with_a_message_that_cannot_be_kept(
    hostile: Callable[..., Path], home: Path
) -> None:
    hostile("echo")
    (home / "data" / "tellme.db").mkdir(parents=True)
    prepared = prepare(os.environ, bot="Foe")

    async def main() -> None:
        async with open_host(prepared) as host:
            await host.open_and_say("Foe", "hello")

    with pytest.raises(StoreError):
        asyncio.run(main())
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(prepared.spawned["foe"].control)
