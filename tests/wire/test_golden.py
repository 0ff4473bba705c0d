"""Each message that tellme sends, byte for byte, and as the official SDK's schema reads it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from acp import schema
from pydantic import BaseModel

from tellme.wire import acp, acp_agent
from tellme.wire.acp import AgentCommand
from tellme.wire.jsonrpc import Notification, Request, Response, encode

GOLDEN: list[tuple[Request | Notification | Response, type[BaseModel], str]] = [
    (
        Request(1, acp.INITIALIZE, acp.initialize_params("tellme", "0.1")),
        schema.InitializeRequest,
        '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":1,"clientCapabilities":'
        '{"fs":{"readTextFile":false,"writeTextFile":false},"terminal":false},'
        '"clientInfo":{"name":"tellme","version":"0.1"}}}',
    ),
    (
        Request(2, acp.NEW_SESSION, acp.new_session_params("/bots/x")),
        schema.NewSessionRequest,
        '{"jsonrpc":"2.0","id":2,"method":"session/new","params":{"cwd":"/bots/x","mcpServers":[]}}',
    ),
    (
        Request(2, acp.NEW_SESSION, acp.new_session_params("/", [acp.Exchange("2+2", "4", "answered")])),
        schema.NewSessionRequest,
        '{"jsonrpc":"2.0","id":2,"method":"session/new","params":{"cwd":"/","mcpServers":[],'
        '"_meta":{"tellme":{"history":[{"message":"2+2","text":"4","status":"answered"}]}}}}',
    ),
    (
        Request(3, acp.LOAD_SESSION, acp.load_session_params("s", "/")),
        schema.LoadSessionRequest,
        '{"jsonrpc":"2.0","id":3,"method":"session/load","params":{"sessionId":"s","cwd":"/","mcpServers":[]}}',
    ),
    (
        Request(3, acp.RESUME_SESSION, acp.resume_session_params("s", "/")),
        schema.ResumeSessionRequest,
        '{"jsonrpc":"2.0","id":3,"method":"session/resume","params":{"sessionId":"s","cwd":"/","mcpServers":[]}}',
    ),
    (
        Request(4, acp.PROMPT, acp.prompt_params("s", "2+2?\né", "t1")),
        schema.PromptRequest,
        '{"jsonrpc":"2.0","id":4,"method":"session/prompt","params":{"sessionId":"s",'
        '"prompt":[{"type":"text","text":"2+2?\\né"}],"_meta":{"tellme":{"turn":"t1"}}}}',
    ),
    (
        Notification(acp.CANCEL, acp.cancel_params("s")),
        schema.CancelNotification,
        '{"jsonrpc":"2.0","method":"session/cancel","params":{"sessionId":"s"}}',
    ),
    (
        Response(5, acp.permission_selected("y")),
        schema.RequestPermissionResponse,
        '{"jsonrpc":"2.0","id":5,"result":{"outcome":{"outcome":"selected","optionId":"y"}}}',
    ),
    (
        Response("5", acp.permission_cancelled()),
        schema.RequestPermissionResponse,
        '{"jsonrpc":"2.0","id":"5","result":{"outcome":{"outcome":"cancelled"}}}',
    ),
    (
        Response(1, acp_agent.initialize_result("Math", "1.0", "Counts")),
        schema.InitializeResponse,
        '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"agentCapabilities":{"loadSession":false,'
        '"promptCapabilities":{"image":true,"audio":true,"embeddedContext":true}},"agentInfo":{"name":"Math","version":"1.0"},'
        '"authMethods":[],"_meta":{"tellme":{"history":true,"description":"Counts"}}}}',
    ),
    (
        Response(2, acp_agent.new_session_result("s")),
        schema.NewSessionResponse,
        '{"jsonrpc":"2.0","id":2,"result":{"sessionId":"s"}}',
    ),
    (
        Response(4, acp_agent.prompt_result(acp.REFUSAL)),
        schema.PromptResponse,
        '{"jsonrpc":"2.0","id":4,"result":{"stopReason":"refusal"}}',
    ),
    (
        Notification(acp.UPDATE, acp_agent.text_update_params("s", "4")),
        schema.SessionNotification,
        '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s",'
        '"update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"4"}}}}',
    ),
    (
        Notification(
            acp.UPDATE,
            acp_agent.commands_update_params(
                "s", [AgentCommand("list", "Lists"), AgentCommand("undo", "Takes back", "[N]")]
            ),
        ),
        schema.SessionNotification,
        '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{'
        '"sessionUpdate":"available_commands_update","availableCommands":[{"name":"list","description":"Lists"},'
        '{"name":"undo","description":"Takes back","input":{"hint":"[N]"}}]}}}',
    ),
]


def body(message: Request | Notification | Response) -> dict[str, Any]:
    return message.result if isinstance(message, Response) else message.params


@pytest.mark.parametrize(("message", "line"), [(message, line) for message, _, line in GOLDEN])
def test_lines(message: Request | Notification | Response, line: str) -> None:
    assert encode(message) == line.encode() + b"\n"


@pytest.mark.parametrize(("message", "model"), [(message, model) for message, model, _ in GOLDEN])
def test_the_official_schema_reads_every_field(message: Any, model: type[BaseModel]) -> None:
    read = model.model_validate(body(message))
    assert json.loads(read.model_dump_json(by_alias=True, exclude_unset=True)) == body(message)


def test_method_names_are_the_official_ones() -> None:
    from acp.meta import AGENT_METHODS, CLIENT_METHODS, PROTOCOL_VERSION

    ours = {acp.INITIALIZE, acp.NEW_SESSION, acp.LOAD_SESSION, acp.RESUME_SESSION, acp.PROMPT, acp.CANCEL}
    assert ours <= set(AGENT_METHODS.values())
    assert {acp.UPDATE, acp.REQUEST_PERMISSION} <= set(CLIENT_METHODS.values())
    assert acp.PROTOCOL_VERSION == PROTOCOL_VERSION


def test_stop_reasons_are_the_official_ones() -> None:
    from typing import get_args

    assert frozenset(get_args(schema.StopReason)) == acp.STOP_REASONS
