"""Reads what a function is applied to: ``log base 2 of 8``, ``gcd of 12 and 18``, ``sin 30°``, ``sin²(x)``."""

from __future__ import annotations

from mathbot.limits import Unreadable
from mathbot.numbers.functions import FUNCTIONS, INVERSES, TRIGONOMETRY
from mathbot.reading.lexer import Token
from mathbot.syntax import CONSTANTS, Call, Measure, Name, Number, Power, Product, Sum, names_in, show

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.numbers.functions import Function
    from mathbot.reading.parser import Parser
    from mathbot.syntax import Node

_WRITTEN_BEHIND = (*CONSTANTS, "x")


def read(parser: Parser, written: str) -> Node:
    """Read a call; the parser stands at the function's name."""
    opening = parser.token
    parser.at += 1
    if written == "root" and not parser.is_op("("):
        written = "sqrt"
        parser.doubt |= parser.at > 1 and parser.tokens[parser.at - 2].kind == "number"
    function = FUNCTIONS[written]
    if function.name == "log":
        _take_to_base(parser)
        _decline_lost_base(parser)
    if function.name == "log" and (parser.is_word("base") or parser.is_op("_")):
        parser.at += 1
        return _log_with_base(parser)
    if function.name == "log" and _base_is_tight(parser):
        return _log_with_base(parser)
    power = _power_of_function(parser)
    arguments = _arguments(parser, opening, written)
    if not function.least <= len(arguments) <= function.most:
        raise Unreadable(f"I don't see what {written} is applied to", opening.start, opening.end)
    if function.name == "log":
        return _logarithm(parser, arguments, power)
    if function.name == "root":
        parser.notes.append(f"root of degree {show(arguments[1])} of {show(arguments[0])}")
    return _raised(parser, function.name, arguments, power)


def _arguments(parser: Parser, opening: Token, written: str) -> tuple[Node, ...]:
    function = FUNCTIONS[written]
    if parser.is_op("(") and (opening.kind != "list" or _closes_at_end_of_list(parser)):
        return _bracketed(parser, function)
    if function.style == "list":
        return _written_out(parser, function.name) or _list(parser)
    if function.style == "call":
        raise Unreadable(f"{written} wants brackets: {written}(…)", opening.start, opening.end)
    return (_bare(parser, opening, function.name),)


def _decline_lost_base(parser: Parser) -> None:
    """``log3(9)``: to base 3, or of 3?"""
    digits, opening = parser.token, parser.tokens[parser.at + 1]
    if digits.kind == "number" and not digits.spaced and opening.text == "(" and not opening.spaced:
        raise Unreadable("I can't tell the base from the number: write log base 2 of 8", digits.start, digits.end)


def _logarithm(parser: Parser, arguments: tuple[Node, ...], power: Number | None) -> Node:
    """``log 8 base 2``, ``log(8, 2)``; without a base it is 10, and the answer says so."""
    _take_to_base(parser)
    if parser.take_word("base"):
        parser.take_word("of")
        base = parser.token
        if len(arguments) > 1:
            raise parser.unreadable()
        return _raised(parser, "logbase", (arguments[0], _base(parser, base)), power)
    if len(arguments) > 1:
        parser.notes.append(f"log of {show(arguments[0])} to base {show(arguments[1])}")
        return _raised(parser, "logbase", arguments, power)
    parser.notes.append("log to base 10")
    return _raised(parser, "log10", arguments, power)


def _take_to_base(parser: Parser) -> None:
    """``log to base 2 of 8``, ``log of 8 with a base of 2``: move on to the word ``base``."""
    start = parser.at
    if parser.take_word("to", "in", "with"):
        parser.take_word("the", "a")
        if not parser.is_word("base"):
            parser.at = start


def _power_of_function(parser: Parser) -> Number | None:
    """``sin²(x)``, ``sin^2(x)``, ``sin^-1(x)``."""
    token = parser.token
    if token.kind == "raised":
        parser.at += 1
        return Number(token.value, token.text)
    if not parser.take_op("^"):
        return None
    negative = parser.take_op("-")
    exponent = parser.token
    if exponent.kind != "number":
        raise parser.unreadable()
    parser.at += 1
    return Number(-exponent.value if negative else exponent.value, exponent.raw)


