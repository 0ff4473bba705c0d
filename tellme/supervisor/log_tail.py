"""A bot's log, read for people: its end (``tellme logs``, the last words of a bot that gave up), and as it is written.

Nothing here waits, and where there is no log there are no lines.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress

from tellme.paths import open_to_read

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from typing import BinaryIO

BATCH_LINES = 1000
"""Of more lines than this that came at once, a follower is given the newest."""

_CHUNK_BYTES = 64 * 1024


def tail(path: str, count: int) -> list[str]:
    """Return the last ``count`` lines, oldest first, the rotated file included; nothing where there is no log."""
    lines = _last_lines(path, count)
    if len(lines) < count:
        lines = _last_lines(f"{path}.1", count - len(lines)) + lines
    return lines


def words_since(path: str, begin: str, count: int) -> list[str]:
    """Return the last lines with a stamp from ``begin`` on, up to ``count``, oldest first, as the bot wrote them."""
    lines = (line.partition(" ") for line in tail(path, count))
    return [words.strip() for at, _, words in lines if at >= begin and words.strip()]


class LogFollower:
    """Reads a log from its last lines on, across its rotation."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: tuple[int, int] | None = None
        """Device and inode of the file that was read last."""
        self._position = 0

    def begin(self, last: int) -> list[str]:
        """Return the last lines there are, oldest first; comes before ``read``."""
        return _decoded(deque(self._added(), maxlen=last))

    def read(self) -> list[str]:
        """Return the lines that were added since the last call, oldest first; what is left out is counted in one."""
        newest: deque[bytes] = deque(maxlen=BATCH_LINES)
        count = 0
        for line in self._added():
            newest.append(line)
            count += 1
        left_out = [f"… {count - BATCH_LINES:,} lines left out"] if count > BATCH_LINES else []
        return left_out + _decoded(newest)

    def _added(self) -> Iterator[bytes]:
        with suppress(OSError), open_to_read(self._path) as file:
            # In this order no line is lost: once there is a new file, nothing is added to the old one.
            if _identity(file) != self._file:
                yield from self._added_before_rotation()
                self._file, self._position = _identity(file), 0
            yield from self._whole_lines(file)

    def _added_before_rotation(self) -> Iterator[bytes]:
        with suppress(OSError), open_to_read(f"{self._path}.1") as file:
            if self._file in (None, _identity(file)):
                yield from self._whole_lines(file)

    def _whole_lines(self, file: BinaryIO) -> Iterator[bytes]:
        file.seek(self._position if self._position <= os.fstat(file.fileno()).st_size else 0)
        while (line := file.readline(_CHUNK_BYTES)).endswith(b"\n") or len(line) == _CHUNK_BYTES:
            self._position = file.tell()
            yield line


def _identity(file: BinaryIO) -> tuple[int, int]:
    found = os.fstat(file.fileno())
    return found.st_dev, found.st_ino


def _decoded(lines: Iterable[bytes]) -> list[str]:
    return [line.decode("utf-8", "replace").rstrip("\r\n") for line in lines]


def _last_lines(path: str, count: int) -> list[str]:
    try:
        with open_to_read(path) as file:
            position = file.seek(0, os.SEEK_END)
            data = b""
            while position > 0 and data.count(b"\n") <= count:
                step = min(_CHUNK_BYTES, position)
                position -= step
                file.seek(position)
                data = file.read(step) + data
    except OSError:
        return []
    return data.decode("utf-8", "replace").splitlines()[-count:]
