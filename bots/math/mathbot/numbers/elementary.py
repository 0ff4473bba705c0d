"""Powers, roots, logarithms and trigonometry on exact numbers. What is exact comes out exact (``sin(pi/6)`` is 1/2,
``8^(1/3)`` is 2); the rest stays symbolic. Whatever leaves the real numbers is declined.
"""

from __future__ import annotations

from mathbot.limits import Declined, DivisionByZero, NotReal, TooLarge, Undefined
from mathbot.numbers.rational import absolute, exact_root, floor, integer_power, ratio
from mathbot.numbers.real import (
    ONE,
    Apply,
    Real,
    add,
    atom,
    compare,
    divide,
    integer_power_of,
    multiply,
    negate,
    reciprocal,
    sign,
    simplest,
    single_term,
    subtract,
    terms_of,
)

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mathbot.numbers.rational import Rational
    from mathbot.numbers.real import Atom, Monomial, Value

PI = atom("pi")
E = atom("e")
_MAX_EXPONENT = 30_000
"""e to more than this has more than 10,000 digits."""


def _primes_to(limit: int) -> list[int]:
    return [n for n in range(2, limit) if all(n % k for k in range(2, int(n**0.5) + 1))]


def _split(value: int) -> Iterator[tuple[int, int]]:
    """Yield factors of ``value`` (at least 1) with their powers: primes below 1,000, then what is left."""
    for prime in _primes_to(1000):
        count = 0
        while value % prime == 0:
            value //= prime
            count += 1
        if count:
            yield prime, count
        if prime * prime > value:
            break
    if value > 1:
        yield _as_power(value)


def _as_power(value: int) -> tuple[int, int]:
    """Return the smallest root of ``value`` that is an integer, and its degree."""
    degree = 1
    for prime in (2, 3, 5, 7, 11, 13):
        while (root := exact_root(value, prime)) is not None:
            value, degree = root, degree * prime
    return value, degree


# Powers


def power(base: Value, exponent: Value) -> Value:
    """Return ``base ** exponent``."""
    if isinstance(exponent, int):
        return _whole_power(base, exponent)
    at = sign(base)
    if at == 0:
        return _power_of_zero(exponent)
    if at < 0:
        raise NotReal("A negative number to a power that is no integer")
    if isinstance(exponent, Real):
        return exp(multiply(exponent, ln(base)))
    if isinstance(base, Real):
        return _root_of_real(base, exponent)
    try:
        return _radical(base, exponent)
    except TooLarge:
        return exp(multiply(exponent, ln(base)))


def _whole_power(base: Value, exponent: int) -> Value:
    if exponent == 0:
        if sign(base) == 0:
            raise Undefined("0^0 has no agreed value.")
        return 1
    if base == 0:
        return _power_of_zero(exponent)
    if isinstance(base, Real):
        return integer_power_of(base, exponent)
    try:
        return integer_power(base, exponent)
    except TooLarge:
        if base.denominator == 1:
            raise
        size = exp(multiply(exponent, ln(absolute(base))))
        return negate(size) if base < 0 and exponent % 2 else size


def _power_of_zero(exponent: Value) -> Value:
    if sign(exponent) < 0:
        raise DivisionByZero
    return 0


def _radical(base: Rational, exponent: Rational) -> Value:
    result = _integer_radical(base.numerator, exponent)
    return result if base.denominator == 1 else divide(result, _integer_radical(base.denominator, exponent))


def _integer_radical(base: int, exponent: Rational) -> Value:
    result: Value = 1
    for factor, count in _split(base):
        power_of_factor = exponent * count
        whole = floor(power_of_factor)
        result = multiply(result, integer_power(factor, whole))
        if power_of_factor != whole:
            result = multiply(result, atom(factor, power_of_factor - whole))
    return result


def _root_of_real(base: Real, exponent: Rational) -> Value:
    only = single_term(base)
    if only is None or not _surely_positive(*only):
        return atom(Apply("group", base), exponent)
    monomial, factor = only
    result = _radical(factor, exponent)
    for inner, times in monomial:
        result = multiply(result, _atom_power(inner, times * exponent))
    return result


def _atom_power(base: Atom, exponent: Rational) -> Value:
    return _integer_radical(base, exponent) if isinstance(base, int) else atom(base, exponent)


