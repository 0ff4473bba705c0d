"""Numbers that are read in another notation: ``ff in hex to decimal``, ``binary 1010``, ``1010 base 2``, ``XIV``.

Works on tokens, before anything else reads words: each such number becomes one token of kind number.
"""

from __future__ import annotations

from mathbot.limits import MAX_DIGITS, TooLarge, Unreadable
from mathbot.reading.lexer import Token
from mathbot.reading.questions import ROMAN_TEXT

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine

_BASES = {"hex": 16, "hexadecimal": 16, "binary": 2, "bin": 2, "octal": 8, "oct": 8, "decimal": 10, "denary": 10}
_LINKS = ("to", "in", "into", "as", "->")
_TARGETS = (*_BASES, "base", "number", "numbers", "arabic", "roman")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SAID_SIGNS = ("plus", "minus", "times", "by", "divided", "multiplied", "over")
_COMPARED = ("=", "<", ">", "<=", ">=", "!=")
_LEADING = ("convert", "change", "what", "is", "what's", "the", "value", "of", "write", "express", "number", "from")


def rewrite(tokens: list[Token]) -> list[Token]:
    """Return ``tokens`` with numbers in other notations made numbers."""
    words = {token.text for token in tokens if token.kind == "word"}
    if words & (_BASES.keys() | {"base"}):
        tokens = _based(tokens)
    return _roman(tokens, words)


def _based(tokens: list[Token]) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        token, at = _before(tokens, at) or _behind(tokens, at) or (tokens[at], at + 1)
        found.append(token)
    return _named_first(found)


def _base_at(tokens: list[Token], at: int) -> tuple[int, int]:
    """Return the base that is named at ``at``, and how many tokens name it; (0, 0) where none is."""
    token = tokens[min(at, len(tokens) - 1)]
    if token.kind == "word" and token.text in _BASES:
        more = tokens[at + 1].kind == "word" and tokens[at + 1].text in ("number", "notation", "value", "digits")
        return _BASES[token.text], 1 + more
    if token.text == "base" and tokens[at + 1].kind == "number" and tokens[at + 1].raw.isdigit():
        return int(tokens[at + 1].value), 2
    return 0, 0


def _run(tokens: list[Token], at: int) -> tuple[str, int]:
    """Return the letters and digits without a space between them that begin at ``at``, and where they end."""
    end = at
    while (
        tokens[end].kind in ("number", "word") and tokens[end].raw.isalnum() and (end == at or not tokens[end].spaced)
    ):
        end += 1
    return "".join(token.raw for token in tokens[at:end]).lower(), end


def _before(tokens: list[Token], at: int) -> tuple[Token, int] | None:
    """``hex ff``, ``binary 1010``, where no ``in`` or ``to`` makes the base the one that is wanted."""
    base, length = _base_at(tokens, at)
    wanted = at > 0 and tokens[at - 1].text in _LINKS
    if not base or wanted or tokens[at].text == "base":
        return None
    digits, end = _run(tokens, at + length)
    if not digits or digits in (
        "of",
        "for",
        "form",
        "representation",
        "equivalent",
        "to",
        "in",
        "point",
        "places",
        "place",
    ):
        return None
    if base == 10 and not digits.isdigit():
        return None
    return _number(tokens, at + length, end, digits, base), end


def _behind(tokens: list[Token], at: int) -> tuple[Token, int] | None:
    """``1010 binary to …``, ``1010 base 2 in …``, ``1010 in binary to …``, ``ff from hex``."""
    digits, end = _run(tokens, at)
    if not digits or tokens[at].text in _TARGETS or not _may_be_digits(digits):
        return None
    source = tokens[end].text == "from"
    linked = tokens[end].text in _LINKS or source
    base, length = _base_at(tokens, end + linked)
    after = end + linked + length
    if not base or (base == 10 and not (source and digits.isdigit())) or not (source or _target_follows(tokens, after)):
        return None
    return _number(tokens, at, end, digits, base), after


def _target_follows(tokens: list[Token], at: int) -> bool:
    if tokens[at].text not in _LINKS:
        return False
    while tokens[at].text in (*_LINKS, "a", "an", "the"):
        at += 1
    return tokens[at].kind == "word" and tokens[at].text in _TARGETS


def _may_be_digits(digits: str) -> bool:
    return digits[0].isdigit() or all(digit in "abcdef" for digit in digits)


