"""All that the bot may answer from: the corpora, and before them what people corrected.

Promise: a correction is found by its question in other words that ask just the same, and takes the place of what the
corpus says to that; taken back, it leaves no trace.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from .corpus import Exchange, Question, questions
from .followups import LEANING
from .meaning import read
from .neutral import ACCENTS, NeutralIndex, NeutralQuestion, letters, neutral_questions
from .notebook import Note
from .retrieval import Index
from .sameness import agree, sense
from .words import words

Q = TypeVar("Q", Question, NeutralQuestion)
Kept = Callable[[Sequence[Q], Sequence[Q]], list[Q]]
"""Returns those of the second questions that none of the first asks, too."""

_SIGNS = re.compile(r"\d+|[-+*/^=×÷<>](?=\s*\d)|[+#%$€£@&]")
"""What makes another question of the same words: 2+2 and 2-2, C and C#."""

_EDGES = ".,;:!?…¿¡。、，！？؟।\"'“”„«»‘’()[]"
_ANY_ANSWER = "This stands for the answer while the question is read."


class AnyQuestion(Protocol):
    """A question of any index."""

    @property
    def answers(self) -> tuple[str, ...]: ...


class AnyMatch(Protocol):
    """What any index finds."""

    @property
    def question(self) -> AnyQuestion: ...

    @property
    def score(self) -> float: ...

    @property
    def sure(self) -> bool: ...


class _AnyIndex(Protocol):
    def find(self, text: str, after: str = "") -> AnyMatch | None: ...


class _Corrected(NamedTuple):
    """A question with an answer of a person's."""

    text: str
    answers: tuple[str, ...]


class _Exact(NamedTuple):
    question: _Corrected
    score: float = 1.0
    sure: bool = True


class _Shelf(Generic[Q]):
    """The questions of one way to read: those of the corpora, and those of the corrections before them."""

    def __init__(
        self, given: Sequence[Q], first: _AnyIndex, make: Callable[[Sequence[Q]], _AnyIndex], kept: Kept[Q]
    ) -> None:
        self._given: Sequence[Q] = given
        self._first = self._index = first
        self._make: Callable[[Sequence[Q]], _AnyIndex] = make
        self._kept: Kept[Q] = kept
        self._corrected: dict[int, Q] = {}

    def correct(self, corrected: Sequence[Q]) -> None:
        """Put these questions, newest first, in the place of what was corrected before."""
        self._corrected = {id(one): one for one in corrected}
        every = list(corrected)
        every.extend(self._kept(corrected, self._given))
        self._index = self._make(every) if corrected else self._first

    def find(self, text: str, after: str = "") -> AnyMatch | None:
        """Return the best match; a correction only where just that is asked."""
        match = self._index.find(text, after)
        one = None if match is None else self._corrected.get(id(match.question))
        return match if one is None or self._agree(one.text, text) else self._first.find(text, after)

    def corrected(self, text: str) -> AnyMatch | None:
        """Return the correction that ``text`` asks for."""
        match = self.find(text) if self._corrected else None
        return match if match is not None and match.sure and id(match.question) in self._corrected else None

    def _agree(self, one: str, other: str) -> bool:
        return _signs(one) == _signs(other)


class _EnglishShelf(_Shelf[Question]):
    """The same in English, where a question is found in many words: too many for a person's answer."""

    def _agree(self, one: str, other: str) -> bool:
        typed = self._index.typed if isinstance(self._index, Index) else words
        return super()._agree(one, other) and agree(sense(one, typed(one)), sense(other, typed(other)))


