"""From the lines of a corpus to questions with their answers: which line may be asked, and which answers make sense."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .meaning import Meaning, read
from .words import words

_REFERENCE = re.compile(r"(?:what|who) (?:is|are|makes) .")
"""A question that nobody asks as an answer: without its question mark it stands for its own answer."""

_LONGEST_REFERENCE = 60
"""In characters. A longer answer is none of the references to other questions that the corpus has."""


class Exchange(NamedTuple):
    """A line, the one after it, and the one before it."""

    question: str
    answer: str
    before: str | None
    """The line before the question in its conversation; ``None`` where the question opens it."""


class Question(NamedTuple):
    """Something that can be asked, and what the corpus says to it."""

    text: str
    typed: str
    """Its words in plain form, nothing taken off."""
    meaning: Meaning
    answers: tuple[str, ...]
    opening: bool
    """It opens a conversation, so it makes sense without what was said before."""
    alone: bool
    """It makes sense without what was said before, as some do that are from inside a conversation."""
    before: str | None


def exchanges(lines: Iterable[tuple[str, str | None, str]]) -> list[Exchange]:
    """Return the exchanges of (conversation, line before, line) rows, in their order."""
    found: list[Exchange] = []
    last, earlier = "", None
    for conversation, before, text in lines:
        if conversation != last or before is None:
            earlier = None
        if before is not None:
            found.append(Exchange(before, text, earlier))
            earlier = before
        last = conversation
    return found


def questions(found: Sequence[Exchange]) -> list[Question]:
    """Return each question once, with its answers in the order of the corpus."""
    grouped: dict[tuple[str, str | None], list[Exchange]] = {}
    for exchange in found:
        grouped.setdefault((" ".join(words(exchange.question)), exchange.before), []).append(exchange)
    answers = {typed: [one.answer for one in group] for (typed, before), group in grouped.items() if before is None}
    result: list[Question] = []
    unanswered: set[str] = set()
    for (typed, before), group in grouped.items():
        meaning = read(group[0].question, typed.split(), corpus=True)
        sensible = _sensible(meaning, typed, [one.answer for one in group], answers)
        if typed and sensible:
            opening = before is None or typed in unanswered  # what an opening repeats is said again, with its answer
            alone = opening or _stands_alone(typed, meaning)
            result.append(Question(group[0].question, typed, meaning, tuple(sensible), opening, alone, before))
        elif before is None:
            unanswered.add(typed)
    return result


def _stands_alone(typed: str, meaning: Meaning) -> bool:
    """Tell whether a line has something to say by itself: not "Yes it is.", "When?" or "What else is delicious?"."""
    leaning = {"it", "that", "this", "else", "then", "why", "yes", "no"} & set(typed.split()) or meaning.others
    return not leaning and (len(meaning.content) > 1 or bool(meaning.content and meaning.kind and 2 in meaning.persons))


def _sensible(meaning: Meaning, typed: str, given: Sequence[str], answers: dict[str, list[str]]) -> list[str]:
    """Return the answers without repetitions and without what the corpus' makers left in it by mistake.

    The corpus comes from AIML, where an answer may be a reference to another question: "tell me about venus" gives
    "what is venus". Such a reference is followed, or dropped where it leads nowhere ("what is hal9000": "who is
    hal"). An answer that repeats its question, or is the pronoun that was left of one ("how far is the sun": "it"),
    is dropped.
    """
    kept: dict[str, None] = {}
    for answer in given:
        if len(answer) > _LONGEST_REFERENCE:
            kept[answer] = None
            continue
        said, reading = " ".join(words(answer)), read(answer)
        if said in ("", "it", typed) or (
            reading.content and meaning.kind and len(given) > 1 and reading.line == meaning.line
        ):
            continue
        referred = answers.get(said, ()) if reading.content else ()
        if not referred and _REFERENCE.match(said) and not answer.endswith("?"):
            continue
        further = [other for other in referred if " ".join(words(other)) not in (said, typed, "it")]
        kept.update(dict.fromkeys(further or [answer]))
    return list(kept)
