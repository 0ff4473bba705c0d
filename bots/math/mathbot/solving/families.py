"""Solutions without end: ``start + period * n`` for every whole number n, and how they are written."""

from __future__ import annotations

from functools import cmp_to_key

from mathbot.numbers import elementary, real
from mathbot.numbers.rational import ratio
from mathbot.solving import algebraic

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable

    from mathbot.numbers.rational import Rational
    from mathbot.values import Value


class Family:
    """All numbers ``start + period * n``."""

    __slots__ = ("period", "start")
    __match_args__ = ("start", "period")

    def __init__(self, start: Value, period: Value) -> None:
        self.start = _nearest_zero(start, period)
        """The one in the middle: more than minus half a period, at most half of one."""
        self.period = period


def _nearest_zero(start: Value, period: Value) -> Value:
    turns = real.divide(start, period)
    whole = -real.floor(real.subtract(ratio(1, 2), turns))
    return real.subtract(start, real.multiply(whole, period))


def merged(families: list[Family]) -> list[Family]:
    """Join families that are one: the same twice, or evenly spread over a period."""
    different: list[Family] = []
    for family in families:
        if not any(_same(family, other) for other in different):
            different.append(family)
    for parts in (2, 3, 2):
        while joined := _joined(different, parts):
            different = joined
    return sorted(different, key=cmp_to_key(_order))


def _order(a: Family, b: Family) -> int:
    return real.compare(a.start, b.start)


def _same(a: Family, b: Family) -> bool:
    return a.period == b.period and algebraic.same(a.start, b.start)


def _joined(families: list[Family], parts: int) -> list[Family] | None:
    """Join the first ``parts`` families that stand a part of their period from each other."""
    for family in families:
        step = real.divide(family.period, parts)
        others = [Family(real.add(family.start, real.multiply(step, k)), family.period) for k in range(parts)]
        members = [known for known in families if any(_same(known, other) for other in others)]
        if len(members) == parts:
            return [known for known in families if known not in members] + [Family(family.start, step)]
    return None


def write(family: Family, writer: Callable[[Value], str], degrees: bool) -> str:
    """Return ``pi/6 + 2pi*n``, or ``30° + 360°*n``."""
    if degrees:
        start, period = (real.divide(real.multiply(180, part), elementary.PI) for part in (family.start, family.period))
        step = f"{writer(period)}°*n"
        return step if start == 0 else f"{writer(start)}° + {step}"
    turns = _turns(family.period)
    step = f"{writer(family.period)}*n" if turns is None else _multiple(turns, "pi*n")
    if family.start == 0:
        return step
    at = _turns(family.start)
    return f"{writer(family.start) if at is None else _multiple(at, 'pi')} + {step}"


def _turns(value: Value) -> Rational | None:
    turns = real.divide(value, elementary.PI)
    return None if isinstance(turns, real.Real) or turns.denominator > 1000 else turns


def _multiple(turns: Rational, of: str) -> str:
    over, under = turns.numerator, turns.denominator
    text = {1: of, -1: f"-{of}"}.get(over, f"{over}{of}")
    return text if under == 1 else f"{text}/{under}"
