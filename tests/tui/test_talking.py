"""Talking in the app: what is typed, who answers, what fails, and what is there when it is opened again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.notifications import Notification
from textual.widgets._toast import Toast

from tellme.model import TurnStatus
from tellme.tui.app import MOST_NOTICES

from .conftest import Tui, add_script, run

pytestmark = pytest.mark.usefixtures("echo")

SLOW = """
import asyncio
import os

from tellme import Bot

bot = Bot("Slow")


@bot.reply
async def reply(message):
    yield "one "
    while not os.path.exists(message.text.removeprefix("until ")):
        await asyncio.sleep(0.005)
    yield "two"


bot.run()
"""


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


def test_a_crash_is_seen_and_one_answer_is_read(hostile: Callable[..., Path], tmp_path: Path) -> None:
    hostile("crash-in-reply", retry=True, env={"ONCE": str(tmp_path / "once")})

    async def body(tui: Tui) -> None:
        await tui.start("Foe")
        await tui.say("anyone there")
        await tui.until_shown("echo anyone there")
        assert "half an ans" not in tui.text
        assert tui.views[-1].reply_text == "echo anyone there"
        await tui.until_shown("exited with code 3")
        await tui.until_shown("↻1")

    run(body)


def test_a_failed_turn_says_why_and_one_key_sends_it_again(hostile: Callable[..., Path], tmp_path: Path) -> None:
    hostile("crash", retry=False, env={"ONCE": str(tmp_path / "once")})

    async def body(tui: Tui) -> None:
        await tui.start("Foe")
        await tui.say("try me")
        await tui.until_shown("Foe exited with code 3")
        assert tui.views[-1].turn.status is TurnStatus.FAILED
        tui.views[-1].focus()
        await tui.pilot.press("r")
        await tui.until_shown("echo try me")
        assert len(tui.views) == 1, "it is the same turn"
        assert tui.views[-1].turn.status is TurnStatus.ANSWERED

    run(body)


@pytest.mark.parametrize("shown", ["as it stands", "cleared", "left and resumed"])
def test_retry_sends_the_last_that_failed_in_this_session_again(
    hostile: Callable[..., Path], tmp_path: Path, shown: str
) -> None:
    hostile("crash", retry=False, env={"ONCE": str(tmp_path / "once")})
    hostile("crash", "Other", retry=False)

    async def body(tui: Tui) -> None:
        await tui.start("Other")
        await tui.say("not me")
        await tui.until_shown("Other exited with code 3")
        await tui.start("Foe")
        await tui.until_shown("with Foe")
        await tui.say("/retry")
        await tui.until_shown("No turn of this session has failed")
        tui.chat.prompt.draft = ""
        await tui.say("try me")
        await tui.until_shown("Foe exited with code 3")
        await tui.say("and me")
        await tui.until_shown("echo and me")
        if shown == "cleared":
            await tui.say("/clear")
            await tui.until(lambda: not tui.views)
        if shown == "left and resumed":
            await tui.say("start_session Echo")
            await tui.until_shown("with Echo")
            await tui.say("/resume")
            await tui.until_shown("echo and me")
        await tui.say("/retry")
        await tui.until_shown("echo try me")
        assert [view.turn.status for view in tui.views if view.message == "try me"] == [TurnStatus.ANSWERED]

    run(body)


def test_a_message_is_edited_and_sent_again() -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        await tui.say("first")
        await tui.until_shown("echo first")
        tui.views[-1].focus()
        await tui.pilot.press("e")
        assert tui.chat.prompt.draft == "first"
        await tui.say("!")
        await tui.until_shown("echo first!")

    run(body)


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
def test_a_turn_under_way_is_cancelled(key: str, home: Path, tmp_path: Path) -> None:
    add_script(home, "Slow", SLOW)

    async def body(tui: Tui) -> None:
        await tui.start("Slow")
        await tui.say(f"until {tmp_path}/never")
        await tui.until_shown("one")
        await tui.pilot.press(key)
        await tui.until_shown("was cancelled")
        assert tui.views[-1].turn.status is TurnStatus.FAILED

    run(body)


def test_a_bot_asks_and_a_key_answers(hostile: Callable[..., Path]) -> None:
    hostile("asks")

    async def body(tui: Tui) -> None:
        await tui.start("Foe")
        await tui.say("go on")
        await tui.until_shown("May I?")
        await tui.until(lambda: not tui.chat.prompt.has_focus)
        await tui.pilot.press("1")
        await tui.until(lambda: tui.views[-1].turn.status is TurnStatus.ANSWERED)
        assert "Yes" in tui.text
        assert tui.chat.prompt.has_focus

    run(body)


def test_a_bot_asks_and_the_mouse_answers(hostile: Callable[..., Path]) -> None:
    hostile("asks")

    async def body(tui: Tui) -> None:
        await tui.start("Foe")
        await tui.say("go on")
        await tui.until_shown("May I?")
        await tui.pilot.click("Choice OptionList", offset=(3, 1))
        await tui.until(lambda: tui.views[-1].turn.status is TurnStatus.ANSWERED)
        assert '"n"' in tui.views[-1].reply_text

    run(body)


def test_a_question_whose_bot_died_waits_no_more(hostile: Callable[..., Path]) -> None:
    hostile("asks-and-dies", retry=False)

    async def body(tui: Tui) -> None:
        await tui.start("Foe")
        await tui.say("go on")
        await tui.until_shown("exited with")
        await tui.until(lambda: not tui.app.query("Choice OptionList"))

    run(body)


def test_a_strangers_markup_and_escapes_are_text(hostile: Callable[..., Path]) -> None:
    hostile("escapes")

    async def body(tui: Tui) -> None:
        await tui.start("Foe")
        await tui.say("[bold]not bold[/] [@click=app.quit]x[/]")
        await tui.until(lambda: tui.views and tui.views[-1].turn.status is not None)
        assert "[bold]not bold[/] [@click=app.quit]x[/]" in tui.text
        assert "\x1b" not in tui.text

    run(body, size=(120, 40))


def test_export_writes_a_file(tmp_path: Path) -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        await tui.say("keep this")
        await tui.until_shown("echo keep this")
        await tui.say(f"/export {tmp_path / 'talk.md'}")
        await tui.until_shown("talk.md")
        assert "echo keep this" in (tmp_path / "talk.md").read_text()

    run(body, size=(160, 40))


def test_broken_configuration_is_said(home: Path) -> None:
    (home / "config.toml").write_text('[bots.Math]\ntimeout = "long"\n')

    async def body(tui: Tui) -> None:
        await tui.until_shown("timeout")

    run(body, size=(160, 40))


def test_a_message_that_fits_nobody_takes_no_place_of_what_was_typed_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def body(tui: Tui) -> None:
        typed = asyncio.Event()

        async def route(text: str) -> None:
            await typed.wait()

        monkeypatch.setattr(tui.app.bridge, "route", route)
        await tui.say("colourless green ideas")
        await tui.type("and then")
        typed.set()
        await tui.until_shown("No bot seems right")
        assert tui.chat.prompt.draft == "and then"

    run(body)


def test_clear_leaves_what_is_under_way(hostile: Callable[..., Path]) -> None:
    hostile("asks")

    async def body(tui: Tui) -> None:
        await tui.start("Foe")
        await tui.say("go on")
        await tui.until_shown("waiting for your choice")
        tui.chat.prompt.focus()
        await tui.say("/clear")
        await tui.until(lambda: "Session" not in "".join(tui.lines[:12]))
        question = tui.chat.conversations.current.question
        assert question is not None
        question.focus_options()  # not by tab: the question takes the keys by itself about now
        await tui.pilot.press("1")
        await tui.until(lambda: tui.views[-1].turn.status is TurnStatus.ANSWERED)

    run(body, size=(60, 30))


def test_a_question_takes_no_keys_from_a_search(hostile: Callable[..., Path]) -> None:
    hostile("asks")

    async def body(tui: Tui) -> None:
        await tui.start("Foe")
        await tui.pilot.press("ctrl+f")
        tui.chat.do(lambda: tui.chat.talk.say("go on"))
        await tui.until_shown("May I?")
        await tui.until(lambda: not tui.chat.prompt.has_focus)
        await tui.pilot.press("1")
        assert "Find 1" in tui.text
        assert tui.views[-1].is_open

    run(body)


def test_what_a_bot_says_unasked_comes_together(hostile: Callable[..., Path]) -> None:
    hostile("flood-when-idle")

    async def body(tui: Tui) -> None:
        await tui.start("Foe")
        await tui.say("go on")
        await tui.until_shown("characters left out")
        assert len(tui.chat.conversations.current.children) < 10

    run(body)


def test_export_without_a_file_shows_the_session() -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        await tui.say("keep this")
        await tui.until_shown("echo keep this")
        await tui.say("/export")
        await tui.until_shown("This session, ")
        assert "echo keep this" in tui.text

    run(body)


def test_bots_that_crash_again_and_again_are_told_once_and_cover_no_screen(hostile: Callable[..., Path]) -> None:
    for number in range(MOST_NOTICES + 2):
        hostile("crash-on-start", name=f"Foe{number}", restart={"max": 3, "within": 60})

    async def body(tui: Tui) -> None:
        said: list[Notification] = []

        def all_failed() -> bool:
            notices = list(tui.app._notifications)
            assert len(notices) <= MOST_NOTICES
            said.extend(notice for notice in notices if notice not in said)
            return sum("failed" in line for line in tui.lines) > MOST_NOTICES

        await tui.until(all_failed)
        assert sum("Foe0" in notice.message and "starts again" in notice.message for notice in said) <= 1
        await tui.until(lambda: len(tui.app.screen.query(Toast)) == MOST_NOTICES)

    run(body, bots=True)
