"""What the host gives to a bot in its environment: settings, a folder, a log."""

from __future__ import annotations

import logging
from pathlib import Path

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

SETTINGS = "TELLME_BOT_SETTINGS"
DATA = "TELLME_BOT_DATA"


def settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings; raises ``ValueError`` where the variable holds something else than a JSON object."""
    from json import loads

    text = environment.get(SETTINGS, "")
    try:
        found = loads(text or "{}")
    except ValueError as error:
        raise ValueError(f"{SETTINGS} is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{SETTINGS} is no JSON object")
    return found


def data_folder(environment: Mapping[str, str], bot: str) -> Path:
    """Return the bot's own folder, which is made if it is not there; raises ``RuntimeError`` where it has none."""
    named = environment.get(DATA, "")
    if not named:
        raise RuntimeError(f"{bot} was started without a folder of its own; the variable {DATA} names one")
    folder = Path(named)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def logger(environment: Mapping[str, str], bot: str) -> logging.Logger:
    """Return the bot's logger. Where its author, or a test, has set up logging already, nothing is added to it."""
    found = logging.getLogger(bot)
    if not found.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        found.addHandler(handler)
        found.propagate = False
    if found.level == logging.NOTSET:
        found.setLevel(_level(environment.get("LOG_LEVEL", "")))
    return found


def _level(name: str) -> int:
    return int(name) if name.isdecimal() else logging.getLevelNamesMapping().get(name.upper(), logging.INFO)
