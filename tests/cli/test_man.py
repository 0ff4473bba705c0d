"""The man page: made from the commands, up to date, and understood by what shows it."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tellme.cli import pages
from tellme.cli.gather import gather
from tellme.cli.manual import manual

from .documents import ROOT

PAGE = ROOT / "docs" / "tellme.1"


def test_it_is_up_to_date() -> None:
    assert PAGE.read_text() == manual(gather()), "run: python docs/manual.py"


def test_every_command_and_option_is_in_it() -> None:
    text = PAGE.read_text().replace("\\-", "-")
    for page in pages.load().values():
        if not pages.below(pages.load(), page.path):
            assert f"\\fBtellme {page.path}\\fR" in text
        for option in page.options:
            assert ", ".join(option.names) in text


@pytest.mark.skipif(not shutil.which("mandoc"), reason="needs mandoc")
def test_mandoc_finds_nothing_wrong() -> None:
    done = subprocess.run(["mandoc", "-T", "lint", PAGE], capture_output=True, text=True, timeout=30, check=False)
    assert [line for line in done.stdout.splitlines() if "missing date" not in line] == []


@pytest.mark.skipif(not shutil.which("man"), reason="needs man")
def test_man_shows_it() -> None:
    command = ["man", "--warnings", "-l", PAGE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.stderr == ""
    for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "EXIT STATUS", "FILES", "ENVIRONMENT"):
        assert f"\n{heading}\n" in done.stdout
