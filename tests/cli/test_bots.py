"""``tellme bots new`` and ``add``, as a person runs them: what stands on disk, what is said, the exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from .conftest import tellme
from .making import Run, manifest, names
from .making import bots as bots

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


def test_a_trial_that_cannot_be_made_is_no_finding(
    bots: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:  # pytest has temporary files of its own
        patch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
        added = bots("add", "HAL 9000", "--kind", "math", "--setting", "a=1")
    assert (added.err, added.code) == ("", 0)
    assert names(home) == ["hal-9000"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_trial_ends_it_with_the_code_that_a_shell_expects(home: Path, number: signal.Signals) -> None:
    program = f"""if True:
        import asyncio, os, runpy
        from tellme.host.checking import trial

        async def interrupted(*_):
            os.kill(os.getpid(), {number})
            await asyncio.Event().wait()

        trial.wrong_configuration = interrupted
        runpy.run_module("tellme", run_name="__main__", alter_sys=True)
        """
    command = [sys.executable, "-c", program, "bots", "add", "HAL", "--kind", "math", "--setting", "a=1"]
    ended = subprocess.run(command, capture_output=True, timeout=30, check=False, env=_with_tellme())
    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + number, b"", b"")
    assert names(home) == []
