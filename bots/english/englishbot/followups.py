"""What a message may ask that leans on what was said before it: "another one", "and the moon?", "who wrote it?".

Promise: each reading is a whole question, which is then found in the corpus or not; none is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .words import words

_MORE = re.compile(
    r"^(?:ok |okay |and |please |yes |well )?(?:can you |could you |will you |would you )?(?:please )?"
    r"(?:(?:tell me|give me|got|do you know|do you have|have you got|let me hear|let us hear|i want|how about|say) )?"
    r"(?:any |some )?(?:another|one more|more|next|again|a different|a better|some more|any other|any others|others)"
    r"(?: of (?:them|those|these))?(?: ones?| jokes?| answers?| about (?:it|that|this)| please)*$"
    r"|^(?:anything|something|what) else(?: about (?:it|that|this))?$|^(?:else|go on|keep going|continue|encore)$"
)
_REPEAT = re.compile(
    r"^(?:sorry |pardon |please |can you |could you |would you )*(?:repeat|say) (?:that|it|this)(?: again| once more)?"
    r"(?: please)?$|^(?:come again|pardon(?: me)?|what did you (?:just )?say|what was that)$"
    r"|^i did not (?:get|catch) that$"
)
_ELLIPSIS = re.compile(
    r"^(?:(?:ok |okay |well )?(?:and|but|or)(?: (?:what|how) about| what of| for)?|(?:what|how) about|what of) "
    r"(?:(?:in|of|for|from|on|at|with|by) )?(?:the |a |an )?(.+)$"
)
_BARE = re.compile(
    r"^(?:but |and )?(?:why(?: not)?|how(?: so| come)?|when|where|who|what(?: for)?|which(?: one)?|since when|really"
    r"|seriously|are you sure|is that (?:so|true|right))$"
)
_PRONOUNS = {
    **dict.fromkeys(("it", "that", "this", "its"), "thing"),
    **dict.fromkeys(("he", "she", "him", "her", "his"), "person"),
    **dict.fromkeys(("they", "them", "their"), "any"),
}
_POSSESSIVES = ("his", "her", "its", "their")
_ASKING_WORDS = "who whom whose what which where when why how is are was were do does did can could will would i"
_ARTICLES_AND_SUCH = "the a an of in is are was were for to by from about does do did"
_QUESTION_WORDS = """
    who whom what which where when why how i you your me my we it he she they that this am be been have has had can
    could will would should and or but if not no yes please tell name know define explain describe mean there