def _surely_positive(monomial: Monomial, factor: Rational) -> bool:
    positive = all(isinstance(base, int | str) or base.name == "exp" for base, _ in monomial)
    return factor > 0 and positive


def sqrt(value: Value) -> Value:
    """Return the square root."""
    if sign(value) < 0:
        raise NotReal("The square root of a negative number")
    return power(value, ratio(1, 2))


def root(value: Value, degree: int) -> Value:
    """Return the real root of this degree; odd roots of negative numbers are negative."""
    if degree < 1:
        raise Declined("A root needs a degree of at least 1.")
    if sign(value) < 0 and degree % 2:
        return negate(power(negate(value), ratio(1, degree)))
    if sign(value) < 0:
        raise NotReal("An even root of a negative number")
    return power(value, ratio(1, degree))


# Exponentials and logarithms


def exp(value: Value) -> Value:
    """Return ``e ** value``."""
    result: Value = 1
    try:
        for monomial, factor in terms_of(value).items():
            result = multiply(result, _exp_term(monomial, factor))
    except TooLarge:
        return _exp_whole(value)
    return result


def _exp_whole(value: Value) -> Value:
    """Keep a sum whose terms are large and may cancel; what is large in itself is found when digits are wanted."""
    if not isinstance(value, Real):
        raise TooLarge
    return atom(Apply("exp", value))


def _exp_term(monomial: Monomial, factor: Rational) -> Value:
    if monomial == ONE:
        if absolute(factor) > _MAX_EXPONENT:
            raise TooLarge
        return atom("e", factor) if factor else 1
    inner = _logarithm_of(monomial)
    if inner is not None:
        return _integer_radical(inner, factor)
    if absolute(factor) > _MAX_EXPONENT:
        raise TooLarge
    return atom(Apply("exp", simplest({monomial: 1})), factor)


def _logarithm_of(monomial: Monomial) -> int | None:
    """Return n where the monomial is ln(n) and nothing else."""
    if len(monomial) != 1:
        return None
    ((base, exponent),) = monomial
    logarithm = isinstance(base, Apply) and base.name == "ln" and exponent == 1
    return base.argument if logarithm and isinstance(base, Apply) and isinstance(base.argument, int) else None


def ln(value: Value) -> Value:
    """Return the natural logarithm."""
    if sign(value) <= 0:
        raise Undefined("Only positive numbers have a logarithm.")
    only = single_term(value)
    if only is None or not _surely_positive(*only):
        return atom(Apply("ln", value))
    monomial, factor = only
    result = subtract(_ln_integer(factor.numerator), _ln_integer(factor.denominator))
    for base, exponent in monomial:
        result = add(result, multiply(exponent, _ln_atom(base)))
    return result


def _ln_atom(base: Atom) -> Value:
    if isinstance(base, int):
        return _ln_integer(base)
    if base == "e":
        return 1
    return base.argument if isinstance(base, Apply) else atom(Apply("ln", atom(base)))


def _ln_integer(value: int) -> Value:
    result: Value = 0
    for factor, count in _split(value):
        result = add(result, multiply(count, atom(Apply("ln", factor))))
    return result


def log(value: Value, base: Value) -> Value:
    """Return the logarithm of ``value`` to ``base``."""
    if sign(base) > 0 and compare(base, 1) != 0:
        return divide(ln(value), ln(base))
    raise Undefined("The base of a logarithm is positive and not 1.")


# Trigonometry


def _turns(value: Value) -> Rational | None:
    """Return r where ``value`` is r times pi."""
    if value == 0:
        return 0
    only = single_term(value)
    if only and only[0] == frozenset({("pi", 1)}):
        return only[1]
    return None


def _exact_sines() -> dict[Rational, Value]:
    """The sines of r*pi, r from 0 to 1/2, that are simple sums of square roots."""
    r2, r3, r5, r6 = (sqrt(n) for n in (2, 3, 5, 6))
    quarter = ratio(1, 4)
    return {
        0: 0,
        ratio(1, 12): multiply(quarter, subtract(r6, r2)),
        ratio(1, 10): multiply(quarter, subtract(r5, 1)),
        ratio(1, 6): ratio(1, 2),
        quarter: divide(r2, 2),
        ratio(3, 10): multiply(quarter, add(r5, 1)),
        ratio(1, 3): divide(r3, 2),
        ratio(5, 12): multiply(quarter, add(r6, r2)),
        ratio(1, 2): 1,
    }


