"""The tree of an expression, and how it is written back to say how it was read."""

from __future__ import annotations

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from typing import TypeAlias

    from mathbot.numbers.rational import Rational
    from mathbot.values import Unit

    Node: TypeAlias = (
        "Number | Name | Sum | Product | Power | Negative | Factorial | Percent | Of | Call | Measure | Compare"
    )

BLANK = "?"
"""The name of an unknown that has none: ``what``, ``a number``."""
CONSTANTS = ("pi", "e", "tau", "phi")
"""Names that have a value of their own."""


class Number:
    """A number as written."""

    __slots__ = ("raw", "value")
    __match_args__ = ("value", "raw")

    def __init__(self, value: Rational, raw: str) -> None:
        self.value = value
        self.raw = raw


class Name:
    """A constant, something remembered, or an unknown."""

    __slots__ = ("end", "name", "start")
    __match_args__ = ("name", "start", "end")

    def __init__(self, name: str, start: int, end: int) -> None:
        self.name = name
        self.start = start
        self.end = end


class Sum:
    """Terms with their signs. Flat, so that a long sum is no deep tree."""

    __slots__ = ("terms",)
    __match_args__ = ("terms",)

    def __init__(self, terms: tuple[tuple[int, Node], ...]) -> None:
        self.terms = terms


class Product:
    """Factors, each with ``*``, ``/`` or ``mod`` before it; the first one's is ``*``."""

    __slots__ = ("factors",)
    __match_args__ = ("factors",)

    def __init__(self, factors: tuple[tuple[str, Node], ...]) -> None:
        self.factors = factors


class Power:
    """A base and its exponent."""

    __slots__ = ("base", "exponent")
    __match_args__ = ("base", "exponent")

    def __init__(self, base: Node, exponent: Node) -> None:
        self.base = base
        self.exponent = exponent


class Negative:
    """A number with a minus before it."""

    __slots__ = ("of",)
    __match_args__ = ("of",)

    def __init__(self, of: Node) -> None:
        self.of = of


class Factorial:
    """``n!``"""

    __slots__ = ("of",)
    __match_args__ = ("of",)

    def __init__(self, of: Node) -> None:
        self.of = of


class Percent:
    """``n%``: a hundredth; in a sum, of what stands before it."""

    __slots__ = ("of",)
    __match_args__ = ("of",)

    def __init__(self, of: Node) -> None:
        self.of = of


class Of:
    """A part of something: ``half of 90``, ``20% of 50``."""

    __slots__ = ("part", "whole")
    __match_args__ = ("part", "whole")

    def __init__(self, part: Node, whole: Node) -> None:
        self.part = part
        self.whole = whole


class Call:
    """A function and what it is applied to."""

    __slots__ = ("arguments", "name")
    __match_args__ = ("name", "arguments")

    def __init__(self, name: str, arguments: tuple[Node, ...]) -> None:
        self.name = name
        self.arguments = arguments


class Measure:
    """A number with a unit."""

    __slots__ = ("number", "unit")
    __match_args__ = ("number", "unit")

    def __init__(self, number: Node, unit: Unit) -> None:
        self.number = number
        self.unit = unit


class Compare:
    """``a < b <= c``: the first expression, then operators with expressions."""

    __slots__ = ("first", "rest")
    __match_args__ = ("first", "rest")

    def __init__(self, first: Node, rest: tuple[tuple[str, Node], ...]) -> None:
        self.first = first
        self.rest = rest


def names_in(node: Node) -> set[str]:
    """Return the names that stand in an expression."""
    match node:
        case Name(name):
            return {name}
        case Number():
            return set()
        case Sum(terms):
            return set().union(*(names_in(term) for _, term in terms))
        case Product(factors):
            return set().union(*(names_in(factor) for _, factor in factors))
        case Power(left, right) | Of(left, right):
            return names_in(left) | names_in(right)
        case Call(_, arguments):
            return set().union(*(names_in(argument) for argument in arguments))
        case Measure(number, _):
            return names_in(number)
    return set().union(*(names_in(part) for part in _parts(node)))


def _parts(node: Node) -> list[Node]:
    if isinstance(node, Compare):
        return [node.first, *(right for _, right in node.rest)]
    return [node.of] if hasattr(node, "of") else []


def show(node: Node, *, inner: bool = False) -> str:
    """Write an expression with brackets round every part that is not a single number, name or call."""
    match node:
        case Number(_, raw):
            return raw
        case Name(name):
            return name
        case Call(name, arguments):
            return f"{name}({', '.join(show(argument) for argument in arguments)})"
        case Factorial(of):
            return f"{show(of, inner=True)}!"
        case Percent(of):
            return f"{show(of, inner=True)}%"
        case Measure(number, unit):
            return f"{show(number, inner=True)} {unit.text}"
    text = _compound(node)
    return f"({text})" if inner else text


def _compound(node: Node) -> str:
    match node:
        case Sum(terms):
            return _joined([("-" if sign < 0 else "+", term) for sign, term in terms])
        case Product(factors):
            return _joined(list(factors))
        case Power(base, exponent):
            return f"{show(base, inner=True)}^{show(exponent, inner=True)}"
        case Negative(of):
            return f"-{show(of, inner=True)}"
        case Of(part, whole):
            return f"{show(part)} of {show(whole, inner=True)}"
        case Compare(first, rest):
            return " ".join([show(first), *(f"{sign} {show(right)}" for sign, right in rest)])
    return ""


def _joined(parts: list[tuple[str, Node]]) -> str:
    """Join from the left; a quotient that something follows is bracketed, for that is where readers differ."""
    text = ("-" if parts[0][0] == "-" else "") + show(parts[0][1], inner=True)
    for position, (sign, part) in enumerate(parts[1:], 1):
        text += f" {sign} {show(part, inner=True)}"
        if sign == "/" and position + 1 < len(parts):
            text = f"({text})"
    return text.replace(" / ", "/")
