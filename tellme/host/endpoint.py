"""The socket of a ``tellme serve``: where it is, and a connection to it that is surely to a host of this user's.

Synchronous and small: ``tellme ask`` looks here first.
"""

from __future__ import annotations

import os
import stat

from tellme.paths import Paths

NAME = "tellme.sock"


def path(paths: Paths) -> str:
    """Return where the socket is, as a person is told."""
    return os.path.join(paths.run_dir, NAME)


def connect(paths: Paths, wait_s: float = 2.0) -> int | None:
    """Return the descriptor of a connection to the host that listens; ``None`` where there is none.

    A folder that others can write to, or a socket that is not this user's, counts as none.
    """
    try:
        folder = os.open(paths.run_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if not is_ours(folder) or not _is_our_socket(folder):
            return None
        import _socket

        connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        try:
            connection.settimeout(wait_s)  # a listener that takes nobody must not hang whoever asks
            connection.connect(address(paths, folder))
        except OSError:
            connection.close()
            return None
        return connection.detach()
    finally:
        os.close(folder)


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
