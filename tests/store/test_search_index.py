"""What a search finds does not depend on the index: a store of many turns finds what a scan of it does, only sooner."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.model import Session, TurnStatus
from tellme.store import search_file, search_index
from tellme.store.database import Store
from tellme.store.search_file import Index, Unusable

pytestmark = pytest.mark.skipif(sqlite3.sqlite_version_info < (3, 34), reason="SQLite has no trigram tokenizer")

SAID = [
    ("Die große STRASSE", ""),
    ("İstanbul and ISTANBUL", "ı i"),
    ("ÄPFEL", "cafe\u0301 and café"),
    ("nul\0after it", ""),
    ('100% sure_ly "quoted" it\'s', "back\\slash"),
    ("ﬁnger ǅ ŉ ẞ", "ΣΊΣΥΦΟΣ ς"),
    ("\ufffe\uffff noncharacters \U0010ffff", "日本語のテスト"),
    ("two\nlines", "re\tply"),
]
TEXTS = [
    *(
        "strasse",
        "straße",
        "GROẞE",
        "i̇st",
        "istanbul",
        "äpf",
        "Äpfel",
        "café",
        "cafe\u0301",
        "after it",
        "l\0a",
        "100%",
    ),
    *('"quoted"', "it's", "\\slash", "finger", "ﬁng", "ǆ ʼn", "ŉ ss", "σίσυφος", "ΣΊΣ", "\ufffe\uffff", "f \U0010ffff"),
    *(
        "日本語",
        "のテスト",
        "two\nlines",
        "lines re",
        "no\nsuch",
        "re\tp",
        "e_l",
        "***",
        "NOT",
        "two OR",
        "xyz",
        "ab",
        "é",
    ),
    "x" * 5000,
]


@pytest.fixture(autouse=True)
def _few_turns_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "WORTH", 1)


def say(store: Store, session: Session, message: str, reply: str = "") -> str:
    turn = store.begin_turn(session.id, message)
    store.end_turn(turn.id, TurnStatus.ANSWERED, reply)
    return turn.id


def found(store: Store, text: str) -> tuple[list[str], list[str], list[str]]:
    sessions = [session.id for session in store.sessions(text)]
    turns = [id_ for session in store.sessions() for id_ in store.find_turns(session.id, text)]
    return sessions, turns, store.messages(text)


def scanned(store: Store, text: str) -> tuple[list[str], list[str], list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_index, "WORTH", 1_000_000)
        return found(store, text)


def index_files(path: str) -> list[str]:
    return sorted(name for name in os.listdir(os.path.dirname(path)) if ".search-" in name and "-wal" not in name)


def candidates(path: str, text: str) -> list[int] | None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        result = search_index.candidates(connection, path, text)
        return None if result is None else sorted(result)


@pytest.fixture
def talks(store: Store) -> Store:
    for message, reply in SAID:
        session = store.new_session("math")
        say(store, session, message, reply)
        say(store, session, "something else", "entirely")
    return store


@pytest.mark.parametrize("text", TEXTS)
def test_the_index_finds_what_a_scan_does(talks: Store, path: str, text: str) -> None:
    expected = scanned(talks, text)
    assert found(talks, text) == expected
    assert len(index_files(path)) == (len(text.casefold()) >= 3)


@given(st.text(st.characters(exclude_categories=()), max_size=12), st.integers(0, 11), st.integers(0, 11))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_any_part_of_any_text_is_found(
    tmp_path_factory: pytest.TempPathFactory, text: str, start: int, length: int
) -> None:
    store = Store.open(str(tmp_path_factory.mktemp("any") / "tellme.db"))
    id_ = say(store, store.new_session("math"), text)
    part = text[start : start + length]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_index, "WORTH", 1)
        ids = found(store, part)[1]
        assert ids == scanned(store, part)[1]
    if len(part) == len(text) - start or part.isascii():
        assert ids == [id_]
    store.close()


def test_the_index_names_the_turns_that_can_hold_it_and_no_others(talks: Store, path: str) -> None:
    assert candidates(path, "strasse") == [1]
    assert candidates(path, "entirely") == [2, 4, 6, 8, 10, 12, 14, 16]
    assert candidates(path, "nowhere") == []


def test_what_was_said_since_is_found(talks: Store, path: str) -> None:
    found(talks, "strasse")
    session = talks.new_session("zen")
    id_ = say(talks, session, "fresh", "news")
    open_turn = talks.begin_turn(session.id, "still open")
    assert found(talks, "fresh") == ([session.id], [id_], ["fresh"])
    assert found(talks, "still o") == ([session.id], [open_turn.id], ["still open"])
    talks.end_turn(open_turn.id, TurnStatus.ANSWERED, "late reply")
    assert found(talks, "late reply")[1] == [open_turn.id]
    assert candidates(path, "late reply") == [18]
    assert candidates(path, "nowhere") == []


def test_a_turn_that_changes_after_its_end_is_found_by_its_new_words(talks: Store) -> None:
    session = talks.new_session("math")
    turn = talks.begin_turn(session.id, "again")
    talks.end_turn(turn.id, TurnStatus.FAILED, "partial", "died")
    assert found(talks, "partial")[1] == [turn.id]
    talks.begin_replay(turn.id)
    found(talks, "while it is open")
    talks.end_turn(turn.id, TurnStatus.ANSWERED, "whole answer")
    assert found(talks, "whole answer")[1] == [turn.id]
    assert found(talks, "partial")[1] == []


def test_a_title_is_found_as_it_is_now(talks: Store) -> None:
    session = talks.sessions()[0]
    talks.set_title(session.id, "Brand NEW")
    assert [each.id for each in talks.sessions("brand new")] == [session.id]
    talks.set_title(session.id, "Other")
    assert talks.sessions("brand new") == []


def test_a_number_that_is_given_again_is_not_taken_for_the_old_turn(talks: Store, path: str) -> None:
    found(talks, "strasse")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM turn WHERE seq > 3")
        connection.commit()
    session = talks.new_session("math")
    ids = [say(talks, session, f"number {number}") for number in range(20)]
    assert found(talks, "number 1")[1] == [ids[1], *ids[10:]]


def test_an_index_of_mostly_deleted_turns_is_begun_anew(
    talks: Store, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "SPARE", 0)
    found(talks, "strasse")
    before = index_files(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM turn WHERE seq BETWEEN 2 AND 12")
        connection.commit()
    assert found(talks, "strasse") == scanned(talks, "strasse")
    found(talks, "strasse")
    assert len(index_files(path)) == 1
    assert index_files(path) != before


def test_many_changed_turns_make_a_new_index(talks: Store, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "MAX_CHANGED", 1)
    found(talks, "strasse")
    before = index_files(path)
    for turn in [turn for session in talks.sessions()[:2] for turn in talks.turns(session.id)]:
        talks.end_turn(turn.id, TurnStatus.ANSWERED, "changed")
    assert len(found(talks, "changed")[1]) == 4
    assert len(found(talks, "changed")[1]) == 4
    assert index_files(path) != before


def test_a_long_past_is_taken_in_some_at_a_time(talks: Store, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "BATCH_BYTES", 50)
    for _ in range(10):
        assert found(talks, "entirely") == scanned(talks, "entirely")
    assert candidates(path, "strasse") == [1]


def test_few_turns_have_no_index(store: Store, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "WORTH", 10)
    id_ = say(store, store.new_session("math"), "2+2 is four")
    assert found(store, "four")[1] == [id_]
    assert index_files(path) == []


def test_the_index_is_private(talks: Store, path: str) -> None:
    found(talks, "strasse")
    folder = Path(path).parent
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def zeros(file: str) -> None:
    size = os.path.getsize(file)
    Path(file).write_bytes(bytes(size))


def text_file(file: str) -> None:
    Path(file).write_text("somebody's notes\n" * 1000)


def middle_garbled(file: str) -> None:
    content = bytearray(Path(file).read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    Path(file).write_bytes(bytes(content))


def another_schema(file: str) -> None:
    os.unlink(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {search_file.FORMAT}")
        connection.execute("CREATE TABLE somebody (x)")


def lost_row(file: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("DELETE FROM progress")


@pytest.mark.parametrize("damage", [zeros, text_file, middle_garbled, another_schema, lost_row])
def test_a_damaged_index_costs_no_hit_and_is_made_again(talks: Store, path: str, damage: Callable[[str], None]) -> None:
    expected = found(talks, "strasse")
    (name,) = index_files(path)
    damage(os.path.join(os.path.dirname(path), name))
    for _ in range(2):
        assert found(talks, "strasse") == expected
    assert candidates(path, "strasse") == [1]
    assert index_files(path) != [name]
    assert talks.set_aside is None


def test_a_folder_in_its_place_leaves_the_scan(talks: Store, path: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (name,) = connection.execute("SELECT name FROM search_index").fetchone()
    os.mkdir(f"{path}.search-{name}")
    assert found(talks, "strasse") == scanned(talks, "strasse")
    assert talks.set_aside is None


@pytest.mark.parametrize("name", ["../../elsewhere", "", "0123456789abcdeg", None])
def test_a_forged_name_leads_nowhere(talks: Store, path: str, name: str | None) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM search_index")
        if name is not None:
            connection.execute("INSERT INTO search_index VALUES (?)", (name,))
    assert found(talks, "strasse") == scanned(talks, "strasse")
    assert index_files(path) == []


def test_sqlite_without_the_index_scans(talks: Store, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 33, 0))
    assert len(found(talks, "strasse")[1]) == 1
    assert index_files(path) == []


def test_sqlite_that_lacks_the_module_scans(talks: Store, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_file, "_SCHEMA", ("CREATE VIRTUAL TABLE said USING no_such_module (text)",))
    assert len(found(talks, "strasse")[1]) == 1
    assert talks.set_aside is None


def test_another_process_that_takes_in_turns_is_not_waited_for(talks: Store, path: str) -> None:
    found(talks, "strasse")
    id_ = say(talks, talks.new_session("math"), "said meanwhile")
    (name,) = index_files(path)
    with closing(sqlite3.connect(os.path.join(os.path.dirname(path), name), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert found(talks, "meanwhile")[1] == [id_]
        other.execute("ROLLBACK")


def test_a_search_writes_nothing_into_the_database(talks: Store, path: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert len(found(talks, "strasse")[1]) == 1
        assert len(index_files(path)) == 1
        other.execute("ROLLBACK")


def test_a_store_in_memory_has_no_index() -> None:
    store = Store.open(None)
    id_ = say(store, store.new_session("math"), "2+2 is four")
    assert found(store, "is four")[1] == [id_]
    store.close()


def test_what_cannot_be_opened_is_unusable(tmp_path: Path) -> None:
    with pytest.raises(Unusable):
        Index(str(tmp_path / "no" / "such" / "folder"))
