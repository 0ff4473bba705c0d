"""The bytes of one client: what waits for it, what it costs others, and when it is cut off."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from tellme.surfaces.serve import channel
from tellme.surfaces.serve.channel import ROOM_BYTES, Channel

Body = Callable[[Channel, socket.socket, list[str]], Awaitable[None]]


def run(body: Body, stall_s: float = 20.0) -> list[str]:
    """Run ``body`` with one end of a channel, its other end, and a list of what happened; return that."""
    happened: list[str] = []

    async def main() -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            descriptor = ours.detach()
            one = Channel(descriptor, descriptor, stall_s)
            one.on_data = lambda data: happened.append(f"data {data!r}")
            one.on_end = lambda: happened.append("end")
            one.on_close = lambda why: happened.append(f"closed: {why}")
            one.open()
            async with asyncio.timeout(30):
                await body(one, theirs, happened)
            one.abort()

    asyncio.run(main())
    return happened


async def until(holds: Callable[[], object]) -> None:
    while not holds():  # noqa: ASYNC110 — what is waited for are callbacks of the loop, one turn each
        await asyncio.sleep(0)


async def read_all(client: socket.socket) -> bytes:
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    found = []
    while data := await loop.sock_recv(client, 2**20):
        found.append(data)
    return b"".join(found)


def test_it_is_read_as_it_comes_and_its_end_is_told() -> None:
    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        client.send(b"one")
        await until(lambda: happened)
        client.shutdown(socket.SHUT_WR)
        await until(lambda: len(happened) == 2)

    assert run(body) == ["data b'one'", "end", "closed: "]


def test_a_client_that_is_gone_altogether_closes_it() -> None:
    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        client.close()
        await until(lambda: happened)
        one.send(b"nobody")

    assert run(body) == ["closed: "]


def test_a_client_that_is_gone_when_it_is_written_to_closes_it() -> None:
    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        client.shutdown(socket.SHUT_WR)
        await until(lambda: happened)
        client.close()
        one.send(b"nobody")
        await until(lambda: len(happened) == 2)

    assert run(body) == ["end", "closed: "]


@pytest.mark.parametrize("size", [1, 1000, 300_000, 8 * 2**20])
def test_what_is_sent_arrives_whole_and_in_order(size: int) -> None:
    parts = [b"<", b"x" * size, b">", *(b"%d," % number for number in range(2000))]

    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        for part in parts:
            one.send(part)
        one.finish()
        assert await read_all(client) == b"".join(parts)
        assert one.waiting_bytes == 0

    assert run(body) == ["closed: "]


def test_what_is_sent_in_one_turn_of_the_loop_is_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[int] = []
    writev = os.writev

    def counted(descriptor: int, buffers: list[bytes]) -> int:
        writes.append(len(buffers))
        return writev(descriptor, buffers)

    monkeypatch.setattr(channel.os, "writev", counted)

    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        for _ in range(10):
            one.send(b"x")
        one.finish()
        await read_all(client)

    run(body)
    assert writes == [10]


def test_whoever_can_wait_does_until_there_is_room() -> None:
    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        one.send(b"x" * (ROOM_BYTES + 2**20))
        room = asyncio.ensure_future(one.room())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not room.done()
        client.setblocking(False)
        while not room.done():
            await asyncio.get_running_loop().sock_recv(client, 2**16)
        assert 0 < one.waiting_bytes <= ROOM_BYTES

    run(body)


def test_whoever_waits_for_room_is_told_when_the_client_is_gone() -> None:
    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        one.send(b"x" * (ROOM_BYTES + 2**20))
        room = asyncio.ensure_future(one.room())
        await asyncio.sleep(0)
        client.close()
        await room

    assert run(body) == ["closed: "]


def test_of_a_client_that_does_not_read_nothing_is_read() -> None:
    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        one.send(b"x" * (ROOM_BYTES + 2**20))
        await asyncio.sleep(0)
        client.send(b"more")
        for _ in range(5):
            await asyncio.sleep(0)
        assert happened == []
        client.setblocking(False)
        while not happened:
            await asyncio.get_running_loop().sock_recv(client, 2**16)

    assert run(body) == ["data b'more'", "closed: "]


def test_a_client_that_takes_nothing_is_cut_off() -> None:
    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        one.send(b"x" * (ROOM_BYTES + 2**20))
        await until(lambda: happened)

    assert run(body, stall_s=0.05) == ["closed: did not read what was sent to it for 0.05 s"]


def test_a_client_that_has_little_to_take_may_sleep() -> None:
    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        one.send(b"x" * ROOM_BYTES)
        looked = asyncio.Event()
        stalled = one._stalled

        def look() -> None:
            stalled()
            looked.set()

        one._stalled = look  # type: ignore[method-assign]
        for _ in range(2):  # it may take nothing for longer than whoever has much to take
            await looked.wait()
            looked.clear()
        one.finish()
        assert len(await read_all(client)) == ROOM_BYTES

    assert run(body, stall_s=0.01) == ["closed: "]


def test_a_client_whose_bytes_take_long_waits_for_the_others() -> None:
    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        loop = asyncio.get_running_loop()
        times: list[float] = []

        def work(data: bytes) -> None:
            times.append(loop.time())
            until_s = loop.time() + 0.01
            while loop.time() < until_s:
                pass

        one.on_data = work
        client.send(b"x" * 3 * channel.READ_BYTES)
        await until(lambda: len(times) == 3)
        assert min(b - a for a, b in pairwise(times)) > 0.04

    run(body)


def test_it_waits_as_long_where_it_has_answers_to_take() -> None:
    """The answers go out at once; that they are taken is no reason to read sooner."""

    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        loop = asyncio.get_running_loop()
        times: list[float] = []

        def work(data: bytes) -> None:
            times.append(loop.time())
            one.send(b"answer")
            until_s = loop.time() + 0.01
            while loop.time() < until_s:
                pass

        one.on_data = work
        client.send(b"x" * 3 * channel.READ_BYTES)
        await until(lambda: len(times) == 3)
        assert min(b - a for a, b in pairwise(times)) > 0.04

    run(body)


def test_nothing_is_read_while_it_is_held() -> None:
    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        one.hold(holds=True)
        client.send(b"more")
        for _ in range(5):
            await asyncio.sleep(0)
        assert happened == []
        one.hold(holds=False)
        await until(lambda: happened)

    assert run(body) == ["data b'more'", "closed: "]


def test_a_client_that_is_gone_while_it_is_held_closes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "LOOK_S", 0.001)

    async def body(one: Channel, client: socket.socket, happened: list[str]) -> None:
        one.hold(holds=True)
        client.close()
        await until(lambda: happened)

    assert run(body) == ["closed: "]


def test_two_pipes_are_a_channel_too() -> None:
    async def main() -> None:
        incoming, theirs_out = os.pipe()
        theirs_in, outgoing = os.pipe()
        happened: list[str] = []
        one = Channel(incoming, outgoing)
        one.on_data = lambda data: one.send(data.upper())
        one.on_end = one.finish
        one.on_close = happened.append
        one.open()
        os.write(theirs_out, b"hello")
        os.close(theirs_out)
        await until(lambda: happened)
        assert os.read(theirs_in, 100) == b"HELLO"
        os.close(theirs_in)

    asyncio.run(main())
