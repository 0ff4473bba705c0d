"""The one place where a host is found: the folder, the lock that decides who serves there, and the socket in it.

Promises: nobody but this user can reach the socket, from its first moment on; of two that would serve, one does; what a
server that was killed left behind hinders none that comes after it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import stat
import struct
import sys
from contextlib import suppress

from tellme.errors import TellmeError, UsageError
from tellme.host import endpoint
from tellme.paths import Paths, make_private

LOCK = "serve.lock"
BACKLOG = 128

_UCRED = struct.Struct("3i")
"""``struct ucred`` of Linux: pid, uid, gid (unix(7))."""


class Taken(UsageError):
    """Another one serves in this place."""


class Place:
    """Held for the life of a server. Raises ``UsageError`` where another one serves, or others could reach it."""

    def __init__(self, paths: Paths) -> None:
        self.path = endpoint.path(paths)
        self._paths = paths
        self._folder = _open_folder(paths.run_dir)
        self._lock = -1
        self._bound: os.stat_result | None = None
        self.listener = _socket()
        try:
            self._lock = self._take_lock()
            self._bound = self._bind(self.listener)
        except BaseException:
            self.close()
            raise

    def listen(self) -> None:
        """From now on clients find the socket, and are let in."""
        _listen(self.listener)

    def renew(self) -> bool:
        """Take the lock again and listen on a new socket, where somebody has deleted the old one; tell whether we do.

        The old ``listener`` is the caller's then. Raises ``Taken`` where another one has the lock now, else
        ``TellmeError`` where that cannot be.
        """
        try:
            return self._bound is not None and self._is_wanted() and self._renew(self._bound)
        except OSError as error:
            raise TellmeError(f"The socket {self.path} cannot be made anew: {error.strerror}.") from None

    def _is_wanted(self) -> bool:
        """Whoever deletes all of the data has it deleted."""
        return os.path.isdir(os.path.dirname(self._paths.run_dir))

    def _renew(self, bound: os.stat_result) -> bool:
        if not self._is_folder_there():
            self._move_in()
        elif not _is_same(os.fstat(self._lock), self._found(LOCK)):
            self._lock_again()
        found = self._found(endpoint.NAME)
        if _is_same(bound, found) or (found is not None and not stat.S_ISSOCK(found.st_mode)):
            return False
        self._listen_anew()
        return True

    def _listen_anew(self) -> None:
        listener = _socket()
        try:
            bound = self._bind(listener)
            _listen(listener)
        except BaseException:
            listener.close()
            raise
        self._bound, self.listener = bound, listener

    def _found(self, name: str) -> os.stat_result | None:
        """Return what is in the folder by this name."""
        with suppress(FileNotFoundError):
            return os.stat(name, dir_fd=self._folder, follow_symlinks=False)
        return None

    def _is_folder_there(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._folder), os.stat(self._paths.run_dir))
        except OSError:
            return False

    def _move_in(self) -> None:
        """Take the folder that is there now, or make it: with the old one the lock has gone, too."""
        folder = self._folder
        self._folder = _open_folder(self._paths.run_dir)
        try:
            self._lock_again()
        except BaseException:
            os.close(self._folder)
            self._folder = folder
            raise
        os.close(folder)

    def _lock_again(self) -> None:
        """Take the lock that others look at: one on a file that was deleted keeps nobody out."""
        before, self._lock = self._lock, self._take_lock()
        os.close(before)

    def remove(self) -> None:
        """Have no client find the socket any more, if it is still ours. Does not raise, and may be called twice."""
        bound, self._bound = self._bound, None
        with suppress(OSError):
            if bound is not None and os.path.samestat(bound, os.stat(endpoint.NAME, dir_fd=self._folder)):
                os.unlink(endpoint.NAME, dir_fd=self._folder)

    def stop_listening(self) -> None:
        """Turn away who has found it before. May be called twice; the listener must be in no event loop any more."""
        self.listener.close()

    def close(self) -> None:
        """Let another one serve."""
        self.remove()
        self.stop_listening()
        for descriptor in (self._folder, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._folder = self._lock = -1

    def _take_lock(self) -> int:
        """The lock is given back by the kernel however the process ends; its file stays, with the pid for people."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            lock = os.open(LOCK, flags, 0o600, dir_fd=self._folder)
        except OSError as error:
            raise TellmeError(f"{self._paths.run_dir}/{LOCK} cannot be opened: {error.strerror}.") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(lock, 0)
            os.write(lock, b"%d\n" % os.getpid())
        except BlockingIOError:
            who = _pid_in(lock)
            os.close(lock)
            raise Taken(
                f"tellme serve is running already{who}; stop it first, or use it: "
                "ask, list, sessions and the shell find it by themselves."
            ) from None
        except OSError as error:
            os.close(lock)
            raise TellmeError(f"{self._paths.run_dir}/{LOCK} cannot be locked: {error.strerror}.") from None
        return lock

    def _bind(self, listener: socket.socket) -> os.stat_result:
        """Nobody reaches it before it listens; until it is ours alone, the folder keeps others out, too."""
        self._remove_stale()
        try:
            listener.bind(endpoint.address(self._paths, self._folder))
            os.chmod(endpoint.NAME, 0o600, dir_fd=self._folder)
            return os.stat(endpoint.NAME, dir_fd=self._folder)
        except OSError as error:
            raise TellmeError(f"The socket {self.path} cannot be made: {_reason(error)}.") from None

    def _remove_stale(self) -> None:
        """Whoever holds the lock knows that nobody listens to a socket that is there."""
        try:
            found = os.stat(endpoint.NAME, dir_fd=self._folder, follow_symlinks=False)
            if not stat.S_ISSOCK(found.st_mode):
                raise UsageError(f"{self.path} is in the way, and is no socket; move it elsewhere.")
            os.unlink(endpoint.NAME, dir_fd=self._folder)
        except FileNotFoundError:
            return
        except OSError as error:
            raise TellmeError(f"The old socket {self.path} cannot be removed: {error.strerror}.") from None


