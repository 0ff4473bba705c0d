"""To which bot a message goes that belongs to no session. Pure; the same message always goes to the same bot.

In this order: a bot that has the message as an alias, one that has a pattern for it, one with an alias much like it,
one with an alias that means nearly the same (where a model can tell), one that offers help. Where two bots have the
same claim, or none has a good one, nobody gets it: a wrong bot is worse than a question.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tellme.matching import MARGIN, MAX_CHARS, THRESHOLD, lifted, scores, words
from tellme.model import BotSpec
from tellme.text import one_line, shorten
from tellme.wire.moments import HELP, SPECIAL

if TYPE_CHECKING:
    from tellme.matching import Nearness

_logger = logging.getLogger(__name__)

_SHOWN = 60
"""How much of an alias is shown."""

MEANING_MARGIN = 0.1
"""How much better than the second the first must be where meaning decides, which is less sure than words."""


class Conflict(NamedTuple):
    """An alias that several bots have, for which reason it leads to none of them."""

    alias: str
    bots: tuple[str, ...]
    """Their names."""

    @property
    def problem(self) -> str:
        """Say what is wrong."""
        names = f"{', '.join(self.bots[:-1])} and {self.bots[-1]}"
        return f'the alias "{shorten(one_line(self.alias), _SHOWN)}" is one of {names}, so it may lead to none of them'

    @property
    def advice(self) -> str:
        """Say what to do about it."""
        return "leave it to one of them, and give the others aliases of their own"


def route(message: str, specs: Iterable[BotSpec], nearness: Nearness | None = None) -> BotSpec | None:
    """Return the bot that the message is best for; ``None`` where none is, or two are.

    Of a long message only the beginning counts. A pattern that takes too long on it finds nothing. ``nearness`` is
    asked only where nobody has a good claim without it: what the words decide, it never changes.
    """
    text = message.strip()[:MAX_CHARS]
    bots = list(specs) if text else []
    for claims in (_exact(text, bots), _patterns(text, bots)):
        if claims:
            return _clear_best(claims, bots)
    phrases = {at: ordinary for at, bot in enumerate(bots) if (ordinary := _ordinary(bot.aliases))}
    if claims := _good(scores(text, phrases)):
        return _clear_best(claims, bots)
    if nearness is not None and (claims := _good(lifted(text, phrases, nearness))):
        return _clear_best(claims, bots, MEANING_MARGIN)
    return _helper(bots)


def conflicts(specs: Iterable[BotSpec]) -> tuple[Conflict, ...]:
    """Return the aliases that several bots have, whatever the case, the punctuation and the order of the words."""
    having: dict[tuple[str, ...], dict[str, str]] = {}
    for bot in specs:
        for alias in bot.aliases:
            if alias.casefold().strip() not in SPECIAL - {HELP}:
                having.setdefault(tuple(sorted(words(alias))), {}).setdefault(bot.name, alias)
    return tuple(Conflict(next(iter(of.values())), tuple(of)) for said, of in having.items() if said and len(of) > 1)


def _good(claims: Mapping[int, float]) -> Mapping[int, float]:
    """Return the claims, if the best of them is good enough; none otherwise."""
    return claims if max(claims.values(), default=0.0) >= THRESHOLD else {}


def _ordinary(aliases: Sequence[str]) -> tuple[str, ...]:
    return tuple(alias for alias in aliases if alias.casefold().strip() not in SPECIAL)


def _exact(text: str, bots: Sequence[BotSpec]) -> Mapping[int, float]:
    said = words(text)
    return {at: 1.0 for at, bot in enumerate(bots) if said in map(words, _ordinary(bot.aliases)) and said}


def _patterns(text: str, bots: Sequence[BotSpec]) -> Mapping[int, float]:
    """Return how much of the message is explained: the pattern that explains more of it has the better claim."""
    claims = {
        at: [share for pattern in bot.patterns if (share := _share(pattern, text, bot)) is not None]
        for at, bot in enumerate(bots)
    }
    return {at: max(shares) for at, shares in claims.items() if shares}


def _share(pattern: str, text: str, bot: BotSpec) -> float | None:
    """Return how much of the text a pattern finds. Those of tellme's own manifests are quick, whatever the text."""
    if bot.builtin and bot.source.startswith(f"{bot.folder}/"):
        match = re.search(pattern, text)
        return None if match is None else (match.end() - match.start()) / len(text)
    from tellme.wire.patterns import Pattern, TooSlow

    try:
        return Pattern(pattern).share(text)
    except TooSlow:
        _logger.warning("a pattern of %s takes too long and leads nobody there: %.200r", bot.name, pattern)
        return None


def _clear_best(claims: Mapping[int, float], bots: Sequence[BotSpec], margin: float = MARGIN) -> BotSpec | None:
    ranked = sorted(claims, key=lambda at: claims[at], reverse=True)
    if len(ranked) > 1 and claims[ranked[0]] - claims[ranked[1]] < margin:
        return None
    return bots[ranked[0]]


def _helper(bots: Sequence[BotSpec]) -> BotSpec | None:
    """Return the one bot that offers help when nothing else fits; of several none is the one."""
    helping = [bot for bot in bots if HELP in (alias.casefold().strip() for alias in bot.aliases)]
    return helping[0] if len(helping) == 1 else None
