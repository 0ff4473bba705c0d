"""Several polynomial equations: one unknown after the other is expressed by those that are left, and put in."""

from __future__ import annotations

from mathbot.limits import Declined, check
from mathbot.numbers import real
from mathbot.numbers.rational import add, inverse, multiply
from mathbot.solving import algebraic, isolate, polynomial
from mathbot.solving.polynomial import by_power, constant, plus, times, unknowns_of

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.numbers.rational import Rational
    from mathbot.solving.polynomial import Polynomial
    from mathbot.values import Value

    Solution = dict[str, Value]

_MANY = "That has more than one solution."
_HARD = "I can solve several equations, or several unknowns, only where one after the other can be put in."
_MAX_STEPS = 60


def is_linear(polys: list[Polynomial]) -> bool:
    """Are all terms multiples of one unknown, or numbers?"""
    return all(sum(power for _, power in monomial) <= 1 for poly in polys for monomial in poly)


# Linear systems


def solve_linear(polys: list[Polynomial], names: list[str]) -> Solution | None:
    """Return the solution, or ``None`` where there is none; declines where there are more."""
    rows = [_row(poly, names) for poly in polys]
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
        raise Declined(_MANY)
    return {name: rows[k][-1] for k, name in enumerate(names)}


def _row(poly: Polynomial, names: list[str]) -> list[Rational]:
    """Return the coefficients of the names, and the negative of what stands alone."""
    row = algebraic.rational([poly.get(((name, 1),), 0) for name in names] + [real.negate(poly.get((), 0))])
    if row is None:
        raise Declined("I can solve that only with rational coefficients.")
    return row


def _eliminate(rows: list[list[Rational]], pivot: int, column: int) -> None:
    check()
    lead = rows[pivot][column]
    rows[pivot] = [multiply(value, inverse(lead)) for value in rows[pivot]]
    for k, row in enumerate(rows):
        if k != pivot and row[column]:
            factor = row[column]
            rows[k] = [add(value, multiply(-factor, other)) for value, other in zip(row, rows[pivot], strict=True)]


# Others


class Substituting:
    """Solves polynomial equations by putting one into the other; all real solutions, or a decline."""

    def __init__(self) -> None:
        self._steps = 0

    def solve(self, polys: list[Polynomial], names: list[str]) -> list[Solution]:
        """Return the values of ``names`` for which all polynomials are zero."""
        check()
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise Declined(_HARD)
        polys = [poly for poly in polys if poly]
        if any(set(poly) == {()} and real.sign(poly[()]) for poly in polys):
            return []
        polys = [poly for poly in polys if set(poly) != {()}]
        if not names:
            return [{}]
        if not polys:
            raise Declined(_MANY)
        return (
            self._by_number(polys, names)
            or self._by_expression(polys, names)
            or self._by_difference(polys, names)
            or self._by_quotient(polys, names)
            or _refused()
        )[0]

    def _by_number(self, polys: list[Polynomial], names: list[str]) -> list[list[Solution]]:
        """Solve what has one unknown for it, and put each solution into the rest."""
        for name in names:
            alone = [poly for poly in polys if unknowns_of(poly) == {name}]
            if not alone:
                continue
            others = [poly for poly in polys if poly not in alone]
            left = [other for other in names if other != name]
            found = []
            for root in _common_roots(alone):
                rest = [_put(poly, name, constant(root)) for poly in others]
                found += [{name: root, **solution} for solution in self.solve(rest, left)]
            return [found]
        return []

    def _by_expression(self, polys: list[Polynomial], names: list[str]) -> list[list[Solution]]:
        """Express an unknown that one equation has as a plain multiple."""
        for poly in sorted(polys, key=len):
            for name in names:
                parts = by_power(poly, name)
                if max(parts) == 1 and set(parts[1]) == {()} and not isinstance(parts[1][()], real.Real):
                    value = times(parts.get(0, {}), constant(real.negate(real.reciprocal(parts[1][()]))))
                    return [self._expressed(polys, names, poly, name, value)]
        return []

    def _expressed(
        self, polys: list[Polynomial], names: list[str], used: Polynomial, name: str, value: Polynomial
    ) -> list[Solution]:
        rest = [_put(poly, name, value) for poly in polys if poly is not used]
        left = [other for other in names if other != name]
        return [{**solution, name: _value(value, solution)} for solution in self.solve(rest, left)]

    def _by_difference(self, polys: list[Polynomial], names: list[str]) -> list[list[Solution]]:
        """Subtract a multiple of one equation from another where both have the same square, and nothing else of it."""
        for name in names:
            squares = [poly for poly in polys if _is_square_only(poly, name)]
            if len(squares) < 2:
                continue
            first, second = squares[:2]
            a, b = first[((name, 2),)], second[((name, 2),)]
            less = plus(times(first, constant(b)), times(second, constant(real.negate(a))))
            return [self.solve([poly for poly in polys if poly is not second] + [less], names)]
        return []

    def _by_quotient(self, polys: list[Polynomial], names: list[str]) -> list[list[Solution]]:
        """Express an unknown that stands beside others: either what stands with it is zero, or divide by it."""
        for poly in sorted(polys, key=len):
            for name in names:
                parts = by_power(poly, name)
                if max(parts) != 1:
                    continue
                rest, factor = parts.get(0, {}), parts[1]
                others = [other for other in polys if other is not poly]
                zero = self.solve([factor, rest, *others], names)
                left = [other for other in names if other != name]
                cleared = [_cleared(other, name, rest, factor) for other in others]
                found = [s for s in self.solve(cleared, left) if real.sign(_value(factor, s))]
                return [zero + [{**s, name: _quotient(rest, factor, s)} for s in found]]
        return []


def _refused() -> list[list[Solution]]:
    raise Declined(_HARD)


def _is_square_only(poly: Polynomial, name: str) -> bool:
    parts = by_power(poly, name)
    return set(parts) <= {0, 2} and set(parts.get(2, {})) == {()}


def _common_roots(polys: list[Polynomial]) -> list[Value]:
    """Return where all of some polynomials in one and the same unknown are zero."""
    every = [polynomial.coefficients(poly) for poly in polys]
    if len(every) == 1:
        return algebraic.roots(every[0])
    shared: isolate.Whole = []
    for values in every:
        exact = algebraic.rational(values)
        if exact is None:
            raise Declined(_HARD)
        shared = isolate.common(shared, algebraic.whole(exact))
    return algebraic.roots(list(shared))


def _put(poly: Polynomial, name: str, value: Polynomial) -> Polynomial:
    """Put an expression for an unknown."""
    return _cleared(poly, name, times(value, constant(-1)), constant(1))


def _cleared(poly: Polynomial, name: str, rest: Polynomial, factor: Polynomial) -> Polynomial:
    """Put ``-rest / factor`` for an unknown, times the power of ``factor`` that clears the quotient."""
    parts = by_power(poly, name)
    most = max(parts)
    over = times(rest, constant(-1))
    total: Polynomial = {}
    for power, part in parts.items():
        term = part
        for base in [over] * power + [factor] * (most - power):
            term = times(term, base)
        total = plus(total, term)
    return total


def _value(poly: Polynomial, solution: Solution) -> Value:
    total: Value = 0
    for monomial, number in poly.items():
        for name, power in monomial:
            for _ in range(power):
                number = real.multiply(number, solution[name])
        total = real.add(total, number)
    return total


def _quotient(rest: Polynomial, factor: Polynomial, solution: Solution) -> Value:
    return real.divide(real.negate(_value(rest, solution)), _value(factor, solution))
