"""The line shell on a terminal: labels, a prompt with editing and history, and the terminal left as it was found."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from ..conftest import add_hostile, wait_until
from .conftest import Open

PROMPT = "You: "
WRITES_TO_STDOUT = "1 0x1 "
"""How ``/proc/…/syscall`` begins on x86-64 while that is so."""


def test_a_talk_with_labels_and_an_end(echo: Path, terminal: Open) -> None:
    shell = terminal("--plain")
    assert "start_session NAME" in shell.until(PROMPT)
    shell.type("start_session echo\r")
    assert "tellme: Session " in shell.until(PROMPT)
    shell.type("2+2\r")
    assert "Echo: 2+2\n" in shell.until(PROMPT)
    shell.type("decline not me\r")
    assert "Echo: not me\n" in shell.until(PROMPT)
    shell.type("raise x\r")
    assert "Echo: [failed] Echo answered with an error: ValueError: x" in shell.until(PROMPT)
    shell.type("\x04")
    assert shell.ends() == 3
    assert shell.seen.endswith("\n")
    assert shell.modes() == shell.modes_before


def test_a_reply_streams_behind_its_label(echo: Path, terminal: Open) -> None:
    shell = terminal("start_session", "Echo", "--plain")
    shell.until(PROMPT)
    shell.type("pieces first and the rest\r")
    shell.until("Echo: first")
    (echo / "go").touch()
    assert shell.until(PROMPT).startswith(" and the rest\n")


def test_lines_can_be_edited_and_come_back(echo: Path, terminal: Open) -> None:
    shell = terminal("start_session", "Echo", "--plain")
    shell.until(PROMPT)
    shell.type("hellp\x7fo\r")
    assert "Echo: hello\n" in shell.until(PROMPT)
    shell.type("\x1b[A!\r")
    assert "Echo: hello!\n" in shell.until(PROMPT)


def test_a_dumb_terminal_gets_no_control_sequence(echo: Path, terminal: Open) -> None:
    shell = terminal("start_session", "Echo", "--plain", TERM="dumb")
    shell.until(PROMPT)
    shell.type("hi\r")
    shell.until(PROMPT)
    shell.type("list\r")
    shell.until(PROMPT)
    shell.type("/clear\r")
    shell.until(PROMPT)
    shell.type("/quit\r")
    assert shell.ends() == 0
    assert "\x1b" not in shell.everything


def test_ctrl_c_and_signals_leave_the_terminal_as_it_was(echo: Path, terminal: Open) -> None:
    for how, code in {"\x03": 130, signal.SIGTERM: 143, signal.SIGHUP: 129}.items():
        shell = terminal("start_session", "Echo", "--plain")
        shell.until(PROMPT)
        shell.type("half a li")
        shell.until("half a li")
        assert shell.modes() != shell.modes_before, "the prompt has modes of its own"
        shell.type(how) if isinstance(how, str) else shell.signal(how)
        assert shell.ends() == code
        assert shell.modes() == shell.modes_before
        assert shell.seen.replace("^C", "") == "\n", "what comes next begins on a line of its own"


def test_ctrl_c_in_a_turn_cancels_the_turn_and_at_the_prompt_ends_the_shell(home: Path, terminal: Open) -> None:
    add_hostile(home, "hang-ignoring-everything", env={"PROMPTED": str(home / "prompted")})
    shell = terminal("start_session", "Foe", "--plain")
    shell.until(PROMPT)
    shell.type("hi\r")
    wait_until((home / "prompted").exists)  # before that, a Ctrl-C is for the prompt
    shell.type("\x03")
    shell.until("Foe was cancelled")
    shell.until(PROMPT)
    shell.type("\x03")
    assert shell.ends() == 130
    assert shell.modes() == shell.modes_before


def test_it_ends_also_while_a_bot_talks_to_a_terminal_that_takes_nothing(home: Path, terminal: Open) -> None:
    add_hostile(home, "flood-when-idle")
    shell = terminal("start_session", "Foe", "--plain")
    shell.until(PROMPT)
    shell.type("hi\r")
    shell.until("Foe: soon")
    wait_until(lambda: Path(f"/proc/{shell.process.pid}/syscall").read_text().startswith(WRITES_TO_STDOUT))
    shell.signal(signal.SIGTERM)
    assert shell.process.wait(30) == 143


def test_a_window_that_is_closed_ends_it(echo: Path, terminal: Open) -> None:
    shell = terminal("start_session", "Echo", "--plain")
    shell.until(PROMPT)
    shell.hang_up()
    assert shell.process.wait(30) != 0


def test_a_bot_that_asks_gets_the_choice_and_its_words_are_harmless(home: Path, terminal: Open) -> None:
    add_hostile(home, "asks")
    shell = terminal("start_session", "Foe", "--plain", TERM="dumb")
    shell.until(PROMPT)
    shell.type("hi\r")
    assert "Foe asks: May I?\n  1. Yes\n  2. No\nWhich number?\n" in shell.until(PROMPT)
    shell.type("7\r")
    assert "tellme: Type a number from 1 to 2.\n" in shell.until(PROMPT)
    shell.type("1\r")
    assert '"optionId": "y"' in shell.until(PROMPT)
    assert "\x1b" not in shell.everything


def test_a_question_of_a_bot_that_died_takes_no_line(home: Path, terminal: Open) -> None:
    add_hostile(home, "asks-again-after-death", retry=True)
    shell = terminal("start_session", "Foe", "--plain", TERM="dumb")
    shell.until(PROMPT)
    shell.type("hi\r")
    shell.until("the message is sent again\n")
    shell.until(rf"Which number\?\n{PROMPT}")
    shell.type("2\r")
    assert 'Foe: {"outcome": "selected", "optionId": "n"}' in shell.until("}\n")
    shell.until(PROMPT)
    shell.type("again\r")
    assert shell.until(PROMPT).startswith("again\n\nFoe asks: May I?")
    shell.type("1\r")
    shell.until(rf"}}\n{PROMPT}")
    shell.type("/quit\r")
    assert shell.ends() == 0
    assert f"{PROMPT}{PROMPT}" not in shell.everything


@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_what_a_bot_says_by_itself_comes_above_what_is_being_typed(home: Path, terminal: Open, term: str) -> None:
    folder = add_hostile(home, "speaks-later", env={"NTH": "1"})
    shell = terminal("start_session", "Foe", "--plain", TERM=term)
    shell.until(PROMPT)
    shell.type("hi\r")
    shell.until("Foe: \n(.*)You: ")
    shell.type("half a")
    shell.until("half a")
    (folder / "go").touch()
    shell.until("Foe: by the way")
    shell.until("more")
    shell.type(" line\r")
    assert "Foe: echo half a line\n" in shell.until("echo half a line\n")


def test_a_crash_is_told_once(echo: Path, home: Path, terminal: Open) -> None:
    shell = terminal("start_session", "Echo", "--plain")
    shell.until(PROMPT)
    shell.type("hi\r")
    shell.until(PROMPT)
    shell.type("/bot\r")
    pid = int(shell.until(r"Pid: +\d+").split()[-1])
    shell.until(PROMPT)
    os.kill(pid, signal.SIGKILL)
    shell.until(r"tellme: Echo was killed by SIGKILL; starting it again\.")
    shell.type("die\r")
    shell.until(r"Echo: \[failed\] Echo exited with code 4\. '/again' sends it again")
    shell.until(PROMPT)
    shell.type("hi\r")
    assert "exited with code 4" not in shell.until("Echo: hi")


def test_commands_and_bots_are_completed(echo: Path, terminal: Open) -> None:
    shell = terminal("--plain")
    shell.until(PROMPT)
    shell.type("star\t ec\t\r")
    shell.until(r"Session \w+ with Echo")
    shell.until(PROMPT)
    shell.type("/ren\t New name\r")
    shell.until(r"is called 'New name'")


def test_a_session_that_is_resumed_shows_what_was_said(echo: Path, terminal: Open) -> None:
    first = terminal("start_session", "Echo", "--plain")
    first.until(PROMPT)
    first.type("remember me\r")
    first.until(PROMPT)
    first.type("/quit\r")
    assert first.ends() == 0
    again = terminal("resume", "--plain")
    shown = again.until(f"{PROMPT}$")
    assert "You: remember me\nEcho: remember me\n" in shown
