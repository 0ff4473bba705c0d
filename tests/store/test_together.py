"""What several turns keep in one transaction is there altogether or not at all, also where the file is damaged."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial

import pytest

from tellme.errors import SessionNotFound, StoreError
from tellme.model import Turn, TurnStatus
from tellme.store.database import Busy, Store


def begin(session: str, message: str, store: Store) -> Turn:
    return store.begin_turn(session, message)


def end(turn: Turn, store: Store) -> None:
    store.end_turn(turn.id, TurnStatus.ANSWERED, f"re: {turn.message}")


def messages(path: str) -> list[str]:
    """What another program sees."""
    with closing(sqlite3.connect(path)) as connection:
        return [text for (text,) in connection.execute("SELECT message FROM turn ORDER BY seq")]


def test_the_results_are_in_order_and_on_disk(store: Store, path: str) -> None:
    session = store.new_session("math").id
    turns = store.together([partial(begin, session, f"{number}") for number in range(5)])
    assert [turn.message for turn in turns] == messages(path) == list("01234")
    store.together([partial(end, turn) for turn in turns])
    assert [kept.text for kept in store.turns(session)] == [f"re: {number}" for number in range(5)]


def test_nothing_is_seen_before_all_is_done(store: Store, path: str) -> None:
    session = store.new_session("math").id
    seen: list[list[str]] = []
    store.together([partial(begin, session, "a"), lambda _: seen.append(messages(path))])
    assert seen == [[]]
    assert messages(path) == ["a"]


def test_one_that_fails_takes_all_back(store: Store, path: str) -> None:
    session = store.new_session("math").id
    with pytest.raises(SessionNotFound):
        store.together([partial(begin, session, "a"), partial(begin, "nosuch", "b"), partial(begin, session, "c")])
    assert messages(path) == []
    assert begin(session, "d", store).message in messages(path)


def test_a_new_session_and_its_end_fit_in(store: Store) -> None:
    (session, turn), _ = store.together([lambda each: each.open_and_begin("math", "a"), lambda _: None])
    store.together([partial(end, turn), lambda each: each.end_session(session.id)])
    assert store.session(session.id).ended_at is not None
    assert [kept.text for kept in store.turns(session.id)] == ["re: a"]


def test_while_another_program_writes_it_is_busy(store: Store, path: str) -> None:
    session = store.new_session("math").id
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            store.together([partial(begin, session, "a")])
        other.execute("COMMIT")
    assert messages(path) == []


def test_in_memory_it_is_the_same() -> None:
    with closing(Store.open(None)) as store:
        session = store.new_session("math").id
        with pytest.raises(StoreError):
            store.together([partial(begin, session, "a"), partial(end, Turn("nosuch", session, "b", 0.0))])
        assert store.turns(session) == []
        turns = store.together([partial(begin, session, "a"), partial(begin, session, "b")])
        assert [turn.message for turn in turns] == ["a", "b"]


def test_what_failed_half_way_is_not_carried_into_a_new_file(store: Store, path: str) -> None:
    """It was on no disk; only what is open, and what comes now, is to be in the file that follows a damaged one."""
    session = store.new_session("math").id
    open_turn = begin(session, "open", store)
    damage = [sqlite3.DatabaseError("database disk image is malformed")]
    damage[0].sqlite_errorcode = sqlite3.SQLITE_CORRUPT

    def damage_once(_: Store) -> None:
        if damage:
            raise damage.pop()

    ended, begun, _ = store.together([partial(end, open_turn), partial(begin, session, "new"), damage_once])
    assert store.set_aside is not None
    assert ended is None
    assert messages(path) == ["open", "new"]
    assert [(turn.message, turn.text) for turn in store.turns(session)] == [("open", "re: open"), ("new", "")]
    end(begun, store)
