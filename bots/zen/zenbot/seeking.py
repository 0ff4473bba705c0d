"""Finds the aphorism that a message speaks of: by theme, by synonym, in a question, or half remembered and mistyped.

Promise: what no line speaks of finds none. Words that the Zen knows nothing of weigh against those it knows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from sys import intern
from typing import NamedTuple

from englishbot.typos import Typos

from .everyday import ABOUT, CODE, MATERIAL, NEUTRAL, NOT_SLIPS, OTHER_SENSES
from .reading import stem, words
from .remembering import Memory
from .themes import Themes

_WEIGHTS = (1.0, 0.9, 0.45)
"""What an entry adds to its line: a sure one, a likely one, a hint."""
_TOGETHER = 0.7
"""What each further word of an entry of several adds to it."""

_BEARS = (2.5, 0.6, 0.0)
"""How many words that the Zen knows nothing of a theme bears beside itself."""
_TOGETHER_BEARS = (1.5, 1.0, 0.0)
"""The same for an entry of several words: each may be said of anything."""
_CODE_BEARS = 0.5
"""How many more it may be where the message is about code."""
_ADVICE_BEARS = 0.5
"""How many more where it asks for advice."""

_ONLY_VERY = re.compile(
    r"\bpretty (?!(?:is|are|beats|over|or|and|enough|than|better|to|not|but|code|versus|vs|programs?|functions?"
    r"|design)\b)(?=[a-z])",
    re.IGNORECASE,
)
"""``pretty`` where it says how much, not how something looks."""

_LONGEST = 500

_NOT_ASKED = re.compile(
    r"(?:you (?:are|were|look|seem|sound)|are you|were you) (?!sure)"
    r"|(?:please )?(?:(?:can|could|will|would) you )?(?:please )?"
    r"(?:write|create|implement|generate|build|debug|calculate|compute|translate|convert|sing)"
    r" (?:me )?(?:an?|some|the) "
)
"""So begins talk about the bot, and a request for work."""

_ADVICE = re.compile(
    r"(?:so |but |and |then |when |why )*(?:should|shall|must|(?:may|do|can|will|am|are) (?:i|we|one|my|our)"
    r"|(?:is|would|was) (?:it|this|that)(?: be)?(?: ever| really| always)? (?:okay|fine|good|bad|better|wise"
    r"|smart|right|wrong|worth|safe|acceptable|allowed|reasonable|important|necessary|clever|advisable"
    r"|a (?:good|bad) idea))\b"
)
"""So begins a question for advice, and that is what the Zen is for."""

_HOW_TO = re.compile(r"(?:how (?:do|can|could|would|should) (?:i|you|we|one) |how to |(?:can|could) you )")
"""So begins a question about a language or a library, and no line answers those."""


class _Entry(NamedTuple):
    """One entry of the themes of a line."""

    line: int
    tier: int
    parts: tuple[str, ...]

    @property
    def weight(self) -> float:
        return _WEIGHTS[self.tier] + _TOGETHER * (len(self.parts) - 1)


class _Found:
    """What a message has of the themes."""

    __slots__ = ("entries", "known")

    def __init__(self, entries: Sequence[tuple[_Entry, frozenset[str]]]) -> None:
        self.entries = sorted(entries, key=lambda found: -found[0].weight)
        """Each with the words of the message that it is made of."""
        self.known = frozenset(word for _, covered in entries for word in covered)

    def scores(self) -> dict[int, float]:
        """Return how much the message is about each line: no word counts twice for the same."""
        scores: dict[int, float] = defaultdict(float)
        heard: dict[int, set[str]] = defaultdict(set)
        for entry, covered in self.entries:
            scores[entry.line] += entry.weight * len(covered - heard[entry.line]) / len(covered)
            heard[entry.line] |= covered
        return scores

    def bears(self) -> float:
        """Return how many words that the Zen knows nothing of the themes bear beside themselves."""
        strength, heard = 0.0, set[str]()
        for entry, covered in self.entries:
            bears = _BEARS[entry.tier] if len(entry.parts) == 1 else _TOGETHER_BEARS[entry.tier]
            strength += bears * len(covered - heard) / len(covered)
            heard |= covered
        return strength


class Seeker:
    """The aphorisms by what they are about."""

    def __init__(self, memory: Memory, themes: Sequence[Themes]) -> None:
        self._memory = memory
        self._by_first: dict[str, list[_Entry]] = defaultdict(list)
        for entry in _entries(themes):
            self._by_first[entry.parts[0]].append(entry)
        meant = [word for line in memory.lines for word in line]
        meant += [word for tiers in themes for text in (tiers.sure, tiers.likely) for word in text.split()]
        self._typos = Typos(
            [word for word in meant if len(word) > 3 and word.isalpha()], NEUTRAL | CODE | MATERIAL | NOT_SLIPS
        )

    def seek(self, message: str) -> int | None:
        """Return the number of the aphorism that ``message`` is about; ``None`` where it is about none, or
        something else.
        """
        said = [self._meant(word) for word in words(_ONLY_VERY.sub("very ", message[:_LONGEST]))]
        if (remembered := self._memory.remembered([self._typos.meant(word) or word for word in said])) is not None:
            return remembered
        found = self._found(said)
        if not found.entries or not self._bears(said, found):
            return None
        scores = found.scores()
        stems = set(map(stem, said))
        for line in scores:  # where lines are equal, everyday words decide that are the line's own
            scores[line] += 0.1 * len(stems & self._memory.own[line])
        return max(scores, key=lambda line: (scores[line], -line))

    def _meant(self, word: str) -> str:
        """Return the word of the Zen that ``word`` is a slip for, or the word; short ones are mistaken too easily."""
        if any(key in self._by_first for key in _keys(word)):
            return word
        meant = self._typos.meant(word) or word
        return word if len(word) < 5 and sorted(word) != sorted(meant) else meant

    def _found(self, said: Sequence[str]) -> _Found:
        """Return the entries whose words are all in ``said``."""
        having: dict[str, set[str]] = defaultdict(set)
        for word in said:
            for key in _keys(word):
                having[key].add(word)
        if any(_is_of_code(word, said) for word in said):
            having["CODE"].add("CODE")
        return _Found(
            [
                (entry, frozenset(word for part in entry.parts for word in having[part]))
                for key in having
                for entry in self._by_first.get(key, ())
                if all(part in having for part in entry.parts)
            ]
        )

    def _bears(self, said: Sequence[str], found: _Found) -> bool:
        """Return whether the themes found are what the message is about, whatever else it speaks of."""
        line = " ".join(said)
        if _NOT_ASKED.match(line):
            return False
        rest = (set(said) - found.known) | {phrase for phrase in OTHER_SENSES if f" {phrase} " in f" {line} "}
        strength = found.bears()
        figures = sum(word.isdigit() for word in said)
        foreign = sum(_is_foreign(word, said) for word in rest) + (figures if figures > 1 else 0)
        if not strength:
            if _HOW_TO.match(line) or foreign:
                return False
            return _ADVICE.match(line) is not None or all(word in ABOUT or _is_one_of(word, CODE) for word in rest)
        if any(_is_of_code(word, said) for word in said):
            strength += _CODE_BEARS
        if _ADVICE.match(line):
            strength += _ADVICE_BEARS
        return foreign <= strength


def _entries(themes: Sequence[Themes]) -> Iterable[_Entry]:
    for line, tiers in enumerate(themes):
        for tier, text in enumerate(tiers):
            for parts in dict.fromkeys(tuple(_stemmed(part) for part in entry.split("+")) for entry in text.split()):
                yield _Entry(line, tier, parts)


def _stemmed(part: str) -> str:
    return intern(part if part.endswith("*") or part == "CODE" else stem(part))


def _keys(word: str) -> Iterable[str]:
    """Return what a part of an entry may be to stand for ``word``."""
    yield stem(word)
    for length in range(3, len(word) + 1):
        yield f"{word[:length]}*"


def _is_one_of(word: str, known: frozenset[str]) -> bool:
    return word in known or (word.endswith("s") and word[:-1] in known)


def _asks_how_to(said: Sequence[str]) -> bool:
    return _HOW_TO.match(" ".join(said)) is not None


def _is_of_code(word: str, said: Sequence[str]) -> bool:
    """Return whether ``word`` shows that ``said`` is about code; how to do something with a list is nothing of ours."""
    return _is_one_of(word, CODE) or (_is_one_of(word, MATERIAL) and not _asks_how_to(said))


def _is_foreign(word: str, said: Sequence[str]) -> bool:
    """Return whether the Zen knows nothing of ``word``."""
    if len(word) == 1 or word.isdigit() or _is_one_of(word, NEUTRAL):
        return False
    return not _is_of_code(word, said)
