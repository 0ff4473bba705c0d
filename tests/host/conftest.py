"""A host with bots that misbehave, and ways to watch what is left of their processes."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tellme.host.events import Watcher
from tellme.host.host import Host, open_host
from tellme.host.prepare import prepare
from tellme.model import BotState, Piece, Reply, Retrying, Session, StateChanged, TurnEvent

HOSTILE = Path(__file__).parents[1] / "hostile" / "bot.py"

T = TypeVar("T")


@pytest.fixture
def add_bot(home: Path) -> Callable[..., str]:
    """Write the manifest of a bot into the user's folder; returns its name."""

    def add(name: str, command: list[str], **keys: object) -> str:
        folder = home / "bots" / name.lower()
        folder.mkdir(parents=True)
        table = {"name": name, "command": command, **keys}
        lines = [f"{key} = {_toml(value)}\n" for key, value in table.items()]
        (folder / "bot.toml").write_text("".join(lines))
        return name

    return add


@pytest.fixture
def hostile(add_bot: Callable[..., str]) -> Callable[..., str]:
    """Add the bot of ``tests/hostile`` in one of its modes; returns its name."""

    def add(mode: str, name: str = "Foe", **keys: object) -> str:
        return add_bot(name, [str(HOSTILE), mode], **keys)

    return add


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


def wait_until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Poll a condition of another process, with a deadline."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Is there such a process, and is it no zombie?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    return json.dumps(value)
