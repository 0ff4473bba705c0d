"""A log that is followed loses no line, whenever it is rotated, and a flood of it is counted rather than shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tellme.supervisor.log import Log, stamp
from tellme.supervisor.log_tail import BATCH_LINES, LogFollower, tail, words_since


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "foe.log"


def add(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


def test_a_log_that_is_not_there_has_no_lines_and_is_followed_when_it_comes(log: Path) -> None:
    follower = LogFollower(str(log))
    assert follower.begin(10) == follower.read() == tail(str(log), 10) == []
    add(log, "one\n")
    assert follower.read() == ["one"]


def test_the_last_lines_come_first_then_what_is_added(log: Path) -> None:
    Path(f"{log}.1").write_text("old\nolder no more\n")
    add(log, "one\ntwo\n")
    follower = LogFollower(str(log))
    assert follower.begin(3) == tail(str(log), 3) == ["older no more", "one", "two"]
    assert follower.read() == []
    add(log, "three\nfo")
    assert follower.read() == ["three"]
    add(log, "ur\n")
    assert follower.read() == ["four"]


def test_what_was_added_before_a_rotation_is_not_lost(log: Path) -> None:
    add(log, "one\n")
    follower = LogFollower(str(log))
    follower.begin(10)
    add(log, "two\n")
    log.rename(f"{log}.1")
    assert follower.read() == []  # between the rename and the new file
    add(log, "three\n")
    assert follower.read() == ["two", "three"]
    assert follower.read() == []


def test_every_line_of_a_real_log_comes_once(log: Path) -> None:
    written = Log(str(log), max_bytes=500, now=0.0, on_problem=pytest.fail)
    follower = LogFollower(str(log))
    seen = follower.begin(10)
    for number in range(100):
        written.line(f"line {number}", now=float(number))
        if number % 7 == 0:
            seen += follower.read()
    seen += follower.read()
    assert [line.partition(" ")[2] for line in seen] == [f"line {number}" for number in range(100)]


def test_the_last_words_are_those_since_then(log: Path) -> None:
    add(log, f"{stamp(99.0)} old\n{stamp(100.5)} \n{stamp(100.5)} one\n{stamp(101.0)}  two \n")
    assert words_since(str(log), stamp(100.0), 9) == ["one", "two"]
    assert words_since(str(log), stamp(100.0), 1) == ["two"]
    assert words_since(str(log), stamp(200.0), 9) == []


def test_of_a_flood_the_newest_lines_come_and_the_rest_is_counted(log: Path) -> None:
    follower = LogFollower(str(log))
    add(log, "".join(f"{number}\n" for number in range(BATCH_LINES + 1234)))
    first, *rest = follower.read()
    assert first == "… 1,234 lines left out"
    assert (rest[0], rest[-1], len(rest)) == ("1234", str(BATCH_LINES + 1233), BATCH_LINES)


def test_a_log_that_was_emptied_is_read_from_its_start(log: Path) -> None:
    add(log, "one\ntwo\n")
    follower = LogFollower(str(log))
    follower.begin(10)
    log.write_text("new\n")
    assert follower.read() == ["new"]


def test_bytes_that_are_no_text_and_lines_without_end_are_harmless(log: Path) -> None:
    follower = LogFollower(str(log))
    log.write_bytes(b"\xff\xfe\n" + b"x" * 200_000)
    assert follower.read()[0] == "\ufffd\ufffd"
    assert sum(map(len, follower.read())) == 0
    add(log, "\n")
    assert follower.read() == ["x" * (200_000 % 65536)]
