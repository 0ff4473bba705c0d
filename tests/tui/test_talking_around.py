"""Around the turns of the app: strangers' text, exports, remarks of bots, and what disturbs no typing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.notifications import Notification
from textual.widgets._toast import Toast

from tellme.model import TurnStatus
from tellme.tui.app import MOST_NOTICES

from .conftest import Tui, run

pytestmark = pytest.mark.usefixtures("echo")


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
