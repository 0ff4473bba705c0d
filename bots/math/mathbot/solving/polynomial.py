"""Expressions in unknowns → quotients of polynomials with exact coefficients."""

from __future__ import annotations

from mathbot.limits import Declined, DivisionByZero, check
from mathbot.numbers.real import add, divide, multiply
from mathbot.syntax import Name, Negative, Of, Percent, Power, Product, Sum, names_in

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import TypeAlias

    from mathbot.syntax import Node
    from mathbot.values import Value

    Monomial: TypeAlias = tuple[tuple[str, int], ...]
    Polynomial: TypeAlias = dict[Monomial, Value]

_MAX_DEGREE = 120
_MAX_TERMS = 500


class Hard(Declined):
    """Our own ways of solving end here; others may go on."""


class Quotient:
    """One polynomial over another."""

    __slots__ = ("over", "under")
    __match_args__ = ("over", "under")

    def __init__(self, over: Polynomial, under: Polynomial) -> None:
        self.over = over
        self.under = under


def constant(value: Value) -> Polynomial:
    """Return a number as a polynomial."""
    return {(): value} if value != 0 else {}


def plus(a: Polynomial, b: Polynomial) -> Polynomial:
    """Return ``a + b``."""
    total = dict(a)
    for monomial, factor in b.items():
        total[monomial] = add(total.get(monomial, 0), factor)
    return {monomial: factor for monomial, factor in total.items() if factor != 0}


def times(a: Polynomial, b: Polynomial) -> Polynomial:
    """Return ``a * b``."""
    total: Polynomial = {}
    for x, p in a.items():
        for y, q in b.items():
            check()
            monomial = _joined(x, y)
            total[monomial] = add(total.get(monomial, 0), multiply(p, q))
    if len(total) > _MAX_TERMS:
        raise Declined("That equation is too long for me.")
    return {monomial: factor for monomial, factor in total.items() if factor != 0}


def _joined(x: Monomial, y: Monomial) -> Monomial:
    powers = dict(x)
    for name, power in y:
        powers[name] = powers.get(name, 0) + power
    if sum(powers.values()) > _MAX_DEGREE:
        raise Hard("The degree of that equation is too high for me.")
    return tuple(sorted(powers.items()))


class Reader:
    """Turns trees into quotients of polynomials; ``value`` computes the parts without unknowns."""

    def __init__(self, unknowns: Collection[str], value: Callable[[Node], Value]) -> None:
        self._unknowns = set(unknowns)
        self._value = value
        self.excluded: list[Polynomial] = []
        """What was divided by: none of these may be zero."""

    def read(self, node: Node) -> Quotient:
        """Return ``node`` as a quotient of polynomials; declines what is none."""
        if not self._is_unknown(node):
            return Quotient(constant(self._value(node)), constant(1))
        match node:
            case Name(name):
                return Quotient({((name, 1),): 1}, constant(1))
            case Sum(terms):
                return self._sum(terms)
            case Product(factors):
                return self._product(factors)
            case Power(base, exponent):
                return self._power(base, exponent)
            case Negative(of):
                return scaled(self.read(of), -1)
            case Of(part, whole):
                return multiplied(self.read(part), self.read(whole))
            case Percent(of):
                return scaled(self.read(of), divide(1, 100))
        return self._other(node)

    def _other(self, node: Node) -> Quotient:
        """Read what is no polynomial."""
        raise Hard("I can solve that only where it is made of polynomials.")

    def _is_unknown(self, node: Node) -> bool:
        return not self._unknowns.isdisjoint(names_in(node))

    def _sum(self, terms: tuple[tuple[int, Node], ...]) -> Quotient:
        total = self.read(terms[0][1])
        portions = isinstance(terms[0][1], Percent)
        for sign, term in terms[1:]:
            value = scaled(self.read(term), sign)
            if isinstance(term, Percent) and not portions:
                total = multiplied(total, added(Quotient(constant(1), constant(1)), value))
            else:
                total = added(total, value)
        return total

    def _product(self, factors: tuple[tuple[str, Node], ...]) -> Quotient:
        total = self.read(factors[0][1])
        for sign, factor in factors[1:]:
            value = self.read(factor)
            if sign == "mod":
                raise Hard("I can't solve equations with remainders.")
            total = multiplied(total, value if sign == "*" else self._inverted(value))
        return total

    def _power(self, base: Node, exponent: Node) -> Quotient:
        if self._is_unknown(exponent):
            return self._other(Power(base, exponent))
        count = self._value(exponent)
        if not isinstance(count, int):
            return self._other(Power(base, exponent))
        value = self.read(base)
        if count == 0:
            raise Declined("I can't solve equations with an unknown to the power of 0: 0^0 has no agreed value.")
        if count < 0:
            value = self._inverted(value)
        return raised(value, abs(count))

    def _inverted(self, a: Quotient) -> Quotient:
        if not a.over:
            raise DivisionByZero
        self.excluded.append(a.over)
        return Quotient(a.under, a.over)


def raised(a: Quotient, count: int) -> Quotient:
    """Return the power with a whole exponent from 0 up."""
    if count > _MAX_DEGREE:
        raise Hard("The degree of that equation is too high for me.")
    result = Quotient(constant(1), constant(1))
    for _ in range(count):
        result = multiplied(result, a)
    return result


def added(a: Quotient, b: Quotient) -> Quotient:
    """Return ``a + b``."""
    if a.under == b.under:
        return Quotient(plus(a.over, b.over), a.under)
    return Quotient(plus(times(a.over, b.under), times(b.over, a.under)), times(a.under, b.under))


def multiplied(a: Quotient, b: Quotient) -> Quotient:
    """Return ``a * b``."""
    return Quotient(times(a.over, b.over), times(a.under, b.under))


def scaled(a: Quotient, by: Value) -> Quotient:
    """Return ``a`` times a number."""
    return Quotient(times(a.over, constant(by)), a.under)


def coefficients(polynomial: Polynomial) -> list[Value]:
    """Return the coefficients of a polynomial in one unknown, by ascending power."""
    result: list[Value] = [0] * (1 + max((dict(m)[n] for m in polynomial for n, _ in m), default=0))
    for monomial, factor in polynomial.items():
        result[monomial[0][1] if monomial else 0] = factor
    return result


def at(values: list[Value], x: Value) -> Value:
    """Return the polynomial with these coefficients at ``x``."""
    total: Value = 0
    for factor in reversed(values):
        total = add(multiply(total, x), factor)
    return total


def unknowns_of(poly: Polynomial) -> set[str]:
    """Return the names in a polynomial."""
    return {name for monomial in poly for name, _ in monomial}


def power_of(poly: Polynomial, exponent: int) -> Polynomial:
    """Return a power of a polynomial."""
    return raised(Quotient(poly, constant(1)), exponent).over


def by_power(poly: Polynomial, name: str) -> dict[int, Polynomial]:
    """Return the polynomial's coefficients as one in this name."""
    parts: dict[int, Polynomial] = {}
    for monomial, number in poly.items():
        powers = dict(monomial)
        power = powers.pop(name, 0)
        parts.setdefault(power, {})[tuple(powers.items())] = number
    return parts
