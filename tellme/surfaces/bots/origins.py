"""Where a bot's definition comes from, as far as its file tells."""

from __future__ import annotations

import os

from tellme.paths import Paths, builtin_bots

TELLME, CONFIG, OWN, PACKAGE = "tellme", "config.toml", "folder", "package"


def origin_of(source: str, paths: Paths) -> str:
    """Return one of the four constants."""
    if source == paths.config_file:
        return CONFIG
    if _is_below(source, builtin_bots()):
        return TELLME
    return OWN if _is_below(source, paths.bots_dir) else PACKAGE


def _is_below(file: str, folder: str) -> bool:
    return file.startswith(os.path.join(folder, ""))
