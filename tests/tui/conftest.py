"""The app with a real host behind it, in a terminal that is none: keys go in, the lines of the screen come out."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tellme.host.prepare import prepare
from tellme.tui.app import Opening, TellmeApp
from tellme.tui.screens.chat import ChatScreen
from tellme.tui.state import State
from tellme.tui.widgets.turn import TurnView

from .. import conftest

ECHO = """
from tellme import Bot

bot = Bot("Echo")


@bot.reply
def reply(message):
    return f"echo {message.text}"


bot.run()
"""


@pytest.fixture
def echo(home: Path) -> None:
    """Add a bot that says everything back."""
    add_script(home, "Echo", ECHO)


@pytest.fixture
def hostile(home: Path) -> Callable[..., Path]:
    """Add the bot of ``tests/hostile`` in one of its modes: ``hostile("crash", retry=False)``."""
    return partial(conftest.add_hostile, home)


def add_script(home: Path, name: str, script: str, **keys: object) -> None:
    """Add a bot from the text of its program."""
    (conftest.add_bot(home, name, ["bot.py"], **keys) / "bot.py").write_text(script)


class Tui:
    """An app that runs: ``app`` and ``pilot``, and what a person sees."""

    def __init__(self, app: TellmeApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def chat(self) -> ChatScreen:
        """The first screen, whatever covers it."""
        screen = self.app.screen_stack[0]
        assert isinstance(screen, ChatScreen)
        return screen

    @property
    def views(self) -> list[TurnView]:
        """The turns of the conversation that is shown."""
        return self.chat.conversations.current.turn_views

    async def say(self, text: str) -> None:
        """Type a line and send it."""
        await self.type(text, "enter")

    async def start(self, bot: str) -> None:
        """Open a session with a bot."""
        await self.say(f"start_session {bot}")
        await self.until(lambda: self.chat.talk.session is not None)

    @property
    def lines(self) -> list[str]:
        """The lines of the screen that is on top."""
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """All that is on screen."""
        return "\n".join(self.lines)

    async def type(self, text: str, *keys: str) -> None:
        """Put a text into the prompt as a terminal hands it over, then press keys."""
        self.app.post_message(events.Paste(text))
        await self.pilot.press(*keys) if keys else await self.pilot.pause()

    async def until(self, holds: Callable[[], object], seconds: float = 40.0) -> None:
        """Wait for something to come about, with a deadline."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not come about in time; on screen is:\n{self.text}")
            # Not the pilot's own pause, which asks every widget each time whether it has nothing to do.
            await asyncio.sleep(0.01)
            self.app.screen._on_timer_update()

    async def until_shown(self, text: str, seconds: float = 40.0) -> None:
        """Wait until a text is on screen."""
        await self.until(lambda: text in self.text, seconds)


@asynccontextmanager
async def running(
    size: tuple[int, int] = (100, 30), *, start: str | None = None, resume: str | None = None, bots: bool = False
) -> AsyncIterator[Tui]:
    """Run the app on the test's ``TELLME_HOME``; ``bots`` says whether all of them start by themselves."""
    prepared = prepare(os.environ)
    settings = prepared.catalogue.tui._replace(start_bots=bots)
    state = State.read(prepared.paths.tui_state)
    app = TellmeApp(prepared, settings, state, dict(os.environ), Opening(start, resume))
    life = asyncio.create_task(app.host_life())
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            await app.painted.wait()
            yield Tui(app, pilot)
    finally:
        app.end_host_life()
        await life


def run(body: Callable[[Tui], Awaitable[None]], size: tuple[int, int] = (100, 30), **how: Any) -> None:
    """Run the body of a test with an app; see ``running``."""

    async def main() -> None:
        async with running(size, **how) as tui:
            await body(tui)

    asyncio.run(main())
