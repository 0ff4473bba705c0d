"""Formulas: solves an equation in several letters for one that stands in it as a multiple (``y = 2x + 1`` for x)."""

from __future__ import annotations

import math

from mathbot.limits import Declined
from mathbot.numbers.rational import absolute
from mathbot.solving import algebraic
from mathbot.solving.eliminate import divided, shared
from mathbot.solving.polynomial import by_power, constant, times, unknowns_of

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.numbers.rational import Rational
    from mathbot.solving.polynomial import Monomial, Polynomial


def solve(poly: Polynomial, target: str) -> str:
    """Return ``x = …`` for ``poly = 0``, with what must not be zero; declines where that is not the whole answer."""
    parts = by_power(poly, target)
    exact = algebraic.rational(poly.values())
    if max(parts) != 1 or exact is None:
        raise Declined(f"I can solve that for {target} only where it stands alone, or times something.")
    scale = math.lcm(*(value.denominator for value in exact))
    over, under = times(parts.get(0, {}), constant(-scale)), times(parts[1], constant(scale))
    if len(under) == 1:
        ((divisor_of_all, _),) = under.items()
        return _over_one_term(target, over, under) + _unless_zero(divisor_of_all)
    divisor = _written(under)
    return f"{target} = {_bracketed(over)}/({divisor}) (for {divisor} != 0)"


def _over_one_term(target: str, over: Polynomial, under: Polynomial) -> str:
    """Shorten the fraction, and write the sign of the divisor above the line."""
    if not over:
        return f"{target} = 0"
    common_letters = shared({**over, **under})
    over, under = divided(over, common_letters), divided(under, common_letters)
    ((monomial, factor),) = under.items()
    numbers = [int(value) for value in algebraic.rational([factor, *over.values()]) or []]
    common = math.gcd(*numbers) * (1 if numbers[0] > 0 else -1)
    above: Polynomial = {m: value // common for m, value in zip(over, numbers[1:], strict=True)}
    below = _term(monomial, numbers[0] // common)
    if below == "1":
        return f"{target} = {_written(above)}"
    simple = not monomial or len(below) == 1
    return f"{target} = {_bracketed(above)}/{below if simple else f'({below})'}"


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
    return f"-{names}" if factor == -1 else f"{factor}*{names}"


def is_one(polys: list[Polynomial], target: str) -> bool:
    """Is this one equation for a letter among others?"""
    return len(polys) == 1 and target in unknowns_of(polys[0]) and len(unknowns_of(polys[0])) > 1
