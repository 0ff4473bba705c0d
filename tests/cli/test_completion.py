"""What the shell is told when it completes a command line. Nothing of it ever ends up on that line by mistake."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ..conftest import add_bot
from .conftest import Result, rows, tellme
from .test_imports import HOST, SCREENS, loads, within


def complete(monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.setenv("_TELLME_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "\n".join(["tellme", *words]))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    return tellme()


def offered(monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    return complete(monkeypatch, *words).out.splitlines()


def test_commands_options_and_names_are_completed(echo: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_bot(home, "Wall E", ["bot.py"])
    assert {"ask", "list", "start_session", "bots"} < {*offered(monkeypatch, "")}
    assert offered(monkeypatch, "star") == ["start_session", "start"]
    assert {"--no-store", "--help"} < {*offered(monkeypatch, "ask", "--")}
    assert offered(monkeypatch, "ask", "Ech") == ["Echo"]
    assert offered(monkeypatch, "ask", "eCH") == ["eCHo"]
    assert offered(monkeypatch, "start_session", "wa") == ["wall-E"]
    assert offered(monkeypatch, "logs", "'Wall ") == ["Wall E"]


def test_a_command_of_the_bots_is_completed_and_what_it_takes(echo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert offered(monkeypatch, "bots", "") == ["new", "add", "check", "remove", "list", "import"]
    for command in (("bots", "check"), ("bots", "check", "Math"), ("bots", "remove"), ("acp",), ("mcp", "Math", "-x")):
        assert offered(monkeypatch, *command, "Ec") == ["Echo"], command
    assert offered(monkeypatch, "bots", "add", "Pierre", "--kind", "") == ["english", "math", "zen"]
    assert offered(monkeypatch, "bots", "add", "Pierre", "--kind", "=", "e") == ["english"]
    assert offered(monkeypatch, "bots", "add", "Pierre", "--kind", "=") == ["english", "math", "zen"]
    assert offered(monkeypatch, "bots", "import", "") == ["zed", "toad"]
    assert offered(monkeypatch, "help", "bots", "ch") == ["check"]


def test_an_argument_that_was_given_is_not_offered_again(echo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert offered(monkeypatch, "ask", "--json", "Ec") == ["Echo"]
    assert offered(monkeypatch, "ask", "Echo", "Ec") == []
    assert offered(monkeypatch, "ask", "Echo", "--attach", "Ec") == []
    assert offered(monkeypatch, "ask", "--attach", "a.txt", "Ec") == ["Echo"]
    assert offered(monkeypatch, "logs", "-n", "5", "Ec") == ["Echo"]
    assert offered(monkeypatch, "ask", "--", "--") == []


def test_what_is_completed_is_understood(echo: Path, home: Path) -> None:
    manifest = (echo / "bot.toml").read_text()
    (echo / "bot.toml").write_text(manifest.replace('"Echo"', '"Wall E"'))
    assert tellme("ask", "wall-E", "hi").out == "hi\n"


def test_ids_of_sessions_and_of_failed_turns_are_completed(
    echo: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tellme("ask", "Echo", "hi")
    (session,) = offered(monkeypatch, "export", "")
    assert offered(monkeypatch, "resume", session[:3]) == [session]
    add_bot(home, "Gone", ["./nothing-here"])
    monkeypatch.delenv("_TELLME_COMPLETE")
    assert tellme("ask", "Gone", "hi").code == 3
    ((turn,),) = rows(home, "SELECT turn.id FROM turn JOIN session ON session.id = session WHERE bot = 'gone'")
    assert offered(monkeypatch, "retry", turn[:3]) == offered(monkeypatch, "show", "") == [turn]


def test_a_mistake_prints_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = add_bot(home, "Broken", [])
    (broken / "bot.toml").write_text("name = ")
    assert complete(monkeypatch, "ask", "brok") == ("", "", 0)
    assert complete(monkeypatch, "export", "") == ("", "", 0)
    monkeypatch.setenv("TELLME_HOME", "/dev/null/nowhere")
    assert complete(monkeypatch, "export", "")[:2] == ("", "")
    monkeypatch.setenv("_TELLME_COMPLETE", "complete_tcsh")
    assert tellme("ask", "hi")[:2] == ("", "")
    monkeypatch.setenv("_TELLME_COMPLETE", "complete_bash")
    monkeypatch.delenv("COMP_WORDS")
    assert tellme("ask", "hi")[:2] == ("", "")


def test_a_tab_costs_no_typer_and_no_host(echo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    complete(monkeypatch, "ask", "Ec")
    assert not within(loads(), SCREENS | HOST - {"tellme.host"})


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``tellme`` on the path, and a folder with one file as the current one."""
    script = tmp_path / "bin" / "tellme"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m tellme "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:{os.environ['PATH']}")


def said_by(shell: str, line: str) -> str:
    done = subprocess.run([shell, "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.skipif(not shutil.which("bash"), reason="needs Bash")
def test_bash_takes_it(echo: Path, home: Path, program: None) -> None:
    add_bot(home, "Wall E", ["bot.py"])
    line = """
        eval "$(_TELLME_COMPLETE=source_bash tellme)"
        COMP_WORDS=(tellme ask wa) COMP_CWORD=2
        _tellme_completion tellme
        printf '%s;' "${COMPREPLY[@]}"
    """
    assert said_by("bash", line) == "wall-E;"


@pytest.mark.skipif(not shutil.which("bash"), reason="needs Bash")
def test_it_is_installed_for_the_shell_that_asks(
    echo: Path, program: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "bash completion installed" in said_by("bash", "tellme --install-completion; true")
    line = "source ~/.bashrc; COMP_WORDS=(tellme ask Ec) COMP_CWORD=2; _tellme_completion tellme; echo $COMPREPLY"
    assert said_by("bash", line) == "Echo\n"
    assert "_tellme_completion" in said_by("bash", "tellme --show-completion; true")


@pytest.mark.skipif(not shutil.which("bash"), reason="needs Bash")
def test_a_place_where_it_cannot_be_installed_is_named(
    program: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".bash_completions").write_text("in the way")
    said = said_by("bash", "tellme --install-completion 2>&1; echo $?")
    assert said == f"tellme: {tmp_path}/.bash_completions cannot be written: File exists.\n3\n"


@pytest.mark.skipif(not shutil.which("zsh"), reason="needs Zsh")
def test_zsh_takes_it(echo: Path, home: Path, program: None) -> None:
    """Its functions are replaced by some that say what they were given: the real ones need a line that is edited."""
    line = """
        compdef() { :; }
        _describe() { print -rl -- "${(@P)2}"; }
        _files() { print files; }
        eval "$(_TELLME_COMPLETE=source_zsh tellme)"
        try() { words=("$@") CURRENT=$#; _tellme_completion; print -- --; }
        try tellme bots ch; try tellme help do; try tellme ask Ec; try tellme import ''; try tellme list ''
        try tellme bots add X --kind=e
    """
    assert said_by("zsh", line).split("--\n") == [
        "check:Say what is wrong with a bot.\n",
        "doctor:Say what is wrong with this installation.\n",
        "Echo\n",
        "files\n",
        "",
        "--kind=english\n",
        "",
    ]


@pytest.mark.skipif(not shutil.which("fish"), reason="needs fish")
def test_fish_takes_it(echo: Path, program: None) -> None:
    line = """
        eval (_TELLME_COMPLETE=source_fish tellme)
        complete --do-complete 'tellme bots ch'
        complete --do-complete 'tellme ask Ec'
    """
    assert said_by("fish", line) == "check\tSay what is wrong with a bot.\nEcho\n"
