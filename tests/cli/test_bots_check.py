"""``tellme bots check``: what it says of bots that are well, and of those that misbehave, each in its own way."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tellme.host.checking import agent, lines
from tellme.model import LineRules
from tellme.surfaces import output
from tellme.surfaces.bots.checking import check_bots

from ..conftest import HOSTILE, add_bot, add_hostile, is_running, wait_until
from .conftest import Start, tellme


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is printed in this process."""
    printed: list[str] = []
    monkeypatch.setattr(output, "write", printed.append)
    return printed


def checked(said: list[str], *names: str, say: str = "", verbose: bool = False) -> tuple[int, list[str]]:
    """Check bots in this process; returns the exit code and the lines of what is wrong."""
    code = check_bots({**os.environ}, names or ["Foe"], say=say, verbose=verbose)
    printed = "".join(said)
    assert not any(ord(char) < 32 and char != "\n" for char in printed)
    return code, [line for line in printed.splitlines() if line.startswith("BAD")]


@pytest.mark.parametrize(
    ("mode", "wrong"),
    [
        ("crash", ["question: it exited with code 3 before it answered session/prompt"]),
        ("segfault", ["question: it was killed by SIGSEGV before"]),
        ("exits-0-in-reply", ["question: it exited with code 0 before"]),
        ("crash-on-start", ["initialize: it exited with code 1 before it answered initialize"]),
        ("speaks-another-version", ["initialize: it does not follow the protocol: it speaks version 99"]),
        ("no-stop-reason", ["question: it does not follow the protocol: it sent no string as stopReason"]),
        ("unknown-stop-reason", ["question: it does not follow the protocol: it ended the turn for an unknown reason"]),
        ("error", ["question: it answered session/prompt with an error: boom\\nand more (-32603)"]),
        (
            "wrong-id",
            [
                "protocol: it answered a request that nobody made (id 'no such request') (2 times)",
                "protocol: it answered a request that nobody made (id 987654) (2 times)",
            ],
        ),
        ("answers-twice", ["protocol: it answered session/prompt again (2 times)"]),
        ("wrong-session", ["protocol: it sent an update for a session that is not there: somebody else's (2 times)"]),
        ("invalid-utf-8", ["protocol: it printed a line that is no UTF-8"]),
        ("deep", ["protocol: it printed a line that is nested too deeply"]),
        ("kills-its-parent", ["question: it lost its warden, which was killed"]),
        ("kills-spawner-and-warden", ["question: it lost its warden, which was killed"]),
        (
            "flood-short-lines",
            ["question: it broke the protocol 1000 times", "protocol: it printed a line that is no JSON"],
        ),
        ("flood-chunks", ["question: it printed more than 64 MiB"]),
        ("endless-line", ["question: it printed more than 64 MiB", "protocol: it printed a line that is longer than"]),
        ("asks", []),
        ("escapes", []),
        ("unknown-update", []),
        ("big", []),
    ],
)
def test_what_is_wrong_with_an_agent_is_said(
    home: Path, tmp_path: Path, said: list[str], mode: str, wrong: list[str]
) -> None:
    add_hostile(home, mode, env={"PIDS": str(tmp_path / "pids")})
    code, found = checked(said)
    assert code == bool(wrong)
    assert len(found) == len(wrong)
    for line, part in zip(found, wrong, strict=True):
        assert part in " ".join(line.split())


@pytest.mark.parametrize(
    ("mode", "nth", "wrong"),
    [
        ("hang-on-start", 0, ["initialize: it did not answer initialize within 1.5 s", "end: it still runs"]),
        ("hang", 0, ["question: it did not answer session/prompt within 1.5 s", "end: it still runs"]),
        ("hang", 2, ["cancel: it did not answer session/prompt within 0.2 s", "end: it still runs"]),
        ("close-stdout", 0, ["question: it closed its stdout before", "end: it still runs"]),
    ],
)
def test_a_bot_that_does_not_answer_does_not_hold_up_its_check(
    home: Path, said: list[str], monkeypatch: pytest.MonkeyPatch, mode: str, nth: int, wrong: list[str]
) -> None:
    monkeypatch.setattr(agent, "CANCEL_S", 0.2)
    monkeypatch.setattr("tellme.host.checking.ending.CLOSE_GRACE_S", 0.1)
    monkeypatch.setattr("tellme.host.checking.GRACES", (0.1, 0.1))
    add_hostile(home, mode, timeout=10 if nth or mode == "close-stdout" else 1.5, env={"NTH": str(nth)})
    code, found = checked(said)
    assert code == 1
    assert [part in " ".join(line.split()) for line, part in zip(found, wrong, strict=True)] == [True] * len(wrong)


