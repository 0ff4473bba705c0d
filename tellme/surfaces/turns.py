"""``tellme failed``, ``retry`` and ``show``: what became of single turns.

Each returns its exit code and raises ``TellmeError``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from tellme.errors import HostGone, TellmeError, UsageError
from tellme.host.host import Host
from tellme.model import Attachment, Session, TurnRecord, TurnStatus
from tellme.surfaces import output
from tellme.surfaces.ask import EXIT_CODE, print_reply
from tellme.surfaces.export import attachment_fields, timestamp
from tellme.surfaces.listing import table
from tellme.surfaces.output import json_line
from tellme.surfaces.streaming import Whole, follow
from tellme.surfaces.with_host import with_host
from tellme.text import clean, one_line, shorten

_HEADINGS = ("ID", "BOT", "SENT", "TRIES", "MESSAGE", "REASON")
NONE_FAILED = "No turn has failed."


def failed(environ: Mapping[str, str], *, as_json: bool, limit: int | None = None) -> int:
    """Print the turns that failed, newest first: all, or so many."""

    async def show_all(host: Host) -> int:
        records = await host.failed_turns(limit)
        if as_json:
            output.write("".join(json_line(fields(record, host.name_of(record.bot))) for record in records))
        elif records:
            output.write(failed_table(records, host.name_of, rich=output.is_drawable()))
        else:
            output.note(NONE_FAILED)
        return 0

    return with_host(environ, show_all)


def retry(environ: Mapping[str, str], ids: Sequence[str], *, every: bool, as_json: bool) -> int:
    """Send some failed turns again, or all of them, oldest first; return the highest exit code.

    One that cannot be sent is told of, and costs no other.
    """
    if every == bool(ids):
        raise UsageError("Give the IDs of failed turns, or --all; 'tellme failed' lists them.")

    async def send(host: Host) -> int:
        wanted = ids or [record.turn.id for record in reversed(await host.failed_turns())]
        if not wanted:
            output.note(NONE_FAILED)
        return max([await _send_again(host, id_, as_json, labelled=len(wanted) > 1) for id_ in wanted], default=0)

    return with_host(environ, send)


async def _send_again(host: Host, turn_id: str, as_json: bool, *, labelled: bool) -> int:
    try:
        if labelled:
            record = await host.turn(turn_id)
            message = shorten(one_line(clean(record.turn.message)), 60)
            output.note(f"{record.turn.id} to {host.name_of(record.bot)}: {message}")
        reply = await follow(await host.retry(turn_id), Whole(output.note))
    except HostGone:
        raise
    except TellmeError as error:
        output.note(f"{turn_id} was not sent: {error}")
        return error.exit_code
    print_reply(reply, as_json=as_json)
    return EXIT_CODE[reply.status]


async def last_failed(host: Host, session: Session | None) -> str:
    """Return the id of the turn that a retry without one means: the newest of the session that failed.

    Raises ``UsageError`` where there is none.
    """
    records = await host.failed_turns(1, session.id) if session else []
    if not records:
        raise UsageError("No turn of this session has failed; '/failed' shows those of all sessions.")
    return records[0].turn.id


def show(environ: Mapping[str, str], turn_id: str, *, as_json: bool) -> int:
    """Print everything about a turn."""

    async def show_it(host: Host) -> int:
        record = await host.turn(turn_id)
        name, files = host.name_of(record.bot), await host.attachments(record.turn.id)
        output.write(json_line(fields(record, name, files)) if as_json else facts(record, name, files))
        return 0

    return with_host(environ, show_it)


def failed_table(records: Sequence[TurnRecord], name_of: Callable[[str], str], *, rich: bool) -> str:
    """Return failed turns as a table; with ``rich`` boxed and coloured for a terminal."""
    return table(failed_rows(records, name_of), rich=rich)


def failed_rows(records: Sequence[TurnRecord], name_of: Callable[[str], str]) -> list[tuple[str, ...]]:
    """Return the cells of a table of failed turns, the headings first."""
    return [_HEADINGS, *(_row(record, name_of(record.bot)) for record in records)]


def fields(record: TurnRecord, bot: str, files: Sequence[Attachment] = ()) -> dict[str, object]:
    """Return a turn as programs see it: the names of a reply's JSON, and what else is known."""
    turn, timings = record.turn, record.timings
    return {
        "bot": bot,
        "session": turn.session,
        "turn": turn.id,
        "sent_at": timestamp(turn.sent_at),
        "message": turn.message,
        "text": turn.text,
        "status": str(turn.status or "open"),
        "error": turn.error,
        "first_error": record.first_error,
        "attempts": turn.attempts,
        "replays": record.replays,
        "sent_ms": timings.sent_ms,
        "first_ms": timings.first_ms,
        "latency_ms": turn.latency_ms,
        **({"attachments": attachment_fields(files)} if files else {}),
    }


def facts(record: TurnRecord, bot: str, files: Sequence[Attachment] = ()) -> str:
    """Return a turn as a person reads it: a line for each fact, then what was said."""
    turn, timings = record.turn, record.timings
    lines = {
        "Turn": turn.id,
        "Session": f"{turn.session} with {bot}",
        "Sent": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(turn.sent_at)),
        "Status": str(turn.status or "open"),
        "Reason": turn.error,
        "First try": record.first_error,
        "Files": ", ".join(file.name for file in files),
        "Tries": str(turn.attempts),
        "Replays": str(record.replays or ""),
        "To the bot": _after(timings.sent_ms),
        "First piece": _after(timings.first_ms),
        "Reply": _after(turn.latency_ms) if turn.status is not TurnStatus.FAILED else None,
        "Given up": _after(turn.latency_ms) if turn.status is TurnStatus.FAILED else None,
    }
    known = "".join(f"{name + ':':13}{one_line(clean(value))}\n" for name, value in lines.items() if value)
    said = f"\n{clean(turn.message)}\n"
    return f"{known}{said}\n{clean(turn.text)}\n" if turn.text else known + said


def _after(milliseconds: float | None) -> str | None:
    return None if milliseconds is None else f"after {milliseconds:,.1f} ms"


def _row(record: TurnRecord, bot: str) -> tuple[str, ...]:
    turn = record.turn
    sent = time.strftime("%Y-%m-%d %H:%M", time.localtime(turn.sent_at))
    message = shorten(one_line(clean(turn.message)), 40)
    return turn.id, bot, sent, str(turn.attempts), message, shorten(one_line(clean(turn.error or "")), 80)
