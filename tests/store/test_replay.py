"""Failed turns: listed with all that is known, found by their id, sent again under it, never lost on the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from tellme.errors import SessionNotFound, TurnNotFound, UsageError
from tellme.model import Timings, TurnRecord, TurnStatus
from tellme.store.database import INTERRUPTED, Store


def fail(store: Store, message: str = "2+2", error: str = "Math died") -> str:
    session, turn = store.open_and_begin("math", message)
    store.end_turn(turn.id, TurnStatus.FAILED, "half", error, 2, 12.5, Timings(1.5, 2.5), "Math was killed")
    store.end_session(session.id)
    return turn.id


def rename(path: str, turn: str, id_: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE turn SET id = ? WHERE id = ?", (id_, turn))
        connection.commit()


def test_everything_is_known_of_a_failed_turn(store: Store) -> None:
    id_ = fail(store)
    record = store.turn(id_[:6])
    assert (record.turn.id, record.turn.text, record.turn.error, record.turn.attempts) == (id_, "half", "Math died", 2)
    assert record[1:] == ("math", Timings(1.5, 2.5), "Math was killed", 0)
    assert store.failed_turns() == [record]


def test_only_what_failed_is_listed_newest_first(store: Store) -> None:
    ids = [fail(store, str(number)) for number in range(3)]
    session, answered = store.open_and_begin("math", "1+1")
    store.end_turn(answered.id, TurnStatus.ANSWERED, "2")
    store.end_turn(store.begin_turn(session.id, "why").id, TurnStatus.DECLINED, "")
    store.begin_turn(session.id, "open")
    assert [record.turn.id for record in store.failed_turns()] == ids[::-1]
    assert [record.turn.id for record in store.failed_turns(2)] == ids[:0:-1]


def test_those_of_one_session_are_found_however_many_failed_in_others(store: Store) -> None:
    first = store.turn(fail(store)).turn
    second = store.begin_turn(first.session, "3+3")
    store.end_turn(second.id, TurnStatus.FAILED, "", "Math died")
    others = [fail(store) for _ in range(3)]
    of_first = [record.turn.id for record in store.failed_turns(session=first.session)]
    assert of_first == [second.id, first.id]
    assert [record.turn.id for record in store.failed_turns(1, first.session)] == [second.id]
    assert store.failed_turns(session="nothing1") == []
    assert [record.turn.id for record in store.failed_turns()] == [*others[::-1], second.id, first.id]


@pytest.mark.parametrize("session", [None, "7kq2abcd"])
def test_failed_turns_are_read_by_their_index(path: str, store: Store, session: str | None) -> None:
    statements: list[str] = []
    store._database.read(lambda connection: connection.set_trace_callback(statements.append))
    store.failed_turns(5, session)
    with closing(sqlite3.connect(path)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statements[-1]}")]
    assert "turn_failed" in plan[0]
    assert not [step for step in plan if "B-TREE" in step]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "There is no turn '': ids are 10 letters and digits. 'tellme failed' lists those that failed."),
        ("1%", "There is no turn '1%': ids are 10 letters and digits."),
        ("k3v9", "There is no turn 'k3v9': a turn's id begins with a digit, a session's with a letter."),
        ("9zz", "There is no turn '9zz'. 'tellme failed' lists those that failed."),
        ("7a", "More than one turn begins with '7a': 7ab0000000, 7ac0000000. Type more of it;"),
    ],
)
def test_what_names_no_turn_says_so(path: str, store: Store, typed: str, said: str) -> None:
    for id_ in ("7ab0000000", "7ac0000000"):
        rename(path, fail(store), id_)
    with pytest.raises(TurnNotFound) as caught:
        store.turn(typed)
    assert str(caught.value).startswith(said)
    assert caught.value.exit_code == 2


def test_a_turn_is_sent_again_under_its_id(store: Store) -> None:
    id_ = fail(store)
    before = store.turn(id_)
    begun = store.begin_replay(id_[:7])
    assert (begun.id, begun.message, begun.status, begun.text, begun.error) == (id_, "2+2", None, "", None)
    assert begun.sent_at == before.turn.sent_at
    assert store.session(begun.session).ended_at is None
    assert store.turns(begun.session) == [begun]
    assert store.failed_turns() == []
    store.end_turn(id_, TurnStatus.ANSWERED, "4", None, 1, 3.5, Timings(0.5, 0.75))
    ended = begun._replace(text="4", status=TurnStatus.ANSWERED, attempts=1, latency_ms=3.5)
    assert store.turn(id_) == TurnRecord(ended, "math", Timings(0.5, 0.75), None, 1)
    assert store.failed_turns() == []


def test_one_that_fails_again_can_be_sent_again(store: Store) -> None:
    id_ = fail(store)
    for number in range(1, 4):
        store.begin_replay(id_)
        store.end_turn(id_, TurnStatus.FAILED, "", f"died {number}")
        (record,) = store.failed_turns()
        assert (record.turn.error, record.replays) == (f"died {number}", number)


@pytest.mark.parametrize("status", [TurnStatus.ANSWERED, TurnStatus.DECLINED])
def test_what_has_not_failed_is_not_sent_again(store: Store, status: TurnStatus) -> None:
    _, turn = store.open_and_begin("math", "2+2")
    store.end_turn(turn.id, status, "4")
    with pytest.raises(UsageError, match=f"Turn {turn.id} has not failed, so it is not sent again."):
        store.begin_replay(turn.id)
    assert store.turn(turn.id).replays == 0


def test_what_is_under_way_is_not_sent_again(store: Store) -> None:
    _, turn = store.open_and_begin("math", "2+2")
    with pytest.raises(UsageError, match="has not ended yet"):
        store.begin_replay(turn.id)
    again = fail(store)
    store.begin_replay(again)
    with pytest.raises(UsageError, match="has not ended yet"):
        store.begin_replay(again)
    assert store.turn(again).replays == 1


def test_a_crash_while_it_is_sent_again_loses_nothing(path: str, store: Store, run: Callable[..., str]) -> None:
    id_ = fail(store)
    before = store.turn(id_)
    run("Store.open(sys.argv[1]).begin_replay(sys.argv[2])\nos._exit(0)", path, id_)
    assert store.failed_turns() == []
    assert store.recover() == 1
    assert store.failed_turns() == [before._replace(replays=1)]


def test_a_crash_of_the_first_try_is_an_interruption(path: str, store: Store, run: Callable[..., str]) -> None:
    run("Store.open(sys.argv[1]).open_and_begin('math', 'lost')\nos._exit(0)", path)
    store.recover()
    assert [record.turn.error for record in store.failed_turns()] == [INTERRUPTED]


def test_two_processes_do_not_send_the_same_turn(path: str, store: Store) -> None:
    id_ = fail(store)
    other = Store.open(path)
    other.begin_replay(id_)
    with pytest.raises(UsageError, match="has not ended yet"):
        store.begin_replay(id_)
    other.close()


def test_the_bots_history_has_a_turn_at_its_old_place(store: Store) -> None:
    session, first = store.open_and_begin("math", "first")
    store.end_turn(first.id, TurnStatus.FAILED, "", "died")
    store.end_turn(store.begin_turn(session.id, "second").id, TurnStatus.ANSWERED, "2")
    store.begin_replay(first.id)
    store.end_turn(first.id, TurnStatus.ANSWERED, "1")
    assert [turn.message for turn in store.history(session.id, 10)] == ["first", "second"]


def test_a_status_that_a_damaged_file_garbled_reads_as_failed(path: str, store: Store) -> None:
    session, turn = store.open_and_begin("math", "2+2")
    store.end_turn(turn.id, TurnStatus.ANSWERED, "4")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE turn SET status = 'answesed'")
        connection.commit()
    assert [kept.status for kept in store.turns(session.id)] == [TurnStatus.FAILED]


def test_a_conversation_goes_on_in_a_session_that_another_process_deleted(path: str, store: Store) -> None:
    session, turn = store.open_and_begin("math", "2+2")
    gone = store.new_session("zen")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM turn")
        connection.execute("DELETE FROM session")
        connection.commit()
    store.end_turn(turn.id, TurnStatus.ANSWERED, "4")
    store.begin_turn(session.id, "3+3")
    assert [kept.message for kept in store.turns(session.id)] == ["2+2", "3+3"]
    with pytest.raises(SessionNotFound):
        store.session(gone.id)
