"""Solves equations, inequalities and systems. All real solutions are given, or none; each is put into what was asked
before it is said.
"""

from __future__ import annotations

from functools import cmp_to_key

from mathbot.limits import Declined
from mathbot.numbers import real
from mathbot.solving import algebraic, cases, conditions, families, isolate, literal, polynomial, systems
from mathbot.solving.kernels import KernelReader
from mathbot.solving.polynomial import Hard
from mathbot.solving.undo import Found, Undoing
from mathbot.solving.verify import Substitution
from mathbot.syntax import Product, Sum
from mathbot.values import Quantity

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from mathbot.evaluate import Evaluator
    from mathbot.solving.polynomial import Polynomial
    from mathbot.syntax import Compare, Node
    from mathbot.values import Amount, Value

_PERIODIC = ("sin", "cos", "tan", "cot")
_MAX_CONDITIONS = 20
_UNPROVEN = "My solution failed its own check."
_BEGIN: dict[str, tuple[int, ...]] = {"asin": (-1, 1), "acos": (-1, 1), "acosh": (1,), "atanh": (-1, 1)}
"""Where functions begin to be defined."""


class Writer:
    """How solutions are written: numbers by ``number``; angles in degrees where asked."""

    __slots__ = ("degrees", "number")

    def __init__(self, number: Callable[[Value], str], degrees: bool = False) -> None:
        self.number = number
        self.degrees = degrees


def answer(
    equations: Sequence[Compare], unknowns: Collection[str], evaluator: Evaluator, to: Writer, target: str = ""
) -> str:
    """Return the solutions as they are said; ``target`` is the letter that was asked for, where one was."""
    if target and target not in unknowns:
        raise Declined(f"There is no {target} in that to solve for.")
    if len(unknowns) > 1:
        return _system(equations, sorted(unknowns), evaluator, to, target)
    one = _One(next(iter(unknowns)), evaluator, to)
    if len(equations) == 1 and [sign for sign, _ in equations[0].rest] == ["="]:
        return one.equation(_minus(equations[0].first, equations[0].rest[0][1]))
    return one.conditions(equations)


def _minus(left: Node, right: Node) -> Node:
    return Sum(((1, left), (-1, right)))


def _plain(evaluator: Evaluator, node: Node) -> Value:
    value = evaluator.value(node)
    if isinstance(value, Quantity):
        raise Declined("I can't solve equations with units.")
    return value


