"""Brings results into the form that was asked for: units, fractions, per cent, rounding, bases, lists of primes."""

from __future__ import annotations

from mathbot.limits import MAX_DIGITS, Declined, TooLarge
from mathbot.numbers.functions import rounded, truncated, whole
from mathbot.numbers.rational import integer_power, inverse
from mathbot.tasks import on_numbers as tasks
from mathbot.values import Quantity
from mathbot.writing import format as write

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mathbot.reading.questions import Form
    from mathbot.values import Amount, Unit, Value

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ROUNDING = ("places", "figures", "nearest", "up", "down", "truncated", "number")
_BASE_MARKS = {2: "0b", 8: "0o", 16: "0x"}


def in_forms(amounts: Sequence[Amount], forms: Sequence[Form], notes: list[str]) -> tuple[Amount | None, str]:
    """Return the result to remember (``None`` where it is no number) and how it is written."""
    amount = amounts[0]
    if tasks.is_task(forms[0]):
        result, text = tasks.answer(forms[0], amounts, notes)
        if len(forms) == 1:
            return result, text
        if result is None:
            raise Declined("I can't give that in another form.")
        amount, forms = result, forms[1:]
    writer: Callable[[Value], str] = write.number
    at = next((at for at, form in enumerate(forms) if form.style == "percent" and not form.unit), len(forms))
    if at < len(forms) - 1 and all(form.style in _ROUNDING and not form.unit for form in forms[at + 1 :]):
        return _rounded_percent(amount, (*forms[:at], *forms[at + 1 :]), at, notes)
    for form in forms:
        amount, writer = _applied(form, amount, writer, notes)
    if isinstance(amount, Quantity):
        smaller = forms[-1].smaller
        return amount, _in_several(amount, smaller, writer) if smaller else write_quantity(amount, writer)
    return amount, writer(amount)


def _rounded_percent(amount: Amount, forms: Sequence[Form], at: int, notes: list[str]) -> tuple[Amount, str]:
    """``7/9 as a percentage to 2 decimal places``: what is rounded is the percentage."""
    from mathbot.numbers.real import multiply

    writer: Callable[[Value], str] = write.number
    for position, form in enumerate(forms):
        if position == at:
            amount = _hundredfold(_plain(amount))
        amount, writer = _applied(form, amount, writer, notes)
    value = _plain(amount)
    return multiply(value, inverse(100)), writer(value) + "%"


def _plain(amount: Amount) -> Value:
    if isinstance(amount, Quantity):
        raise Declined(f"I can't do that with {amount.unit.text}.")
    return amount


def _applied(
    form: Form, amount: Amount, writer: Callable[[Value], str], notes: list[str]
) -> tuple[Amount, Callable[[Value], str]]:
    if form.unit:
        return _converted(amount, form, notes), writer
    match form.style:
        case "places":
            return amount, lambda value: write.places(value, form.count)
        case "figures":
            return amount, lambda value: write.significant(value, form.count)
        case "nearest" | "up" | "down":
            return _to_nearest(amount, form), writer
        case "truncated":
            return _truncated(amount, form.count), writer
        case "percent":
            return _plain(amount), lambda value: writer(_hundredfold(value)) + "%"
        case "fraction":
            return amount, write.fraction
        case "mixed":
            return _plain(amount), write.mixed
        case "scientific" | "engineering" | "roman" | "words":
            from mathbot.writing import notations

            return _plain(amount), notations.WRITERS[form.style]
        case "base":
            return _plain(amount), lambda value: in_base(whole(value, "Another base"), form.count)
    return amount, writer


def _hundredfold(value: Value) -> Value:
    from mathbot.numbers.real import multiply

    return multiply(value, 100)


def _to_nearest(amount: Amount, form: Form) -> Amount:
    from mathbot.numbers.real import divide, multiply

    step = form.nearest.value if form.nearest and hasattr(form.nearest, "value") else 1
    value, unit = (amount.value, amount.unit) if isinstance(amount, Quantity) else (amount, None)
    result = multiply(_whole_near(divide(value, step), form.style), step)
    return Quantity(result, unit) if unit else result


def _whole_near(value: Value, style: str) -> Value:
    """Return the whole number near ``value``. Up and down of a negative one are read both ways: declined."""
    from mathbot.numbers.real import floor, negate, sign

    if style == "nearest":
        return rounded(value, 0)
    if sign(value) < 0:
        raise Declined("Up and down are read in two ways below zero: ask for floor, ceil or trunc.")
    return floor(value) if style == "down" else -floor(negate(value))


def _truncated(amount: Amount, places: int) -> Amount:
    from mathbot.numbers.real import multiply

    if places > MAX_DIGITS:
        raise TooLarge
    if isinstance(amount, Quantity):
        raise Declined("I truncate plain numbers.")
    power = integer_power(10, places)
    return multiply(truncated(multiply(amount, power)), inverse(power))


# Units


def _converted(amount: Amount, form: Form, notes: list[str]) -> Amount:
    from mathbot.quantities import quantity, units

    unit = form.unit
    if unit is None:
        return amount
    if isinstance(amount, Quantity) and units.agree(amount.unit, unit):
        notes[:] = [note for note in notes if note != amount.unit.reading]
    elif unit.reading:
        notes.append(unit.reading)
    if isinstance(amount, Quantity):
        days = quantity.year_as_days(amount, unit)
        if days is not None:
            notes.append("a year of 365 days")
            return days
    return quantity.convert(amount, unit)


def write_amount(amount: Amount) -> str:
    """Write a number, with its unit if it has one."""
    return write_quantity(amount, write.number) if isinstance(amount, Quantity) else write.number(amount)


def write_quantity(amount: Quantity, writer: Callable[[Value], str]) -> str:
    """Write a number and its unit; one of something is singular."""
    from mathbot.quantities.units import plural, singular

    number = writer(amount.value)
    text = amount.unit.text
    return f"{number} {singular(text) if number in ('1', '-1') else plural(text)}"


def _in_several(amount: Quantity, smaller: Sequence[Unit], writer: Callable[[Value], str]) -> str:
    """Write ``5 feet 10.9 inches``: whole numbers of all units but the last."""
    from mathbot.numbers.real import floor, multiply, sign, subtract
    from mathbot.quantities import quantity

    negative = sign(amount.value)
    rest = Quantity(multiply(amount.value, negative), amount.unit)
    parts: list[str] = []
    for unit in smaller:
        ratio = quantity.convert(Quantity(1, rest.unit), unit).value
        count = floor(rest.value)
        after = quantity.convert(Quantity(subtract(rest.value, count), rest.unit), unit)
        if writer(after.value) == writer(ratio):
            raise Declined(f"That is too near to a whole number of {rest.unit.text} to write both.")
        parts.append(write_quantity(Quantity(count, rest.unit), write.number))
        rest = after
    return ("-" if negative < 0 else "") + " ".join([*parts, write_quantity(rest, writer)])


# Whole numbers


def in_base(value: int, base: int) -> str:
    """Write an integer in another base, marked where there is a mark for it."""
    if not 2 <= base <= 36:
        raise Declined("I write numbers in bases from 2 to 36.")
    if value.bit_length() > 4 * MAX_DIGITS:
        raise TooLarge
    size, digits = abs(value), ""
    if base in _BASE_MARKS:
        digits = format(size, {2: "b", 8: "o", 16: "x"}[base])
    while base not in _BASE_MARKS and size:
        size, digit = divmod(size, base)
        digits = _DIGITS[digit] + digits
    return ("-" if value < 0 else "") + _BASE_MARKS.get(base, "") + (digits or "0")
