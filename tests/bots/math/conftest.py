"""Math's folder on the path, as it is when the bot runs, and its engine as a function."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "bots" / "math"
sys.path.insert(0, str(FOLDER))


@pytest.fixture(autouse=True)
def unhurried() -> None:
    """Forget the deadline of the question that an earlier test asked."""
    from mathbot import limits

    limits.start(60)


@pytest.fixture(scope="session")
def ask() -> Callable[..., str]:
    """Ask one question; a declined one comes back as ``! `` and the reason."""
    from mathbot.engine import answer
    from mathbot.limits import Declined

    def asked(question: str, state: dict[str, Any] | None = None) -> str:
        try:
            return answer(question, {} if state is None else state)
        except Declined as reason:
            return f"! {reason}"

    return asked
