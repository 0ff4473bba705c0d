"""A damaged file is set aside with all that belongs to it, never deleted, and what is going on goes on."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tellme.errors import StoreError
from tellme.model import TurnStatus
from tellme.store.database import Store

Run = Callable[..., str]
PAGE = 4096

# Opening the file within this process would make it lose SQLite's locks (POSIX), so another one does the damage.
ZERO_ALL_BUT_THE_FIRST_PAGE = """
with open(sys.argv[1], "r+b") as file:
    size = os.fstat(file.fileno()).st_size
    file.seek(4096)
    file.write(bytes(size - 4096))
"""


def fill(path: str, turns: int = 50) -> str:
    """Write a session, all of it in the database file, and return its id."""
    store = Store.open(path)
    session = store.new_session("math")
    for number in range(turns):
        turn = store.begin_turn(session.id, f"message {number} " + "x" * 500)
        store.end_turn(turn.id, TurnStatus.ANSWERED, "reply")
    store.close()
    assert not os.path.exists(path + "-wal")
    return session.id


def works(store: Store) -> bool:
    session, turn = store.open_and_begin("math", "after")
    store.end_turn(turn.id, TurnStatus.ANSWERED, "4")
    return [kept.text for kept in store.turns(session.id)] == ["4"]


def is_sound(path: str) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def names(path: str) -> set[str]:
    return {file.name for file in Path(path).parent.iterdir()}


def random_header(content: bytes) -> bytes:
    return random.Random(1).randbytes(100) + content[100:]


def broken_schema(content: bytes) -> bytes:
    return content[:100] + random.Random(1).randbytes(PAGE - 100) + content[PAGE:]


def lost_schema(content: bytes) -> bytes:
    # A sound header and a sound, empty list of tables.
    return content[:100] + b"\x0d\0\0\0\0\x10\0\0" + bytes(PAGE - 108) + content[PAGE:]


def schema_without_version(content: bytes) -> bytes:
    return content[:60] + bytes(4) + content[64:]


@pytest.mark.parametrize(
    "damage",
    [
        random_header,
        broken_schema,
        lost_schema,
        schema_without_version,
        lambda content: content[:50],
        lambda content: content[: len(content) // 2],
        lambda content: b"not a database, but somebody's notes\n" * 100,
        lambda content: bytes(len(content)),
    ],
    ids=["header", "schema", "lost schema", "no version", "50 bytes", "half", "text", "zeros"],
)
def test_a_damaged_file_is_set_aside(path: str, damage: Callable[[bytes], bytes]) -> None:
    fill(path)
    damaged = damage(Path(path).read_bytes())
    Path(path).write_bytes(damaged)
    store = Store.open(path)
    assert works(store)
    assert store.set_aside is not None
    assert store.set_aside.startswith(path + ".damaged-2")
    assert Path(store.set_aside).read_bytes() == damaged
    store.close()
    assert is_sound(path)


def test_each_damaged_file_keeps_a_name_of_its_own(path: str) -> None:
    aside = set()
    for number in range(3):
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(f"no database {number} " * 100)
        store = Store.open(path)
        aside.add(store.set_aside)
        store.close()
    assert {Path(name or "").read_text()[:13] for name in aside} == {"no database 0", "no database 1", "no database 2"}


def test_what_belongs_to_the_file_goes_with_it(path: str) -> None:
    fill(path)
    Path(path).write_bytes(random_header(Path(path).read_bytes()))
    Path(path + "-wal").write_bytes(b"log")
    store = Store.open(path)
    assert store.set_aside is not None
    assert Path(store.set_aside + "-wal").read_bytes() == b"log"
    assert works(store)
    store.close()


def test_an_empty_file_is_a_new_one(path: str) -> None:
    Path(path).parent.mkdir()
    Path(path).touch()
    store = Store.open(path)
    assert works(store)
    assert store.set_aside is None
    store.close()


def test_a_file_emptied_beside_its_log_does_not_cost_the_log(path: str, run: Run) -> None:
    run("Store.open(sys.argv[1]).open_and_begin('math', 'kept in the log')\nos._exit(0)", path)
    log = Path(path + "-wal").read_bytes()
    os.truncate(path, 0)
    store = Store.open(path)
    assert store.set_aside is not None
    assert Path(store.set_aside + "-wal").read_bytes() == log
    assert works(store)
    store.close()


def test_a_garbage_log_costs_only_the_log(path: str) -> None:
    session = fill(path)
    Path(path + "-wal").write_bytes(random.Random(1).randbytes(100_000))
    store = Store.open(path)
    assert len(store.turns(session)) == 50
    assert works(store)
    store.close()
    assert is_sound(path)


@pytest.mark.parametrize("keep", [0, 1, 2])
def test_a_log_cut_anywhere_keeps_whole_transactions(path: str, run: Run, keep: int) -> None:
    run("store = Store.open(sys.argv[1])\nfor i in range(9): store.open_and_begin('math', str(i))\nos._exit(0)", path)
    size = os.path.getsize(path + "-wal")
    os.truncate(path + "-wal", size * keep // 3 + 1000)
    store = Store.open(path)
    kept = store.sessions()
    assert len(kept) < 9
    assert {session.turns for session in kept} <= {1}
    assert works(store)
    store.close()
    assert is_sound(path)


def test_damage_found_while_reading(path: str, run: Run) -> None:
    session = fill(path)
    store = Store.open(path)
    run(ZERO_ALL_BUT_THE_FIRST_PAGE, path)
    assert store.turns(session) == []
    assert store.set_aside is not None
    assert works(store)
    store.close()
    assert is_sound(path)


def test_a_conversation_goes_on_in_a_new_file(path: str, run: Run) -> None:
    id_ = fill(path)
    store = Store.open(path)
    (session,) = store.sessions()
    first, second = store.begin_turn(id_, "first"), store.begin_turn(id_, "second")
    store.end_turn(first.id, TurnStatus.ANSWERED, "reply")
    store.set_agent_session(id_, "agent-7")
    over = store.new_session("zen")
    store.end_session(over.id)
    find_damage(store, path, run)
    store.end_turn(second.id, TurnStatus.ANSWERED, "reply")
    third = store.begin_turn(id_, "third")
    (kept,) = store.sessions()
    assert (kept.id, kept.bot, kept.started_at, kept.agent_session) == (id_, "math", session.started_at, "agent-7")
    assert [(turn.id, turn.text) for turn in store.turns(id_)] == [(second.id, "reply"), (third.id, "")]
    store.close()


def find_damage(store: Store, path: str, run: Run) -> None:
    store.checkpoint()
    run(ZERO_ALL_BUT_THE_FIRST_PAGE, path)
    store.sessions("what is not in memory")
    assert store.set_aside is not None


def test_a_thread_that_waits_for_the_lock_finds_the_damage(path: str, run: Run) -> None:
    id_ = fill(path)
    store = Store.open(path)
    session = store.session(id_)
    run(ZERO_ALL_BUT_THE_FIRST_PAGE, path)
    turn = store.patiently(lambda store: store.begin_turn(session.id, "patient"))
    assert store.set_aside is not None
    assert store.turns(session.id) == [turn]
    store.close()


def test_a_thread_is_the_first_to_see_that_the_file_was_set_aside(path: str) -> None:
    store = Store.open(path)
    session = store.new_session("math")
    for end in ("", "-wal", "-shm"):
        os.rename(path + end, path + ".away" + end)
    turn = store.patiently(lambda store: store.begin_turn(session.id, "patient"))
    assert store.turns(session.id) == [turn]
    store.close()


def test_a_file_that_another_process_set_aside_is_left_to_it(path: str, run: Run) -> None:
    fill(path)
    store = Store.open(path)
    session, turn = store.open_and_begin("math", "mine")
    run(ZERO_ALL_BUT_THE_FIRST_PAGE, path)
    other = Store.open(path)
    other.sessions("")
    theirs, _ = other.open_and_begin("math", "theirs")
    assert other.set_aside is not None
    store.end_turn(turn.id, TurnStatus.ANSWERED, "4")
    assert store.set_aside is None
    assert {kept.id for kept in other.sessions()} == {session.id, theirs.id}
    assert [kept.text for kept in other.turns(session.id)] == ["4"]
    store.close()
    other.close()
    assert is_sound(path)


def test_closing_a_file_that_was_set_aside_leaves_the_new_log_alone(path: str, run: Run) -> None:
    Store.open(path).close()
    stale = Store.open(path)
    stale.sessions()
    os.rename(path, path + ".away")
    run("Store.open(sys.argv[1]).open_and_begin('math', 'in the new log')\nos._exit(0)", path)
    stale.close()
    store = Store.open(path)
    assert [session.title for session in store.sessions()] == ["in the new log"]
    store.close()


def test_a_deleted_file_is_made_again(path: str, store: Store) -> None:
    session = store.new_session("math")
    for end in ("", "-wal", "-shm"):
        os.unlink(path + end)
    turn = store.begin_turn(session.id, "2+2")
    assert store.set_aside is None
    assert store.turns(session.id) == [turn]
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(tmp_path: Path, path: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "real.db").write_text("no database " * 100)
    Path(path).parent.mkdir()
    Path(path).symlink_to(elsewhere / "real.db")
    store = Store.open(path)
    assert store.set_aside is not None
    assert store.set_aside.startswith(str(elsewhere / "real.db.damaged-"))
    assert Path(path).is_symlink()
    assert works(store)
    store.close()


def test_a_file_of_a_newer_tellme_is_not_touched(path: str) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    content = Path(path).read_bytes()
    with pytest.raises(StoreError) as caught:
        Store.open(path)
    assert str(caught.value) == (
        f"{path}: was written by a newer tellme (schema 99, this one knows 3) and was left as it is. "
        "Update tellme, or set TELLME_HOME; --no-store answers without keeping."
    )
    assert Path(path).read_bytes() == content
    assert names(path) == {"tellme.db", "tellme.db.lock"}


def test_check_finds_nothing_wrong_with_a_sound_file(path: str) -> None:
    fill(path)
    store = Store.open(path)
    assert store.check() is None
    store.close()


def test_check_says_what_is_wrong(path: str) -> None:
    fill(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'turn_session'")
    store = Store.open(path)
    found = store.check()
    assert found is not None
    assert found.startswith(f"{path}: ")
    assert "never used" in found
    store.close()


def test_check_sets_a_damaged_file_aside(path: str, run: Run) -> None:
    fill(path)
    store = Store.open(path)
    run("os.truncate(sys.argv[1], 8192)", path)
    assert store.check() is None
    assert store.set_aside is not None
    store.close()
