"""``tellme`` with stdin from a pipe: the shell line by line, replies as blocks on stdout, nothing else there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ..conftest import TEACHABLE, add_bot, add_hostile, wait_until
from .conftest import Start, rows, tellme


def test_replies_alone_are_on_stdout_each_as_a_block(echo: Path, home: Path) -> None:
    (echo / "go").touch()
    done = tellme(stdin="start_session Echo\n2+2\n\nrepeat 2 a b\npieces one two\n")
    assert done.out == "2+2\na ba b\none two\n"
    assert re.fullmatch(r"tellme: Session \w+ with Echo\.\n", done.err)
    assert done.code == 0
    assert rows(home, "SELECT count(*), count(DISTINCT session) FROM turn") == [(3, 1)]


def test_commands_in_any_case_and_names_with_spaces(echo: Path, home: Path) -> None:
    manifest = (echo / "bot.toml").read_text()
    (echo / "bot.toml").write_text(manifest.replace('"Echo"', '"Wall E"'))
    done = tellme(
        stdin="START_Session wall e\nhi\nEnd_Session\n/START_SESSION 'Wall E'\n@tellme LIST\n@TELLME end_session\n"
    )
    assert done.out.splitlines()[0] == "hi"
    assert re.search(r"^Wall E +command +ready +\d+ +\d+s +0 +\d", done.out, re.MULTILINE)
    assert done.err.count("with Wall E") == 4
    assert done.code == 0


def test_a_switch_says_what_was_left(echo: Path, home: Path) -> None:
    add_hostile(home, "echo", "Other")
    done = tellme(stdin="start_session Echo\nstart_session other\nhi\n")
    first, second = (id for (id,) in rows(home, "SELECT id FROM session ORDER BY seq"))
    assert done.out == "echo hi\n"
    assert done.err.splitlines()[-1] == (
        f"tellme: Session {second} with Other (left {first} with Echo; it stays open)."
    )


def test_what_is_no_command_is_a_message(echo: Path) -> None:
    words = ["list all of it", "help me", "end_session now", "@tellme what is this", "a /list"]
    done = tellme("start_session", "Echo", "--plain", stdin="\n".join(words))
    assert done.out.splitlines() == ["list all of it", "help me", "end_session now", "what is this", "a /list"]


def test_a_message_without_a_session_goes_to_the_best_bot_or_says_who_is_there(echo: Path, home: Path) -> None:
    done = tellme(stdin="say it back\n")
    assert (done.out, done.code) == ("say it back\n", 0)
    assert rows(home, "SELECT bot, ended_at IS NOT NULL FROM session") == [("echo", 1)]

    nobody = tellme(stdin="zxqj vbnw\n")
    assert nobody.code == 1
    assert "Echo" in nobody.out
    assert "start_session" in nobody.out
    assert nobody.out.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/lsit", "There is no command /lsit. Did you mean /list? 'help' shows all of them."),
        ("/start_session", "This command is typed as: start_session NAME"),
        ("start_session Ecko", "There is no bot named 'Ecko'. Did you mean Echo? 'tellme list' shows all of them."),
        ("end_session", "There is no session to end; 'start_session NAME' begins one."),
        ("/restart", "Which bot? Name one, or 'start_session NAME' first."),
        ("/logs", "Which bot? Name one, or 'start_session NAME' first."),
        ("/\x1b[31mred", "There is no command /red. 'help' shows all of them."),
    ],
)
def test_a_line_that_is_wrong_is_told_and_the_next_one_works(echo: Path, line: str, message: str) -> None:
    done = tellme(stdin=f"{line}\nsay it back\n")
    assert done.out == "say it back\n"
    assert done.err == f"tellme: {message}\n"
    assert done.code == 2


def test_the_exit_code_is_the_highest(echo: Path) -> None:
    assert tellme("start_session", "Echo", "--plain", stdin="hi\ndecline no\nhi\n").code == 1
    failed = tellme("start_session", "Echo", "--plain", stdin="raise x\nhi\n/nonsense\n")
    assert (failed.out, failed.code) == ("hi\n", 3)
    assert "ValueError: x" in failed.err


def test_quit_ends_it_and_help_names_every_command(echo: Path) -> None:
    done = tellme(stdin="help\n/quit\nlist\n")
    for form in ("start_session NAME", "end_session [ID]", "/sessions", "/resume", "/logs", "/restart", "/quit"):
        assert form in done.out
    assert "NAME  " not in done.out.splitlines()[-1]
    assert "\x1b" not in done.out


def test_each_reply_comes_before_the_next_line_is_needed(echo: Path, start: Start) -> None:
    process = start("start_session", "Echo", "--plain")
    assert process.stdin is not None
    assert process.stdout is not None
    for line in (b"one\n", b"two\n"):
        process.stdin.write(line)
        process.stdin.flush()
        assert process.stdout.readline() == line
    assert process.communicate()[0] == b""
    assert process.returncode == 0


def test_bots_are_stopped_started_and_looked_into(echo: Path, home: Path, start: Start) -> None:
    assert tellme("ask", "Echo", "raise x").code == 3
    wait_until(lambda: "ValueError: x" in tellme("logs", "Echo").out)
    done = tellme("start_session", "Echo", "--plain", stdin="/logs\n/restart\nhi\n/stop\n/start echo\nyou\n/clear\n")
    assert "ValueError: x" in done.out
    assert done.out.endswith("hi\nyou\n")
    assert "Echo was told to restart." in done.err
    assert "Echo was told to stop." in done.err


def test_sessions_are_begun_renamed_and_gone_back_to(echo: Path, home: Path) -> None:
    done = tellme(stdin="start_session Echo\none\n/rename First of all\n/new\ntwo\n/resume\n/sessions first\n")
    assert (done.out.splitlines()[:2], done.code) == (["one", "two"], 0)
    first, second = (id for (id,) in rows(home, "SELECT id FROM session ORDER BY seq"))
    assert done.err.splitlines() == [
        f"tellme: Session {first} with Echo.",
        f"tellme: Session {first} is called 'First of all'.",
        f"tellme: Session {second} with Echo (left {first} with Echo; it stays open).",
        f"tellme: Resumed session {first} with Echo (left {second} with Echo; it stays open).",
    ]
    assert re.search(rf"^{first} .* First of all$", done.out, re.MULTILINE)


def test_a_resumed_session_that_is_this_one_is_not_left(echo: Path) -> None:
    done = tellme(stdin="start_session Echo\n/resume\n")
    assert "There is no other session to go on with" in done.err
    session = done.err.split()[2]
    again = tellme(stdin=f"/resume {session}\n/resume {session}\n")
    assert again.err == f"tellme: Resumed session {session} with Echo.\n" * 2


def test_retry_sends_the_last_that_failed_in_this_session_again(home: Path, tmp_path: Path) -> None:
    add_hostile(home, "crash", retry=False, env={"ONCE": str(tmp_path / "once")})
    add_hostile(home, "crash", "Other", retry=False)
    lines = ["/retry", "start_session Foe", "try me", "and me", "start_session Other", "not me", "/resume"]
    done = tellme(stdin="\n".join([*lines, "/retry", "/retry", ""]))
    assert done.out.splitlines()[-1] == "echo try me"
    refused = "tellme: No turn of this session has failed; '/failed' shows those of all sessions."
    assert [line for line in done.err.splitlines() if "has failed" in line] == [refused, refused]
    assert rows(home, "SELECT message, status, replays FROM turn ORDER BY seq") == [
        ("try me", "answered", 1),
        ("and me", "answered", 0),
        ("not me", "failed", 0),
    ]


def test_the_last_message_is_sent_again(echo: Path, home: Path) -> None:
    done = tellme(stdin="/again\nsay it back\n/again\nstart_session Echo\n/again\nhi\nraise x\n/again\n")
    assert done.out.splitlines() == ["say it back", "say it back", "hi"]
    assert done.err.count("There is no message yet to send again.") == 2
    assert done.err.count("ValueError: x") == 2
    assert done.code == 3


def test_a_session_is_exported(echo: Path, home: Path, tmp_path: Path) -> None:
    markdown, json = tmp_path / "talk.md", tmp_path / "talk.json"
    lines = ["/export", "start_session Echo", "hi", f"/export {markdown}", f"/export {json}", f"/export '{json}'"]
    done = tellme(stdin="\n".join([*lines, "/export"]))
    assert markdown.read_text().endswith("**You:** hi\n\n**Echo:** hi\n")
    assert done.out == f"hi\n{markdown.read_text()}"
    assert '"message": "hi"' in json.read_text()
    assert "There is no session; 'start_session NAME' begins one." in done.err
    assert f"{json} is there already and stays as it is" in done.err
    assert done.code == 2


def test_what_a_bot_is_and_how_it_is(echo: Path) -> None:
    done = tellme(stdin="/bot echo\nstart_session Echo\nhi\n/bot\n/bot nobody\n")
    before, after = done.out.split("hi\n")
    assert re.search(r"^State: +idle\nPid: +-$", before, re.MULTILINE)
    assert re.search(r"^State: +ready\nPid: +\d+$", after, re.MULTILINE)
    assert re.search(rf"^Defined in: +{echo}/bot.toml$", after, re.MULTILINE)
    assert "There is no bot named 'nobody'" in done.err


def test_where_nothing_is_to_be_shown_stdout_is_empty_and_stderr_says_so(echo: Path, home: Path) -> None:
    done = tellme(stdin="/sessions\n/sessions budget\n/logs echo\n")
    assert (done.out, done.code) == ("", 0)
    assert done.err.splitlines() == [
        "tellme: There are no sessions yet.",
        "tellme: No session has 'budget' in it.",
        f"tellme: Echo has written nothing to its log ({home / 'log' / 'echo.log'}).",
    ]


def test_a_question_of_a_bot_is_answered_with_no(home: Path) -> None:
    add_hostile(home, "asks")
    done = tellme("start_session", "Foe", "--plain", stdin="hi\n")
    assert done.out == '{"outcome": "selected", "optionId": "n"}\n'
    assert "tellme: Foe asks: May I? (nobody can answer here, so the answer is no)" in done.err.splitlines()


def test_escapes_and_long_lines_are_harmless(home: Path) -> None:
    add_hostile(home, "escapes")
    done = tellme("start_session", "Foe", "--plain", stdin=b"hi\n" + b"x" * 2_000_000 + b"\n")
    assert done.out == "red plain\ntxt.exe\n"
    assert "longer than a message may be (1 MiB)" in done.err
    assert done.code == 2


def test_a_command_that_the_bot_offers_goes_to_it(home: Path, tmp_path: Path) -> None:
    program = tmp_path / "teachable.py"
    program.write_text(TEACHABLE)
    add_bot(home, "Teachable", [str(program)], aliases=["lesson one"])
    done = tellme(stdin="start_session Teachable\n/TEACH a  b\nhi\n/teach\n/tech x\nhelp\n/list\n")
    assert done.out.splitlines()[:3] == ["learned 'a  b' after 0", "hi", "learned '' after 2"]
    assert "There is no command /tech. Did you mean /teach?" in done.err
    assert re.search(r"^/teach TEXT +Say it better\.$", done.out, re.MULTILINE)
    assert done.out.splitlines()[-1].startswith("Teachable ")
    assert done.code == 2

    routed = tellme(stdin="lesson one\n/teach x\n")
    assert routed.out == "lesson one\nlearned 'x' after 1\n"
    addressed = tellme(stdin="start_session Teachable\n@tellme teach x\n@tellme what is this\n")
    assert addressed.out == "learned 'x' after 0\nwhat is this\n"
    assert tellme(stdin="/teach x\n").code == 2


def test_a_command_for_a_bot_that_cannot_start_fails_with_the_reason(home: Path) -> None:
    add_hostile(home, "bad-configuration")
    done = tellme(stdin="start_session Foe\n/count a b\n")
    assert "the key is missing" in done.err
    assert done.code == 3
    assert "There is no command /lis." in tellme(stdin="start_session Foe\n/lis\n").err
