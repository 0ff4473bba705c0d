"""One symbolic question → one answer: what is computed in the sandbox, and what our own arithmetic makes of it."""

from __future__ import annotations

from mathbot import limits
from mathbot.evaluate import Evaluator
from mathbot.limits import Declined
from mathbot.reading.questions import Asked
from mathbot.symbolic import sandbox
from mathbot.symbolic.substitute import replaced
from mathbot.symbolic.task import INFINITY
from mathbot.syntax import Compare, Name, Negative, Number, Product
from mathbot.values import Quantity

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mathbot.symbolic.task import Task
    from mathbot.syntax import Node
    from mathbot.values import Amount

_MAX_TERMS = 10_000


def answer(task: Task, names: Mapping[str, Amount]) -> str | Asked:
    """Return the answer as text, or what is left to compute with numbers."""
    compute = _KINDS.get(task.kind, _algebra)
    return compute(task, names)


def _value(task: Task, node: Node) -> Asked:
    return Asked((node,), task.forms, tuple(task.notes))


def _said(task: Task, text: str) -> str | Asked:
    """A text that begins with ``=`` is a number yet to be computed."""
    if text.startswith("="):
        return _value(task, parse(text[1:]))
    if text.startswith("~"):
        return _measured(task, text[1:])
    return _plain(task, text)


def _measured(task: Task, text: str) -> Asked:
    """What was measured has no exact value: it is shown to as many digits as any irrational number."""
    from mathbot.reading.questions import Form
    from mathbot.writing import format as write

    if any(form.style not in ("number", "places", "figures") for form in task.forms):
        raise Declined("I have no exact value of that.")
    return Asked((parse(text),), task.forms or (Form("figures", write.SIGNIFICANT),), tuple(task.notes))


def _plain(task: Task, text: str) -> str:
    if task.forms:
        raise Declined("I can give numbers in that form, and the result is none.")
    return f"{text} (read as {'; '.join(dict.fromkeys(task.notes))})" if task.notes else text


def parse(text: str) -> Node:
    """Read a result, as a question would be read."""
    from mathbot.symbolic import checking

    return checking.parse(text)


def _derivative(task: Task, names: Mapping[str, Amount]) -> str | Asked:
    def compute() -> str:
        from mathbot.symbolic import calculus

        return calculus.derivative(task.node, task.name, task.order)

    text = sandbox.run(compute)
    if task.at is None:
        return _plain(task, text)
    Evaluator({**names, task.name: Evaluator(names, []).value(task.at)}, []).value(task.node)
    return _value(task, replaced(parse(text), {task.name: task.at}))


def _tangent(task: Task, names: Mapping[str, Amount]) -> str:
    def compute() -> str:
        from mathbot.symbolic import calculus

        return calculus.derivative(task.node, task.name, 1)

    if task.at is None:
        raise Declined('A tangent is at a point: add "at x = 1".')
    text = sandbox.run(compute)
    place = Evaluator(names, []).value(task.at)
    at = {**names, task.name: place}
    slope = Evaluator(at, []).value(parse(text))
    height = Evaluator(at, []).value(task.node)
    return _plain(task, line(task.name, slope, place, height))


def line(name: str, slope: Amount, place: Amount, height: Amount) -> str:
    from mathbot.numbers.arithmetic import multiply, subtract
    from mathbot.writing import format as write

    rest = subtract(height, multiply(slope, place))
    if isinstance(slope, Quantity) or isinstance(rest, Quantity):
        raise Declined("I can't do that with units.")
    factor, shift = write.number(slope), write.number(rest)
    if factor == "0":
        return f"y = {shift}"
    head = {"1": name, "-1": f"-{name}"}.get(factor, f"{factor}{name}")
    if shift == "0":
        return f"y = {head}"
    return f"y = {head} {'-' if shift.startswith('-') else '+'} {shift.lstrip('-')}"


