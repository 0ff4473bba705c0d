"""What README shows is what happens: each transcript is run again, and ``…`` stands for what may differ."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


def blocks(language: str) -> Iterator[str]:
    yield from re.findall(rf"^```{language}\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)


def steps() -> Iterator[tuple[str, str]]:
    for block in blocks("console"):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = step.partition("\n")
            yield command, output


def shell(command: str) -> str:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
        timeout=60,
    )
    return done.stdout


@pytest.mark.parametrize(("command", "output"), list(steps()))
def test_a_transcript(command: str, output: str) -> None:
    pattern = ".*".join(re.escape(part) for part in output.split("…"))
    said = shell(command)
    assert re.fullmatch(pattern, said), said
    assert said.strip()


def test_the_bot_of_readme_runs(home: Path) -> None:
    folder = home / "bots" / "echo"
    folder.mkdir(parents=True)
    manifest = next(block for block in blocks("toml") if "bots/echo" in block)
    script = next(block for block in blocks("python") if "bots/echo" in block)
    (folder / "bot.toml").write_text(manifest)
    (folder / "bot.py").write_text(script)
    assert shell("tellme ask Echo hello") == "hello\n"
    assert shell("tellme ask Echo ' '; echo $?") == "Say something first.\n1\n"


def test_the_program_of_readme_is_a_bot(home: Path) -> None:
    folder = home / "bots" / "shout"
    folder.mkdir(parents=True)
    (folder / "bot.toml").write_text(next(block for block in blocks("toml") if "Shout" in block))
    assert shell("tellme ask Shout 'not so loud'") == "NOT SO LOUD\n"
