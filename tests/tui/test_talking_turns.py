"""Turns in the app that crash, fail, are cancelled, sent again or asked about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.model import TurnStatus

from .conftest import Tui, add_script, run
from .slow import SLOW

pytestmark = pytest.mark.usefixtures("echo")


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
