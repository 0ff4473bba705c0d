"""Our session ⇄ the bot's own: begun, or taken up again in a new process of the bot and in one that has forgotten it.

In order of preference: ``session/resume``, ``session/load`` (its replay is not shown), a new session that is given
the history (in ``_meta`` to a bot that reads it, as text before the next message to any other). The person is told
which. What the bot calls the session is kept; a title of the person's goes before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from tellme.errors import SessionNotFound
from tellme.host.archive import Archive
from tellme.model import Session
from tellme.store.database import Store
from tellme.supervisor.link import Link, Refused
from tellme.wire.acp import Exchange

HISTORY_TURNS = 200
"""How many of the last turns a bot is given."""

_TOLD = "The bot was given the conversation so far."
_NOT_TOLD = "The bot was started anew and knows nothing of the conversation so far."


async def attach(link: Link, session: Session, archive: Archive, notice: Callable[[str], None]) -> str:
    """Make sure that the bot's process knows the session. Returns the bot's id for it."""
    known = link.sessions.use(session.id)
    if known is not None:
        return known
    stored = await archive.read(lambda store: store.session(session.id))
    kept = await _take_up(link, stored.agent_session, notice)
    untold: Sequence[Exchange] = ()
    if kept is None:
        past = await archive.read(lambda store: store.history(session.id, HISTORY_TURNS))
        history = [Exchange(each.message, each.text, str(each.status)) for each in past]
        told, untold = (history, ()) if link.abilities.history else ((), history)
        kept = await link.new_session(told, session.id)
        if history:
            notice(_TOLD if link.abilities.told else _NOT_TOLD)
    if link.abilities.resume or link.abilities.load:
        await archive.write(lambda store: store.set_agent_session(session.id, kept))
    if link.sessions.on_titled is None:
        link.sessions.on_titled = _Titles(archive).take
    link.sessions.add(session.id, kept, untold)
    return kept


def with_history(link: Link, session: Session, message: str) -> str:
    """Return what to send: the message, and before it what the bot's process was not told yet."""
    history = link.sessions.take_untold(session.id)
    return _as_text(history, message) if history else message


async def _take_up(link: Link, agent_session: str | None, notice: Callable[[str], None]) -> str | None:
    if agent_session is None:
        return None
    try:
        if link.abilities.resume:
            await link.resume_session(agent_session)
            notice("The bot resumed the conversation where it was.")
        elif link.abilities.load:
            await link.load_session(agent_session)
            notice("The bot loaded the conversation from its own records.")
        else:
            return None
    except Refused:
        return None
    return agent_session


def _as_text(history: Sequence[Exchange], message: str) -> str:
    told = "\n".join(f"Person: {past.message}\nYou: {past.text}" for past in history)
    return f"This is the conversation so far:\n{told}\n\nIt goes on with this message:\n{message}"


class _Titles:
    """What one process of a bot calls its conversations, on the way to the store.

    It is gathered: an agent that never stops to rename them costs little.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._new: dict[str, str] = {}
        """By session."""

    def take(self, session: str, title: str) -> None:
        """Keep the title of a session soon."""
        if not self._new:
            self._archive.owe(self._keep)
        self._new[session] = title

    def _keep(self, store: Store) -> None:
        while self._new:
            session, title = next(iter(self._new.items()))
            with suppress(SessionNotFound):  # it was deleted meanwhile
                store.set_agent_title(session, title)
            del self._new[session]
