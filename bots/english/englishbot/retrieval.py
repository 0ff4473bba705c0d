"""Finds the question of the corpus that a message asks, and says how sure that is.

Both are bags of content words (``meaning``), weighted by how rare a word is in the corpus. The score is how much of
the message the question covers, times how much of the question the message covers; a message word that the question
lacks costs most, for it asks about something else ("capital of France" is not "capital of Canada"). Who is meant,
"not", and the kind of answer asked for (who, when, where, how many …) must agree.

``SURE`` is calibrated by cross-validation on the corpus itself. ``benchmarks/calibrate_english.py`` asks each question
in disturbed forms (typos, other order, wrapped, shortened), which should find it; held out of the index in ten folds,
and with its most telling word exchanged, which should find nothing. Right answers less five times the wrong ones are
most between 0.64 and 0.76, within one per cent; ``SURE`` is at the low end, since people's own wordings score lower
than disturbed ones.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .corpus import Question
from .lexicon import AUXILIARIES, FILLERS, FIRST_PERSON, GENERAL, REAL_WORDS, SECOND_PERSON, SYNONYMS, WH_WORDS
from .meaning import NAME, Meaning, Word, concept, read
from .phrases import PHRASES
from .spelling import IRREGULAR, SHORTHAND
from .typos import Typos
from .words import words

SURE = 0.66
"""The score from which a question that opens a conversation counts as found."""

SURE_INSIDE = 0.9
"""The same for a line from inside a conversation: it must be nearly the words themselves."""

SURE_IN_CONTEXT = 0.55
"""The same for a line whose conversation has just come to the line before it."""

MOST_WORDS = 80
"""A message with more words than this asks nothing that the corpus has."""

_TELLING = 0.78
"""A word this rare tells by itself what is spoken of."""

_SMALL, _PERSON, _KIND, _NOT = 0.04, 0.3, 0.3, 0.4
"""Weights of what is no content word, where the rarest word weighs 1."""


class Match(NamedTuple):
    """A question, and how sure it is that it was asked: 0 to 1."""

    question: Question
    score: float

    @property
    def sure(self) -> bool:
        """Tell whether the score is enough for a question of this sort."""
        return self.score >= (SURE if self.question.opening else SURE_INSIDE)


class Index:
    """All questions of a corpus."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = questions
        self._with: dict[str, list[int]] = defaultdict(list)
        self._typed: dict[str, int] = {}
        self._follow: dict[str, list[int]] = defaultdict(list)
        for number, question in enumerate(questions):
            if question.before is not None:
                self._follow[question.before].append(number)
            if question.alone:
                for word in (*question.meaning.content, *question.meaning.small):
                    self._with[word].append(number)
        for number in sorted(range(len(questions)), key=lambda number: not questions[number].opening):
            if questions[number].alone:
                self._typed.setdefault(questions[number].typed, number)
        self._rarest = math.log(len(questions) + 1) + 1
        asked = [word for question in questions for word in question.typed.split()]
        self._vocabulary = frozenset(asked)
        self._typos = Typos([*asked, *_MEANT], _real_words(questions))

    def find(self, text: str, after: str = "") -> Match | None:
        """Return the best match for ``text``, said after the bot's line ``after``; ``None`` where nothing is alike."""
        typed = self._corrected(words(text[:5000]))
        if not typed or len(typed) > MOST_WORDS:
            return None
        asked = read(text, typed)
        if (following := self._following(asked, after)) is not None:
            return following
        exact = self._typed.get(" ".join(typed))
        if exact is not None:
            return Match(self.questions[exact], 1.0)
        if not asked.content and len(typed) < 2:
            return None
        return self._best(asked, self._alike(asked))

    def _following(self, asked: Meaning, after: str) -> Match | None:
        best = self._best(asked, self._follow.get(after, ())) if after else None
        return best._replace(score=1.0) if best is not None and best.score >= SURE_IN_CONTEXT else None

    def _best(self, asked: Meaning, numbers: Iterable[int]) -> Match | None:
        matches = [
            Match(question, self._score(asked, question)) for question in map(self.questions.__getitem__, numbers)
        ]
        if not matches:
            return None
        best = max(matches, key=lambda match: (match.score, match.question.opening))
        rivals = sum(
            match.score > best.score - 0.05 and match.question.answers != best.question.answers for match in matches
        )
        vague = best.score < 0.9 and rivals > 1 and best.question.meaning.kind != "task"
        return best._replace(score=best.score * 0.8) if vague else best

    def _alike(self, asked: Meaning) -> list[int]:
        """Return the questions that share words with ``asked``: those with the most weight in common."""
        shared: dict[int, float] = defaultdict(float)
        for word in (*asked.content, *asked.small):
            weight = self._rarity(word) if word in asked.content else _SMALL
            for number in self._with.get(word, ()):
                shared[number] += weight
        ranked = sorted(shared.items(), key=lambda item: (-item[1], item[0]))
        return sorted(number for number, _ in ranked[:60])

    def _rarity(self, word: str) -> float:
        """Return the weight of a content word: 1 for the rarest, and for a word that the corpus does not have."""
        return max(0.3, (math.log((len(self.questions) + 1) / (len(self._with.get(word, ())) + 1)) + 1) / self._rarest)

    def _score(self, asked: Meaning, question: Question) -> float:
        meant = question.meaning
        if asked.line == meant.line:
            return 1.0
        kind = _kinds_agree(asked.kind, meant.kind)
        shared = [word for word in asked.content if word in meant.content]
        common = sum(self._rarity(word) for word in shared)
        named = any(self._rarity(word) > _TELLING for word in shared)
        extra = sum(
            self._weight(word, seen, named) for word, seen in asked.content.items() if word not in meant.content
        )
        missing = self._missing(asked, meant, named)
        if not common and (asked.content or meant.content):
            return 0.0
        small = _small(asked, meant, kind)
        common, extra, missing = common + small[0], extra + small[1], missing + small[2]
        if not common:
            return 0.0
        ranked = any(seen.ranking for seen in meant.content.values())
        patience = (
            1.0 if ranked else 1 / (1 + 0.45 * max(0.0, common - 1.2))
        )  # many rare words in common are no accident
        covers = common / (common + extra)
        covered = common / (common + missing * patience)
        exchanged = 0.8 if min(extra, missing) > 0.5 else 1.0  # one word in another's place asks about something else
        return (
            math.sqrt(covers)
            * covers
            * covered
            * exchanged
            * _agreement(asked, meant)
            * (0.5 + kind / 2 if kind < 1 else 1.0)
        )

    def _missing(self, asked: Meaning, meant: Meaning, named: bool) -> float:
        """Return the weight of what the message lacks. Beside a rank each word counts: the first is not the first
        impeached.
        """
        lacking = {word: seen for word, seen in meant.content.items() if word not in asked.content}
        ranked = any(seen.ranking for seen in meant.content.values())
        return sum(
            self._weight(word, seen, named) * (1.5 if ranked and seen.essential >= 1 and not seen.classing else 1.0)
            for word, seen in lacking.items()
        )

    def _weight(self, word: str, seen: Word, named: bool) -> float:
        """Return the weight of a word that one side lacks; a class word ("book") matters little beside a name in
        common.
        """
        return self._rarity(word) * seen.essential * (0.35 if named and seen.classing else 1.0)

    def _corrected(self, typed: list[str]) -> list[str]:
        """Return the words with slips undone, and with those joined or split that the corpus writes otherwise."""
        result: list[str] = []
        for word in typed:
            if result and word not in self._vocabulary and result[-1] + word in self._vocabulary:
                result[-1] += word
            elif word in self._vocabulary or concept(word) in self._with:
                result.append(word)
            elif (meant := self._typos.meant(word)) is not None:
                result.append(meant)
            else:
                result.extend(self._halves(word) or (word,))
        return words(" ".join(result))

    def _halves(self, word: str) -> tuple[str, str] | None:
        for cut in range(3, len(word) - 2):
            if word[:cut] in self._vocabulary and word[cut:] in self._vocabulary:
                return word[:cut], word[cut:]
        return None


