"""Derivatives and antiderivatives. Each is confirmed by numbers before it is returned, in the form that reads best."""

from __future__ import annotations

import sympy

from mathbot.limits import Declined
from mathbot.symbolic import checking, numeric, translate, writing
from mathbot.syntax import Call

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeAlias

    from mathbot.syntax import Node

    Expression: TypeAlias = Any

_NO_ANTIDERIVATIVE = "That has no antiderivative in elementary functions that I can give."
_MAX_EXPANDED = 12
"""Powers of sums up to here are multiplied out on the way."""


def derivative(node: Node, name: str, order: int) -> str:
    """Return the derivative of that order by ``name``."""
    text = ""
    for _ in range(order):
        text = _first_derivative(node, name)
        node = checking.parse(text)
    return text


def _first_derivative(node: Node, name: str) -> str:
    expression = translate.expression(node)
    slope = _without_signs(sympy.diff(expression, translate.symbol(name)))
    return best(
        _forms(slope), lambda result: checking.is_derivative(node, result, name), cube_roots=has_cube_root(node)
    )


def _without_signs(expression: Expression) -> Expression:
    """The derivative of |x| is written x/|x|."""
    return expression.replace(sympy.sign, lambda of: of / sympy.Abs(of))


def _forms(expression: Expression) -> Iterator[Expression]:
    """Yield ways to write the same."""
    yield expression
    if expression.is_number:
        return
    yield _pythagorean(expression)
    yield sympy.expand(expression) if _degree(expression) <= _MAX_EXPANDED else expression
    yield _pythagorean(sympy.factor_terms(expression))
    together = sympy.together(expression)
    yield together
    yield sympy.cancel(together) if expression.is_rational_function() else together
    yield sympy.factor(together)
    yield sympy.powsimp(expression)


def _pythagorean(expression: Expression) -> Expression:
    """Write tan² + 1 as sec², and cot² + 1 as csc²."""
    if not expression.has(sympy.tan, sympy.cot):
        return expression
    return expression.replace(lambda part: part.is_Add, _secant)


def _secant(total: Expression) -> Expression:
    number, rest = total.as_coeff_Add()
    factor, square = rest.as_coeff_Mul()
    if number == factor and square.is_Pow and square.exp == 2:
        for tangent, secant in ((sympy.tan, sympy.sec), (sympy.cot, sympy.csc)):
            if isinstance(square.base, tangent):
                return number * secant(square.base.args[0]) ** 2
    return total


def _degree(expression: Expression) -> int:
    powers = [power.exp for power in expression.atoms(sympy.Pow) if power.base.is_Add and power.exp.is_Integer]
    return max(map(int, powers), default=0)


def best(forms: Iterable[Expression], holds: Callable[[Node], bool], *, cube_roots: bool = False) -> str:
    """Return the shortest of the forms that can be written and for which ``holds`` is confirmed."""
    texts: dict[str, None] = {}
    for form in forms:
        try:
            texts.setdefault(writing.write(form, cube_roots=cube_roots))
        except writing.Unwritable:
            continue
    if not texts:
        raise writing.Unwritable
    for text in sorted(texts, key=len):
        node = checking.parse(text)
        if holds(node) and checking.agrees_with_engine(node):
            return text
    raise checking.Doubtful


def has_cube_root(node: Node) -> bool:
    """Is there a root of third degree, which negative numbers have too?"""
    if isinstance(node, Call) and node.name in ("cbrt", "root"):
        return True
    return any(map(has_cube_root, translate.parts(node)))


# Antiderivatives


def antiderivative(node: Node, name: str) -> str:
    """Return an antiderivative, without its constant."""
    expression = translate.expression(node)
    x = translate.symbol(name)
    reason: Declined = Declined(_NO_ANTIDERIVATIVE)
    for found in _found(expression, x):
        forms = [form for way in _ways(found, x) for form in _with_absolutes(way, node, name)]
        try:
            return best(
                forms, lambda result: checking.is_antiderivative(node, result, name), cube_roots=has_cube_root(node)
            )
        except checking.Doubtful as doubt:
            reason = doubt
        except writing.Unwritable:
            continue
    raise reason


