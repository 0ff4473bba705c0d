"""The store: all that the layers above call. Synchronous; no call waits for another process.

What happens at every turn stands here; what is asked for now and then is in the modules that its methods import, and
what is done to the file as a whole in ``upkeep``.

A message is on disk when ``begin_turn`` returns, a reply when ``end_turn`` does. A commit takes microseconds because it
does not wait for the disk: a killed process loses nothing, a power cut at most the last moments (see ``file``).

For an event loop: call a method inline; where it raises ``Busy``, run the same through ``patiently`` in a thread; where
``checkpoint_due`` is true after a write, run ``checkpoint`` in a thread, one at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from tellme.errors import StoreError
from tellme.model import Attachment, BotStats, Exit, Session, Timings, Turn, TurnRecord, TurnStatus
from tellme.store import ids, owner
from tellme.store.carry import Carry, LaterCarry
from tellme.store.file import PATIENCE_S, Busy, DatabaseFile, MemoryDatabase, Transaction
from tellme.store.named import ambiguous, no_session, session_prefix
from tellme.store.owner import INTERRUPTED
from tellme.store.rows import TURN, Values, select_records, select_sessions, to_turn
from tellme.store.texts import MAX_TITLE, one_line, storable
from tellme.store.upkeep import Upkeep

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    import sqlite3
    from typing import TypeVar

    T = TypeVar("T")

__all__ = ["HISTORY_BYTES", "INTERRUPTED", "Busy", "Store"]


HISTORY_BYTES = 256 * 1024
MESSAGES_BYTES = 4 * 1024 * 1024

_NO_TIMINGS = Timings()
_END = """
    UPDATE turn SET status = ?, text = ?, error = ?, attempts = ?, latency_ms = ?, sent_ms = ?, first_ms = ?,
        first_error = ? WHERE id = ?
