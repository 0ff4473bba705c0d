"""Answers with one of several as it was written, or with all of them in order."""

from __future__ import annotations

from functools import cmp_to_key

from mathbot.limits import Declined
from mathbot.numbers.arithmetic import compare
from mathbot.syntax import show

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Sequence

    from mathbot.syntax import Node
    from mathbot.values import Amount


def answer(style: str, nodes: Sequence[Node], amounts: Sequence[Amount]) -> str:
    """Return the answer to what ``style`` asks."""
    if style == "between":
        return _between(*amounts)
    if style == "compare":
        sign = "=><"[compare(amounts[0], amounts[1])]
        return f"{show(nodes[0])} {sign} {show(nodes[1])}"
    up = -1 if style in ("larger", "descending") else 1
    order = cmp_to_key(compare)
    ranked = sorted(range(len(amounts)), key=lambda at: order(amounts[at]), reverse=up < 0)
    if style in ("ascending", "descending"):
        return ", ".join(show(nodes[at]) for at in ranked)
    if compare(amounts[ranked[0]], amounts[ranked[1]]) == 0:
        return "They are equal." if len(ranked) == 2 else show(nodes[ranked[0]])
    return show(nodes[ranked[0]])


def _between(amount: Amount, low: Amount, high: Amount) -> str:
    if compare(low, high) > 0:
        low, high = high, low
    orders = compare(amount, low), compare(amount, high)
    if 0 in orders:
        raise Declined("It is one of the ends: between is read with them and without them.")
    return "yes" if orders == (1, -1) else "no"
