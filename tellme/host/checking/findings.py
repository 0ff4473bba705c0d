"""What a check of a bot finds. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that was looked at."""

    ok: bool | None
    """``None`` where it is neither good nor bad."""
    what: str
    text: str
    advice: str = ""
    """What to do about it."""
    lines: Sequence[str] = ()
    """What the bot itself said of it."""


class Failed(Exception):
    """A step of the conversation that did not go well. The text is a sentence about ``it``, the bot."""

    def __init__(self, text: str, advice: str = "", *, is_silence: bool = False, code: int | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.advice = advice
        self.is_silence = is_silence
        """It lives and has not answered."""
        self.code = code
        """Of the JSON-RPC error that it answered with."""


def said(text: str, length: int = 60) -> str:
    """Show a reply within a line."""
    from tellme.text import one_line, shorten

    return repr(shorten(one_line(text), length)) if text else "nothing"
