"""A session survives the process of its bot and the host's own end, in the way that the bot is able to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.errors import BotNotFound, SessionNotFound
from tellme.host.host import Host
from tellme.model import BotState, Notice, Reply
from tellme.store.database import Store
from tellme.supervisor import sessions as link_sessions

from .conftest import events_of, run, say, until_state

KEEPS = Path(__file__).parents[1] / "hostile" / "keeps_sessions.py"
FORGETS = Path(__file__).parents[1] / "hostile" / "forgets.py"

REMEMBERS = """
from tellme import Bot
from tellme.sdk import agent

agent.MAX_SESSIONS = {most}
bot, seen = Bot("Remembers"), set()


@bot.reply
def reply(message):
    seen.add(message.session.id)
    return f"{len(seen)} {[past.message for past in message.session.history]}"


bot.run()
"""
"""A bot of the SDK that tells how many sessions it was talked to in, and what it knows of this one."""


@pytest.mark.parametrize(("how", "told"), [("resume", "resumed the conversation"), ("load", "loaded the conversation")])
def test_a_bot_that_keeps_its_conversations_takes_them_up_itself(
    how: str, told: str, add_bot: Callable[..., Path], tmp_path: Path
) -> None:
    add_bot("Keeps", [str(KEEPS), how, str(tmp_path / "said")])

    async def first(host: Host) -> str:
        session = await host.open_session("Keeps")
        await say(host, session, "one")
        return session.id

    session_id = run(first)

    async def second(host: Host) -> list[object]:
        return list(await events_of(host, await host.resume_session(session_id), "two"))

    *notices, reply = (event for event in run(second) if isinstance(event, Notice | Reply))
    assert isinstance(reply, Reply)
    assert reply.text == "so far ['one']"
    assert [told in notice.text for notice in notices if isinstance(notice, Notice)] == [True]


GIVEN = {
    # how the bot takes a conversation that it has forgotten → what it says of it and of the message
    "last": "[] This is the conversation so far:\nPerson: one\nYou: [] one\n\nIt goes on with this message:\nthree",
    "last, reads history": "['one'] three",
}


@pytest.mark.parametrize("how", GIVEN)
def test_a_bot_that_has_forgotten_a_session_is_given_it_again(
    how: str, add_bot: Callable[..., Path], tmp_path: Path
) -> None:
    add_bot("Forgets", [str(FORGETS), how, str(tmp_path / "prompts")], retry=False)

    async def body(host: Host) -> list[object]:
        first, second = await host.open_session("Forgets"), await host.open_session("Forgets")
        await say(host, first, "one")
        await say(host, second, "two")
        return list(await events_of(host, first, "three"))

    *earlier, reply = run(body)
    assert isinstance(reply, Reply)
    assert (reply.text, reply.error, reply.attempts) == (GIVEN[how], None, 1)
    assert Notice("The bot was given the conversation so far.") in earlier
    assert len((tmp_path / "prompts").read_text().splitlines()) == 4, "only the last message went out twice"


@pytest.mark.parametrize(("how", "text", "prompts"), [("never", "", 2), ("first", "", 3), ("late", "[] two", 2)])
def test_a_message_goes_out_twice_at_most_and_only_where_nothing_came_of_it(
    how: str, text: str, prompts: int, add_bot: Callable[..., Path], tmp_path: Path
) -> None:
    add_bot("Forgets", [str(FORGETS), how, str(tmp_path / "prompts")])

    async def body(host: Host) -> Reply:
        session = await host.open_session("Forgets")
        await say(host, session, "one")
        return await say(host, session, "two")

    reply = run(body)
    assert (reply.text, reply.attempts) == (text, 1)
    assert reply.error == "Forgets answered with an error: no such session (-32002)"
    assert len((tmp_path / "prompts").read_text().splitlines()) == prompts


@pytest.mark.parametrize(
    ("ours", "theirs", "begun"),
    [(5, 10_000, 60), (4_000, 2, 60), (4_000, 10_000, 30)],
    ids=["tellme forgets", "the bot forgets", "nobody forgets"],
)
def test_no_session_is_lost_when_there_are_more_than_are_kept(
    ours: int, theirs: int, begun: int, add_bot: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_sessions, "MAX_SESSIONS", ours)
    folder = add_bot("Remembers", ["bot.py"])
    (folder / "bot.py").write_text(REMEMBERS.replace("{most}", str(theirs)))

    async def body(host: Host) -> list[str]:
        sessions = [await host.open_session("Remembers") for _ in range(30)]
        for number, session in enumerate(sessions):
            assert (await say(host, session, f"one {number}")).text == f"{number + 1} []"
        again = [(await say(host, session, f"two {number}")).text for number, session in enumerate(sessions)]
        assert [text.split(" ", 1)[1] for text in again] == [f"['one {number}']" for number in range(30)]
        return [again[-1].split()[0], (await say(host, sessions[-1], "three")).text]

    assert run(body) == [str(begun), f"{begun} ['one 29', 'two 29']"]


def test_sessions_are_found_by_what_was_said_and_by_the_start_of_their_id(hostile: Callable[..., Path]) -> None:
    hostile("echo")

    async def body(host: Host) -> None:
        first, second = await host.open_session("foe"), await host.open_session("FOE")
        await say(host, first, "the Budget")
        assert [session.id for session in await host.sessions()] == [second.id, first.id]
        assert [session.id for session in await host.sessions("budget")] == [first.id]
        found, turns = await host.history(first.id[:6])
        assert (found.id, found.title, [turn.text for turn in turns]) == (first.id, "the Budget", ["echo the Budget"])

    run(body)


def test_sessions_end_and_are_resumed(hostile: Callable[..., Path]) -> None:
    hostile("echo")

    async def body(host: Host) -> None:
        with pytest.raises(SessionNotFound, match="no session yet"):
            await host.resume_session()
        with pytest.raises(SessionNotFound, match="no open session"):
            await host.end_session()
        first, second = await host.open_session("Foe"), await host.open_session("Foe")
        await say(host, first, "used last")
        assert (await host.end_session()).id == second.id
        assert (await host.end_session(first.id)).ended_at is not None
        again = await host.resume_session()
        assert (again.id, again.ended_at) == (first.id, None)

    run(body)


def test_without_id_another_session_than_this_one_is_resumed(hostile: Callable[..., Path]) -> None:
    hostile("echo")

    async def body(host: Host) -> None:
        assert await host.last_used_session() is None
        first = await host.open_session("Foe")
        with pytest.raises(SessionNotFound, match="no other session to go on with"):
            await host.resume_session(other_than=first.id)
        second = await host.open_session("Foe")
        await say(host, second, "used last")
        assert (await host.last_used_session() or first).id == second.id
        assert (await host.resume_session(other_than=second.id)).id == first.id
        assert (await host.resume_session(second.id, other_than=second.id)).id == second.id

    run(body)


def test_a_session_is_renamed_read_in_pages_and_searched(hostile: Callable[..., Path]) -> None:
    hostile("echo")

    async def body(host: Host) -> None:
        session = await host.open_session("Foe")
        said = [(await say(host, session, f"message {number}")).turn for number in range(4)]
        assert (await host.set_title(session.id[:6], "Numbers")).title == "Numbers"
        assert (await host.session(session.id[:6])).title == "Numbers"
        assert [turn.id for turn in await host.turns(session.id, 2)] == said[2:]
        assert [turn.id for turn in await host.turns(session.id, 2, before=said[2])] == said[:2]
        assert [turn.id for turn in await host.turns(session.id, 2, after=said[0])] == said[1:3]
        assert await host.find_turns(session.id, "ECHO message 2") == [said[2]]
        assert await host.messages("3") == ["message 3"]
        assert await host.messages(limit=2) == ["message 3", "message 2"]

    run(body)


def test_damage_is_told_also_where_nothing_is_written(hostile: Callable[..., Path], home: Path) -> None:
    hostile("echo")
    database = home / "data" / "tellme.db"

    def damage() -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{database}{end}").unlink(missing_ok=True)
        database.write_bytes(b"somebody's notes, and no database" * 100)

    async def body(host: Host) -> None:
        await say(host, "Foe", "hello")
        for read in (host.sessions, host.check_store, host.last_used_session):
            damage()
            with host.watch() as events:
                await read()
                assert "is set aside as" in host.damage.pop()
                async for event in events:
                    assert isinstance(event, Notice)
                    break

    run(body)


def test_the_store_is_checked_without_holding_up_the_loop(
    hostile: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile("echo")
    looked, go_on = threading.Event(), threading.Event()

    def check(store: Store) -> None:
        looked.set()
        assert go_on.wait(5)

    monkeypatch.setattr(Store, "check", check)

    async def body(host: Host) -> None:
        checking = asyncio.create_task(host.check_store())
        assert await asyncio.to_thread(looked.wait, 5)
        go_on.set()
        await checking

    run(body)


def test_a_log_is_followed_as_it_is_written(hostile: Callable[..., Path]) -> None:
    hostile("garbage")

    async def body(host: Host) -> list[str]:
        with pytest.raises(BotNotFound):
            host.follow_log("Fee")
        log = host.follow_log("Foe", last=5)
        assert await anext(log) == []
        await say(host, "Foe", "hello")
        async with asyncio.timeout(5):
            return await anext(log)

    assert all("skipped" in line for line in run(body))


def test_an_unknown_bot_is_named_with_those_like_it(hostile: Callable[..., Path]) -> None:
    hostile("echo", "Marvin")
    with pytest.raises(BotNotFound, match=r"'Marvn'.*Did you mean Marvin\?"):
        run(lambda host: host.open_session("Marvn"))


def test_a_session_is_opened_with_the_process_that_runs_when_it_is_its_turn(
    add_bot: Callable[..., Path], home: Path
) -> None:
    folder = add_bot("Dies", ["bot.py"], retry=False)
    (folder / "bot.py").write_text(
        "import os, time\nfrom tellme import Bot\nbot = Bot('Dies')\n@bot.reply\ndef reply(message):\n"
        "    while not os.path.exists('go'):\n        time.sleep(0.005)\n    os._exit(3)\nbot.run()\n"
    )

    async def body(host: Host) -> None:
        with host.watch() as events:
            turn = await host.open_and_say("Dies", "x")
            await until_state(events, BotState.BUSY)
        waiting = asyncio.create_task(host.commands(await host.open_session("Dies")))
        for _ in range(10):
            await asyncio.sleep(0)  # up to where it waits for the turn
        (folder / "go").touch()
        assert "exited with code 3" in str((await turn.reply()).error)
        assert await waiting == (), "and not None, which says that the bot could not be asked"

    run(body)