def _found(expression: Expression, x: Expression) -> Iterator[Expression]:
    """Yield what the methods find, the ones that think like a textbook first."""
    from sympy.integrals.manualintegrate import manualintegrate

    is_quotient = expression.is_rational_function(x) and not expression.is_polynomial(x)
    tried: tuple[Callable[[], Expression | None], ...] = (
        lambda: _of_distance(expression, x),
        lambda: manualintegrate(sympy.apart(expression, x) if is_quotient else expression, x),
        lambda: manualintegrate(sympy.expand(expression), x),
        lambda: sympy.integrate(sympy.apart(expression, x), x) if is_quotient else None,
        lambda: sympy.integrate(expression, x, meijerg=False, risch=False),
        lambda: sympy.integrate(expression, x, meijerg=False, risch=True),
    )
    for method in tried:
        try:
            found = method()
        except (NotImplementedError, ValueError, AttributeError, TypeError):
            continue
        if found is not None and not found.has(sympy.Integral, sympy.I):
            yield from _pieces(found, x)


def _of_distance(expression: Expression, x: Expression) -> Expression | None:
    """Integrate |u| with u of first degree, times a number."""
    number, distance = expression.as_coeff_Mul()
    inner = distance.args[0] if isinstance(distance, sympy.Abs) else sympy.Integer(0)
    slope = inner.diff(x)
    return number * inner * distance / (2 * slope) if slope.is_number and slope != 0 else None


def _pieces(found: Expression, x: Expression) -> Iterator[Expression]:
    """Yield the cases of a result that is given by cases; which of them holds, the check tells."""
    if not found.has(sympy.Piecewise):
        yield found
        return
    folded = sympy.piecewise_fold(found)
    yield from (piece for piece, _ in folded.args) if isinstance(folded, sympy.Piecewise) else ()


def _ways(found: Expression, x: Expression) -> Iterator[Expression]:
    yield _without_constant(found, x)
    if _degree(found) <= _MAX_EXPANDED:
        yield _without_constant(sympy.expand(found), x)
    yield _without_constant(sympy.factor_terms(found), x)
    if found.is_polynomial(x) or found.is_rational_function(x):
        yield _without_constant(sympy.factor(found), x)


def _without_constant(found: Expression, x: Expression) -> Expression:
    found = _without_signs(found).replace(sympy.log, lambda of: _without_factor(of, x))
    return sympy.Add(*(term for term in sympy.Add.make_args(found) if term.has(x)))


def _without_factor(of: Expression, x: Expression) -> Expression:
    """ln(2u) and ln(u) are the same but for a constant."""
    number, rest = sympy.factor_terms(of).as_coeff_Mul()
    return sympy.log(rest if number > 0 and rest.has(x) else of)


def _with_absolutes(found: Expression, node: Node, name: str) -> Iterator[Expression]:
    """Yield ``found`` with ln(|u|) for each ln(u) whose u is negative somewhere that ``node`` has a value."""
    given = checking.others([node], name)
    places = [place for place in numeric.places() if _defined(node, {**given, name: place})]
    wrapped = found
    for logarithm in found.atoms(sympy.log):
        inner = logarithm.args[0]
        if inner.is_number or isinstance(inner, sympy.Abs):
            continue
        if any(_negative(inner, {**given, name: place}) for place in places):
            wrapped = wrapped.subs(logarithm, sympy.log(sympy.Abs(inner)))
    yield wrapped


def _defined(node: Node, names: dict[str, Any]) -> bool:
    try:
        numeric.value(node, names)
    except numeric.Undefined:
        return False
    return True


def _negative(expression: Expression, names: dict[str, Any]) -> bool:
    at = {translate.symbol(name): sympy.Float(str(value), 30) for name, value in names.items()}
    value = expression.subs(at).evalf(20)
    return bool(value.is_real and value < 0)
