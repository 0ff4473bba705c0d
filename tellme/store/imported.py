"""A session from elsewhere, kept as it was: its times, its title, how its turns ended. Doubled by no second import.

What it holds is a stranger's: each value is checked before anything is written.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence

from tellme.errors import UsageError
from tellme.model import MAX_MESSAGE_BYTES, Attachment, Session, Turn, TurnStatus
from tellme.store import attached, ids
from tellme.store.rows import TURN, to_turn
from tellme.store.texts import MAX_TITLE, one_line, storable, title_of

STILL_OPEN = "had not ended when its session was exported"
MAX_BOT_BYTES = 64
MAX_TEXT_CHARS = 64 * 1024 * 1024
MAX_ATTEMPTS = 1_000_000
MAX_FILES = 1000
MAX_FILE_NAME = 1000
YEAR_10000 = 253_402_300_800.0
MAX_LATENCY_MS = 1e12


def keep(
    connection: sqlite3.Connection, session: Session, turns: list[Turn], files: Sequence[Sequence[str]] = ()
) -> str:
    """Keep a session and its turns, and return the id under which they are; part of the caller's transaction.

    Of ``files``, those that went with each turn's message, names are kept and no addresses: a turn that is sent again
    must not lead its bot to a file that somebody else has chosen.
    Ids that are missing, unlike ours, or taken by something else are replaced by others that follow from the content,
    so that the same import finds them again. A turn that was open has failed. Raises ``UsageError``.
    """
    session = _checked_session(session)
    turns = [_checked_turn(turn, number) for number, turn in enumerate(turns, 1)]
    names = dict(enumerate(map(_checked_files, files)))
    name = session.id if _is_session_id(session.id) else _derived(session, turns, 0)
    attempt = 0
    while _is_taken(connection, "session", name):
        if _holds(connection, name, session, turns):
            return name
        attempt += 1
        name = _derived(session, turns, attempt)
    _insert(connection, session._replace(id=name), turns, names)
    return name


def _checked_session(session: Session) -> Session:
    if not session.bot or len(storable(session.bot).encode()) > MAX_BOT_BYTES or not session.bot.isprintable():
        raise UsageError(f"A session cannot be with a bot named {session.bot[:MAX_BOT_BYTES]!r}.")
    for name in ("started_at", "ended_at", "used_at"):
        value = getattr(session, name)
        if value is not None:
            _check_time(value, f"The session's {name}")
    title = one_line(storable(session.title))[:MAX_TITLE]
    return session._replace(bot=storable(session.bot), title=title, agent_session=None)


def _checked_turn(turn: Turn, number: int) -> Turn:
    what = f"Turn {number}"
    _check_time(turn.sent_at, f"{what}'s time")
    if len(storable(turn.message).encode()) > MAX_MESSAGE_BYTES:
        raise UsageError(f"{what}'s message is longer than {MAX_MESSAGE_BYTES:,} bytes.")
    if max(len(turn.text), len(turn.error or "")) > MAX_TEXT_CHARS:
        raise UsageError(f"{what}'s text is longer than {MAX_TEXT_CHARS:,} characters.")
    if not 0 <= turn.attempts <= MAX_ATTEMPTS:
        raise UsageError(f"{what}'s number of attempts cannot be {turn.attempts}.")
    if turn.latency_ms is not None and not 0 <= turn.latency_ms <= MAX_LATENCY_MS:
        raise UsageError(f"{what}'s latency cannot be {turn.latency_ms} ms.")
    error = None if turn.error is None else storable(turn.error)
    kept = turn._replace(message=storable(turn.message), text=storable(turn.text), error=error)
    return kept if turn.status else kept._replace(status=TurnStatus.FAILED, error=error or STILL_OPEN)


def _checked_files(names: Sequence[str]) -> list[Attachment]:
    if len(names) > MAX_FILES or max(map(len, names), default=0) > MAX_FILE_NAME:
        raise UsageError(f"No more than {MAX_FILES:,} files with names of {MAX_FILE_NAME:,} characters go with a turn.")
    return [Attachment(name, "") for name in names]


def _check_time(seconds: float, what: str) -> None:
    if not 0 <= seconds < YEAR_10000:
        raise UsageError(f"{what} cannot be {seconds}: seconds since 1970 are meant.")


def _holds(connection: sqlite3.Connection, name: str, session: Session, turns: list[Turn]) -> bool:
    """Tell whether the session that is kept under this id is the same one, or the same one gone on."""
    (bot,) = connection.execute("SELECT bot FROM session WHERE id = ?", (name,)).fetchone()
    kept = [to_turn(row) for row in connection.execute(f"{TURN} WHERE session = ? ORDER BY seq", (name,))]
    return bot == session.bot and len(turns) <= len(kept) and all(map(_is_same, turns, kept))


def _is_same(imported: Turn, kept: Turn) -> bool:
    # A turn that was open or had failed may have been answered since; ids differ where they had to be replaced.
    if imported.message != kept.message:
        return False
    return imported.status is TurnStatus.FAILED or (imported.text, imported.status) == (kept.text, kept.status)


def _insert(
    connection: sqlite3.Connection, session: Session, turns: list[Turn], files: dict[int, list[Attachment]]
) -> None:
    own = "" if session.title == title_of(turns[0].message if turns else "") else session.title
    connection.execute(
        "INSERT INTO session (id, bot, started_at, ended_at, used_at, title) VALUES (?, ?, ?, ?, ?, ?)",
        (session.id, session.bot, session.started_at, session.ended_at, session.used_at or session.started_at, own),
    )
    for number, turn in enumerate(turns):
        id_ = _free_turn_id(connection, session.id, turn, number)
        connection.execute(
            "INSERT INTO turn (id, session, message, sent_at, text, status, error, attempts, latency_ms, owner)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
            (id_, session.id, *turn[2:]),
        )
        if named := files.get(number):
            attached.add(connection, id_, named)


def _free_turn_id(connection: sqlite3.Connection, session: str, turn: Turn, number: int) -> str:
    id_, attempt = turn.id, 0
    while not _is_turn_id(id_) or _is_taken(connection, "turn", id_):
        id_ = ids.turn_id_of(_digest(session, str(number), str(attempt)))
        attempt += 1
    return id_


def _is_taken(connection: sqlite3.Connection, table: str, id_: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (id_,)).fetchone() is not None


def _derived(session: Session, turns: list[Turn], attempt: int) -> str:
    said = [text for turn in turns for text in (turn.message, turn.text, str(turn.status))]
    return ids.session_id_of(_digest(str(attempt), session.id, session.bot, repr(session.started_at), *said))


def _digest(*parts: str) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.digest()


def _is_session_id(id_: str) -> bool:
    return len(id_) == ids.LENGTH and ids.normalise(id_) == id_ and not ids.is_turn(id_)


def _is_turn_id(id_: str) -> bool:
    return len(id_) == ids.LENGTH and ids.normalise(id_) == id_ and ids.is_turn(id_)
