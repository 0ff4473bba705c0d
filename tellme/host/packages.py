"""Bots of installed packages: entry points in the group ``tellme.bots``, whose value is a package with a ``bot.toml``.

No package is imported to find its bots, and the current folder is not looked at: what lies there was not installed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from tellme.host.catalogue import signature

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from typing import Any

GROUP = "tellme.bots"


def search_path() -> list[str]:
    """Return the folders in which packages are installed."""
    try:
        current = os.getcwd()
    except FileNotFoundError:
        current = ""
    return [folder for folder in dict.fromkeys(sys.path) if os.path.isabs(folder) and folder != current]


def find(path: list[str]) -> dict[str, Any]:
    """Look through ``path``. Returns, as JSON can keep it: ``folders`` of bots, ``problems``, and the state of what was
    ``watched``, which changes when another look is due.
    """
    watched = {folder: signature(folder) for folder in path}
    folders: dict[str, str] = {}
    problems: list[list[str]] = []
    for file in _entry_point_files(path):
        state = signature(file)
        is_ours = _mentions_us(file)
        if is_ours or file.endswith(os.path.join(".egg-info", "entry_points.txt")):
            watched[file] = state  # rewritten in place, an .egg-info leaves its folder's state as it was
        if is_ours:
            for name, package in _entry_points(file):
                folder = _folder(package)
                if folder is None:
                    problems.append([file, name, f"there is no package {package!r}"])
                else:
                    folders.setdefault(name, folder)
    return {"path": path, "watched": watched, "folders": list(dict.fromkeys(folders.values())), "problems": problems}


def _entry_point_files(path: list[str]) -> Iterator[str]:
    for folder in path:
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                yield os.path.join(folder, name, "entry_points.txt")


def _mentions_us(file: str) -> bool:
    # Worth 30 ms: importlib.metadata is imported only where there is something to find.
    try:
        with open(file, "rb") as stream:
            return GROUP.encode() in stream.read()
    except OSError:
        return False


def _entry_points(file: str) -> list[tuple[str, str]]:
    from importlib.metadata import Distribution

    points = Distribution.at(os.path.dirname(file)).entry_points.select(group=GROUP)
    return [(point.name, point.value.partition(":")[0].strip()) for point in points]


def _folder(package: str) -> str | None:
    """Return where a package lies, without importing it or what it is part of."""
    from importlib.util import find_spec

    top, *below = package.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError, AttributeError):
        return None
    places = (spec and spec.submodule_search_locations) or ()
    return next((folder for folder in (os.path.join(place, *below) for place in places) if os.path.isdir(folder)), None)
