"""What the shell is told when it completes a command line. Nothing of it ever ends up on that line by mistake."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ..conftest import add_bot
from .conftest import Result, tellme


def complete(monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.setenv("_TELLME_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "\n".join(["tellme", *words]))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    return tellme()


def test_commands_options_and_names_are_completed(echo: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_bot(home, "Wall E", ["bot.py"])
    assert {"ask", "list", "start_session"} < {*complete(monkeypatch, "").out.splitlines()}
    assert complete(monkeypatch, "star").out == "start\nstart_session\n"
    assert "--no-store" in complete(monkeypatch, "ask", "--").out
    assert complete(monkeypatch, "ask", "Ech").out == "Echo\n"
    assert complete(monkeypatch, "ask", "eCH").out == "eCHo\n"
    assert complete(monkeypatch, "start_session", "wa").out == "wall-E\n"
    assert complete(monkeypatch, "logs", "'Wall ").out == "Wall E\n"


def test_what_is_completed_is_understood(echo: Path, home: Path) -> None:
    manifest = (echo / "bot.toml").read_text()
    (echo / "bot.toml").write_text(manifest.replace('"Echo"', '"Wall E"'))
    assert tellme("ask", "wall-E", "hi").out == "hi\n"


def test_ids_of_sessions_are_completed(echo: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tellme("ask", "Echo", "hi")
    (session,) = complete(monkeypatch, "export", "").out.split()
    assert complete(monkeypatch, "resume", session[:3]).out == f"{session}\n"


def test_a_mistake_prints_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = add_bot(home, "Broken", [])
    (broken / "bot.toml").write_text("name = ")
    assert complete(monkeypatch, "ask", "brok") == ("\n", "", 0)
    assert complete(monkeypatch, "export", "") == ("\n", "", 0)
    monkeypatch.setenv("TELLME_HOME", "/dev/null/nowhere")
    assert complete(monkeypatch, "export", "")[:2] == ("", "")
    monkeypatch.delenv("COMP_WORDS")
    assert tellme("ask", "hi")[:2] == ("", "")


@pytest.mark.skipif(not shutil.which("bash"), reason="needs Bash")
def test_bash_takes_it(echo: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_bot(home, "Wall E", ["bot.py"])
    program = tmp_path / "tellme"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tellme "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    line = """
        eval "$(_TELLME_COMPLETE=source_bash tellme)"
        COMP_WORDS=(tellme ask wa) COMP_CWORD=2
        _tellme_completion tellme
        printf '%s;' "${COMPREPLY[@]}"
    """
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "wall-E;"
