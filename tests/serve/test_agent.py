"""What one client leaves in the server's memory: while it floods, while it waits, and when it is gone."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import socket
import weakref
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tellme.errors import UsageError
from tellme.host.events import Events, Watcher
from tellme.host.local import LocalHost
from tellme.host.starting import start_all
from tellme.model import BotCommand, CatalogueChanged, Notice, Session
from tellme.surfaces.serve import client as client_module
from tellme.surfaces.serve import run as run_module
from tellme.surfaces.serve.agent import EVENTS_BYTES, Agent
from tellme.surfaces.serve.calls import MAX_CALLS, MAX_WAITING_BYTES
from tellme.surfaces.serve.channel import ROOM_BYTES, Channel
from tellme.surfaces.serve.house import House
from tellme.surfaces.serve.prompting import Prompt
from tellme.surfaces.serve.sessions import MAX_KNOWN

from .conftest import pair, read_now

SESSION = ["s", "math", 1.0, None, 0.0, "", None, 0]


class StuckHost:
    """A host in which what bots are asked never comes back, and whatever is slow is slow for ever."""

    def __init__(self) -> None:
        self.events = Events()
        self.watch = self.events.watch
        self.damage: list[str] = []
        self.asked = 0
        self.started: list[str] = []

    async def commands(self, session: Session) -> tuple[BotCommand, ...] | None:
        self.asked += 1
        await asyncio.Event().wait()
        return None

    async def bots(self) -> list[object]:
        return []

    async def why_not_startable(self, name: str) -> str | None:
        if name == "Nobody":
            raise UsageError("There is no such bot.")
        if name == "Slow":
            await asyncio.Event().wait()
        return "it lacks something" if name == "Poor" else None

    async def start(self, name: str) -> None:
        self.started.append(name)

    def name_of(self, bot: str) -> str:
        return bot

    def offered(self, session: Session) -> tuple[BotCommand, ...]:
        return (BotCommand("more", "says more"),)


Body = Callable[[House, Agent, Channel, socket.socket], Awaitable[None]]


def run(body: Body, host: StuckHost | None = None) -> None:
    """Run ``body`` with an agent whose channel is open."""

    async def main() -> None:
        house = House(cast(LocalHost, host or StuckHost()), dict)
        with pair() as (channel, theirs):
            agent = Agent(house, channel)
            channel.on_data = agent.feed
            channel.on_end = agent.end_input
            channel.on_close = lambda why: agent.lost()
            channel.open()
            async with asyncio.timeout(30):
                await body(house, agent, channel, theirs)
        await house.close()

    asyncio.run(main())


def request(method: str, **params: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n"


def held_bytes(house: House) -> int:
    return sum(each.all_bytes for each in house.held)


async def turns_of_the_loop(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


class TestWatching:
    @pytest.mark.parametrize("turns", range(5))
    def test_who_watches_and_hangs_up_leaves_nothing(self, turns: int) -> None:
        """However far the watch has come."""
        host = StuckHost()

        async def body(house: House, agent: Agent, channel: Channel, client: socket.socket) -> None:
            agent.feed(request("_tellme/watch"))
            await turns_of_the_loop(turns)
            channel.abort()
            await turns_of_the_loop(5)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            assert not host.events._watchers
            assert not house.held

        run(body, host)

    def test_who_watches_and_reads_nothing_is_told_how_much_it_missed(self) -> None:
        host = StuckHost()
        texts = [f"{number:06} " + "x" * 1000 for number in range(5000)]

        async def body(house: House, agent: Agent, channel: Channel, client: socket.socket) -> None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            agent.feed(request("_tellme/watch"))
            await turns_of_the_loop(5)
            for at in range(0, 5000, 10):
                for text in texts[at : at + 10]:
                    host.events.publish(Notice(text))
                await turns_of_the_loop(3)
                assert channel.waiting_bytes < ROOM_BYTES + EVENTS_BYTES
            assert channel.waiting_bytes > EVENTS_BYTES
            loop = asyncio.get_running_loop()
            told = b""
            while b"events came too fast to be told." not in told or texts[-1].encode() not in told:
                told += await loop.sock_recv(client, 2**16)

        run(body, host)


class TestCalls:
    def test_of_a_client_with_much_that_waits_nothing_is_read_and_all_goes_with_it(self) -> None:
        host = StuckHost()
        small = request("_tellme/commands", session=SESSION)
        big = request("_tellme/commands", session=[*SESSION[:5], "x" * 2**20, None, 0])

        async def body(house: House, agent: Agent, channel: Channel, client: socket.socket) -> None:
            loop = asyncio.get_running_loop()
            sending = asyncio.create_task(loop.sock_sendall(client, small * MAX_CALLS + big * 30))
            while held_bytes(house) < MAX_WAITING_BYTES:  # noqa: ASYNC110 — callbacks of the loop, one turn each
                await asyncio.sleep(0)
            await turns_of_the_loop(200)
            assert not sending.done()
            assert held_bytes(house) < MAX_WAITING_BYTES + 2 * 2**20
            assert host.asked == MAX_CALLS
            channel.abort()
            await turns_of_the_loop(5)
            assert held_bytes(house) == MAX_CALLS * len(small.rstrip())  # those that have begun
            assert host.asked == MAX_CALLS
            sending.cancel()
            await house.close()
            await turns_of_the_loop(2)
            assert not house.held

        run(body, host)

    def test_what_waited_is_carried_out_and_reading_goes_on(self) -> None:
        """Each of them is answered, though what waits at any time is bounded."""
        calls = (
            request("_tellme/bots") * 100
            + request("session/list", pad="x" * (MAX_WAITING_BYTES + 1)) * 3
            + request("nothing")
        )

        async def body(house: House, agent: Agent, channel: Channel, client: socket.socket) -> None:
            loop = asyncio.get_running_loop()
            sending = asyncio.create_task(loop.sock_sendall(client, calls))
            answers = b""
            while answers.count(b"\n") < 104:
                answers += await loop.sock_recv(client, 2**16)
            await sending
            await turns_of_the_loop(3)
            assert held_bytes(house) == 0

        run(body)

    def test_half_a_line_goes_with_its_client_and_what_is_carried_out_is_kept(self) -> None:
        call = request("_tellme/commands", session=SESSION)

        async def body(house: House, agent: Agent, channel: Channel, client: socket.socket) -> None:
            agent.feed(call + b"x" * 100_000)
            assert held_bytes(house) == len(call) - 1 + 100_000
            await turns_of_the_loop(2)
            channel.abort()
            assert held_bytes(house) == len(call) - 1

        run(body)

    def test_what_does_not_fit_is_refused_before_it_waits(self) -> None:
        host = StuckHost()

        async def body(house: House, agent: Agent, channel: Channel, client: socket.socket) -> None:
            agent.feed(request("_tellme/commands", session=SESSION) * MAX_CALLS)
            agent.feed(request("_tellme/commands", session=[[]] * 100_000))
            assert held_bytes(house) < 100_000
            (answer,), _ = await read_now(client)
            assert answer["error"]["message"] == "The client sent something of another type: a list of 100,000."

        run(body, host)


class TestGreeting:
    def test_one_that_says_nothing_is_sent_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(client_module, "GREET_S", 0)

        async def body(house: House, agent: Agent, channel: Channel, client: socket.socket) -> None:
            data = await asyncio.get_running_loop().sock_recv(client, 1000)
            assert b"No message came within 0 s." in data

        run(body)

    @pytest.mark.parametrize("speaks", [True, False])
    def test_one_that_is_gone_is_not_kept(self, speaks: bool) -> None:
        """Not by the timer for its greeting either."""

        async def main() -> None:
            house = House(cast(LocalHost, StuckHost()), dict)
            with pair() as (channel, _):
                agent = Agent(house, channel)
                if speaks:
                    agent.feed(request("initialize", protocolVersion=1))
                agent.lost()
                gone = weakref.ref(agent)
                del agent
            del channel
            await turns_of_the_loop(3)
            gc.collect()
            assert gone() is None

        asyncio.run(main())


def test_a_message_that_is_too_long_is_refused_before_there_is_room_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In bytes: its characters are few enough."""

    async def body(house: House, agent: Agent, channel: Channel, client: socket.socket) -> None:
        monkeypatch.setattr(house, "admit", lambda: pytest.fail("it was admitted"))
        prompt = Prompt({"sessionId": "s", "prompt": [{"type": "text", "text": "\N{BUG}" * 300_000}]})
        with pytest.raises(UsageError, match="1,200,000 bytes"):
            await agent._prompt(prompt)

    run(body)


