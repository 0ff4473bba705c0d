"""What is asked of symbolic mathematics, once it has been read."""

from __future__ import annotations

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.reading.questions import Form
    from mathbot.syntax import Node

INFINITY = "infinity"
"""The name that stands for it in a bound."""


class Task:
    """One question."""

    __slots__ = ("at", "forms", "high", "kind", "low", "name", "node", "notes", "order", "other", "side", "written")

    def __init__(self, kind: str, node: Node, name: str = "") -> None:
        self.kind = kind
        """derivative, tangent, integral, limit, sum, product, or what algebra has a function for."""
        self.node = node
        self.name = name
        """The variable; empty where there is none."""
        self.order = 1
        self.at: Node | None = None
        """Where a derivative is wanted, or what a limit goes to."""
        self.low: Node | None = None
        self.high: Node | None = None
        self.side = ""
        """Of a limit: ``+`` from above, ``-`` from below."""
        self.other: Node | None = None
        """The divisor of a polynomial division."""
        self.written = ""
        """The expression, as it was written."""
        self.forms: tuple[Form, ...] = ()
        self.notes: list[str] = []
