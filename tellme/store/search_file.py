"""The index of three-character pieces (FTS5): a file that knows which turns hold which piece, and nothing else.

A cache: whatever goes wrong with it is ``Unusable``, which is never the end of a search.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from tellme.store.file import in_transaction
from tellme.store.reasons import is_busy
from tellme.store.schema import NotAStore

PIECE = 3
"""Characters of a piece: the tokenizer's own measure. Shorter texts cannot be looked up."""
MAX_PIECES = 64
FORMAT = 1

_SCHEMA = (
    # Only "which turns hold this piece" is kept: neither the texts nor where in them it stands.
    "CREATE VIRTUAL TABLE said USING fts5 ("
    "text, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1')",
    "CREATE TABLE progress (upto INTEGER NOT NULL, upto_id TEXT NOT NULL, changes INTEGER NOT NULL, turns INTEGER)",
    "INSERT INTO progress VALUES (0, '', 0, 0)",
    # Turns up to there that may hold more than the index knows: open ones (not in it), and those changed since.
    "CREATE TABLE unsettled (seq INTEGER PRIMARY KEY, indexed INTEGER NOT NULL)",
    f"PRAGMA user_version = {FORMAT}",
)


class Progress(NamedTuple):
    """How far the index has come."""

    upto: int
    """The last turn it has seen (``seq``), whose id tells whether that number still means the same turn."""
    upto_id: str
    changes: int
    """The last entry of ``changed`` it has seen."""
    turns: int
    """How many it holds, deleted ones included."""


class Unusable(Exception):
    """The index cannot be used now, for ``error``; the database can."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class Batch(NamedTuple):
    """What the index learns in one go."""

    progress: Progress
    texts: list[tuple[int, str]]
    open: list[int]
    settled: list[int]
    """Turns that were open when they were seen last."""
    changed: list[int]


class Index:
    """The open file. Every method raises ``Unusable``."""

    def __init__(self, file: str) -> None:
        with _guarded():
            self._connection = _open(file)

    def close(self) -> None:
        with _guarded():
            self._connection.close()

    def progress(self) -> Progress:
        with _guarded():
            row = self._connection.execute("SELECT upto, upto_id, changes, turns FROM progress").fetchone() or ()
            if [type(value) for value in row] != [int, str, int, int]:
                raise NotAStore("no progress")
            return Progress(*row)

    def unsettled(self, *, indexed: bool) -> list[int]:
        """Turns that are open (``indexed`` false), or changed since they were taken in."""
        with _guarded():
            found = self._connection.execute("SELECT seq FROM unsettled WHERE indexed = ?", (indexed,))
            return [seq for (seq,) in found]

    def matches(self, folded: str) -> list[int]:
        """Turns that hold every piece of the text."""
        text = indexable(folded)
        pieces = dict.fromkeys(text[start : start + PIECE] for start in range(len(text) - PIECE + 1))
        query = " ".join('"{}"'.format(piece.replace('"', '""')) for piece in list(pieces)[:MAX_PIECES])
        with _guarded():
            return [seq for (seq,) in self._connection.execute("SELECT rowid FROM said WHERE said MATCH ?", (query,))]

    def begin_to_read(self) -> None:
        """Read all that follows as of one moment; until it is closed."""
        with _guarded():
            self._connection.execute("BEGIN")

    def try_to_begin(self) -> bool:
        """Begin to write; false if another process does."""
        with _guarded():
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if is_busy(error):
                    return False
                raise
            return True

    def take(self, batch: Batch) -> None:
        """Take in a batch, and end what ``try_to_begin`` began."""
        execute, executemany = self._connection.execute, self._connection.executemany
        with _guarded():
            executemany("INSERT INTO said (rowid, text) VALUES (?, ?)", batch.texts)
            executemany("DELETE FROM unsettled WHERE NOT indexed AND seq = ?", ((seq,) for seq in batch.settled))
            executemany("INSERT INTO unsettled VALUES (?, 0)", ((seq,) for seq in batch.open))
            executemany("INSERT OR IGNORE INTO unsettled VALUES (?, 1)", ((seq,) for seq in batch.changed))
            execute("UPDATE progress SET upto = ?, upto_id = ?, changes = ?, turns = ?", batch.progress)
            execute("COMMIT")


def indexable(*texts: str) -> str:
    """Fold and join texts as the index takes them."""
    # The tokenizer ends at NUL. What stands in its place makes candidates of turns that are then looked at.
    return "\n".join(texts).casefold().replace("\0", "\ufffd")


def _open(file: str) -> sqlite3.Connection:
    if not os.path.exists(file):
        _delete_others(file)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
            in_transaction(connection, _create)
    except BaseException:
        connection.close()
        raise
    return connection


def _create(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
        for statement in _SCHEMA:
            connection.execute(statement)


def _delete_others(file: str) -> None:
    """Delete the files of indexes that were begun anew; whoever still has one open keeps it until it is closed."""
    folder, name = os.path.split(file)
    family = name.rpartition("-")[0] + "-"
    for entry in os.listdir(folder):
        if entry.startswith(family) and not entry.startswith(name):
            with suppress(OSError):
                os.unlink(os.path.join(folder, entry))


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise Unusable(error) from error
