"""Which turns can hold a text, by the index beside the database.

A turn costs it nothing: searches bring it up to date, some megabytes at a time, and what it does not know yet counts as
a candidate. Its name stands in the database, so that another database never meets it; one that is damaged, or outgrown
by what was deleted, is begun anew under another name.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from tellme.store.file import in_transaction
from tellme.store.reasons import is_busy, is_damage
from tellme.store.search_file import PIECE, Batch, Index, Progress, Unusable, indexable

WORTH = 1000
"""From so many turns on."""
BATCH_BYTES = 2 * 1024 * 1024
"""How much text a search takes in before it looks: some tenths of a second."""
MAX_CHANGED = 5000
"""Turns to look at in every search, because they changed since; with more the index is begun anew."""
SPARE = 1000
"""So many deleted turns may be in it, and as many as there are others."""


def is_worth_it(connection: sqlite3.Connection, path: str, folded: str) -> bool:
    """Tell whether looking the text up is possible, and quicker than looking at each turn."""
    (newest,) = connection.execute("SELECT max(seq) FROM turn").fetchone()
    possible = len(folded) >= PIECE and os.path.isabs(path) and sqlite3.sqlite_version_info >= (3, 34)
    return possible and int(newest or 0) >= WORTH


def candidates(connection: sqlite3.Connection, path: str, folded: str) -> list[int] | None:
    """Return every turn (``seq``) that can hold the case-folded text; ``None``: look at all.

    ``connection`` is the database ``path``, outside a transaction.
    """
    file = _file(connection, path)
    if file is None:
        return None
    try:
        index = Index(file)
        try:
            found = _look_up(connection, index, folded) if _catch_up(connection, index) else None
        finally:
            index.close()
    except Unusable as unusable:
        if not isinstance(unusable.error, sqlite3.Error) or not is_damage(unusable.error):
            return None
        found = None
    if found is None:
        _begin_anew(connection)
    return found


def _look_up(connection: sqlite3.Connection, index: Index, folded: str) -> list[int] | None:
    """Return what the index finds and what it does not know yet; ``None`` if it is of no more use."""
    index.begin_to_read()
    progress = index.progress()
    changed = index.unsettled(indexed=True)
    found = index.matches(folded) + index.unsettled(indexed=False) + changed
    with _snapshot(connection):
        usable = _is_of(connection, progress) and len(changed) <= MAX_CHANGED
        found += _not_seen(connection, progress)
    return found if usable else None


def _is_of(connection: sqlite3.Connection, progress: Progress) -> bool:
    """Tell whether the index was made of these turns, and not mostly of deleted ones."""
    # A number is given to another turn only after the newest were deleted, among them the last that the index has seen.
    last = connection.execute("SELECT id FROM turn WHERE seq = ?", (progress.upto,)).fetchone()
    count, changes = connection.execute(
        "SELECT (SELECT count(*) FROM turn), (SELECT coalesce(max(number), 0) FROM changed)"
    ).fetchone()
    is_same: bool = progress.upto == 0 or last == (progress.upto_id,)
    is_small: bool = progress.turns <= 2 * count + SPARE
    return is_same and is_small and int(changes) >= progress.changes


def _not_seen(connection: sqlite3.Connection, progress: Progress) -> list[int]:
    newer = connection.execute("SELECT seq FROM turn WHERE seq > ?", (progress.upto,)).fetchall()
    changed = connection.execute("SELECT seq FROM changed WHERE number > ?", (progress.changes,)).fetchall()
    return [seq for (seq,) in newer + changed]


def _catch_up(connection: sqlite3.Connection, index: Index) -> bool:
    """Take in what came since, unless another process does; false if the index is of other turns."""
    if not index.try_to_begin():
        return True
    progress, was_open = index.progress(), index.unsettled(indexed=False)
    with _snapshot(connection):
        # Before anything is taken in: the last turn that the index knows is then another.
        if not _is_of(connection, progress):
            return False
        batch = _next_batch(connection, progress, was_open)
    index.take(batch)
    return True


def _next_batch(connection: sqlite3.Connection, progress: Progress, was_open: list[int]) -> Batch:
    """Read what the index does not know yet, as of one moment."""
    upto, upto_id, texts, still_open = _newer(connection, progress)
    changes = connection.execute("SELECT number, seq FROM changed WHERE number > ?", (progress.changes,)).fetchall()
    settled = []
    for seq in was_open:
        row = connection.execute("SELECT status, message, text FROM turn WHERE seq = ?", (seq,)).fetchone()
        if row is None or row[0] is not None:
            settled.append(seq)
        if row is not None and row[0] is not None:
            texts.append((seq, indexable(*row[1:])))
    last_change = max((number for number, _ in changes), default=progress.changes)
    return Batch(
        progress=Progress(upto, upto_id, last_change, progress.turns + len(texts)),
        texts=texts,
        open=still_open,
        settled=settled,
        changed=[seq for _, seq in changes if seq <= progress.upto],
    )


def _newer(connection: sqlite3.Connection, progress: Progress) -> tuple[int, str, list[tuple[int, str]], list[int]]:
    """Read on from where the index is: how far, under which id, the texts of turns that ended, and the open ones."""
    last, room = (progress.upto, progress.upto_id), BATCH_BYTES
    texts: list[tuple[int, str]] = []
    still_open: list[int] = []
    newer = connection.execute("SELECT seq, id, status, message, text FROM turn WHERE seq > ? ORDER BY seq", last[:1])
    for seq, id_, status, message, text in newer:
        last = (seq, id_)
        if status is None:
            still_open.append(seq)
        else:
            texts.append((seq, indexable(message, text)))
            room -= len(message) + len(text)
        if room < 0:
            break
    newer.close()
    return *last, texts, still_open


def _file(connection: sqlite3.Connection, path: str) -> str | None:
    row = connection.execute("SELECT name FROM search_index").fetchone()
    # It becomes part of a path: a damaged or forged one must not lead elsewhere.
    return f"{path}.search-{row[0]}" if row and re.fullmatch("[0-9a-f]{16}", str(row[0])) else None


def rename(connection: sqlite3.Connection) -> None:
    """Have the next search begin a new index. Part of the caller's transaction."""
    connection.execute("UPDATE search_index SET name = lower(hex(randomblob(8)))")


def _begin_anew(connection: sqlite3.Connection) -> None:
    try:
        in_transaction(connection, rename)
    except sqlite3.OperationalError as error:
        if not is_busy(error):  # else the next search will
            raise


@contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Read all of it as of one moment."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:  # an error may have ended it
            connection.execute("COMMIT")
