"""``tellme bots remove``: a bot's folder set aside, never deleted; its sessions stay where they are."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Mapping

from tellme.errors import ConfigError, UsageError
from tellme.host.names import bot_id
from tellme.paths import make_private
from tellme.surfaces import output, stdin
from tellme.surfaces.bots import origins
from tellme.surfaces.bots.folders import Place
from tellme.surfaces.bots.words import quoted

REMOVED = "removed"
"""The folder below the data folder that takes what was removed."""


def remove(environ: Mapping[str, str], name: str, *, yes: bool) -> int:
    """Set a bot's folder aside and say where; 1 where the person says no. Raises ``UsageError``."""
    place = Place.find(environ)
    shown, source = _find(place, name)
    folder = _own_folder(place, shown, source)
    if not yes and not _confirmed(shown, folder):
        output.note("Nothing was removed.")
        return 1
    aside = _set_aside(folder, os.path.join(place.paths.data_dir, REMOVED), bot_id(name))
    output.block(f"{shown} is no bot any more. Its folder is now {aside}; moved back to {folder}, it is one again.")
    _say_what_is_left(Place.find(environ), name)
    return 0


def _find(place: Place, name: str) -> tuple[str, str]:
    """Return a bot's name and file, also of one whose manifest is wrong."""
    broken: ConfigError | None = place.catalogue.broken.get(bot_id(name))
    if broken is not None:
        return name, broken.file
    spec = place.catalogue.find(name)
    return spec.name, spec.source


def _own_folder(place: Place, name: str, source: str) -> str:
    origin = origins.origin_of(source, place.paths)
    if origin == origins.OWN:
        return os.path.dirname(source)
    if origin == origins.CONFIG:
        raise UsageError(f"{name} is defined in {source}: delete its table [bots.{quoted(name)}] there.")
    if origin == origins.TELLME:
        raise UsageError(f"{name} is a part of tellme and cannot be removed; it runs only when it is asked something.")
    raise UsageError(f"{name} comes with an installed package ({source}): uninstall that.")


def _confirmed(name: str, folder: str) -> bool:
    if not stdin.is_terminal():
        raise UsageError(f"Say 'tellme bots remove {quoted(name)} --yes' to set {folder} aside.")
    sys.stderr.write(f"Set aside {folder}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _set_aside(folder: str, removed: str, name: str) -> str:
    stamp = time.strftime("%Y-%m-%d-%H%M%S")
    places = (os.path.join(removed, f"{name}-{stamp}{suffix}") for suffix in ("", *(f"-{n}" for n in range(2, 100))))
    try:
        make_private(removed)
        aside = next(place for place in places if not os.path.lexists(place))
        # A folder that is a link goes as the link, and what it leads to stays.
        return str(shutil.move(folder, aside))
    except OSError as error:
        raise UsageError(f"{folder} cannot be moved to {removed}: {error.strerror or error}.") from None


def _say_what_is_left(place: Place, name: str) -> None:
    if problem := place.catalogue.broken.get(bot_id(name)):
        output.note(f"{problem.file} still speaks of it: delete the table [bots.{quoted(name)}] there.")
    elif spec := place.catalogue.bots.get(bot_id(name)):
        output.note(f"There is still a bot {spec.name}, defined in {spec.source}.")
