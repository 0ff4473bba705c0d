"""Sums and products over a whole number: finite ones term by term, infinite ones where numbers confirm the value."""

from __future__ import annotations

from itertools import pairwise

import mpmath
import sympy
from mpmath import mpf

from mathbot.limits import Declined
from mathbot.symbolic import checking, numeric, translate, writing
from mathbot.symbolic.definite import DIVERGES, bound
from mathbot.symbolic.numeric import Undefined

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from mathbot.syntax import Node

    Expression: TypeAlias = Any


def infinite_sum(node: Node, name: str, low: Node) -> str:
    """Return ``=`` and the sum from ``low`` to infinity."""
    first = bound(low)
    if not first.is_Integer:
        raise Declined("A sum runs over whole numbers.")
    if checking.letters_in(node) not in ([], [name]):
        raise Declined("I compute infinite sums with one letter.")
    k = sympy.Symbol(name, integer=True)
    term = translate.expression(node, {name: k})
    if _grows(node, name):
        return DIVERGES
    found = sympy.summation(term, (k, first, sympy.oo))
    if found in (sympy.oo, -sympy.oo) and sympy.Sum(term, (k, first, sympy.oo)).is_convergent() == False:  # noqa: E712
        return DIVERGES
    if found.has(sympy.Sum, sympy.oo, sympy.zoo, sympy.nan, sympy.I, sympy.Piecewise):
        raise checking.Doubtful
    return _confirmed(node, name, int(first), found)


def _grows(node: Node, name: str) -> bool:
    """Do the terms certainly not go to zero? Then nothing converges."""
    try:
        with mpmath.workdps(30):
            sizes = [abs(numeric.value(node, {name: mpf(10) ** power})) for power in (3, 6, 9)]
    except Undefined:
        return False
    return all(later >= size > mpf("0.001") for size, later in pairwise(sizes))


def _confirmed(node: Node, name: str, first: int, found: Expression) -> str:
    text = writing.write(sympy.simplify(found))
    with mpmath.workdps(30):
        try:
            value = numeric.value(checking.parse(text), {})
            measured = mpmath.nsum(lambda x: numeric.value(node, {name: x}), [first, mpmath.inf])
        except (Undefined, ValueError, ZeroDivisionError):
            raise checking.Doubtful from None
        if not numeric.close(value, measured, 14):
            raise checking.Doubtful
    return f"={text}"
