"""What a question may cost. Keeps the promise that no input takes a second or 256 MiB: sizes are estimated before
anything large is computed, and whoever loops calls ``check``.
"""

from __future__ import annotations

import time

MAX_TEXT = 200_000
"""Characters in a question."""
MAX_TOKENS = 50_000
MAX_DEPTH = 60
"""How deep brackets, powers and functions may nest."""
MAX_DIGITS = 10_000
"""Decimal digits of a number that is shown or read."""
MAX_BITS = 200_000
"""Size of a number on the way to the result."""
SECONDS = 0.5

_began = 0.0
_deadline = float("inf")


class Declined(Exception):
    """Math can't answer; the text is the reason, one sentence for the person who asked."""


class Undefined(Declined):
    """Something has no value there."""


class DivisionByZero(Undefined):
    """Something was divided by zero."""

    def __init__(self) -> None:
        super().__init__("I can't divide by zero (division by zero).")


class TooLarge(Declined):
    """A number grew past what is worth showing."""

    def __init__(self) -> None:
        super().__init__("That is too large: I compute numbers of up to 10,000 digits.")


class NotReal(Undefined):
    """The result is no real number."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not a real number.")


class Unreadable(Declined):
    """The question is not in the grammar. ``start`` and ``end`` say where the trouble is."""

    def __init__(self, reason: str, start: int, end: int) -> None:
        super().__init__(reason)
        self.start = start
        self.end = end


def start(seconds: float = SECONDS) -> None:
    """Begin a question: from now on ``check`` declines once so many seconds have passed."""
    global _began, _deadline
    _began = time.monotonic()
    _deadline = _began + seconds


def extend(total: float, least: float) -> float:
    """Give the question ``total`` seconds since it began, and at least ``least`` from now; return what is left."""
    global _deadline
    now = time.monotonic()
    _deadline = max(_began + total, now + least)
    return _deadline - now


def check() -> None:
    """Decline if the question has used up its time. Cheap enough for every turn of a loop."""
    if time.monotonic() > _deadline:
        raise Declined("That takes too long to compute.")
