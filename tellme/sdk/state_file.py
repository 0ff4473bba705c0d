"""The file with the state of one session, which more processes than one may read and write: two hosts, one bot each.

Promise: whoever reads it finds it whole, and what another process has written since it was read is not written over.
"""

from __future__ import annotations

import os
from fcntl import LOCK_EX, LOCK_UN, flock
from time import time_ns

from tellme.sdk.connection import log
from tellme.sdk.message import StateError

MAX_FILES = 1_000
"""Sessions whose state is kept; the one changed longest ago makes room."""

_HALF = ".new"
"""Ends the names of files that are being written."""

_HALF_NS = 3_600 * 10**9
"""A file that is being written for so long was left behind by a process that was killed."""


class StateFile:
    """See the module."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._known: tuple[int, ...] | None = None
        """Which file it was that was read or written last; ``None`` before, and where there was none."""

    def read(self, max_bytes: int) -> str:
        """Return what it holds; raises ``OSError``, and ``ValueError`` for one that no bot has written."""
        self._known = None
        self._known = _signature(self._path)
        # A pipe in its place is not waited for.
        with open(os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            data = file.read(max_bytes + 1) or b""
        if len(data) > max_bytes:
            raise ValueError("it is too large")
        return data.decode()

    def is_changed(self) -> bool:
        """Tell whether another process has written it since. One that is gone has made room, and may come again."""
        try:
            return _signature(self._path) != self._known
        except OSError:
            return False

    def write(self, text: str) -> None:
        """Put a text in its place, whole; raises ``OSError``, and `StateError` where another process has written it."""
        folder = os.path.dirname(self._path)
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with _Lock(folder):
            if self.is_changed():
                raise StateError("session.state was changed by another process meanwhile; send the message again")
            if not os.path.lexists(self._path):
                _make_room(folder)
            self._put(text)

    def set_aside(self, reason: str) -> None:
        """Move it out of the way, where it is still the one that was read; never raises."""
        try:
            with _Lock(os.path.dirname(self._path)):
                if not self.is_changed():
                    self._move(reason)
        except OSError as error:
            log(f"The kept state of a session is damaged ({reason}) and could not be moved: {error}\n")

    def _put(self, text: str) -> None:
        half = f"{self._path}.{os.urandom(6).hex()}{_HALF}"
        try:
            with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())  # else a power cut could leave an empty file in the place of the last one
            # The system's own stamps are milliseconds apart, in which a number of an inode can come again.
            os.utime(half, ns=(time_ns(), time_ns()))
            written = _signature(half)
            os.replace(half, self._path)
        except BaseException:  # SIGTERM, too, comes as one
            _remove(half)
            raise
        self._known = written

    def _move(self, reason: str) -> None:
        number = 1
        while os.path.lexists(aside := f"{self._path}.damaged-{number}"):
            number += 1
        os.rename(self._path, aside)
        self._known = None
        log(f"The kept state of a session is damaged ({reason}) and was set aside: {aside}\n")


class _Lock:
    """Held by one process at a time. Where the file system knows no locks, it keeps nobody out."""

    def __init__(self, folder: str) -> None:
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def __enter__(self) -> None:
        self._set(LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._set(LOCK_UN)  # a child that was forked meanwhile would hold it on
        os.close(self._descriptor)

    def _set(self, operation: int) -> None:
        try:
            flock(self._descriptor, operation)
        except OSError:
            return


def _signature(path: str) -> tuple[int, ...]:
    found = os.lstat(path)
    return found.st_ino, found.st_size, found.st_mtime_ns


def _make_room(folder: str) -> None:
    kept, now = [], time_ns()
    for entry in os.scandir(folder):
        if entry.name.endswith(_HALF) and entry.stat(follow_symlinks=False).st_mtime_ns < now - _HALF_NS:
            os.remove(entry)
        elif entry.name.endswith(".json"):
            kept.append(entry)
    if len(kept) < MAX_FILES:
        return
    for entry in sorted(kept, key=lambda entry: entry.stat().st_mtime_ns)[: len(kept) - MAX_FILES + 1]:
        os.remove(entry)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return
