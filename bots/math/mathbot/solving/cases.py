"""Absolute values taken apart: wherever an expression has a value, it equals one of its cases."""

from __future__ import annotations

from mathbot.limits import Declined
from mathbot.syntax import Call, Factorial, Measure, Negative, Of, Percent, Power, Product, Sum, names_in, show

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.syntax import Node

_MAX_CASES = 32


def split(node: Node, unknown: str) -> list[Node]:
    """Return the expressions that ``node`` can be, with each absolute value as what is inside or its negative."""
    whole = [node]
    while bends := [bend for part in whole if (bend := _first(part, unknown))]:
        if len(whole) > _MAX_CASES:
            raise Declined("That has too many absolute values for me.")
        inside = bends[0]
        text = show(inside)
        whole = [_replaced(part, text, with_) for part in whole for with_ in (inside, Negative(inside))]
    return whole


def bends(node: Node, unknown: str) -> list[Node]:
    """Return what stands in absolute values, those inside others too."""
    found = [argument for part in parts(node) for argument in bends(part, unknown)]
    if _is_absolute(node, unknown):
        found += parts(node)
    return found


def _is_absolute(node: Node, unknown: str) -> bool:
    return isinstance(node, Call) and node.name == "abs" and unknown in names_in(node)


def _first(node: Node, unknown: str) -> Node | None:
    """Return what stands in the first of the outermost absolute values."""
    if _is_absolute(node, unknown):
        return parts(node)[0]
    return next((found for part in parts(node) if (found := _first(part, unknown))), None)


def parts(node: Node) -> list[Node]:
    """Return the expressions that an expression is made of."""
    match node:
        case Sum(terms):
            return [term for _, term in terms]
        case Product(factors):
            return [factor for _, factor in factors]
        case Power(left, right) | Of(left, right):
            return [left, right]
        case Call(_, arguments):
            return list(arguments)
        case Negative(of) | Factorial(of) | Percent(of) | Measure(of, _):
            return [of]
    return []


def _replaced(node: Node, text: str, with_: Node) -> Node:
    """Return the expression with the absolute value of what is written ``text`` replaced."""
    if isinstance(node, Call) and node.name == "abs" and show(node.arguments[0]) == text:
        return with_
    new = [_replaced(part, text, with_) for part in parts(node)]
    match node:
        case Sum(terms):
            return Sum(tuple((sign, part) for (sign, _), part in zip(terms, new, strict=True)))
        case Product(factors):
            return Product(tuple((sign, part) for (sign, _), part in zip(factors, new, strict=True)))
        case Power() | Of():
            return type(node)(*new)
        case Call(name, _):
            return Call(name, tuple(new))
        case Negative() | Factorial() | Percent():
            return type(node)(*new)
        case Measure(_, unit):
            return Measure(new[0], unit)
    return node
