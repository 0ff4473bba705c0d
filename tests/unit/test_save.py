"""A session goes to a file that was not there; what is there already stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tellme.errors import UsageError
from tellme.model import Session, Turn, TurnStatus
from tellme.surfaces.save import save

SESSION = Session("k3v9abcdef", "math", 1700000000.25, turns=1)
TURN = Turn("7abcdefghj", SESSION.id, "2+2", 1700000001.5, "4\ud800", TurnStatus.ANSWERED)


def test_markdown_or_by_its_name_json(tmp_path: Path) -> None:
    written = save(str(tmp_path / "talk.md"), "Math", SESSION, [TURN])
    assert "**You:** 2+2" in Path(written).read_text()
    written = save(str(tmp_path / "talk.JSON"), "Math", SESSION, [TURN])
    assert json.loads(Path(written).read_text())["turns"][0]["message"] == "2+2"


def test_the_path_is_absolute_and_knows_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert save("a.md", "Math", SESSION, []) == str(tmp_path / "a.md")
    assert save("~/b.md", "Math", SESSION, []) == str(tmp_path / "b.md")


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    there = tmp_path / "talk.md"
    there.write_text("mine")
    with pytest.raises(UsageError, match=r"talk\.md is there already"):
        save(str(there), "Math", SESSION, [TURN])
    assert there.read_text() == "mine"


@pytest.mark.parametrize(
    ("file", "reason"), [("no/such/talk.md", "No such file"), ("nul\0.md", "null"), (".", "already")]
)
def test_what_cannot_be_written_is_said(tmp_path: Path, file: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        save(str(tmp_path / file), "Math", SESSION, [TURN])
