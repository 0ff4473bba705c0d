"""What is asked of whole numbers and lists that is more than a value: primes, factors, digits, sequences, remainders.

Each task returns the result to remember (``None`` where it is no number) and how it is written.
"""

from __future__ import annotations

from mathbot.limits import Declined, DivisionByZero
from mathbot.numbers.functions import whole
from mathbot.values import Quantity
from mathbot.writing import format as write

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mathbot.numbers.rational import Rational
    from mathbot.reading.questions import Form
    from mathbot.values import Amount, Value

    Answer = tuple[Amount | None, str]

_MAX_SERIES_BITS = 1000


def is_task(form: Form) -> bool:
    """Is this form a task?"""
    return form.style in _OF_INTEGERS or form.style in _OTHERS


def answer(form: Form, amounts: Sequence[Amount], notes: list[str]) -> tuple[Amount | None, str]:
    """Return the result of the task."""
    if form.style in _OTHERS:
        return _OTHERS[form.style](form, amounts, notes)
    return _OF_INTEGERS[form.style](*_integers(amounts))


def _integers(amounts: Sequence[Amount]) -> list[int]:
    return [whole(plain(amount), "That") for amount in amounts]


def plain(amount: Amount) -> Value:
    """Return a number without a unit, or decline."""
    if isinstance(amount, Quantity):
        raise Declined(f"I can't do that with {amount.unit.text}.")
    return amount


def _yes(holds: bool) -> tuple[None, str]:
    return None, "yes" if holds else "no"


def _number(n: int) -> tuple[int, str]:
    return n, write.number(n)


def _listed(numbers: Sequence[int]) -> tuple[None, str]:
    return None, ", ".join(map(write.number, numbers)) or "none"


# Yes or no


def _prime(n: int) -> tuple[None, str]:
    from mathbot.numbers.primes import is_prime

    return _yes(is_prime(n))


def _composite(n: int) -> tuple[None, str]:
    from mathbot.numbers.primes import is_prime

    return _yes(n > 3 and not is_prime(n))


def _divisible(a: int, b: int) -> tuple[None, str]:
    if b == 0:
        raise DivisionByZero
    return _yes(a % b == 0)


def _is_square(n: int) -> tuple[None, str]:
    from math import isqrt

    return _yes(n >= 0 and isqrt(n) ** 2 == n)


def _is_cube(n: int) -> tuple[None, str]:
    from mathbot.numbers.elementary import root

    return _yes(isinstance(root(n, 3), int))


def _is_perfect(n: int) -> tuple[None, str]:
    return _yes(n > 1 and _divisor_sum(n) == 2 * n)


def _is_palindrome(n: int) -> tuple[None, str]:
    digits = write.number(n)
    return _yes(digits == digits[::-1])


def _is_triangular(n: int) -> tuple[None, str]:
    return _is_square(8 * n + 1) if n >= 0 else _yes(False)


def _is_fibonacci(n: int) -> tuple[None, str]:
    from math import isqrt

    return _yes(n >= 0 and any(isqrt(square) ** 2 == square for square in (5 * n * n + 4, max(5 * n * n - 4, 0))))


def _is_rational(_: Form, amounts: Sequence[Amount], __: list[str]) -> Answer:
    value = plain(amounts[0])
    return _yes(not is_irrational(value))


def _is_irrational(_: Form, amounts: Sequence[Amount], __: list[str]) -> Answer:
    return _yes(is_irrational(plain(amounts[0])))


def is_irrational(value: Amount) -> bool:
    """Is it proven to be irrational? Sums of roots are, and so is what has powers of pi, or of e, in it (Besicovitch;
    Lindemann). Declines anything else.
    """
    from mathbot.numbers.real import Real

    if not isinstance(value, Real):
        return False
    atoms = {atom for monomial in value.terms for atom, _ in monomial}
    transcendental = {atom for atom in atoms if not isinstance(atom, int)}
    if transcendental not in (set(), {"pi"}, {"e"}):
        raise Declined("I can't prove whether that is rational.")
    return True


