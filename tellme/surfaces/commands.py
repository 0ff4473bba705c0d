"""The commands that print something and end: ``list``, ``sessions``, ``end_session``, ``export``, ``import``, ``logs``,
``start``, ``stop``, ``restart``, ``backup``, ``restore``.

Each returns its exit code and raises ``TellmeError``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from tellme.errors import UsageError
from tellme.host.host import Control, Host, control
from tellme.model import Session
from tellme.surfaces import listing, output, stdin
from tellme.surfaces.with_host import with_host
from tellme.text import clean, decode_message


def list_bots(environ: Mapping[str, str], *, as_json: bool) -> int:
    """Print the bots."""

    async def show(host: Host) -> int:
        bots = await host.bots()
        output.write(listing.bots_json(bots) if as_json else listing.bots_table(bots, rich=output.is_drawable()))
        return 0

    return with_host(environ, show)


def list_sessions(environ: Mapping[str, str], search: str | None, *, as_json: bool, limit: int | None = None) -> int:
    """Print the sessions, newest first: all, or so many."""

    async def show(host: Host) -> int:
        found = await host.sessions(search, limit)
        if as_json:
            output.write(listing.sessions_json(found, host.name_of))
        elif found:
            output.write(listing.sessions_table(found, host.name_of, rich=output.is_drawable()))
        else:
            output.note(listing.no_sessions(search))
        return 0

    return with_host(environ, show)


def end_session(environ: Mapping[str, str], session_id: str | None) -> int:
    """End a session and say which."""

    async def end(host: Host) -> int:
        session = await host.end_session(session_id)
        output.block(f"Ended session {session.id} with {host.name_of(session.bot)}.")
        return 0

    return with_host(environ, end)


def export(environ: Mapping[str, str], session_id: str, *, as_json: bool) -> int:
    """Print a session as Markdown or JSON."""
    from tellme.surfaces.export import to_json, to_markdown
    from tellme.surfaces.save import whole

    async def show(host: Host) -> int:
        output.block((to_json if as_json else to_markdown)(*await whole(host, session_id)))
        return 0

    return with_host(environ, show)


def logs(environ: Mapping[str, str], name: str, last: int) -> int:
    """Print the end of a bot's log."""

    async def show(host: Host) -> int:
        lines = host.log_lines(name, last)
        if not lines:
            output.note(listing.no_log(host.find(name).name, host.log_path(name)))
        output.write("".join(f"{clean(line)}\n" for line in lines))
        return 0

    return with_host(environ, show)


def recent_sessions(environ: Mapping[str, str], limit: int) -> list[Session]:
    """Return the newest sessions, for completion: says nothing, unless a damaged file was set aside."""
    found: list[Session] = []

    async def look(host: Host) -> int:
        found.extend(await host.sessions(limit=limit))
        return 0

    with_host(environ, look, problems=False)
    return found


def import_session(environ: Mapping[str, str], file: str) -> int:
    """Take in a session from a file, or from standard input for ``-``, and say which."""
    from tellme.surfaces.importing import read, read_file

    found = read(decode_message(stdin.read_all())) if file == "-" else read_file(file)

    async def keep(host: Host) -> int:
        session = await host.import_session(found.session, found.turns, found.files)
        count = f"{len(found.turns)} turn{'s' * (len(found.turns) != 1)}"
        output.block(f"Session {session.id} with {host.name_of(session.bot)} is here, with {count}.")
        return 0

    return with_host(environ, keep)


def control_bot(environ: Mapping[str, str], what: Control, name: str) -> int:
    """Have the bot of a running host start, stop or restart."""

    async def carry_out(host: Host) -> int:
        spec = host.find(name)
        if not host.outlives_us:
            raise UsageError(f"No 'tellme serve' is running, so there is no process of {spec.name} to {what}.")
        await control(host, spec.id, what)
        output.note(f"{spec.name} was told to {what}.")
        return 0

    return with_host(environ, carry_out)


def backup(environ: Mapping[str, str], file: str) -> int:
    """Write all that is kept to a file; an earlier backup is replaced."""
    path = os.path.abspath(file)

    async def write(host: Host) -> int:
        output.note(f"All sessions are written to {await host.backup(path)}.")
        return 0

    return with_host(environ, write)


def restore(environ: Mapping[str, str], file: str) -> int:
    """Take all that is kept from a file."""
    path = os.path.abspath(file)

    async def read_back(host: Host) -> int:
        before = await host.restore(path)
        output.note(f"All sessions are those of {path} now; what was there before is in {before}.")
        return 0

    return with_host(environ, read_back)
