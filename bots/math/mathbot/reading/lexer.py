"""Text → tokens. Knows how numbers and symbols are written, in ASCII and Unicode; knows no words and no grammar."""

from __future__ import annotations

from mathbot.limits import MAX_DIGITS, MAX_TEXT, MAX_TOKENS, Declined, TooLarge, Unreadable
from mathbot.numbers.rational import integer_power, multiply, ratio

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.numbers.rational import Rational


class Token:
    """One word, number or sign. ``kind`` is number, ordinal, word, op, or end; later stages add kinds of their own."""

    __slots__ = ("end", "kind", "raw", "spaced", "start", "text", "value")
    __match_args__ = ("kind", "text", "value", "start", "end", "spaced", "raw")

    def __init__(self, kind: str, text: str, value: Rational, start: int, end: int, spaced: bool, raw: str) -> None:
        self.kind = kind
        self.text = text
        """As written, in lower case."""
        self.value = value
        """Of a number; 0 for all others."""
        self.start = start
        self.end = end
        self.spaced = spaced
        """Is there white space before it?"""
        self.raw = raw
        """As written; what ``text`` means, once ``phrases`` has read a phrase."""


_SIGNS = {
    "×": "*", "·": "*", "⋅": "*", "∙": "*", "✕": "*", "✖": "*", "∗": "*",
    "÷": "/", "∕": "/", "⁄": "/",
    "−": "-", "–": "-", "﹣": "-", "＋": "+", "＝": "=",
    "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "⟶": "->",
    "[": "(", "]": ")", "{": "(", "}": ")", "（": "(", "）": ")",
    "°": "°", "√": "√", "∛": "∛", "∜": "∜", "′": "'", "″": '"', "”": '"', "％": "%",
}  # fmt: skip
_LONG_SIGNS = ("**", "//", "==", "<=", ">=", "!=", "<>", "->", "=>", "''")
_MEANING = {"**": "^", "==": "=", "<>": "!=", "=>": "->", "''": '"'}
_PLAIN = "+-*/^()=<>!%|,;?.:_'\"…"
_VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅐": (1, 7), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
    "⅑": (1, 9), "⅒": (1, 10),
}  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))
_GREEK = {
    "π": "pi", "τ": "tau", "φ": "phi", "ϕ": "phi", "∞": "infinity", "∫": "integral", "∑": "sum", "Σ": "sum", "∂": "∂",
}  # fmt: skip
_CURRENCY = "$€£¥₹"
_DIGIT_NAMES = ("log2", "log10", "log_2", "log_10", "atan2")
_BASES = {"x": (16, "0123456789abcdef"), "o": (8, "01234567"), "b": (2, "01")}
_DIGITS = "0123456789"
_BEHIND_POINT = tuple("+-−–*×·/÷^)")
"""Signs before which a point ends a number, as in ``5. + 3``."""
_DATE_TOKENS = 6
_QUOTES = {"’": "'", "‘": "'", "ʼ": "'"}
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", _DIGITS, strict=True))
_PAIRED = {"“": "”", "„": "“", "«": "»", '"': '"', "'": "'", "`": "`", "‘": "’"}
_INCH_SIGNS = ("'", '"', "”", "″")
_FULL_WIDTH = 0xFEE0
"""How far the full-width forms of ASCII are from ASCII."""


def clean(text: str) -> str:
    """Return ``text`` without what nobody sees or means: invisible characters, full width, quotes around all of it."""
    if not text.isascii():
        text = "".join(map(_plain_character, text))
    bare = text.strip()
    if len(bare) > 2 and _PAIRED.get(bare[0]) == bare[-1] and not {bare[0], bare[-1]}.intersection(bare[1:-1]):
        text = bare[1:-1]
    stem = text.rstrip()
    return stem.rstrip("!?") + "?" if stem.endswith("?!") else text


