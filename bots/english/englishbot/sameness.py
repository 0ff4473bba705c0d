"""Tells whether a message asks just what was corrected.

Promise: stricter than retrieval, for a person's answer to one question is wrong for the next: every word that says
something is on both sides, itself or another for the same, and so are who is meant, "not" and the way in which ("turn
on", "turn off").
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .meaning import Meaning, read

_EQUAL = frozenset(("on", "from", "than", "without", "back", "away", "there", "once", "always", "sometimes", "usually"))
"""Words that say little in a question of the corpus, and may be all that tells two questions apart."""

_INSTEAD = frozenset(("in", "to", "for", "with", "by", "at", "and", "or"))
"""Words that may be left out, but not put one for the other."""

_LETTER = re.compile(r"(?<=\S )(?:A\b(?!['’.])|a(?=\W*$))")
"""An "a" that is no article; other letters are words like any."""


_MYSELF = re.compile(r"^how (?:do|can|could|should|would|shall) (?:i|we|one)\b")


class Sense(NamedTuple):
    """What must be equal in two ways to ask the same."""

    content: frozenset[str]
    equal: frozenset[str]
    instead: frozenset[str]
    letters: int
    who: tuple[object, ...]
    kind: str


def sense(text: str, typed: list[str]) -> Sense:
    """Return the sense of ``text``, whose words with slips undone are ``typed``."""
    meaning = read(text, _MYSELF.sub("how to", " ".join(typed)).split())
    found = frozenset(meaning.line.split())
    return Sense(
        frozenset(meaning.content), found & _EQUAL, found & _INSTEAD, _letters(text), _who(meaning), meaning.kind
    )


def agree(one: Sense, other: Sense) -> bool:
    """Tell whether both ask the same."""
    return (
        (one.content, one.equal, one.letters, one.who) == (other.content, other.equal, other.letters, other.who)
        and (not one.instead or not other.instead or one.instead <= other.instead or other.instead <= one.instead)
        and (one.kind == other.kind or not one.kind or not other.kind or {one.kind, other.kind} in _LIKE)
    )


_LIKE = ({"what", "who"}, {"what", "nation"}, {"where", "nation"}, {"yes/no", "says"}, {"what", "task"})
"""Kinds of answer that two ways to ask the same may seem to ask for."""


def _who(meaning: Meaning) -> tuple[object, ...]:
    return meaning.persons, meaning.subject, meaning.others, meaning.negated


def _letters(text: str) -> int:
    """Count the letters that name something; of a text in capitals nobody can tell."""
    return 0 if text.isupper() else len(_LETTER.findall(text))
