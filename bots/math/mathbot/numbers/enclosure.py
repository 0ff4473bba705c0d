"""Intervals with decimal ends that are sure to hold a real number: the proof behind every rounded digit.

An ``Enclosure`` works at one precision; whoever needs more digits starts again with a higher one. ``Undecided`` says
that this precision is too low to tell (a divisor that may be zero, say).
"""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal, InvalidOperation, Overflow

from mathbot.limits import TooLarge, check

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mathbot.numbers.rational import Rational

_MAX_EXPONENT = Decimal(30_000)
"""exp of more than this has more than 10,000 digits."""


class Undecided(Exception):
    """This precision is not enough to tell."""


class Interval:
    """All numbers from ``low`` to ``high``, both included."""

    __slots__ = ("high", "low")
    __match_args__ = ("low", "high")

    def __init__(self, low: Decimal, high: Decimal) -> None:
        self.low = low
        self.high = high

    def __iter__(self) -> Iterator[Decimal]:
        return iter((self.low, self.high))


class Enclosure:
    """Interval arithmetic with ``digits`` significant decimal digits."""

    def __init__(self, digits: int) -> None:
        self.digits = digits
        traps = [InvalidOperation, Overflow]
        self.down = Context(digits, ROUND_FLOOR, MIN_EMIN, MAX_EMAX, traps=traps)
        self.up = Context(digits, ROUND_CEILING, MIN_EMIN, MAX_EMAX, traps=traps)
        self._exact = Context(digits + _GUARD, ROUND_FLOOR, MIN_EMIN, MAX_EMAX, traps=traps)
        """For moving the point of a fixed-point number, which has a digit or two more than the precision."""

    def rational(self, value: Rational) -> Interval:
        """Enclose an exact rational."""
        over, under = Decimal(value.numerator), Decimal(value.denominator)
        return Interval(self.down.divide(over, under), self.up.divide(over, under))

    def add(self, a: Interval, b: Interval) -> Interval:
        """Enclose a sum."""
        return Interval(self.down.add(a.low, b.low), self.up.add(a.high, b.high))

    def negate(self, a: Interval) -> Interval:
        """Enclose the negative, exactly."""
        return Interval(a.high.copy_negate(), a.low.copy_negate())

    def multiply(self, a: Interval, b: Interval) -> Interval:
        """Enclose a product."""
        pairs = [(x, y) for x in a for y in b]
        return Interval(min(self.down.multiply(*p) for p in pairs), max(self.up.multiply(*p) for p in pairs))

    def inverse(self, a: Interval) -> Interval:
        """Enclose ``1 / a``."""
        if a.low <= 0 <= a.high:
            raise Undecided
        one = Decimal(1)
        return Interval(self.down.divide(one, a.high), self.up.divide(one, a.low))

    def integer_power(self, a: Interval, exponent: int) -> Interval:
        """Enclose ``a ** exponent``."""
        if exponent < 0:
            return self.inverse(self.integer_power(a, -exponent))
        result = Interval(Decimal(1), Decimal(1))
        while exponent:
            if exponent & 1:
                result = self.multiply(result, a)
            exponent >>= 1
            if exponent:
                a = self.multiply(a, a)
        return result

    def sqrt(self, a: Interval) -> Interval:
        """Enclose the square root of a number known not to be negative."""
        low, high = max(a.low, Decimal(0)), max(a.high, Decimal(0))
        below, above = self.down.sqrt(low), self.up.sqrt(high)
        return Interval(max(self.down.next_minus(below), Decimal(0)), self.up.next_plus(above))

    def exp(self, a: Interval) -> Interval:
        """Enclose ``e ** a``."""
        if a.high > _MAX_EXPONENT or a.low < -_MAX_EXPONENT:
            raise TooLarge
        check()
        return Interval(self.down.next_minus(self.down.exp(a.low)), self.up.next_plus(self.up.exp(a.high)))

    def ln(self, a: Interval) -> Interval:
        """Enclose the natural logarithm of a number known to be positive."""
        if a.low <= 0:
            raise Undecided
        check()
        return Interval(self.down.next_minus(self.down.ln(a.low)), self.up.next_plus(self.up.ln(a.high)))

    def pi(self) -> Interval:
        """Enclose pi."""
        below = Decimal(_pi(self.digits)).scaleb(-self.digits, self._exact)
        return Interval(self.down.plus(below), self.up.add(below, self._step()))

    def sin(self, a: Interval) -> Interval:
        """Enclose the sine; its slope is at most 1, so the centre's value and the radius are enough."""
        return self._around(a, _sin_fixed)

    def cos(self, a: Interval) -> Interval:
        """Enclose the cosine."""
        return self._around(a, _cos_fixed)

    def atan(self, a: Interval) -> Interval:
        """Enclose the arc tangent."""
        return self._around(a, _atan_fixed)

    def _step(self) -> Decimal:
        return Decimal(1).scaleb(-self.digits, self._exact)

    def _around(self, a: Interval, function: _Fixed) -> Interval:
        centre = a.low
        radius = self.up.subtract(a.high, a.low)
        if radius > 1:
            raise Undecided
        check()
        value = Decimal(function(centre, self.digits)).scaleb(-self.digits, self._exact)
        slack = self.up.add(radius, self.up.add(self._step(), self._step()))
        return Interval(self.down.subtract(value, slack), self.up.add(value, slack))


