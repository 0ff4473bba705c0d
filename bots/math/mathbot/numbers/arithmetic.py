"""Arithmetic on numbers and quantities: integers at once, other numbers in ``real``, units in ``quantity``."""

from __future__ import annotations

from mathbot.limits import MAX_BITS, Declined, DivisionByZero
from mathbot.numbers.rational import fit, ratio
from mathbot.values import Quantity

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.values import Amount


def add(a: Amount, b: Amount) -> Amount:
    """Return ``a + b``."""
    if isinstance(a, int) and isinstance(b, int):
        return fit(a + b)
    if isinstance(a, Quantity) or isinstance(b, Quantity):
        from mathbot.quantities import quantity

        return quantity.add(a, b)
    from mathbot.numbers import real

    return real.add(a, b)


def negate(a: Amount) -> Amount:
    """Return ``-a``."""
    if isinstance(a, int):
        return -a
    if isinstance(a, Quantity):
        from mathbot.quantities import quantity

        return quantity.negate(a)
    from mathbot.numbers import real

    return real.negate(a)


def subtract(a: Amount, b: Amount) -> Amount:
    """Return ``a - b``."""
    return add(a, negate(b))


def multiply(a: Amount, b: Amount) -> Amount:
    """Return ``a * b``."""
    if isinstance(a, int) and isinstance(b, int) and a.bit_length() + b.bit_length() < MAX_BITS:
        return a * b
    if isinstance(a, Quantity) or isinstance(b, Quantity):
        from mathbot.quantities import quantity

        return quantity.multiply(a, b)
    from mathbot.numbers import real

    return real.multiply(a, b)


def divide(a: Amount, b: Amount) -> Amount:
    """Return ``a / b``."""
    if isinstance(a, int) and isinstance(b, int):
        return ratio(a, b)
    if isinstance(b, Quantity):
        from mathbot.quantities import quantity

        return quantity.multiply(a, quantity.reciprocal(b))
    from mathbot.numbers import real

    if b == 0:
        raise DivisionByZero
    return multiply(a, real.divide(1, b)) if isinstance(a, Quantity) else real.divide(a, b)


def power(a: Amount, b: Amount) -> Amount:
    """Return ``a ** b``."""
    if isinstance(b, Quantity):
        raise Declined("An exponent is a plain number.")
    if isinstance(a, Quantity):
        from mathbot.quantities import quantity

        return quantity.power(a, b)
    from mathbot.numbers.elementary import power as raise_to

    return raise_to(a, b)


def modulo(a: Amount, b: Amount, notes: list[str]) -> Amount:
    """Return the remainder of ``a`` divided by ``b``, from 0 up to ``b``."""
    from mathbot.numbers import real

    if isinstance(a, Quantity) or isinstance(b, Quantity):
        raise Declined("A remainder is for plain numbers.")
    if real.sign(b) == 0:
        raise DivisionByZero
    if real.sign(b) < 0:
        raise Declined("A remainder by a negative number is defined in several ways.")
    if real.sign(a) < 0:
        notes.append("the remainder from 0 up")
    return real.subtract(a, real.multiply(real.floor(real.divide(a, b)), b))


def compare(a: Amount, b: Amount) -> int:
    """Return the sign of ``a - b``."""
    if isinstance(a, int) and isinstance(b, int):
        return (a > b) - (a < b)
    if isinstance(a, Quantity) or isinstance(b, Quantity):
        from mathbot.quantities import quantity

        return quantity.compare(a, b)
    from mathbot.numbers import real

    return real.compare(a, b)
