"""Our trees → sympy's. Only trees are translated, never text; what has no counterpart there is declined."""

from __future__ import annotations

import sympy

from mathbot.limits import Declined
from mathbot.syntax import Call, Factorial, Measure, Name, Negative, Number, Of, Power, Product, Sum

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeAlias

    from mathbot.numbers.rational import Rational
    from mathbot.syntax import Node
    from mathbot.values import Unit

    Expression: TypeAlias = Any

MAX_EXPONENT = 1000
"""A number in an exponent beyond this is left to arithmetic."""
MAX_NUMBER_BITS = 2000
MAX_NODES = 400
_CONSTANTS = {"pi": sympy.pi, "e": sympy.E, "tau": 2 * sympy.pi, "phi": (1 + sympy.sqrt(5)) / 2}
_FUNCTIONS = {
    "sqrt": sympy.sqrt, "fourthroot": lambda x: x ** sympy.Rational(1, 4), "ln": sympy.log, "exp": sympy.exp,
    "log10": lambda x: sympy.log(x) / sympy.log(10), "log2": lambda x: sympy.log(x) / sympy.log(2),
    "logbase": lambda x, base: sympy.log(x) / sympy.log(base),
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "cot": sympy.cot, "sec": sympy.sec, "csc": sympy.csc,
    "asin": sympy.asin, "acos": sympy.acos, "atan": sympy.atan, "sinh": sympy.sinh, "cosh": sympy.cosh,
    "tanh": sympy.tanh, "asinh": sympy.asinh, "acosh": sympy.acosh, "atanh": sympy.atanh, "abs": sympy.Abs,
    "floor": sympy.floor, "ceil": sympy.ceiling, "pow": lambda x, y: x**y, "square": lambda x: x**2,
    "cube": lambda x: x**3, "reciprocal": lambda x: 1 / x, "cbrt": lambda x: x ** sympy.Rational(1, 3),
    "sum": lambda *of: sympy.Add(*of), "product": lambda *of: sympy.Mul(*of),
    "difference": lambda x, y: x - y, "quotient": lambda x, y: x / y,
}  # fmt: skip


def symbol(name: str) -> Expression:
    """Return the unknown of that name: a real number."""
    return sympy.Symbol(name, real=True)


def rational(value: Rational) -> Expression:
    """Return a number, exactly."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_NUMBER_BITS:
        raise Declined("The numbers in that are too large for me.")
    return sympy.Rational(value.numerator, value.denominator)


def expression(node: Node, names: Mapping[str, Expression] | None = None) -> Expression:
    """Return ``node`` as sympy has it; ``names`` replace unknowns."""
    if _size(node) > MAX_NODES:
        raise Declined("That is too long for me.")
    return _Translator(names or {}).of(node)


def _size(node: Node) -> int:
    return 1 + sum(map(_size, parts(node)))


def parts(node: Node) -> list[Node]:
    """Return what a node is made of."""
    match node:
        case Sum(terms):
            return [term for _, term in terms]
        case Product(factors):
            return [factor for _, factor in factors]
        case Power(left, right) | Of(left, right):
            return [left, right]
        case Call(_, arguments):
            return list(arguments)
        case Measure(number, _):
            return [number]
    return [node.of] if hasattr(node, "of") else []


class _Translator:
    def __init__(self, names: Mapping[str, Expression]) -> None:
        self.names = names

    def of(self, node: Node) -> Expression:
        match node:
            case Number(value, _):
                return rational(value)
            case Name(name):
                return self._named(name)
            case Negative(of):
                return -self.of(of)
            case Sum(terms):
                return sympy.Add(*(sign * self.of(term) for sign, term in terms))
            case Product(factors):
                return self._product(factors)
            case Of(part, whole):
                return self.of(part) * self.of(whole)
            case Power(base, exponent):
                return self._power(self.of(base), self.of(exponent))
            case Call(name, arguments):
                return self._called(name, arguments)
            case Factorial(of):
                return sympy.factorial(self.of(of))
            case Measure():
                return self._measured(node)
        raise Declined("I can't do that with unknowns in it: I know sums, products, powers and elementary functions.")

    def _named(self, name: str) -> Expression:
        if name in self.names:
            return self.names[name]
        if name == "i":
            raise Declined("I compute with real numbers: i is none of them.")
        return _CONSTANTS[name] if name in _CONSTANTS else symbol(name)

    def _product(self, factors: tuple[tuple[str, Node], ...]) -> Expression:
        total = sympy.Integer(1)
        for sign, factor in factors:
            value = self.of(factor)
            if sign == "mod":
                raise Declined("I can't do that with remainders.")
            if sign == "/" and value == 0:
                raise Declined("I can't divide by zero (division by zero).")
            total = total / value if sign == "/" else total * value
        return total

    def _power(self, base: Expression, exponent: Expression) -> Expression:
        if base == 0 and not exponent.is_positive:
            raise Declined("0 to that power has no value.")
        if exponent.is_number and abs(exponent) > MAX_EXPONENT:
            raise Declined("That exponent is too large for me.")
        if base.is_number and exponent.is_number and exponent.is_integer and _bits(base) * abs(exponent) > 20_000:
            raise Declined("The numbers in that are too large for me.")
        return base**exponent

    def _called(self, name: str, arguments: tuple[Node, ...]) -> Expression:
        values = [self.of(argument) for argument in arguments]
        if name == "root":
            return self._power(values[0], 1 / values[1])
        function = _FUNCTIONS.get(name)
        if function is None:
            raise Declined(f"I can't do that with {name} in it.")
        if name in ("pow", "square", "cube"):
            return self._power(values[0], {"square": sympy.Integer(2), "cube": sympy.Integer(3)}.get(name) or values[1])
        return function(*values)

    def _measured(self, node: Measure) -> Expression:
        radians = angle(node.unit)
        return self.of(node.number) * rational(radians[0]) * sympy.pi ** radians[1]


def angle(unit: Unit) -> tuple[Rational, int]:
    """Return what an angle's unit is worth in radians: a rational, times pi to this power."""
    from mathbot.numbers.real import single_term
    from mathbot.quantities.units import is_angle

    term = single_term(unit.factor) if is_angle(unit) else None
    powers = dict(term[0]) if term else {}
    if term is None or powers not in ({}, {"pi": 1}):
        raise Declined("I can't do that with units.")
    return term[1], len(powers)


def _bits(number: Expression) -> int:
    return max(int(number.p).bit_length(), int(number.q).bit_length()) if number.is_Rational else 64
