"""What README shows is what happens: each transcript is run again, and ``…`` stands for what may differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from .documents import ROOT, Step, blocks, check, shell, steps

README = (ROOT / "README.md").read_text()
STEPS = [step for block in blocks(README) if block.language == "console" for step in steps(block)]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.command)
def test_a_transcript(step: Step, home: Path) -> None:
    check(step, home.parent)


def test_the_bot_of_readme_runs(home: Path) -> None:
    for block in blocks(README):
        if block.file in ("bots/echo/bot.toml", "bots/echo/bot.py"):
            path = home / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
    assert shell("tellme ask Echo hello") == "hello\n"
    assert shell("tellme ask Echo ' '; echo $?") == "Say something first.\n1\n"


def test_the_program_of_readme_is_a_bot(home: Path) -> None:
    folder = home / "bots" / "shout"
    folder.mkdir(parents=True)
    (folder / "bot.toml").write_text(next(block.text for block in blocks(README) if "Shout" in block.text))
    assert shell("tellme ask Shout 'not so loud'") == "NOT SO LOUD\n"