def _is_natural(_: Form, amounts: Sequence[Amount], __: list[str]) -> Answer:
    value = plain(amounts[0])
    if value == 0:
        raise Declined("Whether 0 is a natural number is defined in two ways.")
    return _yes(isinstance(value, int) and value > 0 and not is_irrational(value))


def _is_integer(_: Form, amounts: Sequence[Amount], __: list[str]) -> Answer:
    value = plain(amounts[0])
    return _yes(isinstance(value, int) and not is_irrational(value))


# Factors and digits


def _factorised(n: int) -> tuple[None, str]:
    from mathbot.numbers.primes import factorise

    if abs(n) < 2:
        raise Declined(f"{n} has no prime factors.")
    found = factorise(n)
    powers = [f"{prime}^{power}" if power > 1 else str(prime) for prime, power in found.pairs]
    return None, ("-1 * " if found.negative else "") + " * ".join(powers)


def _prime_factors(n: int) -> list[int]:
    from mathbot.numbers.primes import factorise

    if abs(n) < 2:
        raise Declined(f"{n} has no prime factors.")
    return [prime for prime, _ in factorise(n).pairs]


def _divisors(n: int) -> tuple[None, str]:
    from mathbot.numbers.primes import divisors

    return _listed(divisors(n))


def _divisor_sum(n: int) -> int:
    from mathbot.numbers.primes import factorise

    total = 1
    for prime, power in factorise(n).pairs:
        total *= (prime ** (power + 1) - 1) // (prime - 1)
    return total


def _divisor_count(n: int) -> int:
    from mathbot.numbers.primes import factorise

    total = 1
    for _, power in factorise(n).pairs:
        total *= power + 1
    return total


def _digits(n: int) -> str:
    return write.number(abs(n))


def _divided(a: int, b: int) -> Answer:
    """``7 remainder 1``; a number alone where nothing is left."""
    if b == 0:
        raise DivisionByZero
    if a < 0 or b < 0:
        raise Declined("A remainder of negative numbers is defined in several ways.")
    quotient, rest = divmod(a, b)
    return (None, f"{write.number(quotient)} remainder {write.number(rest)}") if rest else _number(quotient)


def _times_into(_: Form, amounts: Sequence[Amount], notes: list[str]) -> Answer:
    """How many times one goes into the other: parts may be counted too."""
    from mathbot.numbers.arithmetic import divide

    whole_times = divide(amounts[1], amounts[0])
    if isinstance(whole_times, int):
        return _number(whole_times)
    return _divided(*_integers((amounts[1], amounts[0])))


# Sequences


def _next_prime(n: int) -> tuple[int, str]:
    from mathbot.numbers.primes import next_prime

    return _number(next_prime(n))


def _prime_before(n: int) -> tuple[int, str]:
    from mathbot.limits import check
    from mathbot.numbers.primes import is_prime

    for candidate in range(n - 1, 1, -1):
        check()
        if is_prime(candidate):
            return _number(candidate)
    raise Declined("There is no prime below 2.")


