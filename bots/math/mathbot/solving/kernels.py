"""What an equation holds besides polynomials: roots, powers with the unknown above, logarithms, angles.

Each such part becomes a name of its own (a *kernel*), and the equation a polynomial in these names and the unknown.
Equal parts get one name; powers whose exponents are multiples of each other become powers of one name.
"""

from __future__ import annotations

import math

from mathbot.limits import Declined
from mathbot.numbers import elementary, real
from mathbot.numbers.rational import ratio
from mathbot.solving.polynomial import Hard, Quotient, Reader, added, constant, multiplied, raised, scaled
from mathbot.syntax import Call, Factorial, Measure, Number, Power

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable

    from mathbot.numbers.rational import Rational
    from mathbot.solving.polynomial import Polynomial
    from mathbot.syntax import Node
    from mathbot.values import Value

_ROOTS = {"sqrt": 2, "cbrt": 3, "fourthroot": 4}
_LOG_BASES = {"ln": None, "log10": 10, "log2": 2}
_POWERS = {"square": 2, "cube": 3, "reciprocal": -1}
_PERIODIC = ("sin", "cos", "tan", "cot")
_FLIPPED = {"sec": "cos", "csc": "sin"}
_UNDONE = ("asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh")
_MAX_KERNELS = 12
_MOST_CHOSEN = 6
_MAX_MULTIPLE = 12


class Kernel:
    """A part of an equation that is no polynomial: ``name`` stands for ``kind`` applied to ``inner``."""

    __slots__ = ("degree", "inner", "kind", "name", "odd", "scale")

    def __init__(self, name: str, kind: str, inner: Quotient, degree: int = 0, *, odd: bool = False) -> None:
        self.name = name
        self.kind = kind
        """root, exp, ln, factorial, or the name of a function."""
        self.inner = inner
        self.degree = degree
        """Of a root."""
        self.odd = odd
        """Was a root written as a power? Then people differ on whether negative numbers have one."""
        self.scale = 1
        """Of exp: it stands for exp(inner / scale), so that all powers of it in the equation are whole."""


