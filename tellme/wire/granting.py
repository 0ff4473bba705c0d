"""Requests of an agent for what a manifest may grant it: files (``fs/…``) and commands (``terminal/…``), read and
answered.
"""

from __future__ import annotations

from json import JSONEncoder

from tellme.values import NamedTuple
from tellme.wire.fields import AcpError, Json, integer_of, list_of, object_of, optional_string, string_of
from tellme.wire.jsonrpc import RequestId

READ_FILE = "fs/read_text_file"
WRITE_FILE = "fs/write_text_file"
CREATE_TERMINAL = "terminal/create"
TERMINAL_OUTPUT = "terminal/output"
WAIT_FOR_EXIT = "terminal/wait_for_exit"
KILL_TERMINAL = "terminal/kill"
RELEASE_TERMINAL = "terminal/release"

PIECE_CHARS = 64 * 1024

_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

OF_A_TERMINAL = frozenset({TERMINAL_OUTPUT, WAIT_FOR_EXIT, KILL_TERMINAL, RELEASE_TERMINAL})
METHODS = OF_A_TERMINAL | {READ_FILE, WRITE_FILE, CREATE_TERMINAL}


class ReadFile(NamedTuple):
    """Which lines of a file are wanted."""

    path: str
    line: int = 1
    """The first, counted from 1."""
    limit: int | None = None
    """How many."""


class WriteFile(NamedTuple):
    """What is to be in a file."""

    path: str
    content: str


class Command(NamedTuple):
    """A command that is to be run in a terminal."""

    session_id: str
    command: str
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    cwd: str = ""
    """Empty: where the session works."""
    byte_limit: int | None = None
    """How much of the output is kept."""


def read_read_file(params: Json) -> ReadFile:
    """Read the params of ``fs/read_text_file``."""
    line, limit = _optional_count(params, "line"), _optional_count(params, "limit")
    return ReadFile(string_of(params, "path"), max(1, line or 1), limit)


def read_write_file(params: Json) -> WriteFile:
    """Read the params of ``fs/write_text_file``."""
    return WriteFile(string_of(params, "path"), string_of(params, "content"))


def read_command(params: Json) -> Command:
    """Read the params of ``terminal/create``."""
    args = list_of(params, "args") if params.get("args") is not None else []
    env = list_of(params, "env") if params.get("env") is not None else []
    return Command(
        string_of(params, "sessionId"),
        _passable(string_of(params, "command")),
        tuple(_passable(each) for each in args),
        tuple(_read_variable(each) for each in env),
        _passable(optional_string(params, "cwd")),
        _optional_count(params, "outputByteLimit"),
    )


def read_terminal_id(params: Json) -> str:
    """Read the params of any other request about a terminal."""
    return string_of(params, "terminalId")


def exit_status(code: int | None, signal: str | None) -> Json:
    """Build the result of ``terminal/wait_for_exit``."""
    return {"exitCode": code, "signal": signal}


def output_result(output: str, truncated: bool, status: Json | None) -> Json:
    """Build the result of ``terminal/output``; ``status`` where the command has ended."""
    return {"output": output, "truncated": truncated} | ({} if status is None else {"exitStatus": status})


def encode_answer(number: RequestId, result: Json) -> bytes:
    """Write the line that answers a request, as ``jsonrpc.encode`` does, with long texts piece by piece: while one is
    written no other thread can go on.
    """
    fields = b",".join(_encoded(name) + b":" + _encoded(value) for name, value in result.items())
    return b'{"jsonrpc":"2.0","id":%b,"result":{%b}}\n' % (_encoded(number), fields)


def _encoded(value: object) -> bytes:
    if not isinstance(value, str):
        return _encode(value).encode()
    pieces = (value[start : start + PIECE_CHARS] for start in range(0, len(value), PIECE_CHARS))
    return b'"' + b"".join(_encode(piece)[1:-1].encode(errors="replace") for piece in pieces) + b'"'


def _read_variable(value: object) -> tuple[str, str]:
    variable = object_of(value, "variable")
    name = _passable(string_of(variable, "name"))
    if not name or "=" in name:
        raise AcpError(f"sent a variable that cannot be set, {name[:40]!a}")
    return name, _passable(string_of(variable, "value"))


def _passable(value: object) -> str:
    """Check that a program can be handed this."""
    if not isinstance(value, str) or "\0" in value:
        raise AcpError("sent a word that no program can be handed")
    return value


def _optional_count(params: Json, key: str) -> int | None:
    if params.get(key) is None:
        return None
    count = integer_of(params, key)
    if count < 0:
        raise AcpError(f"sent a negative {key}")
    return count
