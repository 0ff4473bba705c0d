"""To which bot a message goes that belongs to no session. Pure; the same message always goes to the same bot.

In this order: a bot that has the message as an alias, one that has a pattern for it, one with an alias much like it.
Where two bots have the same claim, or none has a good one, nobody gets it: a wrong bot is worse than a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tellme.model import BotSpec
from tellme.nearest import edits

MAX_CHARS = 500
"""So much of a message is looked at: time must not grow with what a stranger pipes in."""

THRESHOLD = 0.75
MARGIN = 0.05
"""How much better than the second bot the first must be."""

_MAX_WORDS = 40
_WITHIN = 0.9
"""What an alias of several words counts that stands, whole, within a longer message."""


def route(message: str, specs: Iterable[BotSpec]) -> BotSpec | None:
    """Return the bot that the message is best for; ``None`` where none is, or two are."""
    text = message.strip()[:MAX_CHARS]
    words = _words(text)
    bots = list(specs)
    for scores in (
        {bot.id: float(any(_words(alias) == words for alias in bot.aliases if words)) for bot in bots},
        {bot.id: _pattern_score(text, bot.patterns) for bot in bots if text},
        {bot.id: max((_likeness(_words(alias), words) for alias in bot.aliases), default=0.0) for bot in bots},
    ):
        if any(score >= THRESHOLD for score in scores.values()):
            best = _clear_best(scores)
            return next((bot for bot in bots if bot.id == best), None)
    return None


def _clear_best(scores: Mapping[str, float]) -> str | None:
    ranked = sorted(scores, key=lambda bot: scores[bot], reverse=True)
    if len(ranked) > 1 and scores[ranked[0]] - scores[ranked[1]] < MARGIN:
        return None
    return ranked[0]


def _pattern_score(text: str, patterns: Iterable[str]) -> float:
    """Return 1 and more for a match: the pattern that explains more of the message has the better claim."""
    found = [match for match in (re.search(pattern, text) for pattern in patterns) if match]
    return max((1 + (match.end() - match.start()) / len(text) for match in found), default=0.0)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold()[:MAX_CHARS])[:_MAX_WORDS]


def _likeness(alias: list[str], words: list[str]) -> float:
    """Return from 0 to 1 how much of each is found in the other, in any order, with typing mistakes."""
    total = sum(map(len, alias))
    if not total:
        return 0.0
    found = sum(max((len(word) * _alike(word, other) for other in words), default=0.0) for word in alias)
    both = 2 * found / (total + sum(map(len, words)))
    return min(1.0, max(both, _WITHIN * found / total if len(alias) > 1 else 0.0))


def _alike(word: str, other: str) -> float:
    """Return 1 for equal words, less for each mistake, 0 for another word; short words forgive no mistake."""
    if word == other:
        return 1.0
    allowed = (len(word) >= 4) + (len(word) >= 8)
    if abs(len(word) - len(other)) > allowed:
        return 0.0
    mistakes = edits(word, other)
    return 1 - mistakes / len(word) if mistakes <= allowed else 0.0
