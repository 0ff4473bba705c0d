"""The rules of ``rules`` by subject. The first that fits is taken, so what is more particular stands before."""

from __future__ import annotations

from mathbot.reading.rulebook import amounts, conversions, judging, wholes

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.reading.rules import Build

RULES: list[tuple[list[str], Build]] = [
    (pattern.split(), build) for pattern, build in (*amounts.RULES, *wholes.RULES, *judging.RULES, *conversions.RULES)
]
SESSION: list[tuple[list[str], Build]] = [(pattern.split(), build) for pattern, build in amounts.SESSION]
