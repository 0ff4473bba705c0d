"""The file of corrections: shared, damaged, full, taken away; what was said to be kept is kept."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from englishbot.corrections import Corrections, Refused
from englishbot.engine import English, open_english
from englishbot.notebook import FILE

from .correcting import FRANCE, answers
from .correcting import bot as bot
from .correcting import opened as opened

# the file


def test_it_is_known_after_a_restart_and_so_is_the_last_message(start: Callable[..., Any], tmp_path: Path) -> None:
    own = str(tmp_path)
    bot = start(
        history=[(FRANCE, "I don't know.", "declined"), ("/corrections", "None.", "declined")], TELLME_BOT_DATA=own
    )
    assert bot.say("/correct Paris")[1] == "end_turn"
    bot.end()
    assert start(TELLME_BOT_DATA=own).say(FRANCE) == ("Paris", "end_turn")


def test_what_was_said_to_be_kept_survives_a_kill(start: Callable[..., Any], tmp_path: Path) -> None:
    bot = start(TELLME_BOT_DATA=str(tmp_path))
    bot.say(FRANCE)
    bot.say("/correct Paris")
    bot.process.send_signal(signal.SIGKILL)
    bot.process.wait()
    assert start(TELLME_BOT_DATA=str(tmp_path)).say(FRANCE) == ("Paris", "end_turn")


def test_two_processes_see_each_others_corrections(start: Callable[..., Any], tmp_path: Path) -> None:
    one, two = start(TELLME_BOT_DATA=str(tmp_path)), start(TELLME_BOT_DATA=str(tmp_path))
    assert one.say(FRANCE)[1] == two.say(FRANCE)[1] == "refusal"
    one.say("/correct Lyon")
    assert two.say(FRANCE)[0] == "Lyon"
    two.say("/correct Paris")
    assert one.say(FRANCE)[0] == "Paris"
    two.say("/uncorrect")
    assert one.say(FRANCE)[0] == "Lyon"


REFRESH = """
import sys
from englishbot.corrections import Corrections
Corrections(sys.argv[1], str).refresh()
"""


def notes_in(folder: Path) -> Corrections:
    """Return the corrections of a folder, in which each text asks something else."""
    return Corrections(str(folder), str)


def damage_the_head(file: Path) -> None:
    file.write_bytes(b"no database at all, but long enough to be one" * 300)


def damage_the_pages(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:4096] + b"\xff" * 8192)


def change_the_columns(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.executescript("DROP TABLE correction; CREATE TABLE correction (id, other)")


def spoil_a_row(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE correction SET answer = x'ff'")
        database.commit()


@pytest.mark.parametrize("damage", [damage_the_head, damage_the_pages, change_the_columns, spoil_a_row])
@pytest.mark.parametrize("restart", [True, False])
def test_a_damaged_file_is_set_aside(
    tmp_path: Path, damage: Callable[[Path], None], restart: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    kept = notes_in(tmp_path)
    kept.correct("one", "1")
    file = tmp_path / FILE
    damage(file)
    damaged = file.read_bytes()
    kept = notes_in(tmp_path) if restart else kept
    assert kept.refresh()
    assert kept.active == []
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_bytes() == damaged
    assert str(aside) in capfd.readouterr().err
    kept.correct("two", "2")
    assert answers(notes_in(tmp_path)) == ["2"]


def test_the_person_is_told_of_a_damaged_file(tmp_path: Path) -> None:
    notes_in(tmp_path).correct("one", "1")
    damage_the_pages(tmp_path / FILE)
    kept = notes_in(tmp_path)
    kept.refresh()
    (aside,) = tmp_path.glob("*.damaged-*")
    told = f"Earlier corrections were damaged; their file is kept as {aside}"
    with pytest.raises(Refused, match="There are no corrections") as refused:
        kept.listed()
    assert str(refused.value).endswith(told)
    assert kept.correct("two", "2") == f"Noted: two → 2\n{told}"
    assert kept.correct("three", "3") == "Noted: three → 3"
    assert kept.listed().splitlines()[-1] == told
    aside.unlink()
    assert len(kept.listed().splitlines()) == 2


@pytest.mark.timeout(10)
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_plain_file_is_refused(
    tmp_path: Path, make: Callable[[Path], None], capfd: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / FILE)
    kept = notes_in(tmp_path)
    assert not kept.refresh()
    assert FILE in capfd.readouterr().err
    with pytest.raises(Refused, match=FILE):
        kept.correct("one", "1")


def test_english_answers_beside_a_damaged_file(trained: Path, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all")
    bot = open_english(str(trained), own_folder=str(tmp_path))
    assert bot.answer("hello") == "Hi"
    bot.close()


def test_several_processes_set_it_aside_once(tmp_path: Path, english_folder: Path) -> None:
    notes_in(tmp_path).correct("one", "1")
    damage_the_pages(tmp_path / FILE)
    command = [sys.executable, "-c", REFRESH, str(tmp_path)]
    started = [subprocess.Popen(command, cwd=english_folder, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    errors = [one.communicate(timeout=30)[1] for one in started]
    assert len(list(tmp_path.glob("*.damaged-*"))) == 1
    assert "".join(errors).count("damaged-") == 1


def test_a_file_that_holds_nothing_yet_is_no_damage(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / FILE).touch()
    kept = notes_in(tmp_path)
    kept.correct("one", "1")
    assert answers(kept) == ["1"]
    assert capfd.readouterr().err == ""


def test_a_file_that_is_taken_away_takes_the_corrections_with_it(tmp_path: Path) -> None:
    kept = notes_in(tmp_path)
    kept.correct("one", "1")
    (tmp_path / FILE).unlink()
    assert kept.refresh()
    assert kept.active == []
    kept.correct("two", "2")
    assert answers(kept) == ["2"]


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as database:
        database.executescript("PRAGMA user_version = 99; CREATE TABLE correction (x)")
    before = (tmp_path / FILE).read_bytes()
    kept = notes_in(tmp_path)
    assert not kept.refresh()
    assert not kept.refresh()
    with pytest.raises(Refused, match="later version"):
        kept.correct("one", "1")
    assert capfd.readouterr().err.count("later version") == 1
    assert (tmp_path / FILE).read_bytes() == before


def test_a_file_that_another_process_writes_is_waited_for_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("englishbot.notebook._WAIT_S", 0.05)
    kept = notes_in(tmp_path)
    kept.correct("one", "1")
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Refused, match="locked"):
            kept.correct("two", "2")
        assert answers(kept) == ["1"]
    kept.correct("two", "2")
    assert answers(kept) == ["1", "2"]


def test_where_nothing_can_be_written_it_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = notes_in(tmp_path / "file")
    with pytest.raises(Refused, match=r"could not be kept: .*file"):
        kept.correct("one", "1")
    assert answers(kept) == []


def test_without_a_folder_it_says_so(english: English) -> None:
    with pytest.raises(Refused, match="TELLME_BOT_DATA"):
        english.correct("1", [("one", "")])


def test_there_is_a_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("englishbot.corrections.MOST", 2)
    kept = notes_in(tmp_path)
    kept.correct("one", "1")
    kept.correct("two", "2")
    with pytest.raises(Refused, match="/uncorrect makes room"):
        kept.correct("three", "3")
    kept.correct("two", "22")
    kept.uncorrect("1")
    kept.correct("three", "3")
    assert answers(kept) == ["22", "3"]


def test_of_those_that_were_replaced_some_are_kept(tmp_path: Path) -> None:
    kept = notes_in(tmp_path)
    kept.correct("one", "1")
    for number in range(30):
        kept.correct("two", str(number))
    assert len(kept.listed().splitlines()) == 2
    taken_back = [kept.uncorrect("2") for _ in range(11)]
    assert [line.split(" → ")[1].split(";")[0] for line in taken_back] == [str(29 - back) for back in range(11)]
    assert answers(kept) == ["1"]


FULL = """
import resource, sys
from englishbot.corrections import Refused
from englishbot.engine import open_english
bot = open_english(sys.argv[1], own_folder=sys.argv[2])
bot.correct("Lyon", [("capital of France", "")])
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
try:
    for number in range(100):
        bot.correct("x" * 9000, [(f"question {number}", "")])
except Refused as refused:
    print(refused)
print(bot.answer("capital of France"), bot.answer("hello"))
"""


def test_a_full_disk_is_said_and_nothing_is_lost(trained: Path, tmp_path: Path, english_folder: Path) -> None:
    command = [sys.executable, "-c", FULL, str(trained), str(tmp_path)]
    done = subprocess.run(command, cwd=english_folder, capture_output=True, text=True, timeout=50, check=True)
    refused, answers = done.stdout.splitlines()
    assert refused.startswith("The correction could not be kept: ")
    assert answers == "Lyon Hi"
    bot = open_english(str(trained), own_folder=str(tmp_path))
    assert bot.answer("capital of France") == "Lyon"
    bot.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_corrections_that_may_only_be_read_are_read(tmp_path: Path) -> None:
    notes_in(tmp_path).correct("one", "1")
    (tmp_path / FILE).chmod(0o400)
    kept = notes_in(tmp_path)
    kept.refresh()
    assert answers(kept) == ["1"]
    with pytest.raises(Refused, match="could not be"):
        kept.correct("two", "2")
