"""Answers the requests of an agent for what its manifest grants: no more than that, and off the event loop."""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable
from typing import Any

from tellme.model import Grants
from tellme.supervisor.asked import Asked
from tellme.supervisor.grants import files
from tellme.supervisor.grants.queue import Job, Queue, unforeseen
from tellme.supervisor.grants.terminals import Start, Terminals
from tellme.wire import acp, granting, jsonrpc
from tellme.wire.fields import Json


def is_granted(grants: Grants, method: str) -> bool:
    """Say whether the manifest grants a method."""
    if method == granting.READ_FILE:
        return grants.read
    if method == granting.WRITE_FILE:
        return grants.write
    return grants.terminal and method in granting.METHODS


class Granted:
    """For one process of a bot."""

    def __init__(self, grants: Grants, start: Start | None, drain: Callable[[], Awaitable[None]] | None = None) -> None:
        """``drain`` waits until the bot has taken all that was written to it."""
        self._folder = grants.folder
        self._queue = Queue(drain)
        self._terminals = Terminals(grants.folder, start, self._queue) if start is not None else None

    def take(self, method: str, params: Json, asked: Asked) -> None:
        """Answer a request that ``is_granted``. Raises ``AcpError``."""
        if method == granting.READ_FILE:
            reading = granting.read_read_file(params)
            self._carry_out(lambda: {"content": files.read(self._folder, reading)}, reading.path, asked)
        elif method == granting.WRITE_FILE:
            writing = granting.read_write_file(params)
            self._carry_out(lambda: _written(self._folder, writing), writing.path, asked, len(writing.content))
        elif self._terminals is None:
            asked.refuse(jsonrpc.METHOD_NOT_FOUND, "there are no terminals")
        elif method == granting.CREATE_TERMINAL:
            self._terminals.create(granting.read_command(params), asked)
        else:
            self._terminals.take(method, granting.read_terminal_id(params), asked)

    def tail(self, terminal_id: str) -> str:
        """Return the last output of a terminal; empty where there is none."""
        return self._terminals.tail(terminal_id) if self._terminals is not None else ""

    def close_session(self, session: str) -> None:
        """End what was begun in a session of the bot's."""
        if self._terminals is not None:
            self._terminals.close(session)

    def close(self) -> None:
        """End all that was begun."""
        self._queue.close()
        if self._terminals is not None:
            self._terminals.close()

    def _carry_out(self, work: Callable[[], dict[str, Any]], path: str, asked: Asked, size: int = 0) -> None:
        self._queue.add(Job(lambda: work, asked, lambda error, asked: _refuse(error, path, asked), size))


def _written(folder: str, wanted: granting.WriteFile) -> Json:
    files.write(folder, wanted)
    return {}


def _refuse(error: Exception, path: str, asked: Asked) -> None:
    if isinstance(error, files.Denied):
        asked.refuse(jsonrpc.INVALID_PARAMS, f"{path[:200]!a} {error}")
    elif isinstance(error, OSError):
        missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
        code = acp.RESOURCE_NOT_FOUND if missing else jsonrpc.INTERNAL_ERROR
        asked.refuse(code, f"{path[:200]!a}: {error.strerror or error}")
    else:
        unforeseen(error, asked)
