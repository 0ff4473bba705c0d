"""The corrections on disk: rows in a small SQLite file of the bot's own.

Promises: a correction is on disk before anybody hears of it; what another process of the bot writes is seen with the
next message; a damaged file is set aside, not deleted, and English answers without it. Not ChatterBot's store: that
one deletes by text, and syncs too seldom to outlive a power cut.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from typing import NamedTuple

from .kept import only_one

FILE = "corrections.sqlite3"

MOST = 2_000
"""In force, of one bot: they are all in memory, and part of its index. As many that were replaced are kept."""

_FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS correction (
    id INTEGER PRIMARY KEY, made REAL NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL
)
"""
_Statement = tuple[str, tuple[object, ...]]
_WAIT_S = 2
_CHANGES = 24
"""Where in a SQLite file the counter of its changes is."""


class NotKept(Exception):
    """A correction could not be written; the message says why."""


class Note(NamedTuple):
    """One correction, as it was made."""

    id: int
    made: float
    """Seconds since the epoch."""
    question: str
    answer: str


class Notebook:
    """All corrections of a bot, oldest first, also those that later ones took the place of."""

    def __init__(self, folder: str) -> None:
        self.notes: list[Note] = []
        self._path = os.path.join(folder, FILE) if folder else ""
        self._seen: tuple[object, ...] | None = None
        self._warned = False

    def refresh(self) -> bool:
        """Read the notes again where the file has changed; tell whether it has."""
        try:
            return self._read_if_changed()
        except sqlite3.OperationalError as error:  # it is locked, or may not be read: what is known holds
            self._warn(f"The corrections in {self._path} cannot be read now ({error}).")
        except (sqlite3.DatabaseError, ValueError) as error:
            self._set_aside(error)
        except OSError as error:
            self._warn(f"The corrections in {self._path} cannot be read ({error.strerror}).")
        return False

    def add(self, question: str, answer: str, forgotten: Iterable[Note] = ()) -> None:
        """Keep a correction, and let go of those that are ``forgotten``. Raises ``NotKept``."""
        added = ("INSERT INTO correction (made, question, answer) VALUES (?, ?, ?)", (time.time(), question, answer))
        self._write(added, *map(_removal, forgotten))

    def remove(self, note: Note) -> None:
        """Take a correction back. Raises ``NotKept``."""
        self._write(_removal(note))

    def set_aside(self) -> str:
        """Return the path of the newest damaged file that was set aside and is still there; empty where none is."""
        try:
            aside = [file for file in os.listdir(os.path.dirname(self._path)) if file.startswith(f"{FILE}.damaged-")]
        except OSError:
            return ""
        return os.path.join(os.path.dirname(self._path), max(aside)) if aside else ""

    def _read_if_changed(self) -> bool:
        seen = _state(self._path)
        if seen == self._seen:
            return False
        if seen is None:
            self.notes = []
        else:
            with closing(_opened(self._path, "rw" if os.access(self._path, os.W_OK) else "ro")) as database:
                self.notes = _notes(database)
        self._seen, self._warned = seen, False
        return True

    def _write(self, *statements: _Statement) -> None:
        if not self._path:
            raise NotKept("this bot was started without a folder of its own, TELLME_BOT_DATA")
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            _state(self._path)
            with closing(_opened(self._path, "rwc")) as database:
                database.execute("BEGIN IMMEDIATE")
                database.execute(_SCHEMA)
                database.execute(f"PRAGMA user_version = {_FORMAT}")
                for statement, values in statements:
                    database.execute(statement, values)
                database.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            raise NotKept(f"{self._path}: {getattr(error, 'strerror', None) or error}") from None

    def _set_aside(self, error: Exception) -> None:
        """Rename the damaged file, unless another process has done it, and start with none."""
        try:
            with only_one(f"{self._path}.lock"):
                if not _is_damaged(self._path):
                    return
                aside = f"{self._path}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
                os.rename(self._path, aside)
        except OSError as reason:
            self._warn(f"The corrections in {self._path} are damaged ({error}) and cannot be set aside ({reason}).")
            return
        self.notes, self._seen = [], None
        _say(f"The corrections were damaged ({error}). The file is kept as {aside}; English goes on without them.")

    def _warn(self, text: str) -> None:
        if not self._warned:
            self._warned = True
            _say(text)


def _state(path: str) -> tuple[object, ...] | None:
    """Return what differs after each change of the file; ``None`` where there is none. SQLite counts the changes in
    four bytes of the file itself, as its time may be too coarse to tell. Raises ``OSError`` where it is no plain file.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise OSError(errno.EINVAL, "it is not a plain file; move it away")
            file.seek(_CHANGES)
            return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, file.read(4)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _without_waiting(path: str, flags: int) -> int:
    """Open a file as usual; a pipe at once, though nobody writes to it."""
    return os.open(path, flags | os.O_NONBLOCK)


def _removal(note: Note) -> _Statement:
    return "DELETE FROM correction WHERE id = ? AND made = ?", (note.id, note.made)


def _opened(path: str, mode: str) -> sqlite3.Connection:
    """Return a connection that commits each statement, to the disk. Raises ``sqlite3.Error``, also where the file is
    damaged or from a later version.
    """
    escaped = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    database = sqlite3.connect(f"file:{escaped}?mode={mode}", uri=True, timeout=_WAIT_S, isolation_level=None)
    try:
        database.execute("PRAGMA synchronous = EXTRA")  # also the folder, so that a power cut undoes nothing
        (check,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if check != "ok":
            raise sqlite3.DatabaseError(check)
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > _FORMAT:
            raise sqlite3.OperationalError("they are from a later version of tellme, which is needed to read them")
        return database
    except BaseException:
        database.close()
        raise


def _is_damaged(path: str) -> bool:
    try:
        with closing(_opened(path, "ro")) as database:
            _notes(database)
    except sqlite3.OperationalError:
        return False
    except (sqlite3.DatabaseError, ValueError):
        return True
    return False


def _notes(database: sqlite3.Connection) -> list[Note]:
    """Return all notes; none where a process died before it wrote the first. Raises ``ValueError`` where the rows are
    no corrections.
    """
    columns = [name for _, name, *_ in database.execute("PRAGMA table_info(correction)")]
    if not columns:
        return []
    if columns != list(Note._fields):
        raise ValueError("it has other columns")
    return [_note(row) for row in database.execute("SELECT * FROM correction ORDER BY id LIMIT ?", (2 * MOST,))]


def _note(row: tuple[object, ...]) -> Note:
    number, made, question, answer = row
    if isinstance(number, int) and isinstance(made, float) and isinstance(question, str) and isinstance(answer, str):
        return Note(number, made, question, answer)
    raise ValueError("a row is no correction")


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
