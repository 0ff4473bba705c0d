"""What a backup holds, put in the place of all that is kept: in one transaction, after the present state was copied.

Copied before others have to wait, and again only if they wrote meanwhile; who wants to write after that waits for the
end (``file.RESTORING``), however much there is to copy.

A backup is a stranger's file. Only rows are taken from it, each value in the form that its column has: no trigger, no
view and no table of it ever reaches the store.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from urllib.parse import quote

from tellme.errors import StoreError, UsageError
from tellme.store import schema, search_index
from tellme.store.backup import copy
from tellme.store.file import RESTORING, Database, MemoryDatabase, free_name, in_transaction
from tellme.store.lock import FileLock
from tellme.store.owner import INTERRUPTED
from tellme.store.reasons import store_error
from tellme.store.texts import one_line

_TABLES = ("session", "turn", "exit", "changed")
"""In this order: a turn needs its session."""
_NEEDED = {"session", "turn"}
"""What the first schema had."""
_UNKNOWN_STATUS = (
    "SELECT 1 FROM kept.turn WHERE status IS NOT NULL AND status NOT IN ('answered', 'declined', 'failed')"
)


def restore(database: Database, path: str) -> str:
    """Replace what ``database`` holds by what the backup ``path`` holds; return the copy of what it held before.

    Raises ``UsageError`` where there is no such file, ``StoreError`` where it is no sound backup: nothing is changed.
    """
    if isinstance(database, MemoryDatabase):
        raise UsageError("Nothing is kept here, so nothing can be restored. Leave --no-store away.")
    live, source = database.path, _source(path, database.path)
    private = free_name(live, "restoring")
    try:
        _take(source, private)
        with closing(sqlite3.connect(private, isolation_level=None)) as kept:
            _check(kept, source)
        return database.read(lambda connection: _replace(connection, live, private, source))
    except OSError as error:
        raise store_error(live, error) from error
    finally:
        with suppress(OSError):
            os.unlink(private)


def _source(path: str, live: str) -> str:
    if "\0" in path or not os.path.exists(path):
        raise UsageError(f"{path!r}: there is no such file.")
    source = os.path.realpath(path)
    if not os.path.isfile(source):
        raise UsageError(f"{source} is no file; name a backup.")
    if os.path.exists(live) and os.path.samefile(source, live):
        raise UsageError(f"{source} is the database itself; name a backup.")
    return source


def _take(source: str, private: str) -> None:
    """Copy the backup, so that nothing changes while it is looked at; raises ``StoreError``."""
    try:
        with closing(_open(source)) as connection:
            copy(connection, private)
    except (sqlite3.Error, OSError) as error:
        raise _refused(source, f"it cannot be read ({one_line(str(error))})") from error


def _open(source: str) -> sqlite3.Connection:
    """Open a file that may stand where nothing can be written."""
    uri = f"file:{quote(source)}?mode=ro"
    for each in (uri, f"{uri}&immutable=1"):
        connection = sqlite3.connect(each, uri=True, isolation_level=None)
        try:
            schema.version_of(connection)
        except sqlite3.OperationalError:
            connection.close()
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise sqlite3.OperationalError("unable to open it")


def _check(kept: sqlite3.Connection, source: str) -> None:
    try:
        version = schema.version_of(kept)
        tables = {name for (name,) in kept.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage")}
    except sqlite3.Error as error:
        raise _refused(source, f"it is no backup of tellme's ({one_line(str(error))})") from error
    if version > schema.VERSION:
        newer = f"it was written by a newer tellme (schema {version}, this one knows {schema.VERSION}); update tellme"
        raise _refused(source, newer)
    if version < 1 or not tables >= _NEEDED:
        raise _refused(source, "it is no backup of tellme's")


def _replace(connection: sqlite3.Connection, live: str, private: str, source: str) -> str:
    reads_live = closing(sqlite3.connect(live, isolation_level=None))
    with _attached(connection, private), reads_live as reader:
        aside = free_name(live, "before-restore")
        try:
            seen = _version(reader)
            copy(reader, aside)
            with _others_wait(live + RESTORING):
                in_transaction(connection, lambda connection: _replace_rows(connection, reader, seen, aside))
        except BaseException as error:
            with suppress(OSError):
                os.unlink(aside)
            if isinstance(error, (sqlite3.IntegrityError, sqlite3.OperationalError)) and _is_about_rows(error):
                raise _refused(source, f"it holds what no tellme wrote ({one_line(str(error))})") from error
            raise
    return aside


@contextmanager
def _others_wait(marker: str) -> Iterator[None]:
    """Have writers wait for longer than they do for each other."""
    with FileLock(marker, exclusive=True):
        try:
            yield
        finally:
            with suppress(OSError):
                os.unlink(marker)


def _version(reader: sqlite3.Connection) -> int:
    """Return a number that is another one as soon as another connection has written."""
    return int(reader.execute("PRAGMA data_version").fetchone()[0])


def _replace_rows(connection: sqlite3.Connection, reader: sqlite3.Connection, seen: int, aside: str) -> None:
    # Nobody else can write from here on, so that the copy misses nothing.
    if _version(reader) != seen:
        os.unlink(aside)
        copy(reader, aside)
    for table in reversed(_TABLES):
        connection.execute(f"DELETE FROM main.{table}")
    for table in _TABLES:
        _insert(connection, table)
    if connection.execute(_UNKNOWN_STATUS).fetchone():
        raise sqlite3.IntegrityError("a turn with an unknown status")
    interrupted = "UPDATE main.turn SET status = 'failed', error = coalesce(error, ?) WHERE status IS NULL"
    connection.execute(interrupted, (INTERRUPTED,))
    search_index.rename(connection)


def _insert(connection: sqlite3.Connection, table: str) -> None:
    """Insert the rows of a table; columns that came with later schemas get their defaults."""
    there = {row[1] for row in connection.execute(f"PRAGMA kept.table_info({table})")}
    columns = [(row[1], row[2]) for row in connection.execute(f"PRAGMA main.table_info({table})") if row[1] in there]
    if columns:
        names = ", ".join(name for name, _ in columns)
        values = ", ".join(f"CAST({name} AS {kind})" for name, kind in columns)
        connection.execute(f"INSERT INTO main.{table} ({names}) SELECT {values} FROM kept.{table} ORDER BY rowid")


def _is_about_rows(error: sqlite3.Error) -> bool:
    return isinstance(error, sqlite3.IntegrityError) or str(error).startswith("no such column")


@contextmanager
def _attached(connection: sqlite3.Connection, file: str) -> Iterator[None]:
    connection.execute("ATTACH ? AS kept", (file,))
    try:
        yield
    finally:
        with suppress(sqlite3.Error):  # the error before it tells more
            connection.execute("DETACH kept")


def _refused(source: str, reason: str) -> StoreError:
    return StoreError(f"{source}: {reason}. Nothing was changed.")
