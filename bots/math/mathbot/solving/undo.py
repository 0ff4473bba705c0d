"""Solves for the unknown by undoing what is done to it, one kernel after the other.

What is found holds every solution. Where a step may have added others (squaring), ``sure`` says no, and whoever asked
has to decide about each by putting it in.
"""

from __future__ import annotations

import math

from mathbot.limits import Declined, NotReal, Undefined, check
from mathbot.numbers import elementary, real
from mathbot.solving import algebraic, isolate
from mathbot.solving.eliminate import conjugated, divided, reduced, shared
from mathbot.solving.families import Family
from mathbot.solving.polynomial import (
    Hard,
    Quotient,
    added,
    coefficients,
    constant,
    multiplied,
    plus,
    power_of,
    raised,
    times,
    unknowns_of,
)

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable

    from mathbot.solving.kernels import Kernel
    from mathbot.solving.polynomial import Polynomial
    from mathbot.values import Value

_MAX_STEPS = 40
_BACK: dict[str, Callable[[Value], Value]] = {
    "asin": elementary.sin,
    "acos": elementary.cos,
    "atan": elementary.tan,
    "sinh": elementary.asinh,
    "cosh": elementary.acosh,
    "tanh": elementary.atanh,
    "asinh": elementary.sinh,
    "acosh": elementary.cosh,
    "atanh": elementary.tanh,
}
_HARD = "I can't solve that equation with certainty."


class Found:
    """All values that may solve an equation."""

    __slots__ = ("families", "sure", "values", "whole")

    def __init__(self, values: list[Value] | None = None, families: list[Family] | None = None) -> None:
        self.values = values or []
        self.families = families or []
        self.sure = True
        """Does each of them solve it, wherever it has a value at all?"""
        self.whole = False
        """Is the equation true everywhere, or in some case that may not be met?"""

    def join(self, other: Found) -> None:
        """Take what solves another equation too."""
        self.values += other.values
        self.families += other.families
        self.sure &= other.sure
        self.whole |= other.whole