class _One:
    """Equations and inequalities in one unknown."""

    def __init__(self, name: str, evaluator: Evaluator, to: Writer) -> None:
        self._name = name
        self._evaluator = evaluator
        self._names = {known: value for known, value in evaluator.names.items() if known != name}
        self._to = to

    def equation(self, node: Node) -> str:
        """Solve ``node = 0``."""
        try:
            readers = [self._reader(case) for case in cases.split(node, self._name)]
            found = self._found(node)
        except Hard as reason:
            return self._beyond(node, reason)
        if found.whole:
            return self._identity(node, readers)
        substitution = Substitution(node, self._name, self._names)
        if found.families:
            self._decline_uneven(readers)
        values = algebraic.in_order(found.values)
        roots = [value for value in values if _solves(substitution, value, found.sure, values)]
        endless = families.merged([f for f in found.families if _family_solves(substitution, f, found.sure)])
        if roots and endless:
            raise Declined("I can't say all solutions of that in one line.")
        if endless:
            return self._endless(endless)
        if self._to.degrees:
            raise Declined("I give solutions as numbers or fractions.")
        if not roots:
            return "no solution" if len(readers) == 1 and self._never(*readers[0]) else "no real solution"
        return " or ".join(f"{self._name} = {self._to.number(root)}" for root in roots)

    def _reader(self, node: Node) -> tuple[KernelReader, polynomial.Quotient]:
        reader = KernelReader(self._name, lambda part: _plain(self._evaluator, part))
        return reader, reader.equation(node)

    def _found(self, node: Node) -> Found:
        """Return what may make the expression zero, over all cases of its absolute values and all its factors."""
        found = Found()
        split = cases.split(node, self._name)
        for case in split:
            reader, quotient = self._reader(case)
            for over in self._factors(case, reader) or [quotient.over]:
                found.join(Undoing(self._name, reader.kernels, reader.excluded).solve(over))
        found.sure &= len(split) == 1
        return found

    def _factors(self, node: Node, reader: KernelReader) -> list[Polynomial]:
        """Return the factors of ``a * b … - 0``."""
        if not isinstance(node, Sum) or not isinstance(node.terms[0][1], Product):
            return []
        rest, factors = node.terms[1:], node.terms[0][1].factors
        if any(sign != "*" for sign, _ in factors) or any(reader.read(part).over for _, part in rest):
            return []
        overs = [reader.read(factor).over for _, factor in factors]
        return [over for over in overs if set(over) != {()}] if all(overs) else []

    def _never(self, reader: KernelReader, quotient: polynomial.Quotient) -> bool:
        """Is there no solution among the complex numbers either?"""
        if reader.kernels:
            return False
        whole = algebraic.rational(polynomial.coefficients(quotient.over))
        if whole is None:
            return len(polynomial.coefficients(quotient.over)) == 1
        left = algebraic.whole(whole)
        for excluded in reader.excluded:
            other = algebraic.rational(polynomial.coefficients(excluded))
            if other is not None:
                left = isolate.without(left, algebraic.whole(other))
        return len(left) == 1

    def _identity(self, node: Node, readers: list[tuple[KernelReader, polynomial.Quotient]]) -> str:
        if len(readers) > 1:
            return self._stretches([(node, "=")])
        reader, quotient = readers[0]
        if quotient.over:
            raise Declined("That has more solutions than I can name.")
        but = ""
        if reader.kernels:
            but = ", except where it is undefined"
        elif any(set(poly) != {()} for poly in reader.excluded):
            but = ", except where it divides by zero"
        raise Declined(f"Every {self._name} solves that{but}.")

    def _beyond(self, node: Node, reason: Hard) -> str:
        """Ask sympy what our own ways do not solve; each of its solutions is put in here."""
        try:
            from mathbot.symbolic.solve import real_solutions
        except ImportError:
            raise reason from None
        nodes = None if self._to.degrees or self._names else real_solutions(node, self._name)
        if nodes is None:
            raise reason
        substitution = Substitution(node, self._name, self._names)
        values = algebraic.in_order(_plain(self._evaluator, found) for found in nodes)
        if not all(substitution.sign(value, [v for v in values if v is not value]) == 0 for value in values):
            raise Declined(_UNPROVEN)
        if not values:
            raise reason
        return " or ".join(f"{self._name} = {self._to.number(value)}" for value in values)

    # Angles

    def _decline_uneven(self, readers: list[tuple[KernelReader, polynomial.Quotient]]) -> None:
        """What holds for one angle holds a full turn further only where everything is made of one angle."""
        for reader, quotient in readers:
            polys = [quotient.over, quotient.under, *reader.excluded]
            used = {name for poly in polys for monomial in poly for name, _ in monomial}
            kernels = [kernel for name, kernel in reader.kernels.items() if name in used]
            same = all(k.kind in _PERIODIC and k.inner.over == kernels[0].inner.over for k in kernels)
            if not same or self._name in used:
                raise Declined("I can't solve that equation with certainty.")

    def _endless(self, found: list[families.Family]) -> str:
        lines = [f"{self._name} = {families.write(f, self._to.number, self._to.degrees)}" for f in found]
        letter = "k" if self._name == "n" else "n"
        return f"{' or '.join(lines).replace('*n', '*' + letter)} ({letter} any whole number)"

    # Inequalities

    def conditions(self, equations: Sequence[Compare]) -> str:
        """Solve inequalities that all hold at once."""
        if sum(len(equation.rest) for equation in equations) > _MAX_CONDITIONS:
            raise Declined("That has too many comparisons for me.")
        pairs = []
        for equation in equations:
            left = equation.first
            for sign, right in equation.rest:
                pairs.append((_minus(left, right), sign))
                left = right
        return self._stretches(pairs)

    def _stretches(self, pairs: list[tuple[Node, str]]) -> str:
        if self._to.degrees:
            raise Declined("I give solutions as numbers or fractions.")
        asked = [
            conditions.Condition(Substitution(node, self._name, self._names), sign, *self._places(node))
            for node, sign in pairs
        ]
        lines = [stretch.write(self._name, self._to.number) for stretch in conditions.solve(asked)]
        return " or ".join(lines) or "no solution"

    def _places(self, node: Node) -> tuple[list[Value], list[Value]]:
        """Return all numbers where the expression may be zero, change its case, or begin or cease to be defined; and
        those where it is undefined because it divides by zero."""
        places = self._found(node).values
        for bend in cases.bends(node, self._name):
            places += self._found(bend).values
        poles: list[Value] = []
        split = cases.split(node, self._name)
        for case in split:
            reader, _ = self._reader(case)
            undoing = Undoing(self._name, reader.kernels, [])
            for poly in _beginnings(reader):
                places += undoing.solve(poly).values
            for poly in reader.excluded:
                poles += undoing.solve(poly).values
        return places + poles, poles if len(split) == 1 else []


