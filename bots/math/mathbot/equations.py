"""Solves equations: one unknown exactly, linear systems. All real solutions are given, or none; each is put
into the equation before it is said.
"""

from __future__ import annotations

import math
from functools import cmp_to_key

from mathbot import elementary, polynomial, real
from mathbot.limits import Declined, check
from mathbot.rational import add, inverse, multiply, ratio
from mathbot.syntax import Sum
from mathbot.values import Quantity

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mathbot.evaluate import Evaluator
    from mathbot.polynomial import Quotient
    from mathbot.rational import Rational
    from mathbot.syntax import Compare, Node
    from mathbot.values import Value

    Solutions = list[dict[str, Value]]

_MAX_CANDIDATES = 20_000


def solve(equations: Sequence[Compare], unknowns: Collection[str], evaluator: Evaluator) -> Solutions | None:
    """Return all real solutions, each as values by name; ``None`` where there are none, not even complex ones."""
    reader = polynomial.Reader(unknowns, lambda node: _plain(evaluator, node))
    quotients = [reader.read(_difference(equation)) for equation in equations]
    if len(equations) == 1 and len(unknowns) == 1:
        return _solve_one(quotients[0], next(iter(unknowns)))
    return _solve_linear(quotients, sorted(unknowns))


def _plain(evaluator: Evaluator, node: Node) -> Value:
    value = evaluator.value(node)
    if isinstance(value, Quantity):
        raise Declined("I can't solve equations with units.")
    return value


def _difference(equation: Compare) -> Node:
    if len(equation.rest) != 1 or equation.rest[0][0] != "=":
        raise Declined("I solve equations with one = sign; no inequalities.")
    return Sum(((1, equation.first), (-1, equation.rest[0][1])))


# One unknown


def _solve_one(quotient: Quotient, name: str) -> Solutions | None:
    over = polynomial.coefficients(quotient.over)
    under = polynomial.coefficients(quotient.under)
    if not quotient.over:
        raise Declined(f"Every {name} solves that{', except where it divides by zero' * (len(under) > 1)}.")
    if len(over) == 1:
        return None
    roots = [root for root in _roots(over) if real.sign(polynomial.at(under, root)) != 0]
    for root in roots:
        _check_root(over, root)
    if not roots and len(over) == 2:
        return None
    if not roots and len(under) > 1:
        return None
    return [{name: root} for root in sorted(roots, key=cmp_to_key(real.compare))]


def _check_root(values: list[Value], root: Value) -> None:
    """Put the root into the polynomial: what comes out has to be zero, or not to be told from it."""
    rest = polynomial.at(values, root)
    if rest != 0 and any(low > 0 or high < 0 for low, high in real.enclosures(rest, 60)):
        raise Declined("My solution failed its own check.")


def _roots(values: list[Value]) -> list[Value]:
    """Return the different real roots of a polynomial."""
    if real.sign(values[-1]) == 0:
        raise Declined("I can't tell the degree of that equation.")
    zeros = next(k for k, value in enumerate(values) if value != 0)
    roots: list[Value] = [0] if zeros else []
    values = values[zeros:]
    step = math.gcd(*(k for k, value in enumerate(values) if value != 0))
    if step > 1 and len(values) > 3:
        return roots + [root for power in _roots(values[::step]) for root in _real_roots_of(power, step)]
    if len(values) > 3 and polynomial.is_rational(values):
        rational, values = _rational_roots([_rational(value) for value in values])
        roots += rational
    return roots + [root for root in _rest(values) if root not in roots]


def _rational(value: Value) -> Rational:
    if isinstance(value, real.Real):
        raise Declined("I can solve that only with rational coefficients.")
    return value


def _rest(values: list[Value]) -> list[Value]:
    """Return the roots of what is left without rational roots."""
    step = math.gcd(*(k for k, value in enumerate(values) if value != 0))
    if len(values) <= 3:
        return _low_degree(values)
    if step > 1:
        return [root for power in _roots(values[::step]) for root in _real_roots_of(power, step)]
    raise Declined("I can't give all roots of that equation exactly.")


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


def _rational_roots(values: list[Rational]) -> tuple[list[Value], list[Value]]:
    """Return the rational roots, and the polynomial without them."""
    scale = math.lcm(*(value.denominator for value in values))
    whole = [int(value * scale) for value in values]
    found: list[Value] = []
    for candidate in _candidates(whole[0], whole[-1]):
        check()
        while len(whole) > 1 and _is_root(whole, candidate):
            whole = _deflated(whole, candidate)
            if candidate not in found:
                found.append(candidate)
    return found, list(whole)


def _candidates(first: int, last: int) -> list[Rational]:
    from mathbot.primes import divisors

    over, under = divisors(first), divisors(last)
    if len(over) * len(under) > _MAX_CANDIDATES:
        raise Declined("The numbers in that equation are too large for me.")
    sizes = {ratio(p, q) for p in over for q in under}
    return [candidate for size in sizes for candidate in (size, -size)]


def _is_root(values: list[int], x: Rational) -> bool:
    """Evaluate with integers: the sum of c * p**k * q**(n-k)."""
    p, q = x.numerator, x.denominator
    total, power = 0, 1
    for value in reversed(values):
        total = total * p + value * power
        power *= q
    return total == 0


def _deflated(values: list[int], x: Rational) -> list[int]:
    """Divide by (q*x - p): by Gauss's lemma the quotient has integer coefficients again."""
    p, q = x.numerator, x.denominator
    quotient = [0] * (len(values) - 1)
    carry = 0
    for k in range(len(values) - 1, 0, -1):
        carry = (values[k] + carry * p) // q
        quotient[k - 1] = carry
    return quotient


# Linear systems


def _solve_linear(quotients: list[Quotient], names: list[str]) -> Solutions | None:
    rows = [_row(quotient, names) for quotient in quotients]
    pivots: list[int] = []
    for column in range(len(names)):
        done = len(pivots)
        pivot = next((k for k in range(done, len(rows)) if rows[k][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        _eliminate(rows, done, column)
        pivots.append(column)
    if any(row[-1] and not any(row[:-1]) for row in rows):
        return None
    if len(pivots) < len(names):
        raise Declined("That has more than one solution.")
    return [{name: rows[k][-1] for k, name in enumerate(names)}]


def _row(quotient: Quotient, names: list[str]) -> list[Rational]:
    """Return the coefficients of the names, and the negative of what stands alone."""
    linear = all(sum(power for _, power in monomial) <= 1 for monomial in quotient.over)
    if not linear or any(monomial for monomial in quotient.under):
        raise Declined("I can solve several equations, or several unknowns, only where they are linear.")
    row = [_rational(quotient.over.get(((name, 1),), 0)) for name in names]
    return [*row, -_rational(quotient.over.get((), 0))]


def _eliminate(rows: list[list[Rational]], pivot: int, column: int) -> None:
    check()
    lead = rows[pivot][column]
    rows[pivot] = [multiply(value, inverse(lead)) for value in rows[pivot]]
    for k, row in enumerate(rows):
        if k != pivot and row[column]:
            factor = row[column]
            rows[k] = [add(value, multiply(-factor, other)) for value, other in zip(row, rows[pivot], strict=True)]
