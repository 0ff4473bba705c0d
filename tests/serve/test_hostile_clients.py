"""Clients that mean harm, or know no better: each is contained, and a well-behaved one beside them notices nothing."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest

from tellme.host.local import LocalHost
from tellme.surfaces.serve.agent import Agent
from tellme.surfaces.serve.client import MAX_GREETING_BYTES, MAX_MALFORMED, Client
from tellme.surfaces.serve.house import MAX_HELD_BYTES, SOME_HELD_BYTES, Held, House
from tellme.wire import jsonrpc

from ..conftest import wait_until
from .conftest import Client as Connection
from .conftest import Serve, Served, pair, read_now, text_of

GREETING = b'{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":1}}\n'


@pytest.fixture
def bystander(shared: Served) -> Iterator[Connection]:
    """A client that behaves, and is served after whatever a test did."""
    client = shared.client()
    session = client.new("Math")
    assert client.ask(session, "1+1") == ("2", "end_turn")
    yield client
    assert client.ask(session, "2+2") == ("4", "end_turn")


class Fed(NamedTuple):
    """What came of bytes that a client was fed with."""

    sent: list[Any]
    asked: list[str]
    unfinished_bytes: int
    is_finished: bool


def fed(*parts: bytes) -> Fed:
    """Feed a client at one end of a socket; return what it sent to the other end, and what it was asked."""

    async def main() -> Fed:
        with pair() as (channel, theirs):
            asked: list[str] = []
            client = Client(
                channel,
                lambda request, size: asked.append(request.method),
                lambda told: asked.append(told.method),
            )
            for part in parts:
                client.feed(part)
            unfinished_bytes = client.unfinished_bytes
            client.lost()
            sent, is_finished = await read_now(theirs)
            return Fed(sent, asked, unfinished_bytes, is_finished)

    return asyncio.run(main())


class TestLines:
    @pytest.mark.parametrize(
        ("line", "code", "number"),
        [
            (b"garbage\n", jsonrpc.PARSE_ERROR, None),
            (b"\x00\xff\xfe\n", jsonrpc.PARSE_ERROR, None),
            (b"[" * 100_000 + b"\n", jsonrpc.PARSE_ERROR, None),
            (b'{"jsonrpc":"2.0","id":' + b"9" * 5000 + b',"method":"x"}\n', jsonrpc.PARSE_ERROR, None),
            (b"[]\n", jsonrpc.INVALID_REQUEST, None),
            (b"5\n", jsonrpc.INVALID_REQUEST, None),
            (b'{"id":1,"method":"x"}\n', jsonrpc.INVALID_REQUEST, None),
            (b'{"jsonrpc":"2.0","id":[1],"method":"x"}\n', jsonrpc.INVALID_REQUEST, None),
            (b'{"jsonrpc":"2.0","id":7,"method":"x","params":[1]}\n', jsonrpc.INVALID_PARAMS, 7),
            (b'{"jsonrpc":"2.0","id":"a","method":"x","params":5}\n', jsonrpc.INVALID_PARAMS, "a"),
        ],
    )
    def test_a_line_that_is_no_message_is_answered(self, line: bytes, code: int, number: object) -> None:
        found = fed(GREETING, line, GREETING)
        assert found.asked == ["initialize", "initialize"]
        assert [(each["id"], each["error"]["code"]) for each in found.sent] == [(number, code)]
        assert not found.is_finished

    @pytest.mark.parametrize(
        "line",
        [
            b'{"jsonrpc":"2.0","id":99,"result":{}}\n',
            b'{"jsonrpc":"2.0","id":99,"error":{"code":1,"message":"m"}}\n',
            b'{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}\n',
            b'{"jsonrpc":"2.0","id":99,"error":"no"}\n',
            b"\n\r\n \n",
        ],
    )
    def test_answers_to_nothing_and_blank_lines_are_left_alone(self, line: bytes) -> None:
        assert fed(line) == ([], [], 0, False)

    def test_too_many_of_them_end_it(self) -> None:
        found = fed(b"x\n" * (MAX_MALFORMED + 100) + GREETING)
        assert len(found.sent) == MAX_MALFORMED + 1
        assert found.sent[-1]["error"]["message"] == "More than 20 lines were no JSON-RPC messages."
        assert found.is_finished
        assert found.asked == []

    def test_a_line_without_end_is_no_greeting(self) -> None:
        assert not fed(b"x" * MAX_GREETING_BYTES).is_finished
        assert fed(b"x" * MAX_GREETING_BYTES, b"x").is_finished

    def test_a_line_without_end_costs_a_bounded_amount(self) -> None:
        whole = [b"x" * 2**16] * (jsonrpc.MAX_LINE_BYTES // 2**16)
        assert fed(GREETING, *whole).unfinished_bytes == jsonrpc.MAX_LINE_BYTES
        found = fed(GREETING, *whole, *whole)
        assert found.unfinished_bytes == 0
        found = fed(GREETING, *whole, *whole, b"\n" + GREETING)
        assert found.asked == ["initialize", "initialize"]
        assert [each["error"]["code"] for each in found.sent] == [jsonrpc.PARSE_ERROR]

    def test_random_bytes_do_no_harm(self) -> None:
        chance = random.Random(5)
        alphabet = [b"{", b"}", b'"', b"\n", b"\xff", b"id", b":", b"1", b",", b'"jsonrpc":"2.0"', GREETING]
        for _ in range(300):
            data = b"".join(chance.choices(alphabet, k=60))
            found = fed(*(data[at : at + 7] for at in range(0, len(data), 7)))
            assert all("error" in each for each in found.sent)


HELLO = b'{"jsonrpc":"2.0","method":"hello"}\n'


@pytest.mark.parametrize(
    ("sent", "others", "is_cut_off"),
    [
        (SOME_HELD_BYTES, MAX_HELD_BYTES, False),
        (SOME_HELD_BYTES + 1, 0, False),
        (SOME_HELD_BYTES + 1, MAX_HELD_BYTES - SOME_HELD_BYTES - 1, False),
        (SOME_HELD_BYTES + 1, MAX_HELD_BYTES - SOME_HELD_BYTES, True),
    ],
)
def test_of_too_much_that_is_not_dealt_with_who_sent_much_is_cut_off(sent: int, others: int, is_cut_off: bool) -> None:
    """Sent away or not, the client's share is gone with it: nobody can wear the bound down."""

    async def main() -> None:
        with pair() as (channel, theirs):
            house = House(cast(LocalHost, None), dict)
            other = Held(Client(channel, lambda request, size: None, lambda told: None))
            other.request_bytes = others
            house.held.add(other)
            agent = Agent(house, channel)
            channel.on_close = lambda why: agent.lost()
            agent.feed(HELLO + b"x" * sent)
            _, is_finished = await read_now(theirs)
            assert is_finished == is_cut_off
            agent.lost()
            assert house.held == {other}
            assert other.all_bytes == others

    asyncio.run(main())


