"""Makes the pictures of README from real runs: ``python docs/screenshots.py [FOLDER [NAME…]]``.

The default is all of them, in ``docs/images``.

Runs the app on a home of its own with the built-in bots, types what is below, and saves what a terminal would show.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from textual.pilot import Pilot

from tellme.host.prepare import prepare
from tellme.model import BotState
from tellme.tui.app import Opening, TellmeApp
from tellme.tui.screens.chat import ChatScreen
from tellme.tui.state import State

TYPED = {" ": "space", "+": "plus", "/": "slash", "_": "underscore", "-": "minus", "^": "circumflex_accent"}
"""What Textual calls the keys of these characters."""


class Picture(NamedTuple):
    name: str
    size: tuple[int, int]
    theme: str
    lines: Sequence[str]
    keys: Sequence[str] = ()


PICTURES = (
    Picture(
        "dark",
        (108, 34),
        "tellme-dark",
        (
            "start_session Zen",
            "What about errors?",
            "start_session Math",
            "5 km in miles",
            "x^2 - 5x + 6 = 0",
            "1/3 + 1/4 as a fraction",
            "1/0",
            "list",
        ),
    ),
    Picture("light", (108, 34), "tellme-light", ("start_session Zen", "all"), ("slash", "r", "e")),
    Picture("narrow", (48, 16), "tellme-dark", ("start_session Math", "20% of 50", "2^64")),
)


WAIT_S = 60.0
"""English learns its corpus the first time."""


def main(folder: Path, names: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["TELLME_HOME"] = home
        for picture in PICTURES:
            if not names or picture.name in names:
                asyncio.run(take(picture, folder))


async def take(picture: Picture, folder: Path) -> None:
    """Run the app for one picture and save it."""
    prepared = prepare(os.environ)
    app = TellmeApp(prepared, prepared.catalogue.tui, State.read(prepared.paths.tui_state), os.environ, Opening())
    life = asyncio.create_task(app.host_life())
    try:
        async with app.run_test(size=picture.size) as pilot:
            app.theme = picture.theme
            await until(pilot, lambda: app.bridge.is_open)
            host = await app.bridge.host()
            async with asyncio.timeout(WAIT_S):
                while not all(bot.state is BotState.READY for bot in await host.bots()):
                    await pilot.pause(0.02)
            for line in picture.lines:
                await pilot.press(*(TYPED.get(character, character) for character in line), "enter")
                await until(pilot, lambda: is_quiet(app))
            await pilot.press(*picture.keys)
            await pilot.pause(0.5)
            (folder / f"{picture.name}.svg").write_text(without_fonts(app.export_screenshot(title="tellme")))
    finally:
        app.end_host_life()
        await life


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait for something to come about."""
    deadline = time.monotonic() + WAIT_S
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("the app did not get there in time")
        await pilot.pause(0.02)


def is_quiet(app: TellmeApp) -> bool:
    """Has everything been done that was typed?"""
    screen = app.screen_stack[0]
    assert isinstance(screen, ChatScreen)
    return screen.is_quiet


def without_fonts(svg: str) -> str:
    """Take out the fonts that a viewer would fetch from elsewhere; it has one of its own."""
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "images", sys.argv[2:])
