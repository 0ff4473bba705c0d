"""The host ends, the bot is stopped or changed, or the disk is full, while a second turn is open."""

from __future__ import annotations

import asyncio
import resource
import shutil
import time
from pathlib import Path

import pytest

from tellme.errors import StoreError
from tellme.host.local import LocalHost
from tellme.host.turns import LocalTurn
from tellme.model import Question, Reply, TurnStatus

from ..conftest import is_running, rows
from .conftest import say, seen
from .second_turns import (
    Add,
    after,
    all_of,
    begun,
    bot_of,
    held,
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

# The host ends --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["nothing", "a cancel", "a question"])
def test_turns_that_are_open_and_that_wait_when_the_host_ends_are_kept_as_interrupted(
    first: str, two: Add, home: Path
) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, "pick" if first == "a question" else "hang", session, never)
        for _ in range(3):
            await host.say(session, "queued")
        if first == "a cancel":
            turn.cancel()
        else:
            await begun(turn)

    async def never(question: Question) -> str | None:
        return await asyncio.get_running_loop().create_future()

    run_to_the_end(body)
    kept = rows(home, "select message, status, error from turn where message != 'warm' order by seq")
    interrupted = "Two was interrupted: tellme is stopping"
    assert kept[0][1:] == ("failed", "Two was cancelled" if first == "a cancel" else interrupted)
    assert kept[1:] == [("queued", "failed", interrupted)] * 3


def test_a_reply_that_waits_for_the_file_when_the_host_ends_is_kept(two: Add, home: Path) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        await second(host, f"until {folder}/go")
        other = held(home)
        (folder / "go").touch()
        await until(lambda: not bot_of(host).turns.locked())
        asyncio.get_running_loop().call_later(0.1, other.close)

    run_to_the_end(body)
    assert rows(home, "select status, text from turn where message like 'until%'") == [("answered", "half and a half")]


def test_a_message_that_waits_for_the_file_when_the_host_ends_ends_with_it(two: Add, home: Path) -> None:
    two()
    saying: list[asyncio.Future[LocalTurn]] = []

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        other = held(home)
        saying.append(asyncio.ensure_future(host.say(session, "late")))
        await moment()
        asyncio.get_running_loop().call_later(0.1, other.close)

    run_to_the_end(body)
    assert rows(home, "select status from turn where message = 'late'") in ([("failed",)], [])


# The bot is stopped, restarted, changed or removed --------------------------------------------------------------------


def test_a_bot_is_stopped_in_a_second_turn(two: Add) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "hang")
        queued = await host.say(turn.session, "before")
        await begun(turn)
        await host.stop("Two")
        assert (await turn.reply()).error == "Two was stopped"
        assert (await queued.reply()).text == "warm"

    run(body)


def test_a_bot_is_restarted_in_a_second_turn_and_between_two(two: Add) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, f"until {folder}/go")
        await begun(turn)
        await host.restart("Two")
        (folder / "go").touch()
        events = await all_of(turn)
        assert seen(events) == "half and a half"
        assert events[-1].attempts == 2  # type: ignore[union-attr]
        pid = (await (await second(host, "pid", turn.session)).reply()).text
        await host.restart("Two")
        reply = await say(host, turn.session, "pid")
        assert (reply.text != pid, reply.attempts) == (True, 1)

    run(body)


def test_a_bot_gets_its_new_definition_between_second_turns(two: Add) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        pid = (await say(host, session, "pid")).text
        turn = await second(host, f"until {folder}/go", session)
        queued = await host.say(session, "pid")
        with (folder / "bot.toml").open("a") as manifest:
            manifest.write('description = "Another."\n')
        await host.reload()
        await begun(turn)
        (folder / "go").touch()
        reply = await turn.reply()
        assert (reply.text, reply.attempts) == ("half and a half", 1)
        after_it = await queued.reply()
        assert (after_it.text != pid, after_it.attempts) == (True, 1)
        assert bot_of(host).spec.description == "Another."

    run(body)


