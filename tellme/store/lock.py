"""A lock between processes, beside the database: shared for opening and closing, exclusive for renaming.

SQLite protects what is in the file; this protects which file the name stands for. Without it one process could rename
a damaged file between another's opening of the database and of its write-ahead log, and that would join the two.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time

PATIENCE_S = 5.0

_UNSUPPORTED = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


class FileLock:
    """Hold the lock ``path`` for the length of a ``with``.

    Raises ``TimeoutError`` when others hold it for so long, and ``OSError`` when there can be no such file.
    The kernel gives it back when the process ends, however it ends.
    """

    def __init__(self, path: str, *, exclusive: bool, patience_s: float = PATIENCE_S) -> None:
        self._path = path
        self._patience_s = patience_s
        self._operation = (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB

    def __enter__(self) -> None:
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._wait()
        except BaseException:
            os.close(self._descriptor)
            raise

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def _wait(self) -> None:
        # Trying again rather than sleeping in the kernel: a suspended process that holds the lock must not hang us too.
        deadline = time.monotonic() + self._patience_s
        while not self._try():
            if time.monotonic() > deadline:
                raise TimeoutError(errno.ETIMEDOUT, "another tellme holds the lock beside it", self._path)
            time.sleep(0.002)

    def _try(self) -> bool:
        try:
            fcntl.flock(self._descriptor, self._operation)
        except BlockingIOError:
            return False
        except OSError as error:
            # A file system without locks has no write-ahead log between processes either: one process at a time.
            if error.errno not in _UNSUPPORTED:
                raise
        return True
