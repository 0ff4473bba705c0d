"""ACP messages: what a stranger sends is read or is an `AcpError`, never anything else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.model import Attachment
from tellme.wire import acp, acp_agent
from tellme.wire.acp import AgentCommand, CommandsUpdate, Exchange, OtherUpdate, TextChunk
from tellme.wire.fields import AcpError

READERS: list[Callable[[dict[str, Any]], object]] = [
    acp.read_agent_info,
    acp.read_session_id,
    acp.read_stop_reason,
    acp.read_update,
    acp.read_permission_request,
    acp_agent.read_initialize,
    acp_agent.read_new_session,
    acp_agent.read_prompt,
    acp_agent.session_of,
]

KEYS = (
    *("sessionId", "stopReason", "protocolVersion", "agentCapabilities", "sessionCapabilities", "resume", "agentInfo"),
    *("name", "version", "description", "update", "sessionUpdate", "content", "type", "text", "uri", "resource"),
    *("toolCall", "title", "options", "optionId", "kind", "cwd", "_meta", "tellme", "history", "message", "status"),
    *("turn", "prompt"),
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(["text", "resource", "resource_link", "agent_message_chunk", "end_turn"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=15,
)


def initialized(**changes: object) -> dict[str, object]:
    return {"protocolVersion": 1} | changes


def update(**fields: object) -> dict[str, Any]:
    return {"sessionId": "s", "update": fields}


def prompt(*blocks: object, **changes: object) -> dict[str, Any]:
    return {"sessionId": "s", "prompt": list(blocks)} | changes


class TestAgentInfo:
    def test_an_agent_that_says_little(self) -> None:
        assert acp.read_agent_info(initialized()) == acp.AgentInfo(1)

    def test_an_agent_that_says_much(self) -> None:
        result = initialized(
            agentCapabilities={"loadSession": True, "sessionCapabilities": {"resume": {}}, "unknown": 1},
            agentInfo={"name": "a", "version": "2", "title": None},
            _meta={"tellme": {"history": True, "description": "d"}},
        )
        assert acp.read_agent_info(result) == acp.AgentInfo(1, True, True, True, "a", "2", "d")

    def test_what_else_an_agent_may_offer(self) -> None:
        methods = [
            {"id": "i", "name": "Log in", "type": "terminal", "args": ["login", 1]},
            *("x", {"id": 1, "name": "n"}, {"id": "k", "name": "Key", "args": "x"}),
        ]
        capabilities = {
            "sessionCapabilities": {"close": {}, "list": {}},
            "promptCapabilities": {"image": True, "audio": False, "embeddedContext": True},
        }
        result = initialized(agentCapabilities=capabilities, agentInfo={"name": "", "title": "T"}, authMethods=methods)
        assert acp.read_agent_info(result) == acp.AgentInfo(
            1,
            title="T",
            close=True,
            lists=True,
            embedded_context=True,
            images=True,
            auth_methods=(
                acp.AuthMethod("i", "Log in", kind="terminal", args=("login",)),
                acp.AuthMethod("k", "Key"),
            ),
        )

    def test_null_is_the_same_as_nothing(self) -> None:
        result = initialized(agentCapabilities={"sessionCapabilities": {"resume": None}}, agentInfo=None, _meta=None)
        assert acp.read_agent_info(result) == acp.AgentInfo(1)

    @pytest.mark.parametrize("where", [{}, {"agentCapabilities": None}])
    def test_history_can_be_announced_in_either_place(self, where: dict[str, object]) -> None:
        meta = {"_meta": {"tellme": {"history": True}}}
        assert acp.read_agent_info(initialized(**meta) | where).reads_history
        assert acp.read_agent_info(initialized(agentCapabilities=meta)).reads_history
        assert not acp.read_agent_info(initialized(_meta={"tellme": {"history": 1}})).reads_history

    @pytest.mark.parametrize(
        ("result", "problem"),
        [
            (None, "sent no object as result of initialize"),
            ({}, "sent no integer as protocolVersion"),
            ({"protocolVersion": True}, "sent no integer as protocolVersion"),
            ({"protocolVersion": "1"}, "sent no integer as protocolVersion"),
            ({"protocolVersion": 2}, "speaks version 2 of the protocol, tellme speaks 1"),
            (initialized(agentInfo="x"), "sent no object as agentInfo"),
            (initialized(agentInfo={"name": 1}), "sent no string as name"),
        ],
    )
    def test_what_does_not_fit(self, result: object, problem: str) -> None:
        with pytest.raises(AcpError) as caught:
            acp.read_agent_info(result)
        assert str(caught.value) == problem


class TestResults:
    def test_session_id(self) -> None:
        assert acp.read_session_id({"sessionId": "s", "modes": None}) == "s"

    @pytest.mark.parametrize("result", [None, [], {}, {"sessionId": 1}])
    def test_no_session_id(self, result: object) -> None:
        with pytest.raises(AcpError):
            acp.read_session_id(result)

    @pytest.mark.parametrize("reason", ["end_turn", "max_tokens", "max_turn_requests", "refusal", "cancelled"])
    def test_stop_reasons(self, reason: str) -> None:
        assert acp.read_stop_reason(acp_agent.prompt_result(reason)) == reason

    @pytest.mark.parametrize("result", [None, {}, {"stopReason": None}, {"stopReason": "because\x1b[31m"}])
    def test_what_is_no_stop_reason(self, result: object) -> None:
        with pytest.raises(AcpError) as caught:
            acp.read_stop_reason(result)
        assert str(caught.value).isprintable()


class TestUpdates:
    def test_text(self) -> None:
        assert acp.read_update(acp_agent.text_update_params("s", "hi")) == ("s", TextChunk("hi"))

    @pytest.mark.parametrize("kind", ["user_message_chunk", "usage_update", "plan_update", "of_the_future"])
    def test_other_kinds_are_kept_by_name(self, kind: str) -> None:
        assert acp.read_update(update(sessionUpdate=kind, entries=[])) == ("s", OtherUpdate(kind))

    def test_commands(self) -> None:
        commands = [
            {"name": "undo", "description": "Takes back", "input": {"hint": "[N]"}, "_meta": {}},
            *("undo", {"name": "undo"}, {"name": "undo", "description": "", "input": "N"}),
            {"name": "list", "description": "Lists", "input": None},
        ]
        assert acp.read_update(update(sessionUpdate="available_commands_update", availableCommands=commands)) == (
            "s",
            CommandsUpdate((AgentCommand("undo", "Takes back", "[N]"), AgentCommand("list", "Lists"))),
        )

    def test_a_chunk_that_is_no_text(self) -> None:
        content = {"type": "image", "data": "A" * 16_384, "mimeType": "image/png"}
        params = update(sessionUpdate="agent_message_chunk", content=content, messageId="m")
        assert acp.read_update(params) == ("s", TextChunk("[image: image/png, 12 KiB]", "m"))

    @pytest.mark.parametrize(
        "params",
        [
            {},
            {"sessionId": "s"},
            {"sessionId": 1, "update": {"sessionUpdate": "plan"}},
            update(),
            update(sessionUpdate=1),
            update(sessionUpdate="available_commands_update"),
            update(sessionUpdate="agent_message_chunk"),
            update(sessionUpdate="agent_message_chunk", content="hi"),
            update(sessionUpdate="agent_message_chunk", content={"type": "text"}),
            update(sessionUpdate="agent_message_chunk", content={"type": "text", "text": 1}),
        ],
    )
    def test_what_does_not_fit(self, params: dict[str, Any]) -> None:
        with pytest.raises(AcpError):
            acp.read_update(params)


OPTION = {"optionId": "y", "name": "Yes", "kind": "allow_once"}


class TestPermission:
    def test_a_request(self) -> None:
        params = {"sessionId": "s", "toolCall": {"toolCallId": "t", "title": "Delete all"}, "options": [OPTION]}
        option = acp.PermissionOption("y", "Yes", "allow_once")
        assert acp.read_permission_request(params) == acp.PermissionRequest("s", "Delete all", (option,))

    def test_a_request_without_title_or_options(self) -> None:
        params = {"sessionId": "s", "toolCall": {"title": None}, "options": []}
        assert acp.read_permission_request(params) == acp.PermissionRequest("s", "", ())

    @pytest.mark.parametrize(
        "change",
        [{"sessionId": None}, {"toolCall": None}, {"options": None}, {"options": ["y"]}, {"options": [OPTION, {}]}],
    )
    def test_what_does_not_fit(self, change: dict[str, Any]) -> None:
        with pytest.raises(AcpError):
            acp.read_permission_request({"sessionId": "s", "toolCall": {}, "options": [OPTION]} | change)


PICTURE = Attachment("a.png", "file:///a.png", "image/png", None, "QQ==")
PAPER = Attachment("a.txt", "file:///a.txt", "text/plain", "a's text")
NOTE = Attachment("note", "", "", "a note")
LINK = Attachment("a.py", "file:///a.py")

TAKEN: dict[str, tuple[Attachment, acp.AgentInfo, dict[str, Any]]] = {
    # what goes along, what the agent takes → the block that it gets
    "a link": (LINK, acp.AgentInfo(1), {"type": "resource_link", "name": "a.py", "uri": "file:///a.py"}),
    "a picture": (
        PICTURE,
        acp.AgentInfo(1, images=True),
        {"type": "image", "data": "QQ==", "mimeType": "image/png", "uri": "file:///a.png"},
    ),
    "a picture for one that takes none": (
        PICTURE,
        acp.AgentInfo(1, embedded_context=True),
        {"type": "resource_link", "name": "a.png", "uri": "file:///a.png", "mimeType": "image/png"},
    ),
    "a text": (
        PAPER,
        acp.AgentInfo(1, embedded_context=True),
        {"type": "resource", "resource": {"uri": "file:///a.txt", "text": "a's text", "mimeType": "text/plain"}},
    ),
    "a text for one that takes none": (
        PAPER,
        acp.AgentInfo(1),
        {"type": "resource_link", "name": "a.txt", "uri": "file:///a.txt", "mimeType": "text/plain"},
    ),
    "a text from nowhere": (NOTE, acp.AgentInfo(1), {"type": "text", "text": "a note"}),
}


@pytest.mark.parametrize("name", TAKEN)
def test_an_agent_gets_an_attachment_in_a_form_that_it_takes(name: str) -> None:
    attachment, agent, expected = TAKEN[name]
    assert acp.prompt_params("s", "hi", "t", (attachment,), agent)["prompt"] == [TEXT, expected]


TEXT = {"type": "text", "text": "hi"}


class TestAgentSide:
    def test_history_comes_through(self) -> None:
        history = (Exchange("2+2", "4", "answered"), Exchange("x", "", "failed"))
        assert acp_agent.read_new_session(acp.new_session_params("/", history)) == acp_agent.NewSession("/", history)

    def test_no_history(self) -> None:
        assert acp.new_session_params("/") == {"cwd": "/", "mcpServers": []}
        assert acp_agent.read_new_session(acp.new_session_params("/")) == acp_agent.NewSession("/")

    @pytest.mark.parametrize("history", ["x", {}, [1], [{"message": "m", "text": "t"}]])
    def test_a_history_that_does_not_fit(self, history: object) -> None:
        with pytest.raises(AcpError):
            acp_agent.read_new_session({"cwd": "/", "_meta": {"tellme": {"history": history}}})

    def test_the_version_of_a_client(self) -> None:
        assert acp_agent.read_initialize(acp.initialize_params("c", "1")) == 1
        assert acp_agent.read_initialize({"protocolVersion": "2024-11-05"}) == 0
        with pytest.raises(AcpError):
            acp_agent.read_initialize({})

    def test_a_prompt_of_tellme(self) -> None:
        assert acp_agent.read_prompt(acp.prompt_params("s", "hi", "t1")) == acp_agent.Prompt("s", "hi", "t1")

    def test_blocks_become_lines(self) -> None:
        params = prompt(
            {"type": "text", "text": "Look at"},
            {"type": "resource_link", "uri": "file:///a.py", "name": "a.py"},
            {"type": "resource", "resource": {"uri": "file:///b", "text": "b's text"}},
        )
        assert acp_agent.read_prompt(params) == acp_agent.Prompt(
            "s",
            "Look at\nfile:///a.py\nb's text",
            attachments=(Attachment("a.py", "file:///a.py"), Attachment("b", "file:///b", "", "b's text")),
        )

    @pytest.mark.parametrize(
        "params",
        [
            {},
            {"sessionId": "s", "prompt": "hi"},
            prompt("hi"),
            prompt({"type": "text"}),
            prompt({"type": "image", "data": ""}),
            prompt({"type": "resource", "resource": {"uri": "u"}}),
            prompt(_meta={"tellme": {"turn": 1}}),
            prompt(_meta={"tellme": 1}),
        ],
    )
    def test_what_is_no_prompt(self, params: dict[str, Any]) -> None:
        with pytest.raises(AcpError):
            acp_agent.read_prompt(params)

    def test_cancel(self) -> None:
        assert acp_agent.session_of(acp.cancel_params("s")) == "s"


@pytest.mark.parametrize("read", READERS)
@settings(max_examples=40, derandomize=True, deadline=None)
@given(params=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8))
def test_a_reader_raises_nothing_but_its_error(
    read: Callable[[dict[str, Any]], object], params: dict[str, Any]
) -> None:
    with suppress(AcpError):
        read(params)