class KernelReader(Reader):
    """Reads expressions in ``unknown`` and kernels."""

    def __init__(self, unknown: str, value: Callable[[Node], Value]) -> None:
        super().__init__((unknown,), value)
        self.kernels: dict[str, Kernel] = {}
        self.whole = False
        """Does it hold for whole numbers only?"""
        self._angles: list[tuple[Quotient, int]] = []
        """Angles met, and into how many equal parts each is divided so that all others like it are multiples."""

    def equation(self, node: Node) -> Quotient:
        """Read an expression; twice, for what the exponents have in common is known only after the first time."""
        self.read(node)
        self.excluded.clear()
        return self.read(node)

    def _other(self, node: Node) -> Quotient:
        match node:
            case Power(base, exponent):
                return self._powered(base, exponent)
            case Factorial(of):
                return self._kernel("factorial", self.read(of))
            case Call(name, arguments):
                return self._called(name, arguments)
        return super()._other(node)

    def _called(self, name: str, arguments: tuple[Node, ...]) -> Quotient:
        first = arguments[0]
        if name in _POWERS:
            return self._power(first, Number(_POWERS[name], ""))
        if name == "pow":
            return self._power(first, arguments[1])
        if name == "exp":
            return self._exponential(self.read(first))
        if name in _ROOTS or name == "root":
            return self._radical(first, _ROOTS.get(name) or self._degree(arguments[1]))
        if name in _LOG_BASES or name == "logbase":
            return self._logarithm(first, arguments[1] if name == "logbase" else _LOG_BASES[name])
        if name in _PERIODIC:
            return self._periodic(name, self._angle(first))
        if name in _FLIPPED:
            return self._inverted(self._periodic(_FLIPPED[name], self._angle(first)))
        if name in _UNDONE or name == "factorial":
            return self._kernel(name, self.read(first))
        if name == "choose":
            return self._chosen(*arguments)
        raise Hard(f"I can't solve equations with {name} of the unknown.")

    def _chosen(self, of: Node, count: Node) -> Quotient:
        """C(n, 2) is n(n - 1)/2 for whole numbers n; the others drop out when they are put in."""
        number = None if self._is_unknown(count) else self._value(count)
        if not isinstance(number, int) or not 0 < number <= _MOST_CHOSEN:
            raise Hard("I can solve that only where a small number is chosen from the unknown.")
        self.whole = True
        total, inner = Quotient(constant(1), constant(1)), self.read(of)
        for k in range(number):
            total = scaled(multiplied(total, added(inner, Quotient(constant(-k), constant(1)))), real.divide(1, k + 1))
        return total

    def _kernel(self, kind: str, inner: Quotient, degree: int = 0, *, odd: bool = False) -> Quotient:
        """Return the kernel with this inside, made where it is new."""
        for known in self.kernels.values():
            if (known.kind, known.degree) == (kind, degree) and _equal(known.inner, inner):
                known.odd |= odd
                return _named(known)
        if len(self.kernels) >= _MAX_KERNELS:
            raise Hard("That equation is too long for me.")
        kernel = Kernel(f"#{len(self.kernels)}", kind, inner, degree, odd=odd)
        self.kernels[kernel.name] = kernel
        return _named(kernel)

    def _angle(self, node: Node) -> Quotient:
        """Read what a trigonometric function is of: ``x°`` too."""
        if isinstance(node, Measure):
            from mathbot.quantities.units import is_angle

            if is_angle(node.unit):
                return scaled(self.read(node.number), node.unit.factor)
        return self.read(node)

    def _periodic(self, name: str, angle: Quotient) -> Quotient:
        """Return a function of an angle; of a multiple of one already met, as a polynomial in sine and cosine."""
        times: Rational = 1
        for position, (known, scale) in enumerate(self._angles):
            found = _proportion(angle, known)
            if found is not None:
                scale = math.lcm(scale, found.denominator)
                self._angles[position] = known, scale
                angle, times = scaled(known, ratio(1, scale)), found * scale
                break
        else:
            self._angles.append((angle, 1))
        return self._kernel(name, angle) if times == 1 else self._of_multiple(name, angle, int(times))

    def _of_multiple(self, name: str, angle: Quotient, times: int) -> Quotient:
        """De Moivre: (cos + i sin)**n has cos(n*angle) and sin(n*angle) as its parts."""
        if abs(times) > _MAX_MULTIPLE:
            raise Hard("That equation is too long for me.")
        sine, cosine = self._kernel("sin", angle), self._kernel("cos", angle)
        parts = [Quotient({}, constant(1)), Quotient({}, constant(1))]
        for k in range(abs(times) + 1):
            factor = math.comb(abs(times), k) * (-1 if k % 4 > 1 else 1)
            term = multiplied(raised(cosine, abs(times) - k), raised(sine, k))
            parts[k % 2] = added(parts[k % 2], scaled(term, factor))
        over_cosine, over_sine = parts[0], scaled(parts[1], -1 if times < 0 else 1)
        match name:
            case "cos":
                return over_cosine
            case "sin":
                return over_sine
            case "tan":
                return multiplied(over_sine, self._inverted(over_cosine))
        return multiplied(over_cosine, self._inverted(over_sine))

    # Roots and logarithms

    def _degree(self, node: Node) -> int:
        degree = self._value(node)
        if not isinstance(degree, int) or not 1 <= degree <= 20:
            raise Hard("I can solve equations with roots of degrees up to 20.")
        return degree

    def _radical(self, of: Node, degree: int) -> Quotient:
        inner = self.read(of)
        if degree == 4:
            inner, degree = self._kernel("root", inner, 2), 2
        return self._kernel("root", inner, degree)

    def _logarithm(self, of: Node, base: Node | int | None) -> Quotient:
        logarithm = self._kernel("ln", self.read(of))
        if base is None:
            return logarithm
        if not isinstance(base, int) and self._is_unknown(base):
            return multiplied(logarithm, self._inverted(self._kernel("ln", self.read(base))))
        value = base if isinstance(base, int) else self._value(base)
        if real.sign(value) <= 0 or real.compare(value, 1) == 0:
            raise Declined("The base of a logarithm is positive and not 1.")
        return scaled(logarithm, real.reciprocal(elementary.ln(value)))

    # Powers

    def _powered(self, base: Node, exponent: Node) -> Quotient:
        if not self._is_unknown(exponent):
            return self._fractional(base, self._value(exponent))
        if self._is_unknown(base):
            raise Hard("I can't solve equations with the unknown in a base and its exponent.")
        value = self._value(base)
        if real.sign(value) <= 0:
            raise Declined("I can solve equations with the unknown in an exponent only over a positive number.")
        return self._exponential(scaled(self.read(exponent), elementary.ln(value)))

    def _fractional(self, base: Node, exponent: Value) -> Quotient:
        if isinstance(exponent, real.Real):
            raise Hard("I can't solve equations with the unknown to an irrational power.")
        degree = exponent.denominator
        if degree > 20:
            raise Hard("I can solve equations with roots of degrees up to 20.")
        inner = self.read(base)
        if degree == 4:
            inner, degree = self._kernel("root", inner, 2), 2
        root = self._kernel("root", inner, degree, odd=degree % 2 == 1)
        if exponent < 0:
            root = self._inverted(root)
        return raised(root, abs(exponent.numerator))

    def _exponential(self, inner: Quotient) -> Quotient:
        """Return ``exp(inner)``: a number times a power of the kernel."""
        factor: Value = 1
        over = dict(inner.over)
        if set(inner.under) == {()}:
            over, inner = _over_one(inner)
            factor = elementary.exp(over.pop((), 0))
        if not over:
            return Quotient(constant(factor), constant(1))
        kernel, times = self._known_exponential(Quotient(over, inner.under))
        kernel.scale = math.lcm(kernel.scale, times.denominator)
        power = int(times * kernel.scale)
        result = raised(_named(kernel), abs(power))
        return scaled(Quotient(result.under, result.over) if power < 0 else result, factor)

    def _known_exponential(self, inner: Quotient) -> tuple[Kernel, Rational]:
        """Return the kernel whose ``inner`` is a rational multiple, and how many times it."""
        for known in self.kernels.values():
            times = _proportion(inner, known.inner) if known.kind == "exp" else None
            if times is not None:
                return known, times
        self._kernel("exp", inner)
        return next(reversed(self.kernels.values())), 1


def _named(kernel: Kernel) -> Quotient:
    return Quotient({((kernel.name, 1),): 1}, constant(1))


def _equal(a: Quotient, b: Quotient) -> bool:
    return a.over == b.over and a.under == b.under


def _over_one(a: Quotient) -> tuple[Polynomial, Quotient]:
    divided = scaled(a, real.reciprocal(a.under[()]))
    return dict(divided.over), Quotient(divided.over, constant(1))


def _proportion(a: Quotient, b: Quotient) -> Rational | None:
    """Return r where ``a`` is r times ``b``."""
    if a.under != b.under or a.over.keys() != b.over.keys():
        return None
    quotients = {real.divide(value, b.over[monomial]) for monomial, value in a.over.items()}
    only = quotients.pop()
    return None if quotients or isinstance(only, real.Real) else ratio(only.numerator, only.denominator)
