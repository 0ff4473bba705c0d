"""The first screen: themes and keys that are remembered, what keys mean where, what is told of a turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import OptionList

from tellme.errors import StoreError
from tellme.model import TurnStatus
from tellme.tui.widgets.search_bar import SearchBar

from .conftest import Tui, run
from .remembered import with_session

pytestmark = pytest.mark.usefixtures("echo")


def test_the_theme_is_remembered() -> None:
    async def choose(tui: Tui) -> None:
        tui.app.theme = "tellme-light"

    async def see(tui: Tui) -> None:
        assert tui.app.theme == "tellme-light"

    run(choose)
    run(see)


def test_a_theme_that_is_not_there_costs_the_theme_only(home: Path) -> None:
    (home / "config.toml").write_text('[tui]\ntheme = "pink"\n')

    async def body(tui: Tui) -> None:
        await tui.until_shown("pink")
        assert tui.app.theme == "tellme-dark"

    run(body, size=(140, 30))


def test_a_key_is_remapped_and_a_mistaken_id_is_said(home: Path) -> None:
    (home / "config.toml").write_text('[tui.keys]\n"chat.find" = "f7"\n"chat.fnd" = "f8"\n')

    async def body(tui: Tui) -> None:
        await tui.until_shown("chat.fnd")
        await tui.pilot.press("f7")
        assert tui.chat.query_one(SearchBar).display

    run(body, size=(140, 30))


def test_the_person_who_looks_elsewhere_is_called(hostile: Callable[..., Path]) -> None:
    hostile("asks")

    async def body(tui: Tui) -> None:
        rung: list[str] = []
        tui.app.write_to_terminal = rung.append  # type: ignore[method-assign]
        await tui.start("Foe")
        await tui.say("go on")
        await tui.until_shown("May I?")
        await tui.until(lambda: not tui.chat.prompt.has_focus)
        assert not rung
        await tui.pilot.press("1")
        await tui.until(lambda: tui.views[-1].turn.status is TurnStatus.ANSWERED)
        tui.app.has_focus_outside = True
        await tui.say("again")
        await tui.until(lambda: any("Foe asks" in each for each in rung))

    run(body)


def test_a_turn_gets_back_the_time_in_which_the_program_was_stopped(hostile: Callable[..., Path]) -> None:
    hostile("hang", timeout=30)

    async def body(tui: Tui) -> None:
        await tui.start("Foe")
        await tui.say("go on")
        await tui.until(lambda: tui.views and tui.chat.talk.elapsed_s(tui.views[-1].turn_id) > 0.05)
        tui.app.app_suspend_signal.publish(tui.app)
        before = tui.chat.talk.elapsed_s(tui.views[-1].turn_id)
        await asyncio.sleep(0.2)
        tui.app.app_resume_signal.publish(tui.app)
        await tui.pilot.pause()
        assert tui.chat.talk.elapsed_s(tui.views[-1].turn_id) < before + 0.15
        await tui.pilot.press("escape")

    run(body)


@pytest.mark.parametrize("method", ["find_turns", "sessions", "turns", "messages"])
def test_what_cannot_be_read_is_said_and_the_app_goes_on(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def body(tui: Tui) -> None:
        async def fail(*_: object, **__: object) -> None:
            raise StoreError("the disk is gone")

        await tui.start("Echo")
        monkeypatch.setattr(await tui.app.bridge.host(), method, fail)
        await tui.say("hello")
        await tui.until_shown("echo hello")
        tui.chat.conversations.current._more_below = True
        await tui.pilot.press("up", "up", "up", "ctrl+end", "ctrl+f", "h")
        await tui.until_shown("the disk is gone")
        assert tui.app.is_running

    run(body)


def test_the_history_is_asked_for_without_a_host() -> None:
    async def body(tui: Tui) -> None:
        async def fail() -> None:
            raise StoreError("there is no host")

        tui.chat.talk.host = fail  # type: ignore[method-assign,assignment]
        await tui.pilot.press("up")
        await tui.until_shown("there is no host")
        assert tui.app.is_running

    run(body)


def test_tab_goes_to_the_conversation_and_back() -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        await tui.say("one")
        await tui.until_shown("echo one")
        await tui.pilot.press("tab")
        assert tui.views[-1].has_focus
        await tui.pilot.press("tab")
        assert tui.chat.prompt.has_focus

    run(body)


def test_a_question_mark_is_text_in_the_prompt_and_help_elsewhere() -> None:
    async def body(tui: Tui) -> None:
        await tui.pilot.press("question_mark")
        assert tui.chat.prompt.text == "?"
        await tui.pilot.press("f2", "question_mark")
        await tui.until_shown("Keys and commands")

    run(body)


def test_a_long_turn_says_how_to_cancel_it_and_a_click_does(hostile: Callable[..., Path]) -> None:
    hostile("hang")

    async def body(tui: Tui) -> None:
        await tui.start("Foe")
        await tui.say("hello")
        await tui.until_shown("Esc cancels")
        await tui.pilot.click("Status", offset=(95, 0))
        await tui.until_shown("was cancelled")
        await tui.until(lambda: "Esc cancels" not in tui.text)

    run(body)


def test_a_notice_hides_nothing_of_the_prompt() -> None:
    async def body(tui: Tui) -> None:
        tui.app.notify("something happened")
        await tui.until_shown("something happened")
        assert any("something happened" in line for line in tui.lines[:6])

    run(body)


def test_an_old_remark_is_found_over_all_sessions_and_enter_goes_to_it() -> None:
    with_session([f"line {number}" + (" elephant" if number == 31 else "") for number in range(90)])

    async def body(tui: Tui) -> None:
        await tui.pilot.press("f3", *"elephant")
        await tui.until(lambda: len(tui.app.screen.query_one("#found", OptionList).options) == 1)
        await tui.pilot.press("enter")
        await tui.until_shown("echo line 31 elephant")
        await tui.until_shown("1/1")

    run(body)


def test_the_side_is_hidden_and_stays_so() -> None:
    async def hide(tui: Tui) -> None:
        await tui.until_shown("Sessions")
        await tui.pilot.press("f2", "f2")
        await tui.until(lambda: not tui.chat.query_one("#side").display)
        assert tui.chat.prompt.has_focus

    async def see(tui: Tui) -> None:
        assert not tui.chat.query_one("#side").display
        await tui.pilot.press("f2")
        await tui.until(lambda: tui.chat.query_one("#side").display)

    run(hide)
    run(see)


def test_what_is_typed_while_a_bot_asks_answers_nothing(hostile: Callable[..., Path]) -> None:
    hostile("asks")

    async def body(tui: Tui) -> None:
        await tui.start("Foe")
        await tui.say("go on")
        await tui.until_shown("May I?")
        await tui.until(lambda: not tui.chat.prompt.has_focus)
        await tui.pilot.press("r", "e", "c")
        await tui.until(lambda: tui.chat.prompt.draft == "rec")
        assert tui.chat.prompt.has_focus
        assert tui.app.query("Choice OptionList")
        assert len(tui.views) == 1

    run(body)


def test_ctrl_c_takes_back_what_is_typed_and_up_brings_it_again() -> None:
    async def body(tui: Tui) -> None:
        await tui.type("half a thought", "ctrl+c")
        assert tui.chat.prompt.draft == ""
        await tui.pilot.press("up")
        assert tui.chat.prompt.draft == "half a thought"

    run(body)
