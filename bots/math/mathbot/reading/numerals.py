"""Reads numbers that are written with several tokens: ``3/4`` of something, ``1/2`` mile, ``1 1/2``."""

from __future__ import annotations

from mathbot.numbers.rational import inverse, multiply, ratio
from mathbot.syntax import CONSTANTS, Number

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.reading.lexer import Token
    from mathbot.reading.parser import Parser


def read(parser: Parser) -> Number:
    """Read the number at the parser's place."""
    token = parser.token
    parser.at += 1
    return _fraction(parser, token) or _mixed(parser, token) or Number(token.value, token.raw)


def _fraction(parser: Parser, over: Token) -> Number | None:
    """``3/4 of 80`` and ``1/2 mile``: a fraction binds tighter there than a division would."""
    if not parser.is_op("/") or parser.token.raw != "/":
        return None
    under, after = parser.tokens[parser.at + 1], parser.tokens[parser.at + 2]
    if under.kind != "number" or under.value == 0 or after.kind != "word":
        return None
    parser.at += 2
    if after.text == "of" or (is_tight_fraction(parser, parser.at - 3) and _unit_follows(parser)):
        return _quotient(over, under)
    parser.at -= 2
    return None


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
    if over.kind != "number" or not is_tight_fraction(parser, parser.at) or after.text in ("/", "^"):
        return None
    whole = all(isinstance(value, int) and value > 0 for value in (token.value, over.value, under.value))
    if not whole or over.value >= under.value or not over.spaced:
        return None
    parser.at += 3
    return Number(token.value + ratio(int(over.value), int(under.value)), parser.written(parser.at - 4))
