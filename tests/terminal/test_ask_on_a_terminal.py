"""``ask`` and ``list`` where a person looks: pieces as they come, one answer, no escape of a stranger's."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from ..conftest import add_bot, add_hostile, wait_until
from .conftest import Open

COLOUR = re.compile(r"\x1b\[[0-9;]*(3[0-9]|4[0-9]|9[0-9])[0-9;]*m")


def test_a_reply_is_shown_as_it_comes(echo: Path, terminal: Open) -> None:
    ask = terminal("ask", "Echo", "pieces first and the rest")
    assert ask.until("first") == "first"
    assert ask.process.poll() is None
    (echo / "go").touch()
    assert ask.ends() == 0
    assert ask.seen == " and the rest\n"


def test_a_turn_that_is_tried_again_shows_one_answer(echo: Path, terminal: Open) -> None:
    ask = terminal("ask", "Echo", "pieces then-die and the rest")
    ask.until("then-die")
    (echo / "go").touch()
    assert ask.ends() == 0
    assert ask.seen == " and the rest\ntellme: Echo exited with code 4; the message is sent again\n"


def test_no_stdin_is_read_where_a_message_is_given_and_asked_for_where_not(echo: Path, terminal: Open) -> None:
    ask = terminal("ask", "Echo")
    ask.until(r"Type the message; Ctrl-D on an empty line ends it\.\n")
    ask.type("typed\n\x04")
    assert ask.ends() == 0
    assert ask.seen.endswith("typed\n")


def test_ctrl_c_ends_it_with_130(home: Path, terminal: Open) -> None:
    add_hostile(home, "hang", env={"PIDS": str(home / "pids")})
    ask = terminal("ask", "Foe", "hi")
    wait_until((home / "pids").exists)
    ask.type("\x03")
    assert ask.ends() == 130
    assert "Traceback" not in ask.seen


def test_what_a_bot_says_cannot_reach_the_terminal_as_a_command(home: Path, terminal: Open) -> None:
    add_hostile(home, "escapes")
    ask = terminal("ask", "Foe", "hi")
    assert ask.ends() == 0
    assert ask.seen == "red plain\ntxt.exe\n"


def test_the_list_is_a_table_in_colours_unless_the_person_wants_none(home: Path, terminal: Open) -> None:
    add_bot(home, "Echo", ["bot.py"])
    shown = {}
    for name, env in {"colours": {}, "plain": {"NO_COLOR": "1"}, "dumb": {"TERM": "dumb"}}.items():
        listing = terminal("list", **env)
        assert listing.ends() == 0
        assert "Echo" in listing.seen
        shown[name] = listing.seen
    assert "╭" in shown["colours"]
    assert "╭" in shown["plain"]
    assert "\x1b[" in shown["colours"]
    assert not COLOUR.search(shown["plain"])
    assert "\x1b" not in shown["dumb"]
    assert "╭" not in shown["dumb"]


def test_json_and_failure_look_the_same_on_a_terminal(echo: Path, terminal: Open) -> None:
    ask = terminal("ask", "Echo", "hi", "--json")
    assert ask.ends() == 0
    assert ask.seen.startswith('{"bot": "Echo"')
    failing = terminal("ask", "Echo", "raise x")
    assert failing.ends() == 3
    assert failing.seen.startswith("tellme: Echo answered with an error: ValueError: x")


def test_a_window_that_is_closed_ends_it(echo: Path, terminal: Open) -> None:
    ask = terminal("ask", "Echo", "pieces first second")
    ask.until("first")
    ask.hang_up()
    assert ask.process.wait(30) in (128 + signal.SIGHUP, 3)