if TYPE_CHECKING:
    from collections.abc import Callable

    _Fixed = Callable[[Decimal, int], int]

# Below, numbers are integers that stand for so many units of 10**-digits ("fixed point"), with guard digits inside.

_GUARD = 12
_GUARD_UNIT = 10**12
_pi_cache: tuple[int, int] = (0, 0)


def _pi(digits: int) -> int:
    """Return pi * 10**digits, rounded down, by Machin's formula."""
    global _pi_cache
    known, value = _pi_cache
    if known < digits + _GUARD:
        known = digits + _GUARD
        one = 10 ** (known + _GUARD)
        value = 4 * (4 * _atan_inverse(5, one) - _atan_inverse(239, one)) // _GUARD_UNIT
        _pi_cache = known, value
    return int(value // 10 ** (known - digits))


def _atan_inverse(n: int, one: int) -> int:
    term = one // n
    total, k, sign = term, 1, 1
    while term:
        term //= n * n
        k, sign = k + 2, -sign
        total += sign * (term // k)
    return total


def _fixed(value: Decimal, digits: int) -> int:
    sign, figures, exponent = value.as_tuple()
    whole: int = int(Decimal((0, figures, 0)))
    shift = int(exponent) + digits
    whole = whole * 10**shift if shift >= 0 else whole // 10 ** min(-shift, len(figures) + 1)
    return -whole if sign else whole


def _quarter_turns(value: Decimal, digits: int) -> tuple[int, int]:
    """Return ``value`` less the nearest multiple of pi/2 in fixed point, and that multiple modulo 4."""
    long = digits + max(value.adjusted(), 0) + 1
    if long > 20_000:
        raise TooLarge
    half_pi = _pi(long) // 2
    turns, rest = divmod(_fixed(value, long) + half_pi // 2, half_pi)
    return (rest - half_pi // 2) // 10 ** (long - digits), turns % 4


def _sin_fixed(value: Decimal, digits: int) -> int:
    return _turned(value, digits, 0)


def _cos_fixed(value: Decimal, digits: int) -> int:
    return _turned(value, digits, 1)


def _turned(value: Decimal, digits: int, extra: int) -> int:
    inner = digits + _GUARD
    rest, turns = _quarter_turns(value, inner)
    turns = (turns + extra) % 4
    result = _series(rest, inner, turns % 2)
    return (-result if turns >= 2 else result) // _GUARD_UNIT


def _series(x: int, digits: int, even: int) -> int:
    """Sum the Taylor series of sine (``even`` 0) or cosine (1) for a fixed-point ``x`` of at most pi/4."""
    one = 10**digits
    square = x * x // one
    term = one if even else abs(x)
    total, k, sign = term, 1 if even else 2, 1
    while term:
        term = term * square // (one * k * (k + 1))
        k, sign = k + 2, -sign
        total += sign * term
    return total if even or x >= 0 else -total


def _atan_fixed(value: Decimal, digits: int) -> int:
    from math import isqrt

    if value < 0:
        return -_atan_fixed(value.copy_negate(), digits)
    if value > 1:
        return _atan_large(value, digits)
    inner = digits + _GUARD
    one = 10**inner
    x = _fixed(value, inner)
    halvings = 4
    for _ in range(halvings):
        x = x * one // (one + isqrt(one * one + x * x))
    square, term, total, k, sign = x * x // one, x, 0, 1, 1
    while term:
        total += sign * (term // k)
        term, k, sign = term * square // one, k + 2, -sign
    return (total << halvings) // _GUARD_UNIT


def _atan_large(value: Decimal, digits: int) -> int:
    context = Context(digits + _GUARD, ROUND_FLOOR, MIN_EMIN, MAX_EMAX)
    small = _atan_fixed(context.divide(Decimal(1), value), digits + _GUARD)
    return (_pi(digits + _GUARD) // 2 - small) // _GUARD_UNIT
