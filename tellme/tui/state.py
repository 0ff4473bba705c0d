"""What the app remembers from one run to the next: the theme, the sidebar, drafts.

Nobody's word depends on it, so whatever is wrong with the file becomes one sentence in ``problem`` and the app goes on.
Several apps may share the file: each changes in it what it has to change, and never writes what it read long ago.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tellme.paths import make_private, open_to_read
from tellme.text import clean

VERSION = 1
MAX_DRAFTS = 50
MAX_DRAFT_BYTES = 1024 * 1024
"""As long as a message may be."""
MAX_FILE_BYTES = 128 * 1024 * 1024
"""More than the drafts can come to."""
PATIENCE_S = 0.1
"""How long another app may hold the lock: this one cannot draw meanwhile."""

_MAX_WORD = 200
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}
_FORGETS = "themes and drafts are not remembered in this run"


class State:
    """What is remembered. A change is written at once, which takes less than a millisecond."""

    def __init__(self, path: str) -> None:
        """Begin with nothing; ``read`` begins with what the file holds."""
        self.problem: str | None = None
        """One sentence for the person, when the file is not as it should be; set once for each thing that is wrong."""
        self._path = path
        self._kept: dict[str, Any] = {}
        self._unwritten: dict[str, object] = {}
        self._unwritten_drafts: dict[str, str] = {}
        self._is_foreign = False
        self._said: set[str] = set()

    @classmethod
    def read(cls, path: str) -> State:
        """Read the file; one that is damaged is set aside."""
        state = cls(os.path.realpath(path))
        try:
            state._kept = _load(state._path)
        except _Newer as newer:
            state._leave_alone(newer)
        except ValueError:
            state._write()
        except OSError as error:
            state._failed("read", error)
        return state

    @property
    def theme(self) -> str | None:
        """The name of the theme that was chosen last."""
        return self._word("theme")

    @property
    def sidebar(self) -> bool | None:
        """Was the sidebar to be shown? ``None`` if the person has never said."""
        shown = self._kept.get("sidebar")
        return shown if isinstance(shown, bool) else None

    def draft(self, session: str) -> str:
        """Return what was typed and not sent in a session (``""``: outside of all)."""
        return clean(_drafts(self._kept).get(session, ""))

    def remember_theme(self, name: str) -> None:
        """Remember the theme."""
        self._remember("theme", name)

    def remember_sidebar(self, shown: bool) -> None:
        """Remember whether the sidebar is shown."""
        self._remember("sidebar", shown)

    def keep_draft(self, session: str, text: str) -> None:
        """Keep what is typed in a session; an empty text, and one too long to be sent, is forgotten."""
        if len(text.encode("utf-8", "replace")) > MAX_DRAFT_BYTES:
            text = ""
        if text != _drafts(self._kept).get(session, ""):
            self._unwritten_drafts[session] = text
            self._write()

    def _word(self, key: str) -> str | None:
        word = self._kept.get(key)
        return word if isinstance(word, str) and 0 < len(word) <= _MAX_WORD and word.isprintable() else None

    def _remember(self, key: str, value: object) -> None:
        if self._kept.get(key) != value:
            self._unwritten[key] = value
            self._write()

    def _write(self) -> None:
        """Bring into the file, as it is now, what has changed here. What cannot be written is tried again next time."""
        try:
            if not self._is_foreign:
                make_private(os.path.dirname(self._path))
                with _locked(f"{self._path}.lock"):
                    self._kept = self._load_or_set_aside()
                    self._merge()
                    _replace(self._path, self._kept)
                    self._unwritten.clear()
                    self._unwritten_drafts.clear()
        except _Newer as newer:
            self._leave_alone(newer)
        except OSError as error:
            self._failed("written", error)
        self._merge()

    def _merge(self) -> None:
        drafts = _drafts(self._kept)
        for session, text in self._unwritten_drafts.items():
            drafts.pop(session, None)  # so that the newest stands last
            if text:
                drafts[session] = text
        for session in [*drafts][:-MAX_DRAFTS]:
            del drafts[session]
        self._kept |= {**self._unwritten, "version": VERSION, "drafts": drafts}

    def _load_or_set_aside(self) -> dict[str, Any]:
        try:
            return _load(self._path)
        except ValueError:
            aside = _set_aside(self._path)
            self._say(f"was damaged; it is kept as {os.path.basename(aside)}, and a new one begun.")
            return {}

    def _leave_alone(self, newer: _Newer) -> None:
        self._is_foreign = True
        self._say(
            f"is from a newer tellme (version {newer.version}) and was left as it is; {_FORGETS}. "
            "Update tellme, or set TELLME_HOME."
        )

    def _failed(self, what: str, error: OSError) -> None:
        self._say(f"cannot be {what} ({error.strerror}); {_FORGETS}.")

    def _say(self, problem: str) -> None:
        if problem not in self._said:
            self._said.add(problem)
            self.problem = f"{self._path} {problem}"


class _Newer(Exception):
    """The file is of a version that this program does not know."""

    def __init__(self, version: int) -> None:
        self.version = version


def _load(path: str) -> dict[str, Any]:
    """Read the file; nothing if there is none. Raises ``ValueError`` when it is damaged, ``_Newer`` and ``OSError``."""
    try:
        with open_to_read(path) as file:
            data = file.read(MAX_FILE_BYTES)
    except FileNotFoundError:
        return {}
    if not data:  # what a power cut leaves of a file that was just written
        return {}
    try:
        kept = json.loads(data)
    except RecursionError as error:
        raise ValueError from error
    if not isinstance(kept, dict) or type(version := kept.get("version")) is not int or version < 1:
        raise ValueError
    if version > VERSION:
        raise _Newer(version)
    return kept


def _drafts(kept: dict[str, Any]) -> dict[str, str]:
    drafts = kept.get("drafts")
    if not isinstance(drafts, dict):
        return {}
    return {session: text for session, text in drafts.items() if isinstance(text, str) and len(text) <= MAX_DRAFT_BYTES}


def _replace(path: str, kept: dict[str, Any]) -> None:
    """Write the file whole, or leave the old one. Not made safe against a power cut: that would cost milliseconds."""
    unfinished = f"{path}.new"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace"))
    os.replace(unfinished, path)


def _set_aside(path: str) -> str:
    number = 1
    while os.path.lexists(aside := f"{path}.damaged-{number}"):
        number += 1
    os.rename(path, aside)
    return aside


@contextmanager
def _locked(path: str) -> Iterator[None]:
    """Hold the lock between the apps that share the file; raises ``OSError`` when another holds it too long."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not _try_lock(descriptor):
            if time.monotonic() > deadline:
                raise TimeoutError(errno.ETIMEDOUT, "another tellme is writing it")
            time.sleep(0.001)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:  # a file system without locks is not shared by two apps at once
            raise
    return True
