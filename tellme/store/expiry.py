"""Sessions that nobody has used for long: deleted, some at a time, so that a turn never waits for it."""

from __future__ import annotations

import sqlite3

AT_ONCE = 50

_EXPIRED = """
    SELECT id FROM session WHERE ended_at IS NOT NULL AND used_at < ?
        AND NOT EXISTS (SELECT 1 FROM turn WHERE session = session.id AND status IS NULL) LIMIT ?
"""


def expire_some(connection: sqlite3.Connection, unused_since: float) -> list[str]:
    """Delete some sessions that have ended, have no open turn and were last used before then; return their ids."""
    found = [id_ for (id_,) in connection.execute(_EXPIRED, (unused_since, AT_ONCE))]
    connection.executemany("DELETE FROM session WHERE id = ?", [(id_,) for id_ in found])
    return found
