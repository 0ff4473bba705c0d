"""Ways to write a number other than in digits: powers of ten, Roman numerals, English words."""

from __future__ import annotations

from mathbot.limits import Declined
from mathbot.numbers.functions import whole
from mathbot.reading.words import ONES, SCALES, TENS
from mathbot.writing import format as write

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable

    from mathbot.values import Value

_ROMAN = {
    "M": 1000, "CM": 900, "D": 500, "CD": 400, "C": 100, "XC": 90, "L": 50, "XL": 40, "X": 10, "IX": 9, "V": 5,
    "IV": 4, "I": 1,
}  # fmt: skip
_LARGEST_ROMAN = 3999
_LARGEST_WORDS = 10**66


def scientific(value: Value, step: int = 1) -> str:
    """Write ``1.5e+3``, with an exponent that is a multiple of ``step``."""
    if value == 0:
        return "0e+0"
    sign, digits, first = _figures(write.number(value))
    before = 1 + first % step
    digits = digits.ljust(before, "0")
    behind = "." + digits[before:] if digits[before:] else ""
    return f"{sign}{digits[:before]}{behind}e{first - first % step:+d}"


def _figures(text: str) -> tuple[str, str, int]:
    """Return the sign, the digits, and the power of ten of the first of them."""
    sign = "-" if text.startswith("-") else ""
    mantissa, _, exponent = text.removeprefix("-").partition("e")
    before, _, behind = mantissa.partition(".")
    digits = before + behind
    leading = len(digits) - len(digits.lstrip("0"))
    return sign, digits.strip("0"), int(exponent or 0) + len(before) - 1 - leading


def roman(value: Value) -> str:
    """Write a Roman numeral."""
    rest = whole(value, "A Roman numeral")
    if not 1 <= rest <= _LARGEST_ROMAN:
        raise Declined(f"Roman numerals go from 1 to {_LARGEST_ROMAN:,}.")
    text = ""
    for letters, worth in _ROMAN.items():
        text += letters * (rest // worth)
        rest %= worth
    return text


def read_roman(text: str) -> int | None:
    """Return the value of a Roman numeral as it is properly written; ``None`` for anything else."""
    value, at = 0, 0
    for letters, worth in _ROMAN.items():
        while text.startswith(letters, at):
            value, at = value + worth, at + len(letters)
    return value if 0 < value <= _LARGEST_ROMAN and roman(value) == text else None


def words(value: Value) -> str:
    """Write a whole number or a terminating decimal in English words."""
    from mathbot.numbers.real import Real

    if isinstance(value, Real) or "e" in write.number(value) or _is_endless(value):
        raise Declined("I write whole numbers and decimals that end in words.")
    before, _, behind = write.number(value).removeprefix("-").partition(".")
    if int(before) >= _LARGEST_WORDS:
        raise Declined("I have no words for numbers that large.")
    text = _cardinal(int(before))
    if behind:
        text += " point " + " ".join(_ONES[int(digit)] for digit in behind)
    return f"minus {text}" if value < 0 else text


def _is_endless(value: Value) -> bool:
    from mathbot.numbers.rational import ratio
    from mathbot.numbers.real import Real

    if isinstance(value, Real):
        return True
    before, _, behind = write.number(value).removeprefix("-").partition(".")
    return abs(value) != ratio(int(before + behind), 10 ** len(behind))


def _cardinal(n: int) -> str:
    if n < 1000:
        return _below_thousand(n)
    name, size = next((name, size) for name, size in reversed(_SCALES) if size <= n)
    count, rest = divmod(n, size)
    link = " and " if 0 < rest < 100 else " "
    return f"{_cardinal(count)} {name}" + (link + _cardinal(rest) if rest else "")


def _below_thousand(n: int) -> str:
    if n < 100:
        return _ONES[n] if n < 20 else "-".join([_TENS[n // 10 * 10], *([_ONES[n % 10]] if n % 10 else [])])
    rest = f" and {_below_thousand(n % 100)}" if n % 100 else ""
    return f"{_ONES[n // 100]} hundred{rest}"


_ONES = [word for word in ONES if word not in ("nought", "naught", "oh")]
_TENS = {value: word for word, value in reversed(TENS.items())}
_SCALES = [(name, size) for name, size in SCALES.items() if name == "thousand" or name.endswith("illion")]
WRITERS: dict[str, Callable[[Value], str]] = {
    "scientific": scientific,
    "engineering": lambda value: scientific(value, 3),
    "roman": roman,
    "words": words,
}