def _beginnings(reader: KernelReader) -> list[Polynomial]:
    """Return polynomials that are zero wherever a kernel begins or ceases to be defined."""
    found: list[Polynomial] = []
    if reader.whole:
        raise Declined("I can't solve an inequality with that in it.")
    for kernel in reader.kernels.values():
        if kernel.kind in (*_PERIODIC, "factorial") or kernel.odd:
            raise Declined("I can't solve an inequality with that in it.")
        inner = kernel.inner
        starts = _BEGIN.get(kernel.kind, (0,) if kernel.kind in ("root", "ln") else ())
        found += [
            polynomial.plus(inner.over, polynomial.times(inner.under, polynomial.constant(-start))) for start in starts
        ]
        if set(inner.under) != {()}:
            found.append(inner.under)
    return found


def _solves(substitution: Substitution, value: Value, sure: bool, values: list[Value]) -> bool:
    """Put the value in. Where each is known to be a solution, the check is that nothing speaks against it."""
    if not sure:
        return substitution.sign(value, [other for other in values if other is not value]) == 0
    if substitution.contradicts(value):
        raise Declined(_UNPROVEN)
    return substitution.value(value) is not None


def _family_solves(substitution: Substitution, family: families.Family, sure: bool) -> bool:
    """Put two neighbours in: with functions of one angle, all others are like one of them."""
    members = [family.start, real.add(family.start, family.period)]
    if sure and any(substitution.contradicts(member) for member in members):
        raise Declined(_UNPROVEN)
    if sure:
        holds = {substitution.value(member) is not None for member in members}
    else:
        holds = {substitution.sign(member) == 0 for member in members}
    if len(holds) > 1:
        raise Declined("I can't solve that equation with certainty.")
    return holds.pop()


# Several unknowns


def _system(equations: Sequence[Compare], unknowns: list[str], evaluator: Evaluator, to: Writer, target: str) -> str:
    if to.degrees or any([sign for sign, _ in equation.rest] != ["="] for equation in equations):
        raise Declined("I solve inequalities in one unknown only.")
    reader = polynomial.Reader(unknowns, lambda node: _plain(evaluator, node))
    nodes = [_minus(equation.first, equation.rest[0][1]) for equation in equations]
    polys = [reader.read(node).over for node in nodes]
    plain = all(set(poly) == {()} for poly in reader.excluded)
    if target and plain and literal.is_one(polys, target):
        return literal.solve(polys[0], target)
    if plain and systems.is_linear(polys):
        solution = systems.solve_linear(polys, unknowns)
        found = [] if solution is None else [solution]
    else:
        found = systems.Substituting().solve(polys, unknowns)
    kept = [solution for solution in found if _holds(nodes, solution, evaluator.names)]
    if not kept:
        return "no solution" if plain and systems.is_linear(polys) else "no real solution"
    told = [target] if target and len(equations) > 1 else unknowns
    lines = [", ".join(f"{name} = {to.number(solution[name])}" for name in told) for solution in _in_order(kept)]
    return " or ".join(dict.fromkeys(lines))


def _holds(nodes: list[Node], solution: dict[str, Value], known: Mapping[str, Amount]) -> bool:
    """Put a solution into all equations; it is none where one of them is undefined."""
    name, names = next(iter(solution)), {**known, **solution}
    for node in nodes:
        substitution = Substitution(node, name, names)
        if substitution.contradicts(solution[name]):
            raise Declined(_UNPROVEN)
        if substitution.value(solution[name]) is None:
            return False
    return True


def _in_order(solutions: list[dict[str, Value]]) -> list[dict[str, Value]]:
    names = sorted(solutions[0])

    def compared(a: dict[str, Value], b: dict[str, Value]) -> int:
        return next((real.compare(a[n], b[n]) for n in names if not algebraic.same(a[n], b[n])), 0)

    ordered = sorted(solutions, key=cmp_to_key(compared))
    return [s for k, s in enumerate(ordered) if k == 0 or compared(ordered[k - 1], s)]
