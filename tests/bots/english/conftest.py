"""English on its path, and one trained English for the whole session."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ENGLISH = Path(__file__).parents[3] / "bots" / "english"
sys.path.insert(0, str(ENGLISH))

from englishbot.engine import English, open_english  # noqa: E402


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the trained database."""
    folder = tmp_path_factory.mktemp("english")
    open_english(str(folder)).close()
    return folder


@pytest.fixture(scope="session")
def english(trained: Path) -> Iterator[English]:
    bot = open_english(str(trained))
    yield bot
    bot.close()


@pytest.fixture
def english_folder() -> Path:
    return ENGLISH
