"""Number words → numbers: ``two hundred and thirty-one million``, ``three point five``, ``two and a half``,
``three quarters``, ``2 million``, ``half a dozen``. What looks like a number and is none is declined, not guessed.
"""

from __future__ import annotations

from mathbot.limits import Unreadable
from mathbot.numbers.rational import add, multiply, ratio
from mathbot.reading.lexer import Token

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.numbers.rational import Rational

ONES = {
    "zero": 0, "nought": 0, "naught": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_LATIN = [
    "m", "b", "tr", "quadr", "quint", "sext", "sept", "oct", "non", "dec", "undec", "duodec", "tredec", "quattuordec",
    "quindec", "sexdec", "septendec", "octodec", "novemdec", "vigint",
]  # fmt: skip
SCALES: dict[str, int] = {"thousand": 1000} | {f"{name}illion": 1000 ** (k + 2) for k, name in enumerate(_LATIN)}
SCALES |= {"centillion": 10**303, "googol": 10**100, "dozen": 12, "lakh": 10**5, "crore": 10**7}
SCALES |= {"lakhs": 10**5, "crores": 10**7}
_PLURAL_SCALES = {"dozens", "hundreds", *(scale + "s" for scale in SCALES)}
_ORDINAL_ONES = {
    "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11,
    "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
    "eighteenth": 18, "nineteenth": 19,
}  # fmt: skip
_UNIT_ORDINALS = {"first": 1, "second": 2, **{word: n for word, n in _ORDINAL_ONES.items() if n < 10}}
_ORDINALS = {
    **_ORDINAL_ONES,
    **{word[:-1] + "ieth": n for word, n in TENS.items()},
    "hundredth": 100,
    **{scale + "th": n for scale, n in SCALES.items() if scale not in ("dozen", "googol")},
}
_DIVISORS = {**_ORDINALS, "half": 2, "quarter": 4, **{word + "s": n for word, n in _ORDINALS.items()}}
_DIVISORS |= {"halves": 2, "quarters": 4}
_CARDINAL_START = {**ONES, **TENS, "hundred": 100, **SCALES}
_ANY = {*_CARDINAL_START, *_DIVISORS, *_PLURAL_SCALES, "point"} - {"quarter", "half"}
ALL = frozenset((*_ANY, "half", "quarter")) - {"point"}
"""Every word that stands for a number or a part."""
_ARTICLES = ("a", "an")


def part_named(word: str) -> Rational | None:
    """Return what one of ``quarters`` or ``thirds`` is; ``None`` for any other word."""
    return ratio(1, _DIVISORS[word]) if word in _DIVISORS else None


def fold(tokens: list[Token]) -> list[Token]:
    """Return ``tokens`` with each run of number words made one token."""
    if not any(token.kind == "word" for token in tokens):
        return tokens
    folded: list[Token] = []
    reader = _Reader(tokens)
    while reader.at < len(tokens):
        folded.append(reader.next())
    return folded


class _Reader:
    """Reads at ``at``; each method takes what it can and moves on, or returns ``None`` and stays."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def word(self, ahead: int = 0) -> str:
        """Return the word so many tokens ahead, or an empty string."""
        at = self.at + ahead
        token = self.tokens[at] if at < len(self.tokens) else None
        return token.text if token and token.kind == "word" else ""

    def next(self) -> Token:
        """Return the token at ``at``, or the number that begins there."""
        start = self.at
        first = self.tokens[start]
        value, kind = self._number(first)
        if value is None:
            self.at = start + 1
            return first
        self._check_end(start)
        last = self.tokens[self.at - 1]
        raw = " ".join(token.raw for token in self.tokens[start : self.at])
        return Token(kind, raw.lower(), value, first.start, last.end, first.spaced, raw)

    def _check_end(self, start: int) -> None:
        """Number words right behind a number mean that they were not understood."""
        after = self.tokens[self.at]
        tight = after.text == "-" and not after.spaced and self.at + 1 < len(self.tokens)
        follower = self.tokens[self.at + 1] if tight else after
        if tight and follower.spaced:
            return
        if follower.kind == "word" and follower.text in _ANY:
            raise Unreadable("I can't read these words as one number", self.tokens[start].start, follower.end)

    def _number(self, first: Token) -> tuple[Rational | None, str]:
        if first.kind == "number":
            return self._digits_with_words(first), "number"
        if first.kind != "word":
            return None, ""
        ordinal = self._ordinal()
        if ordinal is not None:
            return ordinal, "ordinal"
        return self._amount(), "number"

    # 2 million, 2 thirds, 5 and a half

    def _digits_with_words(self, first: Token) -> Rational | None:
        self.at += 1
        if self.word() == "bn":
            self.at += 1
            return multiply(first.value, SCALES["billion"])
        value = self._scaled(first.value)
        if value == first.value and first.value.denominator == 1:
            divided = self._divided(first.value)
            if divided is not None:
                return divided
        mixed = self._mixed(value)
        return None if mixed == first.value else mixed

    # One hundred, a dozen, half a million, three quarters, two and a half

    def _amount(self) -> Rational | None:
        half = self._half_a()
        if half is not None:
            return half
        if self.word() in _ARTICLES:
            return self._after_article()
        if self.word() == "point":
            return self._scaled_if(self._decimals(0))
        cardinal = self._cardinal()
        if cardinal is None:
            return None
        divided = self._divided(cardinal)
        if divided is not None:
            return divided
        decimals = self._decimals(cardinal)
        if decimals is not None:
            return self._scaled(decimals)
        return self._mixed(cardinal)

    def _scaled_if(self, value: Rational | None) -> Rational | None:
        return None if value is None else self._scaled(value)

    def _after_article(self) -> Rational | None:
        self.at += 1
        word = self.word()
        if word == "hundred" or word in SCALES:
            cardinal = self._cardinal()
            return None if cardinal is None else self._mixed(cardinal)
        return self._divided(1)

    def _half_a(self) -> Rational | None:
        """``half`` alone, ``half a million``, ``half a mile`` (the article goes with it), ``quarter of a million``."""
        if self.word() not in ("half", "quarter"):
            return None
        value = ratio(1, 2 if self.word() == "half" else 4)
        self.at += 1
        if self.word() in _ARTICLES:
            self.at += 1
            return self._scaled(value)
        return value

    def _scaled(self, value: Rational) -> Rational:
        while (word := self.word()) == "hundred" or word in SCALES:
            value = multiply(value, 100 if word == "hundred" else SCALES[word])
            self.at += 1
        return value

    def _divided(self, count: Rational) -> Rational | None:
        """``three quarters``, ``one-third``: a count and what it is divided into."""
        start = self.at
        self._hyphen()
        divisor = self._divisor()
        plural = self.tokens[self.at - 1].text.endswith("s")
        if divisor is None or count == 0 or (count >= 10 and divisor >= 100) or (count >= 20 and not plural):
            self.at = start
            return None
        return multiply(count, ratio(1, divisor))

    def _divisor(self) -> int | None:
        word = self.word()
        if word in TENS:
            start = self.at
            self.at += 1
            self._hyphen()
            unit = self.word().removesuffix("s")
            if unit in _UNIT_ORDINALS:
                self.at += 1
                return TENS[word] + _UNIT_ORDINALS[unit]
            self.at = start
            return None
        if word in _DIVISORS:
            self.at += 1
            return _DIVISORS[word]
        return None

    def _hyphen(self) -> bool:
        token = self.tokens[self.at]
        follower = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        if token.text == "-" and token.kind == "op" and not token.spaced and not follower.spaced:
            self.at += 1
            return True
        return False

    def _mixed(self, value: Rational) -> Rational:
        """``two and a half``, ``one and a half million``."""
        mixed = self._and_fraction(value)
        return mixed if mixed == value else self._scaled(mixed)

    def _and_fraction(self, value: Rational) -> Rational:
        start = self.at
        if self.word() == "and" and value.denominator == 1:
            self.at += 1
            count = 1 if self.word() in _ARTICLES else ONES.get(self.word(), 0)
            self.at += 1
            part = self._divided(count) if count else None
            if part is not None and part < 1:
                if value >= 1000 and value % 1000 == 0:
                    raise Unreadable(
                        "I can't read these words as one number", self.tokens[start - 1].start, self._end()
                    )
                return add(value, part)
        self.at = start
        return value

    def _end(self) -> int:
        return self.tokens[self.at - 1].end

    # Whole numbers

    def _cardinal(self) -> Rational | None:
        total = 0
        limit: int | None = None
        while True:
            start = self.at
            if limit is not None and self.word() == "and":
                self.at += 1
            group = self._below_thousand(allow_scale_alone=limit is None)
            if group is None:
                self.at = start
                return None if limit is None else total
            scale = self._scale()
            if limit is not None and scale >= limit:
                self.at = start
                return total
            total += group * scale
            limit = scale
            if scale == 1:
                return total

    def _scale(self) -> int:
        scale = 1
        while self.word() in SCALES:
            scale *= SCALES[self.word()]
            self.at += 1
        return scale

    def _below_thousand(self, *, allow_scale_alone: bool) -> int | None:
        start = self.at
        value = self._below_hundred()
        if value is None:
            if not allow_scale_alone or (self.word() != "hundred" and self.word() not in SCALES):
                return None
            value = 1
        if self.word() == "hundred" and value > 0:
            self.at += 1
            return value * 100 + self._rest_of_hundred()
        if self.at == start and self.word() not in SCALES:
            return None
        return value

    def _rest_of_hundred(self) -> int:
        start = self.at
        if self.word() == "and":
            self.at += 1
        rest = self._below_hundred()
        divided = self.word() in _DIVISORS and self.tokens[start].text == "and"
        if rest is None or divided or self.word() == "hundred":
            self.at = start
            return 0
        return rest

    def _below_hundred(self) -> int | None:
        word = self.word()
        if word in ONES:
            self.at += 1
            return ONES[word]
        if word not in TENS:
            return None
        self.at += 1
        start = self.at
        self._hyphen()
        unit = ONES.get(self.word(), 0)
        if 0 < unit < 10:
            self.at += 1
            return TENS[word] + unit
        self.at = start
        return TENS[word]

    # Three point one four, point five

    def _decimals(self, whole: Rational) -> Rational | None:
        if self.word() != "point":
            return None
        self.at += 1
        digits = ""
        while ONES.get(self.word(), 10) < 10:
            digits += str(ONES[self.word()])
            self.at += 1
        if not digits:
            self.at -= 1
            return None
        return add(whole, ratio(int(digits), 10 ** len(digits)))

    # The tenth, the twenty-first

    def _ordinal(self) -> int | None:
        start = self.at
        word = self.word()
        if word in TENS:
            self.at += 1
            self._hyphen()
            unit = self.word()
            if unit in _UNIT_ORDINALS:
                self.at += 1
                return TENS[word] + _UNIT_ORDINALS[unit]
            self.at = start
            return None
        if word in _ORDINALS:
            self.at += 1
            return _ORDINALS[word]
        return None
