"""The examples that the commands give can be typed as they stand, and the bots that they and our advice make answer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tellme.cli.gather import gather

from ..conftest import add_hostile, rows
from .conftest import Result, tellme

EXAMPLES = list(dict.fromkeys(example for page in gather() for example in page.examples))
ELSEWHERE = {
    "echo hello | tellme ask English": "trains a corpus first; README's test runs it",
    "tellme start_session Math": "needs a terminal; tests/terminal has one",
    "tellme bots check .": "needs a bot's folder around it; tests/cli/test_bots_check_folder.py has one",
    "tellme bots import zed": "needs Zed's settings; tests/cli/test_bots_import.py has some",
}
WITH_A_SESSION = {"tellme export 7kq2 > talk.md", "tellme import talk.md"}
WITH_FAILED_TURNS = {"tellme retry 3hx4", "tellme retry --all"}

needs_bc = pytest.mark.skipif(not shutil.which("bc"), reason="needs bc")


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    """Where a person types: beside the files that the examples name."""
    home.mkdir()
    (home / "config.toml").write_text('[bots.English]\ncommand = ["cat"]\nprotocol = "lines"\n')
    (tmp_path / "sums.txt").write_text("1+1\n2+2\n")
    (tmp_path / "note.txt").write_text("What is beautiful?\n")
    (tmp_path / ".config/systemd/user").mkdir(parents=True)
    (tmp_path / "agent.json").write_text(
        '{"id": "scribe", "name": "Scribe", "version": "1.0.0", "description": "Writes",'
        ' "distribution": {"npx": {"package": "scribe"}}}'
    )
    return tmp_path


def typed(command: str, folder: Path) -> Result:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "HOME": str(folder)}
    done = subprocess.run(
        ["bash", "-c", command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env=environment, timeout=60, cwd=folder, check=False,
    )  # fmt: skip
    return Result(done.stdout, done.stderr, done.returncode)


def test_what_is_not_run_here_is_an_example_still() -> None:
    assert {*ELSEWHERE, *WITH_A_SESSION, *WITH_FAILED_TURNS} < {*EXAMPLES}


@pytest.mark.parametrize(
    "example", [each for each in EXAMPLES if each not in {*ELSEWHERE, *WITH_A_SESSION, *WITH_FAILED_TURNS}]
)
def test_an_example_can_be_typed(example: str, folder: Path) -> None:
    if example.startswith("tellme mcp") and find_spec("mcp") is None:
        pytest.skip("needs mcp")
    if "-- bc" in example and not shutil.which("bc"):
        pytest.skip("needs bc")
    done = typed(example, folder)
    assert (done.code, "Traceback" in done.err) == (0, False), done.err


def test_a_session_is_exported_and_imported(folder: Path) -> None:
    tellme("ask", "Math", "6*7")
    [(session,)] = rows(folder / "home", "SELECT id FROM session")
    assert typed(f"tellme export {session} > talk.md", folder).code == 0
    assert typed("tellme import talk.md", folder).code == 0


def test_failed_turns_are_tried_again(folder: Path) -> None:
    add_hostile(folder / "home", "crash", retry=False)
    tellme("ask", "Foe", "hello")
    [(turn,)] = rows(folder / "home", "SELECT id FROM turn")
    for example in (f"tellme retry {turn}", "tellme retry --all"):
        assert typed(example, folder).err.count("\n") == 1


@needs_bc
@pytest.mark.parametrize("wrong", ["tellme bots add Calc", "tellme bots add Calc -- ''", "tellme help bots add"])
def test_the_bot_that_is_advised_answers(wrong: str, folder: Path) -> None:
    done = typed(wrong, folder)
    advised = re.search(r"tellme bots add Calc .*-- bc -q", done.out + done.err)
    assert advised, done
    assert typed(advised[0], folder).code == 0
    assert typed("tellme ask Calc '6*7'", folder).out == "42\n"
