"""Rows of the database as the values that people and bots meet. Reads whatever a damaged file holds without failing."""

from __future__ import annotations

from collections.abc import Mapping

from tellme.model import BotState, Exit, Session, Timings, Turn, TurnRecord, TurnStatus
from tellme.store.texts import title_of

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    import sqlite3
    from typing import Any, TypeVar

    K = TypeVar("K", TurnStatus, BotState)

Values = Mapping[str, str | int | float | None]

TITLE = "CASE title WHEN '' THEN agent_title ELSE title END"
"""Of a session: the person's, else the agent's."""
_SESSION = f"""
    SELECT id, bot, started_at, ended_at, used_at, {TITLE}, agent_session,
        (SELECT count(*) FROM turn WHERE session = session.id),
        (SELECT substr(message, 1, 1000) FROM turn WHERE session = session.id ORDER BY seq LIMIT 1)
    FROM session
"""
_COLUMNS = "turn.id, session, message, sent_at, text, status, error, attempts, latency_ms"
TURN = f"SELECT {_COLUMNS} FROM turn"
_RECORD = f"""
    SELECT {_COLUMNS}, (SELECT bot FROM session WHERE id = turn.session), sent_ms, first_ms, first_error, replays
    FROM turn
"""
_EXIT = "SELECT bot, at, pid, code, signal, reason, crash, uptime_s, state FROM exit"


def select_sessions(connection: sqlite3.Connection, which: str, values: Values) -> list[Session]:
    """Select sessions; ``which`` is what follows FROM."""
    return [_session(row) for row in connection.execute(_SESSION + which, values)]


def select_records(connection: sqlite3.Connection, which: str, values: Values) -> list[TurnRecord]:
    """Select all that is known of turns."""
    return [_record(row) for row in connection.execute(_RECORD + which, values)]


def select_exits(connection: sqlite3.Connection, which: str, values: Values) -> list[Exit]:
    """Select ends of processes."""
    return [_exit(row) for row in connection.execute(f"{_EXIT} {which}", values)]


def to_turn(row: tuple[Any, ...]) -> Turn:
    """Read a row of ``TURN``; of a turn that is sent again only its message counts until it has ended."""
    id_, session, message, sent_at, text, status, error, attempts, latency_ms = row
    if status is None:
        return Turn(id_, session, message, sent_at)
    return Turn(id_, session, message, sent_at, text, to_status(status), error, attempts, latency_ms)


def to_status(value: str) -> TurnStatus:
    """Read a status; one that a damaged file has garbled counts as failed."""
    return _known(TurnStatus, value, TurnStatus.FAILED)


def _session(row: tuple[Any, ...]) -> Session:
    id_, bot, started_at, ended_at, used_at, title, agent_session, turns, first_message = row
    title = title or title_of(first_message or "")
    return Session(id_, bot, started_at, ended_at, used_at, title, agent_session, turns)


def _record(row: tuple[Any, ...]) -> TurnRecord:
    *turn, bot, sent_ms, first_ms, first_error, replays = row
    return TurnRecord(to_turn(tuple(turn)), bot or "", Timings(sent_ms, first_ms), first_error, replays)


def _exit(row: tuple[Any, ...]) -> Exit:
    bot, at, pid, code, signal, reason, crash, uptime_s, state = row
    known = _known(BotState, state, BotState.FAILED)
    return Exit(bot, at, pid, code, signal, reason, bool(crash), uptime_s, known)


def _known(kind: type[K], value: str, otherwise: K) -> K:
    try:
        return kind(value)
    except ValueError:
        return otherwise
