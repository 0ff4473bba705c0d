"""Expression trees → values. What has no certain value is declined."""

from __future__ import annotations

from mathbot.limits import Declined, Unreadable, check
from mathbot.numbers import arithmetic
from mathbot.syntax import Call, Compare, Factorial, Measure, Name, Negative, Number, Of, Percent, Power, Product, Sum
from mathbot.values import Quantity

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Mapping

    from mathbot.syntax import Node
    from mathbot.values import Amount, Unit

_HOLDS = {
    "=": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}


class Evaluator:
    """Computes with what the session remembers; ``notes`` collects remarks on how things were read."""

    def __init__(self, names: Mapping[str, Amount], notes: list[str]) -> None:
        self.names = names
        """What has a value."""
        self._notes = notes

    def holds(self, comparison: Compare) -> bool:
        """Is every step of the comparison true?"""
        left = self.value(comparison.first)
        holds = True
        for sign, node in comparison.rest:
            right = self.value(node)
            holds = _HOLDS[sign](arithmetic.compare(left, right)) and holds
            left = right
        return holds

    def value(self, node: Node) -> Amount:
        """Return the value of an expression."""
        match node:
            case Number(value, _):
                return value
            case Sum(terms):
                return self._sum(terms)
            case Product(factors):
                return self._product(factors)
            case Power(base, exponent):
                return arithmetic.power(self.value(base), self.value(exponent))
            case Negative(of):
                return arithmetic.negate(self.value(of))
            case Of(part, whole):
                return arithmetic.multiply(self.value(part), self.value(whole))
            case Percent(of):
                return arithmetic.divide(self.value(of), 100)
        return self._other(node)

    def _other(self, node: Node) -> Amount:
        match node:
            case Name():
                return self._named(node)
            case Measure(number, unit):
                return self._measured(self.value(number), unit)
            case Factorial(of):
                from mathbot.numbers.functions import factorial

                return factorial(self.value(of))
            case Call(name, arguments):
                from mathbot.numbers.functions import apply

                return apply(name, [self.value(argument) for argument in arguments], self._notes)
        raise Declined("A comparison has no value to compute with.")

    def _measured(self, value: Amount, unit: Unit) -> Amount:
        if isinstance(value, Quantity):
            raise Declined(f"I can't read two units in a row ({value.unit.text}, {unit.text}).")
        if unit.reading:
            self._notes.append(unit.reading)
        return Quantity(value, unit)

    def _named(self, node: Name) -> Amount:
        if node.name in self.names:
            return self.names[node.name]
        from mathbot.numbers.constants import CONSTANTS

        if node.name in CONSTANTS:
            return CONSTANTS[node.name]
        if node.name == "i":
            raise Unreadable("I compute with real numbers: i is none of them", node.start, node.end)
        raise Unreadable(f'I don\'t know the value of "{node.name}"', node.start, node.end)

    def _sum(self, terms: tuple[tuple[int, Node], ...]) -> Amount:
        total = self.value(terms[0][1])
        portions = isinstance(terms[0][1], Percent)
        for sign, term in terms[1:]:
            check()
            value = self.value(term)
            if sign < 0:
                value = arithmetic.negate(value)
            if isinstance(term, Percent) and not portions:
                total = arithmetic.multiply(total, arithmetic.add(1, value))
            else:
                total = arithmetic.add(total, value)
        if portions and len(terms) > 1 and isinstance(terms[1][1], Percent):
            self._notes.append("percentages of the same whole")
        return total

    def _product(self, factors: tuple[tuple[str, Node], ...]) -> Amount:
        total = self.value(factors[0][1])
        for sign, factor in factors[1:]:
            check()
            value = self.value(factor)
            if sign == "*":
                total = arithmetic.multiply(total, value)
            elif sign == "/":
                total = arithmetic.divide(total, value)
            else:
                total = self._remainder(total, value)
        return total

    def _remainder(self, total: Amount, value: Amount) -> Amount:
        return arithmetic.modulo(total, value, self._notes)
