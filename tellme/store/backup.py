"""A copy of all that is kept in one file: made while others write, whole or not at all, for its owner's eyes alone."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress

from tellme.errors import StoreError, UsageError
from tellme.store.schema import NotAStore
from tellme.store.texts import one_line

PATIENCE_S = 5.0
APPLICATION_ID = 0x74656C6D
"""Marks a backup (SQLite's ``application_id``): nothing else is overwritten by one."""

_MAGIC = b"SQLite format 3\0"
_ID_AT = 68


def back_up(connection: sqlite3.Connection, live: str, path: str) -> str:
    """Write what ``connection`` reads to ``path``; returns the absolute path of the file.

    Raises ``UsageError`` where something that is no backup is in its place, ``StoreError`` where it can't be written.
    """
    if "\0" in path:
        raise UsageError(f"{path!r} cannot be the name of a file.")
    target = os.path.realpath(path)
    part = f"{target}.{os.getpid()}.part"
    try:
        _refuse_to_overwrite(live, target)
        try:
            copy(connection, part)
            _flush(part)
            os.replace(part, target)
            _flush(os.path.dirname(target))
        finally:
            for left in (part, f"{part}-wal", f"{part}-shm", f"{part}-journal"):
                with suppress(OSError):
                    os.unlink(left)
    except NotAStore as error:
        raise StoreError(f"{live}: no backup was made, because {error}. 'tellme doctor' looks at it.") from error
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{target}: no backup was made ({_reason(error)}). Choose another place.") from error
    return target


def copy(source: sqlite3.Connection, target: str) -> None:
    """Copy a database into the new file ``target``, which then needs no log beside it, and check the copy.

    Raises ``OSError`` and ``sqlite3.Error``, also for a copy that is not sound.
    """
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(target, isolation_level=None)) as made:
        source.backup(made, progress=_for_so_long(PATIENCE_S))
        made.execute("PRAGMA journal_mode = DELETE")
        made.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        found = str(made.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if found != "ok":
        raise NotAStore(f"it is damaged: {one_line(found)}")


def _refuse_to_overwrite(live: str, target: str) -> None:
    try:
        there = os.stat(target)
    except FileNotFoundError:
        return
    # To open the live file, even to read it, and to close it again would take SQLite's locks from this process.
    if os.path.exists(live) and os.path.samestat(there, os.stat(live)):
        raise UsageError(f"{target} is the database itself; name another file.")
    if os.path.isdir(target):
        raise UsageError(f"{target} is a folder; name a file in it.")
    if not os.path.isfile(target) or not _is_backup(target):
        raise UsageError(f"{target} is there already and is no backup; it stays as it is. Name another file.")


def _is_backup(path: str) -> bool:
    with open(path, "rb") as file:
        header = file.read(100)
    marked = int.from_bytes(header[_ID_AT : _ID_AT + 4], "big")
    return header.startswith(_MAGIC) and marked == APPLICATION_ID


def _for_so_long(seconds: float) -> Callable[[int, int, int], None]:
    """End a copy whose source stays locked, which would else be waited for without an end."""
    deadline = time.monotonic() + seconds

    def look(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
            raise TimeoutError("another program has kept it locked for seconds")

    return look


def _flush(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reason(error: Exception) -> str:
    return one_line(str(getattr(error, "strerror", None) or error)).lower()
