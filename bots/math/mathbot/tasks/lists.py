"""What is computed of several numbers: spread, and means other than the arithmetic one. Units are carried through."""

from __future__ import annotations

from mathbot.limits import Declined
from mathbot.numbers import arithmetic
from mathbot.numbers.functions import apply as function
from mathbot.values import Quantity

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Sequence

    from mathbot.values import Amount


def apply(name: str, amounts: Sequence[Amount], notes: list[str]) -> Amount:
    """Return the function of the list. ``notes`` takes remarks on how it was read."""
    match name:
        case "range":
            return arithmetic.subtract(function("max", amounts, notes), function("min", amounts, notes))
        case "variance" | "stdev":
            notes.append(f"the population {'variance' if name == 'variance' else 'standard deviation'}")
            return apply(f"population{name}", amounts, notes)
        case "populationvariance" | "populationstdev":
            spread = _spread(amounts, len(amounts))
            return spread if name == "populationvariance" else _root(spread, 2)
        case "samplevariance" | "samplestdev":
            if len(amounts) < 2:
                raise Declined("A sample has to have two numbers or more.")
            spread = _spread(amounts, len(amounts) - 1)
            return spread if name == "samplevariance" else _root(spread, 2)
        case "geometricmean":
            return _geometric_mean(amounts, notes)
        case "harmonicmean":
            reciprocals = [arithmetic.divide(1, amount) for amount in amounts]
            return arithmetic.divide(len(amounts), function("sum", reciprocals, notes))
        case "sumofsquares":
            return function("sum", _squares(amounts), notes)
        case "hypot":
            return _root(function("sum", _squares(amounts), notes), 2)
    return _root(function("mean", _squares(amounts), notes), 2)


def _squares(amounts: Sequence[Amount]) -> list[Amount]:
    return [arithmetic.multiply(amount, amount) for amount in amounts]


def _spread(amounts: Sequence[Amount], count: int) -> Amount:
    mean = function("mean", amounts, [])
    return arithmetic.divide(function("sum", _squares([arithmetic.subtract(a, mean) for a in amounts]), []), count)


def _geometric_mean(amounts: Sequence[Amount], notes: list[str]) -> Amount:
    from mathbot.numbers.real import sign

    if any(sign(amount.value if isinstance(amount, Quantity) else amount) < 0 for amount in amounts):
        raise Declined("A geometric mean is of numbers from 0 up.")
    return _root(function("product", amounts, notes), len(amounts))


def _root(amount: Amount, degree: int) -> Amount:
    """Return the root; that of a quantity, where its unit has one."""
    from mathbot.numbers.elementary import root

    if not isinstance(amount, Quantity):
        return root(amount, degree)
    from mathbot.quantities.quantity import root as root_of_quantity

    return root_of_quantity(amount, degree)
