"""A session from elsewhere is kept as it was, once; a stranger's values are checked."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.errors import StoreError, UsageError
from tellme.model import MAX_MESSAGE_BYTES, Attachment, Session, Turn, TurnStatus
from tellme.store import ids
from tellme.store.database import Store
from tellme.store.imported import STILL_OPEN

SESSION = Session("k3v9abcdef", "math", 100.25, 300.5, 200.125, "Sums", None, 2)
TURNS = [
    Turn("7abcdefghj", "k3v9abcdef", "2+2", 150.5, "4", TurnStatus.ANSWERED, None, 1, 12.5),
    Turn("8abcdefghj", "k3v9abcdef", "3+?", 200.125, "half", TurnStatus.FAILED, "Math died", 2, None),
]


def without_ids(turns: list[Turn]) -> list[Turn]:
    return [turn._replace(id="", session="") for turn in turns]


def test_a_session_is_kept_as_it_was(store: Store) -> None:
    assert store.import_session(SESSION, TURNS) == SESSION
    assert store.turns(SESSION.id) == TURNS
    assert [record.turn.id for record in store.failed_turns()] == ["8abcdefghj"]


def test_the_same_session_again_is_not_doubled(store: Store) -> None:
    first = store.import_session(SESSION, TURNS)
    assert store.import_session(SESSION, TURNS) == first
    assert len(store.sessions()) == 1


def test_an_earlier_state_of_a_session_that_went_on_is_that_session(store: Store) -> None:
    store.import_session(SESSION, TURNS)
    store.begin_replay("8abcdefghj")
    store.end_turn("8abcdefghj", TurnStatus.ANSWERED, "6")
    store.begin_turn(SESSION.id, "and on")
    assert store.import_session(SESSION, TURNS).turns == 3
    assert len(store.sessions()) == 1


def test_ids_that_something_else_has_are_replaced_by_the_same_ones_each_time(store: Store) -> None:
    store.import_session(SESSION, [TURNS[0]._replace(message="another")])
    other = store.import_session(SESSION, TURNS)
    assert other.id != SESSION.id
    kept = store.turns(other.id)
    assert without_ids(kept) == without_ids(TURNS)
    assert kept[0].id != TURNS[0].id, "that id was taken"
    assert kept[1].id == TURNS[1].id
    assert not ids.is_turn(other.id)
    assert all(ids.is_turn(turn.id) for turn in kept)
    assert store.import_session(SESSION, TURNS) == other
    assert len(store.sessions()) == 2


def test_a_session_of_another_bot_is_another(store: Store) -> None:
    store.import_session(SESSION, TURNS)
    assert store.import_session(SESSION._replace(bot="zen"), TURNS).id != SESSION.id


@pytest.mark.parametrize("id_", ["", "short", "K3V9ABCDEF", "7abcdefghj", "../../etc/", "k3v9abcde\n"])
def test_what_is_no_id_of_ours_is_replaced(store: Store, id_: str) -> None:
    turns = [turn._replace(id=id_ if id_ != "7abcdefghj" else "k3v9abcdef") for turn in TURNS]
    session = store.import_session(SESSION._replace(id=id_), turns)
    assert store.session(session.id).id == session.id != id_
    kept = store.turns(session.id)
    assert without_ids(kept) == without_ids(TURNS)
    assert len({turn.id for turn in kept}) == 2
    assert [store.turn(turn.id).turn for turn in kept] == kept


def test_turns_with_the_same_id_are_two(store: Store) -> None:
    store.import_session(SESSION, [TURNS[0], TURNS[0]])
    assert without_ids(store.turns(SESSION.id)) == without_ids([TURNS[0], TURNS[0]])


def test_a_turn_that_was_open_has_failed(store: Store) -> None:
    open_turn = Turn("7abcdefghj", SESSION.id, "2+2", 150.0)
    store.import_session(SESSION, [open_turn])
    (kept,) = store.turns(SESSION.id)
    assert (kept.status, kept.error) == (TurnStatus.FAILED, STILL_OPEN)
    assert store.import_session(SESSION, [open_turn]).id == SESSION.id
    assert store.recover() == 0


def test_a_title_that_is_only_the_first_message_goes_on_following_it(store: Store) -> None:
    kept = store.import_session(SESSION._replace(title="2+2"), TURNS)
    assert kept.title == "2+2"
    store.set_title(kept.id, "")
    assert store.session(kept.id).title == "2+2"


def test_the_bots_own_conversation_is_not_taken_over(store: Store) -> None:
    assert store.import_session(SESSION._replace(agent_session="agent-7"), TURNS).agent_session is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bot": ""}, "A session cannot be with a bot named ''."),
        ({"bot": "a\nb"}, r"A session cannot be with a bot named 'a\nb'."),
        ({"bot": "x" * 65}, "A session cannot be with a bot named 'xxx"),
        ({"started_at": -1.0}, "The session's started_at cannot be -1.0: seconds since 1970 are meant."),
        ({"ended_at": math.inf}, "The session's ended_at cannot be inf"),
        ({"used_at": math.nan}, "The session's used_at cannot be nan"),
    ],
)
def test_a_session_that_cannot_be_is_refused(store: Store, change: dict[str, object], said: str) -> None:
    refused(store, Session(**{**SESSION._asdict(), **change}), TURNS, said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sent_at": 1e300}, "Turn 2's time cannot be 1e+300"),
        ({"message": "x" * (MAX_MESSAGE_BYTES + 1)}, "Turn 2's message is longer than 1,048,576 bytes."),
        ({"attempts": -1}, "Turn 2's number of attempts cannot be -1."),
        ({"attempts": 10**30}, "Turn 2's number of attempts cannot be 1000"),
        ({"latency_ms": math.nan}, "Turn 2's latency cannot be nan ms."),
        ({"latency_ms": -1.0}, "Turn 2's latency cannot be -1.0 ms."),
    ],
)
def test_a_turn_that_cannot_be_is_refused(store: Store, change: dict[str, object], said: str) -> None:
    refused(store, SESSION, [TURNS[0], Turn(**{**TURNS[1]._asdict(), **change})], said)


def refused(store: Store, session: Session, turns: list[Turn], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        store.import_session(session, turns)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)
    assert store.sessions() == []


@given(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=())))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_text_is_kept_once(message: str, text: str) -> None:
    store = Store.open(None)
    turns = [TURNS[0]._replace(message=message, text=text)]
    first = store.import_session(SESSION, turns)
    assert store.import_session(SESSION, turns) == first
    store.close()


def test_nothing_is_kept_of_an_import_that_cannot_be_kept_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tellme.store.imported._free_turn_id", lambda *_: "7abcdefghj")
    with pytest.raises(StoreError):
        store.import_session(SESSION, TURNS)
    assert store.sessions() == []


def test_of_files_the_names_are_kept_and_no_address(store: Store) -> None:
    store.import_session(SESSION, TURNS, [["a, b.txt", "\x1b[2J"], []])
    assert store.attachments_of(SESSION.id) == [(TURNS[0].id, (Attachment("a, b.txt", ""), Attachment("\x1b[2J", "")))]
    with pytest.raises(UsageError, match="files"):
        store.import_session(SESSION._replace(id="k3v9abcdeg"), TURNS, [["x" * 5000]])


def test_files_of_many_turns_are_read_at_once_and_without_their_content(store: Store) -> None:
    session = store.new_session("math")
    files = [Attachment(f"{n}.txt", f"file:///{n}.txt", "text/plain", "content" * 1000) for n in range(5)]
    turns = [store.begin_turn(session.id, "look", attachments=[file] if n % 2 else ()) for n, file in enumerate(files)]
    named = [(turns[n].id, (files[n]._replace(text=None),)) for n in (1, 3)]
    assert store.attachments_of(session.id) == named
    assert store.attachments_of(session.id, turns[2].id, turns[3].id) == named[1:]
    assert store.attachments_of(session.id, turns[0].id, turns[2].id) == named[:1]
    assert store.attachments_of(store.new_session("math").id) == []
