"""Between host and app: what the host tells arrives, whatever else is under way."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.message import Message

from tellme.errors import BotNotFound
from tellme.host import watching
from tellme.host.host import Host
from tellme.host.local import LocalHost
from tellme.host.prepare import prepare
from tellme.model import BotState
from tellme.tui.bridge import Bridge
from tellme.tui.messages import BotChanged, Noticed

from ..conftest import add_hostile


class App:
    """Who gets the messages."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._came = asyncio.Event()

    def post(self, message: Message) -> None:
        self._messages.append(message)
        self._came.set()

    async def until(self, holds: Callable[[Message], bool]) -> None:
        async with asyncio.timeout(30):
            while not any(map(holds, self._messages)):
                self._came.clear()
                await self._came.wait()

    async def told(self, text: str) -> None:
        await self.until(lambda message: isinstance(message, Noticed) and text in message.text)

    async def ready(self, bot: str) -> None:
        await self.until(
            lambda message: (
                isinstance(message, BotChanged) and (message.name, message.change.state) == (bot, BotState.READY)
            )
        )


def run(body: Callable[[Bridge, App], Awaitable[None]]) -> None:
    async def main() -> None:
        app = App()
        bridge = Bridge(prepare(os.environ), app.post)
        life = asyncio.create_task(bridge.run())
        try:
            await body(bridge, app)
        finally:
            bridge.close()
            await life

    asyncio.run(main())


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "APART_S", 0.02)
    monkeypatch.setattr(watching, "SETTLE_S", 0.02)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """To see what Slow lacks takes for ever; Gone is no longer there when it is looked at."""
    look = LocalHost.why_not_startable

    async def why_not(host: Host, name: str) -> str | None:
        if name == "slow":
            await asyncio.Event().wait()
        if name == "gone":
            raise BotNotFound(name, [])
        return await look(host, name)  # type: ignore[arg-type]  # it is the local one here

    monkeypatch.setattr(LocalHost, "why_not_startable", why_not)


@pytest.mark.usefixtures("checks")
def test_a_bot_that_is_long_in_starting_holds_back_no_news(home: Path) -> None:
    async def body(bridge: Bridge, app: App) -> None:
        await bridge.host()
        add_hostile(home, "echo", "Slow")
        await app.told("Slow")
        add_hostile(home, "echo", "Friend")
        await app.ready("Friend")

    run(body)


@pytest.mark.usefixtures("checks")
def test_a_bot_that_went_before_it_was_started_keeps_no_other_from_its_start(home: Path) -> None:
    add_hostile(home, "echo", "Gone")
    add_hostile(home, "echo", "Later")

    async def body(_: Bridge, app: App) -> None:
        await app.ready("Later")

    run(body)
