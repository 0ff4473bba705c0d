"""``tellme ask``: what is sent, what comes back on stdout, what on stderr, and the exit code."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from ..conftest import add_hostile
from .conftest import rows, tellme

NO_ECKO = "There is no bot named 'Ecko'. Did you mean Echo? 'tellme list' shows all of them."


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["2+2"], "", "2+2"),
        (["hello", "there"], "", "hello there"),
        ([], "all of\nstdin\n", "all of\nstdin"),
        ([], "one newline goes\n\n", "one newline goes\n"),
        ([], "windows\r\n", "windows"),
        (["sum this:"], "1\n2\n", "sum this:\n\n1\n2"),
        (["-2+2"], "", "-2+2"),
        (["-sqrt(4)", "--", "--json"], "", "-sqrt(4) --json"),
        ([], b"\xff\0 \xc3\xa9", "\ufffd\ufffd é"),
        (["list"], "", "list"),
        (["/help", "me"], "", "/help me"),
        (["@tellme"], "", "@tellme"),
        ([], "/quit\n", "/quit"),
    ],
)
def test_what_is_sent_is_text_or_stdin_or_both(
    echo: Path, home: Path, arguments: list[str], stdin: str | bytes, message: str
) -> None:
    assert tellme("ask", "Echo", *arguments, stdin=stdin) == (f"{message.rstrip(chr(10))}\n", "", 0)
    assert rows(home, "SELECT message, text, status FROM turn") == [(message, message, "answered")]


@pytest.mark.parametrize("name", ["ECHO", "echo"])
def test_a_bot_is_named_in_any_case(echo: Path, name: str) -> None:
    assert tellme("ask", name, "hi").out == "hi\n"


def test_the_exit_code_and_stdout_say_how_the_turn_ended(echo: Path) -> None:
    assert tellme("ask", "Echo", "decline I can't") == ("I can't\n", "", 1)
    failed = tellme("ask", "Echo", "raise oh dear")
    assert (failed.out, failed.code) == ("", 3)
    assert failed.err.splitlines() == [
        "tellme: Echo answered with an error: ValueError: oh dear (-32603). 'tellme logs Echo' shows its log."
    ]


def test_json_is_one_object_with_these_fields(echo: Path, home: Path) -> None:
    answered = json.loads(tellme("ask", "Echo", "--json", "two\nlines").out)
    assert list(answered) == ["bot", "session", "turn", "text", "status", "latency_ms", "attempts"]
    assert answered["bot"] == "Echo"
    assert answered["text"] == "two\nlines"
    assert answered["status"] == "answered"
    assert answered["attempts"] == 1
    assert rows(home, "SELECT session, id FROM turn") == [(answered["session"], answered["turn"])]


def test_json_has_an_error_only_where_the_turn_failed(echo: Path) -> None:
    declined = tellme("ask", "--json", "Echo", "decline no")
    assert json.loads(declined.out)["status"] == "declined"
    assert "error" not in json.loads(declined.out)
    assert declined.code == 1

    failed = tellme("ask", "Echo", "die", "--json")
    assert json.loads(failed.out)["status"] == "failed"
    assert json.loads(failed.out)["error"] == "Echo exited with code 4"
    assert json.loads(failed.out)["attempts"] == 2
    assert failed.code == 3


def test_latency_is_what_the_person_waited_the_bots_start_included(home: Path) -> None:
    add_hostile(home, "echo")
    began = time.monotonic()
    reply = json.loads(tellme("ask", "Foe", "hi", "--json").out)
    # The bot is an interpreter of its own: what starts it takes longer than a turn with one that runs.
    assert 5 < reply["latency_ms"] < (time.monotonic() - began) * 1000


def test_a_retry_shows_on_stderr_and_one_answer_on_stdout(echo: Path) -> None:
    (echo / "go").touch()
    once = tellme("ask", "Echo", "pieces then-die and again")
    assert once.out == "then-die and again\n"
    assert once.err == "tellme: Echo exited with code 4; the message is sent again\n"
    assert once.code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask"], "Missing argument 'BOT'. See 'tellme ask --help'."),
        (["ask", "Echo", "--bogus", "hi"], "No such option: --bogus. See 'tellme ask --help'."),
        (["ask", "Echo"], 'There is no message: give TEXT, or pipe it in (tellme ask BOT "2+2").'),
        (["ask", "Echo", ""], 'There is no message: give TEXT, or pipe it in (tellme ask BOT "2+2").'),
        (["ask", "Echo", "--lines", "hi"], "--lines reads its messages from standard input; leave out the text."),
        (["ask", "Ecko", "hi"], NO_ECKO),
        (["start_session", "Ecko", "--plain"], NO_ECKO),
        (["--bogus"], "No such option: --bogus. See 'tellme --help'."),
    ],
)
def test_wrong_usage_is_one_line_and_stores_nothing(echo: Path, home: Path, arguments: list[str], message: str) -> None:
    wrong = tellme(*arguments)
    assert (wrong.out, wrong.code) == ("", 2)
    assert wrong.err == f"tellme: {message}\n"
    assert rows(home, "SELECT id FROM turn") == []


def test_what_was_typed_is_told_without_what_a_terminal_obeys(echo: Path) -> None:
    for arguments in (["list", "--x\x1b[2J\n"], ["ask", "E\x1b[2J\n", "hi"], ["export", "\x1b[2J\n"]):
        wrong = tellme(*arguments)
        assert wrong.code == 2
        assert "\x1b" not in wrong.err
        assert wrong.err.count("\n") == 1


@pytest.mark.parametrize("stdin", ["", "\n"])
def test_an_empty_stdin_is_no_message(echo: Path, home: Path, stdin: str) -> None:
    assert tellme("ask", "Echo", stdin=stdin).code == 2
    assert rows(home, "SELECT id FROM turn") == []


def test_no_store_keeps_nothing(echo: Path, home: Path) -> None:
    assert tellme("ask", "Echo", "--no-store", "hi") == ("hi\n", "", 0)
    assert not (home / "data" / "tellme.db").exists()


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("crash-on-start", "exited with code 1"),
        ("bad-configuration", "the key is missing"),
        ("garbage", ""),
        ("escapes", ""),
        ("asks", ""),
    ],
)
def test_a_bot_that_misbehaves_fails_by_name_or_is_read_past(home: Path, mode: str, reason: str) -> None:
    add_hostile(home, mode)
    done = tellme("ask", "Foe", "hi")
    assert done.code == (3 if reason else 0)
    assert (done.out == "") is bool(reason)
    assert reason in done.err
    assert "Traceback" not in done.err
    assert not set("\x1b\x9b\x07\r") & {*done.out, *done.err}


def test_a_question_of_a_bot_is_answered_with_no_where_nobody_can(home: Path) -> None:
    add_hostile(home, "asks")
    assert tellme("ask", "Foe", "hi").out == '{"outcome": "selected", "optionId": "n"}\n'


def test_a_current_folder_that_is_gone_is_none_of_the_bots_business(home: Path, tmp_path: Path) -> None:
    add_hostile(home, "echo")
    there = tmp_path / "there"
    there.mkdir()
    gone = tellme("ask", "Foe", "hi", cwd=there, preexec_fn=there.rmdir)
    assert (gone.out, gone.code) == ("echo hi\n", 0)
