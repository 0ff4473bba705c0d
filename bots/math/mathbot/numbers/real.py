"""Irrational numbers, kept symbolically: a sum of rational multiples of products of powers.

``3 + 2*sqrt(5)*pi`` stays that until it is shown, so ``sqrt(2)^2`` is 2 and ``tau/pi`` is 2, exactly. The form is
canonical for roots of rationals and powers of pi and e; equal numbers beyond those may differ in form, and then
nothing is said that rests on their difference. Digits come from ``enclosure``, raised in precision until they are sure.
"""

from __future__ import annotations

from mathbot.limits import Declined, DivisionByZero, TooLarge, check
from mathbot.numbers.rational import add as add_rationals
from mathbot.numbers.rational import floor as floor_rational
from mathbot.numbers.rational import integer_power, inverse, ratio
from mathbot.numbers.rational import multiply as multiply_rationals

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeAlias

    from mathbot.numbers.enclosure import Enclosure, Interval
    from mathbot.numbers.rational import Rational

    Value: TypeAlias = "Rational | Real"
    Atom: TypeAlias = "int | str | Apply"
    Monomial: TypeAlias = frozenset[tuple[Atom, Rational]]

_MAX_TERMS = 400
_MAX_DEPTH = 40
_MAX_PRECISION = 1200
ONE: Monomial = frozenset()


class Apply:
    """A function (``ln``, ``exp``, ``sin``, ``cos``, ``atan``) of a number; ``group`` is the number itself."""

    __slots__ = ("argument", "name")
    __match_args__ = ("name", "argument")

    def __init__(self, name: str, argument: Value) -> None:
        self.name = name
        self.argument = argument

    def __hash__(self) -> int:
        return hash((self.name, self.argument))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Apply) and self.name == other.name and self.argument == other.argument

    def enclose(self, to: Enclosure) -> Interval:
        """Return an interval that holds the value."""
        inner = enclose(self.argument, to)
        if self.name == "group":
            return inner
        function: Callable[[Interval], Interval] = getattr(to, self.name)
        return function(inner)


class Real:
    """An irrational number (as far as we can tell); immutable."""

    __slots__ = ("_hash", "depth", "terms")

    def __init__(self, terms: dict[Monomial, Rational]) -> None:
        self.terms = terms
        self.depth = 1 + max((_depth(atom) for monomial in terms for atom, _ in monomial), default=0)
        if self.depth > _MAX_DEPTH:
            raise Declined("That is nested too deeply.")
        self._hash = hash(frozenset(terms.items()))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Real) and self.terms == other.terms


def _depth(atom: Atom) -> int:
    return atom.argument.depth if isinstance(atom, Apply) and isinstance(atom.argument, Real) else 0


def simplest(terms: dict[Monomial, Rational]) -> Value:
    """Return the number with these terms: a rational where no others are left."""
    kept = {monomial: factor for monomial, factor in terms.items() if factor}
    if len(kept) > _MAX_TERMS:
        raise Declined("That has too many parts to keep exact.")
    if not kept:
        return 0
    if len(kept) == 1 and ONE in kept:
        return kept[ONE]
    return Real(kept)


def atom(base: Atom, exponent: Rational = 1) -> Value:
    """Return a power of something irrational."""
    return simplest({frozenset({(base, exponent)}): 1})


def terms_of(value: Value) -> dict[Monomial, Rational]:
    """Return the terms of any number."""
    return value.terms if isinstance(value, Real) else {ONE: value}


def single_term(value: Value) -> tuple[Monomial, Rational] | None:
    """Return monomial and factor of a number with one term."""
    terms = terms_of(value)
    return next(iter(terms.items())) if len(terms) == 1 else None


def add(a: Value, b: Value) -> Value:
    """Return ``a + b``."""
    if not isinstance(a, Real) and not isinstance(b, Real):
        return add_rationals(a, b)
    check()
    terms = dict(terms_of(a))
    for monomial, factor in terms_of(b).items():
        terms[monomial] = add_rationals(terms.get(monomial, 0), factor)
    return simplest(terms)


def negate(a: Value) -> Value:
    """Return ``-a``."""
    return multiply(-1, a)


def subtract(a: Value, b: Value) -> Value:
    """Return ``a - b``."""
    return add(a, negate(b))


def multiply(a: Value, b: Value) -> Value:
    """Return ``a * b``."""
    if not isinstance(a, Real) and not isinstance(b, Real):
        return multiply_rationals(a, b)
    left, right = terms_of(a), terms_of(b)
    if len(left) * len(right) > _MAX_TERMS:
        raise Declined("That has too many parts to keep exact.")
    total: dict[Monomial, Rational] = {}
    grouped: list[Value] = []
    for x, p in left.items():
        for y, q in right.items():
            check()
            monomial, factor, opened = _join(x, y)
            factor = multiply_rationals(multiply_rationals(p, q), factor)
            if opened:
                grouped.append(_open(monomial, factor, opened))
            else:
                total[monomial] = add_rationals(total.get(monomial, 0), factor)
    return _sum(simplest(total), grouped)


def _sum(first: Value, rest: Iterable[Value]) -> Value:
    for value in rest:
        first = add(first, value)
    return first


def _open(monomial: Monomial, factor: Rational, opened: list[Value]) -> Value:
    result = simplest({monomial: factor})
    for value in opened:
        result = multiply(result, value)
    return result


def _join(x: Monomial, y: Monomial) -> tuple[Monomial, Rational, list[Value]]:
    """Multiply monomials: what stays symbolic, the rational that comes out, and groups whose power became 1."""
    if not x or not y:
        return x or y, 1, []
    powers = dict(x)
    for base, exponent in y:
        powers[base] = add_rationals(powers.get(base, 0), exponent)
    return _normal(powers)


