"""One SQLite file that any number of tellme processes use at once: opening, transactions, checkpoints, damage.

What was committed survives the death of every process, ``kill -9`` included: it stands in the write-ahead log, and
whoever opens the file next takes that up. A power cut can take the last moments (what the system had not yet written),
but only from the end and only whole transactions: nothing is torn. A damaged file is renamed, never deleted.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from _thread import RLock
from collections.abc import Callable, Sequence
from contextlib import suppress

from tellme.errors import StoreError
from tellme.paths import make_private
from tellme.store import schema
from tellme.store.lock import FileLock
from tellme.store.reasons import WITHOUT, is_busy, is_damage, store_error
from tellme.store.sqlite import sqlite3

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")
    Operation = Callable[[sqlite3.Connection], T]

Values = Sequence[str | float | None]
FileIdentity = tuple[int, int]
"""Device and inode: which file a name stood for. Of a file that nobody has open any more they can be used again."""

PATIENCE_S = 5.0
HELD_OFF_MS = 50
"""How long a checkpoint may keep others from writing, while it waits for those who read."""
RESTORE_S = 120.0
"""How long a writer waits for a restore, which may have much to copy."""
RESTORING = ".restoring"
"""Behind the database's name: the lock of whoever restores it."""
CHECKPOINT_BYTES = 16 * 1024 * 1024
"""How long the write-ahead log may be before a checkpoint is due."""

_ATTEMPTS = 3
_NOWHERE: FileIdentity = (0, 0)
_COMPANIONS = ("-wal", "-shm", "-journal")
_PRAGMAS = (
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    # A checkpoint waits for the disk, so no commit may run one by itself.
    "PRAGMA wal_autocheckpoint = 0",
    # The log begins again within the same file, which is a third faster than growing a new one, and whoever writes
    # first after a checkpoint cuts it to this length: so where it is longer, that much is in use.
    f"PRAGMA journal_size_limit = {CHECKPOINT_BYTES}",
)


class Busy(Exception):
    """Another process is writing at this very moment. Nothing was done: try again with ``Store.patiently``."""


