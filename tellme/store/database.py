"""Sessions and turns: every statement that reads or writes them. Synchronous; no call waits for another process.

A message is on disk when ``begin_turn`` returns, a reply when ``end_turn`` does. A commit takes microseconds because it
does not wait for the disk: a killed process loses nothing, a power cut at most the last moments (see ``file``).

For an event loop: call a method inline; where it raises ``Busy``, run the same through ``patiently`` in a thread; where
``checkpoint_due`` is true after a write, run ``checkpoint`` in a thread, one at a time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tellme.errors import SessionNotFound, StoreError
from tellme.model import Session, Turn, TurnStatus
from tellme.store import ids, owner, schema
from tellme.store.carry import Carry
from tellme.store.file import PATIENCE_S, Busy, Database, DatabaseFile, MemoryDatabase
from tellme.store.texts import one_line, storable, title_of

__all__ = ["HISTORY_BYTES", "INTERRUPTED", "Busy", "Store"]

T = TypeVar("T")

INTERRUPTED = "interrupted: tellme ended before the reply"
HISTORY_BYTES = 256 * 1024
MESSAGES_BYTES = 4 * 1024 * 1024
MAX_TITLE = 200

_LIST = "'tellme sessions' lists all of them."
_SESSION = """
    SELECT id, bot, started_at, ended_at, used_at, title, agent_session,
        (SELECT count(*) FROM turn WHERE session = session.id),
        (SELECT substr(message, 1, 1000) FROM turn WHERE session = session.id ORDER BY seq LIMIT 1)
    FROM session
"""
_TURN = "SELECT id, session, message, sent_at, text, status, error, attempts, latency_ms FROM turn"
_SAID = "(instr(folded(CAST(message AS BLOB)), :text) OR instr(folded(CAST(text AS BLOB)), :text))"
_SEARCH = f"""
    WHERE instr(folded(CAST(title AS BLOB)), :text) OR EXISTS (
        SELECT 1 FROM turn WHERE session = session.id AND {_SAID})
