"""The state of a session on disk: one file each, below the bot's own folder, named by the host's id of the session.

Promise: what a turn did to the state is on disk, whole, before its answer leaves, and the answer with it, so that a
turn which comes again after a crash changes nothing twice. A damaged file is set aside and logged, never deleted.
"""

from __future__ import annotations

import os
from json import JSONDecoder, JSONEncoder

from tellme.sdk.connection import log
from tellme.sdk.message import StateError

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from tellme.wire.fields import Json

MAX_FILES = 1_000
"""Sessions whose state is kept; the one changed longest ago makes room."""

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
        self._file = os.path.join(folder, f"{_file_name(session)}.json")
        self._read = False
        self._record: Json = {}
        self._written = "{}"
        """The state as JSON, as it stands on disk."""

    def state(self) -> dict[str, Any]:
        """Return the state as the last turn left it, the author's to change."""
        self._load()
        state: dict[str, Any] = _decode(self._written)
        return state

    def answer_to(self, turn: str) -> Json | None:
        """Return the answer to the turn that changed the state last, if it is this one."""
        self._load()
        return self._record.get("answer") if self._record.get("turn") == turn else None

    def keep(self, state: dict[str, Any], turn: str, answer: Json | None) -> None:
        """Write the state down if it has changed; raises ``StateError`` where JSON cannot hold it, or it is too large.

        A disk that takes nothing is logged: the conversation goes on, and what it knows ends with the process.
        """
        for problem in _problems(state, "session.state"):
            raise StateError(problem)
        text = _encode(state)
        if len(text) > MAX_CHARS:
            raise StateError(f"session.state takes {len(text)} characters as JSON, more than the {MAX_CHARS} there are")
        if text == self._written:
            return
        told = _encode(answer)
        if answer is None or len(told) + len(turn) > MAX_CHARS:
            turn, told = "", "null"
        try:
            self._write(f'{{"turn":{_encode(turn)},"answer":{told},"state":{text}}}\n')
        except OSError as error:
            log(f"The state of a session could not be kept: {error}\n")
            return
        self._written = text
        self._record = {"turn": turn, "answer": answer}

    def _load(self) -> None:
        if self._read:
            return
        self._read = True
        try:
            record = _decode(_text_of(self._file))
            self._written = _encode(_checked(record)["state"])
            self._record = record
        except FileNotFoundError:
            return
        except OSError as error:
            log(f"The state of a session cannot be read: {error}\n")
        except (ValueError, RecursionError) as error:
            self._set_aside(str(error))

    def _write(self, text: str) -> None:
        folder = os.path.dirname(self._file)
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if not os.path.exists(self._file):
            _make_room(folder)
        half = f"{self._file}.new"
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(half, self._file)

    def _set_aside(self, reason: str) -> None:
        number = 1
        while os.path.lexists(aside := f"{self._file}.damaged-{number}"):
            number += 1
        try:
            os.rename(self._file, aside)
        except OSError as error:
            aside = f"{self._file}, which could not be moved ({error})"
        log(f"The kept state of a session is damaged ({reason}) and was set aside: {aside}\n")


def _text_of(path: str) -> str:
    """Return what a file holds; raises ``ValueError`` for one that no bot has written. A pipe is not waited for."""
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        data = file.read(_MAX_FILE_BYTES + 1) or b""
    if len(data) > _MAX_FILE_BYTES:
        raise ValueError("it is too large")
    return data.decode()


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


def _make_room(folder: str) -> None:
    files = [entry for entry in os.scandir(folder) if entry.name.endswith(".json")]
    if len(files) < MAX_FILES:
        return
    for entry in sorted(files, key=lambda entry: entry.stat().st_mtime_ns)[: len(files) - MAX_FILES + 1]:
        os.remove(entry)


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
