"""The pipes between a bot and its client: stdin and stdout, taken over so that nothing else gets into them.

It works on file descriptors alone, since in a forked process the objects in ``sys`` belong to the parent's past.
"""

from __future__ import annotations

import os
import select
import sys

from tellme.wire.jsonrpc import (
    INTERNAL_ERROR,
    ErrorResponse,
    LineReader,
    Malformed,
    Message,
    Notification,
    Request,
    Response,
    encode,
    parse,
)

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from tellme.wire.fields import Json

_READ_BYTES = 65536


class Connection:
    """Messages in and out. Reading and writing block; a client that is gone is no error, but the end."""

    def __init__(self, input: int, output: int) -> None:
        self.input = input
        self._output = output
        self.at_end = False
        """The client sends nothing more."""
        self.broken = False
        """The client reads nothing more."""
        self._lines = LineReader()
        self._last_id = 0
        for descriptor in (self.input, self._output):
            os.set_blocking(descriptor, True)
        self._poll = select.poll()
        self._poll.register(self.input, select.POLLIN)

    def read(self) -> list[Message]:
        """Wait for the next bytes and return the messages that they complete, often none."""
        try:
            data = os.read(self.input, _READ_BYTES)
        except OSError:
            data = b""
        if not data:
            self.at_end = True
            unfinished = self._lines.close()
            return [unfinished] if unfinished else []
        return [line if isinstance(line, Malformed) else parse(line) for line in self._lines.feed(data)]

    def has_input(self) -> bool:
        """Tell whether `read` would return at once with something new."""
        return not self.at_end and bool(self._poll.poll(0))

    def send(self, *messages: Request | Notification | Response | ErrorResponse) -> None:
        """Write the messages, in one go where the pipe takes it."""
        rest = b"".join(map(encode, messages))
        try:
            while rest and not self.broken:
                rest = rest[os.write(self._output, rest) :]
        except OSError:
            self.broken = True

    def request(self, method: str, params: Json) -> int:
        """Send a request; returns the id that its answer will have."""
        self._last_id += 1
        self.send(Request(self._last_id, method, params))
        return self._last_id

    def close(self) -> None:
        """Give up both pipes, so that the client sees the end before the interpreter has shut down."""
        os.close(self.input)
        os.close(self._output)


def take_standard_streams() -> Connection:
    """Make stdin and stdout a connection, and leave nothing behind in their place that gets into the protocol."""
    connection = Connection(os.dup(0), os.dup(1))
    _leave_standard_streams()
    return connection


def answer_in(message: Message) -> Response | ErrorResponse | None:
    """Return the answer to a request of ours that a message is; one that cannot be read is an error, too."""
    match message:
        case Response() | ErrorResponse():
            return message
        case Malformed(response_id=int() | str() as number):
            return ErrorResponse(number, INTERNAL_ERROR, f"the client answered with a line that {message.reason}")
    return None


def log(text: str) -> None:
    """Write to stderr, the bot's log, whatever has become of ``sys.stderr``."""
    try:
        os.write(2, text.encode("utf-8", "backslashreplace"))
    except OSError:
        return  # nobody keeps the log; the bot goes on


def _leave_standard_streams() -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
