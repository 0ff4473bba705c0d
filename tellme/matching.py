"""Which of several sets of phrases a message is much like. Pure; the same message always gives the same answer.

Typing mistakes, word order, endings and words around a phrase are forgiven; a word that is missing, a negation and
an opposite are not. Where two sets have about the same claim nobody gets it: a wrong answer is worse than none.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from functools import lru_cache

from tellme.values import NamedTuple

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TypeVar

    Key = TypeVar("Key")

    Nearness = Callable[[Sequence[tuple[str, str]]], Sequence[float]]
    """Tells of pairs of texts how near they are in what they mean: 1 is the same, 0 or less nothing of it."""

MAX_CHARS = 500
"""So much of a message or phrase is looked at: time must not grow with what a stranger pipes in."""

THRESHOLD = 0.77
MARGIN = 0.05
"""How much better than the second the first must be."""

NEAR = 0.8
"""How near in meaning must be what a message and a phrase do not have in common."""

_MAX_WORDS = 40
_LIGHT = 0.1
"""What a word counts that says little by itself, beside 1 for one that says most."""
_SOME = 0.5
"""What a verb of asking counts: it tells two phrases apart, but nobody is found by it alone."""
_OF_SEVERAL = 0.85
"""What two words of the same set's several phrases count that make up a whole message: less than one phrase."""
_SHARED = 0.75
"""What a phrase counts all of whose meaning is in one word that another set has too."""
_CONTAINED = 0.55
"""What a phrase counts that is whole within a message that says much else."""


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_LITTLE = _set(
    """
    a an the this that these those it its i me my we us our you your he she they them is are am was be been being
    do does did have has had of to in at for with by from and or but so if as there here now just some any all can
    could would will shall should may might must please pls hey hi hello ok okay lets let want like need what
    whats when where who how which why into then really very also too much many der die das ein eine ist sind ich
    du mir bitte wie und zu le la les un une des de et je tu il el los las una y que por en es и в на что как это
    мне я ты пожалуйста
    """
)
_ASKING = _set(
    """
    show tell give get make find help see go say put turn switch set start open new on off up down out
    """
)
_NOT = _set(
    """
    not no never dont cannot cant wont without stop quit avoid nobody nothing nicht kein keine keinen nie pas
    jamais sans ne нет не non nunca
    """
)
_NOT_WITHIN = ("不", "别", "別", "勿", "没", "沒", "ない", "ません", "ไม่", "อย่า", "지 마", "지마")
"""Negation in writing without blanks between words, or where it is an ending."""
_OPPOSITES = (
    ("on", "off"),
    ("up", "down"),
    ("start", "stop"),
    ("open", "close"),
    ("lock", "unlock"),
    ("add", "remove"),
    ("more", "less"),
    ("buy", "sell"),
    ("in", "out"),
    ("enable", "disable"),
)
_OTHER = {word: other for pair in _OPPOSITES for word, other in (pair, pair[::-1])}

