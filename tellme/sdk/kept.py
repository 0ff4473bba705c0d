"""The state of a session on disk: one file each, below the bot's own folder, named by the host's id of the session.

Promise: what a turn did to the state is on disk, whole, before its answer leaves, and the answer with it, so that a
turn which comes again after a crash changes nothing twice. A damaged file is set aside and logged, never deleted. Of
two processes that change the state at once, one is told to try again.
"""

from __future__ import annotations

import os
from json import JSONDecoder, JSONEncoder

from tellme.sdk.connection import log
from tellme.sdk.message import StateError
from tellme.sdk.state_file import StateFile

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from tellme.wire.fields import Json

MAX_CHARS = 4 * 1024 * 1024
"""The most that the state of one session takes, as JSON; a longer reply is not kept with it."""

_MAX_NAME_CHARS = 64
_MAX_FILE_BYTES = 4 * MAX_CHARS  # state, answer and turn, and room to spare
_MAX_DEPTH = 100
_MAX_INTEGER_BITS = 10_000  # Python reads no more than 4,300 digits
_encode = JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode
_decode = JSONDecoder().decode


class Kept:
    """What is kept of one session. Nothing is read before it is asked for, nothing written that has not changed."""

    def __init__(self, folder: str, session: str) -> None:
        self._file = StateFile(os.path.join(folder, f"{_file_name(session)}.json"))
        self._read = False
        self._record: Json = {}
        self._written = "{}"
        """The state as JSON, as it stands on disk."""
        self._latest = "{}"
        """The same as the last turn left it, which differs where the disk took nothing."""

    def forget(self) -> bool:
        """Read the file again when it is asked for, if another process has changed what was read; tells whether so."""
        if not (self._read and self._file.is_changed()):
            return False
        self._read = False
        return True

    def state(self) -> dict[str, Any]:
        """Return the state as the last turn left it, the author's to change."""
        self._load()
        state: dict[str, Any] = _decode(self._latest)
        return state

    def answer_to(self, turn: str) -> Json | None:
        """Return the answer to the turn that changed the state last, if it is this one."""
        self._load()
        return self._record.get("answer") if self._record.get("turn") == turn else None

    def keep(self, state: dict[str, Any], turn: str, answer: Json) -> None:
        """Write the state down if it has changed; raises ``StateError`` where that cannot be: JSON cannot hold it, it
        is too large, or another process has changed it since the turn began.

        A disk that takes nothing is logged: the conversation goes on, and what it knows ends with the process.
        """
        for problem in _problems(state, "session.state"):
            raise StateError(problem)
        text = _encode(state)
        if len(text) > MAX_CHARS:
            raise StateError(f"session.state takes {len(text)} characters as JSON, more than the {MAX_CHARS} there are")
        if text == self._written:
            self._latest = text
            return
        told = _encode(answer)
        if len(told) + len(turn) > MAX_CHARS:
            turn, told = "", "null"
        try:
            self._file.write(f'{{"turn":{_encode(turn)},"answer":{told},"state":{text}}}\n')
        except OSError as error:
            log(f"The state of a session could not be kept: {error}\n")
            self._latest = text
            return
        self._written = self._latest = text
        self._record = {"turn": turn, "answer": answer}

    def _load(self) -> None:
        if self._read:
            return
        self._read, self._record, self._written, self._latest = True, {}, "{}", "{}"
        try:
            record = _decode(self._file.read(_MAX_FILE_BYTES))
            self._written = self._latest = _encode(_checked(record)["state"])
            self._record = record
        except FileNotFoundError:
            return
        except OSError as error:
            log(f"The state of a session cannot be read: {error}\n")
        except (ValueError, RecursionError) as error:
            self._file.set_aside(str(error))


def _file_name(session: str) -> str:
    """Return a name that stays inside the folder: the id itself where it can be one, else longer than any such."""
    if len(session) <= _MAX_NAME_CHARS and session.isascii() and session.replace("-", "").isalnum():
        return session
    from hashlib import sha256

    return f"h{sha256(session.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _checked(record: Any) -> Json:
    match record:
        case {"turn": str(), "answer": {"said": list(), "result": {"stopReason": str()}} | None, "state": dict()}:
            checked: Json = record
            return checked
    raise ValueError("it is not what this bot writes")


def _problems(value: Any, place: str, depth: int = 0) -> Iterator[str]:
    """Yield what JSON cannot hold, or would give back as something else: a tuple as a list, the key 1 as "1"."""
    kind = type(value)
    if kind in (dict, list) and depth > _MAX_DEPTH:
        yield f"{place[:80]} … is nested too deeply to be kept"
    elif kind is list:
        for number, item in enumerate(value):
            yield from _problems(item, f"{place}[{number}]", depth + 1)
    elif kind is dict:
        for key, item in value.items():
            if type(key) is not str:
                yield f"{place} has the key {key!r}, which is no str, so JSON cannot hold it"
            yield from _problems(item, f"{place}[{key!r}]", depth + 1)
    elif kind is float and value - value != 0:
        yield f"{place} is {value}, which JSON cannot hold"
    elif kind is int and value.bit_length() > _MAX_INTEGER_BITS:
        yield f"{place} is an integer of too many digits to be kept"
    elif kind not in (type(None), bool, int, float, str):
        yield f"{place} is a {kind.__name__}, which JSON cannot hold as it is"
