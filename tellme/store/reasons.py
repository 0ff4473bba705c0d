"""What an error of SQLite or of the file system means: try again, damage, or a line for a person."""

from __future__ import annotations

import errno
import os

from tellme.errors import StoreError
from tellme.store.schema import NotAStore
from tellme.store.sqlite import sqlite3

WITHOUT = "--no-store answers without keeping."

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_FULL = {errno.ENOSPC, errno.EDQUOT}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


def is_busy(error: sqlite3.Error) -> bool:
    """Is another connection in the way, and only for a moment?"""
    return _code(error) in _BUSY


def is_damage(error: sqlite3.Error) -> bool:
    """Does the error say that the content of the file is broken?"""
    # Our statements name only tables that every version has: without one, the schema itself was lost.
    return isinstance(error, NotAStore) or _code(error) in _DAMAGE or str(error).startswith("no such table")


def store_error(path: str, error: sqlite3.Error | OSError) -> StoreError:
    """Say in one line what is wrong with ``path``, and what to do."""
    if isinstance(error, OSError):
        return StoreError(f"{path}: {_from_system(error)} {WITHOUT}")
    return StoreError(f"{path}: {_from_sqlite(path, error)} {WITHOUT}")


def _from_system(error: OSError) -> str:
    """Say what is wrong; the file that the system names may be one beside the database."""
    if error.errno in _FULL:
        return "the disk is full. Free some space;"
    reason = (error.strerror or str(error)).lower()
    if error.errno in _READ_ONLY:
        return f"the file or its folder can't be written ({reason}). Make it writable, or set TELLME_HOME;"
    if error.errno == errno.ETIMEDOUT:
        return f"{reason}. End that one, or try again;"
    place = f"the place of {error.filename}" if error.filename else "its place"
    return f"can't be used ({reason}). Move away what is in {place}, or set TELLME_HOME;"


def _from_sqlite(path: str, error: sqlite3.Error) -> str:
    code = _code(error)
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(path)):
        return "the disk is full. Free some space;"
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return f"the file or its folder can't be written ({error}). Make it writable, or set TELLME_HOME;"
    if code in _BUSY:
        return "another program has kept it locked for seconds. End that one, or try again;"
    if code == sqlite3.SQLITE_IOERR:
        return f"reading or writing it failed ({error}). Check the disk, or set TELLME_HOME;"
    return f"it can't be used for this ({error});"


def _is_full(path: str) -> bool:
    # Where SQLite's shared memory finds no room, it calls that an I/O error.
    try:
        return os.statvfs(os.path.dirname(path)).f_bavail == 0
    except OSError:
        return False


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
