"""``tellme failed``, ``retry`` and ``show``, and what else is kept: ``import``, ``backup``, ``restore``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ..conftest import add_hostile
from .conftest import tellme


@pytest.fixture
def fragile(home: Path, tmp_path: Path) -> Path:
    """Add a bot that dies of its first message, and of no other; returns its folder."""
    return add_hostile(home, "crash", "Fragile", retry=False, env={"ONCE": str(tmp_path / "once")})


def failed_ids() -> list[str]:
    return [json.loads(line)["turn"] for line in tellme("failed", "--json").out.splitlines()]


def test_a_failed_turn_is_listed_shown_and_sent_again(fragile: Path) -> None:
    assert tellme("failed") == ("", "tellme: No turn has failed.\n", 0)
    assert tellme("ask", "Fragile", "try me").code == 3
    (turn,) = failed_ids()
    listed = tellme("failed").out.splitlines()
    assert listed[0].split() == ["ID", "BOT", "SENT", "TRIES", "MESSAGE", "REASON"]
    assert turn in listed[1]
    assert "try me" in listed[1]
    assert "Fragile exited with code 3" in listed[1]

    shown = tellme("show", turn[:5]).out
    assert f"Turn:        {turn}\n" in shown
    assert "Status:      failed\nReason:      Fragile exited with code 3\n" in shown
    assert tellme("retry", turn[:5]) == ("echo try me\n", "", 0)
    assert failed_ids() == []

    known = json.loads(tellme("show", turn, "--json").out)
    assert (known["status"], known["text"], known["replays"]) == ("answered", "echo try me", 1)
    assert known["sent_ms"] <= known["first_ms"] <= known["latency_ms"]
    again = tellme("retry", turn)
    assert (again.out, again.code) == ("", 2)
    assert "has not failed, so it is not sent again" in again.err


def test_one_that_cannot_be_sent_costs_no_other(fragile: Path, home: Path) -> None:
    gone = add_hostile(home, "crash", "Gone", retry=False)
    assert tellme("ask", "Gone", "first").code == 3
    assert tellme("ask", "Fragile", "second").code == 3
    shutil.rmtree(gone)
    done = tellme("retry", "--all")
    assert (done.out, done.code) == ("echo second\n", 2)
    assert "to gone: first\n" in done.err
    assert "was not sent: There is no bot named 'gone'." in done.err
    assert "to Fragile: second\n" in done.err
    assert len(failed_ids()) == 1
    assert len(tellme("sessions", "--json").out.splitlines()) == 2
    assert len(tellme("sessions", "--last", "1", "--json").out.splitlines()) == 1


@pytest.mark.parametrize("arguments", [("retry",), ("retry", "--all", "3abc"), ("show", "zz"), ("retry", "0000000000")])
def test_what_names_no_failed_turn_is_wrong_usage(arguments: tuple[str, ...], home: Path) -> None:
    done = tellme(*arguments)
    assert (done.out, done.code) == ("", 2)
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("what", ["start", "stop", "restart"])
def test_without_a_server_no_process_is_there_to_be_told(what: str, echo: Path) -> None:
    done = tellme(what, "Echo")
    assert (done.out, done.code) == ("", 2)
    assert done.err == f"tellme: No 'tellme serve' is running, so there is no process of Echo to {what}.\n"


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_what_was_exported_is_imported_elsewhere(form: tuple[str, ...], echo: Path, home: Path, tmp_path: Path) -> None:
    tellme("ask", "Echo", "keep **this**\n```\nand that")
    session = json.loads(tellme("sessions", "--json").out)["session"]
    (tmp_path / "talk").write_text(tellme("export", session, *form).out)
    (home / "data" / "tellme.db").rename(tmp_path / "away.db")
    assert tellme("import", str(tmp_path / "talk")).out == f"Session {session} with Echo is here, with 1 turn.\n"
    turn = json.loads(tellme("export", session, "--json").out)["turns"][0]
    assert (turn["message"], turn["text"]) == ("keep **this**\n```\nand that",) * 2


def test_a_backup_is_restored(echo: Path, home: Path, tmp_path: Path) -> None:
    tellme("ask", "Echo", "before")
    assert tellme("backup", str(tmp_path / "kept")).code == 0
    tellme("ask", "Echo", "after")
    done = tellme("restore", str(tmp_path / "kept"))
    assert done.code == 0
    assert Path(done.err.split(" is in ")[1].removesuffix(".\n")).is_file()
    assert [json.loads(line)["title"] for line in tellme("sessions", "--json").out.splitlines()] == ["before"]
    broken = tellme("restore", str(echo / "bot.toml"))
    assert (broken.out, broken.code) == ("", 3)
    assert "Nothing was changed" in broken.err
