"""Large texts, folded: a token stands in the prompt for what was pasted. Pure.

The promise: nobody can type or paste what passes for a token. It begins and ends with characters of our own, which
are taken out of all that comes in and are drawn as brackets.
"""

from __future__ import annotations

import re

from tellme.text import clean

MAX_LINES = 10
MAX_CHARACTERS = 2000
"""A paste of more lines or characters than these is folded."""

MAX_EDITED_LINES = 200
MAX_EDITED_CHARACTERS = 20_000
"""A text that was written here is folded when it comes back only where editing it would be slow."""

# Of the private use area beyond the BMP, where no font of icons lives; one cell wide like the brackets.
_OPEN, _CLOSE = "\U000f7e11", "\U000f7e12"
_MARKS = str.maketrans("", "", _OPEN + _CLOSE)
_BRACKETS = str.maketrans({_OPEN: "[", _CLOSE: "]"})
_TOKEN = re.compile(f"{_OPEN}Pasted text #([0-9]+): [^{_OPEN}{_CLOSE}\n]*{_CLOSE}")


def safe(text: str) -> str:
    """Take out what a terminal would obey and what would pass for a token."""
    return clean(text).translate(_MARKS)


def shown(text: str) -> str:
    """Return ``text`` as it is drawn: of the same length, tokens in brackets."""
    return text.translate(_BRACKETS)


def tokens(line: str) -> list[tuple[int, int]]:
    """Return where the tokens in a line begin and end."""
    return [match.span() for match in _TOKEN.finditer(line)] if _OPEN in line else []


class Folds:
    """The texts that tokens stand for."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._last = 0

    def fold(self, text: str) -> str:
        """Keep ``text`` and return the token that stands for it."""
        self._last += 1
        self._texts[self._last] = text
        lines = text.count("\n") + (not text.endswith("\n"))
        size = f"{lines} line{'' if lines == 1 else 's'}, {_size(len(text.encode()))}"
        return f"{_OPEN}Pasted text #{self._last}: {size}{_CLOSE}"

    def fold_pasted(self, text: str) -> str:
        """Fold a paste if it is large."""
        return self._fold_beyond(text, MAX_LINES, MAX_CHARACTERS)

    def fold_written(self, text: str) -> str:
        """Fold what was written here before, if editing it would be slow."""
        return self._fold_beyond(text, MAX_EDITED_LINES, MAX_EDITED_CHARACTERS)

    def unfold(self, text: str) -> str:
        """Put back what the tokens in ``text`` stand for."""
        return _TOKEN.sub(lambda token: self._texts.get(int(token[1]), ""), text) if _OPEN in text else text

    @property
    def held(self) -> int:
        """The number of characters kept."""
        return sum(map(len, self._texts.values()))

    def keep_only(self, text: str) -> None:
        """Forget what no token in ``text`` stands for."""
        used = {int(match[1]) for match in _TOKEN.finditer(text)}
        self._texts = {number: kept for number, kept in self._texts.items() if number in used}
        self._last = max(used, default=0)

    def _fold_beyond(self, text: str, lines: int, characters: int) -> str:
        is_large = len(text) > characters or text.count("\n") >= lines
        return self.fold(text) if is_large else text


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
