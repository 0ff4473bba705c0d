"""To which bot a message goes that belongs to no session. Pure; the same message always goes to the same bot.

In this order: a bot that has the message as an alias, one that has a pattern for it, one with an alias much like it,
one that offers help. Where two bots have the same claim, or none has a good one, nobody gets it: a wrong bot is worse
than a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tellme.matching import MARGIN, MAX_CHARS, THRESHOLD, scores, words
from tellme.model import BotSpec

HELP = "help"
SPECIAL = frozenset({HELP, "greet", "cancel"})
"""Aliases that say what a bot does at a certain moment; nobody says them to be led to it."""


class Conflict(NamedTuple):
    """An alias that leads nowhere, because several bots have it."""

    alias: str
    bots: tuple[str, ...]
    """Their names."""


def route(message: str, specs: Iterable[BotSpec]) -> BotSpec | None:
    """Return the bot that the message is best for; ``None`` where none is, or two are.

    Of a long message only the beginning counts. A pattern is the person's own and may take as long as it likes:
    ``re`` cannot be stopped, and all that bounds it is that beginning.
    """
    text = message.strip()[:MAX_CHARS]
    bots = list(specs) if text else []
    for claims in (_exact(text, bots), _patterns(text, bots)):
        if claims:
            return _clear_best(claims, bots)
    phrases = {at: ordinary for at, bot in enumerate(bots) if (ordinary := _ordinary(bot.aliases))}
    likeness = scores(text, phrases)
    return _clear_best(likeness, bots) if max(likeness.values(), default=0.0) >= THRESHOLD else _helper(bots)


def conflicts(specs: Iterable[BotSpec]) -> tuple[Conflict, ...]:
    """Return the aliases that several bots have, whatever the case, the punctuation and the order of the words."""
    having: dict[tuple[str, ...], dict[str, str]] = {}
    for bot in specs:
        for alias in bot.aliases:
            if alias.casefold().strip() not in SPECIAL - {HELP}:
                having.setdefault(tuple(sorted(words(alias))), {}).setdefault(bot.name, alias)
    return tuple(Conflict(next(iter(of.values())), tuple(of)) for said, of in having.items() if said and len(of) > 1)


def _ordinary(aliases: Sequence[str]) -> tuple[str, ...]:
    return tuple(alias for alias in aliases if alias.casefold().strip() not in SPECIAL)


def _exact(text: str, bots: Sequence[BotSpec]) -> Mapping[int, float]:
    said = words(text)
    return {at: 1.0 for at, bot in enumerate(bots) if said in map(words, _ordinary(bot.aliases)) and said}


def _patterns(text: str, bots: Sequence[BotSpec]) -> Mapping[int, float]:
    """Return how much of the message is explained: the pattern that explains more of it has the better claim."""
    return {
        at: max((match.end() - match.start()) / len(text) for match in found)
        for at, bot in enumerate(bots)
        if (found := [match for match in (re.search(pattern, text) for pattern in bot.patterns) if match])
    }


def _clear_best(claims: Mapping[int, float], bots: Sequence[BotSpec]) -> BotSpec | None:
    ranked = sorted(claims, key=lambda at: claims[at], reverse=True)
    if len(ranked) > 1 and claims[ranked[0]] - claims[ranked[1]] < MARGIN:
        return None
    return bots[ranked[0]]


def _helper(bots: Sequence[BotSpec]) -> BotSpec | None:
    """Return the one bot that offers help when nothing else fits; of several none is the one."""
    helping = [bot for bot in bots if HELP in (alias.casefold().strip() for alias in bot.aliases)]
    return helping[0] if len(helping) == 1 else None
