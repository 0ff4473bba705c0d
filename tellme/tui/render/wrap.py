"""Where to cut a line of text so that it fits so many cells. Pure.

In most text each character is a cell, and the cuts are found without looking at it; the rest is measured by what
stands together on screen (a letter and its marks, a joined emoji), which no cut divides.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from rich.cells import cell_len

_JOINER = "\u200d"
_SINGLE = re.compile("[ -~\xa1-\xac\xae-\u02ff\u0370-\u0482\u2010-\u2027\u2500-\u25fc]*")
"""Characters of one cell: Latin, Greek, Cyrillic, typographic marks, lines and boxes."""


def wrap(line: str, width: int, rest: int | None = None) -> list[tuple[int, int]]:
    """Cut ``line`` between words, and within those that are longer than a row; return where each row starts and ends.

    The first row has ``width`` cells, all others ``rest``. Space at a cut belongs to no row.
    """
    width, rest = max(1, width), max(1, width if rest is None else rest)
    is_single = _SINGLE.fullmatch(line)
    cuts = _wrap_single(line, width, rest) if is_single else _wrap_cells(line, width, rest, by_word=True)
    return [(start, start + len(line[start:end].rstrip(" "))) for start, end in _rows(line, cuts)]


def fold(line: str, width: int) -> list[tuple[int, int]]:
    """Cut ``line`` at exactly ``width`` cells, or one before where a wide character would be halved."""
    width = max(1, width)
    if _SINGLE.fullmatch(line):
        return _rows(line, list(range(width, len(line), width)))
    return _rows(line, _wrap_cells(line, width, width, by_word=False))


def cut(text: str, width: int) -> str:
    """Shorten ``text`` to ``width`` cells, the last of which then is ``…``."""
    if cell_len(text) <= width:
        return text
    return text[: fold(text, width - 1)[0][1]] + "…" if width > 1 else "…"[: max(0, width)]


def _rows(line: str, cuts: list[int]) -> list[tuple[int, int]]:
    return list(zip([0, *cuts], [*cuts, len(line)], strict=True))


def _wrap_single(line: str, width: int, rest: int) -> list[int]:
    cuts: list[int] = []
    start, room = 0, width
    while len(line) - start > room:
        space = line.rfind(" ", start, start + room + 1)
        start = start + room if space < 0 else space + 1
        while line.startswith(" ", start):
            start += 1
        room = rest
        if start < len(line):
            cuts.append(start)
    return cuts


def _wrap_cells(line: str, width: int, rest: int, *, by_word: bool) -> list[int]:
    starts, cells = _clusters(line)
    cuts: list[int] = []
    first, room = 0, width
    while cells[-1] - cells[first] > room:
        end = bisect_right(cells, cells[first] + room) - 1
        if end <= first:  # a wide character in a single column
            end = first + 1
        elif by_word:
            end = _word_end(line, starts, cells, first, end)
        first, room = end, rest
        if first < len(starts) - 1:
            cuts.append(starts[first])
    return cuts


def _word_end(line: str, starts: list[int], cells: list[int], first: int, end: int) -> int:
    """Return the last cluster up to ``end`` that follows a space or stands beside a wide one, which needs none."""

    def is_space(at: int) -> bool:
        return line[starts[at] : starts[at + 1]] == " "

    if is_space(end):
        return next((at for at in range(end, len(starts) - 1) if not is_space(at)), len(starts) - 1)
    for at in range(end, first, -1):
        if is_space(at - 1) or max(cells[at] - cells[at - 1], cells[at + 1] - cells[at]) > 1:
            return at
    return end


def _clusters(line: str) -> tuple[list[int], list[int]]:
    """Return where each cluster starts, in characters and in cells, and at last where the line ends."""
    starts: list[int] = []
    cells: list[int] = []
    cell = 0
    is_joined = False
    for index, char in enumerate(line):
        if starts and (is_joined or not cell_len(char)):
            is_joined = char == _JOINER and not is_joined
            continue
        if starts:
            cell += cell_len(line[starts[-1] : index])
        starts.append(index)
        cells.append(cell)
    cells.append(cell + cell_len(line[starts[-1] :] if starts else ""))
    return [*starts, len(line)], cells
