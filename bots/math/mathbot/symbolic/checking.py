"""What is known before a result is said: it is read back by our own parser, and its values are compared with values
that were computed without sympy.
"""

from __future__ import annotations

import mpmath
from mpmath import mpf

from mathbot.limits import Declined
from mathbot.reading import lexer, phrases, words
from mathbot.reading.parser import Parser
from mathbot.symbolic import numeric
from mathbot.symbolic.numeric import Undefined
from mathbot.syntax import CONSTANTS, names_in

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mathbot.symbolic.numeric import Number_
    from mathbot.syntax import Node

LEAST_PLACES = 4
"""At so many places at least, values must have been compared."""
_ENGINE_PLACES = ((13, 11), (-7, 11), (97, 9), (3, 8))
_OTHER_LETTERS = ("3/7", "-5/3", "23/11", "-1/13", "7/5")


class Doubtful(Declined):
    """A result that could not be confirmed."""

    def __init__(self) -> None:
        super().__init__("I'm not sure enough of the result to say it.")


def parse(text: str) -> Node:
    """Read what is to be printed, as a question would be; letters are unknowns."""
    parser = Parser(phrases.replace(words.fold(lexer.tokenize(text))), letters=True)
    node = parser.sum()
    parser.expect_end()
    if parser.doubt or parser.notes:
        raise Doubtful
    return node


def letters_in(*nodes: Node) -> list[str]:
    """Return the unknowns of some trees, in order."""
    return sorted(set().union(*map(names_in, nodes)) - set(CONSTANTS))


def others(nodes: Sequence[Node], name: str) -> dict[str, Number_]:
    """Return values to try for the letters besides ``name``."""
    rest = [letter for letter in letters_in(*nodes) if letter != name]
    pairs = [_OTHER_LETTERS[k % len(_OTHER_LETTERS)].split("/") for k in range(len(rest))]
    return {letter: abs(mpf(int(p)) / int(q)) + k for k, (letter, (p, q)) in enumerate(zip(rest, pairs, strict=True))}


def same(node: Node, result: Node, name: str) -> bool:
    """Have the two the same values wherever ``node`` has any? At enough places, both are defined."""
    given = others((node, result), name)
    return _agree(
        lambda x: numeric.value(node, {**given, name: x}), lambda x: numeric.value(result, {**given, name: x})
    )


def is_derivative(node: Node, result: Node, name: str) -> bool:
    """Is ``result`` the derivative of ``node`` by ``name``, wherever ``node`` has one?"""
    given = others((node, result), name)

    def slope(x: Number_) -> Number_:
        return numeric.derivative(lambda at: numeric.value(node, {**given, name: at}), x)

    return _agree(slope, lambda x: numeric.value(result, {**given, name: x}))


def is_antiderivative(node: Node, result: Node, name: str) -> bool:
    """Is ``node`` the derivative of ``result``, and has ``result`` a value wherever ``node`` has?"""
    given = others((node, result), name)

    def slope(x: Number_) -> Number_:
        return numeric.derivative(lambda at: numeric.value(result, {**given, name: at}), x)

    return _agree(lambda x: numeric.value(node, {**given, name: x}), slope)


def _agree(wanted: Callable[[Number_], Number_], given: Callable[[Number_], Number_]) -> bool:
    compared = 0
    with mpmath.workdps(numeric.DIGITS + 10):
        for place in numeric.places():
            try:
                value = wanted(place)
            except Undefined:
                continue
            try:
                if not numeric.close(value, given(place)):
                    return False
            except Undefined:
                return False
            compared += 1
    return compared >= LEAST_PLACES


def agrees_with_engine(node: Node) -> bool:
    """Has the engine, which computes in another way, the same value for ``node`` at the first place that has one?"""
    with mpmath.workdps(numeric.DIGITS):
        compared = (_engine_agrees(node, *place) for place in _ENGINE_PLACES)
        return next((agrees for agrees in compared if agrees is not None), False)


def _engine_agrees(node: Node, over: int, under: int) -> bool | None:
    """Compare at one place; ``None`` where there is no value."""
    from mathbot.evaluate import Evaluator
    from mathbot.numbers.rational import ratio
    from mathbot.numbers.real import enclosures
    from mathbot.values import Quantity

    names = {letter: ratio(over + k * under, under) for k, letter in enumerate(letters_in(node))}
    try:
        amount = Evaluator(names, []).value(node)
        value = numeric.value(node, {n: mpf(v.numerator) / v.denominator for n, v in names.items()})
        if isinstance(amount, Quantity):
            return False
        low, high = next(enclosures(amount))
    except (Declined, Undefined):
        return None
    return numeric.close(value, (mpf(str(low)) + mpf(str(high))) / 2, 12)
