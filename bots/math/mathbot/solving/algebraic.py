"""Roots of polynomials as numbers: rational where they are, square roots where those suffice, and otherwise a ``Root``,
known by its polynomial and an interval that holds no other root of it.
"""

from __future__ import annotations

import math
from functools import cmp_to_key

from mathbot.limits import Declined
from mathbot.numbers import elementary, real
from mathbot.numbers.real import Apply
from mathbot.solving import isolate, polynomial
from mathbot.solving.polynomial import Hard

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Iterable

    from mathbot.numbers.enclosure import Enclosure, Interval
    from mathbot.numbers.rational import Rational
    from mathbot.solving.isolate import Dyadic, Whole
    from mathbot.values import Value

_SURE_DIGITS = 60
"""Numbers that agree in so many digits are taken apart by proof or not at all."""


class Root(Apply):
    """The root of a square-free integer polynomial in an interval that holds no other; irrational."""

    __slots__ = ("place", "values")

    def __init__(self, values: Whole, place: Dyadic) -> None:
        super().__init__("root", 0)
        self.values = tuple(values)
        self.place = place

    def __hash__(self) -> int:
        return hash(self.values)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Root) and self._same(other))

    def _same(self, other: Root) -> bool:
        return self.values == other.values and meet(list(self.values), self, other)

    def narrow(self, precision: int) -> Dyadic:
        """Return the interval, narrowed to so many bits, and keep it for the next time."""
        self.place = isolate.narrowed(list(self.values), self.place, precision)
        return self.place

    def enclose(self, to: Enclosure) -> Interval:
        """Return an interval that holds the root."""
        from decimal import Decimal

        from mathbot.numbers.enclosure import Interval

        low, high, bits = self.narrow(to.digits * 10 // 3 + 8)
        unit = Decimal(1 << bits)
        return Interval(to.down.divide(Decimal(low), unit), to.up.divide(Decimal(high), unit))


def as_root(value: Value) -> Root | None:
    """Return the ``Root`` that a number is, if it is nothing else."""
    only = real.single_term(value)
    if only is None or only[1] != 1 or len(only[0]) != 1:
        return None
    ((atom, exponent),) = only[0]
    return atom if isinstance(atom, Root) and exponent == 1 else None


def whole(values: list[Rational]) -> Whole:
    """Return rational coefficients as integers without a common factor."""
    scale = math.lcm(*(value.denominator for value in values))
    return isolate.primitive([int(value * scale) for value in values])


def rational(values: Iterable[Value]) -> list[Rational] | None:
    """Return the coefficients where all are rational."""
    found: list[Rational] = []
    for value in values:
        if isinstance(value, real.Real):
            return None
        found.append(value)
    return found


def roots(values: list[Value]) -> list[Value]:
    """Return the different real roots of a polynomial (coefficients by ascending power, not all of them zero)."""
    if real.sign(values[-1]) == 0:
        raise Declined("I can't tell the degree of that equation.")
    zeros = next(k for k, value in enumerate(values) if value != 0)
    found: list[Value] = [0] if zeros else []
    return found + [root for root in _nonzero_roots(values[zeros:]) if root != 0]


def _nonzero_roots(values: list[Value]) -> list[Value]:
    if len(values) > 3:
        values = [real.divide(value, values[-1]) for value in values]
    exact = rational(values)
    step = math.gcd(*(k for k, value in enumerate(values) if value != 0))
    if len(values) > 3 and step > 1:
        return [root for power in roots(values[::step]) for root in _real_roots_of(power, step)]
    if len(values) <= 3:
        return _low_degree(values)
    if exact is None:
        raise Hard("I can solve that only with rational coefficients.")
    found, rest, places = isolate.isolate(isolate.squarefree(whole(exact)))
    if len(rest) < len(values):
        return [*found, *_nonzero_roots(list(rest))]
    return [real.atom(Root(rest, place)) for place in places]


def _real_roots_of(value: Value, degree: int) -> list[Value]:
    at = real.sign(value)
    if at == 0 or degree % 2:
        return [elementary.root(value, degree)]
    if at < 0:
        return []
    root = elementary.root(value, degree)
    return [real.negate(root), root]


def _low_degree(values: list[Value]) -> list[Value]:
    if len(values) == 1:
        return []
    if len(values) == 2:
        return [real.divide(real.negate(values[0]), values[1])]
    c, b, a = values
    inside = real.subtract(real.multiply(b, b), real.multiply(4, real.multiply(a, c)))
    at = real.sign(inside)
    if at < 0:
        return []
    middle = real.negate(b)
    double = real.multiply(2, a)
    if at == 0:
        return [real.divide(middle, double)]
    spread = elementary.sqrt(inside)
    return [real.divide(real.subtract(middle, spread), double), real.divide(real.add(middle, spread), double)]


# Telling numbers apart


def same(a: Value, b: Value) -> bool:
    """Are the numbers equal? Declines where neither is proven."""
    if a == b:
        return True
    if not isinstance(a, real.Real) and not isinstance(b, real.Real):
        return False
    for low, high in real.enclosures(real.subtract(a, b), _SURE_DIGITS):
        if low > 0 or high < 0:
            return False
    return _same_roots(a, b)


def _same_roots(a: Value, b: Value) -> bool:
    one, other = as_root(a), as_root(b)
    if one and other:
        return meet(isolate.common(list(one.values), list(other.values)), one, other) or real.compare(a, b) == 0
    root, value = (one, b) if one else (other, a)
    if root and polynomial.at(list(root.values), value) == 0:
        return True
    return real.compare(a, b) == 0


def meet(values: Whole, one: Root, other: Root) -> bool:
    """Have the intervals of two roots a root of ``values``, which divides both polynomials, in common?"""
    (low, high, bits), (start, end, others) = one.place, other.place
    first, last = max(low << others, start << bits), min(high << others, end << bits)
    if first >= last:
        return False
    return isolate.sign_at(values, first, bits + others) != isolate.sign_at(values, last, bits + others)


def is_zero(value: Value) -> bool:
    """Is a polynomial in one ``Root`` certainly zero? Then it shares that root with the one that defines it."""
    atoms = {atom for monomial in real.terms_of(value) for atom, _ in monomial}
    root = atoms.pop() if len(atoms) == 1 else None
    if not isinstance(root, Root):
        return False
    powers = {dict(monomial).get(root, 0): factor for monomial, factor in real.terms_of(value).items()}
    if any(power.denominator != 1 for power in powers):
        return False
    least = min(powers)
    values = [powers.get(least + k, 0) for k in range(int(max(powers) - least) + 1)]
    return meet(isolate.common(list(root.values), whole(values)), root, root)


def in_order(values: Iterable[Value]) -> list[Value]:
    """Return the different numbers, ascending."""
    different: list[Value] = []
    for value in values:
        if not any(same(value, other) for other in different):
            different.append(value)
    return sorted(different, key=cmp_to_key(real.compare))
