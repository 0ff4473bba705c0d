"""The socket of a ``tellme serve``: where it is, and a connection to it that is surely to a host of this user's.

Synchronous and small: ``tellme ask`` looks here first.
"""

from __future__ import annotations

import os
import stat
import sys
import time

from tellme.errors import TellmeError
from tellme.paths import Paths

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from _socket import socket

NAME = "tellme.sock"

ANSWERS_WITHIN_S = 3.0
"""How long a host may take to let a client in, and again to greet it."""
TRY_AGAIN_S = 0.01


def path(paths: Paths) -> str:
    """Return where the socket is, as a person is told."""
    return os.path.join(paths.run_dir, NAME)


def connect(paths: Paths) -> int | None:
    """Return the descriptor of a connection to the host that listens; ``None`` where there is none.

    A folder that others can write to, or a socket that is not this user's, counts as none. Raises ``TellmeError`` where
    so many stand at the door that nobody is let in for ``ANSWERS_WITHIN_S``.
    """
    try:
        folder = os.open(paths.run_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if not is_ours(folder) or not _is_our_socket(folder):
            return None
        return _connect(address(paths, folder), path(paths))
    finally:
        os.close(folder)


def silent(descriptor: int) -> TellmeError:
    """Return the error for a host that let a client in and does not answer."""
    pid = _pid(descriptor)
    return _silent("which runs" if pid is None else f"pid {pid}")


def address(paths: Paths, folder: int) -> str:
    """Return what to bind or connect to, while ``folder`` is open: a socket's path may have 107 bytes at most."""
    whole = path(paths)
    through = f"/proc/self/fd/{folder}/{NAME}"
    return through if len(os.fsencode(whole)) > 100 and os.path.isdir(os.path.dirname(through)) else whole


def is_ours(folder: int) -> bool:
    """Tell whether an open folder belongs to this user, and to nobody else."""
    found = os.fstat(folder)
    return found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o077


def _is_our_socket(folder: int) -> bool:
    try:
        found = os.stat(NAME, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    return stat.S_ISSOCK(found.st_mode) and found.st_uid == os.getuid()


def _connect(address: str, place: str) -> int | None:
    import _socket

    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.setblocking(False)  # what would wait in a blocking one for ever fails, as often as it is tried
        _try(connection, address)
    except BlockingIOError:
        connection.close()
        raise _silent(place) from None
    except OSError:
        connection.close()
        return None
    except BaseException:
        connection.close()
        raise
    return connection.detach()


def _try(connection: socket, address: str) -> None:
    deadline = time.monotonic() + ANSWERS_WITHIN_S
    while True:
        try:
            return connection.connect(address)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise
        time.sleep(TRY_AGAIN_S)


def _silent(who: str) -> TellmeError:
    what_to_do = "wait until it does, or end it with SIGKILL: what it was told is kept."
    return TellmeError(f"The tellme serve ({who}) does not answer; {what_to_do}")


def _pid(descriptor: int) -> int | None:
    """Return the process at the other end of a connection, where the system says which."""
    import _socket

    if sys.platform != "linux":
        return None
    connection = _socket.socket(fileno=descriptor)
    try:
        ucred = connection.getsockopt(_socket.SOL_SOCKET, _socket.SO_PEERCRED, 12)  # pid, uid, gid (unix(7))
    finally:
        connection.detach()
    return int.from_bytes(ucred[:4], sys.byteorder)
