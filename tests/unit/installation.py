"""An installation of tellme in a folder, for tests of what is found there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tellme.host.catalogue import Catalogue, load
from tellme.model import BotSpec
from tellme.paths import Paths


class Installation:
    """Built-in bots and a home, both of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.builtin = folder / "builtin"
        self.home = folder / "home"
        self.paths = Paths.below(str(self.home))
        self.cache = Path(self.paths.catalogue_cache)
        for kind in ("english", "math", "zen"):
            self.write(self.builtin / kind / "bot.toml", f'name = "{kind.title()}"\ncommand = ["bot.py"]\ntimeout = 9')

    def write(self, file: Path, text: str) -> Path:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def config(self, text: str) -> Path:
        return self.write(self.home / "config.toml", text)

    def bot(self, folder: str, text: str) -> Path:
        return self.write(self.home / "bots" / folder / "bot.toml", text)

    def load(self, later_s: float = 0.0) -> Catalogue:
        """Load as it would be done so many seconds from now."""
        return load(self.paths, builtin=str(self.builtin), now=time.time() + later_s)

    def load_kept(self) -> Catalogue:
        """Load twice, the second time from the cache."""
        first = self.load(later_s=60)
        assert self.cache.exists()
        second = self.load(later_s=60)
        assert told(second) == told(first)
        return second


def told(catalogue: Catalogue) -> tuple[list[tuple[str, BotSpec]], list[str], dict[str, str]]:
    """Return what can be compared."""
    broken = {bot: str(problem) for bot, problem in catalogue.broken.items()}
    return list(catalogue.bots.items()), [str(problem) for problem in catalogue.problems], broken


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    return Installation(tmp_path)
