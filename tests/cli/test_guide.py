"""The guide for authors of bots: each of its parts is followed in a home of its own, and shows what it says."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from tellme.host.keys import KEYS

from .documents import ROOT, blocks, check, sections, shell, steps

GUIDE = (ROOT / "docs" / "bots.md").read_text()
PARTS = sections(GUIDE)


def write_files(part: str, folder: Path) -> None:
    for block in blocks(part):
        if block.file:
            path = folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text if block.language != "json" else block.text.partition("\n")[2])


@pytest.mark.parametrize("heading", [heading for heading, part in PARTS.items() if "```console" in part])
def test_a_part_is_as_it_says(heading: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))
    home.mkdir(exist_ok=True)
    write_files(PARTS[heading], home)
    for block in blocks(PARTS[heading]):
        if block.language == "console":
            for step in steps(block):
                check(step, home)


def test_the_bot_of_a_package_is_there_once_it_is_installed(home: Path, tmp_path: Path) -> None:
    write_files(PARTS["Package it"], tmp_path)
    project = tomllib.loads((tmp_path / "tides" / "pyproject.toml").read_text())["project"]
    installed = tmp_path / "tides" / "src"
    about = installed / f"{project['name']}-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n")
    points = "".join(f"{name} = {value}\n" for name, value in project["entry-points"]["tellme.bots"].items())
    (about / "entry_points.txt").write_text(f"[tellme.bots]\n{points}")
    os.environ["PYTHONPATH"] = str(installed)
    try:
        assert shell("tellme ask Tides when") == "High at noon.\n"
    finally:
        del os.environ["PYTHONPATH"]


def test_the_table_has_every_key_of_a_manifest() -> None:
    rows = [line.split("|")[1] for line in PARTS_ALL["The manifest, key by key"].splitlines() if line.startswith("| `")]
    named = {key.strip("`") for row in rows for key in row.replace(" ", "").split(",")}
    assert named == {"name", *KEYS}


def _all_parts() -> dict[str, str]:
    found = GUIDE.split("\n## ")[1:]
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in found}


PARTS_ALL = _all_parts()
