"""What the Zen bot says to a message: a line for a theme, the next for a line, all, one by its number, one at
random, or a meaning.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence

from englishbot.words import words

from .aphorisms import APHORISMS
from .seeking import Seeker

_ORDINALS = {
    word: number
    for number, names in enumerate(
        [
            "first 1st one",
            "second 2nd two",
            "third 3rd three",
            "fourth 4th four",
            "fifth 5th five",
            "sixth 6th six",
            "seventh 7th seven",
            "eighth 8th eight",
            "ninth 9th nine\n        ",
            "tenth 10th ten",
            "eleventh 11th eleven",
            "twelfth 12th twelve",
            "thirteenth 13th thirteen",
            "fourteenth 14th fourteen",
            "fifteenth 15th fifteen\n        ",
            "sixteenth 16th sixteen",
            "seventeenth 17th seventeen",
            "eighteenth 18th eighteen",
            "nineteenth 19th nineteen last final",
        ],
        1,
    )
    for word in names.split()
}
_ASK = r"(?:please |can you |could you |would you |i want |i would like |let me (?:see|hear|have) |and |now |so )*"
_GIVE = r"(?:tell |show |give |say |quote |recite |print |list |read |know )?(?:me |us )?(?:please )?"
_KIND = r"(?:line|aphorism|saying|rule|principle|quote|one|lines|aphorisms|sayings|rules|principles|quotes)"
_OF = r"(?: (?:of|from|in|about) (?:the )?(?:zen|python|zen of python))?(?: please)?"
_ALL = re.compile(
    rf"{_ASK}{_GIVE}(?:(?:all|everything|every|the whole|the entire|the full|the complete|whole)(?: "
    rf"(?:of )?(?:the |them|it|nineteen|19|thing|list|{_KIND})*)*"
    rf"(?:(?:the )?zen(?: of python)?)?{_OF}|(?:what is |recite )?(?:the )?zen of python|import this"
    rf"|(?:the )?pep ?20|(?:the )?zen)"
)
_NUMBER = re.compile(
    rf"{_ASK}{_GIVE}(?:what is )?(?:the |your )?(?:(?:{_KIND}|number|no|nr)(?: number)? )?(?:the "
    rf")?(\w+)(?: {_KIND})?{_OF}"
)
_RANDOM = re.compile(
    rf"{_ASK}{_GIVE}(?:random(?:ly)?|(?:a|some|any|one)? ?random {_KIND}|surprise me|inspire me|(?:pick"
    rf"|choose)(?: (?:one|any|a {_KIND}))?(?: at random)?"
    rf"|any(?: one| {_KIND})?|(?:some|a piece of|a bit of|words of)? ?(?:wisdom|inspiration)|something "
    rf"wise|an? {_KIND}(?: at random)?){_OF}"
)
_NEXT = re.compile(
    r"(?:and |the |tell me |give me |show me |what is |what comes )*(?:next|more|another|go on|continue"
    r"|then|after that)(?: the)?(?: one| line| aphorism| please)*"
)
_BEFORE = re.compile(
    r"(?:and |the |tell me |give me |show me |what is |what came |what was )*(?:previous|before|back"
    r"|last time)(?: one| line| that| aphorism| please)*"
)
_EXPLAIN = re.compile(
    r"(?:please |can you |could you |would you |and |but )*"
    r"(?:(?:explain|interpret|clarify|elaborate)(?: on| to me)?(?: what| why)?|what (?:does|do|is) "
    r"(?:the )?(?:meaning of|mean by)?|what is meant by|meaning of|why(?: is| are| should| does)?)"
    r"\b ?(.*?)(?: (?:mean|means|meant|meaning|about|to me|please))*"
)
_ASKS_MEANING = re.compile(r"\b(?:explain|interpret|clarify|elaborate|mean|means|meant|meaning)\b")
_ADDRESSED = re.compile(r"^(?:the )?zen(?: of python)? (?!of\b)(?=.)|^(?:hey|hi|hello|dear) (?:zen )?(?=.)")
_REFERS = frozenset(
    [
        "",
        "it",
        "this",
        "that",
        "that one",
        "this one",
        "the last one",
        "that line",
        "this line",
        "the line",
        "yourself",
        "that is",
        "more",
    ]
)
_FACTS = (
    (re.compile(r"how (?:many|much) (?:lines|aphorisms|sayings|rules|principles|of them|are there)\b.*"), "Nineteen."),
    (
        re.compile(
            r"who (?:wrote|is the author of|made|invented|created) (?:the )?(?:zen|zen of python|pep "
            r"?20|it|them|this|these)"
        ),
        "Tim Peters.",
    ),
)


def _by_chance(count: int) -> int:
    return int.from_bytes(os.urandom(4)) % count


class Zen:
    """The nineteen lines and the ways to ask for them."""

    def __init__(self, lines: Sequence[str], choose: Callable[[int], int] = _by_chance) -> None:
        self._lines = list(lines)
        self._choose = choose
        self._seeker = Seeker(APHORISMS)

    def answer(self, message: str, said: Sequence[str] = ()) -> str | None:
        """Return the reply after the replies ``said``, ``None`` where the Zen has none."""
        asked = _ADDRESSED.sub("", " ".join(words(message[:1000])))
        if not asked:
            return None
        if (whole := self._seeker.whole(message)) is not None:
            return self._lines[(whole + 1) % len(self._lines)]
        if answer := self._asked_for(asked, said):
            return answer
        match = _EXPLAIN.fullmatch(asked)
        if match and (_ASKS_MEANING.search(asked) or match[1] in _REFERS):
            return self._explained(match[1], said)
        number = self._seeker.seek(asked)
        return None if number is None else self._lines[number]

    def _asked_for(self, asked: str, said: Sequence[str]) -> str | None:
        if fact := next((answer for pattern, answer in _FACTS if pattern.fullmatch(asked)), None):
            return fact
        if _ALL.fullmatch(asked):
            return "\n".join(self._lines)
        if (number := self._numbered(asked)) is not None:
            return self._lines[number]
        last = self._last(said)
        if _NEXT.fullmatch(asked):
            return self._lines[0 if last is None else (last + 1) % len(self._lines)]
        if _BEFORE.fullmatch(asked) and last is not None:
            return self._lines[last - 1]
        if _RANDOM.fullmatch(asked):
            unsaid = [line for line in self._lines if line not in said] or self._lines
            return unsaid[self._choose(len(unsaid))]
        return None

    def _explained(self, line: str, said: Sequence[str]) -> str | None:
        """Return the aphorism that ``line`` speaks of, or the one said last, with what it means."""
        if line in _REFERS:
            number = self._last(said)
        else:
            ways = (self._numbered, self._seeker.whole, self._seeker.seek)
            number = next((found for way in ways if (found := way(line)) is not None), None)
        return None if number is None else f"{self._lines[number]}\n{APHORISMS[number].meaning}"

    def _numbered(self, asked: str) -> int | None:
        match = _NUMBER.fullmatch(asked)
        if not match:
            return None
        number = (
            int(match[1])
            if match[1].isascii() and match[1].isdigit() and len(match[1]) < 4
            else _ORDINALS.get(match[1], 0)
        )
        return number - 1 if 1 <= number <= len(self._lines) else None

    def _last(self, said: Sequence[str]) -> int | None:
        """Return the number of the line that was said last."""
        first_lines = (reply.partition("\n")[0] for reply in reversed(said))
        return next((self._lines.index(line) for line in first_lines if line in self._lines), None)
