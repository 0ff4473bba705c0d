"""Values of our trees as numbers of any precision, with mpmath and without sympy: what sympy says is judged by this."""

from __future__ import annotations

import mpmath
from mpmath import mpf

from mathbot.limits import check
from mathbot.syntax import Call, Factorial, Measure, Name, Negative, Number, Of, Power, Product, Sum

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, TypeAlias

    from mathbot.syntax import Node

    Number_: TypeAlias = Any

DIGITS = 50
"""Precision of a check."""


class Undefined(Exception):
    """The function has no real value there."""


_CONSTANTS: dict[str, Callable[[], Number_]] = {
    "pi": lambda: +mpmath.pi, "e": lambda: +mpmath.e, "tau": lambda: 2 * mpmath.pi, "phi": lambda: +mpmath.phi,
}  # fmt: skip


def _log(x: Number_) -> Number_:
    if x <= 0:
        raise Undefined
    return mpmath.log(x)


def _over(x: Number_, y: Number_) -> Number_:
    if y == 0:
        raise Undefined
    return x / y


def _root(x: Number_, degree: Number_) -> Number_:
    if degree != int(degree) or degree == 0 or (x < 0 and int(degree) % 2 == 0):
        raise Undefined
    return mpmath.sign(x) * _power(abs(x), 1 / degree)


def _power(base: Number_, exponent: Number_) -> Number_:
    whole = exponent == int(exponent)
    if (base == 0 and exponent <= 0) or (base < 0 and not whole):
        raise Undefined
    return base ** int(exponent) if whole else base**exponent


def _factorial(x: Number_) -> Number_:
    if x < 0 or x != int(x):
        raise Undefined
    return mpmath.factorial(x)


def _within(function: Callable[[Number_], Number_], low: float, high: float) -> Callable[[Number_], Number_]:
    def limited(x: Number_) -> Number_:
        if not low <= x <= high:
            raise Undefined
        return function(x)

    return limited


_INFINITY = float("inf")
_FUNCTIONS: dict[str, Callable[..., Number_]] = {
    "sqrt": _within(mpmath.sqrt, 0, _INFINITY), "cbrt": lambda x: _root(x, mpf(3)), "ln": _log, "exp": mpmath.exp,
    "fourthroot": lambda x: _root(x, mpf(4)), "log10": lambda x: _log(x) / mpmath.log(10), "root": _root,
    "log2": lambda x: _log(x) / mpmath.log(2), "logbase": lambda x, base: _over(_log(x), _log(base)),
    "sin": mpmath.sin, "cos": mpmath.cos, "tan": lambda x: _over(mpmath.sin(x), mpmath.cos(x)),
    "cot": lambda x: _over(mpmath.cos(x), mpmath.sin(x)), "sec": lambda x: _over(1, mpmath.cos(x)),
    "csc": lambda x: _over(1, mpmath.sin(x)), "asin": _within(mpmath.asin, -1, 1), "acos": _within(mpmath.acos, -1, 1),
    "atan": mpmath.atan, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh, "asinh": mpmath.asinh,
    "acosh": _within(mpmath.acosh, 1, _INFINITY), "atanh": _within(mpmath.atanh, -1, 1), "abs": abs,
    "floor": mpmath.floor, "ceil": mpmath.ceil, "pow": _power, "square": lambda x: x * x, "cube": lambda x: x**3,
    "reciprocal": lambda x: _over(1, x), "sum": lambda *of: sum(of), "product": lambda *of: mpmath.fprod(of),
    "difference": lambda x, y: x - y, "quotient": _over,
}  # fmt: skip


def value(node: Node, names: Mapping[str, Number_]) -> Number_:
    """Return the value of ``node`` in mpmath's precision of the moment; raise ``Undefined`` where there is none."""
    try:
        result = _value(node, names)
    except (ZeroDivisionError, OverflowError, ValueError):
        raise Undefined from None
    if not mpmath.isfinite(result):
        raise Undefined
    return result


def _value(node: Node, names: Mapping[str, Number_]) -> Number_:
    match node:
        case Number(number, _):
            return mpf(number.numerator) / number.denominator
        case Name(name):
            return names[name] if name in names else _CONSTANTS[name]()
        case Negative(of):
            return -_value(of, names)
        case Sum(terms):
            return mpmath.fsum(sign * _value(term, names) for sign, term in terms)
        case Product(factors):
            return _product(factors, names)
        case Of(part, whole):
            return _value(part, names) * _value(whole, names)
        case Power(base, exponent):
            return _power(_value(base, names), _value(exponent, names))
        case Call(name, arguments):
            check()
            return _FUNCTIONS[name](*(_value(argument, names) for argument in arguments))
        case Factorial(of):
            return _factorial(_value(of, names))
        case Measure(number, unit):
            from mathbot.symbolic.translate import angle

            factor, turns = angle(unit)
            return _value(number, names) * factor.numerator / factor.denominator * mpmath.pi**turns
    raise Undefined


def _product(factors: Iterable[tuple[str, Node]], names: Mapping[str, Number_]) -> Number_:
    total = mpf(1)
    for sign, factor in factors:
        number = _value(factor, names)
        total = _over(total, number) if sign == "/" else total * number
    return total


def function(node: Node, name: str) -> Callable[[Number_], Number_]:
    """Return ``node`` as a function of ``name``."""
    return lambda x: value(node, {name: x})


def derivative(f: Callable[[Number_], Number_], x: Number_) -> Number_:
    """Return the slope of ``f`` at ``x`` to about ``DIGITS`` digits, from values on both sides."""
    with mpmath.workdps(3 * DIGITS + 20):
        step = mpf(10) ** -(DIGITS // 2 + DIGITS // 4)
        wide = (f(x + 2 * step) - f(x - 2 * step)) / (4 * step)
        near = (f(x + step) - f(x - step)) / (2 * step)
        slope = (4 * near - wide) / 3
    return +slope


def close(a: Number_, b: Number_, digits: int = DIGITS - 15) -> bool:
    """Do two numbers agree to so many digits (absolutely, where they are smaller than one)?"""
    size = max(abs(a), abs(b), 1)
    return bool(abs(a - b) <= size * mpf(10) ** -digits)


_PLACES = (
    "1/7 -2/9 3/8 -4/9 6/11 -7/11 9/13 -11/12 13/11 -15/11 17/9 -19/9 23/8 -25/8 31/9 -37/8 47/9 -53/9 "
    "67/9 -71/9 97/9 -101/9 1/97 -1/89 151/7 -157/7"
)


def places() -> list[Number_]:
    """Return numbers to try functions at: of both signs, small and large, and none of them special."""
    pairs = [place.split("/") for place in _PLACES.split()]
    return [mpf(int(over)) / int(under) for over, under in pairs]
