"""``tellme bots list`` and ``remove``: every bot has its place, and one that is removed is set aside whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ..conftest import add_bot
from .making import Run, names
from .making import bots as bots


def test_every_bot_is_listed_with_its_place_and_its_problem(bots: Run, home: Path) -> None:
    add_bot(home, "Lost", ["no-such-program"], aliases=["find me"])
    add_bot(home, "Wrong", ["true"], timeout="soon")
    (home / "config.toml").write_text('[bots.Conf]\ncommand = ["true"]\n')
    listed = {row["name"]: row for row in map(json.loads, bots("list", "--json").out.splitlines())}
    assert {name: row["from"] for name, row in listed.items()} == {
        **dict.fromkeys(("English", "Math", "Zen"), "tellme"),
        "Conf": "config.toml",
        "Lost": "folder",
        "wrong": "folder",
    }
    assert listed["Lost"]["problem"] == "its program no-such-program is not found"
    assert listed["Lost"]["aliases"] == ["find me"]
    assert "timeout" in listed["wrong"]["problem"]
    assert listed["Math"]["problem"] is None
    table = bots("list").out.splitlines()
    assert table[0].split()[:4] == ["NAME", "KIND", "PROTOCOL", "FROM"]
    assert len(table) == len(listed) + 1


def test_a_bot_of_an_installed_package_is_listed_and_belongs_to_its_package(
    bots: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "somebot").mkdir()
    (tmp_path / "somebot" / "bot.toml").write_text('name = "Some"\ncommand = ["true"]\n')
    (tmp_path / "some-1.0.dist-info").mkdir()
    (tmp_path / "some-1.0.dist-info" / "entry_points.txt").write_text("[tellme.bots]\nsome = somebot\n")
    monkeypatch.syspath_prepend(tmp_path)
    listed = [json.loads(line) for line in bots("list", "--json").out.splitlines()]
    assert [row["from"] for row in listed if row["name"] == "Some"] == ["package"]
    assert "uninstall that" in bots("remove", "Some", "--yes").err


def test_a_removed_bot_is_set_aside_whole(bots: Run, home: Path) -> None:
    folder = add_bot(home, "Old One", ["true"])
    (folder / "notes").write_text("kept")
    refused = bots("remove", "Old One")
    assert (refused.code, folder.exists()) == (2, True)
    assert "--yes" in refused.err
    removed = bots("remove", "old-one", "--yes")
    assert removed.code == 0
    (aside,) = (home / "data" / "removed").iterdir()
    assert str(aside) in removed.out
    assert (aside / "notes").read_text() == "kept"
    assert not folder.exists()
    assert bots("check", "Old One").code == 2


def test_a_bot_whose_manifest_is_wrong_can_be_removed_too(bots: Run, home: Path) -> None:
    folder = add_bot(home, "Broken", ["true"])
    (folder / "bot.toml").write_text("name = ")
    assert bots("remove", "broken", "--yes").code == 0
    assert names(home) == []


def test_what_else_speaks_of_a_removed_bot_is_said(bots: Run, home: Path) -> None:
    add_bot(home, "Twice", ["true"])
    (home / "config.toml").write_text("[bots.Twice]\ntimeout = 3\n")
    assert "delete the table [bots.Twice] there" in bots("remove", "Twice", "--yes").err


def test_a_link_goes_and_what_it_leads_to_stays(bots: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "bot.toml").write_text('name = "Linked"\ncommand = ["true"]\n')
    (home / "bots").mkdir(parents=True)
    (home / "bots" / "linked").symlink_to(tmp_path / "work")
    assert bots("remove", "Linked", "--yes").code == 0
    assert (tmp_path / "work" / "bot.toml").exists()
    assert names(home) == []
