"""The protocol's official Python SDK as a client of the server, over its socket."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

import acp as sdk
import pytest
from acp.interfaces import Client
from acp.schema import AllowedOutcome, RequestPermissionResponse

from .conftest import Served


class Person:
    """The least that the SDK wants of a client: it gathers what is said, and says yes."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.asked: list[str] = []

    async def session_update(self, session_id: str, update: Any, **_: Any) -> None:
        text = update.content.text if hasattr(update, "content") else ""
        self.heard.append((update.session_update, text))

    async def request_permission(self, options: Any, session_id: str, tool_call: Any, **_: Any) -> Any:
        self.asked.append(tool_call.title)
        return RequestPermissionResponse(outcome=AllowedOutcome(outcome="selected", option_id=options[0].option_id))

    @property
    def text(self) -> str:
        said, self.heard = self.heard, []
        return "".join(text for kind, text in said if kind == "agent_message_chunk")


def test_a_conversation(shared: Served, tmp_path: Path) -> None:
    asyncio.run(converse(shared, tmp_path))


async def converse(shared: Served, tmp_path: Path) -> None:
    reader, writer = await asyncio.open_unix_connection(str(shared.path))
    person = Person()
    host = sdk.connect_to_agent(cast(Client, person), writer, reader)
    try:
        await talk(host, person, tmp_path)
    finally:
        await host.close()
        writer.close()


async def talk(host: Any, person: Person, tmp_path: Path) -> None:
    hello = await host.initialize(protocol_version=sdk.PROTOCOL_VERSION)
    assert hello.agent_info is not None
    assert (hello.protocol_version, hello.agent_info.name) == (1, "tellme")
    assert hello.agent_capabilities is not None
    assert hello.agent_capabilities.load_session

    session = (await host.new_session(cwd="/", mcp_servers=[])).session_id
    said = await host.prompt(session_id=session, prompt=[sdk.text_block("say it back")])
    assert (said.stop_reason, person.text) == ("end_turn", "say it back")
    blocks: list[Any] = [sdk.text_block("see"), sdk.resource_link_block("a.py", "file:///a.py")]
    await host.prompt(session_id=session, prompt=blocks)
    assert person.text == "see\nfile:///a.py"

    endless = asyncio.create_task(host.prompt(session_id=session, prompt=[sdk.text_block(f"wait {tmp_path / 'x'}")]))
    while not endless.done():
        await asyncio.sleep(0.005)
        await host.cancel(session_id=session)
    assert (await endless).stop_reason == "cancelled"

    asker = await host.new_session(cwd="/", mcp_servers=[], tellme={"bot": "Asker"})
    await host.prompt(session_id=asker.session_id, prompt=[sdk.text_block("may you?")])
    assert person.asked == ["May I?"]
    assert '"optionId": "y"' in person.text

    listed = await host.list_sessions(cwd="/")
    assert asker.session_id in {each.session_id for each in listed.sessions}
    await host.load_session(session_id=asker.session_id, cwd="/", mcp_servers=[])
    assert [kind for kind, _ in person.heard] == ["user_message_chunk", "agent_message_chunk"]
    await host.resume_session(session_id=asker.session_id, cwd="/")
    with pytest.raises(sdk.RequestError, match="There is no session 'nowhere'"):
        await host.prompt(session_id="nowhere", prompt=[sdk.text_block("x")])
