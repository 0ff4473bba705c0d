"""A new folder in the user's bots directory: made beside its place, read by the real reader, then put there whole.

The promise: nothing that is there is written over, and what is wrong is said before anything is there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from tellme.errors import ConfigError, UsageError
from tellme.host import config, toml
from tellme.host.catalogue import MANIFEST, Catalogue, load, signature
from tellme.host.discovery import discover
from tellme.host.names import RESERVED, bot_id, check_name
from tellme.model import BotSpec
from tellme.paths import Paths, builtin_bots, make_private
from tellme.surfaces.bots import toml_text

Files = Mapping[str, str]
"""What stands in a folder: texts by file name."""
Check = Callable[[BotSpec], None]
"""Raises ``UsageError`` for a bot that should not come to be."""


class Place(NamedTuple):
    """Where bots of the user's own are kept, and which bots there are."""

    paths: Paths
    catalogue: Catalogue

    @classmethod
    def find(cls, environ: Mapping[str, str]) -> Place:
        """Find it, and read what is there now. Raises ``UsageError``."""
        paths = Paths.find(environ)
        return cls(paths, load(paths))

    def folder(self, name: str) -> str:
        """Return the folder that a bot of this name is to have."""
        return os.path.join(self.paths.bots_dir, bot_id(name))

    def why_taken(self, name: str) -> str | None:
        """Say who has this name already, if somebody has, as the rest of a sentence."""
        wanted = bot_id(name)
        if why := RESERVED.get(wanted):
            return f"{name} is {why}"
        if spec := self.catalogue.bots.get(wanted):
            return f"there is a bot {spec.name} already, defined in {spec.source}"
        if problem := self.catalogue.broken.get(wanted):
            return f"{problem.file} defines a bot {name} already, with something wrong in it"
        return f"{folder} is there already" if os.path.lexists(folder := self.folder(name)) else None


def checked_name(place: Place, name: str) -> str:
    """Return the name, if a bot can have it that is not there yet. Raises ``UsageError``."""
    try:
        check_name(name)
    except ValueError as error:
        raise UsageError(f"A bot's name {error}, not {toml.shown(name)}.") from None
    if taken := place.why_taken(name):
        raise UsageError(f"Choose another name: {taken}.")
    return name


def manifest(table: Mapping[str, object], heading: str = "") -> str:
    """Write the text of a ``bot.toml``; raises ``UsageError`` for what it cannot hold."""
    try:
        return heading + toml_text.document({key: value for key, value in table.items() if value not in (None, ())})
    except ValueError:
        raise UsageError("A setting holds null, which a manifest cannot say: leave it out.") from None


def put(
    place: Place,
    name: str,
    files: Files,
    *,
    folder: str | None = None,
    private: bool = False,
    check: Check = lambda _: None,
) -> BotSpec:
    """Make the folder of a new bot with these files, and return the bot as it will be.

    ``folder`` is where, if not in the bots directory; ``private`` keeps the manifest from other users. Raises
    ``UsageError`` where a manifest is wrong or ``check`` does, and nothing is there then.
    """

    def fill(unfinished: str) -> None:
        for file, text in files.items():
            _write(os.path.join(unfinished, file), text, 0o600 if private and file == MANIFEST else 0o666)

    return put_filled(folder or place.folder(name), fill, check)


def put_filled(folder: str, fill: Callable[[str], None], check: Check = lambda _: None) -> BotSpec:
    """Like ``put``, with a function that fills the folder."""
    # The catalogue looks into no folder whose name begins so.
    unfinished = os.path.join(os.path.dirname(folder), f".{os.path.basename(folder)}.{os.getpid()}")
    try:
        make_private(os.path.dirname(folder))
        os.mkdir(unfinished)
        fill(unfinished)
        spec = _read(unfinished, folder)
        check(spec)
        if os.path.lexists(folder):  # a folder may have come meanwhile; an empty one would be replaced
            raise UsageError(f"Choose another name: {folder} is there already.")
        os.rename(unfinished, folder)
    except OSError as error:
        raise UsageError(_why_not_made(folder, error)) from None
    finally:
        with suppress(OSError):
            shutil.rmtree(unfinished)
    return spec


def kinds() -> dict[str, BotSpec]:
    """Return the built-in bots that ``kind`` can name."""
    root = builtin_bots()
    files = (os.path.join(root, name, MANIFEST) for name in sorted(os.listdir(root)))
    found = {file: signature(file) for file in files if os.path.isfile(file)}
    bots = discover({"builtin": found, "packages": {}, "config": {}, "own": {}}, []).bots
    return {bot.kind: bot for bot in bots.values()}


def _why_not_made(folder: str, error: OSError) -> str:
    above = os.path.dirname(folder)
    if os.path.islink(above) and not os.path.exists(above):
        return f"{above} is a link to {os.readlink(above)}, which is not there: make that folder, or remove the link."
    return f"{folder} cannot be made: {error.strerror}."


def _write(file: str, text: str, mode: int) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with open(descriptor, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


def _read(unfinished: str, folder: str) -> BotSpec:
    """Read the manifest as the host will; ``folder`` is where it is going to be."""
    try:
        section = toml.read(os.path.join(unfinished, MANIFEST))
    except ConfigError as error:
        raise UsageError(f"The bot was not added: its {MANIFEST} {error.problem}.") from None
    section.file = os.path.join(folder, MANIFEST)
    spec = config.new_bot(section, section.table.get("name"), folder, kinds())
    if spec is None or section.problems:
        problem = section.problems[0]
        key = problem.where.rpartition(", ")[2]
        raise UsageError(
            f"The bot was not added: {key} {problem.problem}{'' if problem.problem.endswith('?') else '.'}"
        )
    return spec
