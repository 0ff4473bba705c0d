"""The host of a ``tellme serve`` that dies, is of another version, or forgets: what a client is told."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from tellme import __version__
from tellme.errors import (
    HostGone,
)
from tellme.host import remote
from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.host.remote import RemoteHost
from tellme.model import (
    Notice,
    Reply,
    StateChanged,
    TurnStatus,
)

from ..conftest import TEACHABLE, add_bot, add_hostile
from .conftest import Serve
from .hosts import Run, say
from .hosts import run as run


def test_a_server_that_dies_is_said_and_another_is_found(serve: Serve, talker: Path) -> None:
    first = serve()

    async def body() -> None:
        async with open_host(prepare(os.environ)) as host:
            session = await host.open_session("Talker")
            with host.watch() as events:
                first.end(signal.SIGKILL)
                async for event in events:
                    if isinstance(event, Notice) and "has gone away" in event.text:
                        break
                with pytest.raises(HostGone, match="Start it again"):
                    await host.bots()
                serve()
                assert (await say(host, session, "still here?")).text == "still here?"
                async for event in events:
                    if isinstance(event, StateChanged):
                        break  # the new one tells its events too

    asyncio.run(asyncio.wait_for(body(), 30))


def test_a_turn_under_way_fails_with_its_server_and_is_kept(serve: Serve, home: Path) -> None:
    add_hostile(home, "hang", "Sleeper", retry=False)
    first = serve()

    async def body() -> Reply:
        async with open_host(prepare(os.environ)) as host:
            running = await host.open_and_say("Sleeper", "wake up")
            first.end(signal.SIGKILL)
            return await running.reply()

    reply = asyncio.run(asyncio.wait_for(body(), 30))
    assert reply.status is TurnStatus.FAILED
    assert "has gone away" in (reply.error or "")
    serve()

    async def after() -> None:
        async with open_host(prepare(os.environ)) as host:
            record = await host.turn(reply.turn)
            assert (record.turn.message, record.turn.status) == ("wake up", TurnStatus.FAILED)

    asyncio.run(after())


def test_a_server_of_another_version_is_left_alone(serve: Serve, talker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve()
    monkeypatch.setattr("tellme.wire.hosting.__version__", "0.0.0")

    async def body() -> None:
        async with open_host(prepare(os.environ)) as host:
            assert not isinstance(host, RemoteHost)
            assert f"(version {__version__}, pid " in host.damage[0]
            assert (await (await host.open_and_say("Talker", "hello")).reply()).text == "hello"

    asyncio.run(body())


def test_what_a_person_waited_before_counts(run: Run[Reply]) -> None:
    async def body(host: Host) -> Reply:
        session = await host.open_session("Talker")
        return await (await host.say(session, "hello", taken_at=time.monotonic() - 100)).reply()

    assert 100_000 < run(body).latency_ms < 130_000


def test_offers_of_many_sessions_are_forgotten(serve: Serve, talker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MAX_OFFERED", 2)
    add_bot(talker.parents[1], "Teacher", ["bot.py"])
    (talker.parent / "teacher" / "bot.py").write_text(TEACHABLE)
    serve()

    async def body() -> None:
        async with open_host(prepare(os.environ)) as host:
            sessions = [await host.open_session("Teacher") for _ in range(3)]
            assert [len(await host.commands(each) or ()) for each in sessions] == [1, 1, 1]
            assert [len(host.offered(each)) for each in sessions] == [0, 1, 1]

    asyncio.run(body())
