"""From the lines of a corpus to questions with their answers: which line may be asked, and which answers make sense."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .lexicon import AUXILIARIES, FIRST_PERSON
from .meaning import Meaning, read
from .words import words

_REFERENCE = re.compile(r"(?:what|who) (?:is|are|makes) .")
"""A question that nobody asks as an answer: without its question mark it stands for its own answer."""

_LONGEST_REFERENCE = 60
"""In characters. A longer answer is none of the references to other questions that the corpus has."""


_FAR_SHORTER, _DEFINITION = 4, 80
"""So many times shorter than another answer that defines something, which takes so many characters, an answer is a pun
or a mere hint.
"""

_BARE_ANSWER = 3
"""In words, such an answer is "I do not." and the like."""

_SENTENCE_ENDS = re.compile(r"[.!?](?= )|, (?=and |how about |what about )")


class Exchange(NamedTuple):
    """A line, the one after it, and the one before it."""

    question: str
    answer: str
    before: str | None
    """The line before the question in its conversation; ``None`` where the question opens it."""
    file: str = ""
    """Stands for the file that it is from: those of a person's own come first."""


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
            found.append(Exchange(before, text, earlier, conversation.rpartition(":")[0]))
            earlier = before
        last = conversation
    return found


def questions(found: Sequence[Exchange]) -> list[Question]:
    """Return each question once, with its answers: the likeliest to make sense first, else as the corpus has them."""
    found = _without_echoes(found)
    grouped: dict[tuple[str, str | None], list[Exchange]] = {}
    for exchange in found:
        grouped.setdefault((" ".join(words(exchange.question)), exchange.before), []).append(exchange)
    answers = {typed: [one.answer for one in group] for (typed, before), group in grouped.items() if before is None}
    result: list[Question] = []
    files: list[str] = []
    unanswered: set[str] = set()
    for (typed, before), group in grouped.items():
        meaning = read(group[0].question, typed.split(), corpus=True)
        sensible = _sensible(meaning, typed, [one.answer for one in group], answers)
        if typed and sensible:
            opening = before is None or typed in unanswered  # what an opening repeats is said again, with its answer
            alone = opening or _stands_alone(typed, meaning)
            ordered = tuple(_ordered(sensible, meaning, {one.answer: one.file for one in reversed(group)}))
            result.append(Question(group[0].question, typed, meaning, ordered, opening, alone, before))
            files.append(group[0].file)
        elif before is None:
            unanswered.add(typed)
    return _told_elsewhere(result, files)


def _without_echoes(found: Sequence[Exchange]) -> list[Exchange]:
    """Return the exchanges with each list of answers that stands as a conversation read as what it is.

    "Do you get mad?" "Are you mad?" "I do not." "Not often, no." is no conversation: nobody is answered with his own
    question. All that follows such an echo answers both, and none of it the line before.
    """
    result: list[Exchange] = []
    at = 0
    while at < len(found):
        end = at + 1
        while end < len(found) and (found[end].before, found[end].question) == (
            found[end - 1][0],
            found[end - 1].answer,
        ):
            end += 1
        lines = [one.answer for one in found[at:end]]
        first = found[at]
        if first.before is None and len(lines) > 2 and _echoes(first.question, lines[0]):
            answers = [line for line in lines if not _echoes(first.question, line)]
            result += [Exchange(first.question, answer, None, first.file) for answer in answers]
            echoes = [line for line in lines if line not in answers]
            result += [Exchange(echo, answer, first.question, first.file) for echo in echoes for answer in answers]
        else:
            result += found[at:end]
        at = end
    return result


def _echoes(question: str, answer: str) -> bool:
    """Tell whether an answer asks the question back, of the same person."""
    if not answer.endswith("?"):
        return False
    asked, back = read(question), read(answer)
    of_you = back.persons == {2} and 1 not in asked.persons
    return of_you and words(answer)[0] in AUXILIARIES and bool(back.content) and _core(asked) == _core(back)


def _core(meaning: Meaning) -> set[str]:
    return {word for word, seen in meaning.content.items() if seen.essential >= 1} or set(meaning.content)


def _ordered(answers: Sequence[str], meaning: Meaning, files: dict[str, str]) -> list[str]:
    """Return the answers of each file by how much they say, the files in their order."""
    order = list(dict.fromkeys(files.get(answer, "") for answer in answers))
    return sorted(answers, key=lambda answer: (order.index(files.get(answer, "")), _doubt(answer, meaning, answers)))


def _doubt(answer: str, meaning: Meaning, others: Sequence[str]) -> int:
    """Return how little an answer says: 0 for a statement, more for what only asks back or is far too short."""
    defines = meaning.kind == "what" and not meaning.persons
    return 2 * only_asks(answer) + (
        (defines and len(answer) * _FAR_SHORTER < (longest := max(map(len, others))) and longest >= _DEFINITION)
        or _answers_another_verb(answer, meaning)
    )


def only_asks(answer: str) -> bool:
    """Tell whether an answer is a question and nothing else."""
    return answer.endswith("?") and not _SENTENCE_ENDS.search(answer)


def _answers_another_verb(answer: str, meaning: Meaning) -> bool:
    """Tell whether an answer is no more than a verb that was not asked: "I do not." to "Are you mad?"."""
    said = words(answer)
    if meaning.kind != "yes/no" or not 2 <= len(said) <= _BARE_ANSWER or said[0] not in FIRST_PERSON:
        return False
    return said[1] in AUXILIARIES and AUXILIARIES[said[1]] not in meaning.small


def _told_elsewhere(found: Sequence[Question], files: Sequence[str]) -> list[Question]:
    """Return the questions; where all answers to one only ask back, those that its file has to the same in other words
    go before.
    """
    statements: dict[object, dict[str, None]] = {}
    for one, file in zip(found, files, strict=True):
        said = [answer for answer in one.answers if one.opening and not only_asks(answer)]
        statements.setdefault(_spoken_of(one, file), {}).update(dict.fromkeys(said))
    return [
        one._replace(answers=(*statements[_spoken_of(one, file)], *one.answers))
        if one.opening and all(map(only_asks, one.answers))
        else one
        for one, file in zip(found, files, strict=True)
    ]


def _spoken_of(question: Question, file: str) -> object:
    """Return what is equal for questions of a file that leave it open what is said of the same thing."""
    meaning = question.meaning
    if meaning.kind not in ("", "what") or not meaning.content:
        return file, meaning.line
    return file, frozenset(meaning.content), meaning.persons, meaning.negated


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
