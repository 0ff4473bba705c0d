"""``tellme stats``: what the bots did in a span of time, and how their processes ended.

A table with turns over time for a person, plain columns in a pipe, JSON for programs; for the formats of other systems
see ``metrics``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tellme.errors import UsageError
from tellme.host.host import Host
from tellme.model import BotStats, Exit
from tellme.surfaces import output
from tellme.surfaces.figures import Column, active, duration, fold, span_text, sparkline, that_fit
from tellme.surfaces.listing import width
from tellme.surfaces.with_host import with_host
from tellme.text import clean, one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

DAY_S = 86_400.0

PARTS = 48
"""So many parts of the span are asked for; where there is room for fewer they are put together."""

PARTS_IN_A_PIPE = 24
MOST_EXITS = 10

NameOf = Callable[[str], str]


def stats(
    environ: Mapping[str, str],
    since_s: float = DAY_S,
    *,
    as_json: bool = False,
    prometheus: bool = False,
    otlp: str | None = None,
) -> int:
    """Print what the bots did in the last so many seconds, or hand it to the collector at ``otlp``, a URL."""
    if as_json + prometheus + (otlp is not None) > 1:
        raise UsageError(
            "These are different forms of the same figures: choose one of --json, --prometheus and --otlp."
        )
    form = Form(as_json, prometheus, otlp)
    return with_host(environ, lambda host: report(host, since_s, time.time(), form))


class Form(NamedTuple):
    """How the figures are wanted: at most one of these, else as tables."""

    as_json: bool = False
    prometheus: bool = False
    otlp: str | None = None


async def report(host: Host, since_s: float, now: float, form: Form) -> int:
    """Write what the bots of ``host`` did in the last so many seconds, and return the exit code."""
    since = max(0.0, now - since_s)
    if form.prometheus or form.otlp is not None:
        return await _export(host, since_s, now, form.otlp)
    if form.as_json:
        output.write(as_json_lines(await host.stats(since, PARTS)))
    else:
        await _show(host, since, since_s)
    return 0


_COLUMNS = (
    Column("Turns", lambda bot: str(bot.turns)),
    Column("Answered", lambda bot: str(bot.answered), rank=5),
    Column("Declined", lambda bot: str(bot.declined), rank=4),
    Column("Failed", lambda bot: str(bot.failed), "bold red"),
    Column("P50", lambda bot: duration(bot.p50_ms), rank=2),
    Column("P99", lambda bot: duration(bot.p99_ms)),
    Column("Crashes", lambda bot: str(bot.crashes), "bold red", rank=1),
    Column("Restarts", lambda bot: str(bot.restarts), "yellow", rank=3),
)
_OVER_TIME = "Over time"
_GAP = 2


def as_json_lines(bots: Iterable[BotStats]) -> str:
    """Return one object a line for each bot; ``series`` is a list of objects, oldest first."""
    return "".join(
        output.json_line(bot._asdict() | {"series": [part._asdict() for part in bot.series]}) for bot in bots
    )


def plain(bots: Sequence[BotStats], exits: Sequence[Exit], name_of: NameOf) -> str:
    """Return columns for a pipe, the exits beneath. ``!`` is a part of the time in which something failed."""
    tables = []
    if bots:
        headings = ["Bot", *(column.heading for column in _COLUMNS), _OVER_TIME]
        rows = [[clean(name_of(bot.bot)), *(column.text(bot) for column in _COLUMNS), _marks(bot)] for bot in bots]
        tables.append(_columns([[heading.upper() for heading in headings], *rows], right=range(1, len(_COLUMNS) + 1)))
    if exits:
        tables.append(_columns([["WHEN", "BOT", "LAST EXITS"], *_exit_rows(exits, name_of)]))
    return "\n".join(tables)


def drawn(bots: Sequence[BotStats], exits: Sequence[Exit], name_of: NameOf, span: str, cells: int) -> str:
    """Return tables for a terminal that is so many cells wide."""
    from rich.console import Console
    from rich.text import Text

    console = Console(width=cells)
    with console.capture() as capture:
        console.print(Text(f"The last {span}", style="dim"))
        if bots:
            console.print(_bots_table(bots, name_of, console))
        if bots and exits:
            console.print()
        if exits:
            console.print(_exits_table(exits, name_of))
    return capture.get()


async def summary(host: Host, now: float, since_s: float = DAY_S) -> str:
    """Return what the line shell shows: columns, or a sentence where there is nothing."""
    bots, exits = await _did(host, max(0.0, now - since_s))
    return plain(bots, exits, host.name_of) if bots or exits else f"{await _nothing(host, since_s)}\n"


async def _show(host: Host, since: float, since_s: float) -> None:
    bots, exits = await _did(host, since)
    if not (bots or exits):
        output.note(await _nothing(host, since_s))
    elif output.is_drawable():
        import shutil

        cells = shutil.get_terminal_size().columns
        output.write(drawn(bots, exits, host.name_of, span_text(since_s), cells))
    else:
        output.write(plain(bots, exits, host.name_of))


async def _did(host: Host, since: float) -> tuple[list[BotStats], list[Exit]]:
    bots = active([spec.id for spec in host.specs()], await host.stats(since, PARTS))
    return bots, [end for end in await host.exits(None, MOST_EXITS) if end.at >= since]


async def _nothing(host: Host, since_s: float) -> str:
    if active((), await host.stats(0.0)):
        return f"No bot did anything in the last {span_text(since_s)}; '--since 30d' looks further back."
    return "Nothing is kept of the bots yet; 'tellme ask BOT TEXT' begins."


async def _export(host: Host, since_s: float, now: float, otlp: str | None) -> int:
    from tellme.surfaces.metrics import exposition, families

    figures = families(await host.stats(max(0.0, now - since_s)), await host.bots(), span_text(since_s))
    if otlp is None:
        output.write(exposition(figures))
    else:
        from tellme.surfaces.otlp import push

        push(otlp, figures, now)
    return 0


def _marks(bot: BotStats) -> str:
    return "".join("!" if is_bad else mark for mark, is_bad in sparkline(fold(bot.series, PARTS_IN_A_PIPE)))


def _exit_rows(exits: Iterable[Exit], name_of: NameOf) -> list[list[str]]:
    return [[_stamp(end.at), clean(name_of(end.bot)), one_line(end.reason)] for end in exits]


def _stamp(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))


def _columns(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Align cells; those of the columns ``right`` are numbers, which end below each other."""
    rooms = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return "".join(f"{_line(row, rooms, right)}\n" for row in rows)


