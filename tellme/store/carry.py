"""What a process would need to go on in a new file, when the one it works on turns out to be damaged.

The sessions that it has used and the turns that are still open; a conversation then loses its past, but not its course.
"""

from __future__ import annotations

from tellme.model import Session, Turn

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

MAX_SESSIONS = 1000
"""The sessions used last; a host that runs for months must not grow with each."""


class Carry:
    """Sessions and open turns of this process, as they were last written."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._sessions: dict[str, Session] = {}
        self._turns: dict[str, Turn] = {}

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._sessions

    def use(self, session: Session) -> Session:
        """Remember ``session`` as the one used last, and return it."""
        self._sessions.pop(session.id, None)
        self._sessions[session.id] = session
        for oldest in list(self._sessions)[:-MAX_SESSIONS]:
            self._sessions.pop(oldest, None)
        return session

    def drop(self, session_id: str) -> None:
        """The session has ended: it needs no place in a new file."""
        self._sessions.pop(session_id, None)

    def begin(self, turn: Turn) -> None:
        """Remember an open turn."""
        self._turns[turn.id] = turn

    def end(self, turn_id: str) -> None:
        """The turn has ended."""
        self._turns.pop(turn_id, None)

    def revive(self, connection: sqlite3.Connection, *, session_id: str = "", turn_id: str = "") -> bool:
        """Write a session, and its open turns, that are gone from the file; false if it is none of this process."""
        open_turn = self._turns.get(turn_id)
        session = self._sessions.get(open_turn.session if open_turn else session_id)
        if session is None:
            return False
        insert_sessions(connection, [session])
        insert_turns(connection, [turn for turn in self._turns.values() if turn.session == session.id], self._owner)
        return True

    def restore(self, connection: sqlite3.Connection) -> None:
        """Write into a new file whatever of this it does not hold."""
        turns = list(self._turns.values())
        insert_sessions(connection, list(self._sessions.values()))
        insert_turns(connection, [turn for turn in turns if turn.session in self._sessions], self._owner)


class LaterCarry(Carry):
    """For the length of a transaction: what is used, begun and ended in it counts once that is committed."""

    def __init__(self, carry: Carry) -> None:
        super().__init__(carry._owner)
        self._sessions, self._turns = carry._sessions, carry._turns
        self._carry = carry
        self._changes: list[Callable[[], object]] = []

    def use(self, session: Session) -> Session:
        self._changes.append(lambda: self._carry.use(session))
        return session

    def drop(self, session_id: str) -> None:
        self._changes.append(lambda: self._carry.drop(session_id))

    def begin(self, turn: Turn) -> None:
        self._changes.append(lambda: self._carry.begin(turn))

    def end(self, turn_id: str) -> None:
        self._changes.append(lambda: self._carry.end(turn_id))

    def settle(self) -> None:
        """The transaction is committed."""
        for change in self._changes:
            change()


def insert_sessions(connection: sqlite3.Connection, sessions: list[Session]) -> None:
    """Insert the sessions that are not there yet."""
    connection.executemany(
        "INSERT OR IGNORE INTO session (id, bot, started_at, ended_at, used_at, title, agent_session)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [session[:7] for session in sessions],
    )


def insert_turns(connection: sqlite3.Connection, turns: list[Turn], owner: str) -> None:
    """Insert the open turns that are not there yet."""
    connection.executemany(
        "INSERT OR IGNORE INTO turn (id, session, message, sent_at, owner) VALUES (?, ?, ?, ?, ?)",
        [(*turn[:4], owner) for turn in turns],
    )
