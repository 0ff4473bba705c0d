"""One question → one answer: read, compute, write, remember. Where it can't be read, its spelling is looked at."""

from __future__ import annotations

import sys
from time import monotonic

from mathbot import limits
from mathbot.limits import Declined, Unreadable
from mathbot.question import Question
from mathbot.reading import lexer

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping
    from typing import Any

_RECALL_SECONDS = 1.0
_EXCERPT = 20
"""Characters shown on each side of the place that can't be read."""


def answer(text: str, state: MutableMapping[str, Any]) -> str:
    """Return the answer to ``text``; raise ``Declined`` with the reason where there is none that is certain.

    ``state`` belongs to the session: the last result and what was assigned are kept in it.
    """
    limits.start()
    # Python refuses to read and write more than 4,300 digits; while a question is answered, ``limits`` has the bounds.
    pythons_limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return _answer(lexer.clean(text), state)
    finally:
        sys.set_int_max_str_digits(pythons_limit)


def _answer(text: str, state: MutableMapping[str, Any]) -> str:
    try:
        return Question(lexer.tokenize(text), state).answer()
    except Unreadable as error:
        return _second_try(text, state, error)
    except RecursionError:
        raise Declined("That is nested too deeply.") from None


def _second_try(text: str, state: MutableMapping[str, Any], error: Unreadable) -> str:
    """Read the question with its spelling corrected; else decline with the reason that helps most."""
    from mathbot.reading import reasons, spelling

    corrected = spelling.correct(text, state.get("names", {}))
    try:
        if corrected:
            return Question(corrected.tokens, state).answer() + corrected.note
    except (Unreadable, RecursionError):
        pass
    raise Declined(reasons.of(text, error) or f"{error}{_place(text, error)}.") from None


def recall(texts: Iterable[str], state: MutableMapping[str, Any]) -> None:
    """Bring ``state`` to where these questions, all answered once, had brought it.

    If one of them is not answered again, or time is short, everything is forgotten: an old value would be a wrong one.
    """
    state["names"], state["functions"] = {}, {}
    end = monotonic() + _RECALL_SECONDS
    try:
        for text in texts:
            answer(text, state)
            if monotonic() > end:
                raise Declined("That takes too long to remember.")
    except Declined:
        state["names"], state["functions"] = {}, {}


def _place(text: str, error: Unreadable) -> str:
    """Quote the surroundings of the trouble, where the reason does not quote all of the question itself."""
    start = max(0, error.start - _EXCERPT)
    end = min(len(text), max(error.end, error.start) + _EXCERPT, start + 3 * _EXCERPT)
    excerpt = " ".join(text[start:end].split())
    if not excerpt:
        return ""
    return f' in "{"…" if start else ""}{excerpt}{"…" if end < len(text) else ""}"'