_MEANT = [
    *WH_WORDS,
    *AUXILIARIES,
    *FIRST_PERSON,
    *SECOND_PERSON,
    "hello",
    "thanks",
    "goodbye",
    "please",
    "explain",
    "define",
    "describe",
]


def _real_words(questions: Sequence[Question]) -> set[str]:
    """Return words that are right as they are: those of all answers, and what the lexicon has."""
    real = {word for question in questions for answer in question.answers for word in words(answer)}
    return (
        real
        | REAL_WORDS
        | set(IRREGULAR)
        | set(SHORTHAND)
        | set(" ".join((SYNONYMS, *PHRASES, *GENERAL, *FILLERS)).split())
    )


def _small(asked: Meaning, meant: Meaning, kind: float) -> tuple[float, float, float]:
    """Return the weights of what is common, extra and missing among persons, kind, "not" and function words."""
    persons, small = asked.persons & meant.persons, asked.small & meant.small
    common = _PERSON * len(persons) + _SMALL * len(small) + (_NOT if asked.negated and meant.negated else 0.0)
    extra = _PERSON * len(asked.persons - persons) + _SMALL * len(asked.small - small)
    missing = _PERSON * len(meant.persons - persons) + _SMALL * len(meant.small - small)
    if asked.kind and meant.kind:
        common, extra = common + _KIND * kind, extra + _KIND * (1 - kind)
    else:
        extra, missing = extra + (_KIND / 2 if asked.kind else 0.0), missing + (_KIND / 2 if meant.kind else 0.0)
    return common, extra, missing


def _kinds_agree(asked: str, meant: str) -> float:
    """Return how well an answer of the kind ``meant`` answers a question of the kind ``asked``: 0 to 1."""
    if asked == meant or not asked:
        return 1.0
    pair = {asked, meant}
    if not meant:
        return 0.8
    if pair == {"yes/no", "says"}:
        return 0.9
    if pair <= {"what", "who"} or pair <= {"what", "how many"}:
        return 0.6
    if pair & {"yes/no", "task", "says"} or pair <= {"what", "where"}:
        return 0.4
    return 0.1


def _agreement(asked: Meaning, meant: Meaning) -> float:
    """Return by what the score shrinks because the sentences speak of different people, or one of them says "not"."""
    factor = 0.45 if asked.negated != meant.negated else 1.0
    names = {word for word, seen in meant.content.items() if seen.essential >= NAME}
    if names and meant.kind != "task" and not any(word in names for word in asked.content):
        factor *= 0.75
    if asked.persons and meant.persons:
        factor *= 1.0 if asked.persons & meant.persons else 0.45
    elif asked.persons or meant.persons:
        factor *= 0.9 if asked.kind else 0.97
    return factor * (0.8 if asked.others and not meant.others else 1.0)
