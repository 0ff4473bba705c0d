"""``tellme bots list``: every bot that is defined, where, and what is in its way; nothing is started for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tellme.errors import ConfigError
from tellme.host.routing import conflicts
from tellme.host.startable import why_not
from tellme.model import BotSpec
from tellme.surfaces import output
from tellme.surfaces.bots.folders import Place
from tellme.surfaces.bots.origins import origin_of
from tellme.surfaces.listing import table
from tellme.text import one_line, shorten

_HEADINGS = ("NAME", "KIND", "PROTOCOL", "FROM", "ALIASES", "DEFINED IN", "PROBLEM")
MAX_ALIASES_SHOWN = 40


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
    else:
        output.write(table([_HEADINGS, *map(_row, found)], rich=output.is_drawable()))
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
