"""What the Zen bot says to a message: a line for a theme, the next for a line, all, one by its number, one at
random, or a meaning.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from . import asking
from .aphorisms import APHORISMS
from .explaining import asked_why, explained
from .numbering import numbers
from .reading import words
from .remembering import Memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .seeking import Seeker

NO_LINE = "The Zen of Python has no line for that, and I don't guess: ask for a theme, a number, `all` or `random`."
HELP = (
    "Give me a theme, a question about code or part of a line, a number (`the 7th`), `all`, `random` or `next`; "
    "`explain` tells what a line means."
)
NOTHING_SAID = "I have said no line yet: ask for one first, or name it."
NO_SUCH_NUMBER = "The lines of the Zen are numbered 1 to 19: ask for one of those, or for `all`."
UNWRITTEN = "The Zen has twenty lines, of which nineteen are written: the 20th is not among them. Ask for 1 to 19."

_LONGEST = 1000


class Declined(Exception):
    """The Zen has no answer; the text says why, and what to ask."""


def _by_chance(count: int) -> int:
    return int.from_bytes(os.urandom(4)) % count


class Zen:
    """The nineteen lines and the ways to ask for them."""

    def __init__(self, lines: Sequence[str], choose: Callable[[int], int] = _by_chance) -> None:
        self._lines = list(lines)
        self._choose = choose
        self._memory = Memory(APHORISMS)
        self._seeker: Seeker | None = None

    def answer(self, message: str, said: Sequence[str] = ()) -> str:
        """Return the reply after the replies ``said``; raise Declined where the Zen has none."""
        message = message[:_LONGEST]
        if (whole := self._memory.whole(message)) is not None:
            return self._lines[(whole + 1) % len(self._lines)]
        asked = words(message)
        if asking.asks_help(asked):
            raise Declined(HELP)
        if known := asking.fact(asked):
            return known
        return self._meaning(message, asked, said) or self._told(self._sought(message, asked, said))

    def _sought(self, message: str, asked: list[str], said: Sequence[str]) -> list[int]:
        """Return the numbers of the lines asked for, from 0."""
        if not asked:
            raise Declined(NO_LINE)
        ways = (self._listed, self._stepped, self._beside)
        found = next((lines for way in ways if (lines := way(asked, said))), None) or self._numbered(message)
        if not found and (line := self._seek(message)) is not None:
            found = [line]
        if not found:
            raise Declined(NO_LINE)
        return found

    def _seek(self, message: str) -> int | None:
        """The themes are loaded by the first message that needs them."""
        if self._seeker is None:
            from .seeking import Seeker
            from .themes import THEMES

            self._seeker = Seeker(self._memory, THEMES)
        return self._seeker.seek(message)

    def _listed(self, asked: list[str], said: Sequence[str]) -> list[int]:
        everything = list(range(len(self._lines)))
        if asking.asks_all(asked):
            return everything
        if not asking.asks_random(asked):
            return []
        unsaid = [number for number in everything if self._lines[number] not in said] or everything
        return [unsaid[self._choose(len(unsaid))]]

    def _stepped(self, asked: list[str], said: Sequence[str]) -> list[int]:
        """Return the line after or before the lines said last, or these."""
        last = self._last(said)
        if asking.asks_next(asked):
            return [(last[-1] + 1) % len(self._lines) if last else 0]
        if asking.asks_previous(asked) or asking.asks_again(asked):
            if not last:
                raise Declined(NOTHING_SAID)
            return [(last[0] - 1) % len(self._lines)] if asking.asks_previous(asked) else last
        return []

    def _beside(self, asked: list[str], _said: Sequence[str]) -> list[int]:
        """Return the line after or before one that is named."""
        if not (named := asking.beside(asked)):
            return []
        step, line = named
        if found := self._numbered(line):
            return [(found[0] + step) % len(self._lines)]
        remembered = self._memory.remembered(words(line))
        return [] if remembered is None else [(remembered + step) % len(self._lines)]

    def _numbered(self, message: str) -> list[int]:
        found = numbers(message, len(self._lines))
        if found is None:
            return []
        if set(found) == {len(self._lines) + 1}:
            raise Declined(UNWRITTEN)
        if any(not 1 <= number <= len(self._lines) for number in found):
            raise Declined(NO_SUCH_NUMBER)
        return [number - 1 for number in found]

    def _meaning(self, message: str, asked: list[str], said: Sequence[str]) -> str | None:
        """Return the lines whose meaning is asked for, with what they mean; ``None`` where no meaning is asked for."""
        line = " ".join(asked)
        if (why := asked_why(line)) is not None and (remembered := self._memory.remembered(words(why))) is not None:
            return self._told([remembered], meaning=True)
        about = explained(line)
        if about is None:
            return None
        if about:
            return self._told(self._named(about, said), meaning=True)
        if not (last := self._last(said)):
            raise Declined(NOTHING_SAID)
        return self._told(last, meaning=True)

    def _named(self, line: str, said: Sequence[str]) -> list[int]:
        whole = self._memory.whole(line)
        return self._sought(line, words(line), said) if whole is None else [whole]

    def _told(self, numbers: Iterable[int], meaning: bool = False) -> str:
        return "\n".join(
            f"{self._lines[number]}\n{APHORISMS[number].meaning}" if meaning else self._lines[number]
            for number in numbers
        )

    def _last(self, said: Sequence[str]) -> list[int]:
        """Return the numbers of the lines in the last reply that had any."""
        replies = (
            [self._lines.index(line) for line in reply.split("\n") if line in self._lines] for reply in reversed(said)
        )
        return next((numbers for numbers in replies if numbers), [])