def _integral(task: Task, names: Mapping[str, Amount]) -> str | Asked:
    low, high = task.low, task.high
    if low is None or high is None:
        return _plain(task, sandbox.run(lambda: _antiderivative(task)) + " + C")

    def compute() -> str:
        from mathbot.symbolic import definite

        measure = definite.area if task.kind == "area" else definite.integral
        return measure(task.node, task.name, low, high)

    return _said(task, sandbox.run(compute))


def _antiderivative(task: Task) -> str:
    from mathbot.symbolic import calculus

    return calculus.antiderivative(task.node, task.name)


def _limit(task: Task, names: Mapping[str, Amount]) -> str | Asked:
    at = task.at
    if at is None:
        raise Declined('A limit is at a point: write "as x approaches 0".')

    def compute() -> str:
        from mathbot.symbolic import approach

        return approach.limit(task.node, task.name, at, task.side)

    return _said(task, sandbox.run(compute))


def _total(task: Task, names: Mapping[str, Amount]) -> str | Asked:
    low, high = task.low, task.high
    if low is None or high is None:
        raise Declined("A sum runs from one number to another.")
    if _is_infinite(high) and isinstance(high, Name) and task.kind == "sum":

        def compute() -> str:
            from mathbot.symbolic import series

            return series.infinite_sum(task.node, task.name, low)

        return _said(task, sandbox.run(compute))
    if _is_infinite(low) or _is_infinite(high):
        raise Declined("I can't give sums without a first number, or endless products.")
    return _value(task, _term_by_term(task, _whole(low, names), _whole(high, names), names))


def _is_infinite(node: Node) -> bool:
    if isinstance(node, Negative):
        return _is_infinite(node.of)
    return isinstance(node, Name) and node.name == INFINITY


def _whole(node: Node, names: Mapping[str, Amount]) -> int:
    value = Evaluator(names, []).value(node)
    if not isinstance(value, int):
        raise Declined("A sum runs from one whole number to another.")
    return value


def _term_by_term(task: Task, first: int, last: int, names: Mapping[str, Amount]) -> Node:
    """Return the total, computed exactly."""
    from mathbot.syntax import Sum

    if last < first:
        raise Declined("A sum runs from a smaller number to a larger one.")
    if last - first >= _MAX_TERMS:
        raise Declined(f"I add up to {_MAX_TERMS:,} terms.")
    terms = [replaced(task.node, {task.name: Number(k, str(k))}) for k in range(first, last + 1)]
    limits.check()
    if task.kind == "product":
        return Product(tuple(("*", term) for term in terms))
    return Sum(tuple((1, term) for term in terms))


def _algebra(task: Task, names: Mapping[str, Amount]) -> str | Asked:
    if task.kind == "zeros":
        task.notes.append(f"{task.written} = 0")
    if task.kind in ("roots", "zeros"):
        return Asked((Compare(task.node, (("=", Number(0, "0")),)),), task.forms, tuple(task.notes), solve=True)
    return _plain(task, sandbox.run(lambda: _rewritten(task)))


def _rewritten(task: Task) -> str:
    from mathbot.symbolic import algebra

    if task.other is not None:
        divide = algebra.quotient if task.kind == "quotient" else algebra.remainder
        return divide(task.node, task.other, task.name)
    return algebra.FUNCTIONS[task.kind](task.node, task.name)


_KINDS: dict[str, Callable[[Task, Mapping[str, Amount]], str | Asked]] = {
    "derivative": _derivative, "tangent": _tangent, "integral": _integral, "area": _integral, "limit": _limit,
    "sum": _total, "product": _total,
}  # fmt: skip


def collected(asked: Asked, unknown: list[str]) -> str:
    """Return a polynomial with its like terms together; empty where it stands so already."""
    from mathbot.syntax import show

    def compute() -> str:
        from mathbot.symbolic import algebra

        return algebra.collect(asked.nodes[0], unknown[0])

    try:
        text = sandbox.run(compute)
    except Declined:
        return ""
    if isinstance(asked.nodes[0], Product) and not any(name in text for name in unknown):
        return ""  # 0x is more likely a slip than a question
    unsigned = str.maketrans("", "", " *()")
    return "" if text.translate(unsigned) == show(asked.nodes[0]).translate(unsigned) else text
