"""A link without a process: what goes out and comes in is in lists."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

from tellme.model import Grants
from tellme.supervisor.acp_link import AcpLink

from .conftest import Listener


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
