"""Names with what they mean beside them, or below where there is no room. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from textual.content import Content

from tellme.tui.render import styles
from tellme.tui.render.wrap import wrap

BESIDE = 60
"""From so many cells on there is room for both in one row."""


def pair(name: str, text: str, width: int, *, name_width: int, style: str, aside: str = "") -> Content:
    """Lay out a name, its text wrapped beside or below it, and where ``aside`` fits on the right of the first row."""
    if width < BESIDE:
        return Content("\n").join([Content(name).stylize(style), *_indented(text, 2, width)])
    room = width - (cell_len(aside) + 2 if aside else 0)
    first, *rest = _indented(text, name_width, room)
    head = Content(name).stylize(style)
    if cell_len(name) < name_width:
        head += first[cell_len(name) :]
    else:
        rest = [first, *rest]
    if aside:
        head = Content.assemble(head.pad_right(max(2, room + 2 - head.cell_length)), (aside, styles.MUTED))
    return Content("\n").join([head, *rest])


def _indented(text: str, indent: int, width: int) -> Iterator[Content]:
    for line in text.split("\n"):
        for start, end in wrap(line, width - indent):
            yield Content(" " * indent + line[start:end])
