"""Talking in the app: what is typed, who answers, and what is there when it is opened again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tellme.model import TurnStatus

from .conftest import Tui, add_script, run
from .slow import SLOW

pytestmark = pytest.mark.usefixtures("echo")


def test_a_session_begins_and_its_bot_answers() -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        await tui.say("hello there")
        await tui.until_shown("echo hello there")
        assert "Session" in tui.text
        assert tui.views[-1].turn.status is TurnStatus.ANSWERED
        await tui.until(lambda: "ready" in tui.lines[-2])

    run(body)


def test_what_is_typed_before_the_host_is_there_is_sent() -> None:
    async def body(tui: Tui) -> None:
        assert not tui.app.bridge.is_open
        await tui.say("start_session Echo")
        await tui.say("early")
        await tui.until_shown("echo early")

    run(body)


def test_a_message_without_a_session_goes_to_the_bot_that_it_fits() -> None:
    async def body(tui: Tui) -> None:
        await tui.say("2+2")
        await tui.until(lambda: tui.views and tui.views[-1].reply_text == "4")
        assert tui.chat.talk.session is None

    run(body)


def test_a_message_that_fits_nobody_comes_back_to_the_prompt() -> None:
    async def body(tui: Tui) -> None:
        await tui.say("zzqx wv")
        await tui.until_shown("You can talk to")
        assert tui.chat.prompt.draft == "zzqx wv"

    run(body)


def test_list_is_a_table_in_the_conversation() -> None:
    async def body(tui: Tui) -> None:
        await tui.say("list")
        await tui.until_shown("RESTARTS")
        assert any("Echo" in line and "idle" in line for line in tui.lines)

    run(body, size=(120, 40))


def test_start_session_within_a_session_switches_and_says_so() -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        left = tui.chat.talk.session
        assert left is not None
        await tui.say("start_session Math")
        await tui.until_shown(f"left {left.id} with Echo")

    run(body)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/lst", "Did you mean /list?"),
        ("/rename", "This command is typed as: /rename TITLE"),
        ("start_session Ecko", "Echo"),
        ("end_session", "There is no session to end"),
        ("/again", "There is no message here"),
        ("/restart", "Which bot?"),
        ("/resume x", "There is no session"),
    ],
)
def test_what_cannot_be_done_is_said_and_the_line_comes_back(line: str, said: str) -> None:
    async def body(tui: Tui) -> None:
        await tui.say(line)
        await tui.until_shown(said)
        assert tui.chat.prompt.draft == line

    run(body)


def test_several_sessions_go_on_at_once(home: Path, tmp_path: Path) -> None:
    add_script(home, "Slow", SLOW)
    done = tmp_path / "done"

    async def body(tui: Tui) -> None:
        await tui.start("Slow")
        await tui.say(f"until {done}")
        await tui.until_shown("one")
        slow = tui.chat.talk.session
        assert slow is not None
        await tui.say("start_session Echo")
        await tui.until(lambda: tui.chat.talk.session != slow)
        await tui.say("meanwhile")
        await tui.until_shown("echo meanwhile")
        done.touch()
        await tui.until(lambda: slow.id in tui.chat.talk.unread)
        await tui.pilot.press("alt+down")
        await tui.until_shown("one two")
        assert slow.id not in tui.chat.talk.unread
        assert tui.chat.talk.session is not None
        assert tui.chat.talk.session.id == slow.id

    run(body)


def test_a_session_gets_a_title_ends_and_goes_on() -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        await tui.say("hello")
        await tui.until_shown("echo hello")
        await tui.say("/rename My talk")
        await tui.until(lambda: any("My talk" in line[:40] for line in tui.lines))
        session = tui.chat.talk.session
        assert session is not None
        await tui.say("end_session")
        await tui.until_shown(f"Ended session {session.id}")
        assert tui.chat.talk.session is None
        await tui.say(f"/resume {session.id[:6]}")
        await tui.until_shown("echo hello")

    run(body)


def test_the_app_goes_on_where_it_was_left() -> None:
    async def before(tui: Tui) -> None:
        await tui.start("Echo")
        await tui.say("remember this")
        await tui.until_shown("echo remember this")
        await tui.type("half a tho")
        await tui.until(lambda: tui.app.state.draft(tui.chat.talk.current().id) == "half a tho")

    async def after(tui: Tui) -> None:
        await tui.until_shown("echo remember this")
        assert tui.chat.prompt.draft == "half a tho"
        await tui.pilot.press("ctrl+a", "ctrl+k", "up")
        assert tui.chat.prompt.draft == "remember this"

    run(before)
    run(after, resume="")
