"""Exact rational arithmetic on ``int`` and ``Fraction``. A whole number is always an ``int``, so that equal values are
equal in form too, and ``fractions`` is imported only when the first true fraction appears (it costs 4 ms).
"""

from __future__ import annotations

from mathbot.limits import MAX_BITS, DivisionByZero, TooLarge

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from fractions import Fraction
    from typing import TypeAlias

    Rational: TypeAlias = int | Fraction


def ratio(numerator: int, denominator: int) -> Rational:
    """Return the quotient of two integers, exactly."""
    if denominator == 0:
        raise DivisionByZero
    if numerator % denominator == 0:
        return numerator // denominator
    from fractions import Fraction

    return fit(Fraction(numerator, denominator))


def fit(value: Rational) -> Rational:
    """Return ``value`` in normal form, or raise ``TooLarge``."""
    if value.denominator == 1:
        value = value.numerator
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        raise TooLarge
    return value


def size(value: Rational) -> int:
    """Return how many bits the longer half of ``value`` has."""
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def add(a: Rational, b: Rational) -> Rational:
    """Return ``a + b``."""
    return fit(a + b)


def multiply(a: Rational, b: Rational) -> Rational:
    """Return ``a * b``."""
    if size(a) + size(b) > 2 * MAX_BITS:
        raise TooLarge
    return fit(a * b)


def inverse(value: Rational) -> Rational:
    """Return ``1 / value``."""
    return ratio(value.denominator, value.numerator)


def integer_power(base: Rational, exponent: int) -> Rational:
    """Return ``base ** exponent``; the size of the result is estimated first."""
    if exponent < 0:
        return inverse(integer_power(base, -exponent))
    if base in (0, 1, -1):
        return base if exponent % 2 or not base else 1
    if (size(base) - 1) * exponent > MAX_BITS:
        raise TooLarge
    return fit(base**exponent)


def integer_root(value: int, degree: int) -> int:
    """Return the largest integer whose power is at most ``value`` (at least 0), by Newton's method."""
    if value < 2 or degree == 1:
        return value
    if degree >= value.bit_length():
        return 1
    guess = 1 << -(-value.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + value // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better


def exact_root(value: int, degree: int) -> int | None:
    """Return the integer whose power is exactly ``value`` (at least 0), if there is one."""
    root = integer_root(value, degree)
    return root if root**degree == value else None


def absolute(value: Rational) -> Rational:
    """Return the absolute value."""
    return -value if value < 0 else value


def floor(value: Rational) -> int:
    """Return the largest integer that is at most ``value``."""
    return value.numerator // value.denominator


def round_half_away(value: Rational) -> int:
    """Return the nearest integer; halves go away from zero, as taught in school."""
    whole = floor(add(multiply(absolute(value), 2), 1)) // 2
    return whole if value >= 0 else -whole
