"""All real solutions of an equation in one unknown, or ``None``. sympy proposes; each solution is put into the
equation, and the line is searched for solutions that are not among the proposed ones.
"""

from __future__ import annotations

from mathbot.limits import Declined
from mathbot.symbolic import sandbox

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.syntax import Node

_UNSURE = "?"


def real_solutions(left_minus_right: Node, name: str) -> list[Node] | None:
    """Return the different real numbers at which the expression is zero, ascending; ``None`` where it is not certain
    that these are all. It takes up to the rest of the question's time, in a child.
    """

    def compute() -> str:
        from mathbot.symbolic import searching

        texts = searching.solutions(left_minus_right, name)
        return _UNSURE if texts is None else "\n".join(texts)

    try:
        found = sandbox.run(compute)
    except Declined:
        return None
    if found == _UNSURE:
        return None
    from mathbot.symbolic import checking

    return [checking.parse(text) for text in found.split("\n") if text]
