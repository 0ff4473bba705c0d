"""A ``tellme serve`` that breaks off or sends nonsense: every turn still ends, every watcher is told."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tellme import __version__
from tellme.errors import (
    HostGone,
    TellmeError,
)
from tellme.host import catalogue
from tellme.host.prepare import prepare
from tellme.host.remote import RemoteHost
from tellme.model import (
    Notice,
)
from tellme.wire import hosting
from tellme.wire.hosting import Wish

from .hosts import Other

Talk = Callable[[Other], Awaitable[None]]


def talk(body: Talk) -> None:
    async def main() -> None:
        loop, broken = asyncio.get_running_loop(), list[Any]()
        loop.set_exception_handler(lambda _, context: broken.append(context))
        other = Other()
        try:
            await asyncio.wait_for(body(other), 10)
        finally:
            other.close()
        await asyncio.sleep(0)
        assert broken == []

    asyncio.run(main())


SESSION = ["s1", "talker", 1.0, None, 1.0, "", None, 0]


def told(key: int, session: object = SESSION) -> dict[str, Any]:
    return {"method": "_tellme/turn", "params": {"turn": "t1", "key": key, "session": session}}


def test_a_reason_to_hang_up_is_handed_on() -> None:
    async def body(other: Other) -> None:
        lost: list[str] = []
        other.connection.on_lost = lambda: lost.append(other.connection.why_lost)
        call = asyncio.ensure_future(other.connection.request("_tellme/bots", {}))
        await other.hear()
        other.say(id=None, error={"code": -32600, "message": "Too much of it."})
        other.socket.close()
        with pytest.raises(HostGone, match=r"hung up: Too much of it\.$"):
            await call
        assert lost == ["The 'tellme serve' that was used hung up: Too much of it."]

    talk(body)


def test_a_reset_is_an_end_like_any_other() -> None:
    """As where the other end has closed without reading what was sent to it."""

    async def body(other: Other) -> None:
        call = asyncio.ensure_future(other.connection.request("_tellme/bots", {}))
        await asyncio.sleep(0)
        other.socket.close()
        with pytest.raises(HostGone, match="has gone away"):
            await call

    talk(body)


@pytest.mark.parametrize("line", [
    b"garbage\n",
    b"[]\n",
    b'{"jsonrpc":"2.0","id":99,"error":{"code":1,"message":"of none"}}\n',
    b'{"jsonrpc":"2.0","method":"session/update","params":{}}\n',
    b'{"jsonrpc":"2.0","method":"_tellme/turn","params":{"turn":5}}\n',
    b'{"jsonrpc":"2.0","method":"_tellme/turn","params":{"turn":"no","key":77}}\n',
], ids=repr)  # fmt: skip
def test_a_line_that_means_nothing_ends_no_turn(line: bytes) -> None:
    async def body(other: Other) -> None:
        beginning = asyncio.ensure_future(other.connection.begin(None, "hi", Wish(bot="talker"), None))
        number = (await other.hear())["id"]
        other.socket.sendall(line)
        other.say(**told(1))
        turn = await beginning
        other.socket.sendall(line)
        reply = ["Talker", "s1", "t1", "said", "answered", 1.0, 1, None, False]
        other.say(id=number, result={"_meta": {"tellme": {"reply": reply}}})
        assert (await turn.reply()).text == "said"

    talk(body)


@pytest.mark.parametrize("session", [None, [], ["s1"], [1] * 8, "s1", {}])
def test_a_turn_whose_session_cannot_be_read_has_ended(session: object) -> None:
    async def body(other: Other) -> None:
        beginning = asyncio.ensure_future(other.connection.begin(None, "hi", Wish(bot="talker"), None))
        number = (await other.hear())["id"]
        other.say(**told(1, session))
        with pytest.raises(TellmeError, match="as the session of a turn"):
            await beginning
        other.say(id=number, error={"code": 1, "message": "over"})
        call = asyncio.ensure_future(other.connection.request("_tellme/bots", {}))
        other.say(id=(await other.hear())["id"], result=[])
        assert await call == []

    talk(body)


def test_a_turn_that_nobody_waits_for_is_cancelled_there() -> None:
    async def body(other: Other) -> None:
        beginning = asyncio.ensure_future(other.connection.begin(None, "hi", Wish(bot="talker"), None))
        await other.hear()
        beginning.cancel()
        await asyncio.wait([beginning])
        other.say(**told(1))
        cancel = await other.hear()
        assert (cancel["method"], cancel["params"]["_meta"]) == ("session/cancel", {"tellme": {"turn": "t1"}})

    talk(body)


def test_a_turn_that_nobody_waits_for_may_fail() -> None:
    async def body(other: Other) -> None:
        beginning = asyncio.ensure_future(other.connection.begin(None, "hi", Wish(bot="talker"), None))
        number = (await other.hear())["id"]
        beginning.cancel()
        await asyncio.wait([beginning])
        other.say(id=number, error={"code": 1, "message": "no"})
        call = asyncio.ensure_future(other.connection.request("_tellme/bots", {}))
        other.say(id=(await other.hear())["id"], result=[])
        assert await call == []

    talk(body)


class TestEvents:
    @pytest.mark.parametrize(("method", "params"), [
        ("_tellme/catalogue", {}),
        ("_tellme/catalogue", {"catalogue": {"bots": 5}}),
        ("_tellme/catalogue", {"catalogue": []}),
        ("_tellme/event", {"kind": "Notice", "event": [5]}),
        ("_tellme/event", {"kind": "Notice"}),
        ("_tellme/event", {"kind": "OfTheFuture", "event": []}),
        ("_tellme/event", {"kind": []}),
    ])  # fmt: skip
    def test_what_is_no_event_is_skipped(self, method: str, params: dict[str, Any]) -> None:
        async def body(other: Other) -> None:
            prepared = prepare(os.environ)
            greeting = hosting.Greeting(__version__, 1, catalogue.to_json(prepared.catalogue))
            host = RemoteHost(prepared, other.connection, greeting)
            with host.watch() as events:
                await other.hear()
                other.say(method=method, params=params)
                other.say(method="_tellme/event", params={"kind": "Notice", "event": ["after"]})
                assert await anext(events) == Notice("after")
            assert host.find("Math")

        talk(body)

    def test_an_error_of_our_own_is_in_the_log_and_costs_no_other_message(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(logging.getLogger("tellme"), "propagate", True)  # a host of another test may have taken it

        async def main() -> None:
            other, heard = Other(), asyncio.Event()

            def breaks(method: str, params: object) -> None:
                if method == "unheard/of":
                    raise KeyError("ours")
                heard.set()

            other.connection.on_notification = breaks
            other.say(method="unheard/of", params={})
            other.say(method="heard/of", params={})
            await heard.wait()
            other.close()

        asyncio.run(asyncio.wait_for(main(), 30))
        assert "KeyError: 'ours'" in caplog.text
