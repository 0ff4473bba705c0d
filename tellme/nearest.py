"""Which known names look like one that is not known. Pure."""

from __future__ import annotations

from collections.abc import Iterable

_MAX_LENGTH = 64
_FAR = _MAX_LENGTH + 1


def nearest(name: str, known: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return up to ``limit`` of ``known`` that a person may have meant by ``name``, best first."""
    word = name.casefold()[:_MAX_LENGTH]
    ranked = sorted((_distance(word, candidate.casefold()[:_MAX_LENGTH]), candidate) for candidate in known)
    return tuple(candidate for distance, candidate in ranked if distance < _FAR)[:limit]


def _distance(word: str, candidate: str) -> int:
    if len(word) > 1 and candidate.startswith(word):
        return 0
    distance = edits(word, candidate)
    return distance if distance <= max(1, (max(len(word), len(candidate)) + 1) // 3) else _FAR


def edits(a: str, b: str) -> int:
    """Count the letters to insert, delete, replace or swap with their neighbour until ``a`` is ``b``."""
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]
