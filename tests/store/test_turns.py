"""Turns: on disk when begun, ended once, in order, recovered when their process is gone."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.errors import SessionNotFound, StoreError
from tellme.model import TurnStatus
from tellme.store import ids
from tellme.store.database import INTERRUPTED, Store
from tellme.store.texts import storable

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def test_a_turn_from_begin_to_end(store: Store) -> None:
    session = store.new_session("math")
    begun = store.begin_turn(session.id, "2+2")
    assert ids.is_turn(begun.id)
    assert store.turns(session.id) == [begun]
    assert begun.status is None
    store.end_turn(begun.id, TurnStatus.FAILED, "par", "was killed", 2, 12.5)
    assert store.turns(session.id) == [
        begun._replace(status=TurnStatus.FAILED, text="par", error="was killed", attempts=2, latency_ms=12.5)
    ]


def test_a_session_and_its_first_turn_at_once(store: Store) -> None:
    session, turn = store.open_and_begin("math", "2+2")
    assert store.session(session.id) == session._replace(title="2+2")
    assert store.turns(session.id) == [turn]


def test_of_a_session_whose_first_turn_cannot_be_kept_nothing_is(store: Store) -> None:
    _, turn = store.open_and_begin("math", "2+2")
    with pytest.raises(StoreError):
        store.open_and_begin("math", "3+3", turn.id)
    assert len(store.sessions()) == 1


def test_what_is_begun_is_seen_by_others_at_once(path: str, store: Store, run: Callable[..., str]) -> None:
    session = store.new_session("math")
    store.begin_turn(session.id, "2+2", "7abcdefghj")
    seen = run(
        "store = Store.open(sys.argv[1])\nprint(store.turns(sys.argv[2])[0].id)\nstore.close()", path, session.id
    )
    assert seen == "7abcdefghj\n"


def test_no_turn_without_its_session(store: Store) -> None:
    with pytest.raises(SessionNotFound, match="no session 'zzz'"):
        store.begin_turn("zzz", "2+2")


def test_a_turn_that_never_began_cannot_end(store: Store) -> None:
    with pytest.raises(StoreError, match="no turn '7abcdefghj'"):
        store.end_turn("7abcdefghj", TurnStatus.ANSWERED, "4")


def test_an_id_that_is_taken_is_refused(store: Store) -> None:
    session = store.new_session("math")
    store.begin_turn(session.id, "2+2", "7abcdefghj")
    with pytest.raises(StoreError, match="UNIQUE"):
        store.begin_turn(session.id, "3+3", "7abcdefghj")
    assert [turn.message for turn in store.turns(session.id)] == ["2+2"]


def test_turns_come_in_order_and_in_pages(store: Store) -> None:
    session, other = store.new_session("math"), store.new_session("math")
    kept = [store.begin_turn(session.id, str(number)) for number in range(7)]
    store.begin_turn(other.id, "elsewhere")
    assert store.turns(session.id) == kept
    assert store.turns(session.id, limit=3) == kept[4:]
    assert store.turns(session.id, limit=3, before=kept[4].id) == kept[1:4]
    assert store.turns(session.id, before=kept[0].id) == []
    assert store.turns(session.id, before="7nosuchid") == []
    assert store.turns("zzz") == []


def test_pages_go_on_after_a_turn_too(store: Store) -> None:
    session, other = store.new_session("math"), store.new_session("math")
    kept = [store.begin_turn(each.id, str(number)) for number in range(5) for each in (session, other)][::2]
    assert store.turns(session.id, 2, after=kept[1].id) == kept[2:4]
    assert store.turns(session.id, 2, before=kept[4].id, after=kept[0].id) == kept[1:3]
    assert store.turns(session.id, 2, after=kept[4].id) == []
    assert store.turns(session.id, 2, after="7nosuchid") == []


@pytest.mark.parametrize(("before", "after"), [(None, None), ("7a", None), (None, "7a"), ("7a", "7b")])
def test_a_page_is_read_by_the_index_alone(path: str, store: Store, before: str | None, after: str | None) -> None:
    statements: list[str] = []
    store._database.read(lambda connection: connection.set_trace_callback(statements.append))
    store.turns(store.new_session("math").id, 50, before, after)
    with closing(sqlite3.connect(path)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statements[-1]}")]
    assert plan[0].startswith("SEARCH turn USING INDEX turn_session")
    assert not [step for step in plan if "SCAN" in step or "B-TREE" in step]


def test_turns_are_found_by_what_was_said_in_any_case(store: Store) -> None:
    session, other = store.new_session("math"), store.new_session("math")
    first, second, _ = (store.begin_turn(session.id, text) for text in ("the Straße", "no", "100%_"))
    store.begin_turn(other.id, "STRASSE")
    store.end_turn(second.id, TurnStatus.FAILED, "in the STRASSE", "died")
    assert store.find_turns(session.id, "strasse") == [first.id, second.id]
    assert store.find_turns(session.id, "%") != []
    assert store.find_turns(session.id, "died") == []


def test_messages_of_all_sessions_newest_first_each_once(store: Store) -> None:
    for bot in ("math", "zen"):
        session = store.new_session(bot)
        for text in ("one", bot, "one", "Two"):
            store.begin_turn(session.id, text)
    assert store.messages() == ["Two", "one", "zen", "math"]
    assert store.messages(limit=2) == ["Two", "one"]
    assert store.messages("TW") == ["Two"]
    assert store.messages("three") == []
    assert store.messages(max_bytes=9) == ["Two", "one", "zen"]


def test_history_is_what_was_answered_or_declined(store: Store) -> None:
    session = store.new_session("math")
    for number, status in enumerate([*TurnStatus, *TurnStatus]):
        turn = store.begin_turn(session.id, str(number))
        store.end_turn(turn.id, status, f"re {number}")
    store.begin_turn(session.id, "open")
    assert [turn.message for turn in store.history(session.id, 10)] == ["0", "1", "3", "4"]
    assert [turn.message for turn in store.history(session.id, 3)] == ["1", "3", "4"]


def test_history_is_bounded_in_bytes_and_has_no_gap(store: Store) -> None:
    session = store.new_session("math")
    for message in ("tiny", "é" * 50, "small"):
        turn = store.begin_turn(session.id, message)
        store.end_turn(turn.id, TurnStatus.ANSWERED, "ok")
    assert [turn.message for turn in store.history(session.id, 10, max_bytes=109)] == ["é" * 50, "small"]
    assert [turn.message for turn in store.history(session.id, 10, max_bytes=108)] == ["small"]
    assert store.history(session.id, 10, max_bytes=6) == []


@given(ANY_TEXT, ANY_TEXT, st.none() | ANY_TEXT)
@settings(max_examples=100, deadline=None)
def test_any_text_comes_back_as_it_went_in(message: str, text: str, error: str | None) -> None:
    store = Store.open(None)
    session = store.new_session("math")
    begun = store.begin_turn(session.id, message)
    store.end_turn(begun.id, TurnStatus.FAILED, text, error)
    (kept,) = store.turns(session.id)
    assert kept.message == begun.message == storable(message)
    assert kept.text == storable(text)
    assert kept.error == (None if error is None else storable(error))
    if len(message) < 500:
        assert store.sessions(message)
    store.close()


def test_a_byte_that_is_no_utf8_costs_one_character(path: str, store: Store) -> None:
    session = store.new_session("math")
    turn = store.begin_turn(session.id, "2+2")
    connection = sqlite3.connect(path)
    connection.execute("UPDATE turn SET message = CAST(x'612b80' AS TEXT) WHERE id = ?", (turn.id,))
    connection.commit()
    connection.close()
    assert store.turns(session.id)[0].message == "a+\ufffd"
    assert len(store.sessions("A+")) == 1


def test_turns_of_a_process_that_is_gone_are_interrupted(path: str, store: Store, run: Callable[..., str]) -> None:
    session, mine = store.open_and_begin("math", "mine")
    run("Store.open(sys.argv[1]).begin_turn(sys.argv[2], 'lost')\nsys.stdout.flush()\nos._exit(0)", path, session.id)
    assert store.recover() == 1
    assert [(turn.message, turn.status, turn.error) for turn in store.turns(session.id)] == [
        ("mine", None, None),
        ("lost", TurnStatus.FAILED, INTERRUPTED),
    ]
    assert store.recover() == 0
    store.end_turn(mine.id, TurnStatus.ANSWERED, "4")


def test_turns_of_a_process_that_lives_are_left_alone(
    path: str, store: Store, spawn: Callable[..., subprocess.Popen[str]]
) -> None:
    process = spawn(
        "session, _ = Store.open(sys.argv[1]).open_and_begin('math', 'theirs')\nprint(session.id)\ninput()", path
    )
    assert process.stdin is not None
    assert process.stdout is not None
    session_id = process.stdout.readline().strip()
    assert store.recover() == 0
    process.kill()
    process.wait()
    assert store.recover() == 1
    assert store.turns(session_id)[0].status is TurnStatus.FAILED


def test_what_was_recovered_too_early_takes_the_real_end(store: Store) -> None:
    session, turn = store.open_and_begin("math", "2+2")
    store.end_turn(turn.id, TurnStatus.FAILED, "", INTERRUPTED)
    store.end_turn(turn.id, TurnStatus.ANSWERED, "4")
    (kept,) = store.turns(session.id)
    assert (kept.status, kept.text, kept.error) == (TurnStatus.ANSWERED, "4", None)


def test_what_is_on_disk_is_private(path: str, store: Store) -> None:
    store.open_and_begin("math", "secret")
    folder = Path(path).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {file.name for file in folder.iterdir()} == {f"tellme.db{end}" for end in ("", "-wal", "-shm", ".lock")}
    assert {stat.S_IMODE(os.stat(file).st_mode) for file in folder.iterdir()} == {0o600}
