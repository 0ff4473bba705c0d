"""Bots of installed packages: found without importing the package."""

from __future__ import annotations

from pathlib import Path

import pytest

from .installation import Installation
from .installation import here as here


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def install(site: Path, name: str, entry: str, kind: str = "dist-info") -> None:
    info = site / f"{name}-1.0.{kind}"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[console_scripts]\nx = y:z\n\n[tellme.bots]\n{entry}\n")


def package(site: Path, path: str, *manifests: str) -> None:
    folder = site / path
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    for manifest in manifests:
        (folder / manifest).parent.mkdir(exist_ok=True)
        name = manifest.partition("/")[0].removesuffix(".toml").title() + "x"
        (folder / manifest).write_text(f'name = "{name}"\ncommand = ["bot.py"]')


def test_an_installed_package_brings_bots_and_is_not_imported(here: Installation, site: Path) -> None:
    package(site, "weather_bot", "bot.toml")
    package(site, "many_bots", "rain/bot.toml", "sun/bot.toml")
    package(site, "umbrella/bots", "snow/bot.toml")
    install(site, "weather", "weather = weather_bot")
    install(site, "many", "many = many_bots:ignored\nother = umbrella.bots")
    catalogue = here.load_kept()
    assert catalogue.problems == ()
    assert list(catalogue.bots) == ["english", "math", "zen", "rainx", "sunx", "snowx", "botx"]
    assert catalogue.bots["botx"].folder == str(site / "weather_bot")


def test_a_package_names_no_command_to_run_for_its_failures(here: Installation, site: Path) -> None:
    package(site, "weather_bot", "bot.toml")
    manifest = site / "weather_bot" / "bot.toml"
    manifest.write_text('name = "Botx"\ncommand = ["bot.py"]\non_failure = "evil"\n')
    install(site, "weather", "weather = weather_bot")
    catalogue = here.load_kept()
    assert catalogue.bots["botx"].on_failure == ()
    assert [str(problem) for problem in catalogue.problems] == [
        f"{manifest}: line 3, on_failure: is left out: only config.toml and your own bots may name a command to run"
    ]
    here.config('on_failure = "beep"')
    assert here.load_kept().bots["botx"].on_failure == ("beep",)
    here.config('[bots.botx]\non_failure = "mine"')
    assert here.load_kept().bots["botx"].on_failure == ("mine",)


def test_an_entry_point_that_leads_nowhere_is_said(here: Installation, site: Path) -> None:
    package(site, "empty_package")
    (site / "plain_module.py").write_text("")
    install(site, "bad", "a = not_there\nb = plain_module\nc = empty_package\nd = not_there.below\ne = ..")
    catalogue = here.load_kept()
    file = site / "bad-1.0.dist-info" / "entry_points.txt"
    assert [str(problem) for problem in catalogue.problems] == [
        f"{file}: a: there is no package 'not_there'",
        f"{file}: b: there is no package 'plain_module'",
        f"{file}: d: there is no package 'not_there.below'",
        f"{file}: e: there is no package '..'",
        f"{site / 'empty_package' / 'bot.toml'}: cannot be read: No such file or directory",
    ]
    assert list(catalogue.bots) == ["english", "math", "zen"]


def test_installing_and_removing_a_package_is_seen_at_once(here: Installation, site: Path) -> None:
    assert "botx" not in here.load_kept().bots
    package(site, "weather_bot", "bot.toml")
    install(site, "weather", "weather = weather_bot")
    assert "botx" in here.load(later_s=60).bots
    (site / "weather-1.0.dist-info" / "entry_points.txt").unlink()
    assert "botx" not in here.load(later_s=60).bots


def test_an_egg_info_rewritten_in_place_is_seen_at_once(here: Installation, site: Path) -> None:
    package(site, "weather_bot", "bot.toml")
    install(site, "weather", "", kind="egg-info")
    file = site / "weather-1.0.egg-info" / "entry_points.txt"
    file.write_text("[console_scripts]\nx = y:z\n")
    assert "botx" not in here.load_kept().bots
    file.write_text("[tellme.bots]\nweather = weather_bot\n")
    assert "botx" in here.load(later_s=60).bots


def test_the_current_folder_is_no_installation(here: Installation, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(site, "weather_bot", "bot.toml")
    install(site, "weather", "weather = weather_bot")
    monkeypatch.chdir(site)
    assert "botx" not in here.load().bots
