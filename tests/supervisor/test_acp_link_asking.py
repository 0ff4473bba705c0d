"""A link without a process: what a bot asks for is offered, granted, refused and answered once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.model import Grants, ToolCall
from tellme.supervisor import asked
from tellme.wire.delegating import Answer, Ask

from .conftest import eventually
from .link_wire import Wire, prompted


async def test_what_is_offered_follows_from_the_grants() -> None:
    capabilities = []
    for grants in (Grants(), Grants("", True, True, True), Grants("/x", read=True), Grants("/x", True, True, True)):
        wire = Wire(grants)
        await wire.introduced()
        capabilities.append(wire.sent[0]["params"]["clientCapabilities"])
    assert [(each["fs"]["readTextFile"], each["fs"]["writeTextFile"], each["terminal"]) for each in capabilities] == [
        (False, False, False),
        (False, False, False),
        (True, False, False),
        (True, True, False),  # there is nothing to run commands with
    ]


REFUSED: dict[str, tuple[Grants, str]] = {
    "nothing granted": (Grants(), "fs/read_text_file"),
    "only reading": (Grants("/x", read=True), "fs/write_text_file"),
    "only files": (Grants("/x", read=True, write=True), "terminal/create"),
    "not in the protocol": (Grants("/x", True, True, True), "fs/delete"),
    "unknown": (Grants("/x", True, True, True), "dance"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_granted_is_not_offered(name: str) -> None:
    grants, method = REFUSED[name]
    answer = Wire(grants).asks(method, sessionId="s", path="/x/a", content="", command="ls")
    assert answer["error"] == {"code": -32601, "message": f"tellme does not offer {method}"}


FORM = {"properties": {"colour": {"type": "string", "enum": ["red", "blue"]}}}


async def test_a_form_is_a_question_within_a_turn() -> None:
    wire = Wire()
    listener = prompted(wire)
    questions: list[Any] = []
    listener.question = lambda *question: questions.append(question)  # type: ignore[method-assign]
    params = {"sessionId": "s", "mode": "form", "message": "Which?", "requestedSchema": FORM}
    assert wire.asks("elicitation/create", **params) == {}
    question, answer = questions[0]
    assert (question.title, [option.name for option in question.options]) == ("Which?", ["red", "blue", "No answer"])
    answer("1")
    answer("0")
    assert wire.sent[-1]["result"] == {"action": "accept", "content": {"colour": "blue"}}


@pytest.mark.parametrize(
    ("params", "answer"),
    [
        ({"sessionId": "elsewhere", "mode": "form", "message": "?", "requestedSchema": FORM}, {"action": "cancel"}),
        ({"requestId": 1, "mode": "form", "message": "?", "requestedSchema": FORM}, {"action": "cancel"}),
        ({"sessionId": "s", "mode": "form", "message": "?", "requestedSchema": {}}, {"action": "decline"}),
    ],
)
async def test_a_form_that_nobody_can_fill_in(params: dict[str, Any], answer: dict[str, Any]) -> None:
    wire = Wire()
    prompted(wire)
    assert wire.asks("elicitation/create", **params)["result"] == answer


async def test_a_mode_that_is_not_offered_is_an_error() -> None:
    error = Wire().asks("elicitation/create", sessionId="s", mode="url", message="?", url="https://example.org")[
        "error"
    ]
    assert error["code"] == -32602


async def test_a_question_about_a_tool_call_shows_it() -> None:
    wire = Wire()
    listener = prompted(wire)
    titles: list[str] = []
    listener.question = lambda question, answer: titles.append(question.title)  # type: ignore[method-assign]
    wire.update("s", "tool_call", toolCallId="1", title="Write a")
    for call in ({"toolCallId": "1", "title": None}, {"toolCallId": "2", "title": "Red or blue?"}):
        wire.receive(
            id=call["toolCallId"],
            method="session/request_permission",
            params={"sessionId": "s", "toolCall": call, "options": []},
        )
    assert titles == ["Write a", "Red or blue?"]
    assert listener.shown == [ToolCall("1", "Write a")]


async def test_a_request_that_the_bot_takes_back_is_answered_once() -> None:
    wire = Wire()
    listener = prompted(wire)
    answers: list[Callable[[str | None], None]] = []
    listener.question = lambda question, answer: answers.append(answer)  # type: ignore[method-assign]
    params = {"sessionId": "s", "toolCall": {"toolCallId": "1"}, "options": []}
    wire.receive(id="q", method="session/request_permission", params=params)
    wire.receive(method="$/cancel_request", params={"requestId": "other"})
    wire.receive(method="$/cancel_request", params={"requestId": "q"})
    answers[0](None)
    assert [message["error"]["code"] for message in wire.sent if message.get("id") == "q"] == [-32800]


async def test_open_requests_do_not_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "MAX_OPEN", 3)
    wire = Wire()
    listener = prompted(wire)
    listener.question = lambda question, answer: None  # type: ignore[method-assign]
    params = {"sessionId": "s", "toolCall": {"toolCallId": "1"}, "options": []}
    for number in ("a", "a", "b", "c"):
        wire.receive(id=number, method="session/request_permission", params=params)
    assert [(message["id"], message["error"]["code"]) for message in wire.sent if "error" in message] == [("c", -32603)]


METHODS_OF_A_BOT = (
    *("session/update", "session/request_permission", "elicitation/create", "_tellme/ask", "$/cancel_request"),
    *("fs/read_text_file", "fs/write_text_file", "terminal/create", "terminal/output", "of/the_future"),
)
GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["s", "form", "tool_call"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                (
                    *("sessionId", "update", "sessionUpdate", "content", "toolCall", "toolCallId", "options", "mode"),
                    *(
                        "message",
                        "requestedSchema",
                        "properties",
                        "requestId",
                        "bot",
                        "text",
                        "path",
                        "command",
                        "title",
                    ),
                )
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(requests=st.lists(st.tuples(st.sampled_from(METHODS_OF_A_BOT), GARBAGE), max_size=6))
def test_whatever_is_asked_is_answered_once(requests: list[tuple[str, Any]]) -> None:
    async def ask() -> None:
        wire = Wire(Grants("/nowhere", read=True, write=True))
        listener = prompted(wire)
        for number, (method, params) in enumerate(requests):
            wire.receive(method=method, params=params)
            wire.receive(id=f"q{number}", method=method, params=params)
        expected = [f"q{number}" for number in range(len(requests))]
        await eventually(lambda: sorted(wire.answered_ids()) == expected)
        wire.receive(id=0, result={"stopReason": "end_turn"})
        assert await listener.end == "end_turn"

    asyncio.run(ask())


async def test_a_bot_asks_another_within_its_turn_alone() -> None:
    wire = Wire()
    assert wire.asks("_tellme/ask", sessionId="s", bot="Math", text="2+2")["error"]["code"] == -32020
    listener = prompted(wire)
    asks: list[Ask] = []

    def delegated(ask: Ask, answer: Callable[[Any], None]) -> None:
        asks.append(ask)
        answer(Answer("Math", "4", "answered"))

    listener.delegated = delegated  # type: ignore[method-assign,assignment]
    answer = wire.asks("_tellme/ask", sessionId="s", bot="math", text="2+2", turn="t")
    assert answer["result"] == {"bot": "Math", "text": "4", "status": "answered"}
    assert asks == [Ask("s", "math", "2+2", "t")]
