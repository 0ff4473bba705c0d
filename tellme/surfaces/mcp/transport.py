"""The bytes of an MCP client as the package's messages. Its own transport reads in a thread that no signal ends.

Promises: a line has a longest length, and what waits to be worked on is bounded; what was asked for before stdin ended
is answered.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCError, JSONRPCNotification, JSONRPCRequest, JSONRPCResponse, jsonrpc_message_adapter

from tellme.surfaces.serve.channel import Channel
from tellme.wire import jsonrpc

_logger = logging.getLogger(__name__)

MAX_WAITING = 64
"""So many messages may wait to be worked on before no more are read."""

Incoming = MemoryObjectReceiveStream[SessionMessage | Exception]
Outgoing = MemoryObjectSendStream[SessionMessage]


class Transport:
    """See the module. ``on_gone`` is called when the client has gone, answers or not."""

    def __init__(self, incoming: int, outgoing: int, on_gone: Callable[[], None]) -> None:
        self._channel = Channel(incoming, outgoing)
        self._channel.on_data = self._take
        self._channel.on_end = self._end
        self._channel.on_close = lambda _: on_gone()
        self._reader = jsonrpc.LineReader()
        self._waiting: deque[SessionMessage | Exception] = deque()
        self._open: set[str | int] = set()
        """The requests that have no answer yet."""
        self._has_ended = False
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[Incoming, Outgoing]]:
        """Give the streams that the package reads and writes."""
        to_server, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        outgoing, from_server = anyio.create_memory_object_stream[SessionMessage](0)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._deliver, to_server)
            tasks.start_soon(self._send, from_server)
            self._channel.open()
            try:
                yield incoming, outgoing
            finally:
                tasks.cancel_scope.cancel()
                for stream in (to_server, incoming, outgoing, from_server):
                    stream.close()
                self._channel.finish()

    def _take(self, data: bytes) -> None:
        for line in self._reader.feed(data):
            if isinstance(line, jsonrpc.Malformed):
                _logger.warning("the client sent a line that %s", line.reason)
                self._waiting.append(ValueError(line.reason))
            elif line.strip():
                self._waiting.append(_message(line))
        self._channel.hold(holds=len(self._waiting) > MAX_WAITING)
        self._changed.set()

    def _end(self) -> None:
        self._has_ended = True
        self._changed.set()

    async def _deliver(self, to_server: MemoryObjectSendStream[SessionMessage | Exception]) -> None:
        async with to_server:
            while self._waiting or self._open or not self._has_ended:
                if not self._waiting:
                    self._changed.clear()
                    await self._changed.wait()
                    continue
                message = self._waiting.popleft()
                self._channel.hold(holds=len(self._waiting) > MAX_WAITING)
                if isinstance(message, SessionMessage):
                    self._note(message)
                await to_server.send(message)

    async def _send(self, from_server: MemoryObjectReceiveStream[SessionMessage]) -> None:
        async for message in from_server:
            await self._channel.room()
            text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
            self._channel.send(text.encode() + b"\n")
            if isinstance(message.message, JSONRPCResponse | JSONRPCError) and message.message.id is not None:
                self._open.discard(message.message.id)
                self._changed.set()

    def _note(self, message: SessionMessage) -> None:
        """Know what is to be answered: a request, unless the client takes it back."""
        match message.message:
            case JSONRPCRequest(id=number):
                self._open.add(number)
            case JSONRPCNotification(method="notifications/cancelled", params={"requestId": str() | int() as number}):
                self._open.discard(number)


def _message(line: bytes) -> SessionMessage | Exception:
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError as error:  # what is no message is the package's to answer
        return error
