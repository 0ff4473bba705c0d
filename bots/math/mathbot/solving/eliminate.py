"""Polynomials in several names: what their terms share, and how a square or a root is removed from them."""

from __future__ import annotations

from mathbot.solving.polynomial import Hard, by_power, constant, plus, power_of, times

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.solving.kernels import Kernel
    from mathbot.solving.polynomial import Monomial, Polynomial


def shared(poly: Polynomial) -> Monomial:
    """Return the product of powers that divides every term."""
    terms = [dict(monomial) for monomial in poly]
    names = set(terms[0]).intersection(*terms)
    return tuple((name, min(term[name] for term in terms)) for name in sorted(names))


def divided(poly: Polynomial, by: Monomial) -> Polynomial:
    """Divide every term by what all of them share."""
    result: Polynomial = {}
    for monomial, number in poly.items():
        powers = dict(monomial)
        for name, power in by:
            powers[name] -= power
        result[tuple((name, power) for name, power in powers.items() if power)] = number
    return result


def reduced(poly: Polynomial, kernel: Kernel, *square: Polynomial) -> Polynomial:
    """Put the sum of ``square`` for the square of a kernel."""
    total: Polynomial = {}
    squared: Polynomial = {}
    for part in square:
        squared = plus(squared, part)
    for power, part in by_power(poly, kernel.name).items():
        term = times(part, power_of(squared, power // 2))
        total = plus(total, times(term, {((kernel.name, 1),): 1}) if power % 2 else term)
    return total


def conjugated(poly: Polynomial, root: Kernel) -> Polynomial:
    """Return a polynomial without the root that is zero wherever ``poly`` is.

    With s the root, s**q = n/d: a + b*s has the norm a**2 - b**2 * n/d for q = 2, a + b*s + c*s**2 has
    a**3 + b**3 * n/d + c**3 * (n/d)**2 - 3abc * n/d for q = 3; a = -b * s**m always gives (-a)**q = b**q * (n/d)**m.
    """
    over, under, degree = root.inner.over, root.inner.under, root.degree
    parts = by_power(poly, root.name)
    if len(parts) == 2 and 0 in parts:
        power = max(parts)
        left = times(power_of(times(parts[0], constant(-1)), degree), power_of(under, power))
        return plus(left, times(constant(-1), times(power_of(parts[power], degree), power_of(over, power))))
    if degree > 3:
        raise Hard("I can't solve equations with several roots of degrees above 3.")
    a, b, c = _low_powers(parts, over, under, degree)
    if degree == 2:
        return plus(times(power_of(a, 2), under), times(constant(-1), times(power_of(b, 2), over)))
    total = plus(times(power_of(a, 3), power_of(under, 2)), times(times(power_of(b, 3), over), under))
    total = plus(total, times(power_of(c, 3), power_of(over, 2)))
    mixed = times(times(times(a, b), c), times(over, under))
    return plus(total, times(constant(-3), mixed))


def _low_powers(
    parts: dict[int, Polynomial], over: Polynomial, under: Polynomial, degree: int
) -> tuple[Polynomial, Polynomial, Polynomial]:
    """Return the coefficients of s**0, s**1 and s**2 once higher ones are written with s**degree = over/under."""
    most = max(parts) // degree
    low: list[Polynomial] = [{}, {}, {}]
    for power, part in parts.items():
        wholes, rest = divmod(power, degree)
        low[rest] = plus(low[rest], times(part, times(power_of(over, wholes), power_of(under, most - wholes))))
    return low[0], low[1], low[2]
