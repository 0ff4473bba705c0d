"""Definite integrals. A value is given where an exact one, or two ways of measuring, agree with numbers of their own;
that an integral does not converge is said only of one that certainly does not.
"""

from __future__ import annotations

from itertools import pairwise

import mpmath
import sympy
from mpmath import mpf

from mathbot.limits import Declined
from mathbot.symbolic import calculus, checking, numeric, translate, writing
from mathbot.symbolic.numeric import Undefined
from mathbot.symbolic.task import INFINITY

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from mathbot.symbolic.numeric import Number_
    from mathbot.syntax import Node

    Expression: TypeAlias = Any
    Real: TypeAlias = Callable[[Number_], Number_]

DIVERGES = "does not converge"
_DIGITS = 22
"""So many digits of the value have to be confirmed."""
_PIECES = (0, 0.11, 0.23, 0.37, 0.47, 0.61, 0.73, 0.89, 1)
"""Where an interval is cut, so that nothing cancels by symmetry."""
_SAMPLES = 211


def bound(node: Node) -> Expression:
    """Return a bound as sympy has it."""
    value = translate.expression(node, {INFINITY: sympy.oo})
    if value.free_symbols or not (value.is_extended_real or value.is_infinite):
        raise Declined("The bounds have to be numbers.")
    return value


def integral(node: Node, name: str, low: Node, high: Node) -> str:
    """Return ``=`` and the exact value, ``~`` and more digits than are shown, or that there is none."""
    if checking.letters_in(node) not in ([], [name]):
        raise Declined("I compute definite integrals of functions of one letter.")
    a, b = bound(low), bound(high)
    if a == b:
        return "=0"
    if a > b:
        return _negated(_integral(node, name, b, a))
    return _integral(node, name, a, b)


def area(node: Node, name: str, low: Node, high: Node) -> str:
    """Return the integral of what is nowhere below the axis; of anything else, people mean different things."""
    a, b = bound(low), bound(high)
    if checking.letters_in(node) in ([], [name]) and a < b:
        f = numeric.function(node, name)
        _decline_undefined(f, a, b)
        if any(f(place) < 0 for place in _samples(a, b)):
            raise Declined("That runs below the axis: ask for the integral, or for that of |…|.")
    return integral(node, name, low, high)


def _negated(text: str) -> str:
    return f"{text[0]}-({text[1:]})" if text[0] in "=~" else text


def _integral(node: Node, name: str, a: Expression, b: Expression) -> str:
    f = numeric.function(node, name)
    if _has_pole(node, name, a, b) or _has_periodic_pole(f, node, name, a, b):
        return DIVERGES
    _decline_undefined(f, a, b)
    kinks = _kinks(translate.expression(node), translate.symbol(name), a, b)
    exact = _exact(node, name, a, b)
    if exact in (sympy.oo, -sympy.oo):
        return DIVERGES
    if exact is not None:
        try:
            text = _confirmed(exact, f, a, b, kinks)
        except checking.Doubtful:
            text = ""  # an antiderivative that jumps: measuring has proofs of its own
        if text:
            return text
    if a.is_infinite or b.is_infinite:
        raise checking.Doubtful
    return _measured(f, a, b)


def _has_pole(node: Node, name: str, a: Expression, b: Expression) -> bool:
    """Is it a quotient of polynomials with a pole between the bounds, or at one? That is certain."""
    x = translate.symbol(name)
    expression = translate.expression(node)
    if not expression.is_rational_function(x) or not expression.has(x):
        return False
    _, below = sympy.fraction(sympy.cancel(sympy.together(expression)))
    if not below.has(x):
        return False
    polynomial = sympy.Poly(below, x)
    if not polynomial.domain.is_QQ and not polynomial.domain.is_ZZ:
        raise Declined("I can do that with fractions as coefficients only.")
    return any(bool(a <= root) and bool(root <= b) for root in polynomial.real_roots())


def _has_periodic_pole(f: Real, node: Node, name: str, a: Expression, b: Expression) -> bool:
    """Does it grow at least like 1/(x - p) where a sine or cosine in it is zero?"""
    if a.is_infinite or b.is_infinite:
        return False
    x = translate.symbol(name)
    parts = translate.expression(node).atoms(*_PERIODIC)
    angles = {part.args[0] for part in parts if part.args[0].is_polynomial(x)}
    for inner in (angle for angle in angles if sympy.degree(angle, x) == 1):
        step, shift = inner.coeff(x, 1), inner.coeff(x, 0)
        if any(_grows(f, _number(p), a, b) for p in _quarter_turns(step, shift, a, b)):
            return True
    return False


_PERIODIC = (sympy.tan, sympy.cot, sympy.sec, sympy.csc, sympy.sin, sympy.cos)
_MOST_POLES = 20


def _quarter_turns(step: Expression, shift: Expression, a: Expression, b: Expression) -> list[Expression]:
    """Return where between the bounds, or at one, the angle is a multiple of a quarter turn."""
    turns = sorted((2 * (step * end + shift) / sympy.pi for end in (a, b)), key=float)
    first, last = int(sympy.ceiling(turns[0])), int(sympy.floor(turns[1]))
    return [(k * sympy.pi / 2 - shift) / step for k in range(first, min(last, first + _MOST_POLES) + 1)]


def _grows(f: Real, place: Number_, a: Expression, b: Expression) -> bool:
    """Does (x - p) f(x) stay away from zero on the way to p?"""
    sides = [side for side, free in ((1, _number(b) > place), (-1, _number(a) < place)) if free]
    with mpmath.workdps(60):
        for side in sides:
            gaps = [side * mpf(10) ** -k for k in (8, 12, 16)]
            try:
                sizes = [abs(gap * f(place + gap)) for gap in gaps]
            except Undefined:
                continue
            steady = all(later >= size * (1 - mpf(10) ** -6) for size, later in pairwise(sizes))
            if steady and sizes[0] > mpf(10) ** -3:
                return True
    return False


