"""The bots and what they did: a row each, with their turns over time, under headings that fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tellme.model import BotStats
from tellme.surfaces.figures import BLOCKS, Column, duration, fold, sparkline, stretched, that_fit
from tellme.text import clean, one_line
from tellme.tui.render import styles

NAME_CELLS = 16
LEAST_OVER_TIME = 8
"""Where turns over time would get fewer cells, other columns go."""


_COLUMNS = (
    Column("turns", lambda bot: f"{bot.turns:,}", cells=9),
    Column("failed", lambda bot: f"{bot.failed:,}", f"bold {styles.ERROR}", cells=8),
    Column("p50", lambda bot: duration(bot.p50_ms), rank=3, cells=9),
    Column("p99", lambda bot: duration(bot.p99_ms), rank=1, cells=9),
    Column("crashes", lambda bot: f"{bot.crashes:,}", f"bold {styles.ERROR}", rank=2, cells=9),
    Column("restarts", lambda bot: f"{bot.restarts:,}", styles.WARNING, rank=4, cells=10),
)


class StatsRow(Visual):
    """The row of a bot, or with ``None`` the headings: one line, which fits itself to the width it is drawn in."""

    def __init__(self, bot: BotStats | None = None, name: str = "bot") -> None:
        self._bot = bot
        self._name = name
        self._seen = None if bot is None else (*bot[:-1], *((p.turns, p.failed, p.crashes) for p in bot.series))

    def __eq__(self, other: object) -> bool:
        """Do both look the same? The times of the parts, which move with each second, are not seen."""
        return isinstance(other, StatsRow) and (self._seen, self._name) == (other._seen, other._name)

    def __hash__(self) -> int:
        return hash((self._seen, self._name))

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Draw the line."""
        return self.line(width).render_strips(width, height, style, options)

    def line(self, width: int) -> Content:
        """Return what is drawn in so many cells."""
        name_cells, over_time, columns = _layout(width)
        numbers = [self._number(column) for column in columns]
        name = Content(self._name).truncate(name_cells, ellipsis=True, pad=True)
        drawn = self._over_time(over_time).truncate(over_time, pad=True)
        line = Content.assemble(name.stylize("bold") if self._bot else name, "  ", drawn, *numbers)
        return line.truncate(width) if self._bot else line.truncate(width).stylize(styles.MUTED)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """It takes what there is."""
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """It is one line."""
        return 1

    def _number(self, column: Column) -> tuple[str, str]:
        if self._bot is None:
            return f"{column.heading:>{column.cells}}", ""
        text = column.text(self._bot)
        return f"{text:>{column.cells}}", styles.MUTED if text in ("0", "-") else column.style

    def _over_time(self, cells: int) -> Content:
        if self._bot is None:
            return Content("turns over time" if cells >= len("turns over time") else "")
        marks = sparkline(fold(self._bot.series, cells))
        wide = zip(marks, stretched(len(marks), cells), strict=True)
        return Content.assemble(*((mark * width, _style(mark, is_bad=is_bad)) for (mark, is_bad), width in wide))


class StatsList(OptionList):
    """One row a bot; Enter or a click shows all about it."""

    def show(self, bots: Sequence[BotStats], name_of: Callable[[str], str]) -> None:
        """Show these bots; the highlight stays on its own, and what has not changed is not drawn again."""
        rows = {bot.bot: StatsRow(bot, one_line(clean(name_of(bot.bot)))) for bot in bots}
        if [option.id for option in self.options] != list(rows):
            before = self.highlighted_option.id if self.highlighted_option else None
            self.set_options([Option(row, id=bot) for bot, row in rows.items()])
            self.highlighted = list(rows).index(before) if before in rows else (0 if rows else None)
        for bot, row in rows.items():
            if self.get_option(bot).prompt != row:
                self.replace_option_prompt(bot, row)


def _layout(width: int) -> tuple[int, int, list[Column]]:
    """Return the cells of the name and of the turns over time, and the columns that there is room for."""

    def name_and_room(columns: Sequence[Column]) -> tuple[int, int]:
        numbers = sum(column.cells for column in columns)
        name_cells = max(4, min(NAME_CELLS, (width - numbers) // 2))
        return name_cells, width - numbers - name_cells - 2

    columns = that_fit(_COLUMNS, lambda columns: name_and_room(columns)[1] >= LEAST_OVER_TIME + 2)
    name_cells, room = name_and_room(columns)
    return name_cells, max(0, room), columns


def _style(mark: str, *, is_bad: bool) -> str:
    if is_bad:
        return styles.ERROR
    return "$text-disabled" if mark == BLOCKS[0] else "$primary"
