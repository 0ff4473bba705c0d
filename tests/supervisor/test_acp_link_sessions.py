"""A link without a process: what a bot says first, how sessions and requests end, and logins."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tellme.supervisor import greetings
from tellme.supervisor.link import Refused

from .link_wire import Wire, prompted

# What it says first -----------------------------------------------------------------------------------------------


async def test_a_greeting_goes_out_when_the_session_is_ours() -> None:
    wire = Wire()
    opening = asyncio.ensure_future(wire.link.new_session((), "ours"))
    await asyncio.sleep(0)
    wire.says("s", "Good ")
    wire.receive(id=0, result={"sessionId": "s"})
    wire.says("s", "morning")
    assert await opening == "s"
    assert wire.spoken == []
    wire.link.sessions.add("ours", "s")
    assert wire.spoken == [("ours", "Good morning")]
    wire.link.sessions.add("ours", "s")
    wire.says("s", "!")
    assert wire.spoken == [("ours", "Good morning"), ("ours", "!")]


async def test_what_is_said_in_no_session_of_ours_goes_out_without_one() -> None:
    wire = Wire()
    wire.says("elsewhere", "before")
    opening = asyncio.ensure_future(wire.link.new_session((), "ours"))
    await asyncio.sleep(0)
    wire.says("elsewhere", "meanwhile")
    wire.receive(id=0, result={"sessionId": "s"})
    await opening
    assert wire.spoken == [("", "before"), ("", "meanwhile")]


async def test_a_greeting_is_bounded() -> None:
    wire = Wire()
    opening = asyncio.ensure_future(wire.link.new_session((), "ours"))
    await asyncio.sleep(0)
    for _ in range(10):
        wire.says("s", "x" * 30_000)
    wire.receive(id=0, result={"sessionId": "s"})
    await opening
    wire.link.sessions.add("ours", "s")
    assert [len(text) for _, text in wire.spoken] == [greetings.MAX_CHARS]


# What is given up, and what is closed -----------------------------------------------------------------------------


async def test_a_request_that_nobody_waits_for_is_withdrawn() -> None:
    wire = Wire()
    opening = asyncio.ensure_future(wire.link.new_session((), "ours"))
    await asyncio.sleep(0)
    opening.cancel()
    await asyncio.wait((opening,))
    await asyncio.sleep(0)
    assert wire.sent[-1] == {"jsonrpc": "2.0", "method": "$/cancel_request", "params": {"requestId": 0}}
    wire.receive(id=0, result={"sessionId": "s"})
    assert wire.link.heard == 1


@pytest.mark.parametrize(("offers", "sent"), [({"close": {}}, ["session/close"]), ({}, [])])
async def test_a_session_that_ended_is_closed_where_that_is_offered(offers: dict[str, Any], sent: list[str]) -> None:
    wire = Wire()
    await wire.introduced(agentCapabilities={"sessionCapabilities": offers})
    await wire.opened("a")
    wire.link.sessions.add("b", "s")
    wire.link.close_session("a")
    assert wire.sent == [], "another of ours has the same"
    wire.link.close_session("b")
    wire.link.close_session("b")
    assert [message["method"] for message in wire.sent] == sent
    assert "b" not in wire.link.sessions


METHODS = [{"id": "i", "name": "Log in", "type": "terminal", "args": ["login"]}, {"id": "k", "name": "Key"}]

LOGINS: dict[str, tuple[list[Any], dict[str, Any], str]] = {
    # what the agent offers, its error → the reason
    "a way": (
        METHODS,
        {"code": -32000, "message": "no"},
        "wants you to log in first: run its command with 'login' added in a terminal (it offers: Log in, Key), "
        "then ask again",
    ),
    "no way": (
        [],
        {"code": -32000, "message": "Authentication required"},
        "wants you to log in first: run its own login in a terminal, then ask again",
    ),
    "another error": (METHODS, {"code": -32603, "message": "no"}, "answered with an error: no (-32603)"),
    "an error of its own": ([], {"code": -32000, "message": "no"}, "answered with an error: no (-32000)"),
}


@pytest.mark.parametrize("name", LOGINS)
async def test_an_agent_that_wants_a_login_says_so_in_one_line(name: str) -> None:
    methods, error, reason = LOGINS[name]
    wire = Wire()
    await wire.introduced(authMethods=methods)
    wire.sent.clear()
    with pytest.raises(Refused) as caught:
        await wire.answered(wire.link.new_session((), "ours"), error=error)
    assert caught.value.reason == reason
    listener = prompted(wire)
    wire.receive(id=wire.sent[-1]["id"], error=error)
    outcome = await listener.end
    assert isinstance(outcome, Refused)
    assert outcome.reason == reason