class DatabaseFile:
    """An open database file. Used by one thread at a time.

    Each operation may run more than once: when the file turns out to be damaged, or another process has set it aside,
    ``restore`` puts into the new file what this process needs to go on, and the operation is done there.
    """

    def __init__(
        self, path: str, restore: Operation[None], *, wait_s: float = 0.0, home: FileIdentity | None = None
    ) -> None:
        """Open or create ``path``; a lock of others is waited for while opening, and later for ``wait_s``.

        ``home`` is the file that already holds what ``restore`` would write; ``None`` is whichever is there now.
        """
        self.path = os.path.realpath(path)
        self.set_aside: str | None = None
        self._restore = restore
        self._wait_s = wait_s
        self._connection: sqlite3.Connection | None = None
        self._identity: FileIdentity | None = None
        self._closed = False
        self._checkpoint_at = CHECKPOINT_BYTES
        self._open()
        self.home = home or self._identity

    def read(self, operation: Operation[T]) -> T:
        """Run ``operation``; raises ``Busy`` or ``StoreError``."""
        return self._run(operation)

    def write(self, operation: Operation[T]) -> T:
        """Run ``operation`` in one transaction, committed when this returns; raises ``Busy`` or ``StoreError``."""
        return self._run(lambda connection: in_transaction(connection, operation))

    def change(self, statement: str, values: Values) -> int:
        """Run one statement, which is a transaction of its own; returns how many rows it changed."""
        return self._run(lambda connection: connection.execute(statement, values).rowcount)

    def close(self) -> None:
        """Close the file; the last process to do so moves the log into it, which waits for the disk."""
        self._closed = True
        self._drop_safely()

    @property
    def checkpoint_due(self) -> bool:
        """Is the write-ahead log so long that ``checkpoint`` should run, in a thread? Costs a microsecond."""
        return _size(self.path + "-wal") > self._checkpoint_at

    def checkpoint(self) -> None:
        """Move the log into the file while others read and write. Waits for the disk; for any thread, one at a time."""
        try:
            with self._lock(exclusive=False):
                complete = not self._has_moved() and _checkpoint(self.path)
        except (sqlite3.Error, OSError) as error:
            raise store_error(self.path, error) from error
        # While a reader holds on to the log it goes on growing, and another checkpoint would do no better at once.
        self._checkpoint_at = CHECKPOINT_BYTES + (0 if complete else _size(self.path + "-wal"))

    def _run(self, operation: Operation[T]) -> T:
        for _ in range(_ATTEMPTS):
            try:
                result = self._after_a_restore(operation)
            except sqlite3.Error as error:
                if not self._has_moved():
                    self._handle(error)
            else:
                # After the commit, not before: only so can no other process have set the file aside in between.
                if not self._has_moved():
                    return result
            self.home = _NOWHERE
            # Of a file that was renamed SQLite leaves the log where it is.
            self._drop()
        raise self._damaged_again()

    def _after_a_restore(self, operation: Operation[T]) -> T:
        """Run ``operation``; where a restore is in the way for longer than a writer is, again when that is over."""
        try:
            return operation(self._live())
        except sqlite3.Error as error:
            marker = self.path + RESTORING
            if not is_busy(error) or not self._wait_s or not os.path.exists(marker):
                raise
        with suppress(TimeoutError), FileLock(marker, exclusive=False, patience_s=RESTORE_S):
            pass
        return operation(self._live())

    def _live(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreError(f"{self.path}: the store is closed.")
        connection = self._connection or self._open()
        if self._identity != self.home:
            in_transaction(connection, self._restore)
            self.home = self._identity
        return connection

    def _handle(self, error: sqlite3.Error) -> None:
        """Set a damaged file aside; raise for every other error."""
        if is_busy(error) and not self._wait_s:
            raise Busy from error
        self._set_aside_or_raise(error)

    def _set_aside_or_raise(self, error: sqlite3.Error) -> None:
        if not is_damage(error):
            raise store_error(self.path, error) from error
        try:
            with self._lock(exclusive=True):
                if not self._has_moved():
                    self.set_aside = _rename(self.path)
        except OSError as problem:
            raise store_error(self.path, problem) from problem

    def _open(self) -> sqlite3.Connection:
        try:
            for _ in range(_ATTEMPTS):
                try:
                    return self._connect()
                except sqlite3.Error as error:
                    self._set_aside_or_raise(error)
                except OSError as error:
                    raise store_error(self.path, error) from error
                self._drop()
            raise self._damaged_again()
        except BaseException:
            self._drop_safely()
            raise

    def _connect(self) -> sqlite3.Connection:
        make_private(os.path.dirname(self.path))
        connection = self._attach_current() or self._create()
        connection.execute(f"PRAGMA busy_timeout = {int(self._wait_s * 1000)}")
        return connection

    def _attach_current(self) -> sqlite3.Connection | None:
        """Connect to the file, if it is there and of this version."""
        with self._lock(exclusive=False):
            connection = self._attach()
            if connection and schema.version_of(connection) == schema.VERSION:
                return connection
            self._drop()
            return None

    def _create(self) -> sqlite3.Connection:
        """Create the file, or bring it to this version; another process may have done so meanwhile."""
        with self._lock(exclusive=True):
            if _identity(self.path) is None:
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            connection = self._attach()
            assert connection is not None
            # A turn changes a few rows here and there: smaller pages make that half as much to write.
            connection.execute("PRAGMA page_size = 2048")
            connection.execute("PRAGMA journal_mode = WAL")
            schema.migrate(connection)
            return connection

    def _attach(self) -> sqlite3.Connection | None:
        """Connect to the file, if there is one."""
        self._identity = _identity(self.path)
        if self._identity is None:
            return None
        if _size(self.path) == 0 and _size(self.path + "-wal") > 0:
            # SQLite takes an empty file for a new one, and would delete the log.
            raise schema.NotAStore("an empty file beside its write-ahead log")
        connection = sqlite3.connect(self.path, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False)
        self._connection = connection
        if (version := schema.version_of(connection)) > schema.VERSION:
            raise self._newer(version)
        _set_up(connection)
        return connection

    def _has_moved(self) -> bool:
        try:
            return _identity(self.path) != self._identity
        except OSError:
            return True

    def _lock(self, *, exclusive: bool) -> FileLock:
        return FileLock(self.path + ".lock", exclusive=exclusive)

    def _drop_safely(self) -> None:
        """Close the connection so that no other process can put a new file in the place meanwhile."""
        if self._connection is None:
            return
        try:
            with self._lock(exclusive=False):
                self._drop()
        except OSError:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _newer(self, version: int) -> StoreError:
        return StoreError(
            f"{self.path}: was written by a newer tellme (schema {version}, this one knows {schema.VERSION}) "
            f"and was left as it is. Update tellme, or set TELLME_HOME; {WITHOUT}"
        )

    def _damaged_again(self) -> StoreError:
        return StoreError(f"{self.path}: is damaged again as soon as it is new. Check the disk; {WITHOUT}")


class MemoryDatabase:
    """The same for ``--no-store``: nothing is kept, nothing can be damaged. Used by any thread."""

    path = ":memory:"
    checkpoint_due = False
    set_aside: str | None = None

    def __init__(self) -> None:
        self._lock = RLock()
        self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        _set_up(self._connection)
        schema.migrate(self._connection)

    def read(self, operation: Operation[T]) -> T:
        """Run ``operation``."""
        with self._lock:
            return operation(self._connection)

    def write(self, operation: Operation[T]) -> T:
        """Run ``operation`` in one transaction."""
        with self._lock:
            return in_transaction(self._connection, operation)

    def change(self, statement: str, values: Values) -> int:
        """Run one statement, which is a transaction of its own; returns how many rows it changed."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount

    def checkpoint(self) -> None:
        """Do nothing: there is no log."""

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()


class Transaction:
    """A database within an open transaction: what is written is committed, or taken back, with all of that."""

    checkpoint_due = False
    set_aside: str | None = None

    def __init__(self, path: str, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def read(self, operation: Operation[T]) -> T:
        """Run ``operation``."""
        return operation(self._connection)

    write = read

    def change(self, statement: str, values: Values) -> int:
        """Run one statement; returns how many rows it changed."""
        return self._connection.execute(statement, values).rowcount

    def checkpoint(self) -> None:
        """Do nothing: that is for whoever has the file."""

    def close(self) -> None:
        """Do nothing: the transaction ends where it began."""


Database = DatabaseFile | MemoryDatabase | Transaction


def in_transaction(connection: sqlite3.Connection, operation: Operation[T]) -> T:
    """Run ``operation`` between BEGIN and COMMIT; whatever it raises takes everything back."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        result = operation(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def _set_up(connection: sqlite3.Connection) -> None:
    # A flipped bit within a text should cost that character, not the whole session.
    connection.text_factory = _text
    connection.create_function("folded", 1, _folded, deterministic=True)
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _text(value: bytes) -> str:
    return str(value, "utf-8", "replace")


def _folded(value: bytes) -> str:
    return _text(value).casefold()


def _identity(path: str) -> FileIdentity | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "Not a regular file")
    return found.st_dev, found.st_ino


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _checkpoint(path: str) -> bool:
    """Move the log into the file and begin it again; false if others kept part of it from being moved."""
    connection = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None)
    try:
        connection.execute(f"PRAGMA journal_size_limit = {CHECKPOINT_BYTES}")
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        # What was written meanwhile is little; with writers held off for that moment, the log can begin again.
        connection.execute(f"PRAGMA busy_timeout = {HELD_OFF_MS}")
        busy, pages, moved = connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
        connection.execute(f"PRAGMA busy_timeout = {int(PATIENCE_S * 1000)}")
        # Whoever writes first into a log that begins again waits for the disk: so write something, here in the thread.
        in_transaction(connection, schema.touch)
    finally:
        connection.close()
    return not busy and bool(pages == moved)


def free_name(path: str, what: str) -> str:
    """Return a name beside ``path`` that is not taken: its own, what stands there, and the time."""
    name = unique = f"{path}.{what}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    number = 1
    while os.path.lexists(unique):
        number += 1
        unique = f"{name}-{number}"
    return unique


def _rename(path: str) -> str:
    """Rename the database and what belongs to it; return the new name."""
    unique = free_name(path, "damaged")
    # The database goes last: if we are killed in between, the next to open it finds the damage again.
    for companion in _COMPANIONS:
        if os.path.lexists(path + companion):
            os.rename(path + companion, unique + companion)
    os.rename(path, unique)
    return unique
