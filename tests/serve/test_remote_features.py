"""What a bot shows and offers beside its reply is the same from a host here and from a ``tellme serve``."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tellme.errors import UsageError
from tellme.host.connection import Connection
from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.host.remote import RemoteHost
from tellme.model import OptionValue, Piece, Plan, PlanEntry, Question, Reply, SessionOption, Thought, ToolCall
from tellme.wire.hosting import Wish

from ..conftest import add_bot, rows, wait_until
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
        said = call["params"]["prompt"][0]["text"]
        if said.startswith("title "):
            update("session_info_update", title=said[6:])
        update("agent_message_chunk", content=text("Done."))
        result = {"stopReason": "end_turn", "_meta": {"tellme": {"leaves": said == "Go"}}}
    if "id" in call:
        send(id=call["id"], result=result)
    if method == "session/prompt" and said == "late":
        update("session_info_update", title="Late\x1b[31m")
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


def test_what_the_agent_calls_a_session_is_its_title_where_the_person_gave_none(run: Run, home: Path) -> None:
    async def body(host: Host) -> None:
        session = await host.open_session("Worker")

        async def titled(message: str) -> str:
            await (await host.say(session, message)).reply()
            return (await host.session(session.id)).title

        assert await titled("first") == "first"
        assert await titled("title One") == "One"
        assert await titled("title Two") == "Two"
        assert [each.title for each in await host.sessions("two")] == ["Two"]
        assert (await host.set_title(session.id, "Mine")).title == "Mine"
        assert await titled("title Three") == "Mine"
        assert (await host.set_title(session.id, "")).title == "Three"
        await titled("late")
        await asyncio.to_thread(wait_until, lambda: rows(home, "SELECT agent_title FROM session") != [("Three",)])
        title = (await host.session(session.id)).title
        assert title.startswith("Late")
        assert title.isprintable()

    run(body)


def test_a_question_that_the_host_takes_back_goes_from_the_screen() -> None:
    ours, theirs = socket.socketpair()
    heard = theirs.makefile("r")
    asked, gone = list[str](), list[str]()

    async def choose(question: Question) -> str | None:
        asked.append(question.title)
        if question.title == "Second":
            return "y"
        try:
            return await asyncio.get_running_loop().create_future()
        finally:
            gone.append(question.title)

    def send(**message: object) -> None:
        theirs.sendall(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def ask(number: int, title: str) -> None:
        options = [{"optionId": "y", "name": "Yes", "kind": "allow_once"}]
        call = {"toolCallId": "question", "title": title}
        meta = {"tellme": {"turn": "t", "bot": "Worker"}}
        params = {"sessionId": "s", "toolCall": call, "options": options, "_meta": meta}
        send(id=number, method="session/request_permission", params=params)

    async def body() -> None:
        connection = Connection(ours.detach())
        beginning = asyncio.ensure_future(connection.begin(None, "Go", Wish(bot="worker"), choose))
        prompt = json.loads(await asyncio.to_thread(heard.readline))
        session = ["s", "worker", 1.0, None, 1.0, "", None, 0]
        send(method="_tellme/turn", params={"turn": "t", "key": 1, "session": session})
        await beginning
        ask(1, "First")
        ask(2, "Second")
        answers = [json.loads(await asyncio.to_thread(heard.readline))]
        send(method="$/cancel_request", params={"requestId": 1})
        answers.append(json.loads(await asyncio.to_thread(heard.readline)))
        send(method="$/cancel_request", params={"requestId": 2})
        outcomes = {each["id"]: each["result"]["outcome"]["outcome"] for each in answers}
        assert outcomes == {2: "selected", 1: "cancelled"}
        assert (asked, gone, prompt["method"]) == (["First", "Second"], ["First"], "session/prompt")
        connection.close()

    with theirs, heard:
        asyncio.run(asyncio.wait_for(body(), 30))
