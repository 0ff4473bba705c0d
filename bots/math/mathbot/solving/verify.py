"""Puts numbers into expressions: is it zero there, positive, negative, or undefined? Each answer is proven.

Zero is proven by exact arithmetic, or by a change of sign: an expression that is continuous on a short interval and
has different signs at its ends is zero between them, and where only one candidate lies there, that is it.
"""

from __future__ import annotations

from decimal import InvalidOperation, Overflow

from mathbot.evaluate import Evaluator
from mathbot.limits import Declined, Undefined
from mathbot.numbers import real
from mathbot.numbers.enclosure import Enclosure, Interval, Undecided
from mathbot.numbers.rational import ratio
from mathbot.numbers.real import Apply
from mathbot.solving import algebraic
from mathbot.values import Quantity

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mathbot.numbers.rational import Rational
    from mathbot.syntax import Node
    from mathbot.values import Amount, Value

_DIGITS = 120
"""A number that can't be told from zero in so many digits needs a proof of another kind."""
_NEAR_DIGITS = 24
_UNPROVEN = "I have a solution, but I can't prove that it is one."


class _Box(Apply):
    """Any number from one rational to another: what holds for it holds for all of them."""

    __slots__ = ("high", "low")

    def __init__(self, low: Rational, high: Rational) -> None:
        super().__init__("box", 0)
        self.low = low
        self.high = high

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def enclose(self, to: Enclosure) -> Interval:
        """Return the whole interval, whatever the precision."""
        return Interval(to.rational(self.low).low, to.rational(self.high).high)


class Substitution:
    """An expression in one unknown, to put numbers into."""

    def __init__(self, node: Node, unknown: str, names: Mapping[str, Amount]) -> None:
        self._node = node
        self._unknown = unknown
        self._names = names

    def value(self, x: Value) -> Value | None:
        """Return the value at ``x``; ``None`` where there is none."""
        try:
            value = Evaluator({**self._names, self._unknown: x}, []).value(self._node)
        except Undefined:
            return None
        if isinstance(value, Quantity):
            raise Declined("I can't solve equations with units.")
        return value

    def sign(self, x: Value, others: Sequence[Value] = ()) -> int | None:
        """Return -1, 0 or 1, or ``None`` where the value is undefined; declines where that is not proven.

        The expression is known not to be zero anywhere but at ``x`` and ``others``.
        """
        value = self.value(x)
        if value is None:
            return None
        sign = _sign(value)
        if sign is not None:
            return sign
        if self._crosses_zero_at(x, others):
            return 0
        raise Declined(_UNPROVEN)

    def contradicts(self, x: Value) -> bool:
        """Is the expression surely not zero at ``x``?"""
        value = self.value(x)
        return value is not None and _sign(value) in (-1, 1)

    def _crosses_zero_at(self, x: Value, others: Sequence[Value]) -> bool:
        low, high = _around(x)
        if any(real.compare(other, low) >= 0 and real.compare(other, high) <= 0 for other in others):
            return False
        ends = [self.value(low), self.value(high)]
        signs = {_sign(end) if end is not None else None for end in ends}
        return signs == {-1, 1} and self._continuous(low, high)

    def _continuous(self, low: Rational, high: Rational) -> bool:
        """An enclosure of the values at all points proves it: the engine encloses only what is continuous."""
        try:
            value = self.value(real.atom(_Box(low, high)))
            if value is not None:
                real.enclose(value, Enclosure(2 * _NEAR_DIGITS))
        except (Declined, Undecided, InvalidOperation, Overflow):
            return False
        return value is not None


def _sign(value: Value) -> int | None:
    """Return the sign; ``None`` where the number can't be told from zero. Declines where it may be none at all."""
    if not isinstance(value, real.Real):
        return (value > 0) - (value < 0)
    enclosed = False
    for low, high in real.enclosures(value, _DIGITS):
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
        enclosed = True
    if not enclosed:
        raise Declined(_UNPROVEN)
    return 0 if algebraic.is_zero(value) else None


def _around(x: Value) -> tuple[Rational, Rational]:
    """Return rational numbers a little below and above ``x``."""
    for low, high in real.enclosures(x, _DIGITS):
        size = max(abs(low), abs(high)).adjusted()
        bit = ratio(10 ** max(size - _NEAR_DIGITS, 0), 10 ** max(_NEAR_DIGITS - size, 0))
        below, above = (ratio(*end.as_integer_ratio()) for end in (low, high))
        return below - bit, above + bit
    raise Declined(_UNPROVEN)
