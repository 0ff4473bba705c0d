"""The screen of all sessions: finding, opening, renaming, exporting and ending one."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import OptionList

from tellme.errors import StoreError
from tellme.host.host import Host
from tellme.model import Session
from tellme.tui.screens.sessions import SessionsScreen, when
from tellme.tui.widgets.session_preview import SessionPreview

from .conftest import Tui, run

NOW = time.mktime((2026, 11, 21, 12, 30, 0, 0, 0, -1))


def on_sessions(body: Callable[[Tui, Host], Awaitable[None]], size: tuple[int, int] = (100, 30)) -> None:
    """Run the body of a test on a home with three sessions, the screen open."""

    async def main(tui: Tui) -> None:
        host = await tui.app.bridge.host()
        await _talk(host, "Math", "2+3", "7*6")
        await _talk(host, "Zen", "now [bold]is[/bold] better")
        ended = await _talk(host, "Math", "1+1")
        await host.end_session(ended.id)
        await tui.pilot.press("f3")
        await tui.until(lambda: isinstance(tui.app.screen, SessionsScreen) and "1+1" in tui.text)
        await body(tui, host)

    run(main, size)


def test_all_are_shown_with_what_they_are() -> None:
    async def body(tui: Tui, host: Host) -> None:
        (sums,) = [line for line in tui.lines if "2+3" in line and "●" in line]
        assert "Math" in sums
        assert "today" in sums
        assert any("○" in line and "1+1" in line for line in tui.lines), "ended"
        assert "now [bold]is[/bold] better" in tui.text

    on_sessions(body, (80, 24))


def test_search_finds_what_was_said_and_shows_it() -> None:
    async def body(tui: Tui, host: Host) -> None:
        await tui.type("42")
        await tui.until(lambda: "1+1" not in tui.text)
        assert "2+3" in tui.text
        await tui.until(lambda: "7*6" in str(_preview(tui)))
        await tui.pilot.press("backspace", "backspace")
        await tui.until_shown("1+1")

    on_sessions(body, (120, 40))


def test_where_nothing_is_found_it_says_so_and_keys_do_nothing() -> None:
    async def body(tui: Tui, host: Host) -> None:
        await tui.type("[zzz]")
        await tui.until_shown('No session has "[zzz]" in it.')
        await tui.pilot.press("enter", "f2", "ctrl+e", "ctrl+d", "down")
        assert isinstance(tui.app.screen, SessionsScreen)
        await tui.pilot.press("escape")
        await tui.until(lambda: tui.app.screen is tui.chat)

    on_sessions(body)


def test_enter_goes_on_with_the_highlighted_one_and_escape_with_none() -> None:
    async def body(tui: Tui, host: Host) -> None:
        await tui.pilot.press("escape")
        await tui.until(lambda: tui.app.screen is tui.chat)
        assert tui.chat.talk.session is None
        await tui.pilot.press("f3")
        await tui.until_shown("2+3")
        await tui.pilot.press("down", "down", "enter")
        await tui.until(lambda: tui.chat.talk.session is not None)
        assert tui.chat.talk.session.title == "2+3"

    on_sessions(body)


def test_a_click_goes_on_with_it() -> None:
    async def body(tui: Tui, host: Host) -> None:
        (row,) = [number for number, line in enumerate(tui.lines) if "2+3" in line]
        await tui.pilot.click(offset=(6, row))
        await tui.until(lambda: tui.chat.talk.session is not None)
        assert tui.chat.talk.session.title == "2+3"

    on_sessions(body, (80, 24))


def test_rename_in_place() -> None:
    async def body(tui: Tui, host: Host) -> None:
        await tui.pilot.press("f2", "ctrl+u")
        await tui.type("Sums [x]", "enter")
        await tui.until_shown("Sums [x]")
        await tui.until(partial(_has_title, tui, "Sums [x]"))
        await tui.pilot.press("f2", *"more", "escape")
        assert isinstance(tui.app.screen, SessionsScreen)
        assert [session.title for session in await host.sessions()].count("Sums [x]") == 1

    on_sessions(body)


def test_end_leaves_it_here() -> None:
    async def body(tui: Tui, host: Host) -> None:
        await tui.pilot.press("down", "down", "ctrl+d")
        await tui.until(lambda: any("○" in line and "2+3" in line for line in tui.lines))
        assert {session.title: session.ended_at is None for session in await host.sessions()}["2+3"] is False

    on_sessions(body)


def test_export_writes_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def body(tui: Tui, host: Host) -> None:
        await tui.pilot.press("down", "down", "ctrl+e")
        await tui.until(lambda: any("The session is in" in note.message for note in tui.app._notifications))
        await tui.pilot.press("ctrl+e")
        await tui.until(lambda: any("is there already" in note.message for note in tui.app._notifications))

    on_sessions(body)
    (file,) = tmp_path.glob("tellme-*.md")
    assert "7*6" in file.read_text()


def test_it_opens_with_a_search() -> None:
    async def body(tui: Tui, host: Host) -> None:
        await tui.pilot.press("escape")
        await tui.say("/sessions better")
        await tui.until(lambda: isinstance(tui.app.screen, SessionsScreen) and "[bold]" in tui.text)
        assert "2+3" not in tui.text

    on_sessions(body)


def test_a_store_that_cannot_be_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async def body(tui: Tui, host: Host) -> None:
        async def broken(*_: object, **__: object) -> list[Session]:
            raise StoreError("The disk [bold] is gone.")

        monkeypatch.setattr(host, "sessions", broken)
        await tui.type("x")
        await tui.until_shown("The disk [bold] is gone.")

    on_sessions(body)


def test_every_size_will_do() -> None:
    async def body(tui: Tui, host: Host) -> None:
        for size in ((1, 1), (120, 40), (10, 3), (80, 24), (40, 12)):
            await tui.pilot.resize_terminal(*size)
            await tui.pilot.press("pagedown", "pageup")
            tui.app.screen.query_one(OptionList).highlighted = 0
            await tui.pilot.press("down", "f2", "escape")
            await tui.pilot.pause()
            if size >= (40, 12):
                assert any("today" in line for line in tui.lines)
            assert tui.app.screen.query_one(OptionList).highlighted == 1

    on_sessions(body)


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ((2026, 11, 21, 12, 4, 0), "today 12:04"),
        ((2026, 11, 3, 23, 0, 0), "3 Nov"),
        ((2025, 3, 1, 1, 0, 0), "2025-03-01"),
    ],
)
def test_when(then: tuple[int, int, int, int, int, int], said: str) -> None:
    assert when(time.mktime((*then, 0, 0, -1)), NOW) == said


async def _talk(host: Host, bot: str, *messages: str) -> Session:
    session = await host.open_session(bot)
    for message in messages:
        await (await host.say(session, message)).reply()
    return session


def _has_title(tui: Tui, title: str) -> bool:
    return any(title in str(option.prompt) for option in tui.app.screen.query_one(OptionList).options)


def _preview(tui: Tui) -> object:
    return tui.app.screen.query_one(SessionPreview).query_one("Static").render()
