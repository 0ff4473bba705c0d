"""Whether a new bot fits among those that there are: its aliases, and what it says itself of its configuration.

The promise: what would lead nobody to it, or could never answer, is said before the bot is there.
"""

from __future__ import annotations

from collections.abc import Mapping

from tellme import shell
from tellme.errors import UsageError
from tellme.host.routing import Conflict, conflicts
from tellme.matching import words
from tellme.model import BotSpec
from tellme.surfaces.bots.folders import Place
from tellme.text import one_line, shorten
from tellme.wire.moments import HELP

_SHOWN = 60
"""How much of an alias is shown."""


def shared_aliases(spec: BotSpec, place: Place) -> list[Conflict]:
    """Return the aliases of a bot that is to come that would lead to nobody then, because another bot has them."""
    bots = [bot for bot in place.catalogue.bots.values() if bot.id != spec.id]
    return [conflict for conflict in conflicts([*bots, spec]) if spec.name in conflict.bots]


def check_aliases(spec: BotSpec, place: Place) -> None:
    """Raise ``UsageError`` for an alias by which nobody would come to the bot."""
    for alias in spec.aliases:
        if why := _why_unreachable(alias):
            shown = shorten(one_line(alias), _SHOWN)
            raise UsageError(f'The bot was not added: nobody can reach it by the alias "{shown}", {why}.')
    for conflict in shared_aliases(spec, place):
        others = " and ".join(name for name in conflict.bots if name != spec.name)
        shown = shorten(one_line(conflict.alias), _SHOWN)
        raise UsageError(
            f'The bot was not added: the alias "{shown}" leads to {others}, and would lead to nobody then; '
            "choose another one."
        )


def _why_unreachable(alias: str) -> str | None:
    if not words(alias):
        return "which has no letter and no digit"
    if alias.casefold().strip() != HELP and not isinstance(shell.parse(alias), shell.Say):
        return "which is a command of tellme's"
    return None


def check_configuration(spec: BotSpec, place: Place, environ: Mapping[str, str]) -> None:
    """Raise ``UsageError`` with the bot's own words, where it does not take its corpus or settings.

    Ends the program as it should when a signal comes meanwhile.
    Only bots of a kind are tried: what a command does when it is started is known to nobody here.
    """
    if not spec.builtin or not (spec.corpus or spec.settings):
        return
    from tellme.host.checking.trial import wrong_configuration
    from tellme.host.prepare import Prepared
    from tellme.surfaces.running import run

    async def main() -> int:
        prepared = Prepared(place.paths, place.catalogue, environ, keep=False)
        if said := await wrong_configuration(spec, prepared):
            raise UsageError(f"The bot was not added: {said}")
        return 0

    if code := run(main):  # a signal has ended it
        raise SystemExit(code)
