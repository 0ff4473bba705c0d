"""``tellme help``, ``--help`` and what is said of a command line that is wrong: one line, which says what to do."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from tellme.cli import app, gather, pages
from tellme.cli.help import render
from tellme.errors import UsageError

from ..conftest import add_bot
from .conftest import PROGRAM, tellme
from .test_imports import SCREENS, loads, within

PAGES = pages.load()
COMMANDS = [path for path in PAGES if path]


def test_the_pages_are_those_of_the_commands() -> None:
    assert Path(pages.FILE).read_text() == gather.text(), "run: python docs/manual.py"


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("path", PAGES)
def test_no_line_is_too_long_or_cut_and_no_type_is_shown(path: str, width: int) -> None:
    shown = render(PAGES[path], pages.below(PAGES, path), width, False)
    prose, _, examples = shown.partition("\nExample")
    assert all(len(line) <= max(width, 80) for line in examples.splitlines())
    for line in prose.splitlines():
        assert len(line) <= width or line.startswith("Usage:")
        assert line == line.rstrip()
    assert not re.search(r"<\w+|\.\.\.$|list\[", prose.replace("[TEXT...]", ""), re.MULTILINE)


def test_every_command_is_in_the_overview_below_its_heading() -> None:
    overview = tellme("help").out
    for heading, commands in gather.GROUPS.items():
        below = overview.partition(f"\n{heading}\n")[2].partition("\n\n")[0]
        assert re.findall(r"^  (\w+)", below, re.MULTILINE) == [*commands]
    assert [len(line) for line in overview.splitlines() if len(line) > 80] == []


def test_every_argument_and_option_says_what_it_is() -> None:
    for page in PAGES.values():
        for item in (*page.arguments, *page.options):
            assert item.help.endswith("."), (page.path, item)
        assert page.summary.endswith(".")


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_explains_itself_however_it_is_asked(path: str) -> None:
    words = path.split()
    shown = tellme("help", *words)
    assert (shown.err, shown.code) == ("", 0)
    assert f"Usage: tellme {path}" in shown.out
    assert tellme(*words, "--help") == shown


def test_help_is_asked_for_among_other_words() -> None:
    assert tellme("ask", "Math", "--json", "-h") == tellme("help", "ask")
    assert tellme("--plain", "--help") == tellme("help") == tellme("-h")
    assert tellme("bots") == tellme("help", "bots")
    assert "Usage: tellme bots add" in tellme("bots", "add", "X", "--help", "--", "bc").out
    assert "Usage" not in tellme("ask", "Nobody", "--", "--help").out


def test_it_is_as_wide_as_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    for columns, widest in ((50, 50), (500, 120), (1, 40)):
        monkeypatch.setenv("COLUMNS", str(columns))
        lines = tellme("help").out.splitlines()
        assert max(map(len, lines)) <= widest
    monkeypatch.setenv("COLUMNS", "wide")
    assert max(map(len, tellme("help").out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("more", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"TERM": ""}, False)]
)
def test_colours_are_for_terminals_that_want_them(more: dict[str, str], is_coloured: bool) -> None:
    master, slave = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"} | more
    process = subprocess.run([*PROGRAM, "help", "doctor"], stdout=slave, env=env, check=True, timeout=30)
    shown = os.read(master, 65536)
    os.close(slave)
    os.close(master)
    assert process.returncode == 0
    assert (b"\x1b[1mUsage:\x1b[0m tellme doctor" in shown) is is_coloured
    assert (b"\x1b" in shown) is is_coloured


@pytest.mark.parametrize("arguments", [("help",), ("--help",), ("ask", "-h"), ("--version",), ("list",), ("bots",)])
def test_typer_is_not_needed(arguments: tuple[str, ...]) -> None:
    banned = SCREENS | {"tellme.cli.app", "asyncio", "sqlite3", "tellme.store", "tellme.supervisor"}
    assert not within(loads(*arguments), banned)


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_the_list_of_bots_at_rest_is_the_one_that_a_host_gives(more: tuple[str, ...], home: Path) -> None:
    add_bot(home, "Wall E", ["bot.py"], description="Cleans up")
    (add_bot(home, "Broken", []) / "bot.toml").write_text("name = ")
    listed = tellme("list", *more)
    assert "Wall E" in listed.out
    assert "broken/bot.toml" in listed.err
    assert tellme("--plain", "list", *more) == listed, "this one goes by way of Typer and a host"


WRONG = {
    "lst": "No such command 'lst'. Did you mean 'tellme list'? See 'tellme help'.",
    "new": "No such command 'new'. Did you mean 'tellme bots new'? See 'tellme help'.",
    "qqq 1": "No such command 'qqq'. See 'tellme help'.",
    "--plain lst": "No such command 'lst'. Did you mean 'tellme list'? See 'tellme help'.",
    "math 2+2": "Math is a bot, no command: 'tellme ask Math TEXT' asks it, 'tellme help' shows what else.",
    "help lsit": "No such command 'lsit'. Did you mean 'tellme list'? See 'tellme help'.",
    "bots chek": "No such command 'chek'. Did you mean 'tellme bots check'? See 'tellme help bots'.",
    "--plain bots": "Which command? See 'tellme help bots'.",
    "logs Math -n many": "Invalid value for '--last' / '-n'",
    "logs Math -n 0": "Invalid value for '--last' / '-n'",
    "stats --since soon": "'soon' is no span of time; write it as 30m, 24h, 7d or 4w.",
    "bots add X --timeout soon -- cat": "Invalid value for '--timeout'",
    "export qqqq": "",
    "resume qqqq --plain": "",
    "end_session qqqq": "",
    "show qqqq": "",
    "retry qqqq": "",
    "retry": "Give the IDs of failed turns, or --all",
    "import /nowhere/x.md": "'/nowhere/x.md' cannot be read: No such file or directory.",
    "restore /nowhere/x.db": "",
    "start Nobody": "",
    "bots remove Nobody --yes": "",
    "bots check Nobody": "",
    "bots add": "",
    "bots new ?": "",
    "bots import /nowhere/x.json": "",
    "acp Nobody": "",
    "acp --print-config emacs": "",
}
"""A command line that is wrong → how what is said of it begins, where that is decided here."""
NEEDY = {path for path in COMMANDS for each in PAGES[path].arguments[:1] if each.needed}


@pytest.mark.parametrize("line", [*(f"{path} --bogus" for path in COMMANDS), *sorted(NEEDY)])
def test_what_typer_refuses_is_told_in_one_line(line: str) -> None:
    with pytest.raises(UsageError, match=r"^[^\n]*\. See 'tellme [a-z_ ]+ --help'\.$"):
        app.run(line.split())


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_told_in_one_line(line: str, home: Path) -> None:
    done = tellme(*line.split())
    assert done.out == ""
    assert re.fullmatch(r"tellme: [^\n]*[.?]\n", done.err), done.err
    assert done.err.startswith(f"tellme: {WRONG[line]}")
    assert "\\n" not in done.err
    assert done.code == 2
