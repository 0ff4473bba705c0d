"""A failed turn that is sent again: the same turn, under the same id."""

from __future__ import annotations

import sqlite3

from tellme.errors import UsageError
from tellme.model import Turn


def reopen(connection: sqlite3.Connection, turn: Turn, owner: str) -> Turn:
    """Open ``turn`` again for the process ``owner``; raises ``UsageError`` unless its last end was a failure."""
    # What it said and why it failed stay in the row: they are all that is known, should this process die too.
    statement = "UPDATE turn SET status = NULL, owner = ?, replays = replays + 1 WHERE id = ? AND status = 'failed'"
    if connection.execute(statement, (owner, turn.id)).rowcount:
        connection.execute("UPDATE session SET ended_at = NULL WHERE id = ?", (turn.session,))
        return Turn(turn.id, turn.session, turn.message, turn.sent_at)
    found = connection.execute("SELECT status FROM turn WHERE id = ?", (turn.id,)).fetchone()
    raise UsageError(_refusal(turn.id, found[0] if found else ""))


def _refusal(id_: str, status: str | None) -> str:
    if status is None:
        return f"Turn {id_} has not ended yet; wait for its reply."
    return f"Turn {id_} has not failed, so it is not sent again. 'tellme failed' lists those that did."