def _series(first: int, last: int) -> tuple[int, str]:
    if last < first or max(first.bit_length(), last.bit_length()) > _MAX_SERIES_BITS:
        raise Declined("I add whole numbers from a smaller one to a larger one.")
    return _number((last - first + 1) * (first + last) // 2)


def _multiples(number: int, low: int, high: int) -> tuple[int, str]:
    if number < 1:
        raise Declined("Multiples are of a number from 1 up.")
    first, last = -(-max(low, 1) // number), high // number
    return _number(number * (first + last) * (last - first + 1) // 2 if last >= first else 0)


def _sequence(form: Form, amounts: Sequence[Amount], notes: list[str]) -> Answer:
    """``form.text`` is what to do and with which kind: ``sum primes``."""
    from mathbot.tasks import sequences

    task, kind = form.text.split()
    numbers = _integers(amounts)
    match task:
        case "nth":
            return _number(sequences.nth(kind, numbers[0]))
        case "first":
            return _listed(sequences.first(kind, numbers[0]))
        case "sumfirst":
            return _number(sequences.sum_of_first(kind, numbers[0]))
        case "productfirst":
            return _product(sequences.first(kind, numbers[0]))
    low, high, open_ends = numbers
    if low > high:
        raise Declined("I count from a smaller number to a larger one.")
    if open_ends:
        _note_ends(kind, low, high, notes)
    if task == "list":
        return _listed(sequences.between(kind, low, high))
    if task == "product":
        return _product(sequences.between(kind, low, high))
    return _number((sequences.count_between if task == "count" else sequences.sum_between)(kind, low, high))


def _product(numbers: Sequence[int]) -> Answer:
    from mathbot.numbers.functions import apply
    from mathbot.writing.present import write_amount

    product = apply("product", numbers, [])
    return product, write_amount(product)


def _note_ends(kind: str, low: int, high: int, notes: list[str]) -> None:
    """``between 1 and 10`` may be meant without its ends; where that makes a difference, say so."""
    from mathbot.tasks import sequences

    if any(sequences.count_between(kind, end, end) for end in (low, high)):
        notes.append(f"from {low} to {high}, both included")


# Lists


def _mode(_: Form, amounts: Sequence[Amount], __: list[str]) -> Answer:
    from mathbot.numbers.arithmetic import compare
    from mathbot.writing.present import write_amount

    groups: list[list[Amount]] = []
    for amount in amounts:
        group = next((known for known in groups if compare(known[0], amount) == 0), None)
        if group is None:
            groups.append([amount])
        else:
            group.append(amount)
    most = max(len(group) for group in groups)
    if most == 1 and len(groups) > 1:
        return None, "no mode"
    modes = [group[0] for group in groups if len(group) == most]
    return modes[0] if len(modes) == 1 else None, ", ".join(map(write_amount, modes))


def _ratio(_: Form, amounts: Sequence[Amount], __: list[str]) -> Answer:
    from math import gcd, lcm

    from mathbot.numbers.arithmetic import divide

    parts = [(part.numerator, part.denominator) for part in (_rational(divide(a, amounts[-1])) for a in amounts)]
    size = lcm(*(under for _, under in parts))
    wholes = [over * (size // under) for over, under in parts]
    common = gcd(*wholes)
    return None, ":".join(write.number(part // common) for part in wholes)


def _rational(amount: Amount) -> Rational:
    from mathbot.numbers.real import Real

    if isinstance(amount, Real | Quantity):
        raise Declined("I simplify ratios of rational numbers.")
    return amount


_OF_INTEGERS: dict[str, Callable[..., Answer]] = {
    "prime": _prime,
    "composite": _composite,
    "divisible": _divisible,
    "even": lambda n: _yes(n % 2 == 0),
    "odd": lambda n: _yes(n % 2 == 1),
    "square": _is_square,
    "cube": _is_cube,
    "perfect": _is_perfect,
    "palindrome": _is_palindrome,
    "triangular": _is_triangular,
    "fibonacci": _is_fibonacci,
    "factorise": _factorised,
    "divisors": _divisors,
    "largestfactor": lambda n: _number(_prime_factors(n)[-1]),
    "smallestfactor": lambda n: _number(_prime_factors(n)[0]),
    "divisorcount": lambda n: _number(_divisor_count(n)),
    "divisorsum": lambda n: _number(_divisor_sum(n)),
    "digitcount": lambda n: _number(len(_digits(n))),
    "digitsum": lambda n: _number(sum(map(int, _digits(n)))),
    "divided": _divided,
    "nextprime": _next_prime,
    "primebefore": _prime_before,
    "series": _series,
    "multiples": _multiples,
}
_OTHERS: dict[str, Callable[[Form, Sequence[Amount], list[str]], Answer]] = {
    "sequence": _sequence,
    "into": _times_into,
    "mode": _mode,
    "ratio": _ratio,
    "rational": _is_rational,
    "irrational": _is_irrational,
    "integer": _is_integer,
    "natural": _is_natural,
}
