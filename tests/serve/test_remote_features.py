"""What a bot shows and offers beside its reply is the same from a host here and from a ``tellme serve``."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tellme.errors import UsageError
from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.host.remote import RemoteHost
from tellme.model import OptionValue, Piece, Plan, PlanEntry, Reply, SessionOption, Thought, ToolCall

from ..conftest import add_bot
from .conftest import Serve

WORKER = """
import json, sys

def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)

def update(what, **fields):
    send(method="session/update", params={"sessionId": "s", "update": {"sessionUpdate": what, **fields}})

def text(words):
    return {"type": "text", "text": words}

modes = {
    "currentModeId": "ask",
    "availableModes": [{"id": "ask", "name": "Ask"}, {"id": "code", "name": "Code"}],
}
for line in sys.stdin:
    call = json.loads(line)
    method, result = call.get("method"), {}
    if method == "initialize":
        result = {"protocolVersion": 1, "agentCapabilities": {}}
    elif method == "session/new":
        result = {"sessionId": "s", "modes": modes}
    elif method == "session/prompt":
        update("agent_thought_chunk", content=text("Hm."))
        update("plan", entries=[{"content": "Look", "priority": "high", "status": "pending"}])
        update("tool_call", toolCallId="t", title="Read", kind="read", status="pending")
        update("tool_call_update", toolCallId="t", status="completed",
               content=[{"type": "content", "content": text("3 lines")}])
        update("agent_message_chunk", content=text("Done."))
        result = {"stopReason": "end_turn", "_meta": {"tellme": {"leaves": True}}}
    if "id" in call:
        send(id=call["id"], result=result)
"""

Run = Callable[[Callable[[Host], Awaitable[None]]], None]


@pytest.fixture(params=["local", "remote"])
def run(request: pytest.FixtureRequest, home: Path, serve: Serve) -> Run:
    """Run a body with a host, here or there."""
    folder = add_bot(home, "Worker", [sys.executable, "worker"])
    (folder / "worker").write_text(WORKER)
    if request.param == "remote":
        serve()

    def start(body: Callable[[Host], Awaitable[None]]) -> None:
        async def main() -> None:
            async with open_host(prepare(os.environ)) as host:
                assert isinstance(host, RemoteHost) == (request.param == "remote")
                await body(host)

        asyncio.run(main())

    return start


def test_thoughts_tool_calls_and_plans_come_in_order(run: Run) -> None:
    async def body(host: Host) -> None:
        *events, reply = [event async for event in await host.open_and_say("Worker", "Go")]
        assert events == [
            Thought("Hm."),
            Plan((PlanEntry("Look", "pending"),)),
            ToolCall("t", "Read", "read", "pending"),
            ToolCall("t", "Read", "read", "completed", "3 lines"),
            Piece("Done."),
        ]
        assert isinstance(reply, Reply)
        assert reply.leaves
        assert (await host.session(reply.session)).ended_at is not None

    run(body)


def test_what_a_session_lets_a_person_choose(run: Run) -> None:
    async def body(host: Host) -> None:
        session = await host.open_session("Worker")
        [mode] = await host.options(session)
        assert (mode.value, mode.values) == ("ask", (OptionValue("ask", "Ask"), OptionValue("code", "Code")))
        changed: tuple[SessionOption, ...] = await host.set_option(session, mode.id, "code")
        assert changed == (mode._replace(value="code"),)
        with pytest.raises(UsageError, match="has no option 'speed'; there is"):
            await host.set_option(session, "speed", "high")
        with pytest.raises(UsageError, match="it can be ask, code"):
            await host.set_option(session, mode.id, "fly")

    run(body)
