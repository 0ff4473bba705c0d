"""Every released schema opens, and a migration happens wholly or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tellme.model import BotState, Exit, Timings, Turn, TurnRecord, TurnStatus
from tellme.store.database import INTERRUPTED, Store
from tellme.store.schema import MIGRATIONS, VERSION, NotAStore, migrate, version_of

SCHEMAS = Path(__file__).parent / "schemas"
TABLES = {"session", "turn", "exit", "changed", "search_index"}


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


def tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_there_is_a_file_of_every_released_schema() -> None:
    assert {file.stem for file in SCHEMAS.iterdir()} == {f"v{number}" for number in range(1, VERSION + 1)}


@pytest.mark.parametrize("schema", sorted(SCHEMAS.iterdir()), ids=lambda file: file.stem)
def test_a_file_of_a_released_schema_opens(schema: Path, path: str) -> None:
    Path(path).parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.executescript(schema.read_text())
    store = Store.open(path)
    newest, *_, oldest = store.sessions()
    assert (newest.id, newest.bot, newest.title, newest.agent_session, newest.turns) == (
        "b000000002",
        "wall-e",
        "Cleaning",
        "agent-7",
        1,
    )
    assert (oldest.title, oldest.started_at, oldest.ended_at) == ("2+2", 1700000000.0, 1700000100.5)
    (turn,) = store.turns(oldest.id)
    assert (turn.id, turn.message, turn.text, turn.status, turn.latency_ms) == (
        "1000000001",
        "2+2",
        "4",
        TurnStatus.ANSWERED,
        12.5,
    )
    assert store.recover() == 1
    assert store.turns(newest.id)[0].error == INTERRUPTED
    store.close()
    with closing(sqlite3.connect(path)) as now:
        assert version_of(now) == VERSION
        assert now.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_only_what_is_missing_is_migrated(connection: sqlite3.Connection) -> None:
    migrate(connection)

    def later(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE later (x)")

    migrate(connection, (*MIGRATIONS, later))
    assert version_of(connection) == VERSION + 1
    assert tables(connection) == TABLES | {"later"}


def test_a_migration_that_fails_changes_nothing(connection: sqlite3.Connection) -> None:
    migrate(connection)

    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE later (x)")
        connection.execute("CREATE TABLE session (x)")

    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, (*MIGRATIONS, broken))
    assert version_of(connection) == VERSION
    assert tables(connection) == TABLES
    assert not connection.in_transaction


def test_a_newer_file_is_never_taken_back(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA user_version = 99")
    connection.execute("CREATE TABLE newer (x)")
    migrate(connection)
    assert version_of(connection) == 99
    assert tables(connection) == {"newer"}


@pytest.mark.parametrize("version", [0, -1])
def test_tables_that_no_version_explains_are_no_store(connection: sqlite3.Connection, version: int) -> None:
    connection.execute("CREATE TABLE somebody (x)")
    connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(NotAStore):
        migrate(connection)
    assert tables(connection) == {"somebody"}


def test_what_a_schema_kept_of_turns_and_exits_is_there(path: str) -> None:
    Path(path).parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.executescript((SCHEMAS / "v2.sql").read_text())
    store = Store.open(path)
    (failed,) = store.failed_turns()
    assert failed == TurnRecord(
        Turn("3000000003", "c000000003", "Again", 1700000140.0, "half", TurnStatus.FAILED, "Wall-E died", 2, 99.5),
        "wall-e",
        Timings(1.5, 2.5),
        "Wall-E was killed by SIGKILL",
        1,
    )
    assert store.exits() == [
        Exit("wall-e", 1700000141.0, 77, None, 9, "was killed by SIGKILL", True, 3.5, BotState.BACKOFF)
    ]
    store.close()


def test_a_process_of_the_first_schema_goes_on_with_a_file_that_was_migrated(path: str) -> None:
    Path(path).parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.executescript((SCHEMAS / "v1.sql").read_text())
        old.execute("SELECT count(*) FROM turn").fetchone()
        store = Store.open(path)
        # What version 1 executes in the course of a turn, and to recover.
        old.execute("UPDATE session SET used_at = 1700000300.0, ended_at = NULL WHERE id = 'a000000001'")
        insert = "INSERT INTO turn (id, session, message, sent_at, owner) VALUES (?, 'a000000001', 'old', 1.0, ?)"
        old.execute(insert, ("4000000004", "1:2:3"))
        end = "UPDATE turn SET status = ?, text = ?, error = ?, attempts = ?, latency_ms = ? WHERE id = ?"
        assert old.execute(end, ("failed", "", "died", 1, 2.5, "4000000004")).rowcount == 1
        assert old.execute(end, ("answered", "late", None, 1, 2.5, "4000000004")).rowcount == 1
        interrupted = "UPDATE turn SET status = 'failed', error = 'gone' WHERE status IS NULL AND owner = '1:2:3'"
        assert old.execute(interrupted).rowcount == 1
        assert [turn.text for turn in store.turns("a000000001")] == ["4", "late"]
        assert [record.turn.error for record in store.failed_turns()] == ["gone"]
        store.close()


def columns(connection: sqlite3.Connection) -> set[tuple[object, ...]]:
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
    return {(name, *row[1:]) for name in names for row in connection.execute(f"PRAGMA table_info({name})")} | {
        (name,) for name in names
    }


def test_the_newest_of_these_files_is_what_is_made_today(connection: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        migrate(made)
        connection.executescript((SCHEMAS / f"v{VERSION}.sql").read_text())
        assert columns(connection) == columns(made)
