"""Reads the numbers by which people ask for lines: ``the 7th``, ``#7``, ``line VII``, ``second to last``, ``1 and 3``,
``the first three``, ``lines 3 to 5``.
"""

from __future__ import annotations

import re

from .manners import KINDS, PLURALS, peeled
from .reading import folded


def _words_of(text: str) -> list[str]:
    return text.split()


_CARDINALS = _words_of(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_ORDINALS = _words_of(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ROMAN = _words_of("I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX")
_TOO_LARGE = {"thirtieth": 30, "fortieth": 40, "fiftieth": 50, "hundredth": 100, "hundred": 100, "thousand": 1000}

_VALUES = (
    {word: number for names in (_CARDINALS, _ORDINALS) for number, word in enumerate(names)}
    | {"thirty": 30, "forty": 40, "fifty": 50}
    | _TOO_LARGE
)

_KIND = "|".join([*KINDS, *PLURALS, "numbers?", "no", "nos", "nr", "num", "#"])
_ORDINAL = rf"(?:{'|'.join(_ORDINALS)}|\d+(?:st|nd|rd|th))"
_END = "(?:last|end|bottom|final)"

_ROMAN_AFTER_KIND = re.compile(rf"(?i:\b(?:{'|'.join(KINDS)}|number|no\.?)\s+|#\s*)([IVXivx]+)\b|\b([IVX]{{2,}})\b")
_FROM_END = re.compile(
    rf"\b({_ORDINAL}|next)(?:[- ](?:{_KIND}))?[- ](?:to|from|before)[- ](?:the[- ])?(?:very )?{_END}\b"
    rf"|\b({_ORDINAL})[- ]{_END}\b"
)
_LAST_BUT = re.compile(rf"\b{_END} but (\w+)\b")
_FIRST_FEW = re.compile(rf"\b(first|last|final|top|bottom) (\d+|{'|'.join(_CARDINALS[2:])})\b")
_ORDINAL_ONE = re.compile(rf"\b({_ORDINAL}|{_END}|middle|\d+) +ones?\b")
_DIGIT_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_OF_THE_ZEN = re.compile(r",? (?:please|thanks)\b|\b(?:of|from|in) (?:the )?(?:zen(?: of python)?|python|pep ?20)\b")
_WORD = re.compile(r"[a-z]+|-?\d+|[^\sa-z\d]")
_MARKS = re.compile(r"(?<=[a-z\s])!+(?=\s|$)|[\"'“”?.:;]+(?=\s|$)|(?:(?<=\s)|^)[\"'“”]+|\bvery\b|'s\b")
_MATH = re.compile(rf"^[^a-z#]*\d\s*-\s*\d|(?<!s )\b(?:\d+|{'|'.join(_CARDINALS)}) to the {_ORDINAL}\b")
"""``3-5`` alone is a difference and ``2 to the 8th`` a power; ``lines 3-5`` and ``lines 2 to the 8th`` are not."""
_LIST = re.compile(r"{0}(?: to {0})?(?:(?: ,| and| or| &| , and| , or) {0}(?: to {0})?)*".format(r"-?\d+"))
_MINUS = re.compile(rf"^(\s*(?:(?:{_KIND})\s+)?)minus (\w+)", re.IGNORECASE)
_RANGE = re.compile(r"(-?\d+)(?: to (-?\d+))?")
_TO = frozenset(["to", "through", "thru", "till", "until", "-", "…"])
_MOST_DIGITS = 6


def numbers(message: str, count: int) -> list[int] | None:
    """Return the numbers that ``message`` asks for, of ``count`` lines, where it asks for nothing else.

    A number that is no line's is among them as it is; ``None`` where the message is no number.
    """
    text = _MINUS.sub(_negative, _ROMAN_AFTER_KIND.sub(_arabic, message))
    text = _MARKS.sub(" ", folded(text)).replace("n°", "no ")
    if _MATH.search(text):
        return None
    text = _FROM_END.sub(lambda found: f" {_from_end(found, count)} ", text)
    text = _LAST_BUT.sub(lambda found: f" {count - _value(found[1])} ", text).replace("antepenultimate", str(count - 2))
    text = _FIRST_FEW.sub(lambda found: f" {_few(found, count)} ", text.replace("penultimate", str(count - 1)))
    text = _ORDINAL_ONE.sub(r"\1", _OF_THE_ZEN.sub("", text))
    said = [word for word in _words(text) if word != "the" and not re.fullmatch(_KIND, word)]
    line = " ".join("to" if word in _TO else _digits(word, count) for word in peeled(said))
    line = re.sub(r"\bbetween (-?\d+) and\b", r"\1 to", line)
    if not _LIST.fullmatch(line):
        return None
    return [number for first, last in _RANGE.findall(line) for number in _from_to(first, last, count)] or None


def _words(text: str) -> list[str]:
    """Return the words and signs of ``text``; in ``3-5`` the dash is a word, in ``-5`` it is the number's sign."""
    text = re.sub(r"(?<=\d)\s*-\s*(?=\d)", " - ", _DIGIT_ORDINAL.sub(r"\1", text))
    return _WORD.findall(re.sub(r"(?<=[a-z])-(?=[a-z])", " ", re.sub(r"(?<=\d)\.\.+(?=\d)", " - ", text)))


def _arabic(found: re.Match[str]) -> str:
    roman = found[1] or found[2]
    if roman.upper() not in _ROMAN:
        return found[0]
    return found[0][: -len(roman)] + str(_ROMAN.index(roman.upper()) + 1)


def _negative(found: re.Match[str]) -> str:
    return f"{found[1]}-{_value(found[2].lower())}"


def _value(word: str) -> int:
    return int(word[:_MOST_DIGITS]) if word.isdigit() else _VALUES.get(word, 0)


def _digits(word: str, count: int) -> str:
    if re.fullmatch(_END, word):
        return str(count)
    if word == "middle":
        return str((count + 1) // 2)
    return str(_VALUES[word]) if word in _VALUES else word


def _from_end(found: re.Match[str], count: int) -> int:
    """The last is the first from the end: ``second to last`` is the one before it."""
    said = found[1] or found[2]
    nth = 2 if said == "next" else _value(said.rstrip("stndrh") if said[0].isdigit() else said)
    return count + 1 - nth


def _few(found: re.Match[str], count: int) -> str:
    few = _value(found[2])
    return f"1 to {few}" if found[1] in ("first", "top") else f"{count + 1 - few} to {count}"


def _from_to(first: str, last: str, count: int) -> list[int]:
    """Return the numbers from ``first`` to ``last``, or those of the two that are no line's."""
    start = int(first[:_MOST_DIGITS])
    end = int(last[:_MOST_DIGITS]) if last else start
    if not (1 <= start <= count and 1 <= end <= count):
        return [number for number in (start, end) if not 1 <= number <= count]
    return list(range(start, end + 1)) if start <= end else list(range(start, end - 1, -1))
