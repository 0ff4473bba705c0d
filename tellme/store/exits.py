"""How processes of bots ended: kept, listed, and bounded, so that a bot that crashes for months fills no disk."""

from __future__ import annotations

import sqlite3

from tellme.model import Exit
from tellme.store.rows import select_exits
from tellme.store.texts import storable

KEPT = 10_000
"""Of each bot."""
PRUNED_AFTER = 256
"""Between two looks at what is too old; so many more may be there."""
MAX_REASON = 2000


def add(connection: sqlite3.Connection, exit_: Exit) -> None:
    """Keep one end of a process."""
    bot, at, pid, code, signal, reason, crash, uptime_s, state = exit_
    added = connection.execute(
        "INSERT INTO exit (bot, at, pid, code, signal, reason, crash, uptime_s, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (storable(bot), at, pid, code, signal, storable(reason)[:MAX_REASON], crash, uptime_s, state.value),
    )
    if (added.lastrowid or 0) % PRUNED_AFTER == 0:
        _prune(connection)


def newest(connection: sqlite3.Connection, bot_id: str | None, limit: int) -> list[Exit]:
    """List the ends of one bot's processes, or of all, newest first; a negative limit is none."""
    where = "" if bot_id is None else "WHERE bot = :bot"
    values = {"bot": None if bot_id is None else storable(bot_id), "limit": limit}
    return select_exits(connection, f"{where} ORDER BY seq DESC LIMIT :limit", values)


def _prune(connection: sqlite3.Connection) -> None:
    # By the index alone: a few milliseconds for a hundred bots.
    for (bot,) in connection.execute("SELECT DISTINCT bot FROM exit").fetchall():
        connection.execute(
            "DELETE FROM exit WHERE bot = :bot AND seq <="
            " (SELECT seq FROM exit WHERE bot = :bot ORDER BY seq DESC LIMIT 1 OFFSET :kept)",
            {"bot": bot, "kept": KEPT},
        )
