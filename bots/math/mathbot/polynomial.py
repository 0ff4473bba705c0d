"""Expressions in unknowns → quotients of polynomials with exact coefficients."""

from __future__ import annotations

from mathbot.limits import Declined, DivisionByZero, check
from mathbot.real import Real, add, divide, multiply
from mathbot.syntax import Call, Measure, Name, Negative, Number, Of, Percent, Power, Product, Sum

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import TypeAlias

    from mathbot.syntax import Node
    from mathbot.values import Value

    Monomial: TypeAlias = tuple[tuple[str, int], ...]
    Polynomial: TypeAlias = dict[Monomial, Value]

_MAX_DEGREE = 24
_MAX_TERMS = 500


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
        raise Declined("The degree of that equation is too high for me.")
    return tuple(sorted(powers.items()))


class Reader:
    """Turns trees into quotients of polynomials; ``value`` computes the parts without unknowns."""

    def __init__(self, unknowns: Collection[str], value: Callable[[Node], Value]) -> None:
        self._unknowns = unknowns
        self._value = value

    def read(self, node: Node) -> Quotient:
        """Return ``node`` as a quotient of polynomials; declines what is none."""
        if not names_in(node) & set(self._unknowns):
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
                return _scaled(self.read(of), -1)
            case Of(part, whole):
                return _multiplied(self.read(part), self.read(whole))
            case Percent(of):
                return _scaled(self.read(of), divide(1, 100))
        raise Declined("I can solve equations of polynomials only.")

    def _sum(self, terms: tuple[tuple[int, Node], ...]) -> Quotient:
        total = self.read(terms[0][1])
        for sign, term in terms[1:]:
            if isinstance(term, Percent):
                portion = plus(constant(1), constant(multiply(sign, self._value(term))))
                total = _multiplied(total, Quotient(portion, constant(1)))
            else:
                total = _added(total, _scaled(self.read(term), sign))
        return total

    def _product(self, factors: tuple[tuple[str, Node], ...]) -> Quotient:
        total = self.read(factors[0][1])
        for sign, factor in factors[1:]:
            value = self.read(factor)
            if sign == "mod":
                raise Declined("I can't solve equations with remainders.")
            total = _multiplied(total, value if sign == "*" else _inverted(value))
        return total

    def _power(self, base: Node, exponent: Node) -> Quotient:
        if names_in(exponent) & set(self._unknowns):
            raise Declined("I can't solve equations with the unknown in an exponent.")
        count = self._value(exponent)
        if not isinstance(count, int) or abs(count) > _MAX_DEGREE:
            raise Declined("I can solve equations with whole powers up to 24 only.")
        result = Quotient(constant(1), constant(1))
        value = self.read(base)
        if count < 0:
            value = _inverted(value)
        for _ in range(abs(count)):
            result = _multiplied(result, value)
        return result


def _added(a: Quotient, b: Quotient) -> Quotient:
    if a.under == b.under:
        return Quotient(plus(a.over, b.over), a.under)
    return Quotient(plus(times(a.over, b.under), times(b.over, a.under)), times(a.under, b.under))


def _multiplied(a: Quotient, b: Quotient) -> Quotient:
    return Quotient(times(a.over, b.over), times(a.under, b.under))


def _inverted(a: Quotient) -> Quotient:
    if not a.over:
        raise DivisionByZero
    return Quotient(a.under, a.over)


def _scaled(a: Quotient, by: Value) -> Quotient:
    return Quotient(times(a.over, constant(by)), a.under)


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
    from mathbot.syntax import Compare

    if isinstance(node, Compare):
        return [node.first, *(right for _, right in node.rest)]
    return [node.of] if hasattr(node, "of") else []


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


def is_rational(values: list[Value]) -> bool:
    """Are all coefficients rational?"""
    return not any(isinstance(value, Real) for value in values)
