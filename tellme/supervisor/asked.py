"""The requests of a bot that wait for their answer: each gets exactly one, also when the bot takes it back.

The promise: they do not add up, whatever a bot sends.
"""

from __future__ import annotations

from collections.abc import Callable

from tellme.wire import acp, jsonrpc

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from typing import Any

MAX_OPEN = 500

Respond = Callable[[jsonrpc.Response | jsonrpc.ErrorResponse | bytes], None]


class Asked:
    """One request of the bot."""

    def __init__(self, number: jsonrpc.RequestId, respond: Respond, on_end: Callable[[Asked], None]) -> None:
        self.number = number
        self.is_open = True
        self.on_taken_back: Callable[[], None] | None = None
        """Hears that nobody waits for the answer any more."""
        self._respond = respond
        self._on_end = on_end

    def answer(self, result: dict[str, Any]) -> None:
        """Answer with a result; a request that has its answer gets no other."""
        self._end(jsonrpc.Response(self.number, result))

    def answer_with(self, line: bytes) -> None:
        """Answer with the line itself, which was written elsewhere because it is long."""
        self._end(line)

    def refuse(self, code: int, message: str) -> None:
        """Answer with an error, likewise once."""
        self._end(jsonrpc.ErrorResponse(self.number, code, message))

    def take_back(self) -> None:
        """The bot takes it back; that too is answered."""
        self.refuse(acp.REQUEST_CANCELLED, "was cancelled")
        if self.on_taken_back is not None:
            self.on_taken_back()

    def _end(self, response: jsonrpc.Response | jsonrpc.ErrorResponse | bytes) -> None:
        if self.is_open:
            self.is_open = False
            self._on_end(self)
            self._respond(response)


class OpenRequests:
    """All that are open. A bot that gives several the same number gets as many answers."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._open: dict[int, Asked] = {}
        """By the identity of each."""

    def open(self, number: jsonrpc.RequestId) -> Asked:
        """Take a request. One too many is answered at once: it is not ``is_open``."""
        asked = Asked(number, self._respond, self._forget)
        if len(self._open) >= MAX_OPEN:
            asked.refuse(jsonrpc.INTERNAL_ERROR, f"more than {MAX_OPEN} requests are open")
        else:
            self._open[id(asked)] = asked
        return asked

    def cancel(self, number: jsonrpc.RequestId | None) -> None:
        """The bot takes a request back, if it is open."""
        for asked in [asked for asked in self._open.values() if asked.number == number]:
            asked.take_back()

    def _forget(self, asked: Asked) -> None:
        self._open.pop(id(asked), None)