@pytest.mark.parametrize("queue", [1, 1000])
def test_a_bot_is_removed_in_a_second_turn_and_all_that_wait_fail(queue: int, two: Add, home: Path) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        pid = int((await say(host, session, "pid")).text)
        turn = await second(host, f"until {home}/go", session)
        queued = [await host.say(session, "x") for _ in range(queue)]
        await begun(turn)
        bot = bot_of(host)
        shutil.rmtree(folder)
        await host.reload()
        assert bot.turns.locked()
        (home / "go").touch()
        assert (await turn.reply()).text == "half and a half"
        assert {(await each.reply()).error for each in queued} == {"Two was removed"}
        await until(lambda: not is_running(pid))

    run(body)


@pytest.mark.parametrize("change", ["removed", "changed"])
def test_a_bot_is_removed_or_changed_in_the_moment_in_which_it_was_to_be_handed_over_to_a_turn_that_is_cancelled(
    change: str, two: Add, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        pid = int((await say(host, session, "pid")).text)
        turn = await second(host, f"until {home}/go", session)
        queued = await host.say(session, "two")
        bot = bot_of(host)

        def at_once(_: LocalTurn) -> None:
            if change == "removed":
                bot.retire()
            else:
                bot.replace(bot.spec, bot._launch)
            queued.cancel()

        after(monkeypatch, "stopped", at_once)
        (home / "go").touch()
        await turn.reply()
        await queued.reply()
        await until(lambda: not is_running(pid))

    run(body)


def test_a_session_is_ended_while_its_turn_is_open_and_waits(two: Add) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, f"until {folder}/go", session)
        queued = await host.say(session, "on")
        await host.end_session(session.id)
        (folder / "go").touch()
        assert ((await turn.reply()).text, (await queued.reply()).text) == ("half and a half", "on")

    run(body)


# The disk -------------------------------------------------------------------------------------------------------------


def test_a_reply_waits_for_the_file_and_nothing_waits_for_the_reply(two: Add, home: Path) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, f"until {folder}/go", session)
        queued = await host.say(session, "next")
        other = held(home)
        (folder / "go").touch()
        began = time.monotonic()
        await until(lambda: turn._outcome is not None and not bot_of(host).turns.locked())
        await asyncio.sleep(0.02)
        assert time.monotonic() - began < 3
        assert not turn._replied.is_set()
        assert not queued._replied.is_set()
        assert queued._outcome is not None
        other.close()
        assert [(await each.reply()).text for each in (turn, queued)] == ["half and a half", "next"]
        assert len(await all_of(await second(host, "on", session))) == 2

    run(body)
    assert rows(home, "select message, status from turn order by seq desc limit 2")[1] == ("next", "answered")


def test_a_message_waits_for_the_file_and_is_sent_when_it_is_kept(two: Add, home: Path) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        other = held(home)
        saying = [asyncio.ensure_future(host.say(session, str(number))) for number in range(5)]
        await asyncio.sleep(0.02)
        assert not any(each.done() for each in saying)
        assert not bot_of(host).turns.locked()
        other.close()
        assert [(await (await each).reply()).text for each in saying] == list("01234")

    run(body)
    assert [message for (message,) in rows(home, "select message from turn order by seq")] == ["warm", *"01234"]


@pytest.mark.parametrize("open_turns", [1, 3])
def test_replies_that_find_the_disk_full_are_told_and_kept_when_there_is_room(
    open_turns: int, two: Add, home: Path
) -> None:
    folder = two()
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        texts = [f"until {folder}/go", "x", "y"][:open_turns]
        running = [await host.say(session, text) for text in texts]
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, unlimited[1]))
        try:
            (folder / "go").symlink_to(folder / "bot.py")
            replies = [(await all_of(turn))[-1] for turn in running]
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        for reply in replies:
            assert isinstance(reply, Reply)
            assert reply.status is TurnStatus.FAILED
            assert "answered, but the reply cannot be kept" in str(reply.error)
        assert (await say(host, session, "on")).text == "on"
        kept = [(await host.turn(turn.id)).turn for turn in running]
        assert [turn.text for turn in kept] == ["half and a half", "x", "y"][:open_turns]
        assert all("cannot be kept" in str(turn.error) for turn in kept)

    run(body)


def test_a_message_that_cannot_be_kept_is_not_sent(two: Add) -> None:
    two()
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, unlimited[1]))
        try:
            with pytest.raises(StoreError):
                await host.say(session, "x")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        assert (await say(host, session, "before")).text == "warm"

    run(body)