@pytest.mark.usefixtures("bystander")
class TestBesideOthers:
    def test_garbage(self, shared: Served) -> None:
        client = shared.client(tellme=None)
        client.socket.sendall(b"\x00\xff garbage {]\n" * 1000)
        answers = list(iter(client.next, None))
        assert len(answers) == MAX_MALFORMED + 1

    def test_half_a_line_and_then_nothing(self, shared: Served) -> None:
        shared.client().write(b'{"jsonrpc":"2.0","id":5,"method":"sess')

    def test_an_endless_line(self, shared: Served) -> None:
        client = shared.client()
        client.write(b'{"jsonrpc":"2.0","id":1,"method":"')
        for _ in range(20):
            client.write(b"z" * 2**20)
        client.write(b"\n")
        answer = client.until(None)[1]
        assert "longer than" in answer["error"]["message"]
        assert client.new("Math")

    def test_thousands_of_open_requests(self, shared: Served, tmp_path: Path) -> None:
        """Those that are too many are refused; the others are carried out."""
        client = shared.client()
        session = client.new("Talker")
        for _ in range(1500):
            client.prompt(session, f"wait {tmp_path / 'gate'}")
        (tmp_path / "gate").touch()
        answers: dict[int, Any] = {}
        while len(answers) < 1500:
            message = client.next()
            assert message is not None
            if "method" not in message:
                answers[message["id"]] = message
        assert sum("error" in each for each in answers.values()) == 1500 - 1024
        assert {each["result"]["stopReason"] for each in answers.values() if "result" in each} == {"end_turn"}

    def test_hundreds_of_connections(self, shared: Served) -> None:
        """Who says nothing makes room for others; who does, keeps its place."""
        known = shared.client()
        crowd = [socket.socket(socket.AF_UNIX) for _ in range(600)]
        for one in crowd:
            one.connect(str(shared.path))
        assert known.new("Math")
        late = shared.client()
        assert late.new("Math")
        assert b"Others had something to say; come again when you have." in crowd[0].recv(1000)
        for one in crowd:
            one.close()

    def test_more_clients_than_there_is_room_for(self, shared: Served) -> None:
        crowd = [shared.client() for _ in range(255)]
        for _ in range(3):
            answer = shared.client(tellme=None).next()
            assert answer is not None
            assert answer["error"]["message"] == (
                "tellme serve has 256 clients, and there is no room for more; try again."
            )
        for one in crowd:
            one.close()
        wait_until(lambda: can_come(shared))

    def test_who_reads_nothing_and_asks_for_much(self, shared: Served) -> None:
        """It has to wait, and its turn is kept; reading again, it has all of it."""
        client, other = shared.client(tellme=True), shared.client(tellme=True)
        number = client.prompt("", "big 30", bot="Talker")
        begin = client.next()
        assert begin is not None
        session = begin["params"]["session"][0]
        wait_until(lambda: other.result("_tellme/turns", session_id=session, limit=1)[0][5] == "answered")
        assert len(text_of(client.until(number)[0])) == 30 * 2**20

    def test_who_reads_nothing_and_floods(self, shared: Served) -> None:
        client = shared.client(tellme=True)
        client.socket.settimeout(0.5)
        lines = b'{"jsonrpc":"2.0","id":1,"method":"_tellme/bots","params":{}}\n' * 1000
        with pytest.raises(TimeoutError):  # it is not read any more
            client.write(lines * 100)


def test_lines_without_end_of_many(serve: Serve) -> None:
    """Together they may hold so much and no more; one that has sent little is not who is cut off."""
    served = serve(MAX_HELD_BYTES=str(8 * 2**20))
    modest = served.client()
    modest.write(b'{"jsonrpc":"2.0","id":99,"method":"session/new",')
    crowd = [served.client() for _ in range(5)]
    cut_off = 0
    for client in crowd:
        with suppress(ConnectionError):
            client.write(b"z" * 2 * 2**20)
    for client in crowd:
        client.socket.settimeout(0.2)
        with suppress(TimeoutError):
            answer = client.next()
            assert answer is None or answer["error"]["message"].startswith("Too much was sent by all clients")
            cut_off += 1
    assert 1 <= cut_off < len(crowd)
    modest.write(b'"params":{"cwd":"/"}}\n')
    assert "result" in modest.until(99)[1]


def can_come(shared: Served) -> bool:
    """Is there room for one more?"""
    client = Connection(shared.path)
    try:
        client.socket.sendall(GREETING)
        answer = client.next()
    except OSError:
        return False
    finally:
        client.close()
    return answer is not None and "result" in answer
