"""The host of a ``tellme serve`` and one of our own promise the same: each body here runs with both."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tellme import __version__
from tellme.errors import (
    BotNotFound,
    ConfigError,
    HostGone,
    SessionNotFound,
    Stopping,
    StoreError,
    TellmeError,
    TurnNotFound,
    UsageError,
)
from tellme.host import catalogue, remote
from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.host.remote import RemoteHost
from tellme.model import (
    BotState,
    Notice,
    Piece,
    Question,
    Reply,
    Retrying,
    Session,
    StateChanged,
    TurnStatus,
)
from tellme.wire import hosting, plain
from tellme.wire.hosting import Wish

from ..conftest import TEACHABLE, add_bot, add_hostile
from .conftest import ENGLISH_STAYS_AWAY, Serve

T = TypeVar("T")
Run = Callable[[Callable[[Host], Awaitable[T]]], T]


@pytest.fixture(params=["local", "remote"])
def run(request: pytest.FixtureRequest, home: Path, serve: Serve, talker: Path) -> Run[Any]:
    """Run a body with a host, here or there."""
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(ENGLISH_STAYS_AWAY)
    add_hostile(home, "crash-in-reply", "Once", retry=True, env={"ONCE": str(home / "once")})
    add_hostile(home, "crash", "Quitter", retry=False, env={"ONCE": str(home / "quit")})
    add_hostile(home, "asks", "Asker")
    add_hostile(home, "hang", "Sleeper", retry=False)
    if request.param == "remote":
        serve()

    def start(body: Callable[[Host], Awaitable[T]]) -> T:
        async def main() -> T:
            async with open_host(prepare(os.environ)) as host:
                assert isinstance(host, RemoteHost) == (request.param == "remote")
                assert host.outlives_us == (request.param == "remote")
                return await body(host)

        return asyncio.run(main())

    return start


async def say(host: Host, session: Session, text: str) -> Reply:
    return await (await host.say(session, text)).reply()


def test_bots_are_known_started_and_stopped(run: Run[None]) -> None:
    async def body(host: Host) -> None:
        assert host.find("talker").name == host.name_of("talker") == "Talker"
        assert host.route("say it back") == host.find("Talker")
        assert {bot.id for bot in await host.bots()} == {spec.id for spec in host.specs()}
        with pytest.raises(BotNotFound) as missing:
            await host.status("Talkr")
        assert missing.value.nearest == ("Talker",)
        assert await host.why_not_startable("Talker") is None
        assert "THAT_NOBODY_SETS" in (await host.why_not_startable("English") or "")
        with host.watch() as events:
            await host.restart("Talker")
            async for event in events:
                if isinstance(event, StateChanged) and (event.bot, event.state) == ("talker", BotState.READY):
                    break
            await host.stop("Talker")
            async for event in events:
                if isinstance(event, StateChanged) and (event.bot, event.state) == ("talker", BotState.STOPPED):
                    break
        assert (await host.status("Talker")).state is BotState.STOPPED
        assert next(end.crash for end in await host.exits("Talker")) is False

    run(body)


def test_sessions_and_turns_are_kept_and_found(run: Run[None]) -> None:
    async def body(host: Host) -> None:
        session = await host.open_session("Talker")
        first = await say(host, session, "one apple")
        second = await say(host, session, "two pears")
        assert (second.text, second.status, second.error) == ("two pears", TurnStatus.ANSWERED, None)
        assert await host.session(session.id[:6]) == (await host.sessions())[0]
        assert [found.id for found in await host.sessions(search="PEARS")] == [session.id]
        assert await host.find_turns(session.id, "apple") == [first.turn]
        assert [turn.id for turn in await host.turns(session.id, 1)] == [second.turn]
        assert [turn.id for turn in await host.turns(session.id, 5, before=second.turn)] == [first.turn]
        assert await host.messages() == ["two pears", "one apple"]
        assert (await host.set_title(session.id, "Fruit")).title == "Fruit"
        kept, turns = await host.history(session.id)
        assert (kept.title, [turn.text for turn in turns]) == ("Fruit", ["one apple", "two pears"])
        assert (await host.end_session(session.id)).ended_at is not None
        assert (await host.resume_session()).id == session.id == (await host.last_used_session() or session).id
        record = await host.turn(second.turn)
        assert record.turn == turns[-1]
        assert 0 < (record.timings.sent_ms or 0) <= (record.timings.first_ms or 0) <= second.latency_ms
        assert await host.import_session(kept, turns) == await host.session(session.id)
        assert [(stats.bot, stats.turns) for stats in await host.stats(0.0, 4) if stats.turns] == [("talker", 2)]
        with pytest.raises(SessionNotFound, match="no session"):
            await host.session("zzzz")
        with pytest.raises(TurnNotFound):
            await host.turn("0000000000")
        assert await host.check_store() is None

    run(body)


def test_what_cannot_be_sent_is_refused(run: Run[None]) -> None:
    async def body(host: Host) -> None:
        session = await host.open_session("Talker")
        with pytest.raises(UsageError, match="empty"):
            await host.say(session, "")
        with pytest.raises(UsageError, match="too long"):
            await host.say(session, "x" * (1 << 20) + "x")
        with pytest.raises(BotNotFound):
            await host.open_and_say("Nobody", "hello")
        assert await host.turns(session.id, 5) == []

    run(body)


def test_a_retried_turn_voids_what_was_said(run: Run[None]) -> None:
    async def body(host: Host) -> None:
        running = await host.open_and_say("Once", "say something")
        events = [event async for event in running]
        kinds = [type(event) for event in events]
        assert kinds.index(Retrying) > kinds.index(Piece)
        reply = events[-1]
        assert isinstance(reply, Reply)
        pieces = [event.text for event in events[kinds.index(Retrying) :] if isinstance(event, Piece)]
        assert (reply.text, reply.attempts) == ("".join(pieces), 2)
        assert (await host.turn(reply.turn)).turn.text == reply.text

    run(body)


def test_a_failed_turn_is_sent_again_as_itself(run: Run[None]) -> None:
    async def body(host: Host) -> None:
        reply = await (await host.open_and_say("Quitter", "hello")).reply()
        assert reply.status is TurnStatus.FAILED
        assert [record.turn.id for record in await host.failed_turns()] == [reply.turn]
        again = await (await host.retry(reply.turn[:6])).reply()
        assert (again.turn, again.session, again.status) == (reply.turn, reply.session, TurnStatus.ANSWERED)
        assert await host.failed_turns() == []
        assert (await host.turn(reply.turn)).replays == 1
        with pytest.raises(UsageError, match="has not failed"):
            await host.retry(reply.turn)

    run(body)


def test_the_person_is_asked(run: Run[str]) -> None:
    async def body(host: Host) -> str:
        asked: list[Question] = []

        async def choose(question: Question) -> str | None:
            asked.append(question)
            return question.options[0].id

        reply = await (await host.open_and_say("Asker", "may you?", choose)).reply()
        assert (asked[0].bot, asked[0].session) == ("Asker", reply.session)
        return reply.text

    assert run(body)


def test_a_turn_is_cancelled(run: Run[None]) -> None:
    async def body(host: Host) -> None:
        running = await host.open_and_say("Sleeper", "wake up")
        running.cancel()
        reply = await running.reply()
        await running.ended()
        assert (reply.status, reply.error) == (TurnStatus.FAILED, "Sleeper was cancelled")

    run(body)


def test_a_backup_is_restored(run: Run[None], tmp_path: Path) -> None:
    async def body(host: Host) -> None:
        session = await host.open_session("Talker")
        await say(host, session, "before")
        assert await host.backup(str(tmp_path / "kept.db")) == str(tmp_path / "kept.db")
        await say(host, session, "after")
        before = await host.restore(str(tmp_path / "kept.db"))
        assert await host.restore(before) != before, "what was there is set aside, and is such a file"
        assert [turn.message for turn in await host.turns(session.id, 5)] == ["before", "after"]
        await host.restore(str(tmp_path / "kept.db"))
        assert [turn.message for turn in await host.turns(session.id, 5)] == ["before"]

    run(body)


def test_a_folder_that_comes_and_goes_is_seen(run: Run[None], home: Path, talker: Path) -> None:
    async def body(host: Host) -> None:
        with host.watch() as events:
            folder = add_bot(home, "Newcomer", ["cat"], protocol="lines")
            while "Newcomer" not in [spec.name for spec in host.specs()]:
                await anext(events)
            assert (await (await host.open_and_say("Newcomer", "hi")).reply()).text == "hi"
            (folder / "bot.toml").unlink()
            while "Newcomer" in [spec.name for spec in host.specs()]:
                await anext(events)
        with pytest.raises(BotNotFound):
            host.find("Newcomer")

    run(body)


# What only a connection can do ------------------------------------------------------------------------------------


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


# What is called over it ---------------------------------------------------------------------------------------------

TURNS = {"say", "open_and_say", "retry"}
"""What is a prompt rather than a call."""


def test_all_that_a_host_does_is_called() -> None:
    methods = {name for name, method in vars(Host).items() if inspect.iscoroutinefunction(method)}
    assert methods - TURNS == hosting.CALLS
    assert all(inspect.iscoroutinefunction(getattr(RemoteHost, name)) for name in methods)


def test_every_call_travels_with_its_arguments(serve: Serve, talker: Path, tmp_path: Path) -> None:
    """Each as a host of our own answers it, whatever is given, and however: by place or by name."""
    serve()
    asked: set[str] = set()
    restored: list[str] = []

    async def body() -> None:
        async with open_host(prepare(os.environ)) as host:

            async def call(name: str, /, *given: Any, **named: Any) -> Any:
                asked.add(name)
                return plain.read(
                    plain.hints(getattr(Host, name))["return"], _as_json(await getattr(host, name)(*given, **named))
                )

            session = await call("open_session", "talker")
            reply = await say(host, session, "one apple")
            turns = await call("turns", session.id, limit=5, before=None)
            assert [each.text for each in turns] == ["one apple"]
            assert (await call("turn", turn_id=reply.turn)).turn == turns[0]
            assert await call("turns", session.id, 5, after=reply.turn) == []
            assert (await call("history", session.id))[1] == turns
            assert await call("find_turns", session.id, text="APPLE") == [reply.turn]
            assert await call("messages", None, limit=1) == ["one apple"]
            assert await call("failed_turns", limit=1) == []
            assert (await call("set_title", session.id, "Fruit")).title == "Fruit"
            kept = await call("session", session.id)
            assert (kept.title, kept.turns) == ("Fruit", 1)
            assert await call("sessions", search="apple", limit=3) == [kept]
            assert await call("sessions", "pear") == []
            assert await call("last_used_session") == kept
            assert (await call("commands", session)) == ()
            assert (await call("options", session)) == ()
            with pytest.raises(UsageError, match="Talker has no option 'mode'; it has nothing to set"):
                await call("set_option", session, "mode", value="fast")
            assert (await call("attachments", turn_id=reply.turn)) == ()
            assert (await call("attachments_of", session.id, first=reply.turn)) == []
            assert (await call("end_session", session.id)).ended_at is not None
            assert (await call("resume_session", session.id, other_than=None)).ended_at is None
            imported = session._replace(id="imported01", title="Other")
            copied = turns[0]._replace(id="turn000001", session="imported01")
            there = await call("import_session", imported, turns=[copied])
            assert [each.text for each in await call("turns", there.id, 5)] == ["one apple"]
            assert {each.id for each in await call("bots")} == {each.id for each in host.specs()}
            assert (await call("status", name="talker")).name == "Talker"
            assert "THAT_NOBODY_SETS" in await call("why_not_startable", "English")
            assert [await call(name, "talker") for name in ("stop", "start", "restart")] == [None, None, None]
            assert {each.bot for each in await call("exits", "talker", limit=9)} <= {"talker"}
            assert {each.bot: each.turns for each in await call("stats", 0.0, buckets=2)}["talker"] == 2
            assert await call("check_store") is None
            assert await call("backup", str(tmp_path / "kept.db")) == str(tmp_path / "kept.db")
            restored.append(await call("restore", path=str(tmp_path / "kept.db")))

    asyncio.run(asyncio.wait_for(body(), 30))
    assert Path(restored[0]).exists()
    assert asked == hosting.CALLS


def _as_json(value: object) -> Any:
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("error", [
    BotNotFound("Mth", ["Math"]),
    ConfigError("/a/config.toml", "line 3", "is wrong"),
    ConfigError("/a/config.toml", "", "cannot be read"),
    SessionNotFound("no"),
    TurnNotFound("no"),
    UsageError("x"),
    StoreError("full"),
    Stopping("soon"),
    HostGone("y"),
    TellmeError("z"),
], ids=repr)  # fmt: skip
def test_an_error_comes_back_as_itself(error: TellmeError) -> None:
    found = hosting.read_error(str(error), _as_json(hosting.error_data(error)))
    assert (type(found), str(found), found.exit_code) == (type(error), str(error), error.exit_code)
    assert vars(found) == vars(error)


def test_every_error_is_among_them() -> None:
    assert {kind.__name__ for kind in _kinds(TellmeError)} == {
        "BotNotFound", "ConfigError", "SessionNotFound", "TurnNotFound", "UsageError", "StoreError", "Stopping",
        "HostGone", "TellmeError",
    }  # fmt: skip


def _kinds(kind: type[TellmeError]) -> Iterator[type[TellmeError]]:
    if kind.__module__ == TellmeError.__module__:
        yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)


# A connection to what is no server of ours ---------------------------------------------------------------------------


class Other:
    """The other end of a ``Connection``, in the same event loop."""

    def __init__(self) -> None:
        ours, self.socket = socket.socketpair()
        self.socket.setblocking(False)
        self.connection = remote.Connection(ours.detach())
        self._stream = b""

    async def hear(self) -> Any:
        while b"\n" not in self._stream:
            self._stream += await asyncio.get_running_loop().sock_recv(self.socket, 65536)
        line, _, self._stream = self._stream.partition(b"\n")
        return json.loads(line)

    def say(self, **message: Any) -> None:
        self.socket.sendall(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def close(self) -> None:
        self.socket.close()
        self.connection.close()


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
