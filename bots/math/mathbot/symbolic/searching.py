"""What ``solve`` does in the child: proposals of sympy's, and a search along the line that knows nothing of them."""

from __future__ import annotations

import mpmath
import sympy
from mpmath import mpf

from mathbot.symbolic import checking, numeric, translate, writing
from mathbot.symbolic.numeric import Undefined

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeAlias

    from mathbot.symbolic.numeric import Number_
    from mathbot.syntax import Node

    Expression: TypeAlias = Any
    Curve: TypeAlias = Callable[[Number_], Number_ | None]

_STEPS = 1200
_WIDEST = 16
"""The search goes from -sinh(16) to sinh(16), about four million, in steps that grow outwards."""
_SEARCH_DIGITS = 25
_HALVINGS = 110
_SAME = mpf(10) ** -8


def solutions(node: Node, name: str) -> list[str] | None:
    """Return all real zeros as text, ascending; ``None`` where these may not be all."""
    if checking.letters_in(node) != [name]:
        return None
    proposed = _proposed(translate.expression(node), translate.symbol(name))
    if proposed is None:
        return None
    found = []
    for expression in proposed:
        text = writing.write(expression)
        value = _solves(node, name, text)
        if value is not None:
            found.append((value, text))
    found.sort(key=lambda pair: pair[0])
    if any(_far(zero, [value for value, _ in found]) for zero in _zeros(node, name)):
        return None
    return [text for _, text in found]


def _proposed(expression: Expression, x: Expression) -> list[Expression] | None:
    """Return what may be solutions; among them are all, as far as sympy knows."""
    try:
        found = sympy.solveset(expression, x, sympy.S.Reals)
        if isinstance(found, sympy.FiniteSet):
            return [_tidy(value) for value in found]
        if found is sympy.S.EmptySet:
            return []
    except (NotImplementedError, ValueError, TypeError, AttributeError):
        pass
    try:
        values = sympy.solve(expression, x)
    except (NotImplementedError, ValueError, TypeError, AttributeError):
        return None
    return [_tidy(value) for value in values if value.is_real is not False] or None


def _tidy(value: Expression) -> Expression:
    return sympy.radsimp(sympy.logcombine(sympy.simplify(value)))


def _solves(node: Node, name: str, text: str) -> Number_ | None:
    """Return the value of a proposed solution, if it is one."""
    result = checking.parse(text)
    if not checking.agrees_with_engine(result):
        raise checking.Doubtful
    with mpmath.workdps(2 * numeric.DIGITS):
        try:
            value = numeric.value(result, {})
            return value if numeric.close(numeric.value(node, {name: value}), mpf(0)) else None
        except Undefined:
            return None


def _far(zero: Number_, values: list[Number_]) -> bool:
    return all(abs(zero - value) > _SAME * max(1, abs(zero)) for value in values)


# The search


def _zeros(node: Node, name: str) -> Iterator[Number_]:
    """Yield what look like zeros: changes of sign, points of touch, and ends of the domain."""

    def curve(x: Number_) -> Number_ | None:
        try:
            return numeric.value(node, {name: x})
        except Undefined:
            return None

    with mpmath.workdps(_SEARCH_DIGITS):
        places = [mpmath.sinh(mpf(2 * k - _STEPS) / _STEPS * _WIDEST + mpf(1) / 977) for k in range(_STEPS + 1)]
        heights = [curve(place) for place in places]
        for k in range(_STEPS):
            zero = _between(curve, places[k], places[k + 1], heights[k], heights[k + 1])
            if zero is not None:
                yield zero
        for k in range(1, _STEPS):
            if _dips(heights[k - 1 : k + 2]):
                zero = _touch(curve, places[k - 1], places[k + 1])
                if zero is not None:
                    yield zero


def _between(curve: Curve, a: Number_, b: Number_, at_a: Number_ | None, at_b: Number_ | None) -> Number_ | None:
    if at_a is None and at_b is None:
        return None
    if at_a is None or at_b is None:
        return _edge(curve, a, b, at_a is not None)
    if at_a == 0:
        return a
    return _crossing(curve, a, b, at_a > 0) if (at_a > 0) != (at_b > 0) else None


def _crossing(curve: Curve, a: Number_, b: Number_, positive: bool) -> Number_ | None:
    """Halve an interval with a change of sign; at a pole the values grow, at a zero they vanish."""
    before = max(abs(curve(a) or 0), abs(curve(b) or 0))
    for _ in range(_HALVINGS):
        middle = (a + b) / 2
        height = curve(middle)
        if height is None:
            return None
        if height == 0:
            return middle
        a, b = (middle, b) if (height > 0) == positive else (a, middle)
    last = curve(a)
    return a if last is not None and abs(last) < before * _SAME + _SAME else None


def _edge(curve: Curve, a: Number_, b: Number_, defined_at_a: bool) -> Number_ | None:
    """Find the end of the domain, and whether the function is zero there."""
    inside, outside = (a, b) if defined_at_a else (b, a)
    first = curve(inside)
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        height = curve(middle)
        if height is None:
            outside = middle
        elif first is not None and (height > 0) != (first > 0):
            return _crossing(curve, middle, inside, bool(height > 0))
        else:
            inside = middle
    last = curve(inside)
    return inside if last is not None and abs(last) < _SAME else None


def _dips(heights: list[Number_ | None]) -> bool:
    left, middle, right = heights
    if left is None or middle is None or right is None:
        return False
    same_side = (left > 0) == (middle > 0) == (right > 0)
    return bool(same_side and abs(middle) <= abs(left) and abs(middle) <= abs(right) and abs(left) != abs(right))


def _touch(curve: Curve, a: Number_, b: Number_) -> Number_ | None:
    """Look for the least distance from zero between two places."""

    def size(x: Number_) -> Number_:
        height = curve(x)
        return mpf("inf") if height is None else abs(height)

    for _ in range(_HALVINGS):
        third = (b - a) / 3
        a, b = (a, b - third) if size(a + third) < size(b - third) else (a + third, b)
    return a if size(a) < _SAME else None
