"""The ways to ask for lines other than by what they say: all, at random, the next, the one before, again, and what
the Zen is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .manners import KINDS, PLURALS, peeled, word_set

_KINDS = KINDS | PLURALS | word_set("one ones number")
_ZEN = word_set("the zen of python pep 20 import this")
_POLITE = word_set(
    """
    please kindly me us you your i we can could would will may now then and so for the a an of from in to python zen
    thanks show give tell say recite read print display see hear want like get let quote write output have just
    """
)

_ALL = word_set("list all everything every each whole entire full complete completely entirety")
_ALONGSIDE_ALL = _ALL | _KINDS | _POLITE | _ZEN | word_set("them it thing text nineteen 19 lot at once those these")
_RANDOM = word_set(
    """
    random randomly any some surprise inspire enlighten whichever whatever arbitrary arbitrarily wisdom inspiration
    wise inspirational motivate pick choose favorite favourite chance day dice
    """
)
_ALONGSIDE_RANDOM = (
    _RANDOM
    | _KINDS
    | _POLITE
    | word_set("something anything list piece bit word words at by me i you like roll draw another")
)
_NEXT = word_set("next more another continue after follows following further onward onwards proceed forward")
_ALONGSIDE_NEXT = _NEXT | _KINDS | _POLITE | word_set("what comes go on keep going that this it is which s with")
_PREVIOUS = word_set("previous before back preceding prior earlier precedes backward backwards")
_ALONGSIDE_PREVIOUS = (
    _PREVIOUS | _KINDS | _POLITE | word_set("what came comes go going that this it is was which step s")
)
_AGAIN = word_set("again repeat")
_ALONGSIDE_AGAIN = _AGAIN | _KINDS | _POLITE | word_set("that it this once more say come what was i did")

_GO_ON = frozenset(["go on", "keep going", "what then", "and then", "what comes then", "then"])
_ONCE_MORE = frozenset(["once more", "one more time", "come again"])
_HELP = re.compile(
    r"(?:please )?(?:help(?: me)?|commands?|usage|instructions|who are you|what are you"
    r"|what (?:can|do|should) (?:you|i|we) (?:do|ask|say)(?: you| here)?|what can you (?:do|tell me|help)(?: .*)?"
    r"|how (?:do|does|can|should) (?:you|i|this|it|this bot) (?:work|use you|use this|ask)"
    r"|what do you (?:know|offer|do)(?: about)?)"
)
_COUNT = re.compile(r"how (?:many|much) (?:lines|aphorisms|sayings|rules|principles|verses|of them|are there)\b.*")
_AUTHOR = re.compile(
    r"(?:who|by whom) (?:wrote|is the author of|was the author of|made|invented|created|came up with|is behind|authored"
    r"|was written by|was) (?:the )?(?:zen|zen of python|pep 20|aphorisms?|lines?|it|them|this|these|that)(?: written)?"
    r"|(?:who is )?(?:the |your )?author(?: of (?:the )?zen(?: of python)?)?"
)
_STEPS = {"after": 1, "follows": 1, "following": 1, "before": -1, "precedes": -1, "preceding": -1}


def asks_all(said: Sequence[str]) -> bool:
    """Return whether all lines are asked for: ``the whole Zen``, ``list all``, ``import this``."""
    if _only(said, _ALL, _ALONGSIDE_ALL):
        return True
    rest = [word for word in peeled(said) if word not in _ZEN]
    if not rest:
        return not {"zen", "import"}.isdisjoint(said) or {"pep", "20"}.issubset(said)
    return len(said) > 1 and set(rest) <= PLURALS | {"them", "nineteen", "19"} and not set(rest).isdisjoint(PLURALS)


def asks_random(said: Sequence[str]) -> bool:
    """Return whether any line will do: ``random``, ``surprise me``, ``an aphorism``, ``give me one``."""
    if _only(said, _RANDOM, _ALONGSIDE_RANDOM):
        return True
    rest = peeled(said)
    if len(said) > 1 and rest == ["one"]:
        return True
    return len(rest) == 2 and rest[0] in ("a", "an", "one") and rest[1] in KINDS


def asks_next(said: Sequence[str]) -> bool:
    """Return whether the line after the last is asked for."""
    return " ".join(said) in _GO_ON or _only(said, _NEXT, _ALONGSIDE_NEXT)


def asks_previous(said: Sequence[str]) -> bool:
    """Return whether the line before the last is asked for."""
    return _only(said, _PREVIOUS, _ALONGSIDE_PREVIOUS)


def asks_again(said: Sequence[str]) -> bool:
    """Return whether the last answer is asked for once more."""
    return " ".join(said) in _ONCE_MORE or _only(said, _AGAIN, _ALONGSIDE_AGAIN)


def asks_help(said: Sequence[str]) -> bool:
    """Return whether the message asks what can be asked."""
    return _HELP.fullmatch(" ".join(said)) is not None


def fact(said: Sequence[str]) -> str | None:
    """Return how many lines there are or who wrote them, where that is asked."""
    line = " ".join(said)
    if _COUNT.fullmatch(line):
        return "Nineteen."
    return "Tim Peters." if _AUTHOR.fullmatch(line) else None


def beside(said: Sequence[str]) -> tuple[int, str] | None:
    """Return 1 and what is said of a line where the one after it is asked for, -1 where it is the one before."""
    for at, word in enumerate(said[:-1]):
        if word in _STEPS and (_ALONGSIDE_NEXT | _ALONGSIDE_PREVIOUS).issuperset(said[:at]):
            return _STEPS[word], " ".join(said[at + 1 :])
    return None


def _only(said: Sequence[str], keys: frozenset[str], alongside: frozenset[str]) -> bool:
    return alongside.issuperset(said) and not keys.isdisjoint(said)