def _socket() -> socket.socket:
    return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)


def _listen(listener: socket.socket) -> None:
    listener.listen(BACKLOG)
    listener.setblocking(False)


def _is_same(ours: os.stat_result, found: os.stat_result | None) -> bool:
    """Tell whether two are one file; its number is given to no other one while we have it open."""
    return found is not None and os.path.samestat(ours, found)


def is_peer_ours(client: socket.socket) -> bool:
    """Tell whether a client is a process of this user; where the system does not say, the folder has seen to it."""
    if sys.platform != "linux":
        return True
    credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    return bool(_UCRED.unpack(credentials)[1] == os.getuid())


def _open_folder(path: str) -> int:
    """Open the folder, made where it is not there; one that others may read is closed to them."""
    try:
        make_private(path)
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise TellmeError(f"The folder {path} for the socket cannot be used: {error.strerror}.") from None
    try:
        _make_ours(folder, path)
    except BaseException:
        os.close(folder)
        raise
    return folder


def _make_ours(folder: int, path: str) -> None:
    found = os.fstat(folder)
    if found.st_uid != os.getuid():
        raise UsageError(f"The folder {path} belongs to another user (uid {found.st_uid}); no socket is put there.")
    if stat.S_IMODE(found.st_mode) & 0o022:
        raise UsageError(f"Others can write to the folder {path}; no socket is put there. 'chmod 700' it first.")
    if not endpoint.is_ours(folder):
        os.fchmod(folder, 0o700)


def _pid_in(lock: int) -> str:
    text = os.pread(lock, 20, 0).strip()
    return f" (pid {int(text)})" if text.isdigit() else ""


def _reason(error: OSError) -> str:
    return "its path is too long" if error.errno is None or error.errno == errno.ENAMETOOLONG else str(error.strerror)