"""


class Store(Upkeep):
    """The open store. Each method raises ``StoreError`` when the file can't be used, ``Busy`` when it would wait."""

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
        if not isinstance(self._database, DatabaseFile):
            return operation(self)
        mine = self._database
        database = DatabaseFile(mine.path, self._carry.restore, wait_s=PATIENCE_S, home=mine.home)
        try:
            return operation(Store(database, self._carry, self._me))
        finally:
            database.close()
            mine.set_aside = database.set_aside or mine.set_aside

    def together(self, operations: Sequence[Callable[[Store], T]]) -> list[T]:
        """Carry out operations of many turns in one transaction; returns their results.

        It is all or nothing: what one of them raises is raised here, and none has been carried out.
        """

        def all_of_them(connection: sqlite3.Connection) -> tuple[LaterCarry, list[T]]:
            later = LaterCarry(self._carry)
            store = Store(Transaction(self._database.path, connection), later, self._me)
            return later, [operation(store) for operation in operations]

        later, results = self._database.write(all_of_them)
        later.settle()
        return results

    @property
    def checkpoint_due(self) -> bool:
        """Should ``checkpoint`` run, in a thread?"""
        return self._database.checkpoint_due

    def checkpoint(self) -> None:
        """Move the write-ahead log into the database. Waits for the disk; other threads can use the store meanwhile."""
        self._database.checkpoint()

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
        prefix = session_prefix(typed)
        found = self._sessions("WHERE id >= :from AND id < :to LIMIT 4", {"from": prefix, "to": f"{prefix}~"})
        if len(found) > 1:
            raise ambiguous(typed, [session.id for session in found])
        if not found:
            raise no_session(typed)
        return self._carry.use(found[0])

    def newest_open_session(self) -> Session | None:
        """Return the session that was started last of those that have not ended."""
        return self._first("WHERE ended_at IS NULL ORDER BY seq DESC LIMIT 1", {})

    def last_used_session(self, other_than: str | None = None) -> Session | None:
        """Return the session with the newest message, ended or not, that is not ``other_than``."""
        # The one row is found first: what is counted and cut for a row would else be so for every session.
        last = "(SELECT seq FROM session WHERE id IS NOT :other ORDER BY used_at DESC, seq DESC LIMIT 1)"
        return self._first(f"WHERE seq = {last}", {"other": other_than})

    def sessions(self, search: str | None = None, limit: int | None = None, bot_id: str | None = None) -> list[Session]:
        """List the sessions, newest first: all, or those with ``search``, in any case, in the title or a turn; of all
        bots, or of one.
        """
        if not search:
            values = {"limit": _no_more_than(limit), "bot": bot_id}
            return self._sessions("WHERE bot = coalesce(:bot, bot) ORDER BY seq DESC LIMIT :limit", values)
        from tellme.store import search as searching

        path = self._database.path
        return self._database.read(
            lambda connection: searching.sessions(connection, path, search, _no_more_than(limit), bot_id)
        )

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
        """Give a session a title, cut to ``MAX_TITLE``; an empty one brings back the bot's or the first message's."""
        self._update_session(session_id, "title = ?", one_line(storable(title))[:MAX_TITLE])

    def set_agent_title(self, session_id: str, title: str) -> None:
        """Keep what the bot itself calls a session: its title where the person gave none."""
        self._update_session(session_id, "agent_title = ?", one_line(storable(title))[:MAX_TITLE])

    def set_agent_session(self, session_id: str, agent_session: str | None) -> None:
        """Keep the id that the bot itself gave to the conversation."""
        value = None if agent_session is None else storable(agent_session)
        self._update_session(session_id, "agent_session = ?", value)

    def begin_turn(
        self, session_id: str, message: str, turn_id: str | None = None, attachments: Sequence[Attachment] = ()
    ) -> Turn:
        """Keep a message; a session that had ended is open again. Raises ``SessionNotFound``."""
        turn = _new_turn(session_id, message, turn_id)
        if session_id not in self._carry:
            self.session(session_id)
        self._database.write(lambda connection: self._insert_turn(connection, turn, attachments))
        self._carry.begin(turn)
        return turn

    def open_and_begin(
        self, bot_id: str, message: str, turn_id: str | None = None, attachments: Sequence[Attachment] = ()
    ) -> tuple[Session, Turn]:
        """Open a session and keep its first message, in one transaction."""
        session = _new_session(bot_id)
        turn = _new_turn(session.id, message, turn_id)

        def both(connection: sqlite3.Connection) -> None:
            _insert_session(connection, session)
            self._insert_turn(connection, turn, attachments)

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
        timings: Timings = _NO_TIMINGS,
        first_error: str | None = None,
    ) -> None:
        """Keep how a turn ended. What was recovered as interrupted meanwhile takes the real end."""
        reason = None if error is None else storable(error)
        first = None if first_error is None else storable(first_error)
        values = (status.value, storable(text), reason, attempts, latency_ms, *timings, first, turn_id)

        def revive_and_end(connection: sqlite3.Connection) -> int:
            revived = self._carry.revive(connection, turn_id=turn_id)
            return connection.execute(_END, values).rowcount if revived else 0

        if not (self._database.change(_END, values) or self._database.write(revive_and_end)):
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
        statement = " ".join([TURN, "WHERE session = ?", *where, order])
        values = (session_id, *filter(None, bounds.values()), _no_more_than(limit))
        found = self._database.read(lambda connection: connection.execute(statement, values).fetchall())
        return [to_turn(row) for row in (found if after else reversed(found))]

    def find_turns(self, session_id: str, text: str) -> list[str]:
        """List the ids of the turns whose message or reply holds ``text``, in any case, oldest first."""
        from tellme.store import search

        path = self._database.path
        return self._database.read(lambda connection: search.turns(connection, path, session_id, text))

    def messages(self, search: str | None = None, limit: int = 500, max_bytes: int = MESSAGES_BYTES) -> list[str]:
        """List the messages of all sessions, newest first, each once, up to ``limit`` and ``max_bytes``.

        With ``search`` those that hold it, in any case.
        """
        from tellme.store import search as searching

        path = self._database.path
        return self._database.read(lambda connection: searching.messages(connection, path, search, limit, max_bytes))

    def failed_turns(self, limit: int | None = None, session: str | None = None) -> list[TurnRecord]:
        """List the turns that failed, of all sessions or of one, newest first.

        One that was sent again and then answered is none of them.
        """
        # By the index of what failed, also for one session: few turns do.
        of_session = "" if session is None else "AND +session = :session"
        which = f"WHERE status = 'failed' {of_session} ORDER BY seq DESC LIMIT :limit"
        return self._records(which, {"limit": _no_more_than(limit), "session": session})

    def turn(self, typed: str) -> TurnRecord:
        """Find a turn by its id or the beginning of it; raises ``TurnNotFound``."""
        from tellme.store.named import ambiguous_turn, no_turn, turn_prefix

        prefix = turn_prefix(typed)
        found = self._records("WHERE id >= :from AND id < :to LIMIT 4", {"from": prefix, "to": f"{prefix}~"})
        if len(found) > 1:
            raise ambiguous_turn(typed, [record.turn.id for record in found])
        if not found:
            raise no_turn(typed)
        return found[0]

    def begin_replay(self, typed: str) -> Turn:
        """Open a failed turn again, under the same id; its session is open again too.

        What was known of its end stays until it has another: if this process dies, it has failed as before.
        Raises ``TurnNotFound``, and ``UsageError`` for a turn that has not failed.
        """
        from tellme.store.replay import reopen

        turn = self.turn(typed).turn
        self.session(turn.session)
        again = self._database.write(lambda connection: reopen(connection, turn, self._me))
        self._carry.begin(again)
        return again

    def add_exit(self, exit_: Exit) -> None:
        """Keep how a bot's process ended; of each bot the newest ten thousand are kept."""
        from tellme.store import exits

        self._database.write(lambda connection: exits.add(connection, exit_))

    def exits(self, bot_id: str | None = None, limit: int | None = None) -> list[Exit]:
        """List the ends of processes, newest first: of one bot, or of all."""
        from tellme.store import exits

        return self._database.read(lambda connection: exits.newest(connection, bot_id, _no_more_than(limit)))

    def stats(self, since: float, now: float, buckets: int = 0) -> list[BotStats]:
        """Sum up what each bot did from ``since`` to ``now``, in all and in so many equal parts. Reads every turn."""
        from tellme.store.statistics import stats

        return self._database.read(lambda connection: stats(connection, since, now, buckets))

    def import_session(self, session: Session, turns: list[Turn], files: Sequence[Sequence[str]] = ()) -> Session:
        """Keep a session from elsewhere, and return it as it is kept; one that is there already is returned as it is.

        ``files`` are the names of those that went with each of the turns, in their order.
        Where an id is missing or taken by something else, it gets a new one. Raises ``UsageError`` for values that no
        conversation has.
        """
        from tellme.store.imported import keep

        return self.session(self._database.write(lambda connection: keep(connection, session, turns, files)))

    def history(self, session_id: str, limit: int, max_bytes: int = HISTORY_BYTES) -> list[Turn]:
        """List the last turns that were answered or declined, oldest first, up to ``limit`` and ``max_bytes``."""
        where = "WHERE session = ? AND status IN ('answered', 'declined') ORDER BY seq DESC LIMIT ?"

        def newest_that_fit(connection: sqlite3.Connection) -> list[Turn]:
            kept, room = [], max_bytes
            for row in connection.execute(f"{TURN} {where}", (session_id, limit)):
                turn = to_turn(row)
                room -= len(turn.message.encode()) + len(turn.text.encode())
                if room < 0:
                    break
                kept.append(turn)
            return kept[::-1]

        return self._database.read(newest_that_fit)

    def attachments(self, turn_id: str) -> tuple[Attachment, ...]:
        """Return the files that went with a turn's message."""
        from tellme.store import attached

        return self._database.read(lambda connection: attached.of(connection, turn_id))

    def attachments_of(
        self, session_id: str, first: str | None = None, last: str | None = None
    ) -> list[tuple[str, tuple[Attachment, ...]]]:
        """List the turns of a session that have files, by id, with these but without their content.

        All such turns, or those from the turn ``first`` to the turn ``last``, oldest first.
        """
        from tellme.store import attached

        return self._database.read(lambda connection: attached.of_session(connection, session_id, first, last))

    def _insert_turn(self, connection: sqlite3.Connection, turn: Turn, attachments: Sequence[Attachment]) -> None:
        used = "UPDATE session SET used_at = ?, ended_at = NULL WHERE id = ?"
        values = (turn.sent_at, turn.session)
        if not connection.execute(used, values).rowcount:
            # Deleted or replaced by another process (``expire``, ``restore``): what goes on here goes on.
            if not self._carry.revive(connection, session_id=turn.session):
                raise no_session(turn.session)
            connection.execute(used, values)
        connection.execute(
            "INSERT INTO turn (id, session, message, sent_at, owner) VALUES (?, ?, ?, ?, ?)", (*turn[:4], self._me)
        )
        if attachments:
            from tellme.store import attached

            attached.add(connection, turn.id, attachments)

    def _update_session(self, session_id: str, change: str, value: str | float | None) -> None:
        statement = f"UPDATE session SET {change} WHERE id = ?"
        if not self._database.change(statement, (value, session_id)):
            raise no_session(session_id)
        if session_id in self._carry:
            self.session(session_id)

    def _first(self, which: str, values: Values) -> Session | None:
        found = self._sessions(which, values)
        return self._carry.use(found[0]) if found else None

    def _sessions(self, which: str, values: Values) -> list[Session]:
        return self._database.read(lambda connection: select_sessions(connection, which, values))

    def _records(self, which: str, values: Values) -> list[TurnRecord]:
        return self._database.read(lambda connection: select_records(connection, which, values))


def _new_session(bot_id: str) -> Session:
    now = time.time()
    return Session(ids.new_session_id(), bot_id, started_at=now, used_at=now)


def _new_turn(session_id: str, message: str, turn_id: str | None) -> Turn:
    return Turn(turn_id or ids.new_turn_id(), session_id, storable(message), time.time())


def _insert_session(connection: sqlite3.Connection, session: Session) -> None:
    statement = "INSERT INTO session (id, bot, started_at, used_at) VALUES (?, ?, ?, ?)"
    connection.execute(statement, (session.id, session.bot, session.started_at, session.used_at))


def _no_more_than(limit: int | None) -> int:
    return -1 if limit is None else limit
