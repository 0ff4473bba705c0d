"""Finds the aphorism that a message speaks of: by theme, by synonym, in a question, or half remembered and mistyped."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from englishbot.typos import Typos
from englishbot.words import stem, words

from .aphorisms import Aphorism

ENOUGH = 0.5
"""The share of what a message speaks of that an aphorism must be about."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EVERYDAY = _set(
    """
    a an the is are am was were be been being do does did doing done have has had having can could will would
    shall should may might must i me my mine you your yours we us our ours he she it its they them their this
    that these those there here of to in on at for with from as and or but than so too very really just please
    not no if because about into over under what which who whom whose when where why how zen python say says
    said tell show give find know think thought line lines aphorism aphorisms saying quote quotes wisdom proverb
    principle principles advice something anything one thing things some any all more most much many lot like
    want need get got make makes made let lets help code codes coding program programs programming programmer
    programmers software developer developers develop function functions functional class classes write writes
    writing written wrote use used using project projects work works working also always ever every other good
    better best bad worse worst feel feeling day right first well user users customer customers meant guy boss
    colleague colleagues coworker coworkers reviewer review people person someone team own new old variable
    variables talk talking mean means meaning theme word words concerning regarding matter matters important
    importance go goes going keep try see look beats teach philosophy guidance opinion view suggest suggestion
    recommend remember piece bit part inspire inspiration hello hi hey oh ok okay again still even only between
    versus vs prefer deal handle handling problem problems file files big large small huge lots come comes put
    else don didn doesn
    """
)
"""Words that a message may have without speaking of anything."""

_COMMON = _set(
    """
    now never right hard easy idea ideas only counts way ways face special space spaces deep tree level levels
    case cases edge corner law laws ship start starting begin clean art style standard standards today tomorrow
    action reader readers looks basic pass break first catch design naming names name theory pure perfect depth
    compact blank choice choices option options unique unknown separation organization policy cheat magic plain
    visible compromise method methods import
    """
)
"""Words of the Zen and its themes that are said of many other things, too: they count half."""

_COMMON_STEMS = frozenset(map(stem, _COMMON))


class Seeker:
    """The aphorisms by what they are about."""

    def __init__(self, aphorisms: Sequence[Aphorism]) -> None:
        self._own = [frozenset(map(stem, words(aphorism.text))) for aphorism in aphorisms]
        self._lines = [" ".join(words(aphorism.text)) for aphorism in aphorisms]
        self._about: dict[str, dict[int, float]] = defaultdict(dict)
        vocabulary: list[str] = []
        for number, aphorism in enumerate(aphorisms):
            for text, weight in ((aphorism.themes, 0.9), (aphorism.text, 1.0)):
                vocabulary.extend(words(text))
                for word in words(text):
                    self._about[stem(word)][number] = weight
        self._typos = Typos([word for word in vocabulary if len(word) > 3], _EVERYDAY)

    def whole(self, message: str) -> int | None:
        """Return the number of the aphorism that ``message`` is, word for word; case and punctuation do not matter."""
        line = " ".join(words(message))
        return self._lines.index(line) if line in self._lines else None

    def seek(self, message: str) -> int | None:
        """Return the number of the aphorism that ``message`` is about; ``None`` where it is about none, or
        something else.
        """
        said = [self._meant(word) for word in words(message[:500])]
        spoken_of = {word for word in said if word not in _EVERYDAY}
        about = {stem(word) for word in spoken_of}
        known = {word for word in about if word in self._about}
        if sum(0.5 if word in _COMMON_STEMS else 1.0 for word in known) < ENOUGH * len(about):
            return None
        stems = {stem(word) for word in said}
        remembered = self._remembered(stems)
        if remembered is not None or not known:
            return remembered
        scores: dict[int, float] = defaultdict(float)
        for word in known:
            for number, weight in self._about[word].items():
                scores[number] += weight * self._rarity(word)
        for number in scores:  # "good idea", "bad idea": everyday words that are the line's own decide between equals
            scores[number] += 0.1 * len(stems & self._own[number])
        return max(scores, key=lambda number: (scores[number], -number))

    def _remembered(self, said: set[str]) -> int | None:
        """Return the aphorism of which the message has most words, where that is most of it: a line half remembered."""
        if len(said) < 3:
            return None
        weight = sum(map(self._rarity, said))
        fits = []
        for number, own in enumerate(self._own):
            common = sum(map(self._rarity, said & own))
            share, of_said = common / sum(map(self._rarity, own)), common / weight
            if share >= 0.6 and of_said >= 0.6:
                fits.append((of_said, share, -number))
        return -max(fits)[2] if fits else None

    def _meant(self, word: str) -> str:
        if word in _EVERYDAY or stem(word) in self._about:
            return word
        return self._typos.meant(word) or word

    def _rarity(self, word: str) -> float:
        return math.log((len(self._own) + 1) / len(self._about.get(word, (0,))))
