"""Linux tells of changes in folders (inotify(7)): the few calls that are needed of it, straight from libc.

``Inotify()`` raises ``OSError`` where there is no such thing, or no more of it to be had.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

CHANGES = 0x004 | 0x008 | 0x040 | 0x080 | 0x100 | 0x200 | 0x400 | 0x800
"""Attributes, a file closed after writing, moved out, moved in, created, deleted; the folder deleted, moved."""
ONLY_FOLDERS = 0x01000000
READ_BYTES = 64 * 1024


class Inotify:
    """One instance, which watches a set of folders."""

    def __init__(self) -> None:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        try:
            begin, self._add, self._remove = libc.inotify_init1, libc.inotify_add_watch, libc.inotify_rm_watch
        except AttributeError as error:  # another system's libc
            raise OSError(str(error)) from None
        self._errno = ctypes.get_errno
        self._watches: set[int] = set()
        self.descriptor: int = begin(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.descriptor < 0:
            raise self._error("")

    def watch(self, folders: Iterable[str]) -> None:
        """Watch these folders and no others. One that is not there is left out; raises ``OSError`` for too many.

        Called again it finds a folder that has come in another's place.
        """
        watches = {self._watch(folder) for folder in folders} - {-1}
        for gone in self._watches - watches:
            self._remove(self.descriptor, gone)
        self._watches = watches

    def take(self) -> None:
        """Forget what has been told so far; what it was is seen by looking."""
        try:
            while os.read(self.descriptor, READ_BYTES):
                pass
        except BlockingIOError:
            return

    def close(self) -> None:
        os.close(self.descriptor)

    def _watch(self, folder: str) -> int:
        watch: int = self._add(self.descriptor, os.fsencode(folder), CHANGES | ONLY_FOLDERS)
        if watch < 0 and (error := self._error(folder)).errno not in _ABSENT:
            raise error
        return watch

    def _error(self, folder: str) -> OSError:
        number = self._errno()
        return OSError(number, os.strerror(number), folder)


_ABSENT = (2, 13, 20, 36, 40)
"""Not there, not ours to read, no folder, no such name possible."""
