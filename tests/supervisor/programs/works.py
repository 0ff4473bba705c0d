"""An agent on the protocol's official SDK that does what a message says: a JSON list of steps, each with its arguments.

It replies with a JSON list of what came of the steps.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

import acp
from acp.interfaces import Client
from acp.schema import (
    AgentCapabilities,
    EnvVariable,
    PermissionOption,
    PlanEntry,
    SessionCapabilities,
    SessionCloseCapabilities,
    SessionMode,
    SessionModeState,
    ToolCallUpdate,
)

MODES = SessionModeState(
    current_mode_id="ask",
    available_modes=[SessionMode(id="ask", name="Ask"), SessionMode(id="do", name="Do it")],
)


class Worker:
    def __init__(self) -> None:
        self._cancelled = asyncio.Event()
        self._mode = "ask"
        self._cwd = ""

    def on_connect(self, conn: Client) -> None:
        self._client = conn

    async def initialize(self, client_capabilities: Any = None, **_: Any) -> acp.InitializeResponse:
        self._capabilities = client_capabilities
        closes = SessionCapabilities(close=SessionCloseCapabilities())
        return acp.InitializeResponse(
            protocol_version=1, agent_capabilities=AgentCapabilities(session_capabilities=closes)
        )

    async def new_session(self, cwd: str, **_: Any) -> acp.NewSessionResponse:
        self._cwd = cwd
        return acp.NewSessionResponse(session_id="s", modes=MODES)

    async def set_session_mode(self, mode_id: str, session_id: str, **_: Any) -> acp.SetSessionModeResponse:
        self._mode = mode_id
        return acp.SetSessionModeResponse()

    async def prompt(self, session_id: str, prompt: list[Any], **_: Any) -> acp.PromptResponse:
        came = []
        for step, *arguments in json.loads(prompt[0].text):
            try:
                came.append(await getattr(self, f"do_{step}")(session_id, *arguments))
            except acp.RequestError as error:
                came.append([error.code, str(error)])
        await self._client.session_update(session_id, acp.update_agent_message_text(json.dumps(came)))
        return acp.PromptResponse(stop_reason="cancelled" if self._cancelled.is_set() else "end_turn")

    async def cancel(self, session_id: str, **_: Any) -> None:
        self._cancelled.set()

    async def do_look(self, session: str) -> list[Any]:
        fs = self._capabilities.fs
        return [self._cwd, self._mode, fs.read_text_file, fs.write_text_file, self._capabilities.terminal]

    async def do_show(self, session: str) -> None:
        plan = [PlanEntry(content="Look", priority="high", status="in_progress")]
        for update in (
            acp.update_agent_thought_text("hm"),
            acp.update_plan(plan),
            acp.start_tool_call("1", "Read a", kind="read", status="in_progress"),
            acp.update_tool_call("1", status="completed", content=[acp.tool_content(acp.text_block("a's text"))]),
        ):
            await self._client.session_update(session, update)

    async def do_ask(self, session: str) -> str:
        options = [PermissionOption(option_id="y", name="Yes", kind="allow_once")]
        call = ToolCallUpdate(tool_call_id="t", title="Delete all")
        answer = await self._client.request_permission(session_id=session, tool_call=call, options=options)
        return answer.outcome.outcome

    async def do_wait(self, session: str) -> None:
        await self._client.session_update(session, acp.update_agent_thought_text("waiting"))
        await self._cancelled.wait()

    async def do_read(self, session: str, path: str, line: int | None = None, limit: int | None = None) -> str:
        return (await self._client.read_text_file(session_id=session, path=path, line=line, limit=limit)).content

    async def do_write(self, session: str, path: str, text: str) -> None:
        await self._client.write_text_file(session_id=session, path=path, content=text)

    async def do_create(self, session: str, command: str, *args: str, **more: Any) -> str:
        env = [EnvVariable(name="FROM_AGENT", value="it")]
        made = await self._client.create_terminal(
            session_id=session, command=command, args=list(args) or None, env=env, **more
        )
        return made.terminal_id

    async def do_run(self, session: str, command: list[str], more: dict[str, Any]) -> list[Any]:
        """Run a command to its end."""
        terminal = await self.do_create(session, *command, **more)
        await self._client.wait_for_terminal_exit(session_id=session, terminal_id=terminal)
        output = await self._client.terminal_output(session_id=session, terminal_id=terminal)
        await self._client.release_terminal(session_id=session, terminal_id=terminal)
        assert output.exit_status is not None
        return [output.output, output.truncated, output.exit_status.exit_code, output.exit_status.signal]

    async def do_kill(self, session: str, terminal: str) -> list[Any]:
        waiting = asyncio.ensure_future(self._client.wait_for_terminal_exit(session_id=session, terminal_id=terminal))
        await self._client.kill_terminal(session_id=session, terminal_id=terminal)
        end = await waiting
        return [end.exit_code, end.signal]

    async def do_show_terminal(self, session: str, terminal: str) -> None:
        await self._client.wait_for_terminal_exit(session_id=session, terminal_id=terminal)
        content = [acp.tool_terminal_ref(terminal)]
        await self._client.session_update(session, acp.start_tool_call("2", "Run", kind="execute", content=content))

    async def do_release(self, session: str, terminal: str) -> None:
        await self._client.release_terminal(session_id=session, terminal_id=terminal)


asyncio.run(acp.run_agent(cast(acp.Agent, Worker())))