def _raised(parser: Parser, name: str, arguments: tuple[Node, ...], power: Number | None) -> Node:
    if power is None:
        return Call(name, arguments)
    if power.value == -1 and name in INVERSES:
        parser.doubt = True
        return Call(INVERSES[name], arguments)
    if not isinstance(power.value, int) or power.value < 1:
        raise Unreadable("I can't read that power of a function", parser.token.start, parser.token.end)
    return Power(Call(name, arguments), power)


def _base_is_tight(parser: Parser) -> bool:
    """``log5 25``: written together, with another number apart."""
    base, of = parser.token, parser.tokens[parser.at + 1]
    tight = base.kind == "number" and base.raw.isdigit() and not base.spaced
    if tight and of.spaced and of.kind == "word" and len(of.text) == 1:
        parser.doubt = True
        return True
    return tight and of.kind == "number" and of.spaced


def _log_with_base(parser: Parser) -> Node:
    of = _base(parser, parser.token)
    parser.take_word("of")
    return Call("logbase", (parser.bare_argument(), of))


def _base(parser: Parser, base: Token) -> Node:
    """Read a number, e, or an unknown."""
    letter = base.kind == "word" and len(base.text) == 1 and base.text.isascii()
    if base.kind != "number" and not letter:
        raise parser.unreadable()
    parser.at += 1
    return Name(base.text, base.start, base.end) if letter else Number(base.value, base.raw)


def _bare(parser: Parser, opening: Token, name: str) -> Node:
    """``sin 30°``, ``sqrt 2x``: one factor, and constants or unknowns that are written right behind it."""
    parser.take_word("of")
    factors: list[tuple[str, Node]] = [("*", parser.bare_argument())]
    while (token := parser.token).kind == "word" and (token.text in _WRITTEN_BEHIND or token.text in parser.names):
        parser.doubt = True
        parser.at += 1
        factors.append(("*", Name(token.text, token.start, token.end)))
    of_pi = name in TRIGONOMETRY and "pi" in names_in(Product(tuple(factors)))
    divisor = None if isinstance(factors[0][1], Measure) else _divisor(parser, of_pi)
    if divisor:
        factors.append(("/", divisor))
    parser.loosen(opening.kind == "func")
    return Product(tuple(factors)) if len(factors) > 1 else factors[0][1]


def _divisor(parser: Parser, of_angle: bool) -> Node | None:
    """``sin pi/2``: what is written tight, or is a part of pi, belongs to the argument; the answer says so."""
    line, below = parser.token, parser.tokens[parser.at + 1]
    tight = line.raw == "/" and not line.spaced and not below.spaced
    if not parser.is_op("/") or below.kind != "number" or not (tight or of_angle):
        return None
    parser.at += 2
    parser.doubt = True
    return Number(below.value, below.raw)


# Several arguments


def _closes_at_end_of_list(parser: Parser) -> bool:
    """Is the bracket here around the whole list (``gcd of (12, 18)``) rather than its first member?"""
    depth = 0
    for at in range(parser.at, len(parser.tokens)):
        text = parser.tokens[at].text
        depth += (text == "(") - (text == ")")
        if depth == 0:
            return parser.tokens[at + 1].text not in (",", "and", "+", "-", "*", "/", "^")
    return False


def _bracketed(parser: Parser, function: Function) -> tuple[Node, ...]:
    """Read ``(a, b, …)``. Here a comma without a space is a separator, also where it looks like a thousand's."""
    opening = parser.token
    several = function.most > 1
    if several:
        _take_groups_apart(parser, function)
    parser.at += 1
    parser.listing += several
    arguments = [parser.sum()]
    while parser.take_op(",", ";") or (several and (parser.take_word("and") or _another_number(parser))):
        arguments.append(parser.sum())
    parser.listing -= several
    if not parser.take_op(")"):
        raise Unreadable('A ")" is missing', opening.start, opening.end)
    return tuple(arguments)


def _take_groups_apart(parser: Parser, function: Function) -> None:
    """Split ``12,180`` into two numbers, up to the closing bracket."""
    end = _closing(parser)
    inside = parser.tokens[parser.at + 1 : end]
    spaced = any(token.text == "," and inside[k + 1 : k + 2] and inside[k + 1].spaced for k, token in enumerate(inside))
    grouped = [token for token in inside if token.kind == "number" and "," in token.raw]
    if not grouped or spaced:
        return
    if function.least < 2 and function.style == "one":
        raise Unreadable(f'I can\'t tell whether "{grouped[0].raw}" is one number', grouped[0].start, grouped[0].end)
    split = [part for token in inside for part in (_split(token) if token in grouped else [token])]
    parser.tokens[parser.at + 1 : end] = split