"""
_ASKING = frozenset(_ASKING_WORDS.split())
_BEFORE_A_NAME = frozenset(_ARTICLES_AND_SUCH.split())
_NO_NAMES = _BEFORE_A_NAME | frozenset(_QUESTION_WORDS.split())
_NAME = re.compile(r"(?:[A-Z][\w.'’-]*)(?: (?:of |the |de |van |von )?[A-Z][\w.'’-]*)*")
LEANING = "\n… "
"""Stands between a question and a message that leans on it."""

_NEARLY_EXACT = 0.9
_MOST_READINGS = 6
_LONGEST_NAME = 5
_LONGEST_REPLY_THAT_NAMES = 4
"""In words: such a reply to "who" or "what" is itself what one speaks of next."""


class Said(NamedTuple):
    """A message, and the reply to it; an empty one where it was declined."""

    message: str
    reply: str


class Reading(NamedTuple):
    """A question that a message may ask."""

    question: str
    new: bool = False
    """Only an answer that was not given yet counts."""
    least: float = 0.0
    """How sure it must be that this was asked; more than usual where a word is left that stands for another."""


def leans(message: str) -> bool:
    """Tell whether a message says little without the one before it."""
    said = " ".join(words(message[:200]))
    return _only_leans(said) or bool(_pronouns(said.split()))


def in_place(message: str, history: Sequence[Said]) -> str:
    """Return what stands for a message where it was said: itself, after the question that it leans on if it does."""
    before = _question_before(history) if leans(message) else ""
    return f"{before}{LEANING}{message}" if before else message


def repeats(message: str) -> bool:
    """Tell whether a message asks for the last reply once more."""
    return bool(_REPEAT.match(" ".join(words(message[:200]))))


def readings(message: str, history: Sequence[Said]) -> list[list[Reading]]:
    """Return what ``message`` may ask after ``history``: the readings that go before, and then the others."""
    said = " ".join(words(message[:200]))
    typed = said.split()
    own = Reading(message, least=_NEARLY_EXACT if _asks_of_something_else(typed) else 0.0)
    if _MORE.match(said):
        answered = message if _names_jokes(said) else _question_before([one for one in history if one.reply])
        return [[Reading(answered, new=True)]] if answered else []
    if not history or len(message) > 200:
        return [[own]]
    if other := _other_named(said):
        others = list(_with_another(words(_question_before(history)[:200]), other))
        return [list(map(Reading, dict.fromkeys(others[:_MOST_READINGS]))), [own]]
    return [[Reading(named, new=True) for named in _with_names(typed, history)], [own]]


def _asks_of_something_else(said: Sequence[str]) -> bool:
    """Tell whether a message is a question with a word in it that stands for something said before."""
    if _other_named(" ".join(said)) == "you":
        return True
    if not said or said[0] not in _NO_NAMES - {"i", "you", "it", "that", "this"}:
        return False
    return any(not _stands_for_its_subject(said, at) for at in _pronouns(said))


def _stands_for_its_subject(said: Sequence[str], at: int) -> bool:
    """Tell whether a pronoun means something in its own sentence: "what fruit wears its seeds", "is it true"."""
    if said[at] == "it" and said[at - 1 : at + 2] == ["is", "it", "true"]:
        return True
    named = [word for word in said[:at] if word not in _NO_NAMES and word not in _PRONOUNS]
    return said[at] in _POSSESSIVES and len(named) > 1


def _question_before(history: Sequence[Said]) -> str:
    """Return the newest message that says something by itself."""
    plain = ((one.message, " ".join(words(one.message[:200]))) for one in reversed(history))
    return next((message for message, said in plain if said and not _only_leans(said)), "")


def _only_leans(said: str) -> bool:
    return not _names_jokes(said) and bool(
        _other_named(said) or any(pattern.match(said) for pattern in (_MORE, _REPEAT, _BARE))
    )


def _other_named(said: str) -> str:
    """Return what a message names to be put in the question before: "the moon" of "and the moon?"; empty where it
    says a whole sentence.
    """
    match = _ELLIPSIS.match(said)
    named = match[1].split() if match else []
    return " ".join(named) if len(named) <= _LONGEST_NAME and not _ASKING & set(named) else ""


def _names_jokes(said: str) -> bool:
    """Tell whether a message says what there should be more of."""
    return "joke" in said


def _with_another(asked: Sequence[str], other: str) -> Iterator[str]:
    """Yield the question before with ``other`` in the place of one of its words, or of the last few."""
    for at in reversed(range(len(asked))):
        if len(asked[at]) > 2 and asked[at] not in _NO_NAMES:
            yield " ".join([*asked[:at], other, *asked[at + 1 :]])
        if at and len(asked) - 3 <= at < len(asked) - 1 and asked[at - 1] in _BEFORE_A_NAME:
            yield " ".join([*asked[:at], other])


def _with_names(said: Sequence[str], history: Sequence[Said]) -> Iterator[str]:
    """Yield the message with what was last spoken of in the place of its pronoun."""
    found = _pronouns(said)
    if len(found) != 1 or len(said) < 2:
        return
    (at,) = found
    possessive = said[at] in _POSSESSIVES and at + 1 < len(said)
    for name in _spoken_of(history[-1], _PRONOUNS[said[at]]):
        yield " ".join([*said[:at], name + ("'s" if possessive else ""), *said[at + 1 :]])


def _pronouns(said: Sequence[str]) -> list[int]:
    """Return where a message has pronouns that stand for what was said before; "it is raining" has none."""
    return [
        at
        for at, word in enumerate(said)
        if word in _PRONOUNS
        and not (word in ("that", "this", "her") and at + 1 < len(said) and said[at + 1] not in _BEFORE_A_NAME)
    ]


def _spoken_of(said: Said, kind: str) -> list[str]:
    """Return what an exchange was about, the likeliest first: a person is more often in the reply."""
    asked, replied = _name_in(said.message), _names_in_reply(said.reply)
    if kind == "person":
        asks_who = {"who", "whom", "whose"} & set(words(said.message[:200]))
        names = [*replied, asked] if asks_who else [name for name in replied if " " in name]
    else:
        names = [asked, *replied]
    return [name for name in dict.fromkeys(names) if name]


def _name_in(message: str) -> str:
    """Return the words at the end of a question that name something."""
    asked = words(message[:200])
    end = len(asked)
    while end and asked[end - 1] in _NO_NAMES:
        end -= 1
    start = end
    while start and asked[start - 1] not in _NO_NAMES:
        start -= 1
    return " ".join(asked[start:end])


def _names_in_reply(reply: str) -> list[str]:
    if len(reply.split()) <= _LONGEST_REPLY_THAT_NAMES:
        return [" ".join(words(reply))]
    return [" ".join(words(name)) for name in _NAME.findall(reply[:300])[:2]]
