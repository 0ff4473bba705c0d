"""What was said, found by any part of it in any case.

A search looks at turns one by one; in a store of many, ``search_index`` first tells it which ones. So what is found
never depends on the index: one that is missing, behind, or damaged costs time and no hit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from tellme.model import Session
from tellme.store import search_index
from tellme.store.rows import TITLE, Values, select_sessions
from tellme.store.texts import storable

_IN_TITLE = f"instr(folded(CAST({TITLE} AS BLOB)), :text)"
_IN_MESSAGE = "instr(folded(CAST(message AS BLOB)), :text)"
_SAID = f"({_IN_MESSAGE} OR instr(folded(CAST(text AS BLOB)), :text))"
_CANDIDATE = "seq IN (SELECT seq FROM temp.candidate)"


def sessions(
    connection: sqlite3.Connection, path: str, text: str, limit: int, bot_id: str | None = None
) -> list[Session]:
    """List the sessions with ``text`` in the title or a turn, newest first; a negative limit is none."""
    values: Values = {"text": _folded(text), "limit": limit, "bot": bot_id}
    with _narrowed(connection, path, text) as narrowed:
        # All of few turns are looked at once; of many, those of each session up to the first that has it.
        said = (
            f"id IN (SELECT session FROM turn WHERE {_CANDIDATE} AND {_SAID})"
            if narrowed
            else f"EXISTS (SELECT 1 FROM turn WHERE session = session.id AND {_SAID})"
        )
        where = f"WHERE bot = coalesce(:bot, bot) AND ({_IN_TITLE} OR {said})"
        return select_sessions(connection, f"{where} ORDER BY seq DESC LIMIT :limit", values)


def turns(connection: sqlite3.Connection, path: str, session_id: str, text: str) -> list[str]:
    """List the ids of a session's turns with ``text`` in the message or the reply, oldest first."""
    values = {"text": _folded(text), "session": session_id}
    count = connection.execute("SELECT count(*) FROM turn WHERE session = :session", values).fetchone()[0]
    with _narrowed(connection, path, text if count >= search_index.WORTH else "") as narrowed:
        among = f"AND {_CANDIDATE}" if narrowed else ""
        statement = f"SELECT id FROM turn WHERE session = :session {among} AND {_SAID} ORDER BY seq"
        return [id_ for (id_,) in connection.execute(statement, values)]


def messages(connection: sqlite3.Connection, path: str, text: str | None, limit: int, max_bytes: int) -> list[str]:
    """List messages, newest first, each once, up to ``limit`` and ``max_bytes``; with ``text`` those that hold it."""
    with _narrowed(connection, path, text or "") as narrowed:
        among = f"AND {_CANDIDATE}" if narrowed else ""
        where = f"WHERE {_IN_MESSAGE} {among}" if text else ""
        found = connection.execute(f"SELECT message FROM turn {where} ORDER BY seq DESC", {"text": _folded(text or "")})
        try:
            return _each_once(found, limit, max_bytes)
        finally:
            found.close()  # which may have more, and would hold on to the candidates


def _each_once(found: sqlite3.Cursor, limit: int, max_bytes: int) -> list[str]:
    kept: dict[str, None] = {}
    room = max_bytes
    for (message,) in found:
        room -= 0 if message in kept else len(message.encode())
        if room < 0 or len(kept) == limit:
            break
        kept[message] = None
    return list(kept)


@contextmanager
def _narrowed(connection: sqlite3.Connection, path: str, text: str) -> Iterator[bool]:
    """Let ``temp.candidate`` hold the turns that can hold ``text``; false where that can be any of them."""
    folded = _folded(text)
    found = None
    if search_index.is_worth_it(connection, path, folded):
        found = search_index.candidates(connection, path, folded)
    if found is None:
        yield False
        return
    try:
        _fill(connection, found)
        yield True
    finally:
        connection.execute("DROP TABLE IF EXISTS temp.candidate")


def _fill(connection: sqlite3.Connection, found: list[int]) -> None:
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("CREATE TEMP TABLE candidate (seq INTEGER PRIMARY KEY)")
    connection.execute("BEGIN")
    try:
        connection.executemany("INSERT OR IGNORE INTO temp.candidate VALUES (?)", ((seq,) for seq in found))
    finally:
        if connection.in_transaction:
            connection.execute("COMMIT")


def _folded(text: str) -> str:
    return storable(text).casefold()
