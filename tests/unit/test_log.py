"""The log of a bot: lines, rotation, floods, and disks that do not take it."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.supervisor.log import BURST_BYTES, BYTES_PER_SECOND, MAX_LINE_BYTES, Log

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z "


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log" / "bot.log"


def new_log(path: Path, max_bytes: int = 1 << 20, problems: list[str] | None = None) -> Log:
    return Log(str(path), max_bytes, 0.0, (problems if problems is not None else []).append)


def texts(path: Path) -> list[str]:
    """The lines without their stamps, all of which must be there."""
    lines = path.read_text().splitlines()
    assert all(re.match(STAMP, line) for line in lines)
    return [re.sub(STAMP, "", line, count=1) for line in lines]


def test_each_line_has_a_time_stamp(path: Path) -> None:
    log = new_log(path)
    log.feed(b"one\ntwo\n", 0)
    log.line("from tellme", 0)
    assert texts(path) == ["one", "two", "from tellme"]


@given(st.lists(st.binary(min_size=1, max_size=5), max_size=30))
@settings(max_examples=50, derandomize=True, deadline=None)
def test_lines_are_whole_wherever_they_were_cut(tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]) -> None:
    whole, cut = (tmp_path_factory.mktemp("log") / name for name in ("whole", "cut"))
    for path, parts in ((whole, [b"".join(chunks)]), (cut, chunks)):
        log = new_log(path)
        for part in parts:
            log.feed(part, 0)
        log.close()
        path.touch()
    assert texts(whole) == texts(cut)


def test_a_line_without_end_is_written_at_the_close(path: Path) -> None:
    log = new_log(path)
    log.feed(b"begun", 0)
    assert not path.exists()
    log.close()
    assert texts(path) == ["begun"]


def test_control_sequences_and_bad_bytes_become_harmless(path: Path) -> None:
    new_log(path).feed(b"\x1b]0;title\x07\x1b[31mred\x1b[0m 50%\r100%\r\n\xff\tend\n", 0)
    assert texts(path) == ["red 50% 100%", "\ufffd\tend"]


def test_a_long_line_is_cut_and_its_rest_is_no_line(path: Path) -> None:
    log = new_log(path)
    for _ in range(5):
        log.feed(b"x" * MAX_LINE_BYTES, 0)
    log.feed(b"\nnext\n", 0)
    assert texts(path) == ["x" * MAX_LINE_BYTES + "…", "next"]


def test_nobody_else_can_read_it(path: Path) -> None:
    new_log(path).feed(b"secret\n", 0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_goes_on_where_the_last_process_ended(path: Path) -> None:
    for text in (b"first\n", b"second\n"):
        log = new_log(path)
        log.feed(text, 0)
        log.close()
    assert texts(path) == ["first", "second"]


def test_it_is_rotated_at_its_size_and_one_before_it_is_kept(path: Path) -> None:
    log = new_log(path, max_bytes=2000)
    for number in range(200):
        log.feed(b"line %d\n" % number, 0)
    assert sorted(file.name for file in path.parent.iterdir()) == ["bot.log", "bot.log.1"]
    assert all(file.stat().st_size <= 2000 for file in path.parent.iterdir())
    kept = texts(path.with_name("bot.log.1")) + texts(path)
    assert kept == [f"line {number}" for number in range(200 - len(kept), 200)]


def test_a_file_that_another_host_has_rotated_is_not_rotated_again(path: Path) -> None:
    ours, theirs = new_log(path, max_bytes=1000), new_log(path, max_bytes=1000)
    for log, text in ((ours, "x" * 300), (theirs, "y" * 300), (theirs, "y" * 400), (ours, "x"), (ours, "x" * 300)):
        log.feed(text.encode() + b"\n", 0)
    assert texts(path.with_name("bot.log.1")) == ["x" * 300, "y" * 300, "x"]
    assert texts(path) == ["y" * 400, "x" * 300]


def test_two_hosts_together_keep_to_the_size(path: Path) -> None:
    logs = [new_log(path, max_bytes=1000) for _ in range(2)]
    for number in range(20):
        logs[number % 2].feed(b"x" * 500 + b"\n", 0)
        assert all(file.stat().st_size <= 1000 for file in path.parent.iterdir())


def test_a_flood_is_dropped_and_counted(path: Path) -> None:
    log = new_log(path, max_bytes=1 << 30)
    line = b"x" * 1000 + b"\n"
    for _ in range(100):
        log.feed(line * 100, 0)
    assert log.flooded
    assert path.stat().st_size < BURST_BYTES + 2 * len(line)
    log.feed(b"after\n", 10)
    written = texts(path)
    assert written[-2:] == [f"[… {10_000 - (len(written) - 2)} lines dropped]", "after"]


def test_what_was_dropped_is_counted_without_another_line(path: Path) -> None:
    log = new_log(path)
    log.feed(b"x\n" * BURST_BYTES, 0)
    log.count_dropped(0.1)
    assert "dropped" not in texts(path)[-1], "the flood may still be on"
    log.count_dropped(5)
    assert re.fullmatch(r"\[… \d+ lines dropped\]", texts(path)[-1])
    log.close()
    assert len([text for text in texts(path) if "dropped" in text]) == 1


@given(st.lists(st.tuples(st.integers(1, 40_000), st.booleans()), min_size=1, max_size=30), st.integers(0, 7))
@settings(max_examples=30, derandomize=True, deadline=None)
def test_every_line_is_kept_or_counted(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[int, bool]], every: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "bot.log"
    log = new_log(path, max_bytes=1 << 30)
    data = b"".join(b"x" * size + b"\n" * ended for size, ended in pieces * 10) + b"\n"
    step = 5000 + 7919 * every
    for number, at in enumerate(range(0, len(data), step)):
        log.feed(data[at : at + step], number * 0.2)
    log.close()
    written = texts(path)
    dropped = sum(int(text.split()[1]) for text in written if text.startswith("[…"))
    kept = sum(not text.startswith("[…") for text in written)
    assert kept + dropped == data.count(b"\n")


def test_a_steady_flood_leaves_so_much_a_second(path: Path) -> None:
    log = new_log(path, max_bytes=1 << 30)
    for tick in range(1000):  # ten seconds
        log.feed(b"x" * 100 + b"\n" * 1000, tick / 100)
    assert path.stat().st_size < BURST_BYTES + 10 * BYTES_PER_SECOND + 100_000
    assert len([text for text in texts(path) if "dropped" in text]) < 15


def test_a_disk_that_does_not_take_it_is_reported_once(path: Path) -> None:
    path.parent.write_text("not a folder")
    problems: list[str] = []
    log = new_log(path, problems=problems)
    log.feed(b"one\n", 0)
    log.feed(b"two\n", 0)
    assert problems == [f"{path}: Not a directory"]
    path.parent.unlink()
    log.feed(b"three\n", 0)
    assert texts(path) == ["three"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full disk")
def test_a_full_disk_is_reported_once(path: Path) -> None:
    problems: list[str] = []
    log = Log("/dev/full", 1 << 20, 0.0, problems.append)
    log.feed(b"one\n", 0)
    log.feed(b"two\n", 0)
    log.close()
    assert problems == ["/dev/full: No space left on device"]


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere")
    new_log(path).feed(b"one\n", 0)
    assert not (tmp_path / "elsewhere").exists()
