"""Files of one folder, read and written for an agent.

The promise: nothing outside of the folder is read, written or even looked at, whatever the path says and whatever is
renamed or linked meanwhile: each part of a path is opened in the one before it, and links are followed by hand. Only
regular files are touched. A file is replaced whole or not at all.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tellme.wire.granting import ReadFile, WriteFile

MAX_BYTES = 4 * 1024 * 1024
"""The largest file that is read: JSON may take six bytes for one, and what waits for a bot is bounded too."""
MAX_LINKS = 40
"""As many as the kernel follows."""

_PLACE = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Denied(Exception):
    """The path is none that the agent may use. The text says why."""


def read(folder: str, wanted: ReadFile) -> str:
    """Return the text of a file, or some lines of it. Raises ``Denied`` or ``OSError``."""
    with _place_of(folder, wanted.path) as (place, name):
        _check_regular(place, name)
        descriptor = os.open(name, _READ, dir_fd=place)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Denied("is no regular file")
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Denied(f"is larger than {MAX_BYTES >> 20} MiB")
    try:
        return _lines(data.decode(), wanted)
    except UnicodeDecodeError:
        raise Denied("is no text in UTF-8") from None


def write(folder: str, wanted: WriteFile) -> None:
    """Have the file hold this, with the rights that it had. Folders on the way are made. Raises as ``read``."""
    with _place_of(folder, wanted.path, make=True) as (place, name):
        before = _check_regular(place, name, may_miss=True)
        if before is not None and not before.st_mode & 0o222:
            raise Denied("is read-only")
        _replace(place, name, wanted.content.encode(), before)


def real_folder(folder: str, path: str) -> str:
    """Return the real path of a folder that is the granted one or below it. Raises ``Denied``."""
    root = os.path.realpath(folder)
    real = os.path.realpath(path or root)
    if real != root and not real.startswith(root.rstrip("/") + "/"):
        raise Denied("is outside of the granted folder")
    if not os.path.isdir(real):
        raise Denied("is no folder")
    return real


def _lines(text: str, wanted: ReadFile) -> str:
    if wanted.line == 1 and wanted.limit is None:
        return text
    start = _after(text, wanted.line - 1)
    return text[start:] if wanted.limit is None else text[start : _after(text, wanted.limit, start)]


def _after(text: str, lines: int, start: int = 0) -> int:
    """Return where it goes on after so many lines. One by one: of four million a list would hold up everybody."""
    while lines > 0 and start < len(text):
        start = text.find("\n", start) + 1 or len(text)
        lines -= 1
    return start


def _check_regular(place: int, name: str, *, may_miss: bool = False) -> os.stat_result | None:
    """Return what the file is. Looked at before it is opened, because to open a device may do something."""
    try:
        found = os.stat(name, dir_fd=place, follow_symlinks=False)
    except FileNotFoundError:
        if may_miss:
            return None
        raise
    if not stat.S_ISREG(found.st_mode):
        raise Denied("is no regular file")
    return found


def _replace(place: int, name: str, data: bytes, before: os.stat_result | None) -> None:
    draft = f".tellme-{os.urandom(8).hex()}"
    descriptor = os.open(draft, _NEW, 0o666, dir_fd=place)
    try:
        with open(descriptor, "wb") as file:
            if before is not None:
                os.fchmod(descriptor, stat.S_IMODE(before.st_mode))
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.replace(draft, name, src_dir_fd=place, dst_dir_fd=place)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft, dir_fd=place)
        raise


@contextmanager
def _place_of(folder: str, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
    """Give a descriptor of the folder that a file is in, and the file's name there."""
    walk = _Walk(folder, make)
    try:
        yield walk.to(path)
    finally:
        walk.close()


class _Walk:
    """The folders that are open between the granted one and the file."""

    def __init__(self, folder: str, make: bool) -> None:
        self._roots = tuple(dict.fromkeys((os.path.normpath(folder), os.path.realpath(folder))))
        self._make = make
        self._links = 0
        self._open = [os.open(self._roots[-1], _PLACE)]

    def to(self, path: str) -> tuple[int, str]:
        if path.endswith(("/", "/.", "/..")):
            raise Denied("is no regular file")
        parts = self._below(path)
        while parts:
            part = parts.pop(0)
            if part == "..":
                self._up()
            elif (link := self._link(part)) is not None:
                parts = self._follow(link) + parts
            elif parts:
                self._into(part)
            else:
                return self._open[-1], part
        raise Denied("is no regular file")

    def close(self) -> None:
        while self._open:
            os.close(self._open.pop())

    def _below(self, path: str) -> list[str]:
        """Return the parts of an absolute path as they lead on from the granted folder."""
        if not os.path.isabs(path) or "\0" in path:
            raise Denied("is no absolute path")
        for root in self._roots:
            if path == root:
                return []
            if path.startswith(root.rstrip("/") + "/"):
                return _parts(path[len(root) :])
        raise Denied("is outside of the granted folder")

    def _link(self, part: str) -> str | None:
        try:
            return os.readlink(part, dir_fd=self._open[-1])
        except OSError:  # no link, or not there
            return None

    def _follow(self, link: str) -> list[str]:
        self._links += 1
        if self._links > MAX_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if not os.path.isabs(link):
            return _parts(link)
        parts = self._below(link)
        while len(self._open) > 1:
            self._up()
        return parts

    def _up(self) -> None:
        if len(self._open) == 1:
            raise Denied("is outside of the granted folder")
        os.close(self._open.pop())

    def _into(self, part: str) -> None:
        if self._make:
            with suppress(FileExistsError):
                os.mkdir(part, dir_fd=self._open[-1])
        self._open.append(os.open(part, _PLACE, dir_fd=self._open[-1]))


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]
