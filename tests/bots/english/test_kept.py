"""The trained database: trained once, whole or set aside, and safe with several starts at once."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from englishbot.engine import open_english
from englishbot.kept import database_name, find_or_train

ASK = "import sys; from englishbot.engine import open_english; print(open_english(sys.argv[1]).answer('hello'))"


@pytest.fixture
def folder(trained: Path, tmp_path: Path) -> Path:
    """A copy of the trained folder."""
    return Path(shutil.copytree(trained, tmp_path / "kept"))


def database_in(folder: Path) -> Path:
    (database,) = folder.glob("*.sqlite3")
    return database


def assert_answers(folder: Path) -> None:
    english = open_english(str(folder))
    assert english.answer("hello") == "Hi"
    english.close()


def truncate(database: Path) -> None:
    database.write_bytes(database.read_bytes()[: 100 * 1024])


def overwrite(database: Path) -> None:
    database.write_bytes(b"no database at all")


def empty(database: Path) -> None:
    database.write_bytes(b"")


def spoil_pages(database: Path) -> None:
    content = bytearray(database.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    database.write_bytes(content)


def lose_lines(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DELETE FROM statement WHERE id > 500")
        connection.commit()


def test_it_is_trained_once(folder: Path) -> None:
    before = database_in(folder).stat()
    assert_answers(folder)
    after = database_in(folder).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("damage", [truncate, overwrite, empty, spoil_pages, lose_lines])
def test_a_damaged_database_is_set_aside_and_trained_again(
    folder: Path, damage: Callable[[Path], None], capfd: pytest.CaptureFixture[str]
) -> None:
    damage(database_in(folder))
    damaged = database_in(folder).read_bytes()
    assert_answers(folder)
    (aside,) = folder.glob("*.damaged-*")
    assert aside.read_bytes() == damaged
    assert str(aside) in capfd.readouterr().err


def test_what_a_killed_training_left_is_replaced(tmp_path: Path) -> None:
    def train(part: str) -> None:
        with closing(sqlite3.connect(part)) as connection:
            connection.execute("CREATE TABLE statement (id)")
            connection.execute("INSERT INTO statement VALUES (1)")
            connection.commit()

    (tmp_path / "name.part").write_bytes(b"half a database")
    path = Path(find_or_train(str(tmp_path), "name", train))
    assert path.name == "name"
    assert not list(tmp_path.glob("*.part*"))


def test_a_training_that_fails_leaves_nothing_of_a_database(tmp_path: Path) -> None:
    def train(part: str) -> None:
        for companion in ("", "-wal", "-shm"):
            Path(part + companion).write_bytes(b"half")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        find_or_train(str(tmp_path), "name", train)
    assert [path.name for path in tmp_path.iterdir()] == ["name.lock"]


def test_starts_at_once_train_one_database(tmp_path: Path, english_folder: Path) -> None:
    command = [sys.executable, "-c", ASK, str(tmp_path)]
    starts = [
        subprocess.Popen(command, cwd=english_folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [start.communicate(timeout=50) for start in starts] == [("Hi\n", "")] * 3
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".lock", ".sqlite3"]


def test_where_nothing_can_be_kept_it_works_from_memory(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert_answers(tmp_path / "file")
    assert "training in memory" in capfd.readouterr().err


def test_each_version_and_each_corpus_has_a_database_of_its_own(tmp_path: Path) -> None:
    corpus = tmp_path / "own.yml"
    corpus.write_text("conversations: []")
    names = {
        database_name(["a"], ["1", "1"]),
        database_name(["a"], ["1", "2"]),
        database_name([str(corpus)], ["1", "1"]),
    }
    corpus.write_text("conversations: [[a, b]]")
    names.add(database_name([str(corpus)], ["1", "1"]))
    assert len(names) == 4


def test_what_no_bot_has_used_for_a_month_goes(tmp_path: Path) -> None:
    def train(part: str) -> None:
        with closing(sqlite3.connect(part)) as connection:
            connection.executescript("CREATE TABLE statement (id); INSERT INTO statement VALUES (1)")

    def aged(name: str, days: int) -> None:
        long_ago = time.time() - days * 24 * 60 * 60
        os.utime(tmp_path / name, (long_ago, long_ago))

    for name in ("trained-old.sqlite3", "trained-used.sqlite3", "trained-new.sqlite3"):
        find_or_train(str(tmp_path), name, train)
    (tmp_path / "trained-old.sqlite3.damaged-1").touch()
    (tmp_path / "other.sqlite3").touch()
    for name in ("trained-old.sqlite3", "trained-used.sqlite3", "trained-old.sqlite3.damaged-1", "other.sqlite3"):
        aged(name, 31)
    aged("trained-new.sqlite3", 29)
    find_or_train(str(tmp_path), "trained-used.sqlite3", train)
    find_or_train(str(tmp_path), "trained-another.sqlite3", train)
    assert {path.name for path in tmp_path.iterdir() if path.suffix != ".lock"} == {
        "trained-used.sqlite3",
        "trained-new.sqlite3",
        "trained-another.sqlite3",
        "trained-old.sqlite3.damaged-1",
        "other.sqlite3",
    }


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from englishbot.engine import open_english
print(open_english(sys.argv[1]).answer("hello"))
"""


def test_on_a_full_disk_it_works_from_memory(tmp_path: Path, english_folder: Path) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path)]
    done = subprocess.run(command, cwd=english_folder, capture_output=True, text=True, timeout=50, check=True)
    assert done.stdout == "Hi\n"
    assert "training in memory" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.glob("*.sqlite3"))


def test_a_folder_with_characters_that_mean_something_in_a_uri(trained: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / "50% of #1?"))
    assert_answers(folder)
    assert not list(folder.glob("*.damaged-*"))
