"""The trained database: where it is kept, who may train it, and what happens when it is damaged.

Promises: it is trained once for all bots of the kind with the same corpora, appears under its name only when complete,
is never written again, and a damaged one is set aside, not deleted. One that no bot has used for a month goes.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress

_FORMAT = 3
"""Counts up when the way in which we train changes."""

_DAY_S = 24 * 60 * 60
_UNUSED_S = 30 * _DAY_S

Train = Callable[[str], None]
"""Trains a new database at a path."""


def database_name(corpora: Sequence[str], versions: Sequence[str]) -> str:
    """Return the file name for these corpora as these versions (of ChatterBot, of the corpus) train them."""
    contents = b"\n".join([*(os.fsencode(corpus) for corpus in corpora), *(_contents(corpus) for corpus in corpora)])
    return f"trained-{'-'.join(versions)}-{_FORMAT}-{zlib.crc32(contents):08x}.sqlite3"


def _contents(corpus: str) -> bytes:
    """Return the bytes of a corpus that is a file: it has no version of its own. Whether they are text is for who
    reads it to say.
    """
    if not os.path.isfile(corpus):
        return b""
    with open(corpus, "rb") as file:
        return file.read()


def find_or_train(folder: str, name: str, train: Train) -> str:
    """Return the path of a complete database, training it first where there is none. Raises OSError where it can't
    be kept.
    """
    path = os.path.join(folder, name)
    if os.path.exists(path) and is_whole(path):
        _mark_used(path)
        return path
    os.makedirs(folder, exist_ok=True)
    with only_one(f"{path}.lock"):
        if os.path.exists(path) and not is_whole(path):
            _set_aside(path)
        if not os.path.exists(path):
            _train_whole(path, train)
            _clear_out(folder)
    return path


def is_whole(path: str) -> bool:
    """Tell whether the database can be read to its end and holds as many lines as were trained."""
    try:
        with closing(sqlite3.connect(read_only(path), uri=True)) as database:
            (check,) = database.execute("PRAGMA quick_check(1)").fetchone()
            (trained,) = database.execute("PRAGMA user_version").fetchone()
            (lines,) = database.execute("SELECT count(*) FROM statement").fetchone()
    except sqlite3.Error:
        return False
    return bool(check == "ok" and lines == trained > 0)


def read_only(path: str) -> str:
    """Return the SQLite URI that opens ``path`` without writing: no journal, no lock, and no way for a stranger to
    teach us.
    """
    return f"file:{path.replace('%', '%25').replace('?', '%3f').replace('#', '%23')}?mode=ro&immutable=1"


@contextmanager
def only_one(path: str) -> Iterator[None]:
    """Wait until no other process trains here. The system lets go of the lock when its holder dies."""
    import fcntl

    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _train_whole(path: str, train: Train) -> None:
    part = f"{path}.part"
    _remove(part)  # what a process that was killed has left
    try:
        train(part)
        with closing(sqlite3.connect(part)) as database:
            database.execute("PRAGMA journal_mode = DELETE")  # one file, that can be renamed
            (lines,) = database.execute("SELECT count(*) FROM statement").fetchone()
            database.execute(f"PRAGMA user_version = {lines}")
            database.commit()
        os.replace(part, path)
    except BaseException:
        _remove(part)  # on a disk that is full it would keep it so
        raise


def _remove(database: str) -> None:
    """Remove a database and what SQLite puts beside it."""
    for path in (database, f"{database}-wal", f"{database}-shm", f"{database}-journal"):
        with suppress(FileNotFoundError):
            os.remove(path)


def _mark_used(path: str) -> None:
    """Let the time of the file say, to the day, when a bot last used it."""
    with suppress(OSError):
        if time.time() - os.stat(path).st_mtime > _DAY_S:
            os.utime(path)


def _clear_out(folder: str) -> None:
    """Remove the databases of corpora that no bot has used for long; they can be trained again. A bot that is running
    has read its own.
    """
    for file in os.scandir(folder):
        if file.name.startswith("trained-") and file.name.endswith((".sqlite3", ".sqlite3.lock")):
            with suppress(OSError):
                if time.time() - file.stat().st_mtime > _UNUSED_S:
                    os.remove(file.path)


def _set_aside(path: str) -> None:
    aside = f"{path}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    os.rename(path, aside)
    print(f"The trained database was damaged. It is kept as {aside}; training again.", file=sys.stderr)  # noqa: T201
