"""Real roots of polynomials with integer coefficients (by ascending power), each alone in an interval: Descartes' rule
of signs with bisection (Vincent, Collins and Akritas), and refinement by secants whose every step is proven by signs.

All of it is exact integer arithmetic, of our own rather than sympy's: sympy takes 0.3 s to import, and an interval
that can be narrowed to any number of digits is what the rest of the engine is built on.
"""

from __future__ import annotations

import math

from mathbot.limits import Declined, check
from mathbot.numbers.rational import ratio

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from typing import TypeAlias

    from mathbot.numbers.rational import Rational

    Whole: TypeAlias = list[int]
    Dyadic: TypeAlias = tuple[int, int, int]
    """The numbers from ``low / 2**bits`` to ``high / 2**bits``."""

_PRIME = 2**61 - 1
_MAX_DEPTH = 20_000
"""Bisections towards one root: where they run out, the coefficients are too large anyway."""


# Polynomials with integer coefficients


def primitive(values: Whole) -> Whole:
    """Divide by the greatest common divisor of the coefficients; the last one comes out positive."""
    while values and not values[-1]:
        values = values[:-1]
    content = math.gcd(*values) if values else 1
    if values and values[-1] < 0:
        content = -content
    return [value // content for value in values]


def derivative(values: Whole) -> Whole:
    """Return the derivative."""
    return [k * value for k, value in enumerate(values)][1:]


def common(a: Whole, b: Whole) -> Whole:
    """Return the greatest common divisor of two polynomials."""
    a, b = primitive(a), primitive(b)
    if a and b and _coprime_modulo_prime(a, b):
        return [1]
    while b:
        a, b = b, primitive(_remainder(a, b))
    return a


def _remainder(a: Whole, b: Whole) -> Whole:
    """Return the remainder of some integer multiple of ``a`` divided by ``b``."""
    rest = list(a)
    while len(rest) >= len(b):
        check()
        lead = rest[-1]
        shift = len(rest) - len(b)
        rest = [b[-1] * value for value in rest]
        for k, value in enumerate(b):
            rest[shift + k] -= lead * value
        rest.pop()
    return rest


def _coprime_modulo_prime(a: Whole, b: Whole) -> bool:
    """A common factor would be one modulo a prime too, where that divides no leading coefficient."""
    if not a[-1] % _PRIME or not b[-1] % _PRIME:
        return False
    x, y = [value % _PRIME for value in a], [value % _PRIME for value in b]
    while len(y) > 1:
        check()
        x, y = y, _remainder_modulo_prime(x, y)
    return len(y) == 1


def _remainder_modulo_prime(x: Whole, y: Whole) -> Whole:
    x = list(x)
    flipped = pow(y[-1], -1, _PRIME)
    while len(x) >= len(y):
        factor = x.pop() * flipped
        shift = len(x) + 1 - len(y)
        for k in range(len(y) - 1):
            x[shift + k] = (x[shift + k] - factor * y[k]) % _PRIME
    while x and not x[-1]:
        x.pop()
    return x


def quotient(a: Whole, b: Whole) -> Whole:
    """Return ``a / b`` for a primitive divisor ``b``, without its content."""
    rest = [value * b[-1] ** (len(a) - len(b) + 1) for value in a]
    result = []
    while len(rest) >= len(b):
        check()
        factor = rest.pop() // b[-1]
        result.append(factor)
        shift = len(rest) + 1 - len(b)
        for k in range(len(b) - 1):
            rest[shift + k] -= factor * b[k]
    return primitive(result[::-1])


def squarefree(values: Whole) -> Whole:
    """Return the polynomial with the same roots, each once."""
    repeated = common(values, derivative(values))
    return quotient(values, repeated) if len(repeated) > 1 else primitive(values)


def without(values: Whole, other: Whole) -> Whole:
    """Return the polynomial without the roots that it shares with ``other``."""
    while len(shared := common(values, other)) > 1:
        values = quotient(values, shared)
    return values


def sign_at(values: Whole, x: int, bits: int) -> int:
    """Return the sign at ``x / 2**bits``."""
    value = scaled_at(values, x, bits)
    return (value > 0) - (value < 0)


def scaled_at(values: Whole, x: int, bits: int) -> int:
    """Return the value at ``x / 2**bits``, times ``2**(bits * degree)``."""
    total, shift = 0, 0
    for value in reversed(values):
        total = total * x + (value << shift)
        shift += bits
    return total


def is_root(values: Whole, x: Rational) -> bool:
    """Evaluate with integers: the sum of c * p**k * q**(n-k)."""
    p, q = x.numerator, x.denominator
    total, power = 0, 1
    for value in reversed(values):
        total = total * p + value * power
        power *= q
    return total == 0


# Isolation


def isolate(values: Whole) -> tuple[list[Rational], Whole, list[Dyadic]]:
    """Return the rational roots of a square-free polynomial, the polynomial without them, and where its others are.

    Each interval holds one root, which is irrational, and has no root at its ends.
    """
    found: list[Rational] = []
    if values[0] == 0:
        found.append(0)
        values = values[1:]
    while isinstance(places := _intervals(values), Hit):
        found.append(places.root)
        values = _deflated(values, places.root)
    kept = []
    full = values
    for place in places:
        root = _rational_in(full, place)
        if root is None:
            kept.append(place)
        else:
            found.append(root)
            values = _deflated(values, root)
    return found, values, kept


class Hit:
    """A rational root met by the way."""

    __slots__ = ("root",)

    def __init__(self, root: Rational) -> None:
        self.root = root


def _deflated(values: Whole, root: Rational) -> Whole:
    return quotient(values, [-root.numerator, root.denominator])


def _intervals(values: Whole) -> list[Dyadic] | Hit:
    found: list[Dyadic] = []
    for sign in (-1, 1):
        flipped = [value * sign**k for k, value in enumerate(values)]
        places = _positive(flipped)
        if isinstance(places, Hit):
            return Hit(places.root * sign)
        found += [(low, high, bits) if sign > 0 else (-high, -low, bits) for low, high, bits in places]
    return found


def _positive(values: Whole) -> list[Dyadic] | Hit:
    """Isolate the positive roots, or return a root met at a point of bisection."""
    degree = len(values) - 1
    size = _bound(values)
    scaled = [v << (size * k if size >= 0 else -size * (degree - k)) for k, v in enumerate(values)]
    found: list[Dyadic] = []
    waiting = [(primitive(scaled), 0, 0)]
    while waiting:
        check()
        part, at, depth = waiting.pop()
        changes = _changes_inside(part)
        if changes == 1:
            found.append(_dyadic(at, depth, size))
        if changes < 2:
            continue
        if depth > _MAX_DEPTH:
            raise Declined("The numbers in that equation are too large for me.")
        left = [value << (degree - k) for k, value in enumerate(part)]
        right = _shifted(left)
        if right[0] == 0:
            low, _, bits = _dyadic(2 * at + 1, depth + 1, size)
            return Hit(ratio(low, 1 << bits))
        waiting += [(right, 2 * at + 1, depth + 1), (left, 2 * at, depth + 1)]
    return found


def _bound(values: Whole) -> int:
    """Return a power of two above all positive roots (Fujiwara)."""
    last = values[-1].bit_length()
    degree = len(values) - 1
    sizes = [-((last - 1 - v.bit_length()) // (degree - k)) for k, v in enumerate(values[:-1]) if v]
    return 1 + max(sizes, default=0)


def _dyadic(at: int, depth: int, size: int) -> Dyadic:
    """Return the interval from ``at`` to ``at + 1`` in units of ``2**(size - depth)``."""
    bits = depth - size
    return (at, at + 1, bits) if bits >= 0 else (at << -bits, (at + 1) << -bits, 0)


def _shifted(values: Whole) -> Whole:
    """Return the polynomial at ``x + 1``."""
    result = list(values)
    last = len(result) - 1
    for start in range(last):
        for k in range(last - 1, start - 1, -1):
            result[k] += result[k + 1]
    return result


def _changes_inside(values: Whole) -> int:
    """Descartes' bound for the roots between 0 and 1: none for 0, exactly one for 1."""
    changes, before = 0, 0
    for value in _shifted(values[::-1]):
        if value:
            changes += before * value < 0
            before = 1 if value > 0 else -1
    return changes


def _rational_in(values: Whole, place: Dyadic) -> Rational | None:
    """A rational root is a whole number of units of 1 / the leading coefficient: narrow until only one is left."""
    lead = values[-1]
    low, high, bits = place
    while (high - low) * lead >> bits:
        low, high, bits = narrowed(values, (low, high, bits), _precision((low, high, bits)) + lead.bit_length() + 2)
        if low == high:
            return ratio(low, 1 << bits)
    unit = (high * lead) >> bits
    candidate = ratio(unit, lead)
    inside = low < candidate * (1 << bits) < high
    return candidate if inside and is_root(values, candidate) else None


# Refinement


def _precision(place: Dyadic) -> int:
    """Return how many leading bits of the numbers in the interval are certain, about."""
    low, high, _ = place
    if low <= 0 <= high and low != high:
        return 0
    return max(0, min(abs(low), abs(high)).bit_length() - (high - low).bit_length())


def narrowed(values: Whole, place: Dyadic, precision: int) -> Dyadic:
    """Return a part of the interval that still holds its root, narrower than ``2**-precision`` of its size.

    The next point is guessed by a secant, twice as boldly after each success; signs decide where the root is. An
    interval of one point is a root met by chance.
    """
    low, high, bits = place
    rising = sign_at(values, high, bits)
    boldness = 1
    while low != high and _precision((low, high, bits)) < precision:
        check()
        width = high - low
        low, high, bits = low << boldness, high << boldness, bits + boldness
        guess = low + width * _secant(values, low, high, bits, boldness)
        at_guess = sign_at(values, guess, bits) * rising
        other = guess - width if at_guess > 0 else guess + width
        at_other = at_guess if at_guess == 0 or not low < other < high else sign_at(values, other, bits) * rising
        if at_guess == 0 or (at_other == 0 and low < other < high):
            exact = guess if at_guess == 0 else other
            return exact, exact, bits
        low, high = _between(low, high, ((guess, at_guess), (other, at_other)))
        boldness = 2 * boldness if high - low == width else max(1, boldness // 2)
    return low, high, bits


def _between(low: int, high: int, points: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """Move the ends to the points inside, by the sign there relative to that at the upper end."""
    for point, sign in points:
        if low < point < high:
            low, high = (low, point) if sign > 0 else (point, high)
    return low, high


def _secant(values: Whole, low: int, high: int, bits: int, boldness: int) -> int:
    """Return which of the ``2**boldness`` parts of the interval begins next to where a straight line would cross."""
    below, above = abs(scaled_at(values, low, bits)), abs(scaled_at(values, high, bits))
    parts = 1 << boldness
    nearest = ((below << (boldness + 1)) + below + above) // (2 * (below + above))
    return min(max(nearest, 1), parts - 1)
