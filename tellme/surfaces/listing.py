"""Bots and sessions as lines: a table where a person reads, plain columns in a pipe, JSON for programs."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterable, Sequence

from tellme.model import BotSpec, BotStatus, Session
from tellme.surfaces.export import timestamp
from tellme.surfaces.output import json_line
from tellme.text import clean, one_line, shorten

_BOT_HEADINGS = ("NAME", "KIND", "STATE", "PID", "UPTIME", "RESTARTS", "MEMORY")
_SESSION_HEADINGS = ("ID", "BOT", "BEGAN", "TURNS", "STATE", "TITLE")


def bots_json(bots: Iterable[BotStatus]) -> str:
    """Return one object a line for each bot; ``null`` where a bot has no such thing now."""
    return "".join(json_line(bot._asdict()) for bot in bots)


def sessions_json(sessions: Iterable[Session], name_of: Callable[[str], str]) -> str:
    """Return one object a line for each session, with the names and times of an export; ``turns`` is their number."""
    return "".join(json_line(_session_fields(session, name_of(session.bot))) for session in sessions)


def bots_rows(bots: Iterable[BotStatus]) -> list[tuple[str, ...]]:
    """Return the cells of a table of the bots, the headings first."""
    return [_BOT_HEADINGS, *map(_bot_row, bots)]


def bots_table(bots: Iterable[BotStatus], *, rich: bool) -> str:
    """Return the bots as a table; with ``rich`` boxed and coloured for a terminal."""
    return table(bots_rows(bots), rich=rich)


def sessions_table(sessions: Iterable[Session], name_of: Callable[[str], str], *, rich: bool) -> str:
    """Return the sessions as a table; with ``rich`` boxed and coloured for a terminal."""
    return table([_SESSION_HEADINGS, *(_session_row(session, name_of) for session in sessions)], rich=rich)


def no_sessions(search: str | None) -> str:
    """Say what stands in place of an empty table of sessions."""
    return f"No session has {search!r} in it." if search else "There are no sessions yet."


def no_log(name: str, path: str) -> str:
    """Say what stands in place of an empty log."""
    return f"{name} has written nothing to its log ({path})."


def bot_facts(spec: BotSpec, bot: BotStatus, log_path: str) -> str:
    """Return what a bot is and how it is, a line for each fact."""
    facts = {
        "Name": f"{bot.name} ({bot.id})",
        "Description": spec.description,
        "State": str(bot.state),
        "Pid": _or_dash(bot.pid),
        "Uptime": _uptime(bot),
        "Memory": _memory(bot),
        "Restarts": str(bot.restarts),
        "Last exit": _or_dash(bot.last_exit),
        "Kind": bot.kind,
        "Command": shlex.join(spec.command),
        "Folder": spec.folder,
        "Defined in": spec.source,
        "Log": log_path,
    }
    return "".join(f"{name + ':':13}{one_line(fact)}\n" for name, fact in facts.items() if fact)


def _bot_row(bot: BotStatus) -> tuple[str, ...]:
    return (
        bot.name,
        bot.kind,
        str(bot.state),
        _or_dash(bot.pid),
        _uptime(bot),
        str(bot.restarts),
        _memory(bot),
    )


def _or_dash(value: object) -> str:
    return "-" if value is None else str(value)


def _uptime(bot: BotStatus) -> str:
    return "-" if bot.uptime_s is None else _duration(bot.uptime_s)


def _memory(bot: BotStatus) -> str:
    return "-" if bot.memory_bytes is None else f"{bot.memory_bytes / 2**20:.1f} MiB"


def _session_fields(session: Session, bot: str) -> dict[str, object]:
    return {
        "bot": bot,
        "bot_id": session.bot,
        "session": session.id,
        "title": session.title,
        "started_at": timestamp(session.started_at),
        "ended_at": None if session.ended_at is None else timestamp(session.ended_at),
        "used_at": timestamp(session.used_at),
        "turns": session.turns,
    }


def _session_row(session: Session, name_of: Callable[[str], str]) -> tuple[str, ...]:
    began = time.strftime("%Y-%m-%d %H:%M", time.localtime(session.started_at))
    state = "open" if session.ended_at is None else "ended"
    title = shorten(one_line(clean(session.title)), 60)
    return session.id, name_of(session.bot), began, str(session.turns), state, title


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes:02}m"
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"


def table(rows: Sequence[Sequence[str]], *, rich: bool) -> str:
    """Return rows, the headings first, in columns; with ``rich`` boxed and coloured for a terminal."""
    return _rich_table(*rows) if rich else _columns(rows)


def _columns(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return "".join(f"{_line(row, widths)}\n" for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True))
    return "  ".join(cells).rstrip()


def width(text: str) -> int:
    """Count the columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _rich_table(headings: Sequence[str], *rows: Sequence[str]) -> str:
    from rich.box import ROUNDED
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=ROUNDED, header_style="bold", border_style="dim")
    for heading in headings:
        table.add_column(heading.capitalize() if heading != "PID" else heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    console = Console()
    with console.capture() as capture:
        console.print(table)
    return capture.get()


_STYLES = {
    "ready": "green",
    "busy": "cyan",
    "starting": "yellow",
    "backoff": "yellow",
    "failed": "red",
    "open": "green",
}
