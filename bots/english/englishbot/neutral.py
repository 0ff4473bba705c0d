"""Finds questions in any language: knows its letters, and nothing of its words.

Without a lexicon nothing says which words of a question matter, and one word more or another can turn it round
("not", a name). So a question is found only where all words are the same: upper and lower case, accents,
punctuation, spaces and order aside, and slips of the finger in words that the corpus does not have. In writing
without spaces a letter is a word or a part of one, and one letter more or less is the slip.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .corpus import Exchange

MOST_LETTERS = 400
"""A message with more letters asks nothing that a corpus has."""

_TYPOS, _ORDER = 0.05, 0.03
"""What a slip, and another order of the words, take from the score 1."""

_LEAST_FOR_A_SLIP, _LEAST_FOR_ANOTHER_LETTER = 4, 5
"""In letters: a shorter word that differs is another word."""

_LEAST_UNSPACED = 5
"""In letters, for a line without spaces that may have one more or less."""

_LEAST_ALONE = 3
"""Words that a line from inside a conversation must have to be asked by itself."""

_UNSPACED = re.compile("[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Chinese characters and Japanese syllables."""

_NEGATIONS = frozenset("不没沒無无未別别非勿莫")
"""Characters that turn a sentence round: none of them is ever a slip."""

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})
_HEBREW_AND_ARABIC_POINTS = range(10, 36)
ACCENTS = 200
"""Of Unicode's combining classes: what people leave out in a hurry. The others (vowel signs of India, tones of
Thailand, the voicing of Japanese) make another letter.
"""

_COMMON_ENGLISH = """
    the of and is are was what who how why where when you your my do does did can could would will have has not
    it's don't i'm what's which with for this that they from there be it
"""
_ENGLISH = frozenset(_COMMON_ENGLISH.split())
_ENOUGH_ENGLISH = 0.15
"""The share of these among all words in our letters. ChatterBot's corpora in other languages have 0.1 at most, unless
they are half in English; its English ones have 0.2 to 0.5.
"""


class NeutralQuestion(NamedTuple):
    """Something that can be asked, and what the corpus says to it."""

    text: str
    words: tuple[str, ...]
    answers: tuple[str, ...]
    alone: bool
    """It makes sense without what was said before."""
    before: str | None


class Found(NamedTuple):
    """A question that was asked, and how sure that is: 0 to 1."""

    question: NeutralQuestion
    score: float

    @property
    def sure(self) -> bool:
        """It is, for what is less is not found."""
        return True


def letters(text: str) -> list[str]:
    """Return the words of ``text``, without case, accents and punctuation; each Chinese character is a word."""
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    kept = "".join(
        letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in folded if not _is_accent(letter)
    )
    return _UNSPACED.sub(r" \g<0> ", unicodedata.normalize("NFC", kept)).split()


def _is_accent(letter: str) -> bool:
    mark = unicodedata.combining(letter)
    return mark >= ACCENTS or mark in _HEBREW_AND_ARABIC_POINTS or letter in "'’ʼ"


def is_english(lines: Iterable[str]) -> bool:
    """Tell whether these are lines in English; of too few words to tell, those with our letters are."""
    text = " ".join(lines).replace("’", "'").lower()
    found = re.findall(r"[a-z]+(?:'[a-z]+)?", text)
    strange = sum(letter.isalpha() and not letter.isascii() for letter in text)
    if 10 * strange > sum(map(len, found)):
        return False
    return len(found) < 20 or sum(word in _ENGLISH for word in found) > _ENOUGH_ENGLISH * len(found)


def neutral_questions(exchanges: Sequence[Exchange]) -> list[NeutralQuestion]:
    """Return each question once, with its answers in the order of the corpus."""
    grouped: dict[tuple[tuple[str, ...], str | None], list[Exchange]] = {}
    for exchange in exchanges:
        grouped.setdefault((tuple(letters(exchange.question)), exchange.before), []).append(exchange)
    return [
        NeutralQuestion(
            group[0].question,
            words,
            tuple(dict.fromkeys(one.answer for one in group)),
            before is None or len(words) >= _LEAST_ALONE,
            before,
        )
        for (words, before), group in grouped.items()
        if words
    ]