class Undoing:
    """Solves polynomials in one unknown and kernels for the unknown."""

    def __init__(self, unknown: str, kernels: dict[str, Kernel], excluded: list[Polynomial]) -> None:
        self._unknown = unknown
        self._kernels = kernels
        self._excluded = [whole for poly in excluded if (whole := self._whole(poly)) and len(whole) > 1]
        self._steps = 0

    def _whole(self, poly: Polynomial) -> isolate.Whole | None:
        """Return the integer coefficients of a polynomial in the unknown alone."""
        exact = algebraic.rational(poly.values())
        if exact is None or unknowns_of(poly) - {self._unknown}:
            return None
        return algebraic.whole(algebraic.rational(coefficients(poly)) or [])

    def solve(self, poly: Polynomial) -> Found:
        """Return where the polynomial is zero."""
        check()
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise Hard(_HARD)
        found = Found()
        if not poly:
            found.whole = True
            return found
        common = shared(poly)
        for name, _ in common:
            found.join(Found([0]) if name == self._unknown else self._undone(self._kernels[name], 0))
        found.join(self._solve(divided(poly, common)))
        return found

    def _solve(self, poly: Polynomial) -> Found:
        names = unknowns_of(poly)
        if not names:
            return Found()
        if names == {self._unknown}:
            return Found(self._polynomial_roots(poly))
        if len(names) == 1:
            return self._each(self._kernels[names.pop()], poly)
        kernels = [self._kernels[name] for name in names if name != self._unknown]
        kinds = {kernel.kind for kernel in kernels}
        if "root" in kinds:
            return self._without_root(poly, kernels)
        if self._unknown in names:
            raise Hard(_HARD)
        if kinds == {"ln"}:
            return self._logarithms(poly)
        if kinds == {"exp"} and len(poly) == 2:
            return self._exponentials(poly)
        if kinds <= {"sin", "cos", "tan"} and len(kinds) == len(kernels):
            return self._of_one_angle(poly, kernels)
        raise Hard(_HARD)

    def _polynomial_roots(self, poly: Polynomial) -> list[Value]:
        values = self._whole(poly)
        if values is None:
            return algebraic.roots(coefficients(poly))
        for excluded in self._excluded:
            values = isolate.without(values, excluded)
        return algebraic.roots(list(values))

    def _each(self, kernel: Kernel, poly: Polynomial) -> Found:
        found = Found()
        for value in algebraic.roots(coefficients(poly)):
            found.join(self._undone(kernel, value))
        return found

    # One kernel

    def _undone(self, kernel: Kernel, value: Value) -> Found:
        """Solve ``kernel = value``."""
        match kernel.kind:
            case "root":
                return self._root_undone(kernel, value)
            case "exp":
                if real.sign(value) <= 0:
                    return Found()
                return self._equal(kernel.inner, real.multiply(kernel.scale, elementary.ln(value)))
            case "ln":
                return self._equal(kernel.inner, elementary.exp(value))
            case "factorial":
                return self._factorial_undone(kernel, value)
            case "sin" | "cos" | "tan" | "cot":
                return self._angle_undone(kernel, value)
        return self._function_undone(kernel, value)

    def _equal(self, inner: Quotient, value: Value) -> Found:
        return self.solve(plus(inner.over, times(inner.under, constant(real.negate(value)))))

    def _root_undone(self, kernel: Kernel, value: Value) -> Found:
        if real.sign(value) < 0:
            if kernel.odd:
                raise Declined("I can't tell whether negative numbers are to have that root: write cbrt(x), say.")
            if kernel.degree % 2 == 0:
                return Found()
        return self._equal(kernel.inner, elementary.power(value, kernel.degree))

    def _function_undone(self, kernel: Kernel, value: Value) -> Found:
        try:
            inner = _BACK[kernel.kind](value)
        except (NotReal, Undefined):
            return Found()
        found = self._equal(kernel.inner, inner)
        if kernel.kind == "cosh":
            found.join(self._equal(kernel.inner, real.negate(inner)))
        found.sure = False
        return found

    def _factorial_undone(self, kernel: Kernel, value: Value) -> Found:
        found = Found()
        product = 1
        for n in range(3000):
            product *= max(n, 1)
            if product == value:
                found.join(self._equal(kernel.inner, n))
            if real.compare(product, value) > 0:
                break
        if not found.values:
            raise Declined("That is the factorial of no whole number.")
        return found

    def _angle_undone(self, kernel: Kernel, value: Value) -> Found:
        turn = real.multiply(2, elementary.PI)
        half = elementary.PI
        if kernel.kind in ("tan", "cot"):
            angle = elementary.atan(value)
            angle = angle if kernel.kind == "tan" else real.subtract(real.divide(half, 2), angle)
            return Found(families=[self._family(kernel, angle, half)])
        if real.compare(value, 1) > 0 or real.compare(value, -1) < 0:
            return Found()
        first = elementary.asin(value) if kernel.kind == "sin" else elementary.acos(value)
        second = real.subtract(half, first) if kernel.kind == "sin" else real.negate(first)
        return Found(families=[self._family(kernel, angle, turn) for angle in (first, second)])

    def _family(self, kernel: Kernel, angle: Value, period: Value) -> Family:
        """Solve ``inner = angle + period * n`` for an ``inner`` that is a multiple of the unknown and a number."""
        inner = kernel.inner
        if unknowns_of(inner.over) != {self._unknown} or unknowns_of(inner.under) or len(coefficients(inner.over)) != 2:
            raise Hard(_HARD)
        rest, factor = (real.divide(value, inner.under[()]) for value in coefficients(inner.over))
        period = real.divide(period, factor)
        if real.sign(period) < 0:
            period = real.negate(period)
        return Family(real.divide(real.subtract(angle, rest), factor), period)

    # Several kernels, or a kernel and the unknown beside it

    def _without_root(self, poly: Polynomial, kernels: list[Kernel]) -> Found:
        """Remove a root that stands in no other kernel: put the unknown as its power, or multiply by conjugates."""
        inside = set().union(*(unknowns_of(kernel.inner.over) | unknowns_of(kernel.inner.under) for kernel in kernels))
        root = next((kernel for kernel in kernels if kernel.kind == "root" and kernel.name not in inside), None)
        if root is None:
            raise Hard(_HARD)
        inner = root.inner
        plain = not unknowns_of(inner.under) and unknowns_of(inner.over) == {self._unknown}
        if len(kernels) == 1 and plain and len(coefficients(inner.over)) == 2:
            return self._each(root, self._in_terms_of(root, poly))
        cleared = conjugated(poly, root)
        if not cleared:
            raise Hard(_HARD)
        found = self.solve(cleared)
        found.sure = False
        return found

    def _in_terms_of(self, root: Kernel, poly: Polynomial) -> Polynomial:
        """Put ``(root**degree - b) / a`` for the unknown, where ``a * unknown + b`` is what the root is of."""
        rest, factor = (real.divide(value, root.inner.under[()]) for value in coefficients(root.inner.over))
        unknown = plus({((root.name, root.degree),): 1}, constant(real.negate(rest)))
        unknown = times(unknown, constant(real.reciprocal(factor)))
        total: Polynomial = {}
        for monomial, number in poly.items():
            powers = dict(monomial)
            term = times(constant(number), power_of(unknown, powers.pop(self._unknown, 0)))
            total = plus(total, times(term, {tuple(powers.items()): 1}))
        return total

    def _logarithms(self, poly: Polynomial) -> Found:
        """A sum of multiples of logarithms is the logarithm of a product of powers."""
        if any(sum(power for _, power in monomial) > 1 for monomial in poly):
            raise Hard(_HARD)
        number = poly.get((), 0)
        multiples = {monomial[0][0]: value for monomial, value in poly.items() if monomial}
        first = next(iter(multiples.values()))
        quotients = {name: real.divide(value, first) for name, value in multiples.items()}
        exact = algebraic.rational(quotients.values())
        if exact is None:
            raise Hard(_HARD)
        scale = math.lcm(*(value.denominator for value in exact))
        product = Quotient(constant(1), constant(1))
        for name, value in zip(quotients, exact, strict=True):
            inner, power = self._kernels[name].inner, int(value * scale)
            factor = raised(inner if power > 0 else Quotient(inner.under, inner.over), abs(power))
            product = Quotient(times(product.over, factor.over), times(product.under, factor.under))
        found = self._equal(product, elementary.exp(real.divide(real.multiply(-scale, number), first)))
        found.sure = False
        return found

    def _exponentials(self, poly: Polynomial) -> Found:
        """Where one product of powers is a multiple of another, compare the logarithms."""
        (one, a), (other, b) = poly.items()
        value = real.negate(real.divide(b, a))
        if real.sign(value) <= 0:
            return Found()
        total = Quotient(constant(real.negate(elementary.ln(value))), constant(1))
        for monomial, sign in ((one, 1), (other, -1)):
            for name, power in monomial:
                kernel = self._kernels[name]
                factor = real.divide(sign * power, kernel.scale)
                over = times(kernel.inner.over, constant(factor))
                total = Quotient(
                    plus(times(total.over, kernel.inner.under), times(over, total.under)),
                    times(total.under, kernel.inner.under),
                )
        return self.solve(total.over)

    def _of_one_angle(self, poly: Polynomial, kernels: list[Kernel]) -> Found:
        """Write the square of the sine with the cosine, or the other way; or one is a multiple of the other; or all
        of them are made of the tangent of half the angle."""
        first = kernels[0]
        if any(kernel.inner.over != first.inner.over or kernel.inner.under != first.inner.under for kernel in kernels):
            raise Hard(_HARD)
        by_kind = {kernel.kind: kernel for kernel in kernels}
        sine, cosine = by_kind.get("sin"), by_kind.get("cos")
        if sine and cosine and len(kernels) == 2:
            for kernel, other in ((sine, cosine), (cosine, sine)):
                left = reduced(poly, kernel, {(): 1}, {((other.name, 2),): -1})
                if kernel.name not in unknowns_of(left):
                    return self.solve(left)
            if set(poly) == {((sine.name, 1),), ((cosine.name, 1),)}:
                value = real.negate(real.divide(poly[((cosine.name, 1),)], poly[((sine.name, 1),)]))
                return Found(families=[self._family(sine, elementary.atan(value), elementary.PI)])
        return self._by_half_angle(poly, kernels)

    def _by_half_angle(self, poly: Polynomial, kernels: list[Kernel]) -> Found:
        """With t the tangent of half the angle, sin = 2t/(1+t^2), cos = (1-t^2)/(1+t^2), tan = 2t/(1-t^2).

        Half of pi has no tangent, so that angle is tried by itself.
        """
        t: Polynomial = {(("t", 1),): 1}
        square, one = times(t, t), constant(1)
        double, more, less = plus(t, t), plus(one, square), plus(one, times(constant(-1), square))
        parts = {"sin": (double, more), "cos": (less, more), "tan": (double, less)}
        at_pi = {"sin": 0, "cos": -1, "tan": 0}
        kinds = {kernel.name: kernel.kind for kernel in kernels}
        total = Quotient({}, one)
        rest: Value = 0
        for monomial, number in poly.items():
            term, value = Quotient(constant(number), one), number
            for name, power in monomial:
                term = multiplied(term, raised(Quotient(*parts[kinds[name]]), power))
                value = real.multiply(value, at_pi[kinds[name]] ** power)
            total, rest = added(total, term), real.add(rest, value)
        if not total.over:
            raise Hard(_HARD)
        values = algebraic.roots(coefficients(total.over))
        angles = [real.multiply(2, elementary.atan(value)) for value in values]
        if rest == 0:
            angles.append(elementary.PI)
        turn = real.multiply(2, elementary.PI)
        return Found(families=[self._family(kernels[0], angle, turn) for angle in angles])
