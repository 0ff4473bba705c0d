"""Formulas: solves an equation in several letters for one of them, of which it has one power or the first two."""

from __future__ import annotations

import math

from mathbot.limits import Declined
from mathbot.numbers.rational import absolute
from mathbot.solving import algebraic
from mathbot.solving.eliminate import divided, shared
from mathbot.solving.polynomial import by_power, constant, plus, times, unknowns_of

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.numbers.rational import Rational
    from mathbot.solving.polynomial import Monomial, Polynomial


def solve(poly: Polynomial, target: str) -> str:
    """Return ``x = …`` for ``poly = 0``, with what must not be zero; declines where that is not the whole answer."""
    exact = algebraic.rational(poly.values())
    if exact is None:
        raise Declined(f"I can solve that for {target} only where all numbers in it are fractions.")
    scale = constant(math.lcm(*(value.denominator for value in exact)))
    parts = {power: times(part, scale) for power, part in by_power(poly, target).items()}
    degree = max(parts)
    if set(parts) == {0, 1, 2} or set(parts) == {1, 2}:
        return _quadratic(target, parts)
    if degree > _HIGHEST or not set(parts) <= {0, degree}:
        raise Declined(f"I can solve that for {target} only where it stands alone, or times something.")
    over, under = times(parts.get(0, {}), constant(-1)), parts[degree]
    if len(under) == 1:
        ((divisor_of_all, _),) = under.items()
        return _rooted(target, _over_one_term(over, under), degree) + _unless_zero(divisor_of_all)
    divisor = _written(under)
    return _rooted(target, f"{_bracketed(over)}/({divisor})", degree) + f" (for {divisor} != 0)"


_HIGHEST = 3


def _rooted(target: str, power: str, degree: int) -> str:
    """Return what the letter is where one of its powers is known."""
    if degree == 1 or power == "0":
        return f"{target} = {power}"
    if degree == _HIGHEST:
        return f"{target} = cbrt({power})"
    return f"{target} = -sqrt({power}) or {target} = sqrt({power})"


def _quadratic(target: str, parts: dict[int, Polynomial]) -> str:
    """The formula for quadratic equations; the number before the square may be a letter, and then is not zero."""
    a, b, c = parts[2], parts[1], parts.get(0, {})
    inside = plus(times(b, b), times(constant(-4), times(a, c)))
    minus_b, double = _written(times(b, constant(-1))), _written(times(a, constant(2)))
    below = double if double.isdigit() else f"({double})"
    root = f"sqrt({_written(inside)})" if inside else "0"
    lines = [f"{target} = ({minus_b} {sign} {root})/{below}" for sign in "-+"]
    numeric = set(a) == {()}
    return " or ".join(lines) + ("" if numeric else f" (for {_written(a)} != 0)")


def _over_one_term(over: Polynomial, under: Polynomial) -> str:
    """Shorten the fraction, and write the sign of the divisor above the line."""
    if not over:
        return "0"
    common_letters = shared({**over, **under})
    over, under = divided(over, common_letters), divided(under, common_letters)
    ((monomial, factor),) = under.items()
    numbers = [int(value) for value in algebraic.rational([factor, *over.values()]) or []]
    common = math.gcd(*numbers) * (1 if numbers[0] > 0 else -1)
    above: Polynomial = {m: value // common for m, value in zip(over, numbers[1:], strict=True)}
    below = _term(monomial, numbers[0] // common)
    if below == "1":
        return _written(above)
    simple = not monomial or (len(monomial) == 1 and below[0].isalpha())
    return f"{_bracketed(above)}/{below if simple else f'({below})'}"


def _unless_zero(divisor: Monomial) -> str:
    return f" (for {' and '.join(f'{name} != 0' for name, _ in divisor)})" if divisor else ""


def _bracketed(poly: Polynomial) -> str:
    return f"({_written(poly)})" if len(poly) > 1 else _written(poly)


def _written(poly: Polynomial) -> str:
    """Write positive terms first, and the higher ones before the lower."""
    factors = algebraic.rational(poly.values()) or []
    pairs: list[tuple[Monomial, Rational]] = list(zip(poly, factors, strict=True))
    terms = sorted(pairs, key=_place)
    first, number = terms[0]
    text = _term(first, number)
    for monomial, factor in terms[1:]:
        text += f" {'-' if factor < 0 else '+'} {_term(monomial, absolute(factor))}"
    return text


def _place(term: tuple[Monomial, Rational]) -> tuple[bool, int, Monomial]:
    monomial, factor = term
    return factor < 0, -sum(power for _, power in monomial), monomial


def _term(monomial: Monomial, factor: Rational) -> str:
    names = "*".join(name if power == 1 else f"{name}^{power}" for name, power in monomial)
    if not names:
        return str(factor)
    if factor == 1:
        return names
    return f"-{names}" if factor == -1 else f"{factor}{names}"


def is_one(polys: list[Polynomial], target: str) -> bool:
    """Is this one equation for a letter among others?"""
    return len(polys) == 1 and target in unknowns_of(polys[0]) and len(unknowns_of(polys[0])) > 1
