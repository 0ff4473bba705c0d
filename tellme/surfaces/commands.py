"""The commands that print something and end: ``list``, ``sessions``, ``end_session``, ``export``, ``logs``.

Each returns its exit code and raises ``TellmeError``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from tellme.host.host import Host, open_host
from tellme.host.prepare import prepare
from tellme.model import Session
from tellme.surfaces import listing, output
from tellme.surfaces.problems import say_damage, say_problems
from tellme.surfaces.running import run
from tellme.text import clean

T = TypeVar("T")


def list_bots(environ: Mapping[str, str], *, as_json: bool) -> int:
    """Print the bots."""

    async def show(host: Host) -> int:
        bots = host.bots()
        output.write(listing.bots_json(bots) if as_json else listing.bots_table(bots, rich=output.is_drawable()))
        return 0

    return _with_host(environ, show)


def list_sessions(environ: Mapping[str, str], search: str | None, *, as_json: bool) -> int:
    """Print the sessions, newest first."""

    async def show(host: Host) -> int:
        found = await host.sessions(search)
        if as_json:
            output.write(listing.sessions_json(found, host.name_of))
        elif found:
            output.write(listing.sessions_table(found, host.name_of, rich=output.is_drawable()))
        else:
            output.note(listing.no_sessions(search))
        return 0

    return _with_host(environ, show)


def end_session(environ: Mapping[str, str], session_id: str | None) -> int:
    """End a session and say which."""

    async def end(host: Host) -> int:
        session = await host.end_session(session_id)
        output.block(f"Ended session {session.id} with {host.name_of(session.bot)}.")
        return 0

    return _with_host(environ, end)


def export(environ: Mapping[str, str], session_id: str, *, as_json: bool) -> int:
    """Print a session as Markdown or JSON."""
    from tellme.surfaces.export import to_json, to_markdown

    async def show(host: Host) -> int:
        session, turns = await host.history(session_id)
        output.block((to_json if as_json else to_markdown)(host.name_of(session.bot), session, turns))
        return 0

    return _with_host(environ, show)


def logs(environ: Mapping[str, str], name: str, last: int) -> int:
    """Print the end of a bot's log."""

    async def show(host: Host) -> int:
        lines = host.log_lines(name, last)
        if not lines:
            output.note(listing.no_log(host.find(name).name, host.log_path(name)))
        output.write("".join(f"{clean(line)}\n" for line in lines))
        return 0

    return _with_host(environ, show)


def recent_sessions(environ: Mapping[str, str], limit: int) -> list[Session]:
    """Return the newest sessions, for completion: says nothing, unless a damaged file was set aside."""
    found: list[Session] = []

    async def look(host: Host) -> int:
        found.extend(await host.sessions(limit=limit))
        return 0

    _with_host(environ, look, problems=False)
    return found


def _with_host(environ: Mapping[str, str], body: Callable[[Host], Awaitable[int]], *, problems: bool = True) -> int:
    prepared = prepare(environ)

    async def main() -> int:
        async with open_host(prepared) as host:
            if problems:
                say_problems(host)
            try:
                return await body(host)
            finally:
                say_damage(host)

    return run(main)