"""


class Store:
    """The open store. Each method raises ``StoreError`` when the file can't be used, ``Busy`` when it would wait."""

    def __init__(self, database: Database, carry: Carry, me: str) -> None:
        self._database = database
        self._carry = carry
        self._me = me

    @classmethod
    def open(cls, path: str | None) -> Store:
        """Open or create the file; ``None`` keeps everything in memory. Can wait for other processes."""
        me = owner.current()
        carry = Carry(me)
        return cls(DatabaseFile(path, carry.restore) if path else MemoryDatabase(), carry, me)

    @property
    def set_aside(self) -> str | None:
        """The damaged file that was last set aside here, when opening or at any time since."""
        return self._database.set_aside

    def patiently(self, operation: Callable[[Store], T]) -> T:
        """Run ``operation`` on a connection of its own that waits up to five seconds. For a worker thread."""
        if isinstance(self._database, MemoryDatabase):
            return operation(self)
        mine = self._database
        database = DatabaseFile(mine.path, self._carry.restore, wait_s=PATIENCE_S, home=mine.home)
        try:
            return operation(Store(database, self._carry, self._me))
        finally:
            database.close()
            mine.set_aside = database.set_aside or mine.set_aside

    @property
    def checkpoint_due(self) -> bool:
        """Should ``checkpoint`` run, in a thread?"""
        return self._database.checkpoint_due

    def checkpoint(self) -> None:
        """Move the write-ahead log into the database. Waits for the disk; other threads can use the store meanwhile."""
        self._database.checkpoint()

    def check(self) -> str | None:
        """Write to the file and read all of it; return what is wrong with it, if anything."""
        self._database.write(schema.touch)
        statement = "PRAGMA integrity_check(1)"
        found = self._database.read(lambda connection: str(connection.execute(statement).fetchone()[0]))
        return None if found == "ok" else f"{self._database.path}: {one_line(found)}"

    def close(self) -> None:
        """Close the file. Waits for the disk if no other process has it open."""
        self._database.close()

    def new_session(self, bot_id: str) -> Session:
        """Open a session with a bot."""
        session = _new_session(bot_id)
        self._database.write(lambda connection: _insert_session(connection, session))
        return self._carry.use(session)

    def session(self, typed: str) -> Session:
        """Find a session by its id or the beginning of it; raises ``SessionNotFound``."""
        prefix = _session_prefix(typed)
        found = self._sessions("WHERE id >= :from AND id < :to LIMIT 4", {"from": prefix, "to": f"{prefix}~"})
        if len(found) > 1:
            raise SessionNotFound(_ambiguous(typed, [session.id for session in found]))
        if not found:
            raise SessionNotFound(f"There is no session {typed!r}. {_LIST}")
        return self._carry.use(found[0])

    def newest_open_session(self) -> Session | None:
        """Return the session that was started last of those that have not ended."""
        return self._first("WHERE ended_at IS NULL ORDER BY seq DESC LIMIT 1", {})

    def last_used_session(self, other_than: str | None = None) -> Session | None:
        """Return the session with the newest message, ended or not, that is not ``other_than``."""
        # The one row is found first: what is counted and cut for a row would else be so for every session.
        last = "(SELECT seq FROM session WHERE id IS NOT :other ORDER BY used_at DESC, seq DESC LIMIT 1)"
        return self._first(f"WHERE seq = {last}", {"other": other_than})

    def sessions(self, search: str | None = None, limit: int | None = None) -> list[Session]:
        """List the sessions, newest first: all, or those with ``search``, in any case, in the title or a turn."""
        where = _SEARCH if search else ""
        values: dict[str, str | int | None] = {"text": _folded(search or ""), "limit": -1 if limit is None else limit}
        return self._sessions(f"{where} ORDER BY seq DESC LIMIT :limit", values)

    def end_session(self, typed: str) -> Session:
        """End a session; one that has ended keeps its end."""
        session = self.session(typed)
        self._update_session(session.id, "ended_at = coalesce(ended_at, ?)", time.time())
        ended = self.session(session.id)
        self._carry.drop(session.id)
        return ended

    def resume_session(self, typed: str) -> Session:
        """Open a session again, ended or not; it is then the one used last."""
        session = self.session(typed)
        self._update_session(session.id, "ended_at = NULL, used_at = ?", time.time())
        return self.session(session.id)

    def set_title(self, session_id: str, title: str) -> None:
        """Give a session a title, cut to ``MAX_TITLE``; an empty one brings back that of its first message."""
        self._update_session(session_id, "title = ?", one_line(storable(title))[:MAX_TITLE])

    def set_agent_session(self, session_id: str, agent_session: str | None) -> None:
        """Keep the id that the bot itself gave to the conversation."""
        value = None if agent_session is None else storable(agent_session)
        self._update_session(session_id, "agent_session = ?", value)

    def begin_turn(self, session_id: str, message: str, turn_id: str | None = None) -> Turn:
        """Keep a message; a session that had ended is open again. Raises ``SessionNotFound``."""
        turn = _new_turn(session_id, message, turn_id)
        if session_id not in self._carry:
            self.session(session_id)
        self._database.write(lambda connection: self._insert_turn(connection, turn))
        self._carry.begin(turn)
        return turn

    def open_and_begin(self, bot_id: str, message: str, turn_id: str | None = None) -> tuple[Session, Turn]:
        """Open a session and keep its first message, in one transaction."""
        session = _new_session(bot_id)
        turn = _new_turn(session.id, message, turn_id)

        def both(connection: sqlite3.Connection) -> None:
            _insert_session(connection, session)
            self._insert_turn(connection, turn)

        self._database.write(both)
        self._carry.begin(turn)
        return self._carry.use(session._replace(used_at=turn.sent_at, turns=1)), turn

    def end_turn(
        self,
        turn_id: str,
        status: TurnStatus,
        text: str,
        error: str | None = None,
        attempts: int = 1,
        latency_ms: float | None = None,
    ) -> None:
        """Keep how a turn ended. What was recovered as interrupted meanwhile takes the real end."""
        reason = None if error is None else storable(error)
        values = (status.value, storable(text), reason, attempts, latency_ms, turn_id)
        statement = "UPDATE turn SET status = ?, text = ?, error = ?, attempts = ?, latency_ms = ? WHERE id = ?"
        if not self._database.write(lambda connection: connection.execute(statement, values).rowcount):
            raise StoreError(f"{self._database.path}: there is no turn {turn_id!r} to end.")
        self._carry.end(turn_id)

    def turns(
        self, session_id: str, limit: int | None = None, before: str | None = None, after: str | None = None
    ) -> list[Turn]:
        """List a session's turns, oldest first: those before the turn ``before`` and after the turn ``after``.

        Of more than ``limit``, the first ones where ``after`` is given, else the last ones.
        """
        bounds = {"<": before, ">": after}
        where = [f"AND seq {sign} (SELECT seq FROM turn WHERE id = ?)" for sign, id_ in bounds.items() if id_]
        order = f"ORDER BY seq {'ASC' if after else 'DESC'} LIMIT ?"
        statement = " ".join([_TURN, "WHERE session = ?", *where, order])
        values = (session_id, *filter(None, bounds.values()), -1 if limit is None else limit)
        found = self._database.read(lambda connection: connection.execute(statement, values).fetchall())
        return [_turn(row) for row in (found if after else reversed(found))]

    def find_turns(self, session_id: str, text: str) -> list[str]:
        """List the ids of the turns whose message or reply holds ``text``, in any case, oldest first."""
        statement = f"SELECT id FROM turn WHERE session = :session AND {_SAID} ORDER BY seq"
        values = {"session": session_id, "text": _folded(text)}
        return [
            id_ for (id_,) in self._database.read(lambda connection: connection.execute(statement, values).fetchall())
        ]

    def messages(self, search: str | None = None, limit: int = 500, max_bytes: int = MESSAGES_BYTES) -> list[str]:
        """List the messages of all sessions, newest first, each once, up to ``limit`` and ``max_bytes``.

        With ``search`` those that hold it, in any case.
        """
        where = "WHERE instr(folded(CAST(message AS BLOB)), ?)" if search else ""
        values = (_folded(search),) if search else ()

        def newest_that_fit(connection: sqlite3.Connection) -> list[str]:
            kept: dict[str, None] = {}
            room = max_bytes
            for (message,) in connection.execute(f"SELECT message FROM turn {where} ORDER BY seq DESC", values):
                room -= 0 if message in kept else len(message.encode())
                if room < 0 or len(kept) == limit:
                    break
                kept[message] = None
            return list(kept)

        return self._database.read(newest_that_fit)

    def history(self, session_id: str, limit: int, max_bytes: int = HISTORY_BYTES) -> list[Turn]:
        """List the last turns that were answered or declined, oldest first, up to ``limit`` and ``max_bytes``."""
        where = "WHERE session = ? AND status IN ('answered', 'declined') ORDER BY seq DESC LIMIT ?"

        def newest_that_fit(connection: sqlite3.Connection) -> list[Turn]:
            kept, room = [], max_bytes
            for row in connection.execute(f"{_TURN} {where}", (session_id, limit)):
                turn = _turn(row)
                room -= len(turn.message.encode()) + len(turn.text.encode())
                if room < 0:
                    break
                kept.append(turn)
            return kept[::-1]

        return self._database.read(newest_that_fit)

    def recover(self) -> int:
        """End the open turns of processes that are gone as failed, and return how many there were."""
        statement = "SELECT DISTINCT owner FROM turn WHERE status IS NULL"
        owners = self._database.read(lambda connection: connection.execute(statement).fetchall())
        gone = [name for (name,) in owners if not owner.is_alive(name)]
        return self._database.write(lambda connection: _interrupt(connection, gone)) if gone else 0

    def _insert_turn(self, connection: sqlite3.Connection, turn: Turn) -> None:
        used = "UPDATE session SET used_at = ?, ended_at = NULL WHERE id = ?"
        if not connection.execute(used, (turn.sent_at, turn.session)).rowcount:
            raise SessionNotFound(f"There is no session {turn.session!r}. {_LIST}")
        connection.execute(
            "INSERT INTO turn (id, session, message, sent_at, owner) VALUES (?, ?, ?, ?, ?)", (*turn[:4], self._me)
        )

    def _update_session(self, session_id: str, change: str, value: str | float | None) -> None:
        statement = f"UPDATE session SET {change} WHERE id = ?"
        if not self._database.write(lambda connection: connection.execute(statement, (value, session_id)).rowcount):
            raise SessionNotFound(f"There is no session {session_id!r}. {_LIST}")
        if session_id in self._carry:
            self.session(session_id)

    def _first(self, which: str, values: Mapping[str, str | None]) -> Session | None:
        found = self._sessions(which, values)
        return self._carry.use(found[0]) if found else None

    def _sessions(self, which: str, values: Mapping[str, str | int | None]) -> list[Session]:
        def select(connection: sqlite3.Connection) -> list[Session]:
            return [_session(row) for row in connection.execute(_SESSION + which, values)]

        return self._database.read(select)


