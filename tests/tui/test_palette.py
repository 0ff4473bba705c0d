"""The palette: every action is in it, what strangers named is text in it, and what is picked is done."""

from __future__ import annotations

import pytest
from textual.command import CommandList
from textual.widgets import Input

from tellme.errors import StoreError
from tellme.host.host import Host
from tellme.tui import palette, themes
from tellme.tui.keys import all_bindings
from tellme.tui.palette import Entry, entries, match
from tellme.tui.screens.bot import BotScreen
from tellme.tui.screens.chat import ChatScreen
from tellme.tui.screens.help import HelpScreen
from tellme.tui.screens.reader import ReaderScreen
from tellme.tui.screens.sessions import SessionsScreen
from tellme.tui.screens.stats import StatsScreen
from tellme.tui.widgets.search_bar import SearchBar

from .conftest import Tui, run


def test_every_action_of_what_is_on_screen_is_offered() -> None:
    async def body(tui: Tui) -> None:
        host = await tui.app.bridge.host()
        tui.chat.query_one(SearchBar).open()
        bot = BotScreen(host.find("Math"))
        screens = [None, SessionsScreen(), bot, StatsScreen(), ReaderScreen("text"), HelpScreen()]
        offered: set[str] = set()
        for screen in screens:
            if screen is not None:
                tui.app.push_screen(screen)
            await tui.pilot.pause()
            offered |= {entry.title for entry in await entries(tui.app, tui.app.screen)}
            if screen is not None:
                tui.app.pop_screen()
                await tui.pilot.pause()
        asked_by_a_bot = {key.sentence for key in all_bindings() if key.id.startswith("choice.")}
        assert {key.sentence for key in all_bindings()} - asked_by_a_bot <= offered

    run(body)


def test_bots_sessions_commands_and_themes_are_offered() -> None:
    async def body(tui: Tui) -> None:
        host = await tui.app.bridge.host()
        other = await host.open_session("Zen")
        await host.set_title(other.id, "About [bold]koans[/bold]")
        await tui.start("Math")
        titles = [entry.title for entry in await entries(tui.app, tui.chat)]
        for title in (
            "Start a session with Zen",
            "Switch to About [bold]koans[/bold]",
            "Restart Math",
            "Stop Math",
            "Start Math",
            "Show all about Math",
            "Copy this session",
            "Give this session a title",
            "Send the last message again",
            "Use the theme tellme-light",
            "Use the theme nord",
        ):
            assert title in titles
        assert "Use the theme tellme-dark" not in titles, "it is in use"
        assert not any(title.startswith("Switch to Math") for title in titles)
        own = [titles.index(f"Use the theme {theme.name}") for theme in themes.OWN if theme.name != tui.app.theme]
        assert max(own) < titles.index("Use the theme nord")

    run(body)


def test_few_are_suggested_before_anything_is_typed() -> None:
    async def body(tui: Tui) -> None:
        suggested = [entry.title for entry in await entries(tui.app, tui.chat) if entry.is_suggested]
        assert "Start a session with Math" in suggested
        assert len(suggested) <= 16

    run(body)


def test_what_is_picked_is_done_from_another_screen_too() -> None:
    async def body(tui: Tui) -> None:
        host = await tui.app.bridge.host()
        await tui.pilot.press("f1")
        await tui.until(lambda: isinstance(tui.app.screen, HelpScreen))
        await _pick(tui, "session with math")
        await tui.until(lambda: tui.chat.talk.session is not None)
        assert isinstance(tui.app.screen, ChatScreen)
        assert tui.chat.talk.session is not None
        assert tui.chat.talk.session.bot == "math"
        await _pick(tui, "give this session")
        assert tui.chat.prompt.draft == "/rename "
        await tui.pilot.press("home", "ctrl+k")
        await _pick(tui, "tellme-light")
        assert tui.app.theme == "tellme-light"
        assert tui.app.state.theme == "tellme-light"
        await _pick(tui, "search all sessions")
        await tui.until(lambda: isinstance(tui.app.screen, SessionsScreen))
        assert len(await host.sessions()) == 1

    run(body)


def test_a_title_is_no_markup() -> None:
    async def body(tui: Tui) -> None:
        host = await tui.app.bridge.host()
        session = await host.open_session("Math")
        await host.set_title(session.id, "[red]a[/red] [/] [@click=app.quit]b[/]")
        await tui.pilot.press("ctrl+p")
        title = "Switch to [red]a[/red] [/] [@click=app.quit]b[/]"
        await tui.until_shown(title)
        await tui.pilot.press(*"click")
        await tui.until(lambda: title in tui.text and "Start a session" not in tui.text)

    run(body)


def test_it_works_without_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    async def body(tui: Tui) -> None:
        async def host() -> Host:
            raise StoreError("there is none")

        await tui.app.bridge.host()
        await tui.pilot.pause()
        monkeypatch.setattr(tui.app.bridge, "host", host)
        titles = [entry.title for entry in await entries(tui.app, tui.chat)]
        assert "Quit" in titles
        assert "Use the theme tellme-light" in titles

    run(body)


@pytest.mark.parametrize(
    ("query", "title", "fits"),
    [
        ("start math", "Start a session with Math", True),
        ("math START", "Start a session with Math", True),
        ("sess", "Start a session with Math", True),
        ("sums", "Start a session with Math", True),
        ("zen", "Start a session with Math", False),
        ("math zen", "Start a session with Math", False),
        ("(", "Start (again)", True),
        ("a" * 30, "a" * 60, True),
    ],
)
def test_all_words_must_be_there_in_any_order(query: str, title: str, fits: bool) -> None:
    score, spans = match(query, Entry(title, "does sums", lambda: None))
    assert (score > 0) is fits
    assert score <= 1
    assert all(title[start:end].casefold() in query.casefold() for start, end in spans)


def test_the_start_of_a_title_counts_most() -> None:
    titles = ("Restart Math", "Start Math", "Show the start")
    ranked = sorted(titles, key=lambda title: -match("start", Entry(title, "", lambda: None))[0])
    assert ranked == ["Start Math", "Show the start", "Restart Math"]


async def _pick(tui: Tui, query: str) -> None:
    """Open the palette, type, and take the first entry."""
    await tui.pilot.press("ctrl+p")
    await tui.until(lambda: isinstance(tui.app.screen, palette.Palette))
    shown = tui.app.screen
    shown.query_one(Input).value = query
    await tui.until(lambda: _first(tui).casefold().find(query.split()[-1]) >= 0)
    await tui.pilot.press("enter")
    await tui.until(lambda: tui.app.screen is not shown)
    await tui.pilot.pause()


def _first(tui: Tui) -> str:
    options = tui.app.screen.query_one(CommandList).options
    return str(options[0].prompt) if options else ""
