"""Every method of a host travels to a ``tellme serve`` with its arguments, and its errors travel back."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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
from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.host.remote import RemoteHost
from tellme.wire import hosting, plain

from .conftest import Serve
from .hosts import say

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
