"""The tables, and the way from each older version to this one.

``PRAGMA user_version`` counts the migrations that a file has been through. A released migration is never changed: what
the next version needs is appended to ``MIGRATIONS``, and may only add, because an older tellme can have the file open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tellme.store.sqlite import sqlite3

Migration = Callable[[sqlite3.Connection], None]


class NotAStore(sqlite3.DatabaseError):
    """The file is SQLite's, but its content is not what its version says."""


def _sessions_and_turns(connection: sqlite3.Connection) -> None:
    # ``seq`` gives the order: clocks can go back. Long texts stand last, so that the rest is read without them.
    connection.execute(
        """CREATE TABLE session (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            bot TEXT NOT NULL,
            started_at REAL NOT NULL,
            ended_at REAL,
            used_at REAL NOT NULL,
            title TEXT NOT NULL DEFAULT '',
            agent_session TEXT
        )"""
    )
    connection.execute(
        """CREATE TABLE turn (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
            sent_at REAL NOT NULL,
            owner TEXT NOT NULL,
            status TEXT,
            attempts INTEGER NOT NULL DEFAULT 0,
            latency_ms REAL,
            error TEXT,
            message TEXT NOT NULL,
            text TEXT NOT NULL DEFAULT ''
        )"""
    )
    connection.execute("CREATE INDEX turn_session ON turn (session)")
    connection.execute("CREATE INDEX turn_open ON turn (owner) WHERE status IS NULL")


def _exits_timings_and_search(connection: sqlite3.Connection) -> None:
    connection.execute(
        """CREATE TABLE exit (
            seq INTEGER PRIMARY KEY,
            bot TEXT NOT NULL,
            at REAL NOT NULL,
            pid INTEGER,
            code INTEGER,
            signal INTEGER,
            reason TEXT NOT NULL,
            crash INTEGER NOT NULL,
            uptime_s REAL,
            state TEXT NOT NULL
        )"""
    )
    connection.execute("CREATE INDEX exit_bot ON exit (bot)")
    for column in ("sent_ms REAL", "first_ms REAL", "first_error TEXT", "replays INTEGER NOT NULL DEFAULT 0"):
        connection.execute(f"ALTER TABLE turn ADD COLUMN {column}")
    connection.execute("CREATE INDEX turn_failed ON turn (seq) WHERE status = 'failed'")
    # For ``search``, whose index is a file of its own: that file's name, and the turns that changed after their end.
    connection.execute("CREATE TABLE search_index (name TEXT NOT NULL)")
    connection.execute("INSERT INTO search_index VALUES (lower(hex(randomblob(8))))")
    connection.execute("CREATE TABLE changed (number INTEGER PRIMARY KEY, seq INTEGER NOT NULL)")
    connection.execute(
        """CREATE TRIGGER turn_changed AFTER UPDATE OF message, text, status ON turn WHEN old.status IS NOT NULL
        BEGIN
            INSERT INTO changed (seq) VALUES (old.seq);
        END"""
    )


def _attachments_and_titles(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE turn ADD COLUMN attachments TEXT")  # JSON; NULL for none
    connection.execute("CREATE INDEX turn_attached ON turn (session) WHERE attachments IS NOT NULL")
    connection.execute("ALTER TABLE session ADD COLUMN agent_title TEXT NOT NULL DEFAULT ''")


MIGRATIONS: tuple[Migration, ...] = (_sessions_and_turns, _exits_timings_and_search, _attachments_and_titles)
VERSION = len(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    """Read the version of the open file; 0 is a new one."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version < 0:
        raise NotAStore(f"schema version {version}")
    return version


def touch(connection: sqlite3.Connection) -> None:
    """Write the version as it is: the smallest write there is."""
    connection.execute(f"PRAGMA user_version = {version_of(connection)}")


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring the file to the newest version, wholly or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = version_of(connection)
        if version == 0 and connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise NotAStore("tables without a schema version")
        for number, migration in enumerate(migrations[version:], version + 1):
            migration(connection)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
