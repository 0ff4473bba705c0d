"""One line of a list, which fits itself to the width that it is drawn in."""

from __future__ import annotations

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual


class Row(Visual):
    """``left``, cut where there is little room, and ``right`` at the other end."""

    def __init__(self, left: Content, right: Content) -> None:
        self._left = left
        self._right = right

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Row):
            return NotImplemented
        return self._left.is_same(other._left) and self._right.is_same(other._right)

    def __hash__(self) -> int:
        return hash((self._left, self._right))

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Draw the line."""
        room = max(1, width - self._right.cell_length - 1)
        line = Content.assemble(self._left.truncate(room, ellipsis=True, pad=True), " ", self._right)
        return line.truncate(width).render_strips(width, height, style, options)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """It takes what there is."""
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """It is one line."""
        return 1
