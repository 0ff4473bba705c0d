"""A backup of a live store, and the way back: whole or not at all, and nothing that was there is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tellme.errors import StoreError, UsageError
from tellme.model import BotState, Exit, Timings, TurnStatus
from tellme.store import database, restoring
from tellme.store.database import INTERRUPTED, Busy, Store

from .test_damage import lost_schema, random_header

SCHEMAS = Path(__file__).parent / "schemas"
WRITE_UNTIL_TOLD = """
store = Store.open(sys.argv[1])
session = write(store, lambda store: store.new_session("zen"))
print("begun", flush=True)
import select
number = 0
while number < 50 or not select.select([sys.stdin], [], [], 0)[0]:
    print(turn(store, session, f"kept {number}").id, flush=True)
    number += 1
store.close()
"""


def say(store: Store, message: str, reply: str = "4") -> str:
    session, turn = store.open_and_begin("math", message)
    store.end_turn(turn.id, TurnStatus.ANSWERED, reply, None, 1, 2.5, Timings(0.5, 1.5))
    return session.id


def contents(store: Store) -> list[object]:
    sessions = store.sessions()
    return [sessions, [store.turns(session.id) for session in sessions], store.exits()]


def opened(file: str) -> list[object]:
    """What a backup holds: of a copy, because to open a store makes files beside it."""
    copy = file + ".opened"
    shutil.copy(file, copy)
    store = Store.open(copy)
    found = contents(store)
    store.close()
    return found


@pytest.fixture
def backup(tmp_path: Path) -> str:
    (tmp_path / "elsewhere").mkdir()
    return str(tmp_path / "elsewhere" / "backup.db")


def test_a_backup_is_one_private_file_with_everything(store: Store, backup: str) -> None:
    say(store, "2+2")
    store.add_exit(Exit("math", 1.0, 7, 1, None, "exited with code 1", True, 2.0, BotState.BACKOFF))
    assert store.backup(backup) == backup
    assert stat.S_IMODE(os.stat(backup).st_mode) == 0o600
    assert os.listdir(os.path.dirname(backup)) == ["backup.db"]
    assert opened(backup) == contents(store)


def test_a_backup_is_overwritten_by_the_next(store: Store, backup: str) -> None:
    say(store, "one")
    store.backup(backup)
    say(store, "two")
    store.backup(backup)
    assert opened(backup) == contents(store)


def test_a_store_in_memory_can_be_kept_after_all(backup: str) -> None:
    store = Store.open(None)
    say(store, "2+2")
    store.backup(backup)
    assert opened(backup) == contents(store)
    store.close()


@pytest.mark.parametrize("place", ["itself", "log", "link", "hard link", "folder", "notes", "other store", "empty"])
def test_nothing_but_a_backup_is_overwritten(store: Store, path: str, backup: str, place: str) -> None:
    say(store, "2+2")
    target = {"itself": path, "log": path + "-wal"}.get(place, backup)
    if place == "link":
        os.symlink(path, backup)
    elif place == "hard link":
        os.link(path, backup)
    elif place == "folder":
        os.mkdir(backup)
    elif place == "notes":
        Path(backup).write_text("mine")
    elif place == "empty":
        Path(backup).touch()
    elif place == "other store":
        Store.open(backup).close()
    before = Path(target).read_bytes() if place in ("notes", "other store", "log") else b""
    with pytest.raises(UsageError) as caught:
        store.backup(target)
    assert "\n" not in str(caught.value)
    # To read the file, even its first bytes, would take SQLite's locks from this process.
    assert ("is the database itself" in str(caught.value)) == (place in ("itself", "link", "hard link"))
    assert not before or Path(target).read_bytes() == before
    assert [session.title for session in store.sessions()] == ["2+2"]


@pytest.mark.parametrize("target", ["no/such/folder/backup.db", "/proc/backup.db", "\0"])
def test_what_cannot_be_written_is_said(store: Store, target: str) -> None:
    with pytest.raises((StoreError, UsageError)) as caught:
        store.backup(target)
    assert "\n" not in str(caught.value)


def test_a_damaged_store_overwrites_no_sound_backup(path: str, backup: str) -> None:
    store = Store.open(path)
    say(store, "2+2")
    store.backup(backup)
    kept = Path(backup).read_bytes()
    store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'turn_session'")
    store = Store.open(path)
    with pytest.raises(StoreError, match=r"no backup was made, because it is damaged: .* 'tellme doctor'"):
        store.backup(backup)
    assert Path(backup).read_bytes() == kept
    assert os.listdir(os.path.dirname(backup)) == ["backup.db"]
    store.close()


def test_a_backup_while_another_process_writes(
    path: str, backup: str, spawn: Callable[..., subprocess.Popen[str]]
) -> None:
    writer = spawn(WRITE_UNTIL_TOLD, path)
    assert writer.stdout is not None
    assert writer.stdin is not None
    writer.stdout.readline()
    told = [writer.stdout.readline().strip() for _ in range(20)]
    store = Store.open(path)
    store.backup(backup)
    _, errors = writer.communicate("stop\n", timeout=30)
    assert writer.returncode == 0, errors
    kept, written = _turns(backup), _turns(path)
    assert kept[:20] == told
    assert kept == written[: len(kept)]
    store.close()


def _turns(path: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [id_ for (id_,) in connection.execute("SELECT id FROM turn ORDER BY seq")]


def test_a_restored_store_is_what_it_was(store: Store, path: str, backup: str) -> None:
    say(store, "before")
    store.add_exit(Exit("math", 1.0, 7, 1, None, "exited with code 1", True, 2.0, BotState.BACKOFF))
    then = contents(store)
    store.backup(backup)
    say(store, "after")
    now = contents(store)
    aside = store.restore(backup)
    assert contents(store) == then
    assert aside.startswith(f"{path}.before-restore-")
    assert stat.S_IMODE(os.stat(aside).st_mode) == 0o600
    assert opened(aside) == now
    assert store.check() is None
    assert not [name for name in os.listdir(os.path.dirname(path)) if "restoring" in name]
    store.restore(aside)
    assert contents(store) == now


def test_a_process_that_has_it_open_sees_it_and_goes_on(store: Store, path: str, backup: str) -> None:
    kept = say(store, "before")
    store.backup(backup)
    other = Store.open(path)
    session, turn = other.open_and_begin("zen", "under way")
    gone = say(other, "gone")
    store.restore(backup)
    assert [each.id for each in other.sessions()] == [kept]
    assert other.turns(gone) == []
    other.end_turn(turn.id, TurnStatus.ANSWERED, "now")
    assert [each.text for each in other.turns(session.id)] == ["now"]
    other.begin_turn(session.id, "and on")
    assert [each.message for each in store.turns(session.id)] == ["under way", "and on"]
    other.close()


def test_no_turn_is_written_between_the_copy_and_the_change(
    store: Store, path: str, backup: str, spawn: Callable[..., subprocess.Popen[str]]
) -> None:
    store.backup(backup)
    writer = spawn(WRITE_UNTIL_TOLD, path)
    assert writer.stdout is not None
    for _ in range(10):
        writer.stdout.readline()
    aside = store.patiently(lambda store: store.restore(backup))
    output, errors = writer.communicate("stop\n", timeout=30)
    assert writer.returncode == 0, errors
    kept = set()
    for file in (aside, path):
        with closing(sqlite3.connect(file)) as connection:
            kept |= {id_ for (id_,) in connection.execute("SELECT id FROM turn")}
    assert set(output.split()) <= kept


def test_what_is_written_while_the_copy_is_made_is_in_the_copy(
    store: Store, path: str, backup: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.backup(backup)
    other = Store.open(path)
    copied = restoring.copy

    def copy_and_write(source: sqlite3.Connection, target: str) -> None:
        copied(source, target)
        if "before-restore" in target and not other.sessions():
            say(other, "just now")

    monkeypatch.setattr(restoring, "copy", copy_and_write)
    aside = store.restore(backup)
    assert other.messages() == []
    with closing(sqlite3.connect(aside)) as connection:
        assert connection.execute("SELECT message FROM turn").fetchall() == [("just now",)]
    other.close()


def test_others_write_while_the_copy_is_made(
    store: Store, path: str, backup: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.backup(backup)
    other = Store.open(path)
    written = []
    copied = restoring.copy

    def write_and_copy(source: sqlite3.Connection, target: str) -> None:
        if "before-restore" in target and not written:
            written.append(say(other, "meanwhile"))
        copied(source, target)

    monkeypatch.setattr(restoring, "copy", write_and_copy)
    store.restore(backup)
    assert len(written) == 1
    other.close()


def test_a_writer_waits_for_a_restore_however_long_it_takes(
    store: Store, path: str, backup: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(store, "before")
    store.backup(backup)
    other = Store.open(path)
    monkeypatch.setattr(database, "PATIENCE_S", 0.02)
    results: list[object] = []

    def write() -> None:
        try:
            results.append(other.patiently(lambda store: say(store, "after")))
        except StoreError as error:
            results.append(error)

    writer = threading.Thread(target=write)
    replaced = restoring._replace_rows

    def take_long(*arguments: Any) -> None:
        replaced(*arguments)
        writer.start()
        writer.join(0.2)  # ten times what it would wait for another writer

    monkeypatch.setattr(restoring, "_replace_rows", take_long)
    store.restore(backup)
    writer.join()
    assert [type(result) for result in results] == [str]
    assert other.messages() == ["after", "before"]
    other.close()


def test_a_marker_that_a_killed_restore_left_holds_nobody_up(
    store: Store, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(f"{path}.restoring").touch()
    monkeypatch.setattr(database, "PATIENCE_S", 0.02)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            say(store, "at once")
        with pytest.raises(StoreError, match="kept it locked"):
            store.patiently(lambda store: say(store, "soon"))
    say(store, "then")


def test_what_was_open_in_a_backup_has_failed(store: Store, backup: str) -> None:
    store.open_and_begin("math", "under way")
    again = say(store, "again")
    (turn,) = store.turns(again)
    store.end_turn(turn.id, TurnStatus.FAILED, "", "died")
    store.begin_replay(turn.id)
    store.backup(backup)
    store.restore(backup)
    assert [record.turn.error for record in store.failed_turns()] == ["died", INTERRUPTED]


@pytest.mark.parametrize("schema", sorted(SCHEMAS.iterdir()), ids=lambda file: file.stem)
def test_a_store_of_every_released_schema_is_restored(store: Store, backup: str, schema: Path) -> None:
    with closing(sqlite3.connect(backup, isolation_level=None)) as old:
        old.executescript(schema.read_text())
    say(store, "now")
    store.restore(backup)
    assert {session.id for session in store.sessions()} >= {"a000000001", "b000000002"}
    (turn,) = store.turns("a000000001")
    assert (turn.message, turn.text, turn.latency_ms) == ("2+2", "4", 12.5)
    assert store.turns("b000000002")[0].error == INTERRUPTED
    assert store.check() is None


def test_all_that_a_store_of_the_second_schema_kept_is_restored_and_backed_up_again(store: Store, backup: str) -> None:
    with closing(sqlite3.connect(backup, isolation_level=None)) as old:
        old.executescript((SCHEMAS / "v2.sql").read_text())
    store.restore(backup)
    (failed,) = [each for each in store.failed_turns() if each.turn.id == "3000000003"]
    assert (failed.timings, failed.first_error, failed.replays) == (
        Timings(1.5, 2.5),
        "Wall-E was killed by SIGKILL",
        1,
    )
    assert [(each.bot, each.signal) for each in store.exits()] == [("wall-e", 9)]
    assert [store.attachments(each) for each in ("1000000001", "3000000003")] == [(), ()]
    again = f"{backup}.again"
    store.backup(again)
    assert opened(again) == contents(store)


def test_the_search_knows_what_was_restored(store: Store, backup: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tellme.store.search_index.WORTH", 1)
    say(store, "before")
    store.backup(backup)
    session, turn = store.open_and_begin("math", "changed since")
    store.end_turn(turn.id, TurnStatus.ANSWERED, "reply")
    assert len(store.sessions("changed since")) == 1
    store.restore(backup)
    assert store.sessions("changed since") == []
    assert len(store.sessions("before")) == 1
    say(store, "in the same place")
    assert len(store.sessions("same place")) == 1
    assert session.id not in {each.id for each in store.sessions()}


def test_the_search_knows_what_changed_again_after_a_restore(
    store: Store, backup: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tellme.store.search_index.WORTH", 1)
    _, turn = store.open_and_begin("math", "2+2")
    store.end_turn(turn.id, TurnStatus.FAILED, "half", "died")
    store.backup(backup)
    for reply in ("first answer", "second answer"):
        store.begin_replay(turn.id)
        store.end_turn(turn.id, TurnStatus.ANSWERED, reply)
        assert len(store.sessions(reply)) == 1
        store.restore(backup)
    assert len(store.sessions("half")) == 1


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
