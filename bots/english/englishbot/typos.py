"""What a mistyped word was meant to be. Promise: only slips that fingers make are undone, never one real word made
another.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache

from .lexicon import EVERYDAY

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = frozenset("aeiouy")


def _keyboard() -> frozenset[tuple[str, str]]:
    """Return the pairs of letters whose keys touch."""
    at = {letter: (row, column + row * 0.4) for row, keys in enumerate(_ROWS) for column, letter in enumerate(keys)}
    return frozenset(
        (a, b)
        for a, (row, x) in at.items()
        for b, (other, y) in at.items()
        if a != b and abs(row - other) <= 1 and abs(x - y) < 1.1
    )


_NEAR = _keyboard()


_SWAPPED, _LEFT_OUT, _WRONG, _UNLIKELY = 9, 10, 12, 20
"""What a slip costs: two letters swapped or one doubled, one left out or added, one for its neighbour, one for any
other.
"""


class Typos:
    """The words that may be meant, and a way to find the one that a mistyped word stands for."""

    def __init__(self, meant: Iterable[str], real: Iterable[str]) -> None:
        """``meant`` are what a typo may become, the more often the likelier; ``real`` are words that are right as
        they are.
        """
        self._often = Counter(word for word in meant if len(word) >= 3 and word.isalpha())
        self._real = frozenset(real) | frozenset(self._often)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._often):
            self._by_length[len(word)].append(word)
        self._known: dict[str, str | None] = {}

    def meant(self, word: str) -> str | None:
        """Return the one word that ``word`` is a slip for, ``None`` where it is right, or where none or several fit."""
        if word in self._real or len(word) < 3 or len(word) > 30 or not word.isalpha():
            return None
        if word not in self._known:
            if len(self._known) > 2000:
                self._known.clear()
            self._known[word] = self._find(word)
        return self._known[word]

    def _find(self, word: str) -> str | None:
        reach = 1 if len(word) < 8 else 2
        limit = reach * _WRONG
        found: list[str] = []
        for length in range(len(word) - reach, len(word) + reach + 1):
            for candidate in self._by_length.get(length, ()):
                if _could_start(word, candidate) and (cost := slips(word, candidate, limit)) <= limit:
                    found = [candidate] if cost < limit else [*found, candidate]
                    limit = cost
        found.sort(key=self._often.__getitem__, reverse=True)
        if len(found) > 1 and self._often[found[0]] < 5 * self._often[found[1]]:
            return None
        return found[0] if found else None


def _could_start(typed: str, meant: str) -> bool:
    """Fingers seldom miss the first letter: they swap it with the second, or leave it out of a long word."""
    if typed[0] == meant[0]:
        return True
    return typed[:2] == meant[1::-1] or (len(meant) > 5 and (typed == meant[1:] or typed[1:] == meant))


def slips(typed: str, meant: str, limit: int) -> int:
    """Return what the slips from ``meant`` to ``typed`` cost (Damerau's distance, weighted), or more than ``limit``.

    Words of three letters only swap; no letter of a word of four is wrong, and of one under seven it is a neighbour's
    key, or a vowel for a vowel.
    """
    if len(typed) == 3 or len(meant) == 3:
        swapped = typed != meant and sorted(typed) == sorted(meant) and (typed[0] == meant[0] or typed[2] == meant[2])
        return _SWAPPED if swapped else limit + 1
    before: list[int] = []
    row = [_LEFT_OUT * count for count in range(len(meant) + 1)]
    for i, a in enumerate(typed, 1):
        oldest, before, row = before, row, [_LEFT_OUT * i]
        for j, b in enumerate(meant, 1):
            added = before[j] + (_SWAPPED if i > 1 and a == typed[i - 2] else _LEFT_OUT)
            left_out = row[j - 1] + (_SWAPPED if j > 1 and b == meant[j - 2] else _LEFT_OUT)
            cost = min(added, left_out, before[j - 1] + _replaced(a, b, len(meant)))
            if i > 1 and j > 1 and a == meant[j - 2] and typed[i - 2] == b and a != b:
                cost = min(cost, oldest[j - 2] + _SWAPPED)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def _replaced(typed: str, meant: str, length: int) -> int:
    if typed == meant:
        return 0
    likely = length >= 7 or (length > 4 and ((typed, meant) in _NEAR or (typed in _VOWELS and meant in _VOWELS)))
    return _WRONG if likely else _UNLIKELY


@lru_cache(maxsize=1024)
def everyday(word: str) -> list[str]:
    """Return the everyday words that a short one may be a single slip for, the likeliest first: with all letters, in
    another order, and the first one right.
    """
    if not (2 <= len(word) <= 6 and word.isascii() and word.isalpha()):
        return []
    meant = [(cost, one) for one in sorted(EVERYDAY) if (cost := _slip(word, one)) is not None]
    return [one for _, one in sorted(meant)]


def _slip(typed: str, meant: str) -> tuple[bool, int] | None:
    """Return how unlikely it is that one slip made ``typed`` of ``meant``; ``None`` where it takes more than one."""
    if typed == meant or abs(len(typed) - len(meant)) > 1 or len(meant) < 2:
        return None
    at = next((at for at, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    rest, intended = typed[at:], meant[at:]
    if len(typed) == len(meant):
        if rest[1::-1] == intended[:2] and rest[2:] == intended[2:]:
            return (not at, _SWAPPED)
        near = (rest[0], intended[0]) in _NEAR and rest[1:] == intended[1:] and len(typed) > 2
        return (not at, _WRONG) if near else None
    longer, shorter = (rest, intended) if len(rest) > len(intended) else (intended, rest)
    return (not at, _LEFT_OUT) if longer[1:] == shorter and min(len(typed), len(meant)) > 1 else None
