"""The host of a ``tellme serve`` and one of our own promise the same: each body here runs with both."""

from __future__ import annotations

from pathlib import Path

import pytest

from tellme.errors import (
    BotNotFound,
    SessionNotFound,
    TurnNotFound,
    UsageError,
)
from tellme.host.host import Host
from tellme.model import (
    BotState,
    Piece,
    Question,
    Reply,
    Retrying,
    StateChanged,
    TurnStatus,
)

from ..conftest import add_bot
from .hosts import Run, say
from .hosts import run as run


def test_bots_are_known_started_and_stopped(run: Run[None]) -> None:
    async def body(host: Host) -> None:
        assert host.find("talker").name == host.name_of("talker") == "Talker"
        assert host.route("say it back") == host.find("Talker")
        assert {bot.id for bot in await host.bots()} == {spec.id for spec in host.specs()}
        with pytest.raises(BotNotFound) as missing:
            await host.status("Talkr")
        assert missing.value.nearest == ("Talker",)
        assert await host.why_not_startable("Talker") is None
        assert "THAT_NOBODY_SETS" in (await host.why_not_startable("English") or "")
        with host.watch() as events:
            await host.restart("Talker")
            async for event in events:
                if isinstance(event, StateChanged) and (event.bot, event.state) == ("talker", BotState.READY):
                    break
            await host.stop("Talker")
            async for event in events:
                if isinstance(event, StateChanged) and (event.bot, event.state) == ("talker", BotState.STOPPED):
                    break
        assert (await host.status("Talker")).state is BotState.STOPPED
        assert next(end.crash for end in await host.exits("Talker")) is False

    run(body)


def test_sessions_and_turns_are_kept_and_found(run: Run[None]) -> None:
    async def body(host: Host) -> None:
        session = await host.open_session("Talker")
        first = await say(host, session, "one apple")
        second = await say(host, session, "two pears")
        assert (second.text, second.status, second.error) == ("two pears", TurnStatus.ANSWERED, None)
        assert await host.session(session.id[:6]) == (await host.sessions())[0]
        assert [found.id for found in await host.sessions(search="PEARS")] == [session.id]
        assert await host.find_turns(session.id, "apple") == [first.turn]
        assert [turn.id for turn in await host.turns(session.id, 1)] == [second.turn]
        assert [turn.id for turn in await host.turns(session.id, 5, before=second.turn)] == [first.turn]
        assert await host.messages() == ["two pears", "one apple"]
        assert (await host.set_title(session.id, "Fruit")).title == "Fruit"
        kept, turns = await host.history(session.id)
        assert (kept.title, [turn.text for turn in turns]) == ("Fruit", ["one apple", "two pears"])
        assert (await host.end_session(session.id)).ended_at is not None
        assert (await host.resume_session()).id == session.id == (await host.last_used_session() or session).id
        record = await host.turn(second.turn)
        assert record.turn == turns[-1]
        assert 0 < (record.timings.sent_ms or 0) <= (record.timings.first_ms or 0) <= second.latency_ms
        assert await host.import_session(kept, turns) == await host.session(session.id)
        assert [(stats.bot, stats.turns) for stats in await host.stats(0.0, 4) if stats.turns] == [("talker", 2)]
        with pytest.raises(SessionNotFound, match="no session"):
            await host.session("zzzz")
        with pytest.raises(TurnNotFound):
            await host.turn("0000000000")
        assert await host.check_store() is None

    run(body)


def test_what_cannot_be_sent_is_refused(run: Run[None]) -> None:
    async def body(host: Host) -> None:
        session = await host.open_session("Talker")
        with pytest.raises(UsageError, match="empty"):
            await host.say(session, "")
        with pytest.raises(UsageError, match="too long"):
            await host.say(session, "x" * (1 << 20) + "x")
        with pytest.raises(BotNotFound):
            await host.open_and_say("Nobody", "hello")
        assert await host.turns(session.id, 5) == []

    run(body)


def test_a_retried_turn_voids_what_was_said(run: Run[None]) -> None:
    async def body(host: Host) -> None:
        running = await host.open_and_say("Once", "say something")
        events = [event async for event in running]
        kinds = [type(event) for event in events]
        assert kinds.index(Retrying) > kinds.index(Piece)
        reply = events[-1]
        assert isinstance(reply, Reply)
        pieces = [event.text for event in events[kinds.index(Retrying) :] if isinstance(event, Piece)]
        assert (reply.text, reply.attempts) == ("".join(pieces), 2)
        assert (await host.turn(reply.turn)).turn.text == reply.text

    run(body)


def test_a_failed_turn_is_sent_again_as_itself(run: Run[None]) -> None:
    async def body(host: Host) -> None:
        reply = await (await host.open_and_say("Quitter", "hello")).reply()
        assert reply.status is TurnStatus.FAILED
        assert [record.turn.id for record in await host.failed_turns()] == [reply.turn]
        again = await (await host.retry(reply.turn[:6])).reply()
        assert (again.turn, again.session, again.status) == (reply.turn, reply.session, TurnStatus.ANSWERED)
        assert await host.failed_turns() == []
        assert (await host.turn(reply.turn)).replays == 1
        with pytest.raises(UsageError, match="has not failed"):
            await host.retry(reply.turn)

    run(body)


def test_the_person_is_asked(run: Run[str]) -> None:
    async def body(host: Host) -> str:
        asked: list[Question] = []

        async def choose(question: Question) -> str | None:
            asked.append(question)
            return question.options[0].id

        reply = await (await host.open_and_say("Asker", "may you?", choose)).reply()
        assert (asked[0].bot, asked[0].session) == ("Asker", reply.session)
        return reply.text

    assert run(body)


def test_a_turn_is_cancelled(run: Run[None]) -> None:
    async def body(host: Host) -> None:
        running = await host.open_and_say("Sleeper", "wake up")
        running.cancel()
        reply = await running.reply()
        await running.ended()
        assert (reply.status, reply.error) == (TurnStatus.FAILED, "Sleeper was cancelled")

    run(body)


def test_a_backup_is_restored(run: Run[None], tmp_path: Path) -> None:
    async def body(host: Host) -> None:
        session = await host.open_session("Talker")
        await say(host, session, "before")
        assert await host.backup(str(tmp_path / "kept.db")) == str(tmp_path / "kept.db")
        await say(host, session, "after")
        before = await host.restore(str(tmp_path / "kept.db"))
        assert await host.restore(before) != before, "what was there is set aside, and is such a file"
        assert [turn.message for turn in await host.turns(session.id, 5)] == ["before", "after"]
        await host.restore(str(tmp_path / "kept.db"))
        assert [turn.message for turn in await host.turns(session.id, 5)] == ["before"]

    run(body)


def test_a_folder_that_comes_and_goes_is_seen(run: Run[None], home: Path, talker: Path) -> None:
    async def body(host: Host) -> None:
        with host.watch() as events:
            folder = add_bot(home, "Newcomer", ["cat"], protocol="lines")
            while "Newcomer" not in [spec.name for spec in host.specs()]:
                await anext(events)
            assert (await (await host.open_and_say("Newcomer", "hi")).reply()).text == "hi"
            (folder / "bot.toml").unlink()
            while "Newcomer" in [spec.name for spec in host.specs()]:
                await anext(events)
        with pytest.raises(BotNotFound):
            host.find("Newcomer")

    run(body)
