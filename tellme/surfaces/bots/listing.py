"""``tellme bots list``: every bot that is defined, where, and what is in its way; nothing is started for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tellme.errors import ConfigError
from tellme.host.routing import conflicts
from tellme.host.startable import why_not
from tellme.model import BotSpec
from tellme.surfaces import output
from tellme.surfaces.bots.folders import Place
from tellme.surfaces.bots.origins import OWN, PACKAGE, origin_of
from tellme.surfaces.listing import table, width
from tellme.text import one_line, shorten

_HEADINGS = ("NAME", "KIND", "PROTOCOL", "FROM", "ALIASES", "DEFINED IN", "PROBLEM")
_DRAWN_HEADINGS = ("NAME", "KIND", "FROM", "ALIASES")
MAX_ALIASES_SHOWN = 40
MIN_ALIASES = 16
"""With less room than that, in columns, a terminal's table has no aliases."""
EDGES = 3
"""What a column of a drawn table takes beyond its text."""


class Defined(NamedTuple):
    """A bot, or what would be one."""

    name: str
    origin: str
    source: str
    problem: str | None
    spec: BotSpec | None


def list_bots(environ: Mapping[str, str], *, as_json: bool) -> int:
    """Print the bots; what is wrong apart from a bot's own definition goes to stderr."""
    place = Place.find(environ)
    found = list(_defined(place, environ))
    if as_json:
        output.write("".join(map(_json, found)))
    elif output.is_terminal():
        _draw(found, place)
    else:
        output.write(table([_HEADINGS, *map(_row, found)], rich=False))
    for problem in place.catalogue.problems:
        if problem not in place.catalogue.broken.values():
            output.note(str(problem))
    for conflict in conflicts(place.catalogue.bots.values()):
        output.note(f"{conflict.problem}: {conflict.advice}")
    return 0


def _defined(place: Place, environ: Mapping[str, str]) -> Iterator[Defined]:
    for spec in place.catalogue.bots.values():
        yield Defined(spec.name, origin_of(spec.source, place.paths), spec.source, why_not(spec, environ), spec)
    for bot_id, problem in place.catalogue.broken.items():
        yield Defined(bot_id, origin_of(problem.file, place.paths), problem.file, _said(problem), None)


def _said(problem: ConfigError) -> str:
    return f"{problem.where}: {problem.problem}" if problem.where else problem.problem


def _draw(found: Sequence[Defined], place: Place) -> None:
    """Print what a person looks for first, as wide as the terminal is; what is in a bot's way has a line below."""
    rows = [_DRAWN_HEADINGS, *(tuple(map(one_line, _drawn_row(bot))) for bot in found)]
    output.write(table(_fitted(rows, shutil.get_terminal_size().columns), rich=output.is_drawable()))
    for bot in found:
        if bot.problem:
            output.block(f"! {one_line(bot.name)}: {one_line(bot.problem)}")
    if any(bot.origin == OWN for bot in found):
        output.block(f"bots/ is {place.paths.bots_dir}")


def _drawn_row(bot: Defined) -> tuple[str, ...]:
    spec = bot.spec
    if spec is None:
        return bot.name, "-", _short_origin(bot), "-"
    return bot.name, spec.protocol if spec.kind == "command" else spec.kind, _short_origin(bot), ", ".join(spec.aliases)


def _short_origin(bot: Defined) -> str:
    folder = os.path.basename(os.path.dirname(bot.source))
    return {OWN: f"bots/{folder}", PACKAGE: f"package {folder}"}.get(bot.origin, bot.origin)


def _fitted(rows: Sequence[Sequence[str]], columns: int) -> list[tuple[str, ...]]:
    """Give the last column the room that the others leave, or leave it out."""
    taken = sum(max(map(width, column)) + EDGES for column in zip(*(row[:-1] for row in rows), strict=True))
    room = columns - taken - EDGES - 1
    if room < MIN_ALIASES:
        return [tuple(row[:-1]) for row in rows]
    return [(*row[:-1], _cut(row[-1], room)) for row in rows]


def _cut(text: str, room: int) -> str:
    """Shorten a text to so many columns."""
    cut = shorten(text, room)
    while width(cut) > room:
        cut = shorten(text, len(cut) - 1)
    return cut


def _row(bot: Defined) -> tuple[str, ...]:
    spec = bot.spec
    aliases = shorten(", ".join(spec.aliases), MAX_ALIASES_SHOWN) if spec else ""
    cells = (
        bot.name,
        spec.kind if spec else "-",
        spec.protocol if spec else "-",
        bot.origin,
        aliases or "-",
        bot.source,
        bot.problem or "-",
    )
    return tuple(map(one_line, cells))


def _json(bot: Defined) -> str:
    fields: dict[str, object] = {"name": bot.name, "from": bot.origin, "source": bot.source, "problem": bot.problem}
    if (spec := bot.spec) is not None:
        fields |= {
            "id": spec.id,
            "kind": spec.kind,
            "protocol": spec.protocol,
            "description": spec.description,
            "command": list(spec.command),
            "folder": spec.folder,
            "aliases": list(spec.aliases),
            "patterns": list(spec.patterns),
        }
    return output.json_line(fields)
