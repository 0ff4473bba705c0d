"""What a sentence asks, as far as retrieval needs it: its content words, the kind of answer asked for, who is
meant, and "not".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .lexicon import (
    ARTICLES,
    ASKED_NOUNS,
    AUXILIARIES,
    CLASSES,
    FILLERS,
    FIRST_PERSON,
    GENERAL,
    NEGATIONS,
    NO_SUPERLATIVES,
    SECOND_PERSON,
    THIRD_PERSON,
    WH_WORDS,
)
from .phrases import DEFINITIONS, ROUTINES, TASKS, TRAILERS, WRAPPERS
from .synonyms import SYNONYMS
from .words import plain, rephrased, stem, words

_WRAPPED = re.compile(rf"^(?:{'|'.join(WRAPPERS)})\b(?= .)")
_TRAILED = re.compile(rf"(?<=.) (?:{'|'.join(TRAILERS)})$")
_DEFINED = re.compile(rf"^(?:{'|'.join(DEFINITIONS)})$")
_TASK = re.compile(rf"^(?:{'|'.join(TASKS)})")
_HOW_MUCH = re.compile(r"\bhow (many|much|far|long|tall|often|big|fast|deep|heavy|wide)\b")
_AFTER_COMMA = re.compile(r"^(?:when|while|where|in|before|after)\b[^,]*, (?=.*\b(?:who|what|which|how|when|where)\b)")
_BRACKETS = re.compile(r"\([^)]*\)")
_REASON = re.compile(r"(?<=.{12}) because [^?,]*")
_BETWEEN_COMMAS = re.compile(r", [^,]*,")
_ASKS = re.compile(r"\b(?:who|what|which|how|when|where|whose)\b", re.IGNORECASE)
_CAPITAL = re.compile(r"(?<=[\w,] )[\"“‘']?([A-Z][\w’'.]*(?: [A-Z][\w’'.]*)*)")
_RANKING = re.compile(r"\d+(?:st|nd|rd|th)$|first$|second$|third$|last$|most$|\w{3,}est$")
_SAME = {stem(word): stem(line.split()[0]) for line in SYNONYMS.strip().splitlines() for word in line.split()}
_ASKED = {noun: kind for kind, nouns in ASKED_NOUNS.items() for noun in nouns.split()}
_GENERAL = frozenset(_SAME.get(stem(word), stem(word)) for word in GENERAL)
_CLASSES = frozenset(_SAME.get(stem(word), stem(word)) for word in CLASSES)
_PERSONS = FIRST_PERSON | SECOND_PERSON
_ROUTINES = [(re.compile(pattern), line) for pattern, line in ROUTINES]
NAME = 1.3
"""How much a name, a number or a superlative matters."""

_ASIDE = 0.15
FAULTY = 0.4
"""How much "work" matters beside "not", and what it stands for: of a printer that does not print, people say that it
does not work.
"""
_ORIGINS = ("ese", "ish", "ean", "ian", "can", "Dutch", "French")
"""Endings of capitalised words that describe rather than name: Japanese, European, American."""


class Word(NamedTuple):
    """How one content word matters when the other sentence lacks it."""

    essential: float
    """1 is usual; names and numbers matter more, asides less."""
    classing: bool
    """It only says of what class the thing is: "the *book* Frankenstein", "which *city*"."""
    ranking: bool
    """It picks one out of all that the other words describe: first, largest, 37th."""


class Meaning(NamedTuple):
    """A sentence, read."""

    line: str
    """Its words in plain form, wrappers taken off: equal lines are the same question."""
    content: dict[str, Word]
    """Content words by the form that stands for all that mean the same."""
    small: frozenset[str]
    """Function words; they decide between sentences that have no others."""
    kind: str
    """``who``, ``when``, ``where``, ``why``, ``how``, ``how many`` …, ``what``, ``yes/no``, ``task``, ``says`` (no
    question), or ``""`` (mere words).
    """
    persons: frozenset[int]
    """1 for I, 2 for you."""
    subject: int
    """Which of them is named first; 0 for none."""
    others: bool
    """Speaks of somebody named earlier: he, she, they."""
    negated: bool


def concept(word: str) -> str:
    """Return the form that stands for ``word`` and all that mean the same."""
    root = stem(word)
    return _SAME.get(root, root)


def unwrapped(line: str) -> str:
    """Return ``line`` without what people say around a question."""
    before = ""
    while line != before:
        before = line
        line = _TRAILED.sub("", _WRAPPED.sub("", line).strip())
    return line


def read(text: str, typed: list[str] | None = None, corpus: bool = False) -> Meaning:
    """Read a sentence. ``typed`` are its words where they are known already; ``corpus`` says that its capitals
    mean something.
    """
    said = rephrased(" ".join(words(text) if typed is None else typed))
    line = next((line for routine, line in _ROUTINES if routine.fullmatch(said)), "") or unwrapped(said)
    if match := _DEFINED.match(line):
        line = "what is " + next(group for group in match.groups() if group)
    kind, rest = _kind(line, text)
    essential = _essential(text) if corpus else {}
    content: dict[str, Word] = {}
    small: set[str] = set()
    asked, before = _asked_noun(rest), ""
    typed = rest.split()
    for word, following in zip(typed, [*typed[1:], ""], strict=False):
        if _is_small(word):
            small.add(AUXILIARIES.get(word, word))
        else:
            seen = _matters(word, asked, essential)
            if before in THIRD_PERSON or before == "its" or following == "century":
                seen = seen._replace(ranking=False)  # "her first child", "20th century" rank nothing that is asked for
            content.setdefault(concept(word), seen)
        before = word
    found = frozenset(rest.split())
    if found & NEGATIONS and "work" in content and len(content) > 1:
        content["work"] = content["work"]._replace(essential=FAULTY)
    persons = frozenset({1} if found & FIRST_PERSON else ()) | frozenset({2} if found & SECOND_PERSON else ())
    return Meaning(
        line=line,
        content=content,
        small=frozenset(small) - ARTICLES,
        kind=kind,
        persons=persons,
        subject=next((1 if word in FIRST_PERSON else 2 for word in rest.split() if word in _PERSONS), 0),
        others=bool(found & THIRD_PERSON),
        negated=bool(found & NEGATIONS),
    )


def _is_small(word: str) -> bool:
    return (
        word in ARTICLES
        or word in FILLERS
        or word in AUXILIARIES
        or word in FIRST_PERSON
        or word in SECOND_PERSON
        or word in THIRD_PERSON
        or word in NEGATIONS
        or word in WH_WORDS
    )


def _matters(word: str, asked: str, essential: dict[str, float]) -> Word:
    weight, ranking = essential.get(word, 1.0), bool(_RANKING.match(word)) and word not in NO_SUPERLATIVES
    if concept(word) in _GENERAL:
        weight *= 0.25
    elif ranking or word.isdigit():
        weight *= NAME
    return Word(weight, word == asked or concept(word) in _CLASSES, ranking and weight >= 1)


def _essential(text: str) -> dict[str, float]:
    """Return the words of a corpus sentence that matter more (names inside it) or less (asides) than others."""
    weights: dict[str, float] = {}
    if not text.isupper():
        for name in _CAPITAL.findall(text):
            if not name.endswith(_ORIGINS):
                weights.update(dict.fromkeys(rephrased(" ".join(words(name))).split(), NAME))
    if "," in text or "(" in text or " because " in text:
        kept = set(words(_without_asides(text)))
        if len(kept) >= 3:
            weights.update({word: _ASIDE for word in words(text) if word not in kept})
    return weights


def _without_asides(text: str) -> str:
    """Return ``text`` without brackets, reasons, what stands between two commas, and beside one comma the half that
    asks nothing.
    """
    text = _REASON.sub(" ", _BRACKETS.sub(" ", text))
    if text.count(",") != 1:
        return _BETWEEN_COMMAS.sub(" ", text)
    first, second = text.split(",")
    return next(
        (half for half, other in ((first, second), (second, first)) if _ASKS.search(half) and not _ASKS.search(other)),
        text,
    )


def _kind(line: str, text: str) -> tuple[str, str]:
    """Return the kind of answer that is asked for, and the line without what said so where that was a phrase."""
    if match := _TASK.match(line):
        return "task", line[match.end() :].strip() or line
    if match := _HOW_MUCH.search(line):
        return f"how {'many' if match[1] == 'much' else match[1]}", line.replace(match.group(), "", 1)
    asking = rephrased(" ".join(words(_AFTER_COMMA.sub("", plain(text))))) if "," in text else line
    for word in asking.split():
        if word in ("what", "which", "whose"):
            noun = _asked_noun(asking)
            return ("who" if word == "whose" else _ASKED.get(noun, "what")), line
        if word in WH_WORDS:
            return ("who" if word == "whom" else word), line
    typed = line.split()
    if typed and typed[0] in AUXILIARIES and typed[0] not in ("us", "we", "our"):
        return "yes/no", line
    return ("says" if "i" in typed or "you" in typed else ""), line


def _asked_noun(line: str) -> str:
    """Return the noun after "what" or "which" that says what is asked for, or an empty string."""
    following = re.search(r"\b(?:what|which)(?: (?:is|was|are|were))?(?: the| a)?((?: \w+){1,3})", line)
    for noun in following[1].split() if following else ():
        if noun in AUXILIARIES:
            break
        singular = noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s")
        if noun in _ASKED or singular in _ASKED:
            return noun if noun in _ASKED else singular
    return ""