def test_nothing_of_a_checked_bot_is_left(home: Path, tmp_path: Path, said: list[str]) -> None:
    add_hostile(home, "fork-and-daemonise", env={"PIDS": str(tmp_path / "pids")})
    assert checked(said) == (0, [])
    pids = [int(line) for line in (tmp_path / "pids").read_text().split()]
    assert len(pids) >= 3
    wait_until(lambda: not any(map(is_running, pids)))


def test_the_last_words_of_a_bot_that_dies_are_shown(home: Path, said: list[str]) -> None:
    add_hostile(home, "bad-configuration")
    code, _ = checked(said)
    assert code == 1
    assert "| the key is missing\n" in "".join(said)


def test_a_print_into_the_protocol_is_told_with_what_to_do(home: Path, said: list[str]) -> None:
    folder = add_bot(home, "Chatty", ["bot.py"])
    echo = HOSTILE.read_text()
    (folder / "bot.py").write_text(
        echo.replace("sys.argv[1]", '"echo"').replace("def main(", 'print("ready", flush=True)\n\n\ndef main(')
    )
    _, (found,) = checked(said, "Chatty")
    assert found == "BAD  protocol:     it printed a line that is no JSON (Expecting value at character 1): ready"
    assert "print everything else to stderr" in "".join(said)


def test_the_transcript_is_shown_where_it_is_asked_for(home: Path, said: list[str]) -> None:
    add_hostile(home, "echo")
    checked(said, say="marco", verbose=True)
    shown = [line.strip() for line in "".join(said).splitlines()]
    assert any(line.startswith("→ {") and '"marco"' in line for line in shown)
    assert any(line.startswith("← {") and '"echo marco"' in line for line in shown)


def test_a_check_writes_nothing_into_the_bots_own_log(home: Path, said: list[str]) -> None:
    add_hostile(home, "bad-configuration")
    checked(said)
    assert not (home / "log" / "foe.log").exists()


def test_without_a_name_every_bot_is_checked_and_one_that_is_wrong_decides(home: Path) -> None:
    (home / "config.toml").parent.mkdir()
    (home / "config.toml").write_text(
        "[bots.English]\npass_env = ['NOT_THERE']\n[bots.Zen]\npass_env = ['NOT_THERE']\n[bots.Wrong]\nkind = 'x'\n"
    )
    found = tellme("bots", "check")
    assert found.code == 1
    assert "Nothing is wrong with Math." in found.out
    assert "BAD  program:      needs NOT_THERE in the environment (pass_env)" in found.out
    assert "1 thing to put right with wrong." in found.out


@pytest.mark.parametrize(
    ("program", "timeout", "wrong", "what_to_do"),
    [
        ("for line in sys.stdin: print('you said', line, end='', flush=True)", 10, [], "Nothing is wrong with Foe."),
        (
            "while True: print(input('calc> '))",
            10,
            ["greeting: it prints 'calc> ' before it is asked", "question: more came after the first line: 'calc> '"],
            "It shows 'calc> ' when it waits: try prompt = 'calc>'.",
        ),
        (
            "for line in sys.stdin: print('a\\nb', flush=True)",
            10,
            ["question: more came after the first line: 'b"],
            "Try prompt = '…', end = '…' or quiet = 0.3",
        ),
        ("for line in sys.stdin: print(line)", 0.5, ["question: no answer to '1' had ended"], "try pty = true"),
        ("sys.exit('no licence')", 10, ["exited with code 1"], "| no licence"),
    ],
    ids=["answers", "prompts", "says-more", "holds-back", "leaves"],
)
def test_which_rule_a_program_of_lines_needs_is_said(
    home: Path,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    timeout: float,
    wrong: list[str],
    what_to_do: str,
) -> None:
    monkeypatch.setattr("tellme.host.checking.lines.BANNER_S", 1.0 if "calc" in program else 0.2)
    folder = add_bot(home, "Foe", [sys.executable, "program.txt"], protocol="lines", timeout=timeout)
    (folder / "program.txt").write_text(f"import sys\n{program}\n")
    code, found = checked(said)
    assert code == bool(wrong)
    assert [part in " ".join(line.split()) for line, part in zip(found, wrong, strict=True)] == [True] * len(wrong)
    assert what_to_do in "".join(said)


