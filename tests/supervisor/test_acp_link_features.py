"""A link without a process: what a bot shows beside its reply, lets the person choose, asks for and says first."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.model import Grants, Plan, PlanEntry, ToolCall
from tellme.supervisor import acp_prompt, asked, greetings
from tellme.supervisor.acp_link import AcpLink
from tellme.supervisor.link import Refused
from tellme.wire.delegating import Answer, Ask

from .conftest import Listener, eventually


class Wire:
    """A link, what it has written, what the bot said by itself, and the bot's part by hand."""

    def __init__(self, grants: Grants = Grants()) -> None:  # noqa: B008
        self.sent: list[dict[str, Any]] = []
        self.spoken: list[tuple[str, str]] = []
        self.link = AcpLink("Test", self._write, lambda line: None, lambda *said: self.spoken.append(said), grants)

    def receive(self, **message: Any) -> None:
        self.link.feed(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def update(self, session: str, kind: str, /, **fields: Any) -> None:
        self.receive(method="session/update", params={"sessionId": session, "update": {"sessionUpdate": kind} | fields})

    def says(self, session: str, text: str, **fields: Any) -> None:
        self.update(session, "agent_message_chunk", content={"type": "text", "text": text}, **fields)

    def asks(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a request of the bot's; returns the answer, empty where there is none yet."""
        before = len(self.sent)
        self.receive(id="q", method=method, params=params)
        return self.sent[-1] if len(self.sent) > before else {}

    async def answered(self, call: Coroutine[Any, Any, Any], **answer: Any) -> Any:
        """Carry out a call of the link's that sends one request, which the bot answers so."""
        task = asyncio.ensure_future(call)
        await asyncio.sleep(0)
        number = self.sent[-1]["id"]
        self.receive(id=number, **answer)
        return await task

    def answered_ids(self) -> list[str]:
        return [message["id"] for message in self.sent if "method" not in message and message["id"] is not None]

    async def opened(self, ours: str = "ours", theirs: str = "s", **result: Any) -> None:
        self.sent.clear()
        await self.answered(self.link.new_session((), ours), result={"sessionId": theirs, **result})
        self.link.sessions.add(ours, theirs)
        self.sent.clear()

    async def introduced(self, **result: Any) -> None:
        await self.answered(self.link.initialize(), result={"protocolVersion": 1, **result})

    def _write(self, data: bytes) -> None:
        self.sent.append(json.loads(data))


def prompted(wire: Wire, session: str = "s") -> Listener:
    listener = Listener()
    wire.link.prompt(session, "hello", "turn", listener)
    return listener


# What is shown beside the reply -----------------------------------------------------------------------------------


async def test_thoughts_tool_calls_and_plans_are_told_in_order() -> None:
    wire = Wire()
    listener = prompted(wire)
    wire.update("s", "agent_thought_chunk", content={"type": "text", "text": "h\x1b["})
    wire.update("s", "agent_thought_chunk", content={"type": "text", "text": "31mm"})
    wire.update("s", "tool_call", toolCallId="1", title="Read a", kind="read")
    wire.update("s", "plan", entries=[{"content": "Look", "status": "pending"}])
    wire.update("s", "tool_call_update", toolCallId="1", status="completed")
    wire.update("s", "tool_call_update", toolCallId="1", status="completed")
    assert listener.shown == [
        *("h", "m"),
        ToolCall("1", "Read a", "read"),
        Plan((PlanEntry("Look", "pending"),)),
        ToolCall("1", "Read a", "read", "completed"),
    ]


async def test_a_thought_that_breaks_off_is_told_at_the_end() -> None:
    wire = Wire()
    listener = prompted(wire)
    wire.update("s", "agent_thought_chunk", content={"type": "text", "text": "hm\r"})
    assert listener.shown == ["hm"]
    wire.receive(id=0, result={"stopReason": "end_turn"})
    assert listener.shown == ["hm", "\n"]


async def test_messages_of_one_reply_are_set_apart() -> None:
    wire = Wire()
    listener = prompted(wire)
    for text, message in (("a", "1"), ("b", "1"), ("c", "2"), ("d", None), ("e", "2"), ("f", "3")):
        wire.says("s", text, messageId=message)
    assert listener.text == "ab\n\ncde\n\nf"


@pytest.mark.parametrize("kind", ["thoughts", "tool calls", "plans"])
async def test_a_flood_beside_the_reply_is_bounded(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acp_prompt, "MAX_SHOWN", 10)
    wire = Wire()
    listener = prompted(wire)
    for number in range(50):
        if kind == "thoughts":
            wire.update("s", "agent_thought_chunk", content={"type": "text", "text": "hm"})
        elif kind == "tool calls":
            wire.update("s", "tool_call", toolCallId="1", title=str(number))
        else:
            wire.update("s", "plan", entries=[{"content": str(number), "status": "pending"}])
    assert len(listener.shown) == 10


async def test_only_so_many_tool_calls_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acp_prompt, "MAX_TOOL_CALLS", 2)
    wire = Wire()
    listener = prompted(wire)
    for number in (1, 2, 3, 1):
        wire.update("s", "tool_call_update", toolCallId=str(number), status="completed", title=str(len(listener.shown)))
    assert [call.id for call in listener.shown if isinstance(call, ToolCall)] == ["1", "2", "1"]


async def test_an_update_that_does_not_fit_is_an_effect_all_the_same() -> None:
    wire = Wire()
    listener = prompted(wire)
    wire.update("s", "tool_call")
    wire.receive(id=0, error={"code": -32002, "message": "no session s"})
    assert type(await listener.end) is Refused


async def test_a_bot_leaves_before_its_prompt_is_over() -> None:
    wire = Wire()
    listener = prompted(wire)
    listener.stopped = lambda outcome: listener.end.set_result(listener.leaves)  # type: ignore[method-assign]
    wire.receive(id=0, result={"stopReason": "end_turn", "_meta": {"tellme": {"leaves": True}}})
    assert await listener.end is True


# What can be chosen -----------------------------------------------------------------------------------------------

MODES = {"currentModeId": "ask", "availableModes": [{"id": "ask", "name": "Ask"}, {"id": "do", "name": "Do"}]}
THINK = {"id": "think", "name": "Think", "type": "boolean", "currentValue": False}


def values(wire: Wire) -> dict[str, str]:
    return {option.id: option.value for option in wire.link.options("s")}


async def test_a_mode_is_set_by_the_person_and_by_the_bot() -> None:
    wire = Wire()
    await wire.opened(modes=MODES)
    assert values(wire) == {"mode": "ask"}
    await wire.answered(wire.link.set_option("s", "mode", "do"), result={})
    assert wire.sent[0]["method"] == "session/set_mode"
    assert wire.sent[0]["params"] == {"sessionId": "s", "modeId": "do"}
    assert values(wire) == {"mode": "do"}
    wire.update("s", "current_mode_update", currentModeId="ask")
    wire.update("s", "current_mode_update", currentModeId="of the future")
    assert values(wire) == {"mode": "ask"}


async def test_an_option_is_set_and_may_change_others() -> None:
    wire = Wire()
    await wire.opened(configOptions=[THINK])
    changed = [{**THINK, "currentValue": True}, {**THINK, "id": "loud"}]
    await wire.answered(wire.link.set_option("s", "think", "true"), result={"configOptions": changed})
    assert wire.sent[0]["params"] == {"sessionId": "s", "configId": "think", "type": "boolean", "value": True}
    assert values(wire) == {"think": "true", "loud": "false"}
    wire.update("s", "config_option_update", configOptions=[THINK])
    assert values(wire) == {"think": "false"}


@pytest.mark.parametrize(("option", "value"), [("mode", "nap"), ("mood", "ask")])
async def test_what_cannot_be_chosen_is_refused_and_not_sent(option: str, value: str) -> None:
    wire = Wire()
    await wire.opened(modes=MODES)
    with pytest.raises(Refused, match="has no option"):
        await wire.link.set_option("s", option, value)
    assert wire.sent == []


async def test_a_choice_that_the_bot_refuses_changes_nothing() -> None:
    wire = Wire()
    await wire.opened(modes=MODES)
    with pytest.raises(Refused):
        await wire.answered(wire.link.set_option("s", "mode", "do"), error={"code": -32603, "message": "no"})
    assert values(wire) == {"mode": "ask"}


async def test_the_title_of_a_session_is_kept() -> None:
    wire = Wire()
    await wire.opened()
    wire.update("s", "session_info_update", title="A talk")
    assert wire.link.sessions.title("ours") == "A talk"


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


# What it asks for -------------------------------------------------------------------------------------------------


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


@settings(max_examples=150, derandomize=True, deadline=None)
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
