"""Primes and factors of whole numbers. Nothing is called a prime that is only probably one."""

from __future__ import annotations

import math

from mathbot.limits import Declined, check
from mathbot.values import Factors

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Iterator

_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
_PROVEN = 3_317_044_064_679_887_385_961_981
"""Below this, a number that passes Miller-Rabin for all witnesses is prime (Sorenson and Webster, 2015)."""
_MAX_BITS = 3000


def is_prime(n: int) -> bool:
    """Is ``n`` prime? Declines where that can't be proven in time."""
    if n < 2:
        return False
    for prime in _WITNESSES:
        if n % prime == 0:
            return n == prime
    if n.bit_length() > _MAX_BITS:
        raise Declined("That is too large to test whether it is prime.")
    if not all(_passes(n, witness) for witness in _WITNESSES):
        return False
    if n < _PROVEN:
        return True
    if (n & (n + 1)) == 0:
        return _lucas_lehmer(n)
    raise Declined("That is probably prime, but too large for me to prove it.")


def _passes(n: int, witness: int) -> bool:
    """One round of Miller-Rabin."""
    check()
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    x = pow(witness, odd, n)
    if x in (1, n - 1):
        return True
    for _ in range(twos - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False


def _lucas_lehmer(n: int) -> bool:
    """Prove a Mersenne number (2**p - 1) prime, or not."""
    exponent = n.bit_length()
    if not is_prime(exponent):
        return False
    s = 4
    for _ in range(exponent - 2):
        check()
        s = (s * s - 2) % n
    return s == 0


def factorise(n: int) -> Factors:
    """Return the prime factors of ``n``; declines 0 and what takes too long."""
    if n == 0:
        raise Declined("0 has no prime factors.")
    powers: dict[int, int] = {}
    for prime in _factors(abs(n)):
        powers[prime] = powers.get(prime, 0) + 1
    return Factors(tuple(sorted(powers.items())), negative=n < 0)


def _factors(n: int) -> Iterator[int]:
    for prime in range(2, 1000):
        while n % prime == 0:
            check()
            yield prime
            n //= prime
    pending = [n] if n > 1 else []
    while pending:
        n = pending.pop()
        if is_prime(n):
            yield n
        else:
            divisor = _divisor(n)
            pending += [divisor, n // divisor]


def _divisor(n: int) -> int:
    """Find a divisor of a composite number by Brent's variant of Pollard's rho."""
    root = math.isqrt(n)
    if root * root == n:
        return root
    for start in range(1, 100):
        found = _rho(n, start)
        if 1 < found < n:
            return found
    raise Declined("I can't factor that.")


def _rho(n: int, step: int) -> int:
    x = y = 2
    while True:
        check()
        product, begin = 1, (x, y)
        for _ in range(128):
            x = (x * x + step) % n
            y = (y * y + step) % n
            y = (y * y + step) % n
            product = product * abs(x - y) % n
        found = math.gcd(product, n)
        if found == n:
            return _rho_slowly(n, step, *begin)
        if found > 1:
            return found


def _rho_slowly(n: int, step: int, x: int, y: int) -> int:
    while True:
        x = (x * x + step) % n
        y = (y * y + step) % n
        y = (y * y + step) % n
        found = math.gcd(abs(x - y), n)
        if found > 1:
            return found


def divisors(n: int) -> tuple[int, ...]:
    """Return the positive divisors of ``n``, ascending."""
    found = [1]
    for prime, power in factorise(n).pairs:
        if len(found) * (power + 1) > 10_000:
            raise Declined("That has too many divisors to list.")
        found = [known * prime**k for known in found for k in range(power + 1)]
    return tuple(sorted(found))


def totient(n: int) -> int:
    """Return how many of the numbers from 1 to ``n`` have no divisor in common with it."""
    if n < 1:
        raise Declined("The totient is for whole numbers from 1 up.")
    count = n
    for prime in set(_factors(n)):
        count -= count // prime
    return count


def next_prime(n: int) -> int:
    """Return the smallest prime above ``n``."""
    candidate = max(n, 1) + 1
    while not is_prime(candidate):
        check()
        candidate += 1
    return candidate


def first_primes(count: int) -> tuple[int, ...]:
    """Return the first ``count`` primes, at most 5,000 of them."""
    if not 1 <= count <= 5000:
        raise Declined("I list between 1 and 5,000 primes.")
    limit = max(15, int(count * (math.log(count + 1) + math.log(math.log(count + 3)) + 1)))
    sieve = bytearray([1]) * (limit + 1)
    for n in range(2, math.isqrt(limit) + 1):
        if sieve[n]:
            sieve[n * n :: n] = bytes(len(range(n * n, limit + 1, n)))
    return tuple(n for n in range(2, limit + 1) if sieve[n])[:count]