@pytest.mark.parametrize(
    ("prompt", "timeout", "wrong", "what_to_do"),
    [
        ("calc> ", 10, [], "'1' is answered with '1'"),
        ("other> ", 1.0, ["greeting: it was not ready after 1 s; it printed 'calc> '"], "does not describe it"),
    ],
)
def test_a_prompt_is_held_against_what_the_program_shows(
    home: Path, said: list[str], prompt: str, timeout: float, wrong: list[str], what_to_do: str
) -> None:
    folder = add_bot(home, "Foe", [sys.executable, "program.txt"], protocol="lines", timeout=timeout, prompt=prompt)
    (folder / "program.txt").write_text("while True: print(input('calc> '))\n")
    code, found = checked(said)
    assert code == bool(wrong)
    assert [part in " ".join(line.split()) for line, part in zip(found, wrong, strict=True)] == [True] * len(wrong)
    assert what_to_do in "".join(said)


@pytest.mark.parametrize(
    ("rules", "printed", "what_to_do"),
    [
        (LineRules(), "", "try pty = true"),
        (LineRules(pty=True), " \n", "on stderr?"),
        (LineRules(), "hi\n1.5 (a+b)> ", r"try prompt = '1\.5\ \(a\+b\)>'"),
        (LineRules(prompt="> "), "hi\n$ ", "prompt = '> ' does not describe it"),
        (LineRules(end="OK"), "hi\nok\n", "No line of it is described by end = 'OK'"),
        (LineRules(), "hi\nyou\n", "try quiet = 0.3"),
        (LineRules(), "\x1b[1m> \x1b[0m", "try prompt = '>'"),
    ],
)
def test_advice_follows_from_what_a_program_printed(rules: LineRules, printed: str, what_to_do: str) -> None:
    assert what_to_do.lower() in lines.advice(rules, printed).lower()


def test_an_interrupted_check_leaves_nothing(home: Path, tmp_path: Path, start: Start) -> None:
    add_hostile(home, "hang", env={"PIDS": str(tmp_path / "pids")})
    process = start("bots", "check", "Foe")
    assert process.stdout is not None
    while b"session:" not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    (pid,) = (int(line) for line in (tmp_path / "pids").read_text().split())
    wait_until(lambda: not is_running(pid))


def test_a_check_does_not_touch_the_bot_that_runs_in_a_server(home: Path, start: Start) -> None:
    add_hostile(home, "echo")
    server = start("serve")
    assert server.stderr is not None
    assert any(b"Serving" in line for line in server.stderr)
    pid = tellme("ask", "Foe", "pid").out
    assert tellme("bots", "check", "Foe").code == 0
    assert tellme("ask", "Foe", "pid").out == pid


@pytest.mark.parametrize(("code", "is_advised"), [(-32000, True), (-32603, False)])
def test_an_agent_that_wants_a_login_is_known_by_its_code(
    home: Path, said: list[str], code: int, is_advised: bool
) -> None:
    folder = add_bot(home, "Foe", ["bot.py"])
    (folder / "bot.py").write_text(
        "import json, sys\nfor line in sys.stdin:\n    asked = json.loads(line)\n"
        "    told = {'result': {'protocolVersion': 1}}\n    if asked['method'] != 'initialize':\n"
        f"        told = {{'error': {{'code': {code}, 'message': 'not as (-32000) would'}}}}\n"
        "    print(json.dumps({'jsonrpc': '2.0', 'id': asked['id'], **told}), flush=True)\n"
    )
    assert checked(said)[0] == 1
    assert ("Log in first" in "".join(said)) == is_advised
