"""A link without a process: what an answer means, by what came before it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from tellme.supervisor import acp_requests, peer
from tellme.supervisor.acp_link import MAX_SESSION_ID, AcpLink
from tellme.supervisor.link import Died, Forgotten, Refused
from tellme.wire import acp, jsonrpc

from .conftest import Listener

NOT_FOUND: dict[str, Any] = {"code": -32002, "message": "no session s"}


class Wire:
    """A link, what it has written, and the bot's part by hand."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.link = AcpLink("Test", lambda data: self.sent.append(json.loads(data)), lambda line: None, lambda *_: None)

    def receive(self, **message: Any) -> None:
        self.link.feed(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def update(self, session: str, kind: str = "agent_message_chunk") -> None:
        update = {"sessionUpdate": kind, "content": {"type": "text", "text": "hm"}, "availableCommands": []}
        self.receive(method="session/update", params={"sessionId": session, "update": update})

    def question(self, session: str) -> None:
        params = {"sessionId": session, "toolCall": {"toolCallId": "1", "title": "May I?"}, "options": []}
        self.receive(id="q", method="session/request_permission", params=params)


COMES: dict[str, tuple[Callable[[Wire], None], dict[str, Any], type[Refused]]] = {
    # what comes before the answer, the answer's error → what the prompt ends with
    "nothing": (lambda wire: None, NOT_FOUND, Forgotten),
    "a piece": (lambda wire: wire.update("s"), NOT_FOUND, Refused),
    "a tool call": (lambda wire: wire.update("s", "tool_call"), NOT_FOUND, Refused),
    "a kind of the future": (lambda wire: wire.update("s", "dance"), NOT_FOUND, Refused),
    "a question": (lambda wire: wire.question("s"), NOT_FOUND, Refused),
    "a piece elsewhere": (lambda wire: wire.update("t"), NOT_FOUND, Forgotten),
    "a question elsewhere": (lambda wire: wire.question("t"), NOT_FOUND, Forgotten),
    "another error": (lambda wire: None, {"code": -32001, "message": "no"}, Refused),
}


@pytest.mark.parametrize("name", COMES)
async def test_a_session_is_forgotten_only_where_nothing_came_of_the_prompt(name: str) -> None:
    come, error, expected = COMES[name]
    wire, listener = Wire(), Listener()
    wire.link.prompt("s", "hello", "turn", listener)
    come(wire)
    wire.receive(id=0, error=error)
    assert type(await listener.end) is expected


@pytest.mark.parametrize(("length", "fits"), [(MAX_SESSION_ID, True), (MAX_SESSION_ID + 1, False)])
async def test_the_id_of_a_session_is_bounded(length: int, fits: bool) -> None:
    wire = Wire()
    opening = asyncio.ensure_future(wire.link.new_session((), "ours"))
    await asyncio.sleep(0)
    wire.receive(id=0, result={"sessionId": "s" * length})
    if fits:
        assert await opening == "s" * length
    else:
        with pytest.raises(Refused, match="names a session with more than 1,000 characters"):
            await opening


ANSWERS: dict[str, tuple[Callable[[Wire], None], int]] = {
    "a result": (lambda wire: wire.receive(id=0, result={}), 1),
    "an error": (lambda wire: wire.receive(id=0, error={"code": -32601, "message": "no such method"}), 1),
    "an answer that does not fit": (lambda wire: wire.receive(id=0, error="no"), 1),
    "the answer to something else": (lambda wire: wire.receive(id=7, result={}), 0),
    "a piece": (lambda wire: wire.update("s"), 0),
    "the end": (lambda wire: wire.link.fail("died"), 0),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_to_a_ping_is_any_but_the_end(name: str) -> None:
    act, expected = ANSWERS[name]
    wire = Wire()
    answers: list[bool] = []
    wire.link.ping(lambda: answers.append(True))
    act(wire)
    assert len(answers) == expected


async def test_a_question_of_a_turn_that_was_cancelled_is_answered_so() -> None:
    wire, listener = Wire(), Listener()
    wire.link.prompt("s", "hello", "turn", listener)
    wire.link.cancel("s")
    wire.question("s")
    assert wire.sent[-1]["result"] == {"outcome": {"outcome": "cancelled"}}
    wire.link.fail("died")
    assert isinstance(await listener.end, Died)


async def test_a_cancel_that_comes_too_late_spoils_no_later_turn() -> None:
    wire = Wire()
    wire.link.prompt("s", "hello", "turn", Listener())
    wire.receive(id=0, result={"stopReason": "end_turn"})
    wire.link.cancel("s")
    asked: list[object] = []
    listener = Listener()
    listener.question = lambda question, answer: asked.append(question)  # type: ignore[method-assign]
    wire.link.prompt("s", "hello", "turn", listener)
    wire.question("s")
    assert len(asked) == 1


async def test_an_error_of_ours_costs_one_message(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for module in (acp_requests, peer):
        monkeypatch.setattr(module, "_logger", logging.Logger("alone"))  # whatever a host did to tellme's loggers
        module._logger.addHandler(caplog.handler)
    monkeypatch.setattr(acp, "read_permission_request", lambda params: 1 // 0)
    monkeypatch.setattr(acp, "read_update", lambda params: 1 // 0)
    wire, listener = Wire(), Listener()
    wire.link.prompt("s", "hello", "turn", listener)
    params = {"jsonrpc": "2.0", "method": "session/request_permission", "params": {}}
    messages = [{**params, "id": 7}, {**params, "id": 7}, {**params, "method": "session/update"}]
    end = {"jsonrpc": "2.0", "id": 0, "result": {"stopReason": "end_turn"}}
    wire.link.feed(b"".join(json.dumps(message).encode() + b"\n" for message in (*messages, end)))
    assert await listener.end == "end_turn"
    assert [message["error"]["code"] for message in wire.sent[1:]] == [-32603] * 2
    assert caplog.text.count("ZeroDivisionError") == 3


async def test_an_answer_of_which_a_line_was_too_long_to_read_is_none() -> None:
    wire, torn, whole = Wire(), Listener(), Listener()
    wire.link.prompt("s", "hello", "turn", torn)
    wire.link.feed(b"x" * (jsonrpc.MAX_LINE_BYTES + 1) + b"\n")
    wire.receive(id=0, result={"stopReason": "end_turn"})
    refused = torn.end.result()
    assert isinstance(refused, Refused)
    assert "longer than 16777216 bytes" in refused.reason
    wire.link.prompt("s", "again", "turn", whole)
    wire.receive(id=1, result={"stopReason": "end_turn"})
    assert whole.end.result() == "end_turn"
