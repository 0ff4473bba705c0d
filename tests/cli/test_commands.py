"""The commands that print something and end: ``list``, ``sessions``, ``export``, ``logs``, ``doctor``, help."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tellme import __version__

from ..conftest import add_bot, add_hostile
from .conftest import rows, tellme

LIST_FIELDS = ["name", "id", "kind", "state", "pid", "uptime_s", "restarts", "memory_bytes", "last_exit"]
COMMANDS = ["ask", "list", "start_session", "resume", "end_session", "sessions", "export", "logs", "doctor"]


def test_version() -> None:
    assert tellme("--version") == (f"tellme {__version__}\n", "", 0)


def test_help_names_every_command_and_shows_examples() -> None:
    overview = tellme("--help")
    assert (overview.err, overview.code) == ("", 0)
    for command in COMMANDS:
        assert re.search(rf"^  {command} +[A-Z].*\.$", overview.out, re.MULTILINE), f"{command} is cut or missing"
    assert 'tellme ask Math "2+2"' in overview.out
    assert "\x1b" not in overview.out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(command: str) -> None:
    shown = tellme(command, "-h")
    assert (shown.err, shown.code) == ("", 0)
    assert f"tellme {command}" in shown.out
    assert ("Example" in shown.out) is (command in ("ask", "start_session", "sessions", "export"))


def test_list_has_columns_for_people_and_an_object_a_line_for_programs(echo: Path) -> None:
    shown = tellme("list")
    assert shown.code == 0
    assert shown.out.splitlines()[0].split() == ["NAME", "KIND", "STATE", "PID", "UPTIME", "RESTARTS", "MEMORY"]
    assert re.search(r"^Echo +command +idle +- +- +0 +-$", shown.out, re.MULTILINE)
    assert "\x1b" not in shown.out

    bots = [json.loads(line) for line in tellme("list", "--json").out.splitlines()]
    echo_bot = next(bot for bot in bots if bot["name"] == "Echo")
    assert list(echo_bot)[: len(LIST_FIELDS)] == LIST_FIELDS
    assert [echo_bot[field] for field in LIST_FIELDS] == ["Echo", "echo", "command", "idle", None, None, 0, None, None]


def test_a_broken_manifest_is_told_and_the_other_bots_are_there(echo: Path, home: Path) -> None:
    add_bot(home, "Broken", ["bot.py"], timeout="soon")
    shown = tellme("list")
    assert "Echo" in shown.out
    assert re.search(r"broken/bot\.toml: .*timeout", shown.err)
    assert tellme("ask", "Echo", "hi") == ("hi\n", "", 0)
    named = tellme("ask", "Broken", "hi")
    assert (named.out, named.code) == ("", 2)
    assert re.fullmatch(r"tellme: .*broken/bot\.toml: .*timeout.*\n", named.err)


def test_what_is_wrong_in_config_is_told_to_who_asks(echo: Path, home: Path) -> None:
    (home / "config.toml").write_text("[bots.Echo]\ntimout = 3\n")
    asked = tellme("ask", "Echo", "hi")
    assert (asked.out, asked.code) == ("hi\n", 0)
    assert re.fullmatch(r"tellme: .*config\.toml: line 2, bots\.Echo\.timout: .*did you mean timeout.*\n", asked.err)


def test_a_session_from_its_start_to_its_export(echo: Path, home: Path) -> None:
    talked = tellme("start_session", "echo", "--plain", stdin="first\x1b[31m thing\n```\ndecline no\nend_session\n")
    assert talked.out == "first thing\n```\nno\n"
    assert talked.code == 1
    ((session, bot, ended),) = rows(home, "SELECT id, bot, ended_at FROM session")
    assert bot == "echo"
    assert ended is not None

    found = tellme("sessions", "--search", "THING")
    assert re.search(rf"^{session} +Echo .* 3 +ended +first", found.out, re.MULTILINE)
    assert "\x1b" not in found.out
    (listed,) = [json.loads(line) for line in tellme("sessions", "--json").out.splitlines()]
    assert (listed["session"], listed["bot"], listed["turns"]) == (session, "Echo", 3)
    assert tellme("sessions", "--search", "nowhere").out == ""

    markdown = tellme("export", session[:5])
    assert markdown.out.startswith("# Echo, ")
    assert "**Echo (declined):** no" in markdown.out
    assert "\x1b" not in markdown.out
    document = json.loads(tellme("export", session, "--json").out)
    assert [turn["text"] for turn in document["turns"]] == ["first thing", "```", "no"]
    assert [turn["status"] for turn in document["turns"]] == ["answered", "answered", "declined"]

    again = tellme("resume", "--plain", stdin="second\n")
    assert again.out == "second\n"
    assert f"Resumed session {session} with Echo" in again.err
    assert rows(home, "SELECT count(*) FROM turn WHERE session = (SELECT id FROM session)") == [(4,)]


def test_end_session_ends_the_newest_open_one_or_the_one_named(echo: Path, home: Path) -> None:
    tellme("start_session", "Echo", "--plain", stdin="one\n")
    tellme("start_session", "Echo", "--plain", stdin="two\n")
    first, second = (id for (id,) in rows(home, "SELECT id FROM session ORDER BY seq"))
    assert tellme("end_session").out == f"Ended session {second} with Echo.\n"
    assert tellme("end_session", first).out == f"Ended session {first} with Echo.\n"
    none_left = tellme("end_session")
    assert (none_left.out, none_left.code) == ("", 2)
    assert none_left.err.endswith("There is no open session; 'tellme sessions' shows the ones that were.\n")


@pytest.mark.parametrize("command", [["export"], ["end_session"], ["resume", "--plain"]])
def test_a_session_that_is_not_there(echo: Path, command: list[str]) -> None:
    wrong = tellme(*command, "zzzz")
    assert (wrong.out, wrong.code) == ("", 2)
    assert "zzzz" in wrong.err
    assert "Traceback" not in wrong.err


def test_logs_show_the_end_of_a_bots_log_without_what_a_terminal_obeys(home: Path) -> None:
    folder = add_bot(home, "Noisy", ["bot.py"])
    (folder / "bot.py").write_text(
        "import sys\nfor n in range(200):\n    print(f'\\x1b[2Jline {n}', file=sys.stderr)\nsys.exit(78)\n"
    )
    failed = tellme("ask", "Noisy", "hi")
    assert failed.code == 3
    assert "line 199" in failed.err
    assert "\x1b" not in failed.err
    shown = tellme("logs", "noisy", "-n", "2")
    assert [line.partition(" ")[2] for line in shown.out.splitlines()] == ["line 198", "line 199"]
    assert len(tellme("logs", "noisy").out.splitlines()) == 100


def test_logs_of_a_bot_that_wrote_none_or_is_none(echo: Path) -> None:
    silent = tellme("logs", "Echo")
    assert (silent.out, silent.code) == ("", 0)
    assert "Echo has written nothing to its log" in silent.err
    assert tellme("logs", "Nobody").code == 2


def test_doctor_names_what_is_wrong_and_says_so_by_its_exit_code(echo: Path, home: Path) -> None:
    add_bot(home, "Needy", ["bot.py"], pass_env=["SOME_KEY"])
    (home / "config.toml").write_text('[bots.Pierre]\nkind = "english"\ncorpus = ["french", "mine.yml"]\n')
    found = tellme("doctor")
    assert found.code == 1
    assert re.search(r"^BAD +Pierre: .*mine.yml cannot be read", found.out, re.MULTILINE)
    assert re.search(r"^BAD +Needy: .*SOME_KEY", found.out, re.MULTILINE)
    assert re.search(r"^ok +Echo: can be started", found.out, re.MULTILINE)
    assert found.err == ""


def test_a_name_with_a_space_is_told_so_that_it_can_be_typed(home: Path) -> None:
    add_hostile(home, "crash-on-start", "Wall E")
    failed = tellme("ask", "wall e", "hi")
    assert failed.code == 3
    assert "'tellme logs \"Wall E\"' shows its log." in failed.err
    assert "cannot go on" in tellme("logs", "Wall E").out
