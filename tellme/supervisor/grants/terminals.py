"""Commands that an agent has run, each under a warden of its own as a bot is, so that nothing of it is left behind.

The promise: so many at most, of each the end of its output at most, and all are ended with the bot or its session.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Sequence
from typing import Any

from tellme.supervisor.asked import Asked
from tellme.supervisor.grants.files import Denied, real_folder
from tellme.supervisor.grants.queue import Job, Queue, Work, unforeseen
from tellme.supervisor.process import CannotStart, Exit, Process
from tellme.supervisor.spawn import Spawned
from tellme.wire import granting, jsonrpc

_logger = logging.getLogger(__name__)

Start = Callable[[Sequence[str], str, Sequence[tuple[str, str]]], Spawned]
"""Starts a command, in a folder, with variables of its own."""

MAX_TERMINALS = 32
MAX_OUTPUT_BYTES = 1024 * 1024
"""What is kept of one command's output; an agent may ask for less."""
TAIL_BYTES = 8 * 1024
BYTES_A_SECOND = 16 * 1024 * 1024
"""A command that prints more has to wait: the host has others to hear."""

_WITH_ERRORS = ("/bin/sh", "-c", 'exec "$@" 2>&1', "sh")
_BY_SHELL = ("/bin/sh", "-c", 'exec 2>&1; eval "$1"', "sh")


class Terminal:
    """One command, and what it has printed."""

    def __init__(self, session: str, limit: int) -> None:
        self.session = session
        self.exit: dict[str, Any] | None = None
        self._limit = limit
        self._output = bytearray()
        self._truncated = False
        self._process: Process | None = None
        self._waiting: list[Asked] = []
        self._killed = False
        self._in_a_second = 0
        self._task: asyncio.Task[None] | None = None

    def begin(self, spawned: Spawned, started: Callable[[str | None], None]) -> None:
        """See it through, in a task; ``started`` hears that it runs or why it does not."""
        self._task = asyncio.get_running_loop().create_task(self._run(spawned, started))

    @property
    def is_over(self) -> bool:
        return self._task is not None and self._task.done()

    def result(self) -> Work:
        """Look what there is by now, for the result of ``terminal/output``."""
        self._trim()
        output, truncated, status = bytes(self._output), self._truncated, self.exit
        return lambda: granting.output_result(_decoded(output), truncated, status)

    def tail(self) -> str:
        """Return the last of the output."""
        return _decoded(self._output[-min(TAIL_BYTES, self._limit) :] if self._limit else b"")

    def wait(self, asked: Asked) -> None:
        """Answer when it has ended."""
        if self.exit is not None:
            asked.answer(self.exit)
        else:
            self._waiting.append(asked)
            asked.on_taken_back = lambda: self._waiting.remove(asked)

    def kill(self) -> None:
        """End it and all that it started, at once; whoever waits hears how it ended."""
        self._killed = True
        if self._process is not None:
            self._process.kill()

    async def _run(self, spawned: Spawned, started: Callable[[str | None], None]) -> None:
        try:
            self._process = process = await Process.adopt(spawned, self._take)
        except CannotStart as error:
            started(error.reason)
            return
        except Exception:
            _logger.exception("a command of an agent could not be followed")
            started("an error inside tellme")
            return
        process.close_input()
        started(None)
        if self._killed:
            process.kill()
        self.exit = _status(await process.wait())
        waiting, self._waiting = self._waiting, []
        for asked in waiting:
            asked.on_taken_back = None
            asked.answer(self.exit)

    def _take(self, data: bytes) -> None:
        self._output += data
        if len(self._output) > 2 * self._limit:
            self._trim()
        if not self._in_a_second:
            asyncio.get_running_loop().call_later(1.0, self._go_on)
        self._in_a_second += len(data)
        if self._in_a_second > BYTES_A_SECOND and self._process is not None:
            self._process.pause_reading()

    def _go_on(self) -> None:
        self._in_a_second = 0
        if self._process is not None:
            self._process.resume_reading()

    def _trim(self) -> None:
        if len(self._output) > self._limit:
            del self._output[: len(self._output) - self._limit]
            self._truncated = True


