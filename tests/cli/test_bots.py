"""``tellme bots …``, run as a person runs it: what stands on disk after it, what it says, its exit code."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.cli.app import run
from tellme.errors import TellmeError
from tellme.surfaces import output

from ..conftest import add_bot
from .conftest import Result, tellme

Run = Callable[..., Result]


@pytest.fixture
def bots(capfd: pytest.CaptureFixture[str]) -> Run:
    """Carry out ``tellme bots …`` in this process, as the program does: the same arguments, output and exit code."""

    def carry_out(*arguments: str) -> Result:
        try:
            code = run(["bots", *arguments])
        except TellmeError as error:
            output.note(str(error))
            code = error.exit_code
        return Result(*capfd.readouterr(), code)

    return carry_out


def manifest(home: Path, folder: str) -> dict[str, object]:
    return tomllib.loads((home / "bots" / folder / "bot.toml").read_text())


def names(home: Path) -> list[str]:
    return sorted(os.listdir(home / "bots")) if (home / "bots").exists() else []


# new ---------------------------------------------------------------------------------------------------------------


def test_a_new_bot_runs_and_passes_its_own_check_at_once(bots: Run, home: Path) -> None:
    made = bots("new", "Wall E")
    assert made.code == 0
    assert 'tellme ask "Wall E" hi' in made.out
    assert names(home) == ["wall-e"]
    assert tellme("ask", "wall-e", "hi there").out == "hi there\n"
    checked = bots("check", "Wall E")
    assert (checked.code, checked.out.splitlines()[-1]) == (0, "Nothing is wrong with Wall E.")


def test_the_test_of_a_new_bot_passes_and_can_fail(bots: Run, home: Path) -> None:
    assert bots("new", "Parrot").code == 0
    folder = home / "bots" / "parrot"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    passed = subprocess.run(command, capture_output=True, timeout=60, check=False, cwd=folder, env=_with_tellme())
    assert passed.returncode == 0, passed.stdout.decode()
    code = (folder / "bot.py").read_text()
    (folder / "bot.py").write_text(code.replace("return message.text", "return message.text.upper()"))
    failed = subprocess.run(command, capture_output=True, timeout=60, check=False, cwd=folder, env=_with_tellme())
    assert failed.returncode == 1, failed.stdout.decode()


def _with_tellme() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def test_a_new_bot_can_begin_from_the_game(bots: Run, home: Path) -> None:
    assert bots("new", "My Cows", "--like", "cows").code == 0
    assert manifest(home, "my-cows")["name"] == "My Cows"
    assert sorted(os.listdir(home / "bots" / "my-cows")) == ["bot.py", "bot.toml"]
    assert bots("check", "my-cows", "--say", "help").code == 0


def test_a_new_bot_can_be_made_elsewhere(bots: Run, home: Path, tmp_path: Path) -> None:
    assert bots("new", "Far", "--dir", str(tmp_path / "work")).code == 0
    assert sorted(os.listdir(tmp_path / "work" / "far")) == ["README.md", "bot.py", "bot.toml", "test_bot.py"]
    assert names(home) == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("new", "a/b"), "A bot's name may hold letters, digits, spaces, - and _ only"),
        (("new", ""), "A bot's name must not be empty"),
        (("new", "../../x"), "A bot's name must begin with a letter"),
        (("new", "math"), "Choose another name: there is a bot Math already, defined in "),
        (("new", "There"), "/bots/there is there already"),
        (("new", "tellme"), "Choose another name: tellme is what the shell itself is called"),
        (("add", "You", "--", "cat"), "Choose another name: You is what the shell calls the person"),
        (("new", "X", "--like", "nothing"), "There is no example 'nothing'"),
        (("add", "X"), "Say what the bot is: a command after --"),
        (("add", "X", "--kind", "zen", "--", "cat"), "a command or a kind, not both"),
        (("add", "X", "--", "no-such-program"), "There is no program no-such-program in PATH"),
        (("add", "X", "--", "./nothing.py"), "There is no script /"),
        (("add", "X", "--", "/etc/passwd"), "is not executable"),
        (("add", "X", "--kind", "englih"), 'kind is no kind of bot: "englih"; did you mean english?'),
        (("add", "X", "--prompt", "(", "--", "cat"), 'prompt "(" is no regular expression'),
        (("add", "X", "--quiet", "nan", "--", "cat"), "quiet must be more than 0"),
        (("add", "X", "--protocol", "telnet", "--", "cat"), 'protocol must be "acp" or "lines"'),
        (("add", "X", "--protocol", "acp", "--pty", "--", "cat"), 'needs protocol = "lines"'),
        (("add", "X", "--corpus", "humor", "--", "cat"), 'is for bots with kind = "english" only'),
        (("add", "X", "--setting", "novalue", "--", "cat"), "A setting is written as key=value"),
        (("add", "X", "--setting", "a=[null]", "--", "cat"), "A setting holds null"),
        (("add", "X", "--pass-env", "A=B", "--", "cat"), "cannot be the name of a variable"),
        (("remove", "Nobody"), "There is no bot named 'Nobody'"),
        (("remove", "Math", "--yes"), "Math is a part of tellme and cannot be removed"),
        (("check", "Nobody"), "There is no bot named 'Nobody'"),
        (("import", "/nothing.json"), "/nothing.json cannot be read: No such file"),
        (("import", "/dev/zero"), "/dev/zero cannot be read: is not a file"),
        (("import", "zed"), "Nothing of zed was found here"),
    ],
)
def test_what_cannot_be_is_one_line_and_leaves_nothing(
    bots: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], problem: str
) -> None:
    (home / "bots" / "there").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    said = bots(*arguments)
    assert (said.code, said.out) == (2, "")
    assert problem in said.err
    assert said.err.count("\n") == 1
    assert names(home) == ["there"]


@pytest.mark.parametrize("arguments", [("new", "X"), ("new", "X", "--like", "cows"), ("add", "X", "--", "cat")])
def test_a_bots_directory_that_is_a_dead_link_is_named(
    bots: Run, home: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    home.mkdir(exist_ok=True)
    (home / "bots").symlink_to(tmp_path / "gone")
    said = bots(*arguments)
    assert (said.code, said.out, said.err) == (
        2,
        "",
        f"tellme: {home / 'bots'} is a link to {tmp_path / 'gone'}, which is not there: "
        "make that folder, or remove the link.\n",
    )


# add ---------------------------------------------------------------------------------------------------------------


def test_what_is_given_stands_in_the_manifest_and_in_the_bot(bots: Run, home: Path) -> None:
    options = ["--prompt", r"^\d+'> $", "--pty", "--alias", 'say "it"', "--alias", "tab\there", "--timeout", "2.5"]
    settings = ["--setting", "depth=3", "--setting", "name=Bob = B", "--setting", 'list=["a", {"b": true}]']
    assert bots("add", "Calc 2", *options, *settings, "--pass-env", "TZ", "--", "cat", "-u").code == 0
    assert manifest(home, "calc-2") == {
        "name": "Calc 2",
        "command": ["cat", "-u"],
        "protocol": "lines",
        "prompt": r"^\d+'> $",
        "pty": True,
        "aliases": ['say "it"', "tab\there"],
        "timeout": 2.5,
        "pass_env": ["TZ"],
        "settings": {"depth": 3, "name": "Bob = B", "list": ["a", {"b": True}]},
    }


def test_a_program_of_lines_answers_at_once(bots: Run, home: Path) -> None:
    assert bots("add", "Cat", "--protocol", "lines", "--", "cat").code == 0
    assert tellme("ask", "Cat", "meow").out == "meow\n"


def test_a_kind_can_have_several_bots_each_with_its_own_corpus(
    bots: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yml").write_text("categories: [x]\nconversations: [[hi, ho]]\n")
    assert bots("add", "Wall-E", "--kind", "english", "--corpus", "mine.yml").code == 0
    assert bots("add", "HAL 9000", "--kind", "math").code == 0
    assert manifest(home, "wall-e") == {"name": "Wall-E", "kind": "english", "corpus": [str(tmp_path / "mine.yml")]}
    assert tellme("ask", "HAL 9000", "2+2").out == "4\n"


def test_a_path_is_kept_whole_because_the_bot_runs_elsewhere(
    bots: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "echo.py").write_text("import sys\nfor line in sys.stdin: print(line, end='', flush=True)\n")
    (tmp_path / "notes.db").touch()
    added = bots("add", "Here", "--protocol", "lines", "--", "echo.py", "notes.db", "--db=notes.db")
    assert manifest(home, "here")["command"] == [str(tmp_path / "echo.py"), str(tmp_path / "notes.db"), "--db=notes.db"]
    assert f"notes.db is written as {tmp_path}/notes.db" in added.err
    assert tellme("ask", "Here", "hi").out == "hi\n"


# list, remove ------------------------------------------------------------------------------------------------------


def test_every_bot_is_listed_with_its_place_and_its_problem(bots: Run, home: Path) -> None:
    add_bot(home, "Lost", ["no-such-program"], aliases=["find me"])
    add_bot(home, "Wrong", ["true"], timeout="soon")
    (home / "config.toml").write_text('[bots.Conf]\ncommand = ["true"]\n')
    listed = {row["name"]: row for row in map(json.loads, bots("list", "--json").out.splitlines())}
    assert {name: row["from"] for name, row in listed.items()} == {
        **dict.fromkeys(("English", "Math", "Zen"), "tellme"),
        "Conf": "config.toml",
        "Lost": "folder",
        "wrong": "folder",
    }
    assert listed["Lost"]["problem"] == "its program no-such-program is not found"
    assert listed["Lost"]["aliases"] == ["find me"]
    assert "timeout" in listed["wrong"]["problem"]
    assert listed["Math"]["problem"] is None
    table = bots("list").out.splitlines()
    assert table[0].split()[:4] == ["NAME", "KIND", "PROTOCOL", "FROM"]
    assert len(table) == len(listed) + 1


def test_a_bot_of_an_installed_package_is_listed_and_belongs_to_its_package(
    bots: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "somebot").mkdir()
    (tmp_path / "somebot" / "bot.toml").write_text('name = "Some"\ncommand = ["true"]\n')
    (tmp_path / "some-1.0.dist-info").mkdir()
    (tmp_path / "some-1.0.dist-info" / "entry_points.txt").write_text("[tellme.bots]\nsome = somebot\n")
    monkeypatch.syspath_prepend(tmp_path)
    listed = [json.loads(line) for line in bots("list", "--json").out.splitlines()]
    assert [row["from"] for row in listed if row["name"] == "Some"] == ["package"]
    assert "uninstall that" in bots("remove", "Some", "--yes").err


def test_a_removed_bot_is_set_aside_whole(bots: Run, home: Path) -> None:
    folder = add_bot(home, "Old One", ["true"])
    (folder / "notes").write_text("kept")
    refused = bots("remove", "Old One")
    assert (refused.code, folder.exists()) == (2, True)
    assert "--yes" in refused.err
    removed = bots("remove", "old-one", "--yes")
    assert removed.code == 0
    (aside,) = (home / "data" / "removed").iterdir()
    assert str(aside) in removed.out
    assert (aside / "notes").read_text() == "kept"
    assert not folder.exists()
    assert bots("check", "Old One").code == 2


def test_a_bot_whose_manifest_is_wrong_can_be_removed_too(bots: Run, home: Path) -> None:
    folder = add_bot(home, "Broken", ["true"])
    (folder / "bot.toml").write_text("name = ")
    assert bots("remove", "broken", "--yes").code == 0
    assert names(home) == []


def test_what_else_speaks_of_a_removed_bot_is_said(bots: Run, home: Path) -> None:
    add_bot(home, "Twice", ["true"])
    (home / "config.toml").write_text("[bots.Twice]\ntimeout = 3\n")
    assert "delete the table [bots.Twice] there" in bots("remove", "Twice", "--yes").err


def test_a_link_goes_and_what_it_leads_to_stays(bots: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "bot.toml").write_text('name = "Linked"\ncommand = ["true"]\n')
    (home / "bots").mkdir(parents=True)
    (home / "bots" / "linked").symlink_to(tmp_path / "work")
    assert bots("remove", "Linked", "--yes").code == 0
    assert (tmp_path / "work" / "bot.toml").exists()
    assert names(home) == []


# import ------------------------------------------------------------------------------------------------------------

ZED = """// Zed settings
{
  "theme": "One", /* not ours */
  "agent_servers": {
    "Gemini": {"ignore_system_version": false},
    "My Agent (beta)": {
      "type": "custom", "command": "cat", "args": ["~/x.js", "--acp",],
      "env": {"KEY": "s3cret", "TOKEN": "$TOKEN", "OTHER": "${env:OTHER}", "PATHLIKE": "$HOME/x"},
    },
    "From Registry": {"type": "registry"},
    "Old": {"command": {"path": "cat", "args": ["-"], "env": null}},
    "Number": {"command": 7}, "List": [], "\\u001b[31mRed": {"command": "cat", "args": "x"},
    "Math": {"command": "cat"}, "old": {"command": "cat"}, "!!!": {"command": "cat"},
    "Missing": {"command": "no-such-program"}, "Env": {"command": "cat", "env": {"A": 1}},
  },
}
"""


def test_agents_of_zed_become_bots_and_each_other_one_is_explained(
    bots: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "config" / "zed" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(ZED)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert bots("import", "zed", "--dry-run").out.endswith("Would make 3 bots.\n")
    assert names(home) == []
    imported = bots("import")
    assert names(home) == ["my-agent-beta", "old", "red"]
    assert manifest(home, "my-agent-beta") == {
        "name": "My Agent beta",
        "command": ["cat", f"{tmp_path}/x.js", "--acp"],
        "protocol": "acp",
        "timeout": 600,
        "retry": False,
        "pass_env": ["TOKEN", "OTHER"],
        "env": {"KEY": "s3cret", "PATHLIKE": "$HOME/x"},
    }
    assert stat.S_IMODE((home / "bots" / "my-agent-beta" / "bot.toml").stat().st_mode) == 0o600
    assert "s3cret" not in imported.out + imported.err
    assert [line.split(":")[1].strip() for line in imported.err.splitlines() if "Skipped" in line] == [
        "Skipped Gemini",
        "Skipped From Registry",
        "Skipped Number",
        "Skipped List",
        "Skipped Math",
        "Skipped old",
        "Skipped !!!",
        "Skipped Missing",
        "Skipped Env",
    ]
    again = bots("import", str(settings))
    assert (again.code, again.out) == (0, "")
    assert f"Skipped Old: there is a bot Old already, defined in {home}/bots/old/bot.toml." in again.err


def test_an_agent_of_toad_becomes_a_bot(bots: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "uv" / "tools" / "batrachian-toad" / "lib" / "python3.14" / "site-packages"
    agents = site / "toad" / "data" / "agents"
    agents.mkdir(parents=True)
    common = 'identity = "x.com"\nshort_name = "x"\nprotocol = "acp"\ntype = "coding"\n'
    (agents / "a.toml").write_text(f'{common}name = "Plain"\ndescription = "Codes."\nrun_command."*" = "cat \'a b\'"\n')
    (agents / "b.toml").write_text(f'{common}name = "Shell"\n[run_command]\nlinux = "cat | cat"\n"*" = "no"\n')
    (agents / "c.toml").write_text(f'{common}name = "Windows"\nrun_command.windows = "cat"\n')
    (agents / "d.toml").write_text("name = \n")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    imported = bots("import", "toad")
    assert manifest(home, "plain")["command"] == ["cat", "a b"]
    assert manifest(home, "plain")["description"] == "Codes."
    assert manifest(home, "shell")["command"] == ["sh", "-c", "cat | cat"]
    assert "Skipped Windows: it has no run_command for this system." in imported.err
    assert "d.toml" in imported.err
    assert names(home) == ["plain", "shell"]


@pytest.mark.parametrize(
    ("distribution", "command"),
    [
        ({"npx": {"package": "@a/b@1", "args": ["--acp"]}}, ["npx", "-y", "@a/b@1", "--acp"]),
        ({"npx": {"package": "@a/b", "cmd": "c"}}, ["npx", "-y", "--package", "@a/b", "c"]),
        ({"uvx": {"package": "a", "args": ["x"], "env": {"K": "v"}}}, ["uvx", "a", "x"]),
        ({"uvx": {"package": "a", "cmd": "b", "args": ["x"]}, "binary": {}}, ["uvx", "--from", "a", "b", "x"]),
    ],
)
def test_an_agent_of_the_registry_becomes_a_bot(
    bots: Run,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    distribution: dict[str, object],
    command: list[str],
) -> None:
    for program in ("npx", "uvx"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    entry = {"id": "one", "name": "One", "version": "1.0.0", "description": "An agent", "distribution": distribution}
    (tmp_path / "agent.json").write_text(json.dumps({"version": "1.0.0", "agents": [entry, {}, 7]}))
    monkeypatch.setenv("PATH", str(tmp_path))
    imported = bots("import", str(tmp_path / "agent.json"))
    assert manifest(home, "one")["command"] == command
    assert imported.err.count("Skipped") == 2


def test_a_program_to_download_is_not_downloaded(bots: Run, home: Path, tmp_path: Path) -> None:
    machine = os.uname().machine.replace("arm64", "aarch64")
    target = {"archive": "https://example.org/a.tgz", "cmd": "./a", "args": ["acp"]}
    binary = {f"{'darwin' if sys.platform == 'darwin' else 'linux'}-{machine}": target}
    (tmp_path / "agent.json").write_text(json.dumps({"name": "Bin", "distribution": {"binary": binary}}))
    imported = bots("import", str(tmp_path / "agent.json"))
    assert "unpack https://example.org/a.tgz, then 'tellme bots add Bin -- ./a acp' there" in imported.err
    assert names(home) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is no JSON: line 1"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[1, 2]", "defines no agents"),
        (b"{}", "defines no agents"),
        (b'{"agent_servers": 3}', "has agent_servers that are no object"),
        (b"[" * 200_000, "is no JSON: nested too deeply"),
        (b'{"agents": [' + b"7," * 600 + b"]}", "defines more than 500 agents"),
        (b" " * (8 * 2**20 + 1), "is larger than 8 MiB"),
    ],
    ids=["empty", "bytes", "list", "object", "number", "deep", "many", "large"],
)
def test_a_hostile_file_is_told_in_a_line(bots: Run, tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "evil.json").write_bytes(content)
    imported = bots("import", str(tmp_path / "evil.json"))
    assert (imported.code, imported.out) == (2, "")
    assert f"evil.json {problem}" in imported.err.splitlines()[-1]
