"""What a program with a prompt prints, read as a person at a terminal would see it. No I/O, no clock.

The promise: neither the prompt nor the line that ends an answer nor the echo of a message becomes part of an answer,
however the bytes were cut on their way here, and what is held back is bounded.
"""

from __future__ import annotations

from codecs import getincrementaldecoder

from tellme.text import clean
from tellme.values import NamedTuple
from tellme.wire.patterns import Pattern

PROMPT_CHARS = 512
"""The longest prompt."""
LINE_CHARS = 4096
"""The longest line that can end an answer, and the most that is held of a line that has not ended."""
MOST_BLANK = 1_000
"""Of more blank lines in a row the rest is left out."""


class Fragment(NamedTuple):
    """A line as far as it goes out at once: nearly always whole."""

    text: str
    begins: bool = True
    ends: bool = True


class Reader:
    """Cuts what a program prints into lines. The line that has not ended is held: it may be the prompt."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._held = ""
        self._begins = True

    def feed(self, data: bytes) -> list[Fragment]:
        """Take the next bytes, and return the lines that they end."""
        *ended, self._held = (self._held + self._decode(data)).split("\n")
        found = [self._fragment(line, ends=True) for line in ended]
        if len(self._held) > LINE_CHARS:
            self._drop_what_was_written_over()
        if len(self._held) > LINE_CHARS:
            head, self._held = self._held[:-LINE_CHARS], self._held[-LINE_CHARS:]
            found.append(self._fragment(head, ends=False))
        return found

    def clear(self) -> None:
        """Forget the line that has not ended; what comes next begins one."""
        self._held = ""
        self._begins = True

    @property
    def tail(self) -> Fragment:
        """The line that has not ended."""
        return Fragment(visible(self._held), self._begins, ends=False)

    def _drop_what_was_written_over(self) -> None:
        before, back, last = self._held.rpartition("\r")
        if back:
            self._held = f"{visible(before)}\r{last}"

    def _fragment(self, text: str, *, ends: bool) -> Fragment:
        fragment = Fragment(visible(text), self._begins, ends)
        self._begins = ends
        return fragment


def visible(line: str) -> str:
    """Return what is left of a line that was written over from its begin, as progress bars are."""
    if "\r" not in line:
        return line
    return next((part for part in reversed(line.split("\r")) if not is_blank(part)), "")


def is_blank(text: str) -> bool:
    return not clean(text).strip()


class Prompt:
    """What a program shows when it waits for a line: one line, which the pattern describes as a whole.

    Raises ``TooSlow`` where it takes too long to see.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = Pattern(pattern, "prompt")

    def is_all(self, tail: Fragment) -> bool:
        """Does the line hold the prompt and nothing else?"""
        text = clean(tail.text)
        return tail.begins and len(text) <= PROMPT_CHARS and self._matches(text)

    def before(self, tail: Fragment) -> str | None:
        """Return what stands before the prompt at the end of a line; ``None`` where there is no prompt."""
        text = clean(tail.text)
        first = max(0, len(text) - PROMPT_CHARS)
        end = len(text.rstrip())
        found = [self._pattern.last(text, first, len(text)), self._pattern.last(text, first, end)]
        start = min((each for each in found if each is not None), default=end)
        if start >= end:  # a prompt of nothing but spaces would be everywhere
            return None
        rest = text[:start]
        return "" if self.is_all(tail._replace(text=rest)) else rest

    def _matches(self, text: str) -> bool:
        end = len(text.rstrip())
        return end > 0 and (self._pattern.is_all(text) or self._pattern.is_all(text, end))


class End:
    """The line with which an answer ends, which the pattern describes as a whole; raises as ``Prompt`` does."""

    def __init__(self, pattern: str) -> None:
        self._pattern = Pattern(pattern, "end")

    def is_line(self, line: Fragment) -> bool:
        """Is it that, as far as the line goes?"""
        text = clean(line.text).rstrip() if line.begins else ""
        return 0 < len(text) <= LINE_CHARS and self._pattern.is_all(text)


class Echo:
    """Whether a program repeats what it is sent; learned, where its terminal does not say so."""

    def __init__(self, is_on: bool | None = None) -> None:
        self.is_known = is_on is not None
        self.is_on = bool(is_on)
        self._times_seen = 0

    def know(self, is_on: bool) -> None:
        self.is_known, self.is_on = True, is_on

    def seen(self) -> None:
        """An answer began with what may be an echo: sure the second time, as an answer may repeat the message too."""
        self._times_seen += 1
        if self._times_seen > 1:
            self.know(True)


class Answer:
    """One answer as it comes: without the echo before it, and without blank lines around it."""

    def __init__(self, message: str, echo: Echo, prompt: Prompt | None = None) -> None:
        self.has_begun = False
        """Has anything come that is part of it?"""
        self._message = clean(message).strip()
        self._echo = echo
        self._prompt = prompt
        self._may_echo = bool(self._message) and (echo.is_on or not echo.is_known)
        self._doubtful: Fragment | None = None
        """A first line that is the echo if there is more, and the answer if not."""
        self._gap = 0
        """How many line ends stand between what was shown and what comes next."""
        self._is_blank = True

    def take(self, fragment: Fragment) -> str:
        """Take what comes next, and return what of the answer can be shown now."""
        if self._may_echo:
            self._may_echo = False
            if self._is_echo(fragment):
                self._doubtful = None if self._echo.is_on else fragment
                return ""
            if not self._echo.is_known:
                self._echo.know(False)
        if self._doubtful is not None and not is_blank(fragment.text):
            self._doubtful = None
            self._echo.seen()
        self.has_begun = True
        return self._shown(fragment)

    def close(self) -> str:
        """Return what is left to show at the end."""
        doubtful, self._doubtful = self._doubtful, None
        return self._shown(doubtful) if doubtful else ""

    def _is_echo(self, fragment: Fragment) -> bool:
        if not (fragment.begins and fragment.ends):
            return False
        text = clean(fragment.text).strip()
        before = text.removesuffix(self._message)
        return text == self._message or (
            before != text and self._prompt is not None and self._prompt.is_all(Fragment(before))
        )

    def _shown(self, fragment: Fragment) -> str:
        if fragment.begins and is_blank(fragment.text):
            self._gap += 0 if self._is_blank else int(fragment.ends)
            return ""
        shown = "\n" * min(self._gap, MOST_BLANK) + fragment.text
        self._gap = int(fragment.ends)
        self._is_blank = False
        return shown
