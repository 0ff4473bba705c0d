"""The values that a question can have, for those who must tell them apart without loading what computes with them."""

from __future__ import annotations

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from typing import TypeAlias

    from mathbot.numbers.rational import Rational
    from mathbot.numbers.real import Real

    Value: TypeAlias = Rational | Real
    """A real number: exact rational, or irrational and symbolic."""
    Amount: TypeAlias = Value | "Quantity"


class Unit:
    """A unit of measurement, simple or compound."""

    __slots__ = ("dimension", "factor", "offset", "parts", "reading", "text")
    __match_args__ = ("parts", "factor", "dimension", "offset", "text", "reading")

    def __init__(
        self,
        parts: tuple[tuple[str, int], ...],
        factor: Value,
        dimension: tuple[int, ...],
        offset: Rational = 0,
        text: str = "",
        reading: str = "",
    ) -> None:
        self.parts = parts
        """Symbols of the simple units with their powers."""
        self.factor = factor
        """How many of the base unit of its dimension it is worth."""
        self.dimension = dimension
        """Powers of length, mass, time, …; see ``units``."""
        self.offset = offset
        """What is added after ``factor``: temperature scales begin elsewhere."""
        self.text = text
        """How the person wrote it."""
        self.reading = reading
        """Said with the answer where the name means several units."""

    def called(self, text: str) -> Unit:
        """Return the same unit, written in another way."""
        return Unit(self.parts, self.factor, self.dimension, self.offset, text, self.reading)


class Quantity:
    """So many of a unit."""

    __slots__ = ("unit", "value")
    __match_args__ = ("value", "unit")

    def __init__(self, value: Value, unit: Unit) -> None:
        self.value = value
        self.unit = unit


class Factors:
    """A prime factorisation: primes with their powers, ascending."""

    __slots__ = ("negative", "pairs")
    __match_args__ = ("pairs", "negative")

    def __init__(self, pairs: tuple[tuple[int, int], ...], negative: bool = False) -> None:
        self.pairs = pairs
        self.negative = negative
