"""Reads numbers that are written with several tokens: ``3/4`` of something, ``1/2`` mile, ``1 1/2``."""

from __future__ import annotations

from mathbot.numbers.rational import inverse, multiply, ratio
from mathbot.syntax import CONSTANTS, Number

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.reading.lexer import Token
    from mathbot.reading.parser import Parser


_SHORT = {"k": 1000, "M": 1_000_000}


def read(parser: Parser) -> Number:
    """Read the number at the parser's place."""
    token = parser.token
    parser.at += 1
    return _fraction(parser, token) or _mixed(parser, token) or _shortened(parser, token)


def _fraction(parser: Parser, over: Token) -> Number | None:
    """``3/4 of 80`` and ``1/2 mile``: a fraction binds tighter there than a division would."""
    if not parser.is_op("/") or parser.token.raw != "/":
        return None
    under, after = parser.tokens[parser.at + 1], parser.tokens[parser.at + 2]
    if under.kind == "number" and under.value != 0 and after.text == "%":
        return _fraction_percent(parser, over, under)
    if under.kind != "number" or under.value == 0 or after.kind != "word":
        return None
    parser.at += 2
    if after.text == "of" or (is_tight_fraction(parser, parser.at - 3) and _unit_follows(parser)):
        return _quotient(over, under)
    parser.at -= 2
    return None


def _fraction_percent(parser: Parser, over: Token, under: Token) -> Number | None:
    """``1/2% of 200`` is half a per cent of it; ``20/5%`` is a division, and may be doubted."""
    before = parser.tokens[parser.at - 2] if parser.at > 1 else None
    if not is_tight_fraction(parser, parser.at - 1) or (before and before.text in ("/", "^")):
        return None
    behind = parser.tokens[parser.at + 3]
    if behind.kind == "number" or behind.text == "(":
        return None
    if over.value >= under.value:
        if behind.text != "of":
            parser.notes.append(f"{over.raw}/({under.raw}%)")
        return None
    parser.doubt |= behind.text != "of"
    parser.at += 2
    part = _quotient(over, under)
    return Number(part.value, f"({part.raw})")


def is_tight_fraction(parser: Parser, at: int) -> bool:
    """Is there a fraction of two numbers at ``at``, written without spaces?"""
    over, line, under = parser.tokens[at : at + 3]
    signs = over.kind == under.kind == "number" and line.raw == "/" and under.value != 0
    return signs and not line.spaced and not under.spaced


def read_tight_fraction(parser: Parser) -> Number:
    """``square root of 1/4``: a fraction written without spaces is taken whole, and the answer says so."""
    parser.at += 3
    parser.doubt = True
    return _quotient(parser.tokens[parser.at - 3], parser.tokens[parser.at - 1])


def read_below(parser: Parser) -> Number | None:
    """``3/4 ÷ 2/5`` and ``10 divided by 1/2``: what is divided by is the fraction; with two slashes it is said."""
    sign, after = parser.tokens[parser.at - 1], parser.tokens[parser.at + 3]
    if sign.text != "/" or not is_tight_fraction(parser, parser.at) or after.text in ("/", "^", "%", "of", "!"):
        return None
    slash = sign.raw == "/"
    if (slash and not (sign.spaced and parser.token.spaced)) or after.kind in ("word", "raised"):
        return None
    parser.at += 3
    parser.doubt |= slash
    part = _quotient(parser.tokens[parser.at - 3], parser.tokens[parser.at - 1])
    return Number(part.value, f"({part.raw})")


def _quotient(over: Token, under: Token) -> Number:
    return Number(multiply(over.value, inverse(under.value)), f"{over.raw}/{under.raw}")


def _unit_follows(parser: Parser) -> bool:
    if parser.is_word("x", "in", "as", "to", "and", "is", *CONSTANTS) or parser.begins_name():
        return False
    from mathbot.reading.measures import read_unit

    start = parser.at
    found = read_unit(parser) is not None
    parser.at = start
    return found


def _mixed(parser: Parser, token: Token) -> Number | None:
    """``1 1/2`` is one and a half; ``2 1/2/3`` is nothing."""
    over, _, under, after = parser.tokens[parser.at : parser.at + 4]
    if over.kind != "number" or not is_tight_fraction(parser, parser.at) or after.text == "^":
        return None
    if after.text == "/" and after.raw == "/" and not after.spaced:
        return None
    whole = all(isinstance(value, int) and value > 0 for value in (token.value, over.value, under.value))
    if not whole or over.value >= under.value or not over.spaced:
        return None
    parser.at += 3
    return Number(token.value + ratio(int(over.value), int(under.value)), parser.written(parser.at - 4))


def _shortened(parser: Parser, token: Token) -> Number:
    """``2.5k`` and ``10% of 3M``: a thousand, a million; the answer says so."""
    times = _SHORT.get(parser.token.raw, 0) if parser.token.kind == "word" and not parser.token.spaced else 0
    if not times or not _is_shortened(parser, token):
        return Number(token.value, token.raw)
    parser.at += 1
    value = multiply(token.value, times)
    written = f"{token.raw}{parser.tokens[parser.at - 1].raw}"
    number = Number(value, str(value) if isinstance(value, int) and value >= 0 else written)
    parser.notes.append(f"{written} = {number.raw}")
    return number


def _is_shortened(parser: Parser, token: Token) -> bool:
    """``2k + 3k`` has an unknown in it, and so has whatever has other letters."""
    letters = {token.raw for token in parser.tokens if token.kind == "word" and len(token.text) == 1}
    texts = {token.text for token in parser.tokens}
    if parser.letters or "=" in texts or letters - _SHORT.keys() or any(raw.lower() in parser.names for raw in letters):
        return False
    numbers = [token.raw for token in parser.tokens if token.kind == "number"]
    return parser.tokens[2].kind == "end" or bool(texts & {"of", "%"}) or any("." in raw for raw in numbers)
