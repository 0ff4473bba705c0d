"""Comparisons and equations: true or not, solved for what is unknown, or remembered (``x = 5``)."""

from __future__ import annotations

from mathbot.evaluate import Evaluator
from mathbot.limits import Declined
from mathbot.syntax import CONSTANTS, Compare, Name, names_in
from mathbot.values import Quantity
from mathbot.writing import format as write

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.reading.questions import Asked
    from mathbot.values import Amount

_NEVER = {"i", "ans"}


def answer(asked: Asked, names: dict[str, Amount], notes: list[str]) -> str:
    """Return ``yes``/``no``, the solutions, or what was remembered."""
    equations = [node for node in asked.nodes if isinstance(node, Compare)]
    used: set[str] = set().union(*(names_in(equation) for equation in equations)) - set(CONSTANTS)
    evaluator = Evaluator(names, notes)
    if used & _NEVER - names.keys():
        raise Declined("I compute with real numbers: i is none of them.")
    assigned = _assigned(equations, names, used)
    if assigned and not asked.solve:
        return _remember(assigned, equations[0], names, evaluator)
    each = [_assigned([equation], names, used) for equation in equations]
    if len(set(each)) == len(equations) > 1 and all(each) and not asked.solve:
        return ", ".join(
            _remember(name, equation, names, evaluator) for name, equation in zip(each, equations, strict=True)
        )
    unknown = used - names.keys()
    if not unknown or len(equations) > 1:
        # A system, or an equation in what is remembered, asks for it anew.
        unknown = {name for name in used if len(name) == 1}
        if not unknown or not (_is_equation(equations) or asked.solve or unknown - names.keys()):
            return _judged(equations, evaluator)
    if asked.target in used:
        unknown.add(asked.target)
    known = ", ".join(f"{name} = {_written(names[name])}" for name in sorted(used & names.keys() - unknown))
    if unknown & names.keys() or known:
        notes.append(f"an equation for {', '.join(sorted(unknown))}" + (f", where {known}" if known else ""))
    return _solved(asked, equations, unknown, evaluator)


def _is_equation(equations: list[Compare]) -> bool:
    return all([sign for sign, _ in equation.rest] == ["="] for equation in equations)


def _judged(equations: list[Compare], evaluator: Evaluator) -> str:
    if len(equations) > 1:
        raise Declined("I can judge one comparison at a time.")
    return "yes" if evaluator.holds(equations[0]) else "no"


def _assigned(equations: list[Compare], names: dict[str, Amount], used: set[str]) -> str:
    """Return the name where the question is ``x = …`` and nothing is unknown on the right."""
    first = equations[0].first
    if len(equations) > 1 or not _is_equation(equations) or not isinstance(first, Name) or first.name in CONSTANTS:
        return ""
    right = names_in(equations[0].rest[0][1])
    if first.name in right or right - set(CONSTANTS) - names.keys():
        return ""
    return first.name


def _remember(name: str, equation: Compare, names: dict[str, Amount], evaluator: Evaluator) -> str:
    value = evaluator.value(equation.rest[0][1])
    text = f"{name} = {_written(value)}"
    names[name] = value
    return text


def _written(value: Amount) -> str:
    if isinstance(value, Quantity):
        from mathbot.writing.present import write_quantity

        return write_quantity(value, write.number)
    return write.number(value)


def _solved(asked: Asked, equations: list[Compare], unknown: set[str], evaluator: Evaluator) -> str:
    from mathbot.solving import equations as solver

    return solver.answer(equations, unknown, evaluator, _writer(asked.forms), asked.target)


def _writer(forms: tuple[Form, ...]) -> Writer:
    """Return how numbers are written in the form that is asked for."""
    from mathbot.solving.equations import Writer

    if not forms:
        return Writer(write.number)
    style, count, unit = forms[0].style, forms[0].count, forms[0].unit
    if len(forms) == 1:
        if style in ("number", "fraction"):
            return Writer(write.fraction if style == "fraction" else write.number)
        if style == "places":
            return Writer(lambda value: write.places(value, count))
        if style == "figures":
            return Writer(lambda value: write.significant(value, count, padded=True))
        if unit and unit.text in ("degrees", "degree", "°", "deg"):
            return Writer(write.number, degrees=True)
    raise Declined("I give solutions as numbers or fractions.")


if TYPE_CHECKING:
    from mathbot.reading.questions import Form
    from mathbot.solving.equations import Writer
