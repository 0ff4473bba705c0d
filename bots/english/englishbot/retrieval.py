"""Finds the question of the corpus that a message asks, and says how sure that is.

Both are bags of content words (``meaning``), weighted by how rare a word is in the corpus. The score is how much of
the message the question covers, times how much of the question the message covers; a message word that the question
lacks costs most, for it asks about something else ("capital of France" is not "capital of Canada"). Who is meant,
"not", and the kind of answer asked for (who, when, where, how many …) must agree.

``SURE`` is calibrated by cross-validation on the corpus itself. ``benchmarks/calibrate_english.py`` asks each question
in disturbed forms (typos, other order, wrapped, shortened), which should find it; held out of the index in ten folds,
and with its most telling word exchanged for another question's, which should find nothing. Right answers less five
times the wrong ones are most at 0.72 (2,386) and 3.9 % below that at 0.60 (2,294: 2,714 right, 84 wrong). ``SURE`` is
at that low end, for people's own wordings score lower than disturbed ones: of those in
``tests/bots/english/rewordings.toml`` that were tuned on, 94 % are answered at 0.60 and 87 % at 0.72,
with no wrong answer at either.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice, product
from typing import NamedTuple

from .agreement import (
    SMALL,
    agreement,
    asks_of_one_holder,
    exchanges,
    kinds_agree,
    only_names,
    ranks,
    small_words,
    unnamed,
)
from .corpus import Question, only_asks
from .lexicon import AUXILIARIES, FILLERS, FIRST_PERSON, GENERAL, PROGRAMMING, REAL_WORDS, SECOND_PERSON, WH_WORDS
from .meaning import FAULTY, Meaning, Word, concept, read
from .phrases import PHRASES
from .spelling import BRITISH, IRREGULAR, SHORTHAND
from .synonyms import SYNONYMS
from .typos import Typos, everyday
from .words import words

SURE = 0.6
"""The score from which a question that opens a conversation counts as found."""

SURE_INSIDE = 0.85
"""The same for a line from inside a conversation: it must be nearly the words themselves."""

SURE_IN_CONTEXT = 0.55
"""The same for a line whose conversation has just come to the line before it."""

MOST_WORDS = 80
"""A message with more words than this asks nothing that the corpus has."""

_TELLING = 0.78
"""A word this rare tells by itself what is spoken of."""

_PROGRAMMING = frozenset(map(concept, PROGRAMMING))
_DEFINING = re.compile(r"(?:who|what) (?:is|are|was|were) ")

_ASKS_OF_TOPIC = re.compile(r"(?:(?:do|did) you (?:like|enjoy|love)|who (?:is|was)) (?:the )?(.+)$")
"""Asks of a thing or a person what the corpus says where it is merely named."""

_CERTAIN = 0.9
"""The score from which nothing else can have been meant."""

_MOST_MISTYPED, _MOST_LINES = 12, 24
"""Words of a message whose short words may be mistyped, and readings of it that are tried."""

_ASIDES = 0.3
"""What the words of a message that its question lacks weigh at most where they ask nothing else."""


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
        self._titles: dict[str, frozenset[str]] = {}
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
        topics = {one.meaning.line: at for at, one in reversed([*enumerate(questions)]) if _is_topic(one)}
        self._topics: dict[str, int] = topics
        self._rarest = math.log(len(questions) + 1) + 1
        asked = [word for question in questions for word in question.typed.split()]
        self._vocabulary = frozenset(asked)
        self._real = _real_words(questions)
        self._typos = Typos([*asked, *_MEANT, *_long_words()], self._real)

    def find(self, text: str, after: str = "") -> Match | None:
        """Return the best match for ``text``, said after the bot's line ``after``; ``None`` where nothing is alike."""
        typed = self._corrected(words(text[:5000]))
        if not typed or len(typed) > MOST_WORDS:
            return None
        asked = read(text, typed)
        if (following := self._following(asked, after)) is not None:
            return following
        exact = self._typed.get(" ".join(typed), self._typed.get(asked.line))
        if exact is not None:
            return Match(self.questions[exact], 1.0)
        if (match := _ASKS_OF_TOPIC.match(asked.line)) and (topic := self._topics.get(match[1])) is not None:
            return Match(self.questions[topic], _CERTAIN)
        best = self._best(asked, self._alike(asked)) if asked.content or len(typed) > 1 else None
        return best if best is not None and best.sure else self._mistyped(text, typed) or best

    def typed(self, text: str) -> list[str]:
        """Return the words of ``text`` with slips undone."""
        return self._corrected(words(text[:5000]))

    def _mistyped(self, text: str, typed: Sequence[str]) -> Match | None:
        """Return what is asked once slips in everyday words are undone, where the message as a whole is then certain
        to be a question of the corpus: by itself, "hwo" may be how or who.
        """
        if len(typed) > _MOST_MISTYPED:
            return None
        right = [word in self._vocabulary or word in self._real for word in typed]
        meant = [[word] if fits else everyday(word) or [word] for word, fits in zip(typed, right, strict=True)]
        if meant == [[word] for word in typed]:
            return None
        for line in islice(product(*meant), _MOST_LINES):
            asked = read(text, list(line))
            exact = self._typed.get(" ".join(line), self._typed.get(asked.line))
            if exact is not None and self.questions[exact].opening:
                return Match(self.questions[exact], _CERTAIN)
            best = self._best(asked, self._alike(asked)) if asked.content else None
            if best is not None and best.question.opening and best.score >= _CERTAIN:
                return best
        return None

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
        needed, near = (1, 0.15) if unnamed(asked, best.question.meaning) else (2, 0.05)
        rivals = sum(
            match.score > best.score - near and match.question.answers != best.question.answers for match in matches
        )
        vague = best.score < 0.9 and rivals >= needed and best.question.meaning.kind != "task"
        return best._replace(score=best.score * 0.8) if vague else best

    def _alike(self, asked: Meaning) -> list[int]:
        """Return the questions that share words with ``asked``: those with the most weight in common."""
        shared: dict[int, float] = defaultdict(float)
        for word in (*asked.content, *asked.small):
            weight = self.rarity(word) if word in asked.content else SMALL
            for number in self._with.get(word, ()):
                shared[number] += weight
        ranked = sorted(shared.items(), key=lambda item: (-item[1], item[0]))
        return sorted(number for number, _ in ranked[:60])

    def rarity(self, word: str) -> float:
        """Return the weight of a content word: 1 for the rarest, and for a word that the corpus does not have."""
        return max(0.3, (math.log((len(self.questions) + 1) / (len(self._with.get(word, ())) + 1)) + 1) / self._rarest)

    def _score(self, asked: Meaning, question: Question) -> float:
        meant = question.meaning
        if asked.line == meant.line:
            return 1.0
        named_only = asked.kind == "who" and asked.content.keys() <= meant.content.keys()  # "who is asimov": "asimov"
        kind = kinds_agree("what" if named_only and not meant.kind else asked.kind, meant.kind)
        if (asked.kind, meant.kind) == ("who", "what") and asked.persons & meant.persons:
            kind = 0.5  # who gave you an idea is no name for what it is
        common, extra, missing = self._weights(asked, question, kind)
        if not common:
            return 0.0
        covers = common / (common + extra)
        covered = common / (common + missing * self._patience(asked, meant, common, extra))
        exchanged = 0.8 if min(extra, missing) > 0.5 else 1.0  # one word in another's place asks about something else
        return (
            math.sqrt(covers)
            * covers
            * covered
            * exchanged
            * agreement(asked, meant)
            * (0.5 if self._other_language(asked, question) else 1.0)
            * (0.7 if only_names(asked, meant) else 1.0)
            * (0.5 if exchanges(asked, meant) or asks_of_one_holder(asked, meant) else 1.0)
            * (0.5 + kind / 2 if kind < 1 else 1.0)
        )

    def _weights(self, asked: Meaning, question: Question, kind: float) -> tuple[float, float, float]:
        """Return the weights of what both have, of what the question lacks, and of what the message lacks."""
        meant = question.meaning
        shared = [self.rarity(word) for word in asked.content if word in meant.content]
        if not shared and (asked.content or meant.content):
            return 0.0, 0.0, 0.0
        named = any(rarity > _TELLING for rarity in shared)
        extra = sum(
            self._weight(word, seen, named)
            for word, seen in asked.content.items()
            if word not in meant.content and word not in self._told(question)
        )
        small = small_words(asked, meant, kind)
        return sum(shared) + small[0], extra + small[1], self._missing(asked, meant, named) + small[2]

    def _patience(self, asked: Meaning, meant: Meaning, common: float, extra: float) -> float:
        """Return by what the weight of left-out words shrinks: many rare words in common are no accident, and whoever
        leaves out half of a question asks nothing else. But "who is Obama" does not ask what his book is called.
        """
        if ranks(meant):
            return 1.0
        patience = 1 / (1 + 0.45 * max(0.0, common - 1.2))
        if extra >= _ASIDES or (len(asked.content) < 3 and _DEFINING.match(asked.line)):
            return patience
        telling = sum(self.rarity(word) > _TELLING for word in asked.content if word in meant.content)
        return patience * (0.5 if telling > 1 else 0.8)

    def _other_language(self, asked: Meaning, question: Question) -> bool:
        """Tell whether code is asked for in a language that this code is not in."""
        languages = _PROGRAMMING & asked.content.keys() - question.meaning.content.keys()
        return question.meaning.kind == "task" and bool(languages - self._told(question))

    def _told(self, question: Question) -> frozenset[str]:
        """Return the words by which a piece of code says what it is ("Here's a Fibonacci in Python"): they may be
        asked for.
        """
        if question.meaning.kind != "task":
            return frozenset()
        if question.typed not in self._titles:
            lines = [line for answer in question.answers for line in answer.splitlines() if line.endswith(":")]
            titles = [line for line in lines if line[0].isupper()]
            self._titles[question.typed] = frozenset(map(concept, words(" ".join(titles))))
        return self._titles[question.typed]

    def _missing(self, asked: Meaning, meant: Meaning, named: bool) -> float:
        """Return the weight of what the message lacks. Beside a rank each word counts: the first is not the first
        impeached.
        """
        lacking = {word: seen for word, seen in meant.content.items() if word not in asked.content}
        ranked = ranks(meant)
        missing = sum(
            self._weight(word, seen, named) * (1.5 if ranked and seen.essential >= 1 and not seen.classing else 1.0)
            for word, seen in lacking.items()
        )
        faulty = asked.negated and meant.negated and "work" in asked.content
        return missing * FAULTY if faulty else missing

    def _weight(self, word: str, seen: Word, named: bool) -> float:
        """Return the weight of a word that one side lacks; a class word ("book") matters little beside a name in
        common.
        """
        return self.rarity(word) * seen.essential * (0.35 if named and seen.classing else 1.0)

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


_LONG = 7

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


def _long_words() -> list[str]:
    """Return the words that lead to one of the corpus, where they are long enough for a slip to be seen in them."""
    known = " ".join((SYNONYMS, *PHRASES, *BRITISH, *SHORTHAND))
    return [word for word in known.split() if len(word) >= _LONG]


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


def _is_topic(question: Question) -> bool:
    """Tell whether a question only names something: "jules verne", "do you know hal"."""
    named = question.opening and not question.meaning.kind and bool(question.meaning.content)
    return named and not only_asks(question.answers[0])
