"""How numbers are written: whole numbers and terminating decimals exactly, all others rounded to 15 significant
digits, and only once the rounding is proven.
"""

from __future__ import annotations

from mathbot.limits import MAX_DIGITS, Declined, TooLarge
from mathbot.numbers.rational import integer_power, ratio, round_half_away

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from decimal import Decimal

    from mathbot.numbers.rational import Rational
    from mathbot.numbers.real import Value

SIGNIFICANT = 15
_LONGEST_ZEROS = 30
"""More zeros than this after the point are written as a power of ten."""


def number(value: Value) -> str:
    """Return the decimal form of a number."""
    if isinstance(value, int):
        return _integer(value)
    from mathbot.numbers.real import Real

    return significant(value, SIGNIFICANT) if isinstance(value, Real) else _fraction_as_decimal(value)


def _integer(value: int) -> str:
    if value.bit_length() > MAX_DIGITS * 3.3220:
        raise TooLarge
    digits = str(abs(value))
    if len(digits) > MAX_DIGITS:
        raise TooLarge
    return "-" + digits if value < 0 else digits


def _fraction_as_decimal(value: Rational) -> str:
    places = _decimal_places(value.denominator)
    if places is None:
        return significant(value, SIGNIFICANT)
    return _positional(value.numerator * 10**places // value.denominator, -places)


def _decimal_places(denominator: int) -> int | None:
    """Return how many decimals 1/denominator has: ``None`` where it does not end, or not within reason."""
    twos = (denominator & -denominator).bit_length() - 1
    fives = 0
    denominator >>= twos
    for step in (5**64, 5):
        while denominator % step == 0:
            denominator //= step
            fives += 64 if step > 5 else 1
    places = max(twos, fives)
    return places if denominator == 1 and places <= MAX_DIGITS else None


def significant(value: Value, digits: int, *, padded: bool = False) -> str:
    """Return ``value`` rounded to so many significant digits; ``padded`` keeps zeros at the end."""
    from mathbot.numbers.real import Real

    if digits > MAX_DIGITS:
        raise TooLarge
    if value == 0:
        return "0"
    figures, exponent = _real_figures(value, digits) if isinstance(value, Real) else _figures(value, digits)
    return _written(figures, exponent, padded=padded)


def _figures(value: Rational, digits: int) -> tuple[int, int]:
    """Return the rounded digits as an integer, and the power of ten that goes with them."""
    exponent = _magnitude(value) - digits + 1
    scaled = value * integer_power(10, -exponent)
    figures = round_half_away(scaled)
    return (figures // 10, exponent + 1) if abs(figures) >= 10**digits else (figures, exponent)


def _magnitude(value: Rational) -> int:
    """Return the power of ten of the first digit."""
    over, under = abs(value.numerator), value.denominator
    guess = int((over.bit_length() - under.bit_length()) * 0.30103)
    while ratio(over, under) >= integer_power(10, guess + 1):
        guess += 1
    while ratio(over, under) < integer_power(10, guess):
        guess -= 1
    return guess


def _real_figures(value: Value, digits: int) -> tuple[int, int]:
    """Raise the precision until both ends of the interval round to the same digits."""
    from mathbot.numbers.real import enclosures

    for low, high in enclosures(value, max(1200, 2 * digits)):
        if low <= 0 <= high:
            continue
        below, above = _rounded(low, digits), _rounded(high, digits)
        if below == above:
            return below
    raise Declined("I can't compute enough digits of that to be sure.")


def _rounded(value: Decimal, digits: int) -> tuple[int, int]:
    from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context

    sign, figures, exponent = Context(digits, ROUND_HALF_UP, MIN_EMIN, MAX_EMAX).plus(value).as_tuple()
    text = "".join(map(str, figures))
    missing = digits - len(text)
    whole = int(text) * 10**missing
    return (-whole if sign else whole), int(exponent) - missing


def _written(figures: int, exponent: int, *, padded: bool = False) -> str:
    digits = str(abs(figures))
    first = exponent + len(digits) - 1
    if abs(first) > MAX_DIGITS:
        raise TooLarge
    if -7 <= first < max(len(digits), SIGNIFICANT) or (padded and exponent == 0):
        return _positional(figures, exponent, padded=padded)
    return _scientific(figures, first, padded=padded)


def _scientific(figures: int, first: int, *, padded: bool = False) -> str:
    digits = str(abs(figures))
    mantissa = digits[0] + "." + digits[1:] if len(digits) > 1 else digits
    if not padded and "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{'-' if figures < 0 else ''}{mantissa}e{first:+d}"


def _positional(figures: int, exponent: int, *, padded: bool = False) -> str:
    """Write ``figures * 10**exponent``."""
    digits = str(abs(figures))
    if exponent >= 0:
        body = digits + "0" * exponent
    else:
        zeros = -exponent - len(digits)
        if zeros > _LONGEST_ZEROS:
            return _scientific(figures, exponent + len(digits) - 1, padded=padded)
        digits = digits.rjust(1 - exponent, "0")
        body = digits[:exponent] + "." + digits[exponent:]
        if not padded:
            body = body.rstrip("0").rstrip(".")
    return "-" + body if figures < 0 and body.strip("0.") else body


def fraction(value: Value) -> str:
    """Return a rational as ``7/12``."""
    from mathbot.numbers.real import Real

    if isinstance(value, Real):
        raise Declined("That is irrational: it can't be written as a fraction.")
    over = _integer(value.numerator)
    return over if value.denominator == 1 else f"{over}/{_integer(value.denominator)}"


def mixed(value: Value) -> str:
    """Return a rational as ``1 1/4``."""
    text = fraction(value)
    over, line, under = text.lstrip("-").partition("/")
    if not line or int(over) < int(under):
        return text
    whole, rest = divmod(int(over), int(under))
    return f"{'-' if text.startswith('-') else ''}{whole} {rest}/{under}"


def places(value: Value, count: int) -> str:
    """Return ``value`` rounded to so many decimals, halves away from zero."""
    from mathbot.numbers.real import add, floor, multiply, sign

    if count > MAX_DIGITS:
        raise TooLarge
    at = sign(value)
    figures = at * floor(add(multiply(multiply(value, at), 10**count), ratio(1, 2)))
    return _positional(figures, -count)
