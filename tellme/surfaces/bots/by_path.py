"""A bot named by its folder, which need not be among those that tellme has."""

from __future__ import annotations

import os

from tellme.errors import ConfigError, UsageError
from tellme.host import config, toml
from tellme.host.catalogue import MANIFEST, Catalogue
from tellme.host.names import bot_id
from tellme.surfaces.bots.folders import kinds


def is_path(word: str, catalogue: Catalogue) -> bool:
    """Is this a folder or manifest, rather than the name of a bot? A name wins over a folder that is called so."""
    if os.sep in word or word in (os.curdir, os.pardir):
        return True
    known = bot_id(word) in catalogue.bots or bot_id(word) in catalogue.broken
    return not known and os.path.isfile(word if word == MANIFEST else os.path.join(word, MANIFEST))


def with_folder(catalogue: Catalogue, path: str) -> tuple[str, Catalogue]:
    """Return the key of the bot in a folder (or of the folder of a manifest), and the catalogue that has it.

    Raises ``UsageError`` where there is no manifest.
    """
    whole = os.path.abspath(os.path.expanduser(path))
    folder = os.path.dirname(whole) if os.path.basename(whole) == MANIFEST else whole
    file = os.path.join(folder, MANIFEST)
    if not os.path.isfile(file):
        raise UsageError(f"There is no bot in {folder}: it has no {MANIFEST}. 'tellme bots new NAME' makes one.")
    known = (bot.id for bot in catalogue.bots.values() if os.path.realpath(bot.source) == os.path.realpath(file))
    return (key, catalogue) if (key := next(known, None)) else _read(catalogue, folder, file)


def _read(catalogue: Catalogue, folder: str, file: str) -> tuple[str, Catalogue]:
    try:
        section = toml.read(file)
    except ConfigError as error:
        return folder, catalogue._replace(broken={**catalogue.broken, folder: error})
    spec = config.new_bot(section, section.table.get("name"), folder, kinds())
    problems = (*catalogue.problems, *section.problems)
    if spec is None:
        return folder, catalogue._replace(broken={**catalogue.broken, folder: section.problems[0]}, problems=problems)
    return spec.id, catalogue._replace(bots={**catalogue.bots, spec.id: spec}, problems=problems)
