"""Bots made and looked at as a person does."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.cli.app import run
from tellme.errors import TellmeError
from tellme.surfaces import output

from .conftest import Result

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