def _named_first(tokens: list[Token]) -> list[Token]:
    """``binary to decimal 1010``, ``convert from hex to binary ff``: the bases stand before the number."""
    at = next((at for at, token in enumerate(tokens) if _base_at(tokens, at)[0]), 0)
    base, length = _base_at(tokens, at)
    if not base or tokens[at + length].text != "to" or any(token.text not in _LEADING for token in tokens[:at]):
        return tokens
    target, more = _base_at(tokens, at + length + 1)
    start = at + length + 1 + more
    while target and tokens[start].text in (":", ","):
        start += 1
    digits, end = _run(tokens, start) if target else ("", 0)
    if not digits or tokens[end].kind != "end":
        return tokens
    return [_number(tokens, start, end, digits, base), *tokens[at + length : at + length + 1 + more], tokens[end]]


def _number(tokens: list[Token], start: int, end: int, digits: str, base: int) -> Token:
    first, last = tokens[start], tokens[end - 1]
    if not 2 <= base <= 36 or any(digit not in _DIGITS[:base] for digit in digits):
        raise Unreadable(f'"{digits}" is no number in base {base}', first.start, last.end)
    if len(digits) > MAX_DIGITS:
        raise TooLarge
    return Token("number", digits, int(digits, base), first.start, last.end, first.spaced, digits)


def _roman(tokens: list[Token], words: set[str]) -> list[Token]:
    """``XIV in decimal``, ``roman numeral XIV``, and a numeral that stands alone."""
    if not any(token.raw.isupper() and len(token.raw) < 16 for token in tokens if token.kind == "word"):
        return tokens
    from mathbot.writing.notations import read_roman

    named = next((at for at, token in enumerate(tokens) if token.text == "roman"), None)
    computed = _roman_sum(tokens, named is not None)
    if computed:
        return computed
    at = next((at for at, token in enumerate(tokens) if token.kind == "word" and read_roman(token.raw)), None)
    if at is None or not (_asks_arabic(tokens, at + 1) or (named is not None and named < at) or _alone(tokens, at)):
        return tokens
    token, value = tokens[at], read_roman(tokens[at].raw)
    number = Token("number", token.text, value or 0, token.start, token.end, token.spaced, token.raw)
    before = [] if named is not None and named < at else tokens[:at]
    return [*before, number, *tokens[at + 1 :]]


def _roman_sum(tokens: list[Token], named: bool) -> list[Token]:
    """``XIV + VI``: every word is a numeral, and none a unit; empty where that can be doubted."""
    from itertools import pairwise

    from mathbot.quantities.units import find
    from mathbot.writing.notations import read_roman

    found: list[Token] = []
    count = 0
    for token, before in zip(tokens, (None, *tokens), strict=False):
        value = read_roman(token.raw) if token.kind == "word" and token.raw.isupper() else None
        beside = (
            before is not None and before.kind in ("number", "word") and before.text not in (*_SAID_SIGNS, *_LEADING)
        )
        sure = named or (len(token.raw) > 1 and find(token.raw) is None)
        if value and sure and not (beside and not _is_roman_word(before)):
            count += named or len(set(token.raw)) > 1 or any(other.text == ROMAN_TEXT for other in found)
            found.append(Token("number", ROMAN_TEXT, value, token.start, token.end, token.spaced, str(value)))
        elif token.kind == "word" and not _is_around(token, named):
            return []
        elif token.text not in ("roman", "numeral", "numerals") or _is_wanted(found):
            found.append(token)
    signs = any(token.text in _SAID_SIGNS or token.text in ("+", "-", "*", "/") for token in tokens)
    compared = any(
        token.text in _COMPARED and after.kind != "end" and after.text != "?" for token, after in pairwise(tokens)
    )
    return found if count and signs and not compared else []


def _is_roman_word(token: Token | None) -> bool:
    return token is not None and token.text in ("roman", "numeral", "numerals")


def _is_around(token: Token, named: bool) -> bool:
    """Is it a word that may stand around numerals?"""
    return token.text in (*_SAID_SIGNS, *_LEADING) or (named and (_is_roman_word(token) or token.text in _LINKS))


def _is_wanted(found: list[Token]) -> bool:
    """``in roman numerals`` says how the answer is to be written."""
    return any(token.text in _LINKS for token in found)


def _asks_arabic(tokens: list[Token], at: int) -> bool:
    while tokens[at].text in (*_LINKS, "a", "an", "roman"):
        at += 1
    return tokens[at].kind == "word" and tokens[at].text in ("decimal", "number", "numbers", "arabic", "digits")


def _alone(tokens: list[Token], at: int) -> bool:
    return len(tokens) == at + 2 and len(tokens[at].raw) > 1 and all(token.text in _LEADING for token in tokens[:at])