def sin(value: Value) -> Value:
    """Return the sine of an angle in radians."""
    turns = _turns(value)
    if turns is not None:
        return _sin_of_turns(turns)
    if not isinstance(value, Real) and value < 0:
        return negate(sin(-value))
    return atom(Apply("sin", value))


def _sin_of_turns(turns: Rational) -> Value:
    turns %= 2
    if turns > 1:
        return negate(_sin_of_turns(turns - 1))
    if turns > ratio(1, 2):
        turns = 1 - turns
    exact = _exact_sines().get(turns)
    return atom(Apply("sin", multiply(turns, PI))) if exact is None else exact


def cos(value: Value) -> Value:
    """Return the cosine of an angle in radians."""
    turns = _turns(value)
    if turns is not None:
        return _sin_of_turns(turns + ratio(1, 2))
    return atom(Apply("cos", value if isinstance(value, Real) else absolute(value)))


def tan(value: Value) -> Value:
    """Return the tangent."""
    return divide(sin(value), _defined(cos(value)))


def cot(value: Value) -> Value:
    """Return the cotangent."""
    return divide(cos(value), _defined(sin(value)))


def sec(value: Value) -> Value:
    """Return the secant."""
    return reciprocal(_defined(cos(value)))


def csc(value: Value) -> Value:
    """Return the cosecant."""
    return reciprocal(_defined(sin(value)))


def _defined(below: Value) -> Value:
    if below == 0:
        raise Undefined("That function is not defined there.")
    return below


def asin(value: Value) -> Value:
    """Return the arc sine, in radians."""
    if sign(value) < 0:
        return negate(asin(negate(value)))
    for turns, sine in _exact_sines().items():
        if sine == value:
            return multiply(turns, PI)
    if compare(value, 1) > 0:
        raise NotReal("The arc sine or cosine of a number outside -1 … 1")
    return atan(divide(value, sqrt(subtract(1, multiply(value, value)))))


def acos(value: Value) -> Value:
    """Return the arc cosine, in radians."""
    return subtract(divide(PI, 2), asin(value))


def atan(value: Value) -> Value:
    """Return the arc tangent, in radians."""
    if sign(value) < 0:
        return negate(atan(negate(value)))
    if not isinstance(value, Real):  # of the tangents below, these two are rational
        if value in (0, 1):
            return multiply(ratio(1, 4), PI) if value else 0
        return atom(Apply("atan", value))
    for turns in (0, ratio(1, 12), ratio(1, 6), ratio(1, 4), ratio(1, 3), ratio(5, 12)):
        if tan(multiply(turns, PI)) == value:
            return multiply(turns, PI)
    return atom(Apply("atan", value))


# Hyperbolic functions, by their definitions


def sinh(value: Value) -> Value:
    """Return the hyperbolic sine."""
    return divide(subtract(exp(value), exp(negate(value))), 2)


def cosh(value: Value) -> Value:
    """Return the hyperbolic cosine."""
    return divide(add(exp(value), exp(negate(value))), 2)


def tanh(value: Value) -> Value:
    """Return the hyperbolic tangent."""
    return divide(sinh(value), cosh(value))


def asinh(value: Value) -> Value:
    """Return the inverse hyperbolic sine."""
    if sign(value) < 0:
        return negate(asinh(negate(value)))
    return ln(add(value, sqrt(add(multiply(value, value), 1))))


def acosh(value: Value) -> Value:
    """Return the inverse hyperbolic cosine."""
    if compare(value, 1) < 0:
        raise NotReal("The inverse hyperbolic cosine of a number below 1")
    return ln(add(value, sqrt(subtract(multiply(value, value), 1))))


def atanh(value: Value) -> Value:
    """Return the inverse hyperbolic tangent."""
    if compare(value, 1) >= 0 or compare(value, -1) <= 0:
        raise NotReal("The inverse hyperbolic tangent of a number outside -1 … 1")
    return divide(ln(divide(add(1, value), subtract(1, value))), 2)
