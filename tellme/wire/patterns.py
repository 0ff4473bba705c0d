"""A regular expression of a manifest, tried on what strangers write. The promise: no match takes long.

The standard library's ``re`` cannot be stopped: one that repeats a repetition, as ``(a+)+b`` does, takes for ever on
the wrong text. ``regex`` reads the same expressions and can.
"""

from __future__ import annotations

MATCH_S = 0.05
"""Of the processor's time, for one match."""


class TooSlow(Exception):
    """A match takes longer than ``MATCH_S``. ``key`` is the one of the manifest that holds the pattern."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


class Pattern:
    """See above. Each method raises ``TooSlow``."""

    def __init__(self, pattern: str, key: str = "patterns") -> None:
        import regex  # 20 ms, and few bots need it

        self._key = key
        self._pattern = regex.compile(pattern)
        close = "\n)" if self._pattern.flags & regex.VERBOSE else ")"  # a comment ends with its line
        self._last = regex.compile(f"(?:{pattern}{close}\\Z")

    def is_all(self, text: str, end: int | None = None) -> bool:
        """Does it describe the text as a whole, up to ``end``?"""
        try:
            return self._pattern.fullmatch(text, 0, end, timeout=MATCH_S) is not None
        except TimeoutError:
            raise TooSlow(self._key) from None

    def last(self, text: str, start: int, end: int) -> int | None:
        """Return the first place from ``start`` on from which it describes all that there is up to ``end``."""
        try:
            match = self._last.search(text, start, end, timeout=MATCH_S)
        except TimeoutError:
            raise TooSlow(self._key) from None
        return None if match is None else match.start()

    def share(self, text: str) -> float | None:
        """Return how much of the text it finds, from 0 to 1; ``None`` where it finds nothing."""
        try:
            match = self._pattern.search(text, timeout=MATCH_S)
        except TimeoutError:
            raise TooSlow(self._key) from None
        return None if match is None else (match.end() - match.start()) / len(text)


def problem(pattern: str) -> str | None:
    """Say why it cannot be used; ``None`` where it can."""
    import regex

    try:
        Pattern(pattern)
    except (regex.error, RecursionError, OverflowError, MemoryError) as error:
        return str(error) or "it is too large"
    return None