_WORD = re.compile("[a-z0-9]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
"""Thai, Lao, Burmese, Khmer, kana, Chinese and Korean: two letters at a time stand for words."""
_SUFFIX = re.compile("(?:ations?|ating|ated|ates?|ings?|ions?|ies|ers?|ed|es|s|y|e)$")


class _Phrase(NamedTuple):
    """One phrase of one owner, prepared."""

    owner: int
    tokens: tuple[str, ...]
    negated: bool
    plain: frozenset[str]


class _Index(NamedTuple):
    """Phrases, prepared: ``rare`` is what a token counts, ``having`` the phrases that it leads to."""

    phrases: tuple[_Phrase, ...]
    weight: Mapping[str, float]
    having: Mapping[str, tuple[int, ...]]
    bags: Mapping[str, frozenset[int]]
    """The owners that have a token in any of their phrases."""
    known: Mapping[str, Mapping[str, str]]
    """The words that may be meant by a mistyped one, each with its token, by their first letter."""


def best(message: str, phrases: Mapping[Key, Sequence[str]]) -> Key | None:
    """Return the key whose phrases the message is clearly most like; ``None`` where none is, or two are."""
    ranked = sorted(scores(message, phrases).items(), key=lambda item: item[1], reverse=True)
    if not ranked or ranked[0][1] < THRESHOLD:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < MARGIN:
        return None
    return ranked[0][0]


def scores(message: str, phrases: Mapping[Key, Sequence[str]]) -> dict[Key, float]:
    """Return from 0 to 1 how much the message is like the phrases of each key; keys with nothing are left out."""
    keys = list(phrases)
    index = _index(tuple(tuple(phrases[key]) for key in keys))
    said = _read(message, index)
    found = _by_owner(said, _strength(said), index)
    return {keys[owner]: value for owner, value in found.items()}


def lifted(message: str, phrases: Mapping[Key, Sequence[str]], nearness: Nearness) -> dict[Key, float]:
    """Return scores where meaning counts as well as words: what a phrase's words leave open, its other words may fill.

    They fill it as far as they are near to the message's own other words. What both have proves nothing twice, so that
    ``play a film`` is not near to ``play a game``; and a negation and an opposite are no nearer than they were.
    """
    keys = list(phrases)
    index = _index(tuple(tuple(phrases[key]) for key in keys))
    said = _read(message, index)
    strength = _strength(said)
    found = _by_owner(said, strength, index)
    rests = {phrase: _rests(phrase, said, strength) for phrase in index.phrases if _agree(phrase, said)}
    open_ = {phrase: rest for phrase, rest in rests.items() if all(rest)}
    for phrase, near in zip(open_, nearness(list(open_.values())) if open_ else (), strict=True):
        if near >= NEAR:
            by_words = _likeness(phrase, said, strength, index)
            found[phrase.owner] = max(found.get(phrase.owner, 0.0), by_words + (1 - by_words) * min(near, 1.0))
    return {keys[owner]: value for owner, value in found.items()}


def _rests(phrase: _Phrase, said: _Said, strength: Mapping[str, float]) -> tuple[str, str]:
    """Return what each of the two says that the other does not."""
    own = frozenset(phrase.tokens)
    return (
        _rest(said.plain, lambda token: not own.isdisjoint(said.meant.get(token, ()))),
        _rest(phrase.plain, strength.__contains__),
    )


def _rest(plain: Iterable[str], has: Callable[[str], bool]) -> str:
    return " ".join(word for word in sorted(plain) if word not in _LITTLE and not all(map(has, _split(word))))


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, width, punctuation and apostrophes."""
    plain = text[:MAX_CHARS].casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain).casefold().replace("’", "'")
    if "'" in plain:
        plain = re.sub(r"'s\b", "", plain).replace("n't", " not").replace("'", "")
    if plain.isascii():
        return tuple(_WORD.findall(plain)[:_MAX_WORDS])
    return tuple("".join(letter if letter.isalnum() or _mark(letter) else " " for letter in plain).split()[:_MAX_WORDS])


def _mark(letter: str) -> bool:
    """Vowel signs belong to their word, though they are no letters."""
    return unicodedata.category(letter)[0] == "M"


def _tokens(said: Iterable[str]) -> list[str]:
    return [token for word in said for token in _split(word)][: 3 * _MAX_WORDS]


@lru_cache(maxsize=4096)
def _split(word: str) -> tuple[str, ...]:
    if word.isascii() or not _UNSPACED.fullmatch(word):
        return (_stem(word),)
    return tuple(word[at : at + 2] for at in range(max(1, len(word) - 1)))


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    """Take an English ending off, so that as much is left as still says what is meant."""
    if word in _LITTLE or word in _NOT or word in _ASKING or len(word) < 4 or not (word.isascii() and word.isalpha()):
        return word
    for _ in range(2):  # ordering, order: both end as one
        stem = _SUFFIX.sub("", word)
        word = stem if len(stem) > 2 else word
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def _negated(text: str, said: Iterable[str]) -> bool:
    return not _NOT.isdisjoint(said) or (not text.isascii() and any(sign in text for sign in _NOT_WITHIN))


@lru_cache(maxsize=4)
def _index(owners: tuple[tuple[str, ...], ...]) -> _Index:
    phrases = tuple(_phrase(owner, text) for owner, texts in enumerate(owners) for text in texts)
    having: dict[str, list[int]] = defaultdict(list)
    bags: dict[str, set[int]] = defaultdict(set)
    for at, phrase in enumerate(phrases):
        for token in _telling(phrase):
            having[token].append(at)
        for token in phrase.tokens:
            bags[token].add(phrase.owner)
    count = Counter({token: len(of) for token, of in bags.items()})
    weight = {token: _weight(token, seen, len(owners)) for token, seen in count.items()}
    return _Index(
        phrases,
        weight,
        {token: tuple(at) for token, at in having.items()},
        {token: frozenset(of) for token, of in bags.items()},
        _known(phrases),
    )


def _known(phrases: Iterable[_Phrase]) -> Mapping[str, Mapping[str, str]]:
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for word in sorted(frozenset().union(*(phrase.plain for phrase in phrases))):
        if _mistypable(word):
            known[word[0]][word] = _stem(word)
    return dict(known)


def _telling(phrase: _Phrase) -> frozenset[str]:
    """Return the tokens that lead to a phrase: the little words only where it has no others."""
    every = frozenset(phrase.tokens)
    return every - _LITTLE or every


def _phrase(owner: int, text: str) -> _Phrase:
    said = words(text)
    return _Phrase(owner, tuple(_tokens(said)), _negated(text, said), frozenset(said))


def _weight(token: str, seen: int, owners: int) -> float:
    if token in _LITTLE:
        return _LIGHT
    rare = 1.0 if seen < 2 else max(0.5, 1 - math.log(seen) / math.log(owners + 2))
    return rare * (_SOME if token in _ASKING else 1.0)


class _Said(NamedTuple):
    """A message, with what each token of the phrases has in it."""

    weights: tuple[float, ...]
    meant: Mapping[str, Mapping[str, float]]
    """For each token, the known ones that it may be, and how sure that is."""
    plain: frozenset[str]
    negated: bool


def _strength(said: _Said) -> dict[str, float]:
    """Return for each known token how sure it is that the message has it."""
    strength: dict[str, float] = {}
    for meant in said.meant.values():
        for token, sure in meant.items():
            strength[token] = max(strength.get(token, 0.0), sure)
    return strength


def _by_owner(said: _Said, strength: Mapping[str, float], index: _Index) -> dict[int, float]:
    found: dict[int, float] = {}
    for at in {at for token in strength for at in index.having.get(token, ())}:
        phrase = index.phrases[at]
        if _agree(phrase, said):
            found[phrase.owner] = max(found.get(phrase.owner, 0.0), _likeness(phrase, said, strength, index))
    for owner in found:
        found[owner] = max(found[owner], _of_several(owner, said, index))
    return found


def _read(message: str, index: _Index) -> _Said:
    message = message[:MAX_CHARS]
    said = words(message)
    meant: dict[str, Mapping[str, float]] = {}
    for word in said:
        for token in _split(word):
            meant.setdefault(token, {token: 1.0} if token in index.weight else _mistyped(word, index))
    weights = tuple(
        max((index.weight[token] for token in of), default=_weight(token, 1, 1) * _extra(token))
        for token, of in meant.items()
    )
    return _Said(weights, meant, frozenset(said), _negated(message, said))


def _extra(token: str) -> float:
    """Return how little a word counts against a phrase that does not have it: to ask for it is nothing else."""
    return 0.5 if token in _ASKING else 1.0


def _mistypable(word: str) -> bool:
    return len(word) > 2 and word.isalpha() and word not in _NOT and not _UNSPACED.match(word)


def _mistyped(word: str, index: _Index) -> Mapping[str, float]:
    if word in _LITTLE or word in _ASKING or not _mistypable(word):
        return {}
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    most = 1 + (len(word) >= 6)
    found: dict[str, float] = {}
    for known in (index.known.get(letter, {}) for letter in dict.fromkeys(word[:2])):  # the first two may be swapped
        for other, mistakes, _ in process.extract(word, known.keys(), scorer=OSA.distance, score_cutoff=most, limit=8):
            token = known[other]
            if sure := _sure(word, other, int(mistakes)):
                found[token] = max(found.get(token, 0.0), sure)
    return found


def _sure(token: str, other: str, mistakes: int) -> float:
    """Return how sure it is that one was typed for the other; in short words any other letter makes another word."""
    long = max(len(token), len(other))
    if mistakes > 1 and long < 7:
        return 0.0
    swapped = sorted(token) == sorted(other)
    if token[0] != other[0] and not (swapped and long > 3):
        return 0.0
    if len(token) == len(other) and not swapped:
        return 0.0 if long < 4 else 1 - 1.25 * mistakes / long
    return 1 - 0.8 * mistakes / long


def _agree(phrase: _Phrase, said: _Said) -> bool:
    """Tell whether both deny or neither does, and no word has its opposite in the other."""
    if phrase.negated != said.negated:
        return False
    return not any(_OTHER[word] in said.plain and word not in said.plain for word in phrase.plain & _OTHER.keys())


def _likeness(phrase: _Phrase, said: _Said, strength: Mapping[str, float], index: _Index) -> float:
    total = sum(index.weight[token] for token in phrase.tokens)
    found = sum(index.weight[token] * strength.get(token, 0.0) for token in phrase.tokens) / total
    if found < 0.5:  # can neither be enough nor near to what is, whatever the rest of the message
        return found
    own = frozenset(phrase.tokens)
    explained = sum(
        weight * max((sure for token, sure in meant.items() if token in own), default=0.0)
        for weight, meant in zip(said.weights, said.meant.values(), strict=True)
    ) / sum(said.weights)
    both = 2 * found * explained / (found + explained) if found and explained else 0.0
    if phrase.plain != said.plain and _shared(phrase, index):
        both *= _SHARED
    whole = found * (_CONTAINED + (1 - _CONTAINED) * explained) if _heavy(phrase, index) > 1 else 0.0
    return max(both, whole)


def _shared(phrase: _Phrase, index: _Index) -> bool:
    return _heavy(phrase, index) == 1 and any(
        len(index.bags[token]) > 1 for token in phrase.tokens if index.weight[token] > _SOME
    )


def _heavy(phrase: _Phrase, index: _Index) -> int:
    return sum(index.weight[token] > _SOME for token in set(phrase.tokens))


def _of_several(owner: int, said: _Said, index: _Index) -> float:
    """Return what a message counts all of whose words are one set's, though of more than one phrase."""
    heavy = [
        (weight, max((sure for token, sure in meant.items() if owner in index.bags[token]), default=0.0))
        for weight, meant in zip(said.weights, said.meant.values(), strict=True)
        if weight > _LIGHT
    ]
    if said.negated or sum(weight >= _SOME and sure > 0 for weight, sure in heavy) < 2:
        return 0.0
    return _OF_SEVERAL * sum(weight * sure for weight, sure in heavy) / sum(weight for weight, _ in heavy)
