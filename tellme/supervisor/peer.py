"""JSON-RPC 2.0 over one pair of pipes: ids, open requests, order, and the failure of all of them at the end.

Updates are delivered by the reader, in order, before the response that follows them; nothing is handed to a task.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from tellme.supervisor.link import Died, Refused
from tellme.text import one_line, shorten
from tellme.wire import acp, jsonrpc

_logger = logging.getLogger(__name__)

Write = Callable[[bytes], None]
OnNotification = Callable[[str, dict[str, object]], None]
OnRequest = Callable[[jsonrpc.Request], None]
OnMalformed = Callable[[jsonrpc.Malformed], None]
Settle = Callable[[object], None]
"""Takes how a request ended: its result, or the exception that says why there is none."""


class Peer:
    """One JSON-RPC connection. ``write`` takes a whole line; the three callbacks are called by ``feed``, in order."""

    def __init__(
        self,
        write: Write,
        on_notification: OnNotification,
        on_request: OnRequest,
        on_malformed: OnMalformed,
        max_line_bytes: int = jsonrpc.MAX_LINE_BYTES,
        on_refusal: Callable[[str], None] | None = None,
    ) -> None:
        """``on_refusal`` hears the text of an error that answers no request: why the other end is about to hang up."""
        self.heard = 0
        """How many messages have come, answers among them that name an open request and are malformed otherwise."""
        self._write = write
        self._on_notification = on_notification
        self._on_request = on_request
        self._on_malformed = on_malformed
        self._on_refusal = on_refusal
        self._lines = jsonrpc.LineReader(max_line_bytes)
        self._open: dict[int | str, Settle] = {}
        self._next_id = 0
        self._ended: Died | None = None

    def feed(self, data: bytes) -> None:
        """Take bytes from the other end and deliver the messages that they complete."""
        for line in self._lines.feed(data):
            message = line if isinstance(line, jsonrpc.Malformed) else jsonrpc.parse(line)
            try:
                self._deliver(message)
            except Exception:
                self._unforeseen(message)

    @property
    def unfinished(self) -> str:
        """A sample of a message that has begun to come and has not ended; empty where there is none."""
        begin = self._lines.unfinished(jsonrpc.SAMPLE_BYTES)
        return jsonrpc.sample(begin) if begin.strip() else ""

    def call(self, method: str, params: dict[str, object], settle: Settle) -> None:
        """Send a request; ``settle`` is called once, in order with the notifications around it."""
        if self._ended is not None:
            settle(self._ended)
            return
        number = self._next_id
        self._next_id += 1
        self._open[number] = settle
        self._write(jsonrpc.encode(jsonrpc.Request(number, method, params)))

    def request(self, method: str, params: dict[str, object], *, withdraw: bool = False) -> asyncio.Future[object]:
        """Send a request. The future ends with its result, ``Refused`` (a JSON-RPC error) or ``Died``. With
        ``withdraw``, the other end is told when nobody waits any more; its answer is still taken.
        """
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        number = self._next_id
        self.call(method, params, lambda outcome: _end(future, outcome))
        if withdraw:
            future.add_done_callback(lambda done: self._withdraw(number) if done.cancelled() else None)
        return future

    def _withdraw(self, number: int) -> None:
        if number in self._open:
            self.notify(acp.CANCEL_REQUEST, acp.cancel_request_params(number))

    def notify(self, method: str, params: dict[str, object]) -> None:
        """Send a notification."""
        if self._ended is None:
            self._write(jsonrpc.encode(jsonrpc.Notification(method, params)))

    def respond(self, message: jsonrpc.Response | jsonrpc.ErrorResponse | bytes) -> None:
        """Answer a request of the other end; bytes are the whole line."""
        if self._ended is None:
            self._write(message if isinstance(message, bytes) else jsonrpc.encode(message))

    def fail(self, reason: str, *, final: bool = False) -> None:
        """End the connection: each open request raises ``Died(reason)``, each later one at once."""
        if self._ended is not None:
            return
        self._ended = Died(reason, final=final)
        waiting, self._open = self._open, {}
        for each in waiting.values():
            each(self._ended)

    def _deliver(self, message: jsonrpc.Message) -> None:
        if not isinstance(message, jsonrpc.Malformed):
            self.heard += 1
        match message:
            case jsonrpc.Notification(method, params):
                self._on_notification(method, params)
            case jsonrpc.Response(number, result):
                self._settle(number, result)
            case jsonrpc.ErrorResponse(None, _, text) if self._on_refusal is not None:
                self._on_refusal(text)
            case jsonrpc.ErrorResponse(number, code, text, _):
                reason = f"answered with an error: {shorten(one_line(text), 300)} ({shorten(str(code), 20)})"
                self._settle(number, Refused(reason, message))
            case jsonrpc.Request():
                self._on_request(message)
            case jsonrpc.Malformed():
                self._malformed(message)

    def _unforeseen(self, message: jsonrpc.Message) -> None:
        """An error of ours costs the one message, and no other that came with it."""
        _logger.exception("a message of the other end could not be taken: %.200s", ascii(message))
        if isinstance(message, jsonrpc.Request):
            self.respond(jsonrpc.ErrorResponse(message.id, jsonrpc.INTERNAL_ERROR, "an error inside tellme"))

    def _malformed(self, message: jsonrpc.Malformed) -> None:
        self._on_malformed(message)
        if message.request_id is not None:
            self.respond(jsonrpc.ErrorResponse(message.request_id, message.code, f"a line that {message.reason}"))
        if message.response_id in self._open:
            self.heard += 1
            self._settle(message.response_id, Refused(f"answered with a line that {message.reason}"))

    def _settle(self, number: int | str | None, outcome: object) -> None:
        waiting = self._open.pop(number, None) if number is not None else None
        if waiting is None:
            self._on_malformed(jsonrpc.Malformed("answers a request that is not open", ascii(number)[:80]))
        else:
            waiting(outcome)


def _end(future: asyncio.Future[object], outcome: object) -> None:
    """End a future with an outcome, unless whoever asked no longer waits."""
    if future.done():
        return
    if isinstance(outcome, (Died, Refused)):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