def _closing(parser: Parser) -> int:
    depth = 0
    for at in range(parser.at, len(parser.tokens)):
        depth += (parser.tokens[at].text == "(") - (parser.tokens[at].text == ")")
        if depth == 0:
            return at
    return len(parser.tokens) - 1


def _split(token: Token) -> list[Token]:
    tokens: list[Token] = []
    for position, part in enumerate(token.raw.replace(" ", ",").split(",")):
        if "." in part or (len(part) > 1 and part.startswith("0")):
            raise Unreadable(f'I can\'t tell whether "{token.raw}" is one number', token.start, token.end)
        if position:
            tokens.append(Token("op", ",", 0, token.start, token.end, False, ","))
        tokens.append(Token("number", part, int(part), token.start, token.end, False, part))
    return tokens


def _written_out(parser: Parser, name: str) -> tuple[Node, ...]:
    """``the sum of 6+8`` is that sum; empty where it is no such thing."""
    if name not in ("sum", "product"):
        return ()
    start, doubt, notes = parser.at, parser.doubt, list(parser.notes)
    parser.listing += 1
    node = parser.sum()
    parser.listing -= 1
    if parser.token.kind == "end" and isinstance(node, Sum if name == "sum" else Product):
        return (node,)
    parser.at, parser.doubt, parser.notes = start, doubt, notes
    return ()


def _list(parser: Parser) -> tuple[Node, ...]:
    """Read ``3, 4 and 5``. All but the last may be whole sums; behind the last, an operator is in doubt."""
    parser.take_word("of")
    parser.take_word("the")
    parser.take_word("numbers")
    return tuple(members(parser))


def members(parser: Parser) -> list[Node]:
    """Read two or more expressions with commas and ``and`` between them."""
    start, doubt = parser.at, parser.doubt
    if parser.token.kind == "number" and not parser.token.raw.isalnum():
        _take_list_apart(parser)
    parser.listing += 1
    arguments = [_member(parser)]
    while _separator(parser):
        arguments.append(_member(parser))
    parser.listing -= 1
    parser.loosen(True)
    if all(isinstance(argument, Power) for argument in arguments):
        parser.doubt = doubt
    _doubt_groups(parser, start)
    if len(arguments) < 2:
        raise parser.unreadable()
    return arguments


def _doubt_groups(parser: Parser, start: int) -> None:
    """``100,200 and 300``: two numbers or three?"""
    numbers = [token for token in parser.tokens[start : parser.at] if token.kind == "number"]
    grouped = sum("," in token.raw for token in numbers)
    commas = any(token.text == "," for token in parser.tokens[start : parser.at])
    if 0 < grouped < len(numbers) and not commas:
        parser.doubt = True


def _take_list_apart(parser: Parser) -> None:
    """``mean of 100,200,300`` or ``100 200 300``: a single number with groups is a list there."""
    following, raw = parser.tokens[parser.at + 1], parser.token.raw
    written = not any(map(str.isalpha, raw)) and ("," in raw or " " in raw)
    if written and following.text not in (",", "and") and following.kind != "number":
        parser.tokens[parser.at : parser.at + 1] = _split(parser.token)
        parser.doubt = True


def _member(parser: Parser) -> Node:
    start, doubt, notes = parser.at, parser.doubt, list(parser.notes)
    whole = parser.sum()
    if parser.is_op(",") or parser.is_word("and") or _another_number(parser):
        return whole
    parser.at, parser.doubt, parser.notes = start, doubt, notes
    return parser.bare_argument()


def _separator(parser: Parser) -> bool:
    return bool(parser.take_op(",", ";") + parser.take_word("and")) or _another_number(parser)


def _another_number(parser: Parser) -> bool:
    """``mean of 1 2 3``: in a list, white space separates. ``1 000`` may be one number, so nothing may begin with 0."""
    token, before = parser.token, parser.tokens[parser.at - 1]
    if token.kind != "number" or not token.spaced or before.kind != "number":
        return False
    if len(token.raw) > 1 and token.raw[0] == "0" and token.raw[1].isdigit():
        raise Unreadable(f'I can\'t tell whether "{before.raw} {token.raw}" is one number', before.start, token.end)
    return True
