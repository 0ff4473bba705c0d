"""What is kept before it is answered, and what happens where nothing can be kept."""

from __future__ import annotations

import resource
import subprocess
from pathlib import Path

import pytest

from ..conftest import add_bot
from .conftest import PROGRAM, Start, rows, tellme

DB = "data/tellme.db"


def small_files_only() -> None:
    """Make the kernel refuse what lies past 16 KiB of any file: as good as a full disk, for this process alone."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, 16_384))


def test_a_message_is_on_disk_while_the_bot_thinks_about_it(echo: Path, home: Path, start: Start) -> None:
    process = start("ask", "Echo", "pieces one two", stdin=subprocess.DEVNULL)
    while not (found := rows(home, "SELECT message, status FROM turn")):
        assert process.poll() is None
    assert found == [("pieces one two", None)]
    (echo / "go").touch()
    assert process.communicate()[0] == b"one two\n"
    assert rows(home, "SELECT text, status FROM turn") == [("one two", "answered")]


@pytest.mark.parametrize("where", ["no-folder", "full"])
def test_what_cannot_be_kept_is_refused_unless_it_need_not_be(echo: Path, home: Path, where: str) -> None:
    if where == "no-folder":
        (home / "data").write_text("a file stands where the folder should be")
    limit = {"preexec_fn": small_files_only} if where == "full" else {}
    for arguments, stdin in ((["ask", "Echo", "hi"], ""), (["start_session", "Echo", "--plain"], "hi\n")):
        refused = tellme(*arguments, stdin=stdin, **limit)
        assert (refused.out, refused.code) == ("", 3)
        assert refused.err.count("\n") == 1
        assert DB in refused.err
        assert "--no-store" in refused.err
    assert tellme("ask", "Echo", "hi", "--no-store", **limit) == ("hi\n", "", 0)


def test_a_disk_that_fills_up_between_two_lines_costs_no_line(echo: Path, home: Path) -> None:
    long = b"x" * 60_000
    done = tellme("ask", "Echo", "--lines", stdin=b"a\n" + long + b"\nb\n", preexec_fn=_room_for_a_few_turns)
    assert done.out.count("\n") == 3
    assert done.out.startswith("a\n\n")
    assert done.code == 3
    assert DB in done.err


def _room_for_a_few_turns() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


def test_a_damaged_database_is_set_aside_and_the_answer_comes(echo: Path, home: Path) -> None:
    assert tellme("ask", "Echo", "before").code == 0
    (home / DB).write_bytes(b"no database at all" * 1000)
    done = tellme("ask", "Echo", "after")
    assert (done.out, done.code) == ("after\n", 0)
    (aside,) = (home / "data").glob("tellme.db.damaged-*")
    assert done.err == f"tellme: The database was damaged and is set aside as {aside}; a new one was begun.\n"
    assert aside.read_bytes().startswith(b"no database")
    assert rows(home, "SELECT message FROM turn") == [("after",)]
    assert tellme("ask", "Echo", "again") == ("again\n", "", 0)


def test_several_at_once_share_one_home(echo: Path, home: Path) -> None:
    asked = [
        subprocess.Popen([*PROGRAM, "ask", "Echo", f"hi {n}"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        for n in range(6)
    ]
    assert [process.communicate(timeout=60)[0] for process in asked] == [b"hi %d\n" % n for n in range(6)]
    assert rows(home, "SELECT count(*), count(DISTINCT session) FROM turn WHERE status = 'answered'") == [(6, 6)]


def test_a_turn_that_was_cut_off_is_told_as_failed_afterwards(home: Path, start: Start) -> None:
    folder = add_bot(home, "Echo", ["bot.py"])
    (folder / "bot.py").write_text("import signal\nsignal.pause()\n")
    process = start("ask", "Echo", "lost", stdin=subprocess.DEVNULL)
    while not rows(home, "SELECT id FROM turn"):
        assert process.poll() is None
    process.kill()
    process.wait()
    (session,) = rows(home, "SELECT id FROM session")
    exported = tellme("export", session[0])
    assert "**You:** lost" in exported.out
    assert "**Echo failed:**" in exported.out
