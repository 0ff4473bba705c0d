"""Many processes, one file: nothing is lost, nothing waits, and a kill takes nothing that was acknowledged."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from tellme.model import TurnStatus
from tellme.store import file
from tellme.store.database import Busy, Store
from tellme.store.lock import FileLock

from ..conftest import wait_until

Spawn = Callable[..., subprocess.Popen[str]]

WRITE = """
store = Store.open(sys.argv[1])
session = write(store, lambda store: store.new_session("math"))
for number in range(int(sys.argv[2])):
    turn(store, session, str(number))
    if store.checkpoint_due:
        store.checkpoint()
print(session.id)
store.close()
"""
ACKNOWLEDGE = """
store = Store.open(sys.argv[1])
session = store.new_session("math")
print(session.id, flush=True)
for number in range(1_000_000):
    print(turn(store, session, "x" * (number % 5000)).id, flush=True)
    if number % 50 == 0:
        store.checkpoint()
"""


def finish(processes: list[subprocess.Popen[str]]) -> list[str]:
    results = [process.communicate(timeout=50) for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), results
    return [output.strip() for output, _ in results]


def problems(path: str) -> list[tuple[str]]:
    with closing(sqlite3.connect(path)) as connection:
        found: list[tuple[str]] = connection.execute("PRAGMA integrity_check").fetchall()
        return found + connection.execute("PRAGMA foreign_key_check").fetchall()


def test_two_processes_write_at_once(path: str, spawn: Spawn) -> None:
    sessions = finish([spawn(WRITE, path, "1000") for _ in range(2)])
    store = Store.open(path)
    for session in sessions:
        assert [turn.message for turn in store.turns(session)] == [str(number) for number in range(1000)]
        assert {turn.status for turn in store.turns(session)} == {TurnStatus.ANSWERED}
    store.close()
    assert problems(path) == [("ok",)]


def test_many_processes_create_the_file_at_once(path: str, spawn: Spawn) -> None:
    finish([spawn(WRITE, path, "1") for _ in range(8)])
    store = Store.open(path)
    assert len(store.sessions()) == 8
    assert store.set_aside is None
    store.close()


def test_many_processes_find_the_damage_at_once(path: str, spawn: Spawn) -> None:
    os.mkdir(os.path.dirname(path))
    with open(path, "w") as damaged:
        damaged.write("no database " * 100)
    finish([spawn(WRITE, path, "1") for _ in range(8)])
    store = Store.open(path)
    assert len(store.sessions()) == 8
    store.close()
    names = os.listdir(os.path.dirname(path))
    assert len([name for name in names if ".damaged-" in name]) == 1


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")
def test_processes_that_wait_for_each_other_set_one_file_aside(path: str, spawn: Spawn) -> None:
    os.mkdir(os.path.dirname(path))
    with open(path, "w") as damaged:
        damaged.write("no database " * 100)
    with FileLock(path + ".lock", exclusive=False):
        processes = [spawn(WRITE, path, "1") for _ in range(3)]
        # Each has found the damage when it has the database open, and waits for the lock to set it aside.
        wait_until(lambda: all({path, path + ".lock"} <= open_files(process) for process in processes))
    assert len(finish(processes)) == 3
    assert len([name for name in os.listdir(os.path.dirname(path)) if ".damaged-" in name]) == 1


def open_files(process: subprocess.Popen[str]) -> set[str]:
    folder = f"/proc/{process.pid}/fd"
    found = set()
    for descriptor in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):
            found.add(os.readlink(f"{folder}/{descriptor}"))
    return found


def test_kill_9_loses_nothing_that_was_acknowledged(path: str, spawn: Spawn) -> None:
    process = spawn(ACKNOWLEDGE, path)
    assert process.stdout is not None
    session = process.stdout.readline().strip()
    told = [process.stdout.readline().strip() for _ in range(300)]
    process.send_signal(signal.SIGKILL)
    told += [line.strip() for line in process.stdout if line.endswith("\n")]
    process.wait()
    assert problems(path) == [("ok",)]
    store = Store.open(path)
    assert store.set_aside is None
    assert store.recover() <= 1
    kept = store.turns(session)
    assert {turn.id for turn in kept} >= set(told)
    assert [turn.message for turn in kept] == ["x" * (number % 5000) for number in range(len(kept))]
    assert {turn.status for turn in kept[: len(told)]} == {TurnStatus.ANSWERED}
    store.close()


def test_a_write_that_would_wait_says_so_and_is_done_patiently(path: str, store: Store) -> None:
    session = store.new_session("math")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            store.begin_turn(session.id, "2+2")
        with pytest.raises(Busy):
            store.check()
        assert store.turns(session.id) == []
        turns = []
        patient = threading.Thread(
            target=lambda: turns.append(store.patiently(lambda store: store.begin_turn(session.id, "2+2")))
        )
        patient.start()
        other.execute("COMMIT")
        patient.join()
    assert store.turns(session.id) == turns
    store.end_turn(turns[0].id, TurnStatus.ANSWERED, "4")


def grow_log(store: Store, path: str) -> None:
    session = store.new_session("math")
    while os.path.getsize(path + "-wal") <= file.CHECKPOINT_BYTES:
        assert not store.checkpoint_due
        store.begin_turn(session.id, "x" * 500_000)


def test_a_checkpoint_is_due_when_the_log_is_long(path: str, store: Store) -> None:
    for _ in range(2):
        size = os.path.getsize(path)
        grow_log(store, path)
        assert store.checkpoint_due
        assert os.path.getsize(path) == size, "a commit ran a checkpoint"
        thread = threading.Thread(target=store.checkpoint)
        thread.start()
        thread.join()
        assert not store.checkpoint_due
    assert os.path.getsize(path + "-wal") <= file.CHECKPOINT_BYTES
    assert os.path.getsize(path) > file.CHECKPOINT_BYTES
    assert problems(path) == [("ok",)]


def test_a_reader_that_holds_the_log_does_not_make_checkpoints_spin(path: str, store: Store) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM turn").fetchone()
        grow_log(store, path)
        store.checkpoint()
        assert not store.checkpoint_due
        store.new_session("math")
        assert not store.checkpoint_due
        reader.execute("COMMIT")
    store.checkpoint()
    store.new_session("math")
    assert os.path.getsize(path + "-wal") <= file.CHECKPOINT_BYTES


def test_a_checkpoint_of_a_file_that_is_gone_makes_none(path: str, store: Store) -> None:
    store.new_session("math")
    os.unlink(path)
    store.checkpoint()
    assert not os.path.exists(path)
