"""Arithmetic with units: quantities add where their dimensions agree, and conversion is exact."""

from __future__ import annotations

from mathbot.limits import Declined
from mathbot.numbers import real
from mathbot.numbers.elementary import power as raise_to
from mathbot.quantities import units
from mathbot.values import Quantity, Unit

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.values import Amount, Value

_DAYS_IN_YEAR = 365


def _different(unit: Unit, to: Unit) -> Declined:
    for months, other in ((unit, to), (to, unit)):
        if units.is_calendar(months) and units.is_time(other):
            return Declined(f"{months.text} and {other.text} have no fixed ratio: months and years differ in length.")
    return _plain(unit.text, to.text)


def _plain(unit_text: str, other: str) -> Declined:
    return Declined(f"{unit_text} and {other} don't measure the same thing.")


def _name(amount: Amount) -> str:
    return amount.unit.text if isinstance(amount, Quantity) else "a plain number"


def convert(amount: Amount, to: Unit) -> Quantity:
    """Return the same quantity in another unit."""
    if not isinstance(amount, Quantity):
        if not units.is_angle(to):
            raise _plain("A plain number", to.text)
        return Quantity(real.divide(amount, to.factor), to)
    unit = amount.unit
    if unit.dimension != to.dimension:
        turn = units.per_turn(unit, to)
        if turn is not None:
            return Quantity(real.divide(real.multiply(real.multiply(amount.value, unit.factor), turn), to.factor), to)
        if not units.is_fuel(unit, to) and not units.are_reciprocal(unit, to):
            raise _different(unit, to)
        return Quantity(real.divide(1, real.multiply(real.multiply(amount.value, unit.factor), to.factor)), to)
    base = real.add(real.multiply(amount.value, unit.factor), unit.offset)
    if (unit.offset or to.offset) and real.sign(base) < 0:
        raise Declined("No temperature is below absolute zero.")
    return Quantity(real.divide(real.subtract(base, to.offset), to.factor), to)


def year_as_days(amount: Quantity, to: Unit) -> Quantity | None:
    """Convert between calendar years and seconds by 365 days, where that is asked; ``None`` for anything else."""
    year = 86400 * _DAYS_IN_YEAR
    if _is_years(amount.unit) and units.is_time(to):
        return Quantity(real.divide(real.multiply(amount.value, year), to.factor), to)
    if units.is_time(amount.unit) and _is_years(to):
        return Quantity(real.divide(real.multiply(amount.value, amount.unit.factor), year), to)
    return None


def _is_years(unit: Unit) -> bool:
    return units.is_calendar(unit) and unit.factor == 12


def _same_scale(a: Amount, b: Amount) -> tuple[Quantity, Quantity]:
    if not isinstance(a, Quantity) or not isinstance(b, Quantity):
        raise _plain(_name(a), _name(b))
    if a.unit.offset or b.unit.offset:
        raise Declined("Temperatures on a scale can't be added or multiplied.")
    return a, convert(b, a.unit)


def add(a: Amount, b: Amount) -> Quantity:
    """Return ``a + b`` in the unit of ``a``."""
    left, right = _same_scale(a, b)
    return Quantity(real.add(left.value, right.value), left.unit)


def negate(a: Quantity) -> Quantity:
    """Return ``-a``; of a temperature, the one below zero."""
    return Quantity(real.negate(a.value), a.unit)


def compare(a: Amount, b: Amount) -> int:
    """Return the sign of ``a - b``."""
    if not isinstance(a, Quantity) or not isinstance(b, Quantity):
        raise _plain(_name(a), _name(b))
    return real.compare(a.value, convert(b, a.unit).value)


def _scaled(amount: Amount) -> tuple[Value, Unit | None]:
    if not isinstance(amount, Quantity):
        return amount, None
    if amount.unit.offset:
        raise Declined("Temperatures on a scale can't be added or multiplied.")
    return amount.value, amount.unit


def multiply(a: Amount, b: Amount) -> Amount:
    """Return ``a * b``; units that cancel are gone."""
    left, left_unit = _scaled(a)
    right, right_unit = _scaled(b)
    value = real.multiply(left, right)
    if left_unit is None or right_unit is None:
        unit = left_unit or right_unit
        return Quantity(value, unit) if unit else value
    return _merged(value, left_unit, right_unit)


def reciprocal(a: Quantity) -> Amount:
    """Return ``1 / a``."""
    value, unit = _scaled(a)
    parts = tuple((symbol, -exponent) for symbol, exponent in unit.parts) if unit else ()
    return _measured(real.divide(1, value), parts)


def power(a: Quantity, exponent: Value) -> Amount:
    """Return ``a ** exponent`` for a whole exponent."""
    if not isinstance(exponent, int) or abs(exponent) > 20:
        raise Declined("A quantity can only be raised to a small whole power.")
    value, unit = _scaled(a)
    parts = tuple((symbol, power * exponent) for symbol, power in unit.parts) if unit else ()
    return _measured(raise_to(value, exponent), parts)


def root(a: Quantity, degree: int) -> Amount:
    """Return the root of a quantity whose unit has one."""
    from mathbot.numbers.elementary import root as root_of

    value, unit = _scaled(a)
    parts = unit.parts if unit else ()
    if any(exponent % degree for _, exponent in parts):
        raise Declined(f"The root of {a.unit.text} is no unit that I know.")
    return _measured(root_of(value, degree), tuple((symbol, exponent // degree) for symbol, exponent in parts))


def _merged(value: Value, left: Unit, right: Unit) -> Amount:
    """Express the units of ``right`` in those of ``left`` that measure the same."""
    parts = dict(left.parts)
    for symbol, exponent in right.parts:
        unit = _simple(symbol)
        same = next((known for known in parts if _simple(known).dimension == unit.dimension), symbol)
        value = real.multiply(value, raise_to(real.divide(unit.factor, _simple(same).factor), exponent))
        parts[same] = parts.get(same, 0) + exponent
    return _measured(value, tuple(parts.items()))


def _simple(symbol: str) -> Unit:
    unit = units.find(symbol)
    if unit is None:
        raise Declined(f"I don't know the unit {symbol}.")
    return unit


def _measured(value: Value, parts: tuple[tuple[str, int], ...]) -> Amount:
    kept = [(symbol, exponent) for symbol, exponent in parts if exponent]
    unit = units.combine([(_simple(symbol), exponent) for symbol, exponent in kept], _text(kept))
    if unit.dimension == units.PLAIN:
        return real.multiply(value, unit.factor)
    named = units.known_as(kept, unit)
    return Quantity(real.divide(real.multiply(value, unit.factor), named.factor), named)


def _text(parts: list[tuple[str, int]]) -> str:
    above = " ".join(_power(symbol, exponent) for symbol, exponent in parts if exponent > 0)
    below = "".join("/" + _power(symbol, -exponent) for symbol, exponent in parts if exponent < 0)
    return (above or "1") + below


def _power(symbol: str, exponent: int) -> str:
    return symbol if exponent == 1 else f"{symbol}^{exponent}"
