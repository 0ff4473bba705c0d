"""Brings results into the form that was asked for: units, fractions, per cent, rounding, bases, lists of primes."""

from __future__ import annotations

from mathbot import format as write
from mathbot.functions import rounded, whole
from mathbot.limits import MAX_DIGITS, Declined, DivisionByZero, TooLarge
from mathbot.values import Quantity

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mathbot.questions import Form
    from mathbot.values import Amount, Value

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE_MARKS = {2: "0b", 8: "0o", 16: "0x"}
_MAX_SERIES_BITS = 1000


def in_forms(amounts: Sequence[Amount], forms: Sequence[Form], notes: list[str]) -> tuple[Amount | None, str]:
    """Return the result to remember (``None`` where it is no number) and how it is written."""
    amount = amounts[0]
    if forms[0].style in _TASKS:
        if len(forms) > 1:
            raise Declined("I can't give that in another form.")
        return _TASKS[forms[0].style](*(whole(_plain(value), "That") for value in amounts))
    writer: Callable[[Value], str] = write.number
    for form in forms:
        amount, writer = _applied(form, amount, writer, notes)
    if isinstance(amount, Quantity):
        return amount, write_quantity(amount, writer)
    return amount, writer(amount)


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
        case "nearest":
            return _to_nearest(amount, form), writer
        case "percent":
            return _plain(amount), lambda value: writer(_hundredfold(value)) + "%"
        case "fraction":
            return amount, write.fraction
        case "mixed":
            return _plain(amount), write.mixed
        case "base":
            return _plain(amount), lambda value: in_base(whole(value, "Another base"), form.count)
    return amount, writer


def _hundredfold(value: Value) -> Value:
    from mathbot.real import multiply

    return multiply(value, 100)


def _to_nearest(amount: Amount, form: Form) -> Amount:
    from mathbot.real import divide, multiply

    step = form.nearest.value if form.nearest and hasattr(form.nearest, "value") else 1
    if isinstance(amount, Quantity):
        return Quantity(multiply(rounded(divide(amount.value, step), 0), step), amount.unit)
    return multiply(rounded(divide(amount, step), 0), step)


# Units


def _converted(amount: Amount, form: Form, notes: list[str]) -> Amount:
    from mathbot import quantity

    unit = form.unit
    if unit is None:
        return amount
    if unit.reading:
        notes.append(unit.reading)
    if isinstance(amount, Quantity):
        days = quantity.year_as_days(amount, unit)
        if days is not None:
            notes.append("a year of 365 days")
            return days
    return quantity.convert(amount, unit)


def write_quantity(amount: Quantity, writer: Callable[[Value], str]) -> str:
    """Write a number and its unit; one of something is singular."""
    from mathbot.units import singular

    number = writer(amount.value)
    text = amount.unit.text
    return f"{number} {singular(text) if number in ('1', '-1') else text}"


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


def _yes(holds: bool) -> tuple[None, str]:
    return None, "yes" if holds else "no"


def _prime(n: int) -> tuple[None, str]:
    from mathbot.primes import is_prime

    return _yes(is_prime(n))


def _divisible(a: int, b: int) -> tuple[None, str]:
    if b == 0:
        raise DivisionByZero
    return _yes(a % b == 0)


def _is_square(n: int) -> tuple[None, str]:
    from math import isqrt

    return _yes(n >= 0 and isqrt(n) ** 2 == n)


def _factorised(n: int) -> tuple[None, str]:
    from mathbot.primes import factorise

    if abs(n) < 2:
        raise Declined(f"{n} has no prime factors.")
    found = factorise(n)
    powers = [f"{prime}^{power}" if power > 1 else str(prime) for prime, power in found.pairs]
    return None, ("-1 * " if found.negative else "") + " * ".join(powers)


def _divisors(n: int) -> tuple[None, str]:
    from mathbot.primes import divisors

    return None, ", ".join(map(str, divisors(n)))


def _first_primes(n: int) -> tuple[None, str]:
    from mathbot.primes import first_primes

    return None, ", ".join(map(str, first_primes(n)))


def _next_prime(n: int) -> tuple[int, str]:
    from mathbot.primes import next_prime

    prime = next_prime(n)
    return prime, str(prime)


def _nth_prime(n: int) -> tuple[int, str]:
    from mathbot.primes import first_primes

    prime = first_primes(n)[-1]
    return prime, str(prime)


def _series(first: int, last: int) -> tuple[int, str]:
    if last < first or max(first.bit_length(), last.bit_length()) > _MAX_SERIES_BITS:
        raise Declined("I add whole numbers from a smaller one to a larger one.")
    total = (last - first + 1) * (first + last) // 2
    return total, write.number(total)


_TASKS: dict[str, Callable[..., tuple[int | None, str]]] = {
    "prime": _prime,
    "divisible": _divisible,
    "even": lambda n: _yes(n % 2 == 0),
    "odd": lambda n: _yes(n % 2 == 1),
    "square": _is_square,
    "factorise": _factorised,
    "divisors": _divisors,
    "firstprimes": _first_primes,
    "nextprime": _next_prime,
    "nthprime": _nth_prime,
    "series": _series,
}
