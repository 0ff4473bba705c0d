"""A session survives the process of its bot and the host's own end, in the way that the bot is able to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.errors import BotNotFound, SessionNotFound
from tellme.host.host import Host
from tellme.model import Notice, Reply

from .conftest import events_of, run, say

KEEPS = Path(__file__).parents[1] / "hostile" / "keeps_sessions.py"


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


def test_an_unknown_bot_is_named_with_those_like_it(hostile: Callable[..., Path]) -> None:
    hostile("echo", "Marvin")
    with pytest.raises(BotNotFound, match=r"'Marvn'.*Did you mean Marvin\?"):
        run(lambda host: host.open_session("Marvn"))
