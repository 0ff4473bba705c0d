"""Trees with other trees in the place of names."""

from __future__ import annotations

from mathbot.syntax import Call, Factorial, Measure, Name, Negative, Of, Power, Product, Sum

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Mapping

    from mathbot.syntax import Node


def replaced(node: Node, values: Mapping[str, Node]) -> Node:
    """Return ``node`` with ``values`` in the place of their names."""

    def new(part: Node) -> Node:
        return replaced(part, values)

    match node:
        case Name(name):
            return values.get(name, node)
        case Sum(terms):
            return Sum(tuple((sign, new(term)) for sign, term in terms))
        case Product(factors):
            return Product(tuple((sign, new(factor)) for sign, factor in factors))
        case Power(base, exponent):
            return Power(new(base), new(exponent))
        case Negative(of):
            return Negative(new(of))
        case Of(part, whole):
            return Of(new(part), new(whole))
        case Factorial(of):
            return Factorial(new(of))
        case Call(name, arguments):
            return Call(name, tuple(map(new, arguments)))
        case Measure(number, unit):
            return Measure(new(number), unit)
    return node