def _new_session(bot_id: str) -> Session:
    now = time.time()
    return Session(ids.new_session_id(), bot_id, started_at=now, used_at=now)


def _new_turn(session_id: str, message: str, turn_id: str | None) -> Turn:
    return Turn(turn_id or ids.new_turn_id(), session_id, storable(message), time.time())


def _insert_session(connection: sqlite3.Connection, session: Session) -> None:
    statement = "INSERT INTO session (id, bot, started_at, used_at) VALUES (?, ?, ?, ?)"
    connection.execute(statement, (session.id, session.bot, session.started_at, session.used_at))


def _interrupt(connection: sqlite3.Connection, owners: list[str]) -> int:
    statement = "UPDATE turn SET status = 'failed', error = ? WHERE status IS NULL AND owner = ?"
    return sum(connection.execute(statement, (INTERRUPTED, name)).rowcount for name in owners)


def _session(row: tuple[Any, ...]) -> Session:
    id_, bot, started_at, ended_at, used_at, title, agent_session, turns, first_message = row
    title = title or title_of(first_message or "")
    return Session(id_, bot, started_at, ended_at, used_at, title, agent_session, turns)


def _turn(row: tuple[Any, ...]) -> Turn:
    id_, session, message, sent_at, text, status, error, attempts, latency_ms = row
    known = None if status is None else TurnStatus(status)
    return Turn(id_, session, message, sent_at, text, known, error, attempts, latency_ms)


def _folded(text: str) -> str:
    return storable(text).casefold()


def _session_prefix(typed: str) -> str:
    prefix = ids.normalise(typed)
    if prefix is None:
        raise SessionNotFound(f"There is no session {typed!r}: ids are {ids.LENGTH} letters and digits. {_LIST}")
    if ids.is_turn(prefix):
        raise SessionNotFound(
            f"There is no session {typed!r}: a session's id begins with a letter, a turn's with a digit. {_LIST}"
        )
    return prefix


def _ambiguous(typed: str, found: list[str]) -> str:
    names = ", ".join(found[:3]) + (", …" if len(found) > 3 else "")
    return f"More than one session begins with {typed!r}: {names}. Type more of it; {_LIST}"