def _plain_character(char: str) -> str:
    if char.isdecimal():
        return str(int(char))
    if "\uff01" <= char <= "\uff5e":
        return chr(ord(char) - _FULL_WIDTH)
    if "a" <= char.lower() <= "z" or char.isprintable() or char.isspace():
        return char
    from unicodedata import category

    return "" if category(char) == "Cf" else char


def tokenize(text: str) -> list[Token]:
    """Return the tokens of ``text`` with one of kind ``end`` behind them."""
    if len(text) > MAX_TEXT:
        raise Declined(f"That is too long: I read up to {MAX_TEXT:,} characters.")
    tokens = _Lexer(text).run()
    _decline_date(tokens)
    return tokens


def _decline_date(tokens: list[Token]) -> None:
    """``2024-01-31`` and ``12/25/2024`` are no arithmetic."""
    if len(tokens) != _DATE_TOKENS:
        return
    tight = not any(token.spaced for token in tokens[1:5])
    lengths = [len(token.text) for token in tokens[0:5:2]]
    sign = tokens[1].text
    if tight and sign == tokens[3].text and (lengths, sign) in (([4, 2, 2], "-"), ([4, 2, 2], "/")):
        raise Declined("That looks like a date, and I don't compute with dates.")
    if tight and sign == tokens[3].text and sign in "-/" and lengths[2] == 4 and max(lengths[:2]) <= 2:
        raise Declined("That looks like a date, and I don't compute with dates.")


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.tokens: list[Token] = []

    def run(self) -> list[Token]:
        text, size = self.text, len(self.text)
        spaced = False
        while self.at < size:
            char = text[self.at]
            if char == "\n" and self.tokens:
                self._emit("op", "\n", self.at, self.at + 1, spaced)
                spaced = True
                continue
            if not char.isspace():
                self._next(char, spaced)
                spaced = False
                if len(self.tokens) > MAX_TOKENS:
                    raise Declined(f"That is too long: I read up to {MAX_TOKENS:,} numbers and signs.")
                continue
            spaced = True
            self.at += 1
        self._emit("end", "", size, size, spaced)
        return self.tokens

    def _next(self, char: str, spaced: bool) -> None:
        if char in _DIGITS or (char == "." and self._peek(1) in _DIGITS and self._peek(1)):
            self._number(spaced)
        elif char in _VULGAR:
            self._emit("number", char, self.at, self.at + 1, spaced, ratio(*_VULGAR[char]))
        elif char in _RAISED:
            self._raised(spaced)
        elif char in _LOWERED:
            self._lowered()
        elif char in _GREEK:
            self._emit("word", _GREEK[char], self.at, self.at + 1, spaced)
        elif char in _CURRENCY:
            self._emit("word", char, self.at, self.at + 1, spaced)
        elif char.isalpha():
            self._word(spaced)
        else:
            self._sign(char, spaced)

    def _peek(self, offset: int) -> str:
        return self.text[self.at + offset : self.at + offset + 1]

    def _emit(self, kind: str, text: str, start: int, end: int, spaced: bool, value: Rational = 0) -> None:
        self.tokens.append(Token(kind, text, value, start, end, spaced, self.text[start:end]))
        self.at = end

    def _sign(self, char: str, spaced: bool) -> None:
        start = self.at
        long = self.text[start : start + 2]
        if self.text.startswith("...", start):
            self._emit("op", "…", start, start + 3, spaced)
            return
        if long in _LONG_SIGNS:
            self._emit("op", _MEANING.get(long, long), start, start + 2, spaced)
            return
        sign = _SIGNS.get(char) or _QUOTES.get(char) or (char if char in _PLAIN else "")
        if not sign:
            raise Unreadable(f'I can\'t read "{char}"', start, start + 1)
        self._emit("op", sign, start, start + 1, spaced)

    def _word(self, spaced: bool) -> None:
        start = end = self.at
        text, size = self.text, len(self.text)
        while end < size and ((text[end].isalpha() and text[end] not in _GREEK) or self._inner_sign(end)):
            end += 1
        for name in _DIGIT_NAMES:
            if text.startswith(name, start) and not text[start + len(name) : start + len(name) + 1].isdigit():
                end = max(end, start + len(name))
        word = text[start:end].lower()
        for quote, plain in _QUOTES.items():
            word = word.replace(quote, plain)
        self._emit("word", word, start, end, spaced)

    def _inner_sign(self, at: int) -> bool:
        """``what's``, and ``my_age`` as a name; ``log_b`` is none."""
        within = at > self.at and self.text[at + 1 : at + 2].isalpha()
        return within and (self.text[at] in "'’‘ʼ" or (self.text[at] == "_" and self.text[self.at : at] != "log"))

    def _raised(self, spaced: bool) -> None:
        start = end = self.at
        while end < len(self.text) and self.text[end] in _RAISED:
            end += 1
        digits = "".join(_RAISED[c] for c in self.text[start:end])
        sign, number = ("-", digits[1:]) if digits[0] in "-+" else ("", digits)
        if not number.isdigit() or len(number) > 6:
            raise Unreadable("I can't read the power", start, end)
        value = int(number)
        self._emit("raised", self.text[start:end], start, end, spaced, -value if sign and digits[0] == "-" else value)

    def _lowered(self) -> None:
        """``1010₂`` is a number in base 2; ``log₂`` is a logarithm to base 2."""
        start = end = self.at
        while end < len(self.text) and self.text[end] in _LOWERED:
            end += 1
        digits = "".join(_LOWERED[c] for c in self.text[start:end])
        before = self.tokens[-1] if self.tokens else None
        if before and before.kind == "number" and before.end == start and before.text.isdigit():
            self._in_base(self.tokens.pop(), digits, end)
        elif before and before.text == "log":
            self._emit("op", "_", start, start, False)
            self._emit("number", digits, start, end, False, int(digits))
        else:
            raise Unreadable(f'I can\'t read "{self.text[start:end]}"', start, end)

    def _in_base(self, number: Token, base: str, end: int) -> None:
        if len(base) > 2 or not 2 <= int(base) <= 10 or int(max(number.text)) >= int(base):
            raise Unreadable(f'"{number.text}" is no number in base {base}', number.start, end)
        self._emit(
            "number", self.text[number.start : end], number.start, end, number.spaced, int(number.text, int(base))
        )

    # Numbers

    def _number(self, spaced: bool) -> None:
        start = self.at
        base = _BASES.get(self._peek(1).lower()) if self._peek(0) == "0" else None
        if base and self._peek(2).lower() in base[1] and self._peek(2):
            self._based(*base, spaced)
            return
        whole, point, end = self._mantissa()
        if self._repeating(start, end, whole, point, spaced):
            return
        exponent, end = self._exponent(end)
        text = self.text[start:end]
        if len(whole) + len(point) > MAX_DIGITS + 1 or abs(exponent) > MAX_DIGITS:
            raise TooLarge
        self._check_end(start, end)
        value = multiply(int(whole + point), integer_power(10, exponent - len(point)))
        suffix = self.text[end : end + 2].lower()
        ordinal = suffix in ("st", "nd", "rd", "th") and not self.text[end + 2 : end + 3].isalpha()
        stones = suffix == "st" and (not whole.endswith("1") or whole.endswith("11"))
        if ordinal and not stones:
            self._emit("ordinal", text, start, end + 2, spaced, value)
            return
        if self.text[end : end + 3].lower() == "ths" and self.tokens and self.tokens[-1].text == "/":
            end += 3
        self._emit("number", text, start, end, spaced, value)
        self._mixed(start)

    def _repeating(self, start: int, end: int, whole: str, point: str, spaced: bool) -> bool:
        """``0.333...`` and ``0.(3)``; also ``0.3 repeating``."""
        behind = self.text[end : end + 2]
        dotted = behind in ("..", ".(") or behind[:1] == "…"
        if not dotted and not (point and self.text[end:].lstrip()[:2].lower() == "re"):
            return False
        from mathbot.reading import repeating

        found = repeating.read(self.text, start, end, whole, point)
        if found:
            self._emit("number", whole + "." + point, start, found[1], spaced, found[0])
        return found is not None

    def _run(self, at: int, allowed: str = _DIGITS) -> int:
        text, size = self.text, len(self.text)
        while at < size and text[at] in allowed:
            at += 1
        return at

    def _mantissa(self) -> tuple[str, str, int]:
        """Return the digits before and after the point, and where they end."""
        start = self.at
        end = self._run(start)
        end = self._grouped(start, end)
        whole = self.text[start:end].translate(_NO_GROUPS)
        if self.text[end : end + 1] == "." and self.text[end + 1 : end + 2] not in (".", ""):
            stop = self._run(end + 1)
            if self.text[end + 1 :].lstrip()[:1] in _BEHIND_POINT:
                return whole, "", end + 1
            if stop > end + 1 or not self.text[end + 1].isalpha():
                return whole, self.text[end + 1 : stop], stop if stop > end + 1 else end
        return whole, "", end

    def _grouped(self, start: int, end: int) -> int:
        """Take in thousands separators, where the groups are right; inside brackets ``calls`` may take them apart."""
        if not 1 <= end - start <= 3 or self.text[start] == "0":
            return end
        for separator in (",", "\u00a0", "\u202f", "\u2009", "_", "'", "’"):
            stop = self._groups(end, separator)
            if stop > end and not (separator in "'’" and self.text[stop : stop + 1] in _INCH_SIGNS):
                return stop
        stop = self._groups(end, " ")
        return stop if stop - end >= 8 else end

    def _groups(self, at: int, separator: str) -> int:
        while self.text[at : at + 1] == separator:
            stop = self._run(at + 1)
            if stop - at != 4:
                break
            at = stop
        return at

    def _exponent(self, end: int) -> tuple[int, int]:
        """Return the power of ten after ``e`` and where it ends."""
        if self.text[end : end + 1] not in ("e", "E"):
            return 0, end
        digits = end + 2 if self.text[end + 1 : end + 2] in ("+", "-", "−") else end + 1
        stop = self._run(digits)
        if stop == digits:
            return 0, end
        if stop - digits > 9:
            raise TooLarge
        power = int(self.text[digits:stop])
        return (-power if self.text[end + 1] in "-−" else power), stop

    def _check_end(self, start: int, end: int) -> None:
        """A second point, or a group of the wrong length, right after a number makes it unreadable."""
        after = self.text[end : end + 2]
        if len(after) == 2 and after[0] == "." and (after[1] in _DIGITS or after[1] == "."):
            raise Unreadable("I can't read the number", start, end)
        if after[:1] == "_":
            raise Unreadable("I can't read the number", start, end + 1)

    def _mixed(self, start: int) -> None:
        """``2½`` is one number."""
        char = self._peek(0)
        if char in _VULGAR and char:
            number = self.tokens.pop()
            value = number.value + ratio(*_VULGAR[char])
            self._emit("number", self.text[start : self.at + 1], start, self.at + 1, number.spaced, value)

    def _based(self, base: int, digits: str, spaced: bool) -> None:
        start = self.at
        end = self._run(start + 2, digits + digits.upper())
        if self.text[end : end + 1].isalnum() or self.text[end : end + 1] in (".", "_"):
            raise Unreadable(f'I can\'t read "{self.text[start : end + 1]}" as a number', start, end + 1)
        if end - start > MAX_DIGITS:
            raise TooLarge
        self._emit("number", self.text[start:end], start, end, spaced, int(self.text[start + 2 : end], base))


_NO_GROUPS = {ord(c): None for c in ", _'’\u00a0\u202f\u2009"}
