"""Sessions that nobody used for long go, with their turns; what is open or was used stays."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tellme.model import Session, Turn, TurnStatus
from tellme.store import expiry
from tellme.store.database import Store


def past(store: Store, used_at: float, *, ended: bool = True) -> str:
    turn = Turn("", "", "2+2", used_at, "4", TurnStatus.ANSWERED)
    session = Session("", "math", used_at, used_at if ended else None, used_at, f"at {used_at}")
    return store.import_session(session, [turn]).id


def test_only_what_has_ended_and_was_not_used_since_goes(path: str, store: Store) -> None:
    old, new = past(store, 100.0), past(store, 200.0)
    open_, in_mid_turn = past(store, 101.0, ended=False), past(store, 102.0)
    store.begin_turn(in_mid_turn, "still under way")
    store.end_session(in_mid_turn)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE session SET used_at = 102 WHERE id = ?", (in_mid_turn,))
        connection.commit()
    assert store.expire(200.0) == 1
    assert {session.id for session in store.sessions()} == {new, open_, in_mid_turn}
    assert store.turns(old) == []
    assert len(store.turns(new)) == 1


def test_many_go_some_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "AT_ONCE", 2)
    kept = past(store, 1000.0)
    for number in range(5):
        past(store, float(number))
    assert store.expire(10.0) == 5
    assert store.expire(10.0) == 0
    assert [session.id for session in store.sessions()] == [kept]


def test_what_went_does_not_come_back_with_a_new_file(path: str, store: Store) -> None:
    gone = past(store, 100.0)
    store.session(gone)
    store.expire(200.0)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM turn").fetchone() == (0,)
    assert gone not in store._carry
