"""The commands about sessions."""

from __future__ import annotations

import os
from functools import partial
from typing import Annotated

import typer

from tellme.cli.parameters import AsJson, BotName, Call, Last, Plain, SessionId, SomeSessionId
from tellme.cli.way_in import WayIn, enter

commands = typer.Typer()


@commands.command("start_session", epilog="Example:  tellme start_session Math")
def start_session(context: typer.Context, bot: BotName, plain: Plain = False) -> Call:
    """Open the shell in a new session with a bot."""
    return partial(enter, WayIn(start=bot, plain=plain or context.obj), os.environ)


@commands.command()
def resume(context: typer.Context, session: SomeSessionId = None, plain: Plain = False) -> Call:
    """Go on with a past session.

    Opens the shell in the session ID or, without ID, in the one used last.
    """
    return partial(enter, WayIn(resume=session or "", plain=plain or context.obj), os.environ)


@commands.command("end_session")
def end_session(session: SomeSessionId = None) -> Call:
    """End a session.

    Without ID, the newest open one.
    """
    from tellme.surfaces.commands import end_session as carry_out

    return partial(carry_out, os.environ, session)


@commands.command(epilog="Example:  tellme sessions --search budget")
def sessions(
    search: Annotated[
        str | None, typer.Option("--search", metavar="TEXT", help="Only those in which TEXT was said.")
    ] = None,
    last: Last = None,
    json: AsJson = False,
) -> Call:
    """Show the sessions, newest first."""
    from tellme.surfaces.commands import list_sessions

    return partial(list_sessions, os.environ, search, as_json=json, limit=last)


@commands.command(epilog="Example:  tellme export 7kq2 > talk.md")
def export(
    session: SessionId,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of Markdown.")] = False,
) -> Call:
    """Write a session as Markdown or JSON."""
    from tellme.surfaces.commands import export as carry_out

    return partial(carry_out, os.environ, session, as_json=json)


@commands.command("import", epilog="Example:  tellme import talk.md")
def import_session(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A session that was exported; - is standard input.")],
) -> Call:
    """Take in a session that was exported.

    From Markdown or JSON; the same one again is not doubled.
    """
    from tellme.surfaces.commands import import_session as carry_out

    return partial(carry_out, os.environ, file)
