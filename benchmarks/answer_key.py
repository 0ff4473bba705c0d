"""The questions in ``questions/`` and what counts as a right answer; one rule for tellme's bots and their peers.

Being lenient about form keeps the comparison fair: the digits a calculator shows, the name of a unit, the order of
roots. Nothing here is lenient about value.
"""

from __future__ import annotations

import itertools
import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

QUESTIONS = Path(__file__).parent / "questions"
BETWEEN_TURNS = " >> "
DECLINED = "-"
EXACTLY = "= "
RELATIVE_ERROR = 1e-8


class Outcome(StrEnum):
    """What became of a question."""

    RIGHT = "right"
    DECLINED = "declined"
    WRONG = "wrong"


class Question(NamedTuple):
    """One question, after what was said before it, with all answers that are right."""

    group: str
    turns: tuple[str, ...]
    accepted: tuple[str, ...]


class Said(NamedTuple):
    """The last reply to a question."""

    text: str
    declined: bool = False


Rule = Callable[[str, str], bool]
"""Whether a reply is one that is accepted."""


def read(name: str) -> list[Question]:
    """Read the questions to a bot."""
    groups = tomllib.loads((QUESTIONS / f"{name}.toml").read_text(encoding="utf-8"))
    return [
        Question(group, tuple(text.split(BETWEEN_TURNS)), (accepted,) if isinstance(accepted, str) else tuple(accepted))
        for group, questions in groups.items()
        for text, accepted in questions.items()
    ]


def outcome(question: Question, said: Said, is_right: Rule) -> Outcome:
    """Judge a reply. A decline is right where the key says so, and otherwise neither right nor wrong."""
    if said.declined:
        return Outcome.RIGHT if DECLINED in question.accepted else Outcome.DECLINED
    answers = [accepted for accepted in question.accepted if accepted != DECLINED]
    return Outcome.RIGHT if any(is_right(said.text, accepted) for accepted in answers) else Outcome.WRONG


# Math


def is_same_result(reply: str, accepted: str) -> bool:
    """Compare results: equal but for spaces, or the same numbers in the same places."""
    said = _result(reply)
    if accepted.startswith(EXACTLY):
        return _bare(accepted.removeprefix(EXACTLY)) == _bare(said.partition(" ")[0])
    if _bare(said) == _bare(accepted):
        return True
    if re.search(r"[a-z]", accepted):
        return _same_parts(said, accepted)
    return _same_numbers(_numbers(said), _numbers(accepted))


def _result(reply: str) -> str:
    """Leave out how the question was read, and the question itself where it stands before an equals sign."""
    text = re.sub(r"\s*\(read as .*\)$", "", reply.strip().replace("−", "-").replace("²", "^2").replace("³", "^3"))
    before, equals, after = text.rpartition("=")
    is_question = equals and " or " not in text and "," not in text and re.search(r"\d", before)
    return after.strip() if is_question else text


def _bare(text: str) -> str:
    return re.sub(r"[\s*·]", "", text).casefold().rstrip(".")


_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_POWER_OF_A_UNIT = re.compile(r"(?<=\d )([a-z]+(\^-?\d+)?[/ ]?)+\b", re.IGNORECASE)


def _numbers(text: str) -> list[float]:
    apart = re.sub(r"(?<=\d)\s*-\s*(?=\d)", " - ", _POWER_OF_A_UNIT.sub("", text))
    return [float(number) for number in _NUMBER.findall(apart)]


def _same_numbers(said: Sequence[float], accepted: Sequence[float]) -> bool:
    return len(said) == len(accepted) and all(
        math.isclose(one, other, rel_tol=RELATIVE_ERROR, abs_tol=1e-12)
        for one, other in zip(said, accepted, strict=True)
    )


def _same_parts(said: str, accepted: str) -> bool:
    """Whether both are the same terms or roots around the same numbers, whatever their order."""
    ours, theirs = (_parts(text) for text in (said, accepted))
    return len(ours) == len(theirs) and all(
        name == other and _same_numbers(numbers, others)
        for (name, numbers), (other, others) in zip(ours, theirs, strict=True)
    )


def _parts(text: str) -> list[tuple[str, list[float]]]:
    parts = re.split(r"\bor\b|\band\b|[,;]", text.casefold())
    return sorted((_bare(_NUMBER.sub("#", part)), _numbers(part)) for part in parts)


# English and Zen


def begins_alike(reply: str, accepted: str) -> bool:
    """Compare words, whatever stands between them; what follows the accepted beginning does not matter."""
    wanted, said = _words(accepted), _words(reply)
    return bool(wanted) and said[: len(wanted)] == wanted


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold().replace("’", "'").replace("'", ""))


def with_answers(questions: Sequence[Question], corpus: Mapping[str, Sequence[str]]) -> list[Question]:
    """Put what the corpus answers in the place of the corpus' questions that a key names."""
    return [question._replace(accepted=tuple(_answers(question, corpus))) for question in questions]


def _answers(question: Question, corpus: Mapping[str, Sequence[str]]) -> list[str]:
    answers: list[str] = []
    for accepted in question.accepted:
        if accepted != DECLINED and accepted not in corpus:
            raise ValueError(f"the corpus has no {accepted!r}, which questions/english.toml names")
        answers += [DECLINED] if accepted == DECLINED else corpus[accepted]
    return answers


def corpus(files: Sequence[Path]) -> dict[str, list[str]]:
    """Read each statement of a corpus that has an answer, with all its answers."""
    import yaml

    answers: dict[str, list[str]] = {}
    for file in files:
        for conversation in yaml.safe_load(file.read_text(encoding="utf-8"))["conversations"]:
            lines = [" ".join(str(line).split()) for line in conversation]
            for line, answer in itertools.pairwise(lines):
                answers.setdefault(line, []).append(answer)
    return answers


def count(outcomes: Sequence[Outcome]) -> dict[Outcome, int]:
    """Return how often each outcome was met, those that never were with zero."""
    found = Counter(outcomes)
    return {outcome: found[outcome] for outcome in Outcome}
