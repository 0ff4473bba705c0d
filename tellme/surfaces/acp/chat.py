"""The shell's commands in a chat: each is answered with Markdown, and no bot hears of it."""

from __future__ import annotations

from tellme.errors import UsageError
from tellme.host.host import Control, Host, control
from tellme.shell import Command, Misused, Unknown
from tellme.surfaces import listing
from tellme.surfaces.acp.choosing import AUTO, ShellSessions
from tellme.surfaces.acp.offered import OFFERED

MAX_SESSIONS = 50
"""How many sessions a list in a chat has."""

_OFFERED = frozenset(usage.name for usage in OFFERED)


class Chat:
    """See the module."""

    def __init__(self, host: Host, sessions: ShellSessions) -> None:
        self._host = host
        self._sessions = sessions

    async def carry_out(self, session_id: str, line: Command | Unknown | Misused) -> str:
        """Do what a line asks for in one of the client's sessions, and return the answer. Raises ``TellmeError``."""
        match line:
            case Unknown(name, nearest):
                meant = " or ".join(f"/{each}" for each in nearest) or "/help"
                return f"There is no command /{name}. Do you mean {meant}?"
            case Misused(_, form):
                return f"That is typed {form}."
            case Command("start_session", name):
                return await self._start_session(session_id, name)
            case Command("end_session", which):
                return await self._end_session(session_id, which)
            case Command("new"):
                return await self._start_session(session_id, self._bot(session_id))
            case Command("resume", which):
                return await self._resume(session_id, which)
            case Command("restart" | "stop" | "start" as what, name):
                return await self._control(what, name or self._bot(session_id))
            case Command(name) if name not in _OFFERED:
                return f"/{name} is of no use here; /help shows what is."
        return await self._show(session_id, line)

    async def _show(self, session_id: str, command: Command) -> str:
        match command:
            case Command("list"):
                return _block(listing.bots_table(await self._host.bots(), rich=False))
            case Command("sessions", search):
                found = await self._host.sessions(search or None, MAX_SESSIONS)
                table = listing.sessions_table(found, self._host.name_of, rich=False)
                return _block(table) if found else listing.no_sessions(search or None)
            case Command("bot", name):
                spec = self._host.find(name or self._bot(session_id))
                status = next(each for each in await self._host.bots() if each.id == spec.id)
                return _block(listing.bot_facts(spec, status, self._host.log_path(spec.id)))
        return _help(self._host)

    async def _start_session(self, session_id: str, name: str) -> str:
        session = await self._host.open_session(name)
        self._sessions.take(session_id, session)
        return f"This is a session with {self._host.name_of(session.bot)} now ({session.id})."

    async def _end_session(self, session_id: str, which: str) -> str:
        current = await self._sessions.find(session_id)
        if not which and current is None:
            return "No session is open here; a message begins one with the bot that fits."
        ended = await self._host.end_session(which or (current.id if current else None))
        if current is not None and ended.id == current.id:
            self._sessions.choose(session_id, AUTO)
            self._sessions.keep(session_id, None)
            self._sessions.tell_choices(session_id)
        return f"Ended session {ended.id} with {self._host.name_of(ended.bot)}."

    async def _resume(self, session_id: str, which: str) -> str:
        session = await self._host.resume_session(which or None)
        self._sessions.take(session_id, session)
        return f"This is session {session.id} with {self._host.name_of(session.bot)} now."

    async def _control(self, what: Control, name: str) -> str:
        spec = await control(self._host, name, what)
        return f"{spec.name} was told to {what}."

    def _bot(self, session_id: str) -> str:
        """Return the bot of the session. Raises ``UsageError`` where it has none."""
        mode = self._sessions.mode(session_id)
        if mode == AUTO:
            raise UsageError("No bot is chosen here; name one: /list shows them.")
        return mode


def _block(text: str) -> str:
    """Return lines as Markdown that leaves them as they are, whatever they hold."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text.rstrip()}\n{fence}"


def _help(host: Host) -> str:
    commands = "\n".join(f"- `/{usage.name} {usage.argument}".rstrip() + f"`: {usage.help}" for usage in OFFERED)
    names = ", ".join(spec.name for spec in host.specs())
    return f"Anything else is a message for a bot: {names}.\n\n{commands}"
