"""What every test shares: a home of its own, and the programs that the tests run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a ``TELLME_HOME`` that no other test and no person uses."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TELLME_HOME", str(folder))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    os.environ.pop("TELLME_TEST_SECRET", None)
    return folder
