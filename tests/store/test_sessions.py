"""Sessions: opened, found by the beginning of their id, listed, searched, ended, resumed."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import pytest

from tellme.errors import SessionNotFound
from tellme.model import Session, TurnStatus
from tellme.store.database import Store
from tellme.store.texts import MAX_TITLE


def say(store: Store, session: Session, message: str, reply: str = "") -> None:
    turn = store.begin_turn(session.id, message)
    store.end_turn(turn.id, TurnStatus.ANSWERED, reply)


def rename(path: str, session: Session, id_: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE session SET id = ? WHERE id = ?", (id_, session.id))
        connection.commit()


def titles(found: list[Session]) -> list[str]:
    return [session.title for session in found]


def test_a_session_survives_closing(path: str, store: Store) -> None:
    before = time.time()
    session = store.new_session("math")
    assert (session.bot, session.ended_at, session.turns, session.title) == ("math", None, 0, "")
    assert before <= session.started_at == session.used_at <= time.time()
    store.close()
    again = Store.open(path)
    assert again.session(session.id) == session
    again.close()


def test_a_session_is_found_by_the_beginning_of_its_id(path: str, store: Store) -> None:
    for id_ in ("abc0000000", "abd0000000", "b110000000"):
        rename(path, store.new_session("math"), id_)
    assert store.session("abc").id == "abc0000000"
    assert store.session("abd0000000").id == "abd0000000"
    assert store.session(" BIL ").id == "b110000000"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "ab",
            "More than one session begins with 'ab': abc0000000, abd0000000. Type more of it; 'tellme sessions' lists",
        ),
        ("zzz", "no session 'zzz'. 'tellme sessions' lists"),
        ("", "no session '': ids are 10 letters and digits. 'tellme sessions' lists"),
        ("a%", "no session 'a%'"),
        ("a\x1b", r"no session 'a\x1b'"),
        ("7ab", "no session '7ab': a session's id begins with a letter, a turn's with a digit. 'tellme sessions'"),
    ],
)
def test_what_names_no_session_says_so(path: str, store: Store, typed: str, said: str) -> None:
    for id_ in ("abc0000000", "abd0000000"):
        rename(path, store.new_session("math"), id_)
    with pytest.raises(SessionNotFound) as caught:
        store.session(typed)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_many_sessions_that_begin_alike_are_not_all_named(path: str, store: Store) -> None:
    for number in range(5):
        rename(path, store.new_session("math"), f"ab{number}0000000")
    with pytest.raises(SessionNotFound, match=r"ab00000000, ab10000000, ab20000000, …\. "):
        store.session("ab")


def test_newest_open_and_last_used(store: Store) -> None:
    assert store.newest_open_session() is None
    assert store.last_used_session() is None
    first, second, third = (store.new_session("math") for _ in range(3))
    say(store, first, "2+2")
    store.end_session(third.id)
    newest, used = store.newest_open_session(), store.last_used_session()
    assert newest is not None
    assert newest.id == second.id
    assert used is not None
    assert used.id == first.id
    assert used.used_at > first.used_at


def test_last_used_can_mean_another_one(store: Store) -> None:
    first, second = store.new_session("math"), store.new_session("math")
    other = store.last_used_session(other_than=second.id)
    assert other is not None
    assert other.id == first.id
    store.end_session(first.id)
    assert store.last_used_session(other_than=second.id) is not None


def test_of_sessions_used_at_the_same_moment_the_newest_was_last(path: str, store: Store) -> None:
    _, second = store.new_session("math"), store.new_session("math")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE session SET used_at = 1")
        connection.commit()
    last = store.last_used_session()
    assert last is not None
    assert last.id == second.id


def test_a_session_ends_once(store: Store) -> None:
    session = store.new_session("math")
    ended = store.end_session(session.id[:6])
    assert ended.ended_at is not None
    assert store.end_session(session.id).ended_at == ended.ended_at
    with pytest.raises(SessionNotFound):
        store.end_session("zzz")


def test_a_resumed_session_is_open_and_used_last(store: Store) -> None:
    session = store.new_session("math")
    say(store, store.new_session("zen"), "now")
    store.end_session(session.id)
    resumed = store.resume_session(session.id)
    assert resumed.ended_at is None
    assert store.last_used_session() == resumed


def test_a_message_opens_an_ended_session_again(store: Store) -> None:
    session = store.new_session("math")
    store.end_session(session.id)
    store.begin_turn(session.id, "still there?")
    assert store.session(session.id).ended_at is None


def test_sessions_are_listed_newest_first_with_titles_and_turns(store: Store) -> None:
    first, second = store.new_session("math"), store.new_session("zen")
    say(store, first, "\n  What is\n 2+2?")
    say(store, first, "and 3+3?")
    found = store.sessions()
    assert [(session.id, session.title, session.turns) for session in found] == [
        (second.id, "", 0),
        (first.id, "What is", 2),
    ]
    assert store.sessions(limit=1) == found[:1]
    assert store.sessions(limit=0) == []


def test_a_title_of_its_own_wins(store: Store) -> None:
    session = store.new_session("math")
    say(store, session, "2+2")
    store.set_title(session.id, "Sums\n\x1band \ud800more")
    assert store.session(session.id).title == "Sums and \ufffdmore"
    store.set_title(session.id, "x" * 1000)
    assert store.session(session.id).title == "x" * MAX_TITLE
    store.set_title(session.id, "")
    assert store.session(session.id).title == "2+2"
    with pytest.raises(SessionNotFound):
        store.set_title("zzz", "x")


def test_the_title_of_the_agent_stands_in_for_one_that_is_missing(store: Store) -> None:
    session = store.new_session("math")
    say(store, session, "2+2")
    store.set_agent_title(session.id, "A\nsum \ud800" + "x" * 1000)
    assert store.session(session.id).title == ("A sum \ufffd" + "x" * 1000)[:MAX_TITLE]
    store.set_agent_title(session.id, "Sums")
    assert titles(store.sessions("SUM")) == ["Sums"]
    store.set_title(session.id, "Mine")
    assert titles(store.sessions()) == ["Mine"]
    assert store.sessions("sum") == []
    store.set_title(session.id, "")
    assert store.session(session.id).title == "Sums"
    store.set_agent_title(session.id, "")
    assert store.session(session.id).title == "2+2"
    with pytest.raises(SessionNotFound):
        store.set_agent_title("zzz", "x")


def test_the_bots_own_session_id_is_kept(store: Store) -> None:
    session = store.new_session("wall-e")
    store.set_agent_session(session.id, "agent-7")
    assert store.session(session.id).agent_session == "agent-7"
    store.set_agent_session(session.id, None)
    assert store.session(session.id).agent_session is None


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("FOUR", ["two and two"]),
        ("two AND", ["two and two"]),
        ("straße", ["Die große STRASSE"]),
        ("GROẞE", ["Die große STRASSE"]),
        ("äpfel", ["ÄPFEL"]),
        ("100%", ["100% sure_ly"]),
        ("e_l", ["100% sure_ly"]),
        ("%", ["100% sure_ly"]),
        ("_", ["100% sure_ly"]),
        ("\\", ["back\\slash"]),
        ("'", ["it's"]),
        ("after", ["nul\0"]),
        ("renamed", ["Renamed"]),
        ("nothing like it", []),
        ("\ud800", []),
        ("x" * 60_000, []),
    ],
)
def test_search(store: Store, search: str, found: list[str]) -> None:
    for message, reply in [
        ("two and two", "Four"),
        ("Die große STRASSE", ""),
        ("ÄPFEL", ""),
        ("100% sure_ly", ""),
        ("back\\slash", ""),
        ("it's", ""),
        ("nul\0after", ""),
    ]:
        say(store, store.new_session("math"), message, reply)
    renamed = store.new_session("math")
    store.set_title(renamed.id, "Renamed")
    wanted = {name.split("\0")[0] for name in found}
    assert set(titles(store.sessions(search))) == wanted


def test_an_empty_search_finds_all_and_a_limit_counts_what_is_found(store: Store) -> None:
    for message in ("one", "two", "one more"):
        say(store, store.new_session("math"), message)
    assert titles(store.sessions("")) == ["one more", "two", "one"]
    assert titles(store.sessions("one", limit=1)) == ["one more"]


def test_without_a_file_nothing_is_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = Store.open(None)
    session = store.new_session("math")
    say(store, session, "2+2", "4")
    assert store.patiently(lambda store: store.session(session.id)).turns == 1
    assert not store.checkpoint_due
    store.checkpoint()
    store.close()
    other = Store.open(None)
    assert other.sessions() == []
    other.close()


def test_those_of_one_bot_are_listed_also_of_a_search(store: Store) -> None:
    for bot in ("math", "zen", "math", "zen"):
        say(store, store.new_session(bot), "peace")
    assert [each.bot for each in store.sessions(bot_id="math")] == ["math", "math"]
    assert [each.bot for each in store.sessions("peace", 1, "math")] == ["math"]
    assert len(store.sessions(limit=1, bot_id="zen")) == 1
    assert store.sessions("peace", bot_id="gone") == []
