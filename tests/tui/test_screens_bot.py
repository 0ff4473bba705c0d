"""The screen of one bot: how it is, what it writes, what happened to it, and what the person tells it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tellme.host.host import Host
from tellme.tui.screens.bot import BotScreen
from tellme.tui.widgets.pager import Pager

from .conftest import Tui, add_script, run

LOUD = """
import sys
from tellme import Bot

bot = Bot("Loud")


@bot.reply
def reply(message):
    for number in range(int(message.text)):
        print(f"line {number} [bold]x[/bold] \\x1b[31mred", file=sys.stderr, flush=True)
    return "done"


bot.run()
"""


def on_bot(home: Path, body: Callable[[Tui, Host], Awaitable[None]], size: tuple[int, int] = (100, 30)) -> None:
    """Run the body of a test with the screen of a bot that writes to its log what it is asked for."""
    add_script(home, "Loud", LOUD, description="Talks [red]much[/red]", env={"TOKEN": "s3cret"}, aliases=["noise"])

    async def main(tui: Tui) -> None:
        host = await tui.app.bridge.host()
        await tui.start("Loud")
        await tui.pilot.press("f4")
        await tui.until(lambda: isinstance(tui.app.screen, BotScreen) and "restarts" in tui.text)
        await body(tui, host)

    run(main, size)


async def _say(host: Host, lines: int) -> None:
    session = await host.open_session("Loud")
    await (await host.say(session, str(lines))).reply()


def test_it_shows_how_the_bot_is_and_tells_it_what_to_do(home: Path) -> None:
    async def body(tui: Tui, host: Host) -> None:
        assert "Talks [red]much[/red]" in tui.text
        await tui.pilot.press("t")
        await tui.until_shown("● Loud  ready")
        before = await host.status("Loud")
        assert f"process\xa0{before.pid}" in tui.text
        await tui.pilot.press("r")
        await tui.until_shown("restarts\xa01")
        await tui.until_shown("● Loud  ready")
        assert (await host.status("Loud")).pid != before.pid
        await tui.pilot.press("s")
        await tui.until_shown("○ Loud  stopped")
        await tui.pilot.press("2")
        await tui.until_shown("stopping")
        assert tui.text.index("stopped") < tui.text.index("starting"), "the newest comes first"

    on_bot(home, body)


def test_the_log_comes_as_it_is_written_and_is_only_text(home: Path) -> None:
    async def body(tui: Tui, host: Host) -> None:
        await tui.until_shown("Loud has written nothing to its log.")
        await _say(host, 3)
        await tui.until_shown("line 2 [bold]x[/bold] red")
        assert "has written nothing" not in tui.text
        await tui.pilot.press("c")
        await tui.until(lambda: "line 2 [bold]x[/bold] red" in tui.app.clipboard)

    on_bot(home, body)


def test_the_log_is_followed_until_the_reader_goes_up(home: Path) -> None:
    async def body(tui: Tui, host: Host) -> None:
        await _say(host, 100)
        await tui.until_shown("line 99 ")
        await tui.pilot.press("pageup")
        shown = tui.lines[8]
        await _say(host, 150)
        await tui.until(lambda: "line 149 " in tui.app.screen.query_one(Pager).text)
        assert tui.lines[8] == shown
        await tui.pilot.press("end")
        await tui.until_shown("line 149 ")
        await _say(host, 160)
        await tui.until_shown("line 159 ")

    on_bot(home, body)


def test_find_in_the_log(home: Path) -> None:
    async def body(tui: Tui, host: Host) -> None:
        await _say(host, 60)
        await tui.until_shown("line 59 ")
        await tui.pilot.press("slash", *"ne 7 ")
        await tui.until_shown("1/1")
        assert "line 7 " in tui.text
        await tui.pilot.press("escape", "escape")
        await tui.until(lambda: tui.app.screen is tui.chat)

    on_bot(home, body)


@pytest.mark.parametrize("size", [(100, 30), (40, 12)])
def test_the_manifest_has_no_secrets(home: Path, size: tuple[int, int]) -> None:
    async def body(tui: Tui, host: Host) -> None:
        await tui.pilot.press("3")
        await tui.pilot.pause()
        manifest = str(tui.app.screen.query_one("#manifest-text").render())
        unwrapped = "".join(manifest.split())
        for part in ("Loud", "bot.py", "bot.toml", "acp", "noise", "30s", "TOKEN", "10crasheswithin60s"):
            assert part in unwrapped
        assert "s3cret" not in manifest
        await tui.pilot.press("end")
        await tui.until_shown("crashes")

    on_bot(home, body, size)


def test_a_new_session_begins_with_it(home: Path) -> None:
    async def body(tui: Tui, host: Host) -> None:
        first = tui.chat.talk.session
        await tui.pilot.press("n")
        await tui.until(lambda: tui.chat.talk.session is not first)
        assert tui.app.screen is tui.chat
        assert tui.chat.talk.session is not None
        assert tui.chat.talk.session.bot == "loud"

    on_bot(home, body)


def test_every_size_will_do(home: Path) -> None:
    async def body(tui: Tui, host: Host) -> None:
        for size in ((1, 1), (120, 40), (10, 3), (40, 12)):
            await tui.pilot.resize_terminal(*size)
            for key in "231":
                await tui.pilot.press(key)
                await tui.pilot.pause()
        await tui.pilot.press("escape")
        await tui.until(lambda: tui.app.screen is tui.chat)

    on_bot(home, body)
