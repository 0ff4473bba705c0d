"""A session read from the JSON that ``export`` writes, each field checked. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from tellme.errors import UsageError
from tellme.model import Session, Turn, TurnStatus
from tellme.surfaces.importing import Imported


def read_json(text: str) -> Imported:
    """Read a session and its turns; raises ``UsageError`` naming the line or the field."""
    document = _load(text)
    if not isinstance(document, dict):
        _refuse("the document", "must be one JSON object")
    turns = _value(document, "", "turns", list, "a list")
    started = _time(document, "", "started")
    session = Session(
        id=_text(document, "", "session"),
        bot=_text(document, "", "bot_id"),
        started_at=started,
        ended_at=_time_or_none(document, "", "ended"),
        used_at=_used(document, started),
        title=_text(document, "", "title") if "title" in document else "",
        turns=len(turns),
    )
    places = [(turn, f"turns[{number}]") for number, turn in enumerate(turns)]
    read = [_turn(turn, where, session.id) for turn, where in places]
    return Imported(session, read, [_files(turn, where) for turn, where in places])


def _load(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise UsageError(f"Line {error.lineno}: this is no JSON ({error.msg}).") from None
    except (ValueError, RecursionError):
        raise UsageError("Line 1: this JSON cannot be read: it nests too deep, or holds no finite number.") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _turn(turn: object, where: str, session: str) -> Turn:
    if not isinstance(turn, dict):
        _refuse(where, "must be an object")
    return Turn(
        id=_text(turn, where, "turn"),
        session=session,
        message=_text(turn, where, "message"),
        sent_at=_time(turn, where, "sent"),
        text=_text(turn, where, "text"),
        status=_status(turn, where),
        error=_text(turn, where, "error") if turn.get("error") is not None else None,
        attempts=_attempts(turn, where),
        latency_ms=_number(turn, where, "latency_ms") if turn.get("latency_ms") is not None else None,
    )


def _files(turn: Mapping[str, Any], where: str) -> list[str]:
    if "attachments" not in turn:
        return []
    files = _value(turn, where, "attachments", list, "a list")
    return [_file_name(file, f"{where}.attachments[{number}]") for number, file in enumerate(files)]


def _file_name(file: object, where: str) -> str:
    if not isinstance(file, dict):
        _refuse(where, "must be an object")
    return _text(file, where, "name")


def _status(turn: Mapping[str, Any], where: str) -> TurnStatus | None:
    status = turn.get("status")
    known = {str(each): each for each in TurnStatus}
    if status is None:
        return None
    if not isinstance(status, str) or status not in known:
        _refuse(f"{where}.status", f"must be one of {', '.join(known)}, or null")
    return known[status]


def _attempts(turn: Mapping[str, Any], where: str) -> int:
    attempts: int = _value(turn, where, "attempts", int, "a whole number") if "attempts" in turn else 1
    if isinstance(attempts, bool) or attempts < 0:
        _refuse(_name(where, "attempts"), "must be a whole number")
    return attempts


def _used(document: Mapping[str, Any], started: float) -> float:
    return _time(document, "", "used") if {"used_s", "used_at"} & document.keys() else started


def _time_or_none(fields: Mapping[str, Any], where: str, what: str) -> float | None:
    there = fields.get(f"{what}_s") is not None or fields.get(f"{what}_at") is not None
    return _time(fields, where, what) if there else None


def _time(fields: Mapping[str, Any], where: str, what: str) -> float:
    """Read ``…_s``, which is exact, or else ``…_at``, as older exports and other programs have it."""
    if fields.get(f"{what}_s") is not None:
        return _number(fields, where, f"{what}_s")
    name = f"{what}_at"
    try:
        read = datetime.fromisoformat(_text(fields, where, name))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        _refuse(_name(where, name), "must be a time like 2026-01-31T12:00:00Z")


def _number(fields: Mapping[str, Any], where: str, key: str) -> float:
    value = fields.get(key)
    try:
        number = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
    except OverflowError:
        number = math.nan
    if not math.isfinite(number):
        _refuse(_name(where, key), "must be a number")
    return number


def _text(fields: Mapping[str, Any], where: str, key: str) -> str:
    text: str = _value(fields, where, key, str, "a text")
    return text


def _value(fields: Mapping[str, Any], where: str, key: str, kind: type, what: str) -> Any:
    if key not in fields:
        _refuse(_name(where, key), "is missing")
    if not isinstance(fields[key], kind):
        _refuse(_name(where, key), f"must be {what}")
    return fields[key]


def _name(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _refuse(where: str, problem: str) -> NoReturn:
    raise UsageError(f"This JSON is no session that 'tellme export' wrote: {where} {problem}.")
