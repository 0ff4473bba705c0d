"""Expressions written in another way: expanded, factored, simplified, divided. The new form has the same values."""

from __future__ import annotations

import sympy

from mathbot.limits import Declined
from mathbot.symbolic import calculus, checking, translate, writing

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from mathbot.syntax import Node

    Expression: TypeAlias = Any

_MAX_TERMS = 200
_MAX_DEGREE = 60


def expand(node: Node, name: str) -> str:
    """Return ``node`` without brackets."""
    expression = translate.expression(node)
    _decline_long(expression)
    return _confirmed(node, sympy.expand(expression), name)


def factor(node: Node, name: str) -> str:
    """Return ``node`` as a product over the rationals; what has no factors is returned itself."""
    return _confirmed(node, sympy.factor(_polynomial(node)), name)


def simplify(node: Node, name: str) -> str:
    """Return the shortest form found; what is not defined for some numbers stays so, and it is said for which."""
    expression = translate.expression(node)
    forms = [expression]
    if expression.is_rational_function():
        forms += [sympy.cancel(expression), sympy.factor(sympy.cancel(expression))]
    if expression.is_polynomial():
        forms.append(sympy.expand(expression))
    else:
        forms.append(sympy.simplify(expression))
    texts = calculus.best(forms, lambda result: checking.same(node, result, name))
    return texts + _excluded(node, checking.parse(texts), name)


def _excluded(node: Node, result: Node, name: str) -> str:
    """Return `` (for x != 1)`` where ``result`` has a value and ``node`` has none; decline where that is uncertain."""
    if len(checking.letters_in(node)) > 1:
        return _gone_from_below(node, result)
    lost = _zeros_below(node, name) - _zeros_below(result, name)
    if not lost:
        return ""
    if not all(zero.is_rational for zero in lost):
        raise checking.Doubtful
    conditions = " and ".join(f"{name} != {writing.write(zero)}" for zero in sorted(lost))
    return f" (for {conditions})"


def _gone_from_below(node: Node, result: Node) -> str:
    """With several letters, say what has gone from below the line: there, it must not be zero."""
    before, after = (
        sympy.Mul(*(sympy.fraction(sympy.together(translate.expression(of)))[0] for of in _divisors(tree)))
        for tree in (node, result)
    )
    gone = set(_prime_parts(before)) - set(_prime_parts(after))
    conditions = " and ".join(f"{text} != 0" for text in sorted(map(writing.write, gone)))
    return f" (for {conditions})" if conditions else ""


def _prime_parts(product: Expression) -> list[Expression]:
    if not product.free_symbols:
        return []
    if not product.is_polynomial():
        raise Declined("I can't tell for which numbers that can be simplified.")
    return [part.as_expr() for part, _ in sympy.factor_list(product)[1]]


def _zeros_below(node: Node, name: str) -> set[Expression]:
    """Return the real numbers at which something in ``node`` is divided by zero."""
    zeros: set[Expression] = set()
    x = translate.symbol(name)
    for divisor in _divisors(node):
        below = translate.expression(divisor)
        if not below.has(x):
            continue
        over, _ = sympy.fraction(sympy.together(below))
        if not over.is_polynomial(x):
            raise Declined("I can't tell for which numbers that can be simplified.")
        zeros |= set(sympy.real_roots(sympy.Poly(over, x)))
    return zeros


def _divisors(node: Node) -> list[Node]:
    from mathbot.syntax import Negative, Power, Product

    found = [divisor for part in translate.parts(node) for divisor in _divisors(part)]
    if isinstance(node, Product):
        found += [factor for sign, factor in node.factors if sign == "/"]
    if isinstance(node, Power) and (isinstance(node.exponent, Negative) or _below_zero(node.exponent)):
        found.append(node.base)
    return found


def _below_zero(node: Node) -> bool:
    from mathbot.syntax import Number

    return isinstance(node, Number) and node.value < 0


