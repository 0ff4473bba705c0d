"""Limits. A value is given where the function's own values, ever closer, go to it; that there is none, where the values
from both sides certainly go to different numbers.
"""

from __future__ import annotations

from itertools import pairwise

import mpmath
import sympy
from mpmath import mpf

from mathbot.limits import Declined
from mathbot.symbolic import calculus, checking, numeric, translate, writing
from mathbot.symbolic.definite import bound
from mathbot.symbolic.numeric import Undefined

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from mathbot.symbolic.numeric import Number_
    from mathbot.syntax import Node

    Expression: TypeAlias = Any

NONE = "does not exist"
_STEPS = (4, 8, 16, 32)
"""Powers of ten by which the place is approached: each twice as close, in digits."""
_WORK = 150
_FAINT = -6
"""The last step has to be so close, as a power of ten, unless each was clearly closer than the one before."""


def limit(node: Node, name: str, at: Node, side: str) -> str:
    """Return ``=`` and the limit, ``infinity`` with its sign, or that there is none."""
    place = bound(at)
    if place.is_infinite:
        return _one_sided(node, name, place, "-" if place > 0 else "+")
    if side:
        return _one_sided(node, name, place, side)
    return _two_sided(node, name, place)


def _two_sided(node: Node, name: str, place: Expression) -> str:
    """Both sides have to agree; where the function has no values on one side, the other one counts."""
    sides = [side for side in "-+" if _values(node, name, place, side)]
    if not sides:
        raise Declined("That function has no real values there.")
    found = {_one_sided(node, name, place, side) for side in sides}
    if len(found) == 1:
        return found.pop()
    if NONE in found:
        return NONE
    values = [_as_number(text) for text in found]
    if abs(values[0] - values[1]) < mpf(10) ** -10:
        raise checking.Doubtful
    return NONE


def _as_number(text: str) -> Number_:
    if not text.startswith("="):
        return mpf("inf") if text == "infinity" else mpf("-inf")
    return numeric.value(checking.parse(text[1:]), {})


def _one_sided(node: Node, name: str, place: Expression, side: str) -> str:
    values = _values(node, name, place, side)
    if not values:
        raise Declined("That function has no real values there.")
    try:
        found = sympy.limit(translate.expression(node), translate.symbol(name), place, side)
    except (NotImplementedError, ValueError, TypeError, AttributeError):
        raise checking.Doubtful from None
    if isinstance(found, sympy.AccumBounds):
        return _swinging(node, name, place, side, found)
    if found in (sympy.oo, -sympy.oo):
        return _growing(values, 1 if found == sympy.oo else -1)
    if found.has(sympy.Limit, sympy.nan, sympy.zoo, sympy.oo, sympy.I, sympy.AccumBounds):
        raise checking.Doubtful
    return _settled(node, name, place, side, found)


def _settled(node: Node, name: str, place: Expression, side: str, found: Expression) -> str:
    text = calculus.best([found, sympy.simplify(found)] if found.free_symbols else [found], lambda _: True)
    result = checking.parse(text)
    with mpmath.workdps(_WORK):
        goal = numeric.value(result, checking.others([node, result], name))
        rests = [abs(value - goal) for value in _values(node, name, place, side)]
    if not _vanishing(rests):
        raise checking.Doubtful
    return f"={text}" if not checking.letters_in(result) else text


def _vanishing(rests: list[Number_]) -> bool:
    """Do the values get there, fast or at least steadily?"""
    if len(rests) < len(_STEPS):
        return False
    if all(rest < mpf(10) ** _FAINT for rest in rests[-2:]):
        return True
    return all(later < mpf("0.7") * rest for rest, later in pairwise(rests))


def _growing(values: list[Number_], sign: int) -> str:
    sizes = [sign * value for value in values]
    steady = all(later > mpf("1.3") * size > 0 for size, later in pairwise(sizes[1:]))
    if len(values) < len(_STEPS) or not steady:
        raise checking.Doubtful
    return "infinity" if sign > 0 else "-infinity"


def _swinging(node: Node, name: str, place: Expression, side: str, bounds: Any) -> str:
    """The values go up and down for ever: near the place, they still cover much of the bounds."""
    low, high = (float(end) for end in (bounds.min, bounds.max))
    f = _function(node, name)
    with mpmath.workdps(_WORK):
        try:
            values = [f(_near(place, side, 30, k)) for k in range(60)]
        except Undefined:
            raise checking.Doubtful from None
    if not (high > low and max(values) - min(values) > (high - low) / 2):
        raise checking.Doubtful
    return NONE


def _values(node: Node, name: str, place: Expression, side: str) -> list[Number_]:
    """Return the function's values, ever closer to the place; fewer where it has none."""
    f = _function(node, name)
    values = []
    with mpmath.workdps(_WORK):
        for digits in _STEPS:
            try:
                values.append(f(_near(place, side, digits, 0)))
            except (Undefined, MemoryError):
                break
    return values if len(values) > 1 else []


def _function(node: Node, name: str) -> Callable[[Number_], Number_]:
    given = checking.others([node], name)
    return lambda x: numeric.value(node, {**given, name: x})


def _near(place: Expression, side: str, digits: int, shift: int) -> Number_:
    """Return a number next to ``place``, or a large one; ``shift`` tells one from others as near."""
    factor = mpf(13) / 11 + mpf(shift) / 59
    if place.is_infinite:
        return factor * mpf(10) ** digits * (1 if place > 0 else -1)
    centre = numeric.value(checking.parse(writing.write(place)), {})
    step = factor * mpf(10) ** -digits
    return centre + (step if side == "+" else -step)