def test_commands_are_remembered_for_sessions_that_are_known() -> None:
    async def body(house: House, agent: Agent, channel: Channel, client: socket.socket) -> None:
        sessions = agent._sessions
        session = Session("s", "math", 1.0)
        sessions.keep("s", session)
        sessions.tell_offered("s", session)
        sessions.tell_offered("s", session)
        assert len((await read_now(client))[0]) == 1
        for number in range(MAX_KNOWN):
            sessions.keep(f"other {number}", session)
        for _ in range(2):
            sessions.tell_offered("s", session)
        assert len((await read_now(client))[0]) == 2
        assert not sessions._offered

    run(body)


def test_bots_are_started_but_those_that_cannot_or_are_gone() -> None:
    host = StuckHost()
    asyncio.run(start_all(cast(LocalHost, host), ["One", "Nobody", "Poor", "Two"], 0.0))
    assert host.started == ["One", "Two"]


def test_news_are_told_while_a_bot_takes_long_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(run_module, "say", said.append)

    async def main() -> None:
        host = cast(LocalHost, StuckHost())
        house = House(host, dict)
        watcher = Watcher()
        house.accompany(run_module._tell_news(host, house, watcher))
        watcher.tell(CatalogueChanged(("Slow",), (), ()))
        watcher.tell(Notice("something else"))
        await turns_of_the_loop(10)
        await house.close()

    asyncio.run(main())
    assert said[-1] == "something else"


def test_what_nobody_foresaw_is_in_the_log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("tellme"), "propagate", True)  # a host that ran before may have ended that

    async def fail() -> None:
        raise SimpleError("nobody thought of it")

    async def main() -> None:
        house = House(cast(LocalHost, SimpleNamespace()), dict)
        house.accompany(fail())
        await turns_of_the_loop(3)
        await house.close()

    with caplog.at_level(logging.ERROR):
        asyncio.run(main())
    (record,) = [each for each in caplog.records if each.name.startswith("tellme.")]
    assert record.exc_info is not None
    assert "nobody thought of it" in str(record.exc_info[1])


class SimpleError(Exception):
    """One of no kind that is known."""
