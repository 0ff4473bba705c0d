"""Sequences of whole numbers that have a name: the first so many, those in a range, the nth. Nothing grows past what
can be shown; sums of long ranges have their formula.
"""

from __future__ import annotations

from mathbot.limits import MAX_BITS, MAX_DIGITS, Declined, TooLarge, check

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST = 10_000
"""Members that are listed, or gone through where there is no formula."""
_BITS_PER_FIBONACCI = 0.695
_SIEVED = 2_000_000
_STEPS = {"integers": 1, "even": 2, "odd": 2}
_FORMULAS: dict[str, Callable[[int], int]] = {
    "integers": lambda n: n * (n + 1) // 2,
    "even": lambda n: n * (n + 1),
    "odd": lambda n: n * n,
    "squares": lambda n: n * (n + 1) * (2 * n + 1) // 6,
    "cubes": lambda n: (n * (n + 1) // 2) ** 2,
    "triangular": lambda n: n * (n + 1) * (n + 2) // 6,
}
"""The sum of the first n."""
_NTH: dict[str, Callable[[int], int]] = {
    "integers": lambda n: n,
    "even": lambda n: 2 * n,
    "odd": lambda n: 2 * n - 1,
    "squares": lambda n: n * n,
    "cubes": lambda n: n**3,
    "triangular": lambda n: n * (n + 1) // 2,
}
KINDS = (*_NTH, "primes", "fibonacci")


def apply(name: str, n: int) -> int:
    """Return ``n!!`` or the nth Fibonacci number."""
    if name == "fibonacci":
        return fibonacci(n)
    if n < 0:
        raise Declined("A double factorial is for whole numbers from 0 up.")
    if n > 1 and n * n.bit_length() > 2 * MAX_BITS:
        raise TooLarge
    product = 1
    for factor in range(n, 1, -2):
        product *= factor
    return product


def fibonacci(n: int) -> int:
    """Return the nth Fibonacci number, where the first two are 1."""
    if n < 0:
        raise Declined("Fibonacci numbers are counted from 0 up.")
    if n * _BITS_PER_FIBONACCI > MAX_DIGITS * 3.33:
        raise TooLarge
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def nth(kind: str, n: int) -> int:
    """Return the nth member, counted from 1."""
    if n < 1:
        raise Declined("I count from the first one.")
    if kind == "fibonacci":
        return fibonacci(n)
    if kind == "primes":
        from mathbot.numbers.primes import first_primes

        return first_primes(n)[-1]
    return _NTH[kind](n)


def first(kind: str, count: int) -> list[int]:
    """Return the first ``count`` members."""
    if not 1 <= count <= _MOST:
        raise Declined(f"I list between 1 and {_MOST:,} numbers.")
    if kind == "primes":
        from mathbot.numbers.primes import first_primes

        return list(first_primes(count))
    return [nth(kind, n) for n in range(1, count + 1)]


def sum_of_first(kind: str, count: int) -> int:
    """Return the sum of the first ``count`` members."""
    if count < 1:
        raise Declined("I add one number or more.")
    return _FORMULAS[kind](count) if kind in _FORMULAS else sum(first(kind, count))


def between(kind: str, low: int, high: int) -> list[int]:
    """Return the members from ``low`` to ``high``, both included."""
    found: list[int] = []
    for member in _primes(low, high) if kind == "primes" else _members(kind, low):
        check()
        if member > high:
            break
        found.append(member)
        if len(found) > _MOST:
            raise Declined(f"Those are more than {_MOST:,} numbers.")
    return found


def count_between(kind: str, low: int, high: int) -> int:
    """Return how many members there are from ``low`` to ``high``, both included."""
    if kind in _STEPS and low <= high:
        start, end = _ends(kind, low, high)
        return (end - start) // _STEPS[kind] + 1
    if kind == "primes" and high <= _SIEVED:
        return sum(_sieve(high)[max(low, 0) :]) if high > 1 else 0
    return len(between(kind, low, high))


def sum_between(kind: str, low: int, high: int) -> int:
    """Return the sum of the members from ``low`` to ``high``, both included."""
    if kind in _STEPS and low <= high:
        start, end = _ends(kind, low, high)
        return (start + end) * count_between(kind, low, high) // 2
    if kind == "primes" and high <= _SIEVED:
        return sum(n for n, prime in enumerate(_sieve(high)) if prime and n >= low) if high > 1 else 0
    return sum(between(kind, low, high))


def _ends(kind: str, low: int, high: int) -> tuple[int, int]:
    odd = kind == "odd"
    return (low, high) if kind == "integers" else (low + (low % 2 != odd), high - (high % 2 != odd))


def _sieve(limit: int) -> bytearray:
    """Return a 1 for each prime up to ``limit``, at its place."""
    from math import isqrt

    sieve = bytearray([0, 0]) + bytearray([1]) * (limit - 1)
    for n in range(2, isqrt(limit) + 1):
        if sieve[n]:
            sieve[n * n :: n] = bytes(len(range(n * n, limit + 1, n)))
    return sieve


def _primes(low: int, high: int) -> Iterator[int]:
    from mathbot.numbers.primes import next_prime

    prime = next_prime(max(low, 2) - 1)
    while prime <= high:
        yield prime
        prime = next_prime(prime)


def _members(kind: str, low: int) -> Iterator[int]:
    """Return the members from ``low`` up, without end."""
    position = _position(kind, low)
    while True:
        member = fibonacci(position) if kind == "fibonacci" else _NTH[kind](position)
        if member >= low and not (kind == "fibonacci" and position == 1):
            yield member
        position += 1


def _position(kind: str, low: int) -> int:
    """Return a place in the sequence at or before the first member from ``low`` up."""
    from math import isqrt

    if kind in ("integers", "even", "odd"):
        return low if kind == "integers" else low // 2
    if kind == "squares":
        return max(isqrt(max(low, 1)), 1)
    if kind == "triangular":
        return max(isqrt(2 * max(low, 1)) - 1, 1)
    return 1
