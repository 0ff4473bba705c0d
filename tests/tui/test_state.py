"""What the app remembers: by two apps on one home, in a file of a newer version, and in one that is damaged."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tellme.tui import state
from tellme.tui.state import MAX_DRAFT_BYTES, MAX_DRAFTS, State


@pytest.fixture
def file(home: Path) -> Path:
    return home / "data" / "tui.json"


def test_what_is_remembered_is_there_in_the_next_run(file: Path) -> None:
    first = State.read(str(file))
    assert (first.theme, first.sidebar, first.draft("7kq2")) == (None, None, "")
    first.remember_theme("tellme-light")
    first.remember_sidebar(False)
    first.keep_draft("7kq2", "half a\n\tthought ✓")
    first.keep_draft("", "outside")
    again = State.read(str(file))
    assert (again.theme, again.sidebar) == ("tellme-light", False)
    assert (again.draft("7kq2"), again.draft("")) == ("half a\n\tthought ✓", "outside")
    assert (first.problem, again.problem) == (None, None)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_draft_that_was_sent_is_forgotten(file: Path) -> None:
    remembered = State.read(str(file))
    remembered.keep_draft("a", "hello")
    remembered.keep_draft("a", "")
    assert State.read(str(file)).draft("a") == remembered.draft("a") == ""
    assert json.loads(file.read_text())["drafts"] == {}


def test_neither_of_two_apps_loses_what_the_other_remembers(file: Path) -> None:
    ours, theirs = State.read(str(file)), State.read(str(file))
    ours.keep_draft("ours", "1")
    theirs.keep_draft("theirs", "2")
    ours.remember_theme("dark")
    theirs.remember_sidebar(True)
    both = State.read(str(file))
    assert (both.draft("ours"), both.draft("theirs"), both.theme, both.sidebar) == ("1", "2", "dark", True)


def test_two_processes_at_once_lose_nothing(file: Path) -> None:
    program = (
        "import sys; from tellme.tui.state import State; state = State.read(sys.argv[1])\n"
        "for n in range(25): state.keep_draft(sys.argv[2], str(n)); state.keep_draft(f'{sys.argv[2]}{n % 10}', 'x')\n"
        "print(state.problem)"
    )
    runs = [subprocess.Popen([sys.executable, "-c", program, str(file), name], stdout=subprocess.PIPE) for name in "ab"]
    assert [run.communicate()[0] for run in runs] == [b"None\n", b"None\n"]
    drafts = json.loads(file.read_text())["drafts"]
    assert {*drafts} == {f"{name}{n}" for name in "ab" for n in ["", *range(10)]}
    assert (drafts["a"], drafts["b"]) == ("24", "24")


def test_the_oldest_drafts_go_and_one_too_long_to_be_sent_is_not_kept(file: Path) -> None:
    remembered = State.read(str(file))
    for number in range(MAX_DRAFTS):
        remembered.keep_draft(str(number), "x")
    remembered.keep_draft("0", "touched again")
    remembered.keep_draft("new", "x")
    remembered.keep_draft("huge", "é" * (MAX_DRAFT_BYTES // 2 + 1))
    again = State.read(str(file))
    assert (again.draft("0"), again.draft("1"), again.draft("2")) == ("touched again", "", "x")
    assert again.draft("huge") == ""
    assert len(json.loads(file.read_text())["drafts"]) == MAX_DRAFTS


def test_a_newer_file_is_left_as_it_is(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text('{"version": 2, "theme": "dark", "more": [1]}')
    remembered = State.read(str(file))
    assert remembered.problem is not None
    assert str(file) in remembered.problem
    assert "newer tellme (version 2)" in remembered.problem
    remembered.remember_theme("light")
    remembered.keep_draft("a", "typed")
    assert (remembered.theme, remembered.draft("a")) == ("light", "typed"), "this run goes on"
    assert file.read_text() == '{"version": 2, "theme": "dark", "more": [1]}'


def test_a_file_that_becomes_newer_meanwhile_is_left_too(file: Path) -> None:
    remembered = State.read(str(file))
    remembered.remember_theme("dark")
    file.write_text('{"version": 2}')
    remembered.remember_theme("light")
    assert file.read_text() == '{"version": 2}'
    assert "newer tellme" in str(remembered.problem)


def test_what_this_version_does_not_know_stays_in_the_file(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text('{"version": 1, "more": [1]}')
    State.read(str(file)).remember_theme("dark")
    assert json.loads(file.read_text()) == {"version": 1, "more": [1], "theme": "dark", "drafts": {}}


@pytest.mark.parametrize(
    "damage",
    [b'{"version": 1, "dra', b"[]", b"\xff\xfe", b"null", b"{}", b'{"version": true}', b'{"version": 0}', b"[" * 10**6],
)
def test_a_damaged_file_is_set_aside_and_said_so(file: Path, damage: bytes) -> None:
    file.parent.mkdir(parents=True)
    aside = file.with_name("tui.json.damaged-1")
    aside.write_text("an older one")
    file.write_bytes(damage)
    remembered = State.read(str(file))
    assert "kept as tui.json.damaged-2" in str(remembered.problem)
    assert file.with_name("tui.json.damaged-2").read_bytes() == damage
    assert aside.read_text() == "an older one"
    remembered.remember_theme("dark")
    assert State.read(str(file)).theme == "dark"


@pytest.mark.parametrize(
    "hostile",
    [
        {"theme": 3, "sidebar": "yes", "drafts": [1]},
        {"theme": "a\x1b[31m", "sidebar": 1, "drafts": {"a": 1}},
        {"theme": "", "sidebar": None, "drafts": {"a": None}},
    ],
)
def test_values_that_make_no_sense_are_none(file: Path, hostile: dict[str, object]) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"version": 1, **hostile}))
    remembered = State.read(str(file))
    assert (remembered.theme, remembered.sidebar) == (None, None)
    assert remembered.draft("a") == ""
    remembered.keep_draft("a", "x")
    assert (State.read(str(file)).draft("a"), remembered.problem) == ("x", None)


def test_a_draft_from_the_file_is_harmless(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"version": 1, "drafts": {"a": "one\x1b[31m\ntwo\x07\ud800"}}))
    assert State.read(str(file)).draft("a") == "one\ntwo\ufffd"


def test_half_a_character_can_be_kept(file: Path) -> None:
    State.read(str(file)).keep_draft("a", "\ud800")
    assert State.read(str(file)).draft("a") == "?"


def test_what_cannot_be_written_is_said_once_and_the_app_goes_on(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remembered = State.read(str(file))
    remembered.remember_theme("dark")

    def full(_: str, __: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(state, "_replace", full)
        remembered.keep_draft("a", "typed")
        assert "cannot be written (No space left on device)" in str(remembered.problem)
        remembered.problem = None
        remembered.remember_theme("light")
        assert remembered.problem is None
        assert (remembered.theme, remembered.draft("a")) == ("light", "typed")
    remembered.remember_sidebar(True)
    again = State.read(str(file))
    assert (again.theme, again.draft("a"), again.sidebar) == ("light", "typed", True), "written when there is room"


def test_a_folder_that_cannot_be_made(file: Path) -> None:
    file.parent.parent.mkdir()
    file.parent.touch()
    remembered = State.read(str(file))
    assert "cannot be read (Not a directory)" in str(remembered.problem)
    remembered.remember_theme("dark")
    assert "cannot be written" in str(remembered.problem)
    assert remembered.theme == "dark"


def test_a_folder_in_the_place_of_the_file_is_no_damage(file: Path) -> None:
    file.mkdir(parents=True)
    remembered = State.read(str(file))
    assert "cannot be read" in str(remembered.problem)
    remembered.remember_theme("dark")
    assert remembered.theme == "dark"
    assert file.is_dir()


def test_an_app_that_holds_the_lock_for_long_holds_up_nobody(file: Path) -> None:
    file.parent.mkdir(parents=True)
    remembered = State.read(str(file))
    with open(f"{file}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        remembered.keep_draft("a", "typed")
    assert "another tellme is writing it" in str(remembered.problem)
    remembered.remember_theme("dark")
    assert (State.read(str(file)).draft("a"), State.read(str(file)).theme) == ("typed", "dark")


def test_an_empty_file_is_what_a_power_cut_leaves_and_no_news(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.touch()
    remembered = State.read(str(file))
    remembered.remember_theme("dark")
    assert (remembered.problem, State.read(str(file)).theme) == (None, "dark")
