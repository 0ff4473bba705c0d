"""The sessions of one client, in the terms of the protocol: ``session/new``, ``load``, ``resume`` and ``list``.

A session that was begun without a bot has none until its first message; until then it is in no store, and its id is one
that this client alone knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, TypeAlias
from uuid import uuid4

from tellme.errors import SessionNotFound
from tellme.host.host import Host
from tellme.model import BotCommand, Session
from tellme.surfaces.serve.client import Client
from tellme.wire import acp, acp_agent
from tellme.wire.fields import AcpError, Json

MAX_KNOWN = 4096
"""How many sessions of a client are known by heart; the rest are looked up."""
PAGE = 100
"""How many sessions ``session/list`` tells at once."""
UNROUTED = "new-"
"""How the id of a session begins that has no bot yet."""


class Then(NamedTuple):
    """A result, and what to do when it has been sent."""

    result: Json
    then: Callable[[], None]


Result: TypeAlias = "Json | Then"


class Sessions:
    """See the module."""

    def __init__(self, host: Host, client: Client) -> None:
        self._host = host
        self._client = client
        self._known: dict[str, Session | None] = {}
        """By the id that the client uses; ``None`` for those without a bot yet."""
        self._offered: dict[str, Sequence[BotCommand]] = {}
        """The commands that the client was told of, by the ids of sessions that are known."""

    async def find(self, session_id: str) -> Session | None:
        """Return a session by its whole id; ``None`` for one without a bot yet. Raises ``SessionNotFound``."""
        try:
            return self._known[session_id]
        except KeyError:
            pass
        try:
            session = await self._host.session(session_id)
        except SessionNotFound:
            raise not_found(session_id) from None
        if session.id != session_id:
            raise not_found(session_id)
        return self.keep(session_id, session)

    def keep(self, session_id: str, session: Session | None) -> Session | None:
        """Know a session by the id that the client uses for it."""
        while len(self._known) >= MAX_KNOWN:
            self.forget(next(iter(self._known)))
        self._known[session_id] = session
        return session

    def ids_of(self, session: str) -> list[str]:
        """Return the ids by which the client knows one of the host's sessions."""
        return [known for known, each in self._known.items() if each is not None and each.id == session]

    def forget(self, session_id: str) -> None:
        """Know a session no longer."""
        self._known.pop(session_id, None)
        self._offered.pop(session_id, None)

    def tell_offered(self, session_id: str, session: Session) -> None:
        """Tell the client which commands the session's bot offers, if they are others than it was told last."""
        offered = self._host.offered(session)
        if offered != self._offered.get(session_id, ()):
            if session_id in self._known:
                self._offered[session_id] = offered
            commands = (acp.AgentCommand(*command) for command in offered)
            self._client.notify(acp.UPDATE, acp_agent.commands_update_params(session_id, commands))

    async def tell_spoken(self, session: str, text: str) -> None:
        """Tell the client what a bot said by itself in one of the host's sessions, if that is one of the client's."""
        for session_id in self.ids_of(session):
            await self._client.tell_text("agent_message_chunk", session_id, text, {})

    # Requests -----------------------------------------------------------------------------------------------------

    async def new(self, params: Json) -> Result:
        """``session/new``: with the bot that is named, with the only one, or with one that the first message finds."""
        acp_agent.read_new_session(params)
        bot = _bot(params)
        specs = self._host.specs()
        if not bot and len(specs) == 1:
            bot = specs[0].name
        if bot:
            session = await self._host.open_session(bot)
            self.keep(session.id, session)
            return acp_agent.new_session_result(session.id)
        return acp_agent.new_session_result(self.begin())

    def begin(self) -> str:
        """Return the id of a new session that has no bot yet; no other client's, nor one of an earlier run's."""
        session_id = f"{UNROUTED}{uuid4().hex[:12]}"
        self.keep(session_id, None)
        return session_id

    async def load(self, params: Json) -> Result:
        """``session/load``: the client is told all that was said."""
        session, session_id = await self._take_up(params), acp_agent.session_of(params)
        _, turns = await self._host.history(session.id)
        for turn in turns:
            await self._client.tell_text("user_message_chunk", session_id, turn.message, {})
            await self._client.tell_text("agent_message_chunk", session_id, turn.text, {})
        return {}

    async def resume(self, params: Json) -> Result:
        """``session/resume``: the client knows what was said."""
        await self._take_up(params)
        return {}

    async def page(self, params: Json) -> Json:
        """``session/list``: newest first. No session belongs to a folder here, so each fits the one asked for."""
        begin = _cursor(params)
        found = await self._found(begin + PAGE + 1)
        cwd = params.get("cwd")
        rows = [self._row(each, cwd if isinstance(cwd, str) else "/") for each in found[begin : begin + PAGE]]
        return {"sessions": rows} | ({"nextCursor": str(begin + PAGE)} if len(found) > begin + PAGE else {})

    async def _found(self, limit: int) -> Sequence[Session]:
        """Return the newest sessions that the client may know of, as many at least where there are so many."""
        return await self._host.sessions(limit=limit)

    async def _take_up(self, params: Json) -> Session:
        session_id = acp_agent.session_of(params)
        session = await self.find(session_id)
        if session is None:
            raise not_found(session_id)
        resumed = await self._host.resume_session(session.id)
        self.keep(session_id, resumed)
        return resumed

    def _row(self, session: Session, cwd: str) -> Json:
        return {
            "sessionId": session.id,
            "cwd": cwd,
            "title": session.title or None,
            "updatedAt": datetime.fromtimestamp(session.used_at or session.started_at, UTC).isoformat(),
            "_meta": {"tellme": {"bot": self._host.name_of(session.bot)}},
        }


def not_found(session_id: str) -> SessionNotFound:
    """Build the error for an id that is none of a session the client may know."""
    return SessionNotFound(f"There is no session {session_id[:80]!r}; session/new begins one.")


def _bot(params: Json) -> str:
    match params:
        case {"_meta": {"tellme": {"bot": bot}}}:
            if not isinstance(bot, str):
                raise AcpError("sent no string as bot")
            return bot
    return ""


def _cursor(params: Json) -> int:
    cursor = params.get("cursor")
    if cursor is None:
        return 0
    if not isinstance(cursor, str) or not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise AcpError("sent a cursor that it was not given")
    return int(cursor)
