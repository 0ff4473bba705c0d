"""A backup of a live store: one private file with everything, and nothing else is overwritten."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tellme.errors import StoreError, UsageError
from tellme.model import BotState, Exit
from tellme.store.database import Store

from .saying import WRITE_UNTIL_TOLD, contents, opened, say
from .saying import backup as backup


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
