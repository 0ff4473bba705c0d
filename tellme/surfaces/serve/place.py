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
            self._bind(self.listener)
        except BaseException:
            self.close()
            raise

    def listen(self) -> None:
        """From now on clients find the socket, and are let in."""
        self.listener.listen(BACKLOG)
        self.listener.setblocking(False)

    def renew(self) -> bool:
        """Listen on a new socket, if somebody has deleted the old one; tell whether that was so.

        The old ``listener`` is the caller's then. Raises ``TellmeError`` where that cannot be.
        """
        if self._bound is None or os.path.lexists(self.path) or not os.path.isdir(os.path.dirname(self._paths.run_dir)):
            return False
        if not self._is_folder_there():
            self._move_in()
        listener = _socket()
        try:
            self._bind(listener)
        except BaseException:
            listener.close()
            raise
        self.listener = listener
        self.listen()
        return True

    def _is_folder_there(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._folder), os.stat(self._paths.run_dir))
        except OSError:
            return False

    def _move_in(self) -> None:
        """Take the folder that is there now, or make it: with the old one the lock has gone, too."""
        folder, lock = self._folder, self._lock
        self._folder = _open_folder(self._paths.run_dir)
        try:
            self._lock = self._take_lock()
        except BaseException:
            os.close(self._folder)
            self._folder = folder
            raise
        os.close(folder)
        os.close(lock)

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
            raise UsageError(
                f"tellme serve is running already{who}; stop it first, or use it: "
                "ask, list, sessions and the shell find it by themselves."
            ) from None
        except OSError as error:
            os.close(lock)
            raise TellmeError(f"{self._paths.run_dir}/{LOCK} cannot be locked: {error.strerror}.") from None
        return lock

    def _bind(self, listener: socket.socket) -> None:
        self._remove_stale()
        before = os.umask(0o177)
        try:
            listener.bind(endpoint.address(self._paths, self._folder))
            self._bound = os.stat(endpoint.NAME, dir_fd=self._folder)
        except OSError as error:
            raise TellmeError(f"The socket {self.path} cannot be made: {_reason(error)}.") from None
        finally:
            os.umask(before)

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
