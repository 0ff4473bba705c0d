"""Files that went with a message, as they are kept with it: a turn that is sent again has them again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from tellme.model import Attachment
from tellme.store.texts import storable


def add(connection: sqlite3.Connection, turn_id: str, attachments: Sequence[Attachment]) -> None:
    """Keep the files of a turn that is there."""
    kept = storable(json.dumps([list(each) for each in attachments]))
    connection.execute("UPDATE turn SET attachments = ? WHERE id = ?", (kept, turn_id))


def of(connection: sqlite3.Connection, turn_id: str) -> tuple[Attachment, ...]:
    """Return the files of a turn; none where a damaged file holds something else."""
    row = connection.execute("SELECT attachments FROM turn WHERE id = ?", (turn_id,)).fetchone()
    return _read(row[0]) if row else ()


def of_session(
    connection: sqlite3.Connection, session_id: str, first: str | None, last: str | None
) -> list[tuple[str, tuple[Attachment, ...]]]:
    """Return the files of a session's turns, from one turn to another, without their content: which can be large."""
    bounds = {">=": first, "<=": last}
    where = [f"AND seq {sign} (SELECT seq FROM turn WHERE id = ?)" for sign, id_ in bounds.items() if id_]
    statement = " ".join(
        ["SELECT id, attachments FROM turn WHERE session = ? AND attachments IS NOT NULL", *where, "ORDER BY seq"]
    )
    rows = connection.execute(statement, (session_id, *filter(None, bounds.values())))
    return [(id_, tuple(each._replace(text=None, data=None) for each in _read(kept))) for id_, kept in rows]


def _read(kept: str | None) -> tuple[Attachment, ...]:
    try:
        found = json.loads(kept) if kept else []
    except (TypeError, ValueError, RecursionError):
        return ()
    return tuple(Attachment(*each) for each in found if _fits(each)) if isinstance(found, list) else ()


def _fits(value: object) -> bool:
    if not isinstance(value, list) or len(value) != len(Attachment._fields):
        return False
    return all(isinstance(each, str) for each in value[:3]) and all(
        each is None or isinstance(each, str) for each in value[3:]
    )
