"""An agent on the protocol's official Python SDK, our own work: the SDK's examples are not in its wheel.

It echoes a message piece by piece; some messages make it use more of the protocol.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

import acp
from acp.interfaces import Client
from acp.schema import AgentCapabilities, Implementation, PermissionOption, ToolCallUpdate


class EchoAgent:
    def __init__(self) -> None:
        self._cancelled = asyncio.Event()

    def on_connect(self, conn: Client) -> None:
        self._client = conn

    async def initialize(self, protocol_version: int, **_: Any) -> acp.InitializeResponse:
        return acp.InitializeResponse(
            protocol_version=protocol_version,
            agent_capabilities=AgentCapabilities(load_session=True),
            agent_info=Implementation(name="echo", version="3"),
        )

    async def new_session(self, cwd: str, **_: Any) -> acp.NewSessionResponse:
        return acp.NewSessionResponse(session_id=f"session in {cwd}")

    async def load_session(self, cwd: str, session_id: str, **_: Any) -> acp.LoadSessionResponse:
        await self._client.session_update(session_id, acp.update_user_message_text("what I said"))
        await self._client.session_update(session_id, acp.update_agent_message_text("what it said"))
        return acp.LoadSessionResponse()

    async def prompt(self, session_id: str, prompt: list[Any], **meta: Any) -> acp.PromptResponse:
        text = prompt[0].text
        if text == "turn":
            text = meta["tellme"]["turn"]
        if text == "ask":
            text = await self._ask(session_id)
        if text == "wait":
            await self._client.session_update(session_id, acp.update_agent_thought_text("hm"))
            await self._cancelled.wait()
            return acp.PromptResponse(stop_reason="cancelled")
        for piece in text.split():
            await self._client.session_update(session_id, acp.update_agent_message_text(piece))
        return acp.PromptResponse(stop_reason="end_turn")

    async def cancel(self, session_id: str, **_: Any) -> None:
        self._cancelled.set()

    async def _ask(self, session_id: str) -> str:
        options = [
            PermissionOption(option_id="y", name="Yes", kind="allow_once"),
            PermissionOption(option_id="n", name="No", kind="reject_once"),
        ]
        call = ToolCallUpdate(tool_call_id="t", title="Delete all")
        answer = await self._client.request_permission(session_id=session_id, tool_call=call, options=options)
        return f"{answer.outcome.outcome} {getattr(answer.outcome, 'option_id', '')}"


asyncio.run(acp.run_agent(cast(acp.Agent, EchoAgent())))