class NeutralIndex:
    """All questions of the corpora in other languages."""

    def __init__(self, questions: Sequence[NeutralQuestion]) -> None:
        self.questions = questions
        self._lines: dict[str, int] = {}
        self._bags: dict[str, int] = {}
        self._shortened: dict[str, list[str]] = defaultdict(list)
        self._follow: dict[str, list[int]] = defaultdict(list)
        words = {word for question in questions for word in question.words}
        answers = {answer for question in questions for answer in question.answers}
        self._words = words | {word for answer in answers for word in letters(answer)}
        self._slips: dict[str, list[str]] = defaultdict(list)
        for word in words:
            if len(word) >= _LEAST_FOR_A_SLIP - 1:
                for form in {word, *_shortened(word)}:
                    self._slips[form].append(word)
        for number in sorted(range(len(questions)), key=lambda number: questions[number].before is not None):
            self._add(number, questions[number])

    def find(self, text: str, after: str = "") -> Found | None:
        """Return the question that ``text`` asks after the bot's line ``after``; ``None`` where it is none of them."""
        typed = letters(text[: 4 * MOST_LETTERS])
        if not typed or sum(map(len, typed)) > MOST_LETTERS:
            return None
        for words, score in self._readings(typed):
            if (number := self._number(words, after)) is not None:
                return Found(self.questions[number], score)
            if (number := self._in_any_order(words)) is not None:
                return Found(self.questions[number], score - _ORDER)
        return self._with_a_letter_more_or_less("".join(typed))

    def _add(self, number: int, question: NeutralQuestion) -> None:
        if question.before is not None:
            self._follow[question.before].append(number)
        if not question.alone:
            return
        line = "".join(question.words)
        self._lines.setdefault(line, number)
        if len(question.words) >= _LEAST_ALONE and not _UNSPACED.search(line):
            self._bags.setdefault(" ".join(sorted(question.words)), number)
        if _may_have_a_slip(line):
            for form in _shortened(line):
                self._shortened[form].append(line)

    def _readings(self, typed: list[str]) -> Iterator[tuple[list[str], float]]:
        """Yield the words as typed, and then with slips undone if there are any."""
        yield typed, 1.0
        meant = [word if word in self._words else self._meant(word) for word in typed]
        slips = sum(word != other for word, other in zip(typed, meant, strict=True))
        if 0 < slips <= (len(typed) + 1) // 2:
            yield meant, 1.0 - _TYPOS * min(slips, 4)

    def _number(self, words: Sequence[str], after: str) -> int | None:
        line = "".join(words)
        following = (number for number in self._follow.get(after, ()) if "".join(self.questions[number].words) == line)
        return next(following, self._lines.get(line))

    def _in_any_order(self, words: Sequence[str]) -> int | None:
        return self._bags.get(" ".join(sorted(words)))

    def _meant(self, word: str) -> str:
        """Return the one word of the questions that is a slip away from ``word``; itself where none or several are."""
        if not word.isalpha() and not any(map(unicodedata.combining, word)):
            return word
        near = {other for form in (word, *_shortened(word)) for other in self._slips.get(form, ())}
        found = [other for other in near if _is_slip(word, other)]
        return found[0] if len(found) == 1 else word

    def _with_a_letter_more_or_less(self, line: str) -> Found | None:
        """Return the one question in a writing without spaces that differs by one letter, which is no negation."""
        if not _UNSPACED.search(line):
            return None
        near = {*self._shortened.get(line, ())}
        if _may_have_a_slip(line):
            near |= {form for form in _shortened(line) if form in self._lines and _may_have_a_slip(form)}
        if len(near) != 1 or _NEGATIONS & (set(line) ^ set(other := near.pop())):
            return None
        return Found(self.questions[self._lines[other]], 1.0 - _TYPOS)


def _may_have_a_slip(line: str) -> bool:
    return len(line) >= _LEAST_UNSPACED and len(_UNSPACED.findall(line)) * 2 > len(line)


def _shortened(word: str) -> set[str]:
    """Return ``word`` without each of its letters."""
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def _is_slip(typed: str, meant: str) -> bool:
    """Tell whether one letter is left out, added, another, or swapped with the next. Digits are never slips."""
    longer, shorter = sorted((typed, meant), key=len, reverse=True)
    if len(longer) < _LEAST_FOR_A_SLIP or any(letter.isdigit() for letter in longer):
        return False
    if len(longer) > len(shorter):
        return len(longer) == len(shorter) + 1 and shorter in _shortened(longer)
    wrong = [at for at in range(len(typed)) if typed[at] != meant[at]]
    if len(wrong) == 1:
        return len(typed) >= _LEAST_FOR_ANOTHER_LETTER
    swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
    return swapped and typed[wrong[0]] == meant[wrong[1]] and typed[wrong[1]] == meant[wrong[0]]
