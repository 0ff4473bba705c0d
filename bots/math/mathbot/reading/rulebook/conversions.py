"""Rules for conversions that are asked in a sentence."""

from __future__ import annotations

from mathbot.quantities.units import find
from mathbot.reading.questions import Asked, Form
from mathbot.syntax import Measure, Number

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.reading.rules import Build
    from mathbot.syntax import Node


def _asked(node: Node) -> Asked:
    return Asked((node,))


def _days(count: int) -> Build:
    day = find("day")
    return lambda: Asked((Measure(Number(count, str(count)), day),) if day else (), (Form("number"),))


def _circle() -> Asked:
    turn = find("turn")
    return Asked((Measure(Number(1, "1"), turn),) if turn else ())


_ADJECTIVES = "old|tall|long|far|heavy|hot|cold|warm|fast|big|wide|deep|high|large|thick"
RULES: list[tuple[str, Build]] = [
    ("how many days are|is? there? in|does a leap year have?", _days(366)),
    ("how many $ is|are|in|make? there? in? a? full|complete? circle", _circle),
    ("how many $ is|are|in|make|equals|to|do|does|= there? in? #", _asked),
    ("how many $ are|is there? in #", _asked),
    (f"how {_ADJECTIVES} is|are #", _asked),
]