class Terminals:
    """All of one process of a bot, by the ids that they were given."""

    def __init__(self, folder: str, start: Start, queue: Queue) -> None:
        """``queue`` takes the answers that may be large."""
        self._queue = queue
        self._folder = folder
        self._start = start
        self._all: dict[str, Terminal] = {}
        self._released: list[Terminal] = []
        """Those that may not have ended yet."""
        self._count = 0

    def create(self, wanted: granting.Command, asked: Asked) -> None:
        """Run a command: by the shell where it is one string, as people write it, else as the words that it is."""
        self._released = [terminal for terminal in self._released if not terminal.is_over]
        if len(self._all) + len(self._released) >= MAX_TERMINALS:
            asked.refuse(jsonrpc.INTERNAL_ERROR, f"there are {MAX_TERMINALS} terminals: release those not needed")
            return
        command = (*_WITH_ERRORS, wanted.command, *wanted.args) if wanted.args else (*_BY_SHELL, wanted.command)
        try:
            spawned = self._start(command, real_folder(self._folder, wanted.cwd), wanted.env)
        except Denied as denied:
            asked.refuse(jsonrpc.INVALID_PARAMS, f"{wanted.cwd[:200]!a} {denied}")
            return
        except OSError as error:
            asked.refuse(jsonrpc.INTERNAL_ERROR, f"cannot start: {error.strerror or error}")
            return
        limit = MAX_OUTPUT_BYTES if wanted.byte_limit is None else min(wanted.byte_limit, MAX_OUTPUT_BYTES)
        self._begin(Terminal(wanted.session_id, limit), spawned, asked)

    def take(self, method: str, terminal_id: str, asked: Asked) -> None:
        """Answer a request about one of them."""
        terminal = self._all.get(terminal_id)
        if terminal is None:
            asked.refuse(jsonrpc.INVALID_PARAMS, f"there is no terminal {terminal_id[:80]!a}")
        elif method == granting.TERMINAL_OUTPUT:
            self._queue.add(Job(terminal.result, asked, unforeseen))
        elif method == granting.WAIT_FOR_EXIT:
            terminal.wait(asked)
        else:
            terminal.kill()
            if method == granting.RELEASE_TERMINAL:
                self._released.append(self._all.pop(terminal_id))
            asked.answer({})

    def tail(self, terminal_id: str) -> str:
        """Return the last output of one of them; empty where there is none."""
        terminal = self._all.get(terminal_id)
        return terminal.tail() if terminal is not None else ""

    def close(self, session: str | None = None) -> None:
        """End those of a session, or all."""
        for terminal_id, terminal in list(self._all.items()):
            if session in (None, terminal.session):
                terminal.kill()
                self._released.append(self._all.pop(terminal_id))

    def _begin(self, terminal: Terminal, spawned: Spawned, asked: Asked) -> None:
        self._count += 1
        terminal_id = f"terminal-{self._count}"
        self._all[terminal_id] = terminal

        def started(problem: str | None) -> None:
            if problem is None:
                asked.answer({"terminalId": terminal_id})
            else:
                self._all.pop(terminal_id, None)
                asked.refuse(jsonrpc.INTERNAL_ERROR, f"cannot start: {problem}")

        terminal.begin(spawned, started)


def _status(end: Exit) -> dict[str, Any]:
    if end.code is not None:
        return granting.exit_status(end.code, None)
    return granting.exit_status(None, _signal_name(end.signal or signal.SIGKILL))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # real-time signals have no name
        return str(number)


def _decoded(data: bytes | bytearray) -> str:
    """Decode from the first whole character on."""
    start = 0
    while start < min(4, len(data)) and data[start] & 0xC0 == 0x80:
        start += 1
    return data[start:].decode(errors="replace")
