"""``tellme bots check FOLDER``: a bot that tellme does not have (yet), checked like any other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tellme.cli.app import run
from tellme.errors import UsageError

from ..conftest import add_bot
from .conftest import ECHO

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def far(tmp_path: Path) -> Path:
    """A bot's folder that is not among those of tellme's."""
    folder = add_bot(tmp_path / "work", "Far", [str(ECHO)])
    shutil.copy(ECHO, folder)
    return folder


def check(capfd: Capture, *arguments: str) -> tuple[int, str]:
    code = run(["bots", "check", *arguments])
    return code, capfd.readouterr().out


@pytest.mark.parametrize("word", ["{}", "{}/bot.toml", ".", "./", "../far", "bot.toml"])
def test_a_folder_is_checked(far: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.chdir(far)
    code, out = check(capfd, word.format(far))
    assert (code, out.splitlines()[0]) == (0, "Far")
    assert f"ok   manifest:     {far}/bot.toml\n" in out
    assert out.endswith("Nothing is wrong with Far.\n")


def test_a_name_wins_over_a_folder_that_is_called_so(
    home: Path, far: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(far.parent)
    assert check(capfd, "far")[0] == 0
    add_bot(home, "Far", ["true"], timeout="soon")
    code, out = check(capfd, "far")
    assert code == 1
    assert str(home) in out


def test_the_folder_of_a_bot_that_is_known_is_that_bot(home: Path, capfd: Capture) -> None:
    folder = add_bot(home, "Near", [str(ECHO)])
    (home / "config.toml").write_text("[bots.Near]\ntimeout = 7\nsandbox = 3\n")
    assert check(capfd, str(folder))[1].splitlines()[0] == "Near"


def test_a_manifest_that_is_wrong_is_said(far: Path, capfd: Capture) -> None:
    (far / "bot.toml").write_text('name = "Far"\ncommand = ["bot.py"]\ntimeuot = 3\n')
    code, out = check(capfd, str(far))
    assert code == 1
    assert f"BAD  manifest:     {far}/bot.toml: line 3, timeuot: is not known; did you mean timeout?\n" in out


def test_a_folder_without_a_bot_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"There is no bot in {tmp_path}: it has no bot.toml"):
        run(["bots", "check", str(tmp_path)])