def _line(row: Sequence[str], rooms: Sequence[int], right: Sequence[int]) -> str:
    spaces = [" " * (room - width(cell)) for cell, room in zip(row, rooms, strict=True)]
    cells = (
        space + cell if place in right else cell + space
        for place, (cell, space) in enumerate(zip(row, spaces, strict=True))
    )
    return (" " * _GAP).join(cells).rstrip()


def _bots_table(bots: Sequence[BotStats], name_of: NameOf, console: Console) -> Table:
    from rich.text import Text

    names = [clean(name_of(bot.bot)) for bot in bots]
    columns, room = _that_fit(bots, max(map(width, [*names, "Bot"])), console.width)
    table = _table("Bot", *(column.heading for column in columns), _OVER_TIME)
    for column in table.columns[1:-1]:
        column.justify = "right"
    for bot, name in zip(bots, names, strict=True):
        cells = [Text(text, style=_style(column, text)) for column in columns for text in [column.text(bot)]]
        table.add_row(Text(name, style="bold"), *cells, _over_time(bot, room, in_colour=bool(console.color_system)))
    return table


def _that_fit(bots: Sequence[BotStats], name_cells: int, cells: int) -> tuple[list[Column], int]:
    """Return the columns that there is room for, and how much is left for the turns over time."""
    widths = {column: max(map(len, [column.heading, *map(column.text, bots)])) for column in _COLUMNS}

    def room(columns: Sequence[Column]) -> int:
        return cells - name_cells - sum(widths[column] + _GAP for column in columns) - _GAP

    columns = that_fit(_COLUMNS, lambda columns: room(columns) >= len(_OVER_TIME))
    return columns, max(1, min(room(columns), PARTS))


def _style(column: Column, text: str) -> str:
    return "dim" if text in ("0", "-") else column.style


def _over_time(bot: BotStats, cells: int, *, in_colour: bool) -> Text:
    from rich.text import Text

    drawn = Text()
    for mark, is_bad in sparkline(fold(bot.series, cells)):
        if is_bad:
            drawn.append(mark if in_colour else "!", style="red")
        else:
            drawn.append(mark, style="dim" if mark == "▁" else "cyan")
    return drawn


def _exits_table(exits: Iterable[Exit], name_of: NameOf) -> Table:
    from rich.text import Text

    table = _table("When", "Bot", "Last exits")
    for end, (when, bot, reason) in zip(exits, _exit_rows(exits, name_of), strict=True):
        table.add_row(Text(when, style="dim"), Text(bot), Text(reason, style="red" if end.crash else ""))
    return table


def _table(*headings: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(*headings, box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True, header_style="bold")
    table.show_edge = False
    table.border_style = "dim"
    return table
