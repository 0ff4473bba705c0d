"""What a process carries into a new file is bounded, and is what was last written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tellme.model import Session, Turn
from tellme.store.carry import MAX_SESSIONS, Carry
from tellme.store.schema import migrate


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection)
        yield connection


def session(id_: str) -> Session:
    return Session(id_, "math", 1.0, None, 2.0, "Sums", "agent-7")


def ids(connection: sqlite3.Connection, table: str) -> list[str]:
    return [id_ for (id_,) in connection.execute(f"SELECT id FROM {table} ORDER BY seq")]


def test_sessions_and_open_turns_are_restored_once(connection: sqlite3.Connection) -> None:
    carry = Carry("1:2:3")
    carry.use(session("a"))
    carry.begin(Turn("7", "a", "2+2", 3.0))
    for _ in range(2):
        carry.restore(connection)
    columns = "id, bot, started_at, ended_at, used_at, title, agent_session"
    assert connection.execute(f"SELECT {columns} FROM session").fetchall() == [
        ("a", "math", 1.0, None, 2.0, "Sums", "agent-7")
    ]
    columns = "id, session, message, sent_at, owner, status"
    assert connection.execute(f"SELECT {columns} FROM turn").fetchall() == [("7", "a", "2+2", 3.0, "1:2:3", None)]


def test_what_has_ended_is_left_behind(connection: sqlite3.Connection) -> None:
    carry = Carry("1:2:3")
    for id_ in ("a", "b"):
        carry.use(session(id_))
        carry.begin(Turn(f"7{id_}", id_, "2+2", 3.0))
    carry.end("7a")
    carry.drop("b")
    carry.restore(connection)
    assert ids(connection, "session") == ["a"]
    assert ids(connection, "turn") == []


def test_the_sessions_used_last_are_carried(connection: sqlite3.Connection) -> None:
    carry = Carry("1:2:3")
    for number in range(MAX_SESSIONS):
        carry.use(session(f"a{number}"))
    carry.begin(Turn("7", "a1", "2+2", 3.0))
    carry.use(session("a0"))
    carry.use(session("b"))
    carry.restore(connection)
    assert len(ids(connection, "session")) == MAX_SESSIONS
    assert ids(connection, "session")[-2:] == ["a0", "b"]
    assert "a1" not in carry
    assert ids(connection, "turn") == []
