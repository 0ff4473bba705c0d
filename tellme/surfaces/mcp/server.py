"""The tools, said in the types of the package mcp."""

from __future__ import annotations

from typing import Any

from anyio import BrokenResourceError, ClosedResourceError
from mcp.server.lowlevel import Server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
)
from mcp_types import Tool as ToolType

from tellme import __version__
from tellme.surfaces.mcp.tools import Tools
from tellme.surfaces.mcp.transport import Transport

_INSTRUCTIONS = "Each tool ask_… sends one message to one chatbot. A reply names its session: pass that to go on."


async def serve(tools: Tools, transport: Transport) -> None:
    """Serve one client, until it says no more and has its answers."""

    async def listed(_: Any, __: PaginatedRequestParams | None) -> ListToolsResult:
        found = [
            ToolType(name=name, title=title, description=about, input_schema=schema)
            for name, title, about, schema in tools.all()
        ]
        return ListToolsResult(tools=found)

    async def called(_: Any, params: CallToolRequestParams) -> CallToolResult:
        text, fields, is_error = await tools.call(params.name, dict(params.arguments or {}))
        content = [TextContent(type="text", text=text)]
        return CallToolResult(content=[*content], structured_content=fields, is_error=is_error)

    server: Server[Any] = Server(
        "tellme",
        version=__version__,
        title="tellme",
        instructions=_INSTRUCTIONS,
        on_list_tools=listed,
        on_call_tool=called,
    )
    try:
        async with transport.open() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())
    except* (BrokenResourceError, ClosedResourceError):
        # A client that goes takes the streams with it, under whatever of the package's is at them.
        pass
