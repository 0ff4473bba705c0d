"""Finds the aphorism that a message quotes: whole, in part, or half remembered."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from .aphorisms import Aphorism
from .everyday import NEUTRAL
from .reading import stem, words

_REMEMBERED = 0.6
"""The share of a line, and of the message, that both must have for the line to be half remembered."""
_SCRAPS, _NOTHING_ELSE = 0.4, 0.9
"""Or less of the line, where the message has hardly anything else."""


class Memory:
    """The aphorisms by their words."""

    def __init__(self, aphorisms: Sequence[Aphorism]) -> None:
        self.lines = [words(aphorism.text) for aphorism in aphorisms]
        self.own = [frozenset(map(stem, line)) for line in self.lines]
        self._often = Counter(word for own in self.own for word in own)

    def whole(self, message: str) -> int | None:
        """Return the number of the aphorism that ``message`` is, word for word, or the last of several in their order;
        case and punctuation do not matter.
        """
        rest, last = words(message), None
        for number, line in enumerate(self.lines):
            if rest[: len(line)] == line and (last is None or last == number - 1):
                rest, last = rest[len(line) :], number
        return None if rest else last

    def remembered(self, said: Sequence[str]) -> int | None:
        """Return the aphorism that the words ``said`` are a part of, or have most words of."""
        return self._part_of(said) if (most := self._most_of(said)) is None else most

    def _part_of(self, said: Sequence[str]) -> int | None:
        """Return the one line in which the words stand in a row, where they are more than everyday talk."""
        everyday = NEUTRAL.issuperset(said)
        if len(said) < (3 if everyday else 2):
            return None
        part = f" {' '.join(said)} "
        lines = [
            number
            for number, line in enumerate(self.lines)
            if part in (spaced := f" {' '.join(line)} ")
            and (not everyday or len(said) > 3 or spaced.startswith(part) or spaced.endswith(part))
        ]
        return lines[0] if len(lines) == 1 else None

    def _most_of(self, said: Sequence[str]) -> int | None:
        stems = set(map(stem, said))
        if len(stems) < 3:
            return None
        weight = self._weight(stems)
        fits = []
        for number, own in enumerate(self.own):
            if "not" in stems - own:
                continue
            common = self._weight(stems & own)
            share, of_said = common / self._weight(own), common / weight
            if min(share, of_said) >= _REMEMBERED or (share >= _SCRAPS and of_said >= _NOTHING_ELSE):
                fits.append((of_said, share, -number))
        fits.sort(reverse=True)
        if len(fits) > 1 and fits[0][0] == fits[1][0]:  # half of one line and half of the other: the themes tell
            return None
        return -fits[0][2] if fits else None

    def _weight(self, stems: Iterable[str]) -> float:
        return math.fsum(map(self._rarity, stems))  # the same in any order: equal shares must be equal

    def _rarity(self, word: str) -> float:
        return math.log((len(self.own) + 1) / max(1, self._often[word]))
