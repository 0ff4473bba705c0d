"""Calibrates ``SURE``, the score from which English answers, by cross-validation on its own corpus.

Known: each question that opens a conversation, disturbed in the ways people disturb questions; right is an answer
that the corpus gives to it. Unknown: the same questions in ten folds, asked of an index that lacks their fold, and
questions with their most telling word exchanged for one of another question; right is no answer. Left out are
held-out questions with a twin that stays in (the same content words: "do you know what is cricket", "what is
cricket"). Printed for each threshold: right, declined and wrong, and the gain, right answers less five times the
wrong ones. Run it with ``bots/english`` on ``PYTHONPATH``; ``--wrong`` lists the wrong answers at the threshold in
use.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from englishbot.corpus import Question
from englishbot.engine import open_english
from englishbot.meaning import concept, read
from englishbot.retrieval import SURE, Index
from englishbot.words import words

FOLDS = 10
COST_OF_WRONG = 5
SMALL = frozenset(
    ["can", "could", "a", "an", "the", "is", "are", "was", "were", "be", "do", "does", "did", "of", "in", "on"]
)
SMALL |= {"to", "for", "by", "with", "what", "who", "which", "how", "many", "when", "where", "you", "your", "i", "my"}


class Asked(NamedTuple):
    """One question put to an index, and how it scored."""

    group: str
    text: str
    meant: Question | None
    found: Question | None
    score: float


def typo(text: str, dice: random.Random) -> str:
    """Swap, drop or double a letter in one long word."""
    typed = text.split()
    long = [at for at, word in enumerate(typed) if len(word) > 4 and word.isalpha()]
    if not long:
        return ""
    at = dice.choice(long)
    word, cut = typed[at], dice.randrange(1, len(typed[at]) - 1)
    slips = (
        word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :],
        word[:cut] + word[cut + 1 :],
        word[:cut] + word[cut] + word[cut:],
    )
    typed[at] = dice.choice(slips)
    return " ".join(typed)


def reordered(text: str, dice: random.Random) -> str:
    """Say the second half first."""
    typed = text.rstrip("?.!").split()
    return " ".join(typed[len(typed) // 2 :] + typed[: len(typed) // 2]) if len(typed) > 3 else ""


def wrapped(text: str, dice: random.Random) -> str:
    """Ask politely."""
    return (
        dice.choice(("Could you please tell me, ", "Hey, do you know ", "I was wondering, ", "Quick question: ")) + text
    )


def short(text: str, dice: random.Random) -> str:
    """Leave out the small words."""
    kept = [word for word in text.rstrip("?.!").split() if word.lower() not in SMALL]
    return " ".join(kept) if len(kept) > 1 else ""


def clipped(text: str, dice: random.Random) -> str:
    """Leave out one of many words, but no name and no number."""
    typed = text.split()
    spare = [at for at, word in enumerate(typed) if at and word.islower() and word.isalpha() and word not in SMALL]
    if len(typed) < 8 or not spare:
        return ""
    del typed[dice.choice(spare)]
    return " ".join(typed)


def exchanged(question: Question, dice: random.Random, telling: Sequence[str], index: Index) -> str:
    """Put the telling word of another question in the place of this one's, as who asks about something else does."""
    typed = question.text.rstrip("?.!").split()
    told = most_telling(question, index)
    if not told or not 3 <= len(typed) <= 10:  # of a longer one, one word more or less does not change what it asks
        return ""
    other = dice.choice([word for word in telling if word != told] or [told])
    return " ".join(other if told in words(word) else word for word in typed) if other != told else ""


def most_telling(question: Question, index: Index) -> str:
    """Return the word by which a question is told from all others: the rarest, of two the more essential."""
    content = {word: concept(word) for word in words(question.text) if concept(word) in question.meaning.content}
    essential = {word: question.meaning.content[meant].essential for word, meant in content.items()}
    return max(content, key=lambda word: (index.rarity(content[word]) * essential[word], len(word)), default="")


def known(questions: Sequence[Question], index: Index) -> Iterator[Asked]:
    """Yield the disturbed questions that should be found."""
    for disturb in (typo, reordered, wrapped, short, clipped):
        dice = random.Random(disturb.__name__)
        for question in questions:
            if question.opening and (text := disturb(question.text, dice)):
                match = index.find(text)
                yield Asked(disturb.__name__, text, question, match and match.question, match.score if match else 0.0)


def unknown(questions: Sequence[Question], index: Index) -> Iterator[Asked]:
    """Yield the questions that nothing should be found for."""
    lines = sorted({question.meaning.line for question in questions})
    random.Random(FOLDS).shuffle(lines)
    for fold in range(FOLDS):
        out = set(lines[fold::FOLDS])
        rest = Index([question for question in questions if question.meaning.line not in out])
        for question in questions:
            if question.opening and question.meaning.line in out:
                match = rest.find(question.text)
                yield Asked("held out", question.text, None, match and match.question, match.score if match else 0.0)
    dice = random.Random("exchanged")
    kinds: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        if question.opening and len(question.text) > 9:
            kinds[question.meaning.kind].append(most_telling(question, index))
    for question in questions:
        others = kinds[question.meaning.kind]
        if (
            question.opening
            and others
            and (text := exchanged(question, dice, [word for word in others if word], index))
        ):
            match = index.find(text)
            yield Asked("exchanged", text, None, match and match.question, match.score if match else 0.0)


def is_right(asked: Asked) -> bool:
    """Tell whether what was found says what was meant."""
    return bool(asked.meant and asked.found and set(asked.meant.answers) & set(asked.found.answers))


def is_twin(asked: Asked) -> bool:
    """Tell whether an unknown question is, word for word that counts, the known one that was found for it."""
    return (
        not asked.meant
        and asked.found is not None
        and set(read(asked.text).content) <= set(asked.found.meaning.content)
    )


def report(asked: Sequence[Asked], sure: float) -> tuple[int, int, int]:
    """Return right, declined and wrong at this threshold. Declining the unknown counts as declined, not as right."""
    answered = [one for one in asked if one.score >= sure]
    right = sum(map(is_right, answered))
    return right, len(asked) - len(answered), len(answered) - right


def main() -> None:
    index = open_english().index
    questions = index.questions
    asked = [*known(questions, index), *unknown(questions, index)]
    asked = [one for one in asked if one.found is None or (one.found.opening and not is_twin(one))]
    print(f"{'sure':>5} {'right':>6} {'declined':>9} {'wrong':>6} {'gain':>6}")
    for sure in [hundredths / 100 for hundredths in range(40, 96, 4)]:
        right, declined, wrong = report(asked, sure)
        print(f"{sure:5.2f} {right:6} {declined:9} {wrong:6} {right - COST_OF_WRONG * wrong:6}")
    print(f"\nat {SURE}:")
    for group in dict.fromkeys(one.group for one in asked):
        print(
            f"{group:>10} right {{}}, declined {{}}, wrong {{}}".format(
                *report([one for one in asked if one.group == group], SURE)
            )
        )
    if "--wrong" in sys.argv:
        for one in asked:
            if one.found and one.score >= SURE and not is_right(one):
                print(f"{one.score:.2f} {one.group}: {one.text!r} found {one.found.text!r}")


if __name__ == "__main__":
    main()
