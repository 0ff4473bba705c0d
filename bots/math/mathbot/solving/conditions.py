"""Inequalities in one unknown: the numbers between the places where something may change are all alike, so one of
them is tried, and each of the places.
"""

from __future__ import annotations

from itertools import pairwise

from mathbot.limits import Declined, check
from mathbot.numbers import real
from mathbot.numbers.rational import add, floor, inverse, multiply, ratio
from mathbot.solving import algebraic

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mathbot.numbers.rational import Rational
    from mathbot.solving.verify import Substitution
    from mathbot.values import Value

_HOLDS: dict[str, Callable[[int], bool]] = {
    "=": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
    "<": lambda sign: sign < 0,
    ">": lambda sign: sign > 0,
    "<=": lambda sign: sign <= 0,
    ">=": lambda sign: sign >= 0,
}


class Condition:
    """``expression relation 0``; ``places`` holds all where the expression is zero, undefined or begins to be.

    At the ``poles``, which are among them, it is undefined for sure.
    """

    __slots__ = ("expression", "places", "poles", "relation")

    def __init__(
        self, expression: Substitution, relation: str, places: Sequence[Value], poles: Sequence[Value]
    ) -> None:
        self.expression = expression
        self.relation = relation
        self.places = places
        self.poles = poles

    def holds(self, x: Value) -> bool:
        """Is it true at ``x``? It is not where the expression has no value."""
        if any(algebraic.same(x, pole) for pole in self.poles):
            return False
        others = [place for place in self.places if place != x]
        sign = self.expression.sign(x, others)
        return sign is not None and _HOLDS[self.relation](sign)


class Stretch:
    """Neighbouring numbers; an end that is ``None`` is no end."""

    __slots__ = ("closed_above", "closed_below", "high", "low")

    def __init__(self, low: Value | None, high: Value | None, closed_below: bool, closed_above: bool) -> None:
        self.low = low
        self.high = high
        self.closed_below = closed_below
        self.closed_above = closed_above

    def write(self, name: str, writer: Callable[[Value], str]) -> str:
        """Return ``1 < x <= 2``."""
        if self.low is None or self.high is None:
            if self.low is not None:
                return f"{name} {'>=' if self.closed_below else '>'} {writer(self.low)}"
            if self.high is not None:
                return f"{name} {'<=' if self.closed_above else '<'} {writer(self.high)}"
            return f"every {name}"
        if self.low is self.high:
            return f"{name} = {writer(self.low)}"
        below, above = ("<=" if closed else "<" for closed in (self.closed_below, self.closed_above))
        return f"{writer(self.low)} {below} {name} {above} {writer(self.high)}"


def solve(conditions: Sequence[Condition]) -> list[Stretch]:
    """Return the numbers for which all conditions hold, ascending."""
    places = algebraic.in_order(place for condition in conditions for place in condition.places)
    stretches: list[Stretch] = []
    here: Stretch | None = None
    for position, sample in enumerate(_samples(places)):
        low = places[position - 1] if position else None
        high = places[position] if position < len(places) else None
        here = _between_places(stretches, here, low, high, all(condition.holds(sample) for condition in conditions))
        if high is not None:
            here = _at_place(stretches, here, high, all(condition.holds(high) for condition in conditions))
    return stretches


def _between_places(
    stretches: list[Stretch], here: Stretch | None, low: Value | None, high: Value | None, holds: bool
) -> Stretch | None:
    """Go on to the next place; return the stretch that reaches it."""
    if not holds:
        return None
    if here is None:
        here = Stretch(low, high, False, False)
        stretches.append(here)
    here.high, here.closed_above = high, False
    return here


def _at_place(stretches: list[Stretch], here: Stretch | None, place: Value, holds: bool) -> Stretch | None:
    """Step on a place; return the stretch that holds it."""
    if not holds:
        return None
    if here is None:
        here = Stretch(place, place, True, True)
        stretches.append(here)
    here.closed_above = True
    return here


def _samples(places: list[Value]) -> list[Rational]:
    """Return a number below all places, one between each two, and one above."""
    if not places:
        return [0]
    first, last = places[0], places[-1]
    between = [_between(a, b) for a, b in pairwise(places)]
    return [real.floor(first) - 1, *between, -real.floor(real.negate(last)) + 1]


def _between(a: Value, b: Value) -> Rational:
    """Return a number between two others, with few digits."""
    for (_, low), (high, _) in zip(real.enclosures(a), real.enclosures(b), strict=False):
        if low < high:
            start, end = ratio(*low.as_integer_ratio()), ratio(*high.as_integer_ratio())
            return _roundest(start, end)
    raise Declined("Two of the places where that changes are too near each other for me.")


def _roundest(start: Rational, end: Rational) -> Rational:
    """Return a number between two rationals, cut off after as few decimals as will do."""
    middle = multiply(add(start, end), ratio(1, 2))
    unit = ratio(1, 10 ** len(str(abs(floor(middle)))))
    while True:
        check()
        near = multiply(floor(multiply(middle, unit)), inverse(unit))
        if start < near < end:
            return near
        unit = multiply(unit, 10)
