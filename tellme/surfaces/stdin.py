"""Standard input, read as bytes: whole with a limit, or line by line without holding up the event loop.

Lines are read by a daemon thread, because a file cannot be polled and a terminal may never end; it reads a line when
one is asked for, so that a slow bot is not given more input than it takes.
"""

from __future__ import annotations

import os
import sys

from tellme.errors import UsageError
from tellme.model import MAX_MESSAGE_BYTES

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import BinaryIO

STDIN_FD = 0


class TooLong:
    """A line that was longer than a message may be; it was read to its end and dropped."""

    def __init__(self, size_bytes: int) -> None:
        self.problem = f"A line of {size_bytes:,} bytes is longer than a message may be (1 MiB); it was not sent."
        """What a person is told of it."""


def is_open() -> bool:
    """Was there a standard input when the process began? (What stands at its number later may be anything.)"""
    return sys.stdin is not None


def is_terminal() -> bool:
    """Does a person type?"""
    return is_open() and os.isatty(STDIN_FD)


def read_all() -> bytes:
    """Read to the end. Raises ``UsageError`` past the limit, without reading on, and where nothing can be read."""
    parts: list[bytes] = []
    size = 0
    while part := _read(65536):
        parts.append(part)
        size += len(part)
        if size > MAX_MESSAGE_BYTES + 2:  # a trailing newline is taken off later
            raise UsageError(f"The message on standard input is longer than {MAX_MESSAGE_BYTES:,} bytes (1 MiB).")
    return b"".join(parts)


async def read_lines() -> AsyncIterator[bytes | TooLong]:
    """Yield each line without its newline, as it comes; the last one also where no newline follows it.

    Raises ``UsageError`` where nothing can be read; a standard input that is closed has no lines.
    """
    import asyncio
    import threading

    if not is_open():
        return
    stream = _open()
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes | TooLong | UsageError | None] = asyncio.Queue()
    wanted = threading.Semaphore(0)

    def read() -> None:
        line: bytes | TooLong | UsageError | None = b""
        while isinstance(line, bytes | TooLong) and wanted.acquire():
            line = _line_or_error(stream)
            try:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            except RuntimeError:  # the loop has closed: nobody waits any more
                return

    threading.Thread(target=read, name="stdin", daemon=True).start()
    while True:
        wanted.release()
        line = await lines.get()
        if line is None:
            return
        if isinstance(line, UsageError):
            raise line
        yield line


def _open() -> BinaryIO:
    try:
        return open(STDIN_FD, "rb", closefd=False)
    except OSError as error:
        raise _unreadable(error) from None


def _line_or_error(stream: BinaryIO) -> bytes | TooLong | UsageError | None:
    try:
        return _read_line(stream)
    except OSError as error:
        return _unreadable(error)


def _read_line(stream: BinaryIO) -> bytes | TooLong | None:
    line = stream.readline(MAX_MESSAGE_BYTES + 2)
    if len(line) <= MAX_MESSAGE_BYTES or line.endswith(b"\n"):
        return line.removesuffix(b"\n").removesuffix(b"\r") if line else None
    size = len(line)
    while line and not line.endswith(b"\n"):
        line = stream.readline(65536)
        size += len(line)
    return TooLong(size)


def _read(size: int) -> bytes:
    try:
        return os.read(STDIN_FD, size)
    except OSError as error:
        raise _unreadable(error) from None


def _unreadable(error: OSError) -> UsageError:
    return UsageError(f"Standard input cannot be read: {error.strerror}.")
