"""Spelling mistakes in the words that Math knows: tried only where the question can't be read as it stands.

A word is corrected if it is none that is known, and exactly one known word is near it: one letter wrong, missing, too
many or swapped, from eight letters on two. The first letter has to be right, and a unit has to be long, for most short
words near a unit's are other things ("mice" is no mile). Where a number or a unit was corrected, the answer says so.
"""

from __future__ import annotations

from mathbot.limits import Declined, check
from mathbot.reading.lexer import Token, tokenize

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_SHORTEST = 4
_SHORTEST_UNIT = 6
_LONG = 8
_MOST_WORDS = 60
_PREFIXES = ("kilo", "centi", "milli", "micro", "nano", "mega", "giga")
_ENGLISH_TEXT = """
there their these those where were here come some same many money from form more most must mist then than them
they this thus that what when whom whose will well with wish want went been bean have hive hour live life line
pound points point paint meteor meteors matter matters letter letters squire tree trees tires tiles tines
plums plus hounds sounds rounds minuets records stories bottles tries fire file five firs ford fort forth
sever server even event ever every never number lumber timber twelve tell tall talk table fable able tables
times dimes limes items divide divine halt hale hall harp love lose loose roots rooms boots route power tower
lower poser sever eights weight height freight night sight light might right tight fight apples staples grapes
people oranges pears mouse house horse houses horses mills pills hills cards yards wards birds beards sticks
bricks
"""
_ENGLISH = frozenset(_ENGLISH_TEXT.split())
"""Words that are near to one of ours and mean something else."""


class Corrected:
    """The tokens with their words corrected, and what is said of it behind the answer."""

    __slots__ = ("note", "tokens")

    def __init__(self, tokens: list[Token], note: str) -> None:
        self.tokens = tokens
        self.note = note


def correct(text: str, names: Collection[str]) -> Corrected | None:
    """Return the question with its spelling corrected; ``None`` where there is nothing to correct."""
    try:
        tokens = tokenize(text)
    except Declined:
        return None
    if sum(token.kind == "word" for token in tokens) > _MOST_WORDS:
        return None
    known = Known()
    doubted: list[str] = []
    changed = [_corrected(token, known, names, doubted) for token in tokens]
    if all(new is old for new, old in zip(changed, tokens, strict=True)):
        return None
    return Corrected(changed, f" (read as {', '.join(doubted)})" if doubted else "")


def _corrected(token: Token, known: Known, names: Collection[str], doubted: list[str]) -> Token:
    word = token.text
    if token.kind != "word" or len(word) < _SHORTEST or word in names or known.knows(token):
        return token
    check()
    near = known.nearest(word)
    if not near:
        return token
    if known.is_doubtful(near):
        doubted.append(near)
    return Token("word", near, 0, token.start, token.end, token.spaced, near)


class Known:
    """All words that Math reads, gathered from where they are read."""

    def __init__(self) -> None:
        from mathbot.numbers.functions import FUNCTIONS
        from mathbot.reading import forms, phrases, questions, words
        from mathbot.reading.rulebook import RULES

        self.numbers = {word for word in words.ALL if len(word) >= _SHORTEST}
        self.units = set(_units())
        self.others = {word for word in FUNCTIONS if word.isalpha()} | set(phrases.words()) | set(forms.WORDS)
        self.others |= {word for words in questions.FILLERS for word in words}
        self.others |= {word for elements, _ in RULES for element in elements for word in _plain(element)}

    def knows(self, token: Token) -> bool:
        from mathbot.quantities import units

        word = token.text
        found = word in self.numbers or word in self.units or word in self.others or word in _ENGLISH
        return found or units.find(token.raw) is not None

    def is_doubtful(self, word: str) -> bool:
        """Was it a number, or a short unit?"""
        return (word in self.numbers or word in self.units) and word not in self.others and len(word) < _SHORTEST_UNIT

    def nearest(self, word: str) -> str:
        """Return the one word that is near enough; an empty string where there is none, or several."""
        most = 2 if len(word) >= _LONG else 1
        found: dict[int, list[str]] = {}
        for candidate in self._candidates(word, most):
            found.setdefault(distance(word, candidate, most), []).append(candidate)
        near = next((found[size] for size in range(1, most + 1) if size in found), [])
        near = [candidate for candidate in near if _missing_or_swapped(word, candidate)] or near
        return near[0] if near and (len(near) == 1 or self._same(near)) else ""

    def _candidates(self, word: str, most: int) -> Iterator[str]:
        for candidate in sorted(self.numbers | self.units | self.others):
            short = candidate in self.units and candidate not in self.others and len(candidate) < _SHORTEST_UNIT
            alike = candidate[0] == word[0] and abs(len(candidate) - len(word)) <= most
            if alike and len(candidate) >= _SHORTEST and not short:
                yield candidate

    def _same(self, words: list[str]) -> bool:
        """Are they spellings of one unit?"""
        from mathbot.quantities import units

        found = [units.find(word) for word in words]
        first = found[0]
        return first is not None and all(
            u and u.factor == first.factor and u.dimension == first.dimension for u in found
        )


def _missing_or_swapped(word: str, candidate: str) -> bool:
    """Were letters left out or swapped? That is what happens most."""
    return len(candidate) > len(word) or sorted(candidate) == sorted(word)


def _units() -> Iterator[str]:
    from mathbot.quantities import units

    for name, prefixed in units.names():
        if " " not in name:
            yield name
            yield from (prefix + name for prefix in _PREFIXES if prefixed)


def _plain(element: str) -> list[str]:
    return [word for choice in element.removesuffix("?").split("|") for word in choice.split("_") if word.isalpha()]


def distance(a: str, b: str, most: int) -> int:
    """Return how many letters are wrong, missing, too many or swapped; more than ``most`` counts as ``most + 1``."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, char in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == b[j - 2] and a[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
