"""The constants that have names."""

from __future__ import annotations

from mathbot.numbers.elementary import PI, E, sqrt
from mathbot.numbers.real import add, divide, multiply

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.values import Value

CONSTANTS: dict[str, Value] = {
    "pi": PI,
    "e": E,
    "tau": multiply(2, PI),
    "phi": divide(add(1, sqrt(5)), 2),
}