def _normal(powers: dict[Atom, Rational]) -> tuple[Monomial, Rational, list[Value]]:
    factor: Rational = 1
    opened: list[Value] = []
    for base, exponent in powers.items():
        if isinstance(base, int):
            whole = floor_rational(exponent)
            factor = multiply_rationals(factor, integer_power(base, whole))
            powers[base] = add_rationals(exponent, -whole)
        elif isinstance(base, Apply) and base.name == "group" and exponent == 1:
            opened.append(base.argument)
            powers[base] = 0
    return frozenset((base, exponent) for base, exponent in powers.items() if exponent), factor, opened


def reciprocal(a: Value) -> Value:
    """Return ``1 / a``."""
    if not isinstance(a, Real):
        return inverse(a)
    only = single_term(a)
    if only is None:
        return _rationalised(a) or atom(Apply("group", a), -1)
    monomial, factor = only
    flipped, outside, opened = _normal({base: -exponent for base, exponent in monomial})
    return _open(flipped, multiply_rationals(outside, inverse(factor)), opened)


def _rationalised(a: Real) -> Value | None:
    """Return ``1 / a`` for a sum of square roots, by multiplying with conjugates; ``None`` for any other number."""
    half = ratio(1, 2)
    roots = {base for monomial in a.terms for base, exponent in monomial}
    square = all(isinstance(b, int) and e == half for monomial in a.terms for b, e in monomial)
    if not square or len(roots) > 3:
        return None
    chosen = next(iter(roots))
    conjugate = simplest({m: (-f if (chosen, half) in m else f) for m, f in a.terms.items()})
    return multiply(conjugate, reciprocal(multiply(a, conjugate)))


def divide(a: Value, b: Value) -> Value:
    """Return ``a / b``; exact also where both are the same multiple of something irrational."""
    if not isinstance(b, Real):
        if b == 0:
            raise DivisionByZero
        return multiply(a, inverse(b))
    return _proportion(a, b) if isinstance(a, Real) and a.terms.keys() == b.terms.keys() else multiply(a, reciprocal(b))


def _proportion(a: Real, b: Real) -> Value:
    quotients = {multiply_rationals(factor, inverse(b.terms[monomial])) for monomial, factor in a.terms.items()}
    return quotients.pop() if len(quotients) == 1 else multiply(a, reciprocal(b))


def integer_power_of(a: Real, exponent: int) -> Value:
    """Return ``a ** exponent`` by repeated multiplication, or unexpanded where that grows too long."""
    if exponent < 0:
        return reciprocal(integer_power_of(a, -exponent))
    if len(a.terms) > 1 and exponent > 64 and _rationalised(a) is None:
        return atom(Apply("group", a), exponent)
    result: Value = 1
    base: Value = a
    left = exponent
    try:
        while left:
            if left & 1:
                result = multiply(result, base)
            left >>= 1
            if left:
                base = multiply(base, base)
    except Declined:
        return atom(Apply("group", a), exponent)
    return result


# Digits


def enclose(value: Value, to: Enclosure) -> Interval:
    """Return an interval that holds ``value``."""
    total = None
    for monomial, factor in terms_of(value).items():
        product = to.rational(factor)
        for base, exponent in monomial:
            product = to.multiply(product, _enclose_power(base, exponent, to))
        total = product if total is None else to.add(total, product)
    return total or to.rational(0)


def _enclose_power(base: Atom, exponent: Rational, to: Enclosure) -> Interval:
    if base == "e":
        return to.exp(to.rational(exponent))
    if isinstance(base, Apply) and base.name == "exp":
        return to.exp(to.multiply(to.rational(exponent), enclose(base.argument, to)))
    inner = _enclose_atom(base, to)
    if isinstance(exponent, int):
        return to.integer_power(inner, exponent)
    if exponent.denominator == 2:
        return to.integer_power(to.sqrt(inner), exponent.numerator)
    return to.exp(to.multiply(to.rational(exponent), to.ln(inner)))


def _enclose_atom(base: Atom, to: Enclosure) -> Interval:
    if isinstance(base, int):
        return to.rational(base)
    if isinstance(base, str):
        return to.pi()
    return base.enclose(to)


def enclosures(value: Value, highest: int = _MAX_PRECISION) -> Iterator[Interval]:
    """Yield ever narrower intervals that hold ``value``."""
    from decimal import InvalidOperation, Overflow

    from mathbot.numbers.enclosure import Enclosure, Undecided

    digits = 30
    while digits <= highest:
        check()
        try:
            yield enclose(value, Enclosure(digits))
        except Undecided:
            pass
        except (InvalidOperation, Overflow):
            raise TooLarge from None
        digits *= 2


def sign(value: Value) -> int:
    """Return -1, 0 or 1; declines where a number can't be told from zero."""
    if not isinstance(value, Real):
        return (value > 0) - (value < 0)
    for low, high in enclosures(value):
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
    from mathbot.solving.algebraic import is_zero

    if is_zero(value):
        return 0
    raise Declined("I can't tell whether that is exact: a part of it looks like zero, and I can't prove it.")


def compare(a: Value, b: Value) -> int:
    """Return the sign of ``a - b``."""
    return sign(subtract(a, b))


def floor(value: Value) -> int:
    """Return the largest integer that is at most ``value``."""
    from decimal import ROUND_FLOOR

    if not isinstance(value, Real):
        return floor_rational(value)
    for low, high in enclosures(value, 2000):
        below, above = (int(end.to_integral_value(ROUND_FLOOR)) for end in (low, high))
        if below == above:
            return below
        if (high - low).adjusted() < -_MAX_PRECISION:
            break
    raise Declined("I can't tell which side of a whole number that is on.")