def _decline_undefined(f: Real, a: Expression, b: Expression) -> None:
    """Between the bounds the function must have values."""
    for place in _samples(a, b):
        try:
            f(place)
        except Undefined:
            raise Declined("That function is not defined everywhere between the bounds.") from None


def _samples(a: Expression, b: Expression) -> list[Number_]:
    low, high = _finite(a, b)
    offset = mpf(1) / 7
    return [low + (high - low) * (k + offset) / _SAMPLES for k in range(_SAMPLES)]


def _finite(a: Expression, b: Expression) -> tuple[Number_, Number_]:
    """Return the bounds as numbers; 50 further for an infinite one."""
    low = None if a.is_infinite else _number(a)
    high = None if b.is_infinite else _number(b)
    if low is None:
        low = -mpf(50) if high is None else high - 50
    return low, low + 50 if high is None else high


def _number(value: Expression) -> Number_:
    """Return a number in today's precision; it is read back by our own parser for that."""
    if value.is_infinite:
        return mpf("inf") if value > 0 else mpf("-inf")
    return numeric.value(checking.parse(writing.write(value)), {})


def _exact(node: Node, name: str, a: Expression, b: Expression) -> Expression | None:
    """Return what sympy says is the value, by an antiderivative or a method for definite integrals."""
    x = translate.symbol(name)
    parts = _without_distances(translate.expression(node), x, a, b)
    if parts:
        return sympy.Add(*(sympy.integrate(part, (x, low, high)) for part, low, high in parts))
    try:
        whole = translate.expression(checking.parse(calculus.antiderivative(node, name)))
        return sympy.limit(whole, x, b, "-") - sympy.limit(whole, x, a, "+")
    except (Declined, NotImplementedError, ValueError):
        pass
    if not (a.is_infinite or b.is_infinite):
        return None
    value = sympy.integrate(translate.expression(node), (x, a, b), conds="none")
    return None if value.has(sympy.Integral) else value


def _without_distances(
    expression: Expression, x: Expression, a: Expression, b: Expression
) -> list[tuple[Expression, Expression, Expression]]:
    """Return what |u| is on each side of the zeros of u, with the bounds; nothing where there is no |u|."""
    inner = {of.args[0] for of in expression.atoms(sympy.Abs)}
    if not inner or a.is_infinite or b.is_infinite or not all(u.is_polynomial(x) for u in inner):
        return []
    parts = []
    for low, high in pairwise([a, *_kinks(expression, x, a, b), b]):
        middle = (low + high) / 2
        signs = {sympy.Abs(u): u if u.subs(x, middle) > 0 else -u for u in inner}
        parts.append((expression.subs(signs), low, high))
    return parts


def _kinks(expression: Expression, x: Expression, a: Expression, b: Expression) -> list[Expression]:
    """Return where between the bounds a |u| turns."""
    inner = [of.args[0] for of in expression.atoms(sympy.Abs) if of.args[0].is_polynomial(x)]
    return sorted({zero for u in inner for zero in sympy.real_roots(u, x) if a < zero < b})


def _confirmed(exact: Expression, f: Real, a: Expression, b: Expression, kinks: list[Expression]) -> str:
    """Return the value as text where it can be written and measuring agrees."""
    if exact.has(sympy.nan, sympy.zoo, sympy.AccumBounds, sympy.I, sympy.oo):
        return ""
    try:
        text = writing.write(sympy.nsimplify(exact) if exact.is_Rational else exact)
    except writing.Unwritable:
        return ""
    with mpmath.workdps(30):
        value = numeric.value(checking.parse(text), {})
        ends = pairwise([a, *kinks, b])
        measured = mpmath.fsum(_by_pieces(f, _number(low), _number(high), "tanh-sinh") for low, high in ends)
        if not numeric.close(value, measured, 13):
            raise checking.Doubtful
    return f"={text}"


def _by_pieces(f: Real, low: Number_, high: Number_, method: str) -> Number_:
    cuts = [low, *_cuts(low, high), high]
    try:
        return mpmath.quad(_filled(f), cuts, method=method)
    except (Undefined, ValueError, ZeroDivisionError):
        raise checking.Doubtful from None


def _cuts(low: Number_, high: Number_) -> list[Number_]:
    if mpmath.isinf(low) and mpmath.isinf(high):
        return [mpf(-3), mpf(-1), mpf("0.3"), mpf(2), mpf(5)]
    if mpmath.isinf(high):
        return [low + mpf("0.7"), low + 2, low + 5, low + 20]
    if mpmath.isinf(low):
        return [high - 20, high - 5, high - 2, high - mpf("0.7")]
    return [low + (high - low) * mpf(cut) for cut in _PIECES[1:-1]]


def _filled(f: Real) -> Real:
    """At the very ends, rounding may leave the domain; what is added there is nothing."""

    def filled(x: Number_) -> Number_:
        try:
            return f(x)
        except Undefined:
            return mpf(0)

    return filled


def _measured(f: Real, a: Expression, b: Expression) -> str:
    """Return the value to 15 digits, where two ways of measuring agree to many more."""
    with mpmath.workdps(_DIGITS + 13):
        low, high = _number(a), _number(b)
        first = _by_pieces(f, low, high, "tanh-sinh")
        second = _by_pieces(f, low, high, "gauss-legendre")
        if not numeric.close(first, second, _DIGITS) or abs(first) < mpf(10) ** -5:
            raise checking.Doubtful
        return f"~{mpmath.nstr(first, _DIGITS, strip_zeros=False, min_fixed=-30, max_fixed=30)}"
