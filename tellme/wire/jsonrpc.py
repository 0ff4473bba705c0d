"""JSON-RPC 2.0, one message a line: bytes ⇄ typed messages, without I/O.

Promises: whatever the bytes, reading never raises, and what cannot be read is a `Malformed` with a sample that is
safe to print; memory is bounded by the limit of one line; what is written is always exactly one line of UTF-8.
"""

from __future__ import annotations

from tellme.values import NamedTuple
from tellme.wire.json_text import decoder, encoder

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from typing import Any, NoReturn

MAX_LINE_BYTES = 16 * 1024 * 1024
"""The longest line that is read: a reply of some megabytes in a single chunk passes, an endless line does not."""

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603

_SAMPLE_CHARS = 80
SAMPLE_BYTES = _SAMPLE_CHARS + 1
"""So much of a line decides what its sample is."""

RequestId = int | str


class Request(NamedTuple):
    """A call that wants an answer with the same id."""

    id: RequestId
    method: str
    params: dict[str, Any]


class Notification(NamedTuple):
    """A call that gets no answer."""

    method: str
    params: dict[str, Any]


class Response(NamedTuple):
    """The answer to a request that went well."""

    id: RequestId
    result: Any


class ErrorResponse(NamedTuple):
    """The answer to a request that failed; ``id`` is ``None`` where the other side could not read it."""

    id: RequestId | None
    code: int
    message: str
    data: Any = None


class Malformed(NamedTuple):
    """A line that is no message. ``reason`` completes the sentence "a line that …"."""

    reason: str
    sample: str
    """The start of the line: printable ASCII, the rest escaped, at most 80 characters."""
    code: int = PARSE_ERROR
    """The error code with which JSON-RPC answers such a line."""
    request_id: RequestId | None = None
    """The id of the request it was meant to be, which wants an answer all the same."""
    response_id: RequestId | None = None
    """The id of our request that it was meant to answer, and that no better answer will come for."""
    is_lost: bool = False
    """It was too long to be read, so that nobody knows what it was."""


Message = Request | Notification | Response | ErrorResponse | Malformed


def parse(line: bytes) -> Message:
    """Read one line. Never raises."""
    try:
        value = _decode(str(line, "utf-8"))
        if b"\\ud" in line or b"\\uD" in line:
            value = _decode(_replace_surrogates(_encode(value)))
    except (ValueError, RecursionError) as error:
        return Malformed(_why_undecodable(error), sample(line))
    if not isinstance(value, dict):
        return _invalid("is a batch, which ACP does not have" if isinstance(value, list) else "is no object", line)
    if value.get("jsonrpc") != "2.0":
        return _invalid("does not say that it is JSON-RPC 2.0", line)
    if "method" in value:
        return _read_call(value, line)
    return _read_answer(value, line)


def encode(message: Request | Notification | Response | ErrorResponse) -> bytes:
    """Write one line, its newline included. Lone surrogates become U+FFFD."""
    text = _encode(_to_object(message))
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return _replace_surrogates(text).encode() + b"\n"


def sample(line: bytes) -> str:
    """Return the start of ``line`` as printable ASCII of at most 80 characters."""
    text = repr(line[:SAMPLE_BYTES])[2:-1]
    return text if len(text) <= _SAMPLE_CHARS else text[: _SAMPLE_CHARS - 3] + "..."