class Library:
    """Finds the answer to a message, whatever language it is in."""

    def __init__(self, english: Index, other: Sequence[NeutralQuestion]) -> None:
        self._exact: dict[str, _Exact] = {}
        self._english = (
            _EnglishShelf(english.questions, english, Index, _kept_in_english) if english.questions else None
        )
        self._other = _Shelf(other, NeutralIndex(other), NeutralIndex, _kept_in_any) if other else None

    def find(self, text: str, after: str = "") -> AnyMatch | None:
        """Return the best match for ``text``, said after the bot's line ``after``; ``None`` where nothing is alike."""
        if (corrected := self.corrected(text)) is not None:
            return corrected
        found = [shelf.find(text, after) for shelf in (self._english, self._other) if shelf is not None]
        matches = [match for match in found if match is not None]
        return max(matches, key=lambda match: (match.sure, match.score), default=None)

    def corrected(self, text: str) -> AnyMatch | None:
        """Return what a person corrected, where ``text`` asks that."""
        if not self._exact:
            return None
        exact = self._exact.get(spelled(text)) or self._exact.get(self.same(text))
        if exact is not None or LEANING in text:
            return exact if exact is None or _signs(exact.question.text) == _signs(text) else None
        found = [shelf.corrected(text) for shelf in (self._english, self._other) if shelf is not None]
        return max((match for match in found if match is not None), key=lambda match: match.score, default=None)

    def correct(self, notes: Sequence[Note]) -> None:
        """Let these corrections hold, and no others."""
        self._exact = {
            form(note.question): _Exact(_Corrected(note.question, (note.answer,)))
            for note in notes
            for form in (self.same, spelled)
        }
        newest = [note for note in notes[::-1] if LEANING not in note.question]
        if self._english is not None:
            self._english.correct([question for note in newest for question in _in_english(note)])
        if self._other is not None:
            self._other.correct([question for note in newest for question in _in_any(note)])

    def same(self, text: str) -> str:
        """Return what is equal for texts that ask the same, word for word."""
        if LEANING in text:
            return LEANING.join(map(self.same, text.split(LEANING)))
        line = read(text[:5000]).line if self._english is not None else ""
        return line or " ".join(letters(text)) or spelled(text)


def spelled(text: str) -> str:
    """Return ``text`` without case and accents, and its words without the punctuation around them."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in folded if unicodedata.combining(letter) < ACCENTS)
    return " ".join(word.strip(_EDGES) for word in plain.split()).strip() or " ".join(text.split())


def _signs(text: str) -> list[str]:
    return sorted(_SIGNS.findall(text))


def _in_english(note: Note) -> list[Question]:
    """Return the question of a correction, with its answer as it was given."""
    for answer in (note.answer, _ANY_ANSWER):  # what a corpus has by mistake, a person may mean
        if found := questions([Exchange(note.question, answer, None)]):
            return [found[0]._replace(answers=(note.answer,))]
    return []


def _in_any(note: Note) -> list[NeutralQuestion]:
    return neutral_questions([Exchange(note.question, note.answer, None)])


def _kept_in_english(corrected: Sequence[Question], given: Sequence[Question]) -> list[Question]:
    """Leave out what asks the same in the same words, or with the same ones that count, of the same people."""
    lines = {one.meaning.line for one in corrected}
    kinds: dict[object, set[str]] = {}
    for one in corrected:
        kinds.setdefault(_gist(one), set()).add(one.meaning.kind)

    def is_kept(one: Question) -> bool:
        asked = kinds.get(_gist(one), set()) if one.meaning.content else set()
        agrees = bool(asked) and (not one.meaning.kind or bool(asked & {"", one.meaning.kind}))
        return one.meaning.line not in lines and not agrees

    return [one for one in given if is_kept(one)]


def _gist(question: Question) -> object:
    meaning = question.meaning
    return frozenset(meaning.content), meaning.persons, meaning.others, meaning.negated


def _kept_in_any(corrected: Sequence[NeutralQuestion], given: Sequence[NeutralQuestion]) -> list[NeutralQuestion]:
    asked = {"".join(sorted(one.words)) for one in corrected}
    return [one for one in given if "".join(sorted(one.words)) not in asked]
