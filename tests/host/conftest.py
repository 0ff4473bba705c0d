"""A host with bots that misbehave, and ways to watch what is left of their processes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tellme.host.events import Watcher
from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.model import BotState, Piece, Reply, Retrying, Session, StateChanged, TurnEvent

from .. import conftest

T = TypeVar("T")

BUSY = r"""exec('print("now", flush=True)\nwhile True: pass')"""
"""For a Python at a terminal: it says that it has begun, and ends at Ctrl-C alone. In ``time.sleep`` a Ctrl-C would be
lost that comes just before it.
"""


@pytest.fixture
def add_bot(home: Path) -> Callable[..., Path]:
    """Add a bot: ``add_bot("Shout", ["sed", …], protocol="lines")``."""
    return partial(conftest.add_bot, home)


@pytest.fixture
def hostile(home: Path) -> Callable[..., Path]:
    """Add the bot of ``tests/hostile`` in one of its modes: ``hostile("crash", retry=False)``."""
    return partial(conftest.add_hostile, home)


def run(body: Callable[[Host], Awaitable[T]], **prepared: Any) -> T:
    """Run ``body`` with a host, and return what it returns."""

    async def main() -> T:
        async with open_host(prepare(os.environ, **prepared)) as host:
            return await body(host)

    return asyncio.run(main())


async def say(host: Host, bot: str | Session, text: str) -> Reply:
    """Say one thing to a bot, in a session of its own unless one is given."""
    return (await events_of(host, bot, text))[-1]  # type: ignore[return-value]


async def events_of(host: Host, bot: str | Session, text: str) -> list[TurnEvent]:
    """All that a turn yields."""
    session = await host.open_session(bot) if isinstance(bot, str) else bot
    return [event async for event in await host.say(session, text)]


async def until_state(events: Watcher, state: BotState) -> None:
    """Wait until some bot enters a state."""
    async with asyncio.timeout(5):
        async for event in events:
            if isinstance(event, StateChanged) and event.state is state:
                return


def seen(events: Iterable[TurnEvent]) -> str:
    """What a reader would have on the screen in the end: the pieces since the turn began last."""
    text = ""
    for event in events:
        match event:
            case Retrying():
                text = ""
            case Piece(piece):
                text += piece
    return text