def collect(node: Node, name: str) -> str:
    """Return a polynomial with its like terms together."""
    expression = _polynomial(node)
    _decline_long(expression)
    return _confirmed(node, sympy.expand(expression), name)


def apart(node: Node, name: str) -> str:
    """Return the partial fractions."""
    return _confirmed(node, sympy.apart(_rational(node), translate.symbol(name)), name)


def square(node: Node, name: str) -> str:
    """Return a quadratic with its square completed."""
    x = translate.symbol(name)
    values = sympy.Poly(_polynomial(node), x).all_coeffs()
    if len(values) != 3:
        raise Declined("I complete the square of quadratics only.")
    a, b, c = values
    shifted = x + b / (2 * a)
    rest = c - b**2 / (4 * a)
    head = writing.write(shifted)
    head = f"({head})^2" if b != 0 else f"{name}^2"
    if a != 1:
        head = f"{'-' if a == -1 else writing.write(a) + ('' if b == 0 else '*')}{head}"
    text = head if rest == 0 else f"{head} {'-' if rest < 0 else '+'} {writing.write(abs(rest))}"
    if not checking.same(node, checking.parse(text), name):
        raise checking.Doubtful
    return text


def quotient(node: Node, over: Node, name: str) -> str:
    """Return quotient and remainder of a division of polynomials."""
    whole, rest = _divided(node, over, name)
    text = writing.write(whole)
    return text if rest == 0 else f"{text}, remainder {writing.write(rest)}"


def remainder(node: Node, over: Node, name: str) -> str:
    """Return the remainder of a division of polynomials."""
    return writing.write(_divided(node, over, name)[1])


def _divided(node: Node, over: Node, name: str) -> tuple[Expression, Expression]:
    x = translate.symbol(name)
    above, below = _polynomial(node), _polynomial(over)
    if below == 0:
        raise Declined("I can't divide by zero (division by zero).")
    if {*checking.letters_in(node, over)} != {name}:
        raise Declined("I divide polynomials in one letter.")
    whole, rest = sympy.div(sympy.Poly(above, x, domain="QQ"), sympy.Poly(below, x, domain="QQ"))
    whole, rest = whole.as_expr(), rest.as_expr()
    if sympy.expand(whole * below + rest - above) != 0:
        raise checking.Doubtful
    return whole, rest


def _polynomial(node: Node) -> Expression:
    expression = translate.expression(node)
    if not expression.is_polynomial() or expression.atoms(sympy.Float):
        raise Declined("I can do that with polynomials only.")
    return _rational(node)


def _rational(node: Node) -> Expression:
    expression = translate.expression(node)
    if not expression.is_rational_function():
        raise Declined("I can do that with polynomials and their quotients only.")
    _decline_long(expression)
    return expression


def _decline_long(expression: Expression) -> None:
    """Multiplied out, it must stay readable."""
    size = 1
    for power in expression.atoms(sympy.Pow):
        if power.exp.is_Integer and power.base.is_Add:
            terms, times = len(power.base.args), abs(int(power.exp))
            size *= int(sympy.binomial(terms + times - 1, times))
    if size > _MAX_TERMS:
        raise Declined("The result is too long to be read.")


def rationalize(node: Node, name: str) -> str:
    """Return a fraction without roots below the line."""
    result = sympy.radsimp(translate.expression(node), max_terms=4)
    below = sympy.fraction(sympy.together(result))[1]
    if any(power.exp.is_Rational and not power.exp.is_Integer for power in below.atoms(sympy.Pow)):
        raise Declined("I can't free that denominator of roots.")
    return _confirmed(node, result, name)


def _confirmed(node: Node, expression: Expression, name: str) -> str:
    text = writing.write(expression)
    if not checking.same(node, checking.parse(text), name):
        raise checking.Doubtful
    return text


FUNCTIONS: dict[str, Callable[[Node, str], str]] = {
    "expand": expand, "factor": factor, "simplify": simplify, "apart": apart, "square": square, "collect": collect,
    "rationalize": rationalize,
}  # fmt: skip
