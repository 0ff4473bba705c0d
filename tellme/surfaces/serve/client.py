"""One client as JSON-RPC: its lines become requests and notifications; questions to it become answers.

Promise: whatever it sends, it costs a bounded amount of memory, and what cannot be read is answered with an error until
there was too much of it; then the client is sent away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any

from tellme.surfaces.serve.channel import ROOM_BYTES, Channel
from tellme.wire import acp, jsonrpc
from tellme.wire.fields import Json

MAX_MALFORMED = 20
"""After so many lines that are no messages it is no client of ours."""
MAX_GREETING_BYTES = 64 * 1024
"""How much a client may send before its first message is whole."""
GREET_S = 10.0
"""A client that has sent no message for so long after it came is sent away."""
MAX_OWN_LINE_BYTES = 256 * 1024 * 1024
"""How long a line of a client that is tellme may be: it may be a whole session."""

PIECE_CHARS = 128 * 1024
"""A longer text is told in several pieces: a line has a longest length, and a character may take six bytes of it."""


class Client:
    """See the module. ``feed`` calls ``on_request``, with the bytes that it took, and ``on_notification``, in order.

    ``is_timed`` where it may not be silent for long at first: whoever began this process may.
    """

    def __init__(
        self,
        channel: Channel,
        on_request: Callable[[jsonrpc.Request, int], None],
        on_notification: Callable[[jsonrpc.Notification], None],
        *,
        is_timed: bool = True,
    ) -> None:
        self.channel = channel
        self.is_known = False
        """Has it sent anything that is a message?"""
        self._on_request = on_request
        self._on_notification = on_notification
        self._reader = jsonrpc.LineReader()
        self._malformed = 0
        self._questions: dict[jsonrpc.RequestId | None, asyncio.Future[Any]] = {}
        self._numbers = count(1)
        self._can_answer = True
        self._is_sent_away = False
        self._silence: asyncio.TimerHandle | None = None
        if is_timed:
            self._silence = asyncio.get_running_loop().call_later(GREET_S, self._send_away_silent)

    @property
    def unfinished_bytes(self) -> int:
        """How much there is of a line that has not ended yet."""
        return self._reader.unfinished_bytes

    def take_long_lines(self) -> None:
        """Take lines of any length that the house has room for, from now on."""
        self._reader.limit = MAX_OWN_LINE_BYTES

    def feed(self, data: bytes) -> None:
        """Take bytes from the client."""
        for line in self._reader.feed(data):
            if isinstance(line, jsonrpc.Malformed):
                self._answer_malformed(line)
            else:
                self._deliver(jsonrpc.parse(line), len(line))
            if self._is_sent_away:
                return
        if not self.is_known and self.unfinished_bytes > MAX_GREETING_BYTES:
            self.send_away("This is a host of tellme's: it expects one JSON-RPC message a line.")

    def respond(self, number: jsonrpc.RequestId, result: object) -> None:
        """Answer a request."""
        self.channel.send(jsonrpc.encode(jsonrpc.Response(number, result)))

    def refuse(self, number: jsonrpc.RequestId | None, code: int, message: str, data: object = None) -> None:
        """Answer a request with an error."""
        self.channel.send(jsonrpc.encode(jsonrpc.ErrorResponse(number, code, message, data)))

    def notify(self, method: str, params: Json) -> None:
        """Tell the client something."""
        self.channel.send(jsonrpc.encode(jsonrpc.Notification(method, params)))

    async def tell_text(self, kind: str, session_id: str, text: str, meta: Json) -> None:
        """Tell the client a text of any length as updates of a session; waits where it does not read."""
        for at in range(0, len(text), PIECE_CHARS):
            if self.channel.waiting_bytes > ROOM_BYTES:
                await self.channel.room()
            content = {"type": "text", "text": text[at : at + PIECE_CHARS]}
            update = {"sessionUpdate": kind, "content": content}
            self.notify(acp.UPDATE, {"sessionId": session_id, "update": update, **meta})

    async def ask(self, method: str, params: Json) -> object:
        """Ask the client something; ``None`` where it does not answer, or with an error."""
        if not self._can_answer:
            return None
        number = next(self._numbers)
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._questions[number] = answer
        self.channel.send(jsonrpc.encode(jsonrpc.Request(number, method, params)))
        try:
            return await answer
        except asyncio.CancelledError:
            if self._can_answer:
                self.notify(acp.CANCEL_REQUEST, acp.cancel_request_params(number))
            raise
        finally:
            self._questions.pop(number, None)

    def end_input(self) -> None:
        """Take note that the client says no more: whoever waits for its answer waits no longer."""
        self._can_answer = False
        for question in self._questions.values():
            if not question.done():
                question.set_result(None)

    def lost(self) -> None:
        """Take note that the client is gone, and drop what it has not finished to say."""
        self._stop_timing()
        self._reader.close()
        self.end_input()

    def send_away(self, why: str) -> None:
        """Say why, and close when that is read."""
        self._is_sent_away = True
        self._stop_timing()
        self.refuse(None, jsonrpc.INVALID_REQUEST, why)
        self.channel.finish()

    def _send_away_silent(self) -> None:
        self.send_away(f"No message came within {GREET_S:g} s.")

    def _known(self) -> None:
        self.is_known = True
        self._stop_timing()

    def _stop_timing(self) -> None:
        if self._silence is not None:
            self._silence.cancel()

    def _deliver(self, message: jsonrpc.Message, size: int) -> None:
        match message:
            case jsonrpc.Request():
                self._known()
                self._on_request(message, size)
            case jsonrpc.Notification():
                self._known()
                self._on_notification(message)
            case jsonrpc.Response(number, result):
                self._settle(number, result)
            case jsonrpc.ErrorResponse(number):
                self._settle(number, None)
            case jsonrpc.Malformed():
                self._answer_malformed(message)

    def _settle(self, number: jsonrpc.RequestId | None, result: object) -> None:
        """A question may be over when its answer comes: a turn was cancelled meanwhile."""
        question = self._questions.get(number)
        if question is not None and not question.done():
            question.set_result(result)

    def _answer_malformed(self, message: jsonrpc.Malformed) -> None:
        self._settle(message.response_id, None)
        self._malformed += 1
        if self._malformed > MAX_MALFORMED:
            self.send_away(f"More than {MAX_MALFORMED} lines were no JSON-RPC messages.")
        elif message.response_id is None:
            self.refuse(message.request_id, message.code, f"This is a line that {message.reason}.")
