"""What is no sound backup changes nothing; a restore that is killed leaves the store as it was."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tellme.errors import StoreError, UsageError
from tellme.store.database import Store

from .saying import backup as backup
from .saying import contents, say
from .test_damage import lost_schema, random_header


def execute(*statements: str) -> Callable[[str], None]:
    def change(backup: str) -> None:
        with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    return change


def rewrite(change: Callable[[bytes], bytes]) -> Callable[[str], None]:
    return lambda backup: void(Path(backup).write_bytes(change(Path(backup).read_bytes())))


def void(_: object) -> None:
    """Forget a result."""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (os.unlink, "there is no such file"),
        (lambda backup: (os.unlink(backup), os.mkdir(backup)), "is no file; name a backup"),
        (rewrite(lambda _: b""), "it is no backup of tellme's"),
        (rewrite(lambda _: b"somebody's notes\n" * 100), "it cannot be read (file is not a database)"),
        (rewrite(random_header), "it cannot be read"),
        (rewrite(lost_schema), "it "),
        (rewrite(lambda content: content[: len(content) // 2]), "it cannot be read"),
        (rewrite(lambda content: content[:4096] + bytes(len(content) - 4096)), "it cannot be read"),
        (execute("PRAGMA user_version = 99"), "it was written by a newer tellme (schema 99, this one knows 3)"),
        (execute("PRAGMA user_version = 0"), "it is no backup of tellme's"),
        (execute("PRAGMA user_version = -5"), "it cannot be read (schema version -5)"),
        (execute("DROP TABLE turn"), "it is no backup of tellme's"),
        (execute("ALTER TABLE turn RENAME TO t", "CREATE VIEW turn AS SELECT * FROM t"), "it is no backup of tellme's"),
        (execute("ALTER TABLE turn RENAME COLUMN message TO said"), "it holds what no tellme wrote"),
        (execute("UPDATE turn SET status = 'won'"), "it holds what no tellme wrote (a turn with an unknown status)"),
        (execute("UPDATE turn SET session = 'nowhere'"), "it holds what no tellme wrote"),
        (execute("CREATE TABLE x AS SELECT * FROM session", "DROP TABLE session", "CREATE TABLE session (id)"), "it "),
    ],
)
def test_what_is_no_sound_backup_changes_nothing(
    store: Store, path: str, backup: str, change: Callable[[str], object], said: str
) -> None:
    say(store, "2+2")
    store.backup(backup)
    change(backup)
    before = contents(store)
    files = set(os.listdir(os.path.dirname(path)))
    with pytest.raises((StoreError, UsageError)) as caught:
        store.restore(backup)
    assert said in str(caught.value)
    assert backup in str(caught.value)
    assert "\n" not in str(caught.value)
    assert contents(store) == before
    assert set(os.listdir(os.path.dirname(path))) == files
    assert store.set_aside is None


def test_only_rows_are_taken_from_a_strangers_file(store: Store, path: str, backup: str) -> None:
    say(store, "2+2")
    store.backup(backup)
    execute(
        "CREATE TRIGGER spy AFTER INSERT ON turn BEGIN UPDATE session SET title = 'owned'; END",
        "CREATE TABLE extra (x)",
        "UPDATE turn SET message = CAST('a blob' AS BLOB), sent_at = 'yesterday'",
    )(backup)
    store.restore(backup)
    (session,) = store.sessions()
    assert (session.title, store.turns(session.id)[0].sent_at) == ("a blob", 0.0)
    with closing(sqlite3.connect(path)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert not names & {"spy", "extra"}


def test_a_store_that_is_damaged_is_set_aside_and_restored(path: str, backup: str) -> None:
    store = Store.open(path)
    say(store, "2+2")
    store.backup(backup)
    then = contents(store)
    store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'turn_session'")
    store = Store.open(path)
    store.restore(backup)
    assert store.set_aside is not None
    assert contents(store) == then
    assert store.check() is None
    store.close()


def test_a_backup_where_nothing_can_be_written_is_read(store: Store, path: str, backup: str) -> None:
    say(store, "2+2")
    store.backup(backup)
    then = contents(store)
    os.chmod(backup, 0o400)
    os.chmod(os.path.dirname(backup), 0o500)
    store.restore(backup)
    os.chmod(os.path.dirname(backup), 0o700)
    assert contents(store) == then
    assert os.listdir(os.path.dirname(backup)) == ["backup.db"]


def test_the_store_itself_is_no_backup_of_it(store: Store, path: str) -> None:
    with pytest.raises(UsageError, match="is the database itself"):
        store.restore(path)


def test_what_is_kept_nowhere_is_not_restored(backup: str) -> None:
    store = Store.open(None)
    store.backup(backup)
    with pytest.raises(UsageError, match="Nothing is kept here"):
        store.restore(backup)
    store.close()


@pytest.mark.parametrize("moment", ["copying", "replacing"])
def test_killed_while_it_restores_it_is_as_before(
    store: Store, path: str, backup: str, spawn: Callable[..., subprocess.Popen[str]], moment: str
) -> None:
    say(store, "before")
    store.backup(backup)
    say(store, "after")
    before = contents(store)
    code = f"""
from tellme.store import restoring
kill = lambda *_: os.kill(os.getpid(), 9)
restoring.{"copy" if moment == "copying" else "_insert"} = kill
Store.open(sys.argv[1]).restore(sys.argv[2])
"""
    process = spawn(code, path, backup)
    process.communicate(timeout=30)
    assert process.returncode == -9
    assert contents(store) == before
    store.restore(backup)
    assert len(store.sessions()) == 1