class LineReader:
    """Cuts a stream of bytes into lines: without their ``\\n`` or ``\\r\\n``, blank ones left out unless wanted.

    A line longer than ``limit`` bytes is reported once, as soon as it is, and the rest of it is dropped as it comes.
    """

    def __init__(self, limit: int = MAX_LINE_BYTES, *, keep_blank: bool = False) -> None:
        self.limit = limit
        self._keep_blank = keep_blank
        self._unfinished = bytearray()
        self._dropping = False

    @property
    def unfinished_bytes(self) -> int:
        """How much is kept of a line that has not ended yet."""
        return len(self._unfinished)

    def unfinished(self, most: int) -> bytes:
        """Return the begin of the line that has not ended, at most so many bytes, and leave it where it is."""
        return bytes(self._unfinished[:most])

    def feed(self, data: bytes) -> list[bytes | Malformed]:
        """Take the next bytes of the stream and return what they complete, in order."""
        found: list[bytes | Malformed] = []
        *ended, rest = data.split(b"\n")
        for piece in ended:
            self._extend(piece, found)
            self._end_line(found)
        self._extend(rest, found)
        return found

    def rest(self) -> bytes:
        """Take the line that has not ended, for whom it counts all the same."""
        rest, self._unfinished = bytes(self._unfinished), bytearray()
        return rest

    def close(self) -> Malformed | None:
        """End the stream; a last line without its newline is malformed, since the rest of it can be missing."""
        rest, self._unfinished = bytes(self._unfinished), bytearray()
        self._dropping = False
        return Malformed("ended before its newline", sample(rest)) if rest.strip() else None

    def _extend(self, piece: bytes, found: list[bytes | Malformed]) -> None:
        if self._dropping:
            return
        self._unfinished += piece
        if len(self._unfinished) > self.limit:
            start = bytes(self._unfinished[:SAMPLE_BYTES])
            found.append(Malformed(f"is longer than {self.limit} bytes", sample(start), is_lost=True))
            self._unfinished = bytearray()
            self._dropping = True

    def _end_line(self, found: list[bytes | Malformed]) -> None:
        if self._dropping:
            self._dropping = False
            return
        line = bytes(self._unfinished).removesuffix(b"\r")
        self._unfinished = bytearray()
        if self._keep_blank or (line and not line.isspace()):
            found.append(line)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


_decode = decoder(_refuse_constant)
_encode = encoder()


def _replace_surrogates(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _why_undecodable(error: ValueError | RecursionError) -> str:
    from json import JSONDecodeError

    match error:
        case RecursionError():
            return "is nested too deeply"
        case UnicodeDecodeError():
            return "is no UTF-8"
        case JSONDecodeError():
            return f"is no JSON ({error.msg} at character {error.pos + 1})"
        case _:
            return "has a number that is no JSON number, or has too many digits"


def _invalid(reason: str, line: bytes) -> Malformed:
    return Malformed(reason, sample(line), INVALID_REQUEST)


def _is_id(value: object) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _read_call(value: dict[str, Any], line: bytes) -> Message:
    method = value["method"]
    if not isinstance(method, str):
        return _invalid("has a method that is no string", line)
    id: Any = value.get("id")
    if "id" in value and not _is_id(id):
        return _invalid("has an id that is neither an integer nor a string", line)
    params = value.get("params")
    if params is None:
        params = {}
    if not isinstance(params, dict):
        return Malformed("has params that are no object", sample(line), INVALID_PARAMS, request_id=id)
    return Notification(method, params) if id is None else Request(id, method, params)


def _read_answer(value: dict[str, Any], line: bytes) -> Message:
    if "id" not in value:
        return _invalid("has neither a method nor an id", line)
    id, error = value["id"], value.get("error")
    if not _is_id(id) and (id is not None or error is None):
        return _invalid("has an id that is neither an integer nor a string", line)
    # JSON-RPC 1.0 sends both fields, one of them null; that can be told apart, so it is read.
    if error is None:
        if "result" in value:
            return Response(id, value["result"])
        return _bad_answer("has neither a result nor an error", line, id)
    if value.get("result") is not None:
        return _bad_answer("has both a result and an error", line, id)
    return _read_error(error, line, id)


def _read_error(error: Any, line: bytes, id: RequestId | None) -> Message:
    match error:
        case {"code": int(code), "message": str(message)} if not isinstance(code, bool):
            return ErrorResponse(id, code, message, error.get("data"))
    return _bad_answer("has an error without an integer code and a message", line, id)


def _bad_answer(reason: str, line: bytes, id: RequestId | None) -> Malformed:
    return Malformed(reason, sample(line), INVALID_REQUEST, response_id=id)


def _to_object(message: Request | Notification | Response | ErrorResponse) -> dict[str, Any]:
    match message:
        case Request(id, method, params):
            return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}
        case Notification(method, params):
            return {"jsonrpc": "2.0", "method": method, "params": params}
        case Response(id, result):
            return {"jsonrpc": "2.0", "id": id, "result": result}
        case ErrorResponse(id, code, text, data):
            error = {"code": code, "message": text}
            return {"jsonrpc": "2.0", "id": id, "error": error if data is None else error | {"data": data}}
