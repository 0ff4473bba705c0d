"""A store that was restored: what it holds, and what others who have it open see of that."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tellme.errors import StoreError
from tellme.model import BotState, Exit, Timings, TurnStatus
from tellme.store import database, restoring
from tellme.store.database import INTERRUPTED, Busy, Store

from .saying import WRITE_UNTIL_TOLD, contents, opened, say
from .saying import backup as backup

SCHEMAS = Path(__file__).parent / "schemas"


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
