"""How well two sentences agree beside their content words: who is meant, "not", the kind of answer asked for, and
whether one of them names, ranks or exchanges what the other does not. Pure functions on ``Meaning``.
"""

from __future__ import annotations

import re

from .meaning import NAME, Meaning, concept
from .synonyms import OFFICES, OPPOSITES

_OPPOSITES = [tuple(map(concept, line.split())) for line in OPPOSITES.strip().splitlines()]
_HOLDS_OFFICE = re.compile(
    rf"who (?:is|are|was|were) (?:the )?(?:[a-z]+ )?(?:{'|'.join(OFFICES.split())}|prime minister)(?: (?:of|in) .+)?"
)
_PLACED = re.compile(r"where (?:is|are) ")
_PLACING = frozenset(map(concept, ("find", "located", "situated")))

SMALL, _PERSON, _KIND, _NOT = 0.04, 0.3, 0.3, 0.4
"""Weights of what is no content word, where the rarest word weighs 1."""


def small_words(asked: Meaning, meant: Meaning, kind: float) -> tuple[float, float, float]:
    """Return the weights of what is common, extra and missing among persons, kind, "not" and function words."""
    persons, small = asked.persons & meant.persons, asked.small & meant.small
    common = _PERSON * len(persons) + SMALL * len(small) + (_NOT if asked.negated and meant.negated else 0.0)
    extra = _PERSON * len(asked.persons - persons) + SMALL * len(asked.small - small)
    missing = _PERSON * len(meant.persons - persons) + SMALL * len(meant.small - small)
    if asked.kind and meant.kind:
        common, extra = common + _KIND * kind, extra + _KIND * (1 - kind)
    else:
        extra, missing = extra + (_KIND / 2 if asked.kind else 0.0), missing + (_KIND / 2 if meant.kind else 0.0)
    return common, extra, missing


def kinds_agree(asked: str, meant: str) -> float:
    """Return how well an answer of the kind ``meant`` answers a question of the kind ``asked``: 0 to 1."""
    if asked == meant or not asked:
        return 1.0
    if not meant:
        return 0.8 if asked in ("what", "how", "yes/no", "says", "task") else 0.5
    return _AGREEING.get((asked, meant), 0.1)


_AGREEING = {
    pair: agreement
    for agreement, pairs in {
        0.9: "yes/no-says says-yes/no where-nation nation-where",
        0.8: "what-who who-what what-nation what-color",
        0.7: "what-where what-when who-nation what-yes/no yes/no-what",
        0.6: "what-how_many",
        0.5: "what-how how-what how_many-what nation-what",
        0.4: "where-what says-task task-says yes/no-task task-yes/no what-task task-what",
    }.items()
    for pair in [tuple(kind.replace("_", " ") for kind in both.split("-")) for both in pairs.split()]
}
"""How well a question of the second kind answers one of the first; not at all well where it is not listed. "What" may
ask for anything that has a name.
"""


def only_names(asked: Meaning, meant: Meaning) -> bool:
    """Tell whether the message asks what a thing is, and the question who did something with it; or where it is, and
    the question where something else happened to it.
    """
    lacking = {word for word, seen in meant.content.items() if seen.essential >= 1 and not seen.classing}
    lacking -= asked.content.keys()
    named = asked.content.keys() <= meant.content.keys()
    if asked.kind == meant.kind == "where" and _PLACED.match(asked.line):
        return named and bool(lacking) and _PLACING.isdisjoint(meant.content)
    return named and asked.kind == "what" and meant.kind == "who" and bool(lacking)


def exchanges(asked: Meaning, meant: Meaning) -> bool:
    """Tell whether the question speaks of a sister where the message speaks of a brother."""
    extra, missing = asked.content.keys() - meant.content.keys(), meant.content.keys() - asked.content.keys()
    return any((one in extra and other in missing) or (other in extra and one in missing) for one, other in _OPPOSITES)


def asks_of_one_holder(asked: Meaning, meant: Meaning) -> bool:
    """Tell whether the message asks who holds an office, and the question which of its holders something is true of."""
    return (
        _HOLDS_OFFICE.fullmatch(asked.line) is not None
        and not ranks(asked)
        and any(seen.essential >= 1 and word not in asked.content for word, seen in meant.content.items())
    )


def ranks(meaning: Meaning) -> bool:
    """Tell whether a sentence picks one out of many: the first, the largest."""
    return any(seen.ranking for seen in meaning.content.values())


def unnamed(asked: Meaning, meant: Meaning) -> bool:
    """Tell whether a question has names, and the message none of them."""
    names = {word for word, seen in meant.content.items() if seen.essential >= NAME and not seen.ranking}
    return bool(names) and names.isdisjoint(asked.content)


def agreement(asked: Meaning, meant: Meaning) -> float:
    """Return by what the score shrinks because the sentences speak of different people, or one of them says "not"."""
    factor = 0.45 if asked.negated != meant.negated else 1.0
    main = {word for word, seen in meant.content.items() if seen.essential >= 1}
    if main and main.isdisjoint(asked.content):
        factor *= 0.5
    if meant.kind != "task" and unnamed(asked, meant):
        factor *= 0.75
    if ranks(meant) and not ranks(asked) and not any(word.isdigit() for word in asked.content if word in meant.content):
        factor *= 0.75  # the prime minister is not the first one
    if asked.persons and meant.persons:
        factor *= 1.0 if asked.subject == meant.subject else 0.45
    elif asked.persons or meant.persons:
        factor *= 0.9 if asked.kind else 0.97
    return factor * (0.8 if asked.others and not meant.others else 1.0)
