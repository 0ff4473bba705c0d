"""sympy's expressions → the notation of a textbook, which our own parser reads back to the same function."""

from __future__ import annotations

import sympy

from mathbot.limits import Declined

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Expression: TypeAlias = Any

_NAMES = {
    "log": "ln", **{name: name for name in (
        "sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh",
        "atanh", "floor",
    )}, "ceiling": "ceil",
}  # fmt: skip
_SUM, _PRODUCT, _POWER, _ATOM = range(4)
"""How tight the outermost operator of a text binds."""
MAX_TEXT = 2000


class Unwritable(Declined):
    """Something that has no notation here."""

    def __init__(self) -> None:
        super().__init__("I can't write the result with elementary functions.")


def write(expression: Expression, *, cube_roots: bool = False) -> str:
    """Return ``expression`` as text; ``cube_roots`` has third powers written as ``cbrt``, which is for all numbers."""
    text = _Writer(cube_roots).text(expression, _SUM)
    if len(text) > MAX_TEXT:
        raise Declined("The result is too long to be read.")
    return text


class _Writer:
    def __init__(self, cube_roots: bool) -> None:
        self.cube_roots = cube_roots

    def text(self, expression: Expression, least: int) -> str:
        """Write with brackets where the outermost operator binds less than ``least``."""
        text, binding = self._bound(expression)
        return f"({text})" if binding < least else text

    def _bound(self, e: Expression) -> tuple[str, int]:
        if e.is_Add:
            return self._sum(e), _SUM
        if e.is_Rational:
            return _number(e)
        if e.is_Symbol:
            return e.name, _ATOM
        if e.is_Mul:
            return self._product(e)
        if e.is_Pow or isinstance(e, sympy.exp):
            return self._power(e)
        return self._other(e), _ATOM

    def _other(self, e: Expression) -> str:
        constants = {sympy.E: "e", sympy.pi: "pi", sympy.GoldenRatio: "phi"}
        if e in constants:
            return constants[e]
        name = _NAMES.get(type(e).__name__)
        if isinstance(e, sympy.Abs):
            inner = self.text(e.args[0], _SUM)
            return f"abs({inner})" if "|" in inner else f"|{inner}|"
        if name is None or len(e.args) != 1:
            raise Unwritable
        return f"{name}({self.text(e.args[0], _SUM)})"

    def _sum(self, e: Expression) -> str:
        text = ""
        for term in _ordered(e):
            part = self.text(term, _SUM)
            if text:
                part = f" - {part[1:]}" if part.startswith("-") else f" + {part}"
            text += part
        return text

    def _product(self, e: Expression) -> tuple[str, int]:
        number, rest = e.as_coeff_Mul()
        if not number.is_Rational:
            raise Unwritable
        above, below = _split(rest)
        over = self._factors(abs(number.p), above)
        under = self._factors(number.q, below) if below or number.q != 1 else ""
        if below and (len(below) + (number.q != 1) > 1 or below[0].is_Add):
            under = f"({under})" if not (under.startswith("(") and len(below) == 1 and number.q == 1) else under
        sign = "-" if number < 0 else ""
        return f"{sign}{over}/{under}" if under else f"{sign}{over}", _SUM if sign else _PRODUCT

    def _factors(self, number: int, factors: list[Expression]) -> str:
        single = len(factors) == 1 and number == 1
        parts = [self.text(factor, _PRODUCT if single and not factor.is_Add else _POWER) for factor in factors]
        text = "*".join(parts)
        if number == 1 and parts:
            return text
        if not parts:
            return str(number)
        letter = len(parts[0]) == 1 or parts[0][1] in "^"
        return f"{number}{text}" if letter and parts[0][0].isalpha() and parts[0][0] != "e" else f"{number}*{text}"

    def _power(self, e: Expression) -> tuple[str, int]:
        base, exponent = e.as_base_exp() if e.is_Pow else (sympy.E, e.args[0])
        if isinstance(e, sympy.exp):
            base, exponent = sympy.E, e.args[0]
        if exponent.is_Rational and exponent < 0:
            return f"1/{self._divisor(base**-exponent)}", _PRODUCT
        if exponent == sympy.Rational(1, 2):
            return f"sqrt({self.text(base, _SUM)})", _ATOM
        if exponent.is_Rational and exponent.q == 3 and self.cube_roots:
            root = f"cbrt({self.text(base, _SUM)})"
            return (root, _ATOM) if exponent.p == 1 else (f"{root}^{exponent.p}", _POWER)
        raised = self.text(exponent, _ATOM)
        return f"{self.text(base, _ATOM)}^{raised}", _POWER

    def _divisor(self, e: Expression) -> str:
        return self.text(e, _POWER)


def _number(e: Expression) -> tuple[str, int]:
    if e.is_Integer:
        return str(e), _SUM if e < 0 else _ATOM
    return f"{e.p}/{e.q}", _SUM if e < 0 else _PRODUCT


def _split(product: Expression) -> tuple[list[Expression], list[Expression]]:
    """Return the factors above and below the line."""
    above: list[Expression] = []
    below: list[Expression] = []
    for factor in _factors_of(product):
        base, exponent = factor.as_base_exp()
        if exponent.is_Rational and exponent < 0 and base != sympy.E:
            below.append(base**-exponent)
        elif factor != 1:
            above.append(factor)
    return above, below


def _factors_of(product: Expression) -> list[Expression]:
    factors = list(product.as_ordered_factors())
    return sorted(factors, key=_rank)


def _rank(factor: Expression) -> tuple[int, str]:
    """Order factors: numbers, powers of letters, brackets and roots, exponentials, functions."""
    base, _ = factor.as_base_exp()
    if factor.is_number and not isinstance(base, sympy.Function):
        return 0, ""
    if base.is_Symbol and factor.as_base_exp()[1].is_Rational:
        return 1, str(base)
    if base.is_Add:
        return 3, ""
    return (2 if factor.is_Pow or isinstance(factor, sympy.exp) else 4), ""


def _ordered(e: Expression) -> list[Expression]:
    """Order terms by descending power, a positive one first where they are of the same kind."""
    terms = list(e.as_ordered_terms())
    if len(terms) == 2 and _negative(terms[0]) and not _negative(terms[1]) and not e.is_polynomial():
        terms.reverse()
    return terms


def _negative(term: Expression) -> bool:
    return bool(term.as_coeff_Mul()[0] < 0)
