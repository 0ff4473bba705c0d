"""Sums and products with a gap: ``1 + 2 + … + 100``, ``1^2 + 2^2 + … + 10^2``, ``1/2 + 1/4 + 1/8 + … + 1/64``.

What is left out is put in only where one rule fits every term that is written; where several do, it is declined.
"""

from __future__ import annotations

from mathbot.limits import Declined, TooLarge, check
from mathbot.numbers.rational import absolute, add, exact_root, integer_power, inverse, multiply
from mathbot.reading.parser import Parser
from mathbot.reading.questions import Asked, asked, read_forms
from mathbot.syntax import Negative, Number, Power, Product

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from mathbot.numbers.rational import Rational
    from mathbot.reading.lexer import Token
    from mathbot.syntax import Node

GAP = "…"
_MOST = 10_000
"""Terms that are gone through one by one; steps of whole numbers have a formula."""
_UNKNOWN = "I can't tell what the dots stand for: write more terms, or say it in words."
_SIGNS = {"sum": "+", "product": "*"}


def read(body: list[Token], names: Collection[str]) -> Asked | None:
    """Return what is asked; ``None`` where there are no dots."""
    at = next((at for at, token in enumerate(body) if token.text == GAP), 0)
    if not at:
        return None
    if body[at + 1].kind == "end":
        raise Declined("I can't tell where that ends: I add or multiply only so many terms.")
    listed = body[0].kind == "list" and body[0].text in _SIGNS
    written = body[at - 1].text
    sign = _SIGNS[body[0].text] if listed and written == "," else {"+": "+", "*": "*", "x": "*"}.get(written, "")
    if not sign or body[at + 1].text != written:
        raise Declined(_UNKNOWN)
    shown = _terms([*body[listed : at - 1], body[-1]], written, names)
    last = Parser(body[at + 2 :], names)
    shown.append(last.sum())
    forms = read_forms(last)
    last.expect_end()
    notes: list[str] = []
    terms = _filled(shown, notes)
    found = asked(last, (Number(_added(terms) if sign == "+" else _multiplied(terms), GAP),), forms)
    found.notes = (*found.notes, *notes)
    return found


def _terms(tokens: list[Token], sign: str, names: Collection[str]) -> list[Node]:
    """Read what stands before the dots."""
    found: list[Node] = []
    start = 0
    for at, token in enumerate(tokens):
        if token.text == sign or token.kind == "end":
            parser = Parser([*tokens[start:at], tokens[-1]], names)
            found.append(parser.sum())
            parser.expect_end()
            start = at + 1
    return found


def _filled(nodes: Sequence[Node], notes: list[str]) -> Sequence[Rational]:
    """Return all the terms, those behind the dots too."""
    plain = [_plain(node) for node in nodes]
    numbers = [value for value in plain if value is not None]
    if len(numbers) == len(nodes):
        return _counted(numbers, notes)
    return _powers(nodes) or _exponents(nodes) or _fractions(nodes, notes)


def _plain(node: Node) -> Rational | None:
    if isinstance(node, Negative):
        value = _plain(node.of)
        return None if value is None else -value
    return node.value if isinstance(node, Number) else None


def _powers(nodes: Sequence[Node]) -> Sequence[Rational]:
    """``1 + 2^2 + 3^2 + … + 10^2``: the bases count up. Empty where they are no such powers."""
    from functools import partial

    last = nodes[-1]
    degree = _plain(last.exponent) if isinstance(last, Power) else None
    if not isinstance(degree, int) or not 1 < degree < _MOST:
        return ()
    bases: list[Rational] = []
    for node in nodes:
        base = _plain(node.base if isinstance(node, Power) else node)
        if base is None or (_plain(node.exponent) != degree if isinstance(node, Power) else base != 1):
            return ()
        bases.append(base)
    return _each(partial(_raised, degree), _steps(bases))


def _exponents(nodes: Sequence[Node]) -> Sequence[Rational]:
    """``1 + 2 + 2^2 + … + 2^10``: the exponents count up. Empty where they are no such powers."""
    last = nodes[-1]
    base = _plain(last.base) if isinstance(last, Power) else None
    if base is None or base in (0, 1, -1):
        return ()
    exponents: list[Rational] = []
    for node in nodes:
        if isinstance(node, Power):
            same, exponent = _plain(node.base), _plain(node.exponent)
        else:
            same, exponent = base, {1: 0, base: 1}.get(_plain(node) or 0)
        if same != base or not isinstance(exponent, int):
            return ()
        exponents.append(exponent)
    return _each(lambda exponent: integer_power(base, int(exponent)), _steps(exponents))


