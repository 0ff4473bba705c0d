"""What a person types to name a session or a turn, and the errors that say what to do when it names none."""

from __future__ import annotations

from tellme.errors import SessionNotFound, TurnNotFound
from tellme.store import ids

_LIST = "'tellme sessions' lists all of them."
_TURNS = "'tellme failed' lists those that failed."


def session_prefix(typed: str) -> str:
    """Return the beginning of a session's id as it is kept; raises ``SessionNotFound``."""
    prefix = ids.normalise(typed)
    if prefix is None:
        raise SessionNotFound(f"There is no session {typed!r}: ids are {ids.LENGTH} letters and digits. {_LIST}")
    if ids.is_turn(prefix):
        raise SessionNotFound(
            f"There is no session {typed!r}: a session's id begins with a letter, a turn's with a digit. {_LIST}"
        )
    return prefix


def turn_prefix(typed: str) -> str:
    """Return the beginning of a turn's id as it is kept; raises ``TurnNotFound``."""
    prefix = ids.normalise(typed)
    if prefix is None:
        raise TurnNotFound(f"There is no turn {typed!r}: ids are {ids.LENGTH} letters and digits. {_TURNS}")
    if not ids.is_turn(prefix):
        raise TurnNotFound(
            f"There is no turn {typed!r}: a turn's id begins with a digit, a session's with a letter. {_TURNS}"
        )
    return prefix


def no_session(typed: str) -> SessionNotFound:
    return SessionNotFound(f"There is no session {typed!r}. {_LIST}")


def no_turn(typed: str) -> TurnNotFound:
    return TurnNotFound(f"There is no turn {typed!r}. {_TURNS}")


def ambiguous(typed: str, found: list[str]) -> SessionNotFound:
    return SessionNotFound(f"More than one session begins with {typed!r}: {_some(found)}. Type more of it; {_LIST}")


def ambiguous_turn(typed: str, found: list[str]) -> TurnNotFound:
    return TurnNotFound(f"More than one turn begins with {typed!r}: {_some(found)}. Type more of it; {_TURNS}")


def _some(found: list[str]) -> str:
    return ", ".join(found[:3]) + (", …" if len(found) > 3 else "")