def _fractions(nodes: Sequence[Node], notes: list[str]) -> Sequence[Rational]:
    """``1 + 1/2 + 1/3 + … + 1/10``: what is below the line follows a rule of its own."""
    pairs = [_above_and_below(node) for node in nodes]
    above = {_plain(over) for over, _ in pairs}
    numerator = above.pop()
    if above or numerator is None:
        raise Declined(_UNKNOWN)
    below = _filled([under for _, under in pairs], notes)
    return _each(lambda under: multiply(numerator, inverse(under)), below)


def _above_and_below(node: Node) -> tuple[Node, Node]:
    if isinstance(node, Number):
        return node, Number(1, "1")
    if isinstance(node, Product) and [sign for sign, _ in node.factors] == ["*", "/"]:
        return node.factors[0][1], node.factors[1][1]
    raise Declined(_UNKNOWN)


# Rules for numbers


def _counted(values: Sequence[Rational], notes: list[str]) -> Sequence[Rational]:
    """Return the numbers that go up in steps, by a factor, or as squares or cubes."""
    steps, others = _steps(values), [found for found in (_by_factor(values), _squares(values)) if found]
    few = len(values) < 4
    if steps and not others:
        if len(values) == 2:
            notes.append("steps of 1")
        return steps
    if steps and few and abs(steps[1] - steps[0]) == 1:
        notes.append("steps of 1")
        return steps
    if steps or len(others) != 1 or few:
        raise Declined(_UNKNOWN)
    return others[0]


def _steps(values: Sequence[Rational]) -> Sequence[Rational]:
    """Return the numbers in equal steps from the first to the last; a single one before the dots counts by ones."""
    first, last = values[0], values[-1]
    step = values[1] - first if len(values) > 2 else 1 if last > first else -1
    from itertools import pairwise

    shown = values[:-1]
    if not step or any(b - a != step for a, b in pairwise(shown)):
        return ()
    count = multiply(last - first, inverse(step))
    if not isinstance(count, int) or count < len(values) - 1:
        return ()
    if isinstance(first, int) and isinstance(step, int):
        return range(first, int(last) + (1 if step > 0 else -1), step)
    if count > _MOST:
        raise TooLarge
    return [add(first, multiply(step, at)) for at in range(count + 1)]


def _by_factor(values: Sequence[Rational]) -> Sequence[Rational]:
    """Return the numbers that are each the one before times the same."""
    if len(values) < 3 or 0 in values:
        return ()
    factor = multiply(values[1], inverse(values[0]))
    found = list(values[:1])
    if factor in (1, -1):
        return ()
    while found[-1] != values[-1] and len(found) < _MOST:
        check()
        found.append(multiply(found[-1], factor))
        if (absolute(found[-1]) > absolute(values[-1])) == (absolute(factor) > 1) and found[-1] != values[-1]:
            return ()
    return found if found[: len(values) - 1] == list(values[:-1]) and len(found) >= len(values) else ()


def _squares(values: Sequence[Rational]) -> Sequence[Rational]:
    """Return the squares or cubes of numbers in equal steps."""
    from functools import partial

    for degree in (2, 3):
        roots = [exact_root(value, degree) for value in values if isinstance(value, int) and value >= 0]
        known: list[Rational] = [root for root in roots if root is not None]
        steps = _steps(known) if len(known) == len(values) else ()
        if steps:
            return _each(partial(_raised, degree), steps)
    return ()


def _raised(degree: int, base: Rational) -> Rational:
    return integer_power(base, degree)


# Putting together


def _each(rule: Callable[[Rational], Rational], terms: Sequence[Rational]) -> list[Rational]:
    found = []
    for term in _short(terms):
        check()
        found.append(rule(term))
    return found


def _short(terms: Sequence[Rational]) -> Sequence[Rational]:
    if isinstance(terms, range) and terms and abs(terms[-1] - terms[0]) > _MOST * abs(terms.step):
        raise TooLarge
    return terms


def _added(terms: Sequence[Rational]) -> Rational:
    if isinstance(terms, range):
        count = (terms[-1] - terms[0]) // terms.step + 1
        return (terms[0] + terms[-1]) * count // 2
    total: Rational = 0
    for term in terms:
        check()
        total = add(total, term)
    return total


def _multiplied(terms: Sequence[Rational]) -> Rational:
    total: Rational = 1
    for term in _short(terms):
        check()
        total = multiply(total, term)
    return total
