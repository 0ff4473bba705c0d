"""The host's way to a new process: one spawner a host, and for each bot three descriptors that lead to it.

Synchronous and small, because ``tellme ask`` starts its bot with this before it imports anything else. The host never
forks; and what a bot is given (its command, its secrets) goes to that bot's warden alone, never through the spawner,
from whose memory the next bot is forked.
"""

from __future__ import annotations

import _socket
import os
import sys
import time

from tellme.supervisor.launch import REQUEST_EXEC, REQUEST_FORK, Launch
from tellme.supervisor.reaping import send, signal

__all__ = ["Launch", "Spawned", "Spawner"]

SEND_TIMEOUT_S = 5.0
"""How long a spawner may leave a request unread before it counts as broken."""

_TITLE_ROOM = " " * 400
"""An argument that the spawner, its wardens and forked bots overwrite with what ``ps`` should show."""

_CODE = "import sys; sys.path.append(sys.argv[1]); from tellme.supervisor.spawner import main; main()"


class Spawned:
    """The host's ends of a process that is being started. Whoever takes them must close them."""

    __slots__ = ("at", "control", "on_terminal", "stdin", "stdout")

    def __init__(self, stdin: int, stdout: int, control: int, at: float, on_terminal: bool = False) -> None:
        self.stdin = stdin
        """To write to."""
        self.stdout = stdout
        """To read from."""
        self.control = control
        """A stream to the bot's warden; when it is closed, the warden ends everything."""
        self.at = at
        """When it was begun, in seconds since the epoch."""
        self.on_terminal = on_terminal
        """Both of the first are our end of its terminal."""

    def close(self) -> None:
        """Give the process up: its warden ends it."""
        for descriptor in (self.stdin, self.stdout, self.control):
            os.close(descriptor)


class Spawner:
    """Starts the spawner process and asks it for wardens. Not for use from several threads at once."""

    def __init__(self) -> None:
        """Start the spawner; does not wait until it is up."""
        self._socket: _socket.socket
        self._pid: int
        self._start()

    @property
    def pid(self) -> int:
        """The process that is the spawner now; another one after it was killed, 0 where no other could be started."""
        return self._pid

    def spawn(self, launch: Launch) -> Spawned:
        """Begin to start a bot and return at once. Raises ``OSError`` where descriptors or processes have run out.

        That a bot cannot start is learned from its warden, by ``Process.adopt``.
        """
        at = time.time()
        (stdin_read, stdin_write, stdout_read, stdout_write), ours, wardens = _open_ends(launch.pty)
        try:
            kind = REQUEST_FORK if launch.builtin else REQUEST_EXEC
            self._request(kind, (wardens.fileno(), stdin_read, stdout_write))
            ours.settimeout(SEND_TIMEOUT_S)
            ours.sendall(launch.pack())
        except BaseException:
            ours.close()
            os.close(stdin_write)
            os.close(stdout_read)
            raise
        finally:
            wardens.close()
            os.close(stdin_read)
            os.close(stdout_write)
        spawned = Spawned(stdin_write, stdout_read, ours.detach(), at, launch.pty)
        for descriptor in (spawned.stdin, spawned.stdout, spawned.control):
            os.set_blocking(descriptor, False)
        return spawned

    def release(self) -> None:
        """Let the spawner go; it ends when its last warden has. ``close`` has to follow."""
        if self._socket.fileno() >= 0:
            send(self._pid, signal.SIGCONT)
            try:
                self._socket.shutdown(_socket.SHUT_WR)
            except OSError:  # BSD and macOS: it was released already, or has ended
                return

    def close(self, wait_s: float = 0.0) -> None:
        """Let the spawner go, and wait for its end at most ``wait_s`` seconds."""
        if self._socket.fileno() < 0:
            return
        self.release()
        if wait_s > 0 and self._ends_within(wait_s):
            os.waitpid(self._pid, 0)
        self._socket.close()

    def _ends_within(self, seconds: float) -> bool:
        self._socket.settimeout(seconds)
        try:
            return self._socket.recv(1) == b""
        except ConnectionError:  # it was killed before it had read all
            return True
        except TimeoutError:
            return False

    def _request(self, kind: bytes, descriptors: tuple[int, ...]) -> None:
        if self._pid:
            try:
                self._send(kind, descriptors)
                return
            except ConnectionError:  # something has killed it
                self._bury()
        self._start()
        self._send(kind, descriptors)

    def _send(self, kind: bytes, descriptors: tuple[int, ...]) -> None:
        packed = b"".join(descriptor.to_bytes(4, sys.byteorder) for descriptor in descriptors)
        send(self._pid, signal.SIGCONT)  # a bot may have stopped it
        self._socket.sendmsg([kind], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, packed)])

    def _bury(self) -> None:
        self._socket.close()
        send(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._pid = 0

    def _start(self) -> None:
        ours, spawners = _socket.socketpair()
        ours.settimeout(SEND_TIMEOUT_S)
        try:
            self._pid = _start_spawner(spawners.fileno())
        except BaseException:
            ours.close()
            raise
        finally:
            spawners.close()
        self._socket = ours


def _start_spawner(descriptor: int) -> int:
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # -I -S: nothing of the environment and no site-packages, which a built-in bot loads only if it needs them.
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", _CODE, os.path.dirname(package), _TITLE_ROOM]
    # Where a build of Python needs these to find its own libraries, it does not start without them.
    env = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}
    actions = [
        (os.POSIX_SPAWN_DUP2, descriptor, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    try:
        return os.posix_spawn(command[0], command, env, file_actions=actions, setsid=True, setsigmask=())
    except NotImplementedError:  # no setsid in this libc: the spawner does it, a little later
        return os.posix_spawn(command[0], command, env, file_actions=actions, setsigmask=())


def _open_ends(on_terminal: bool) -> tuple[list[int], _socket.socket, _socket.socket]:
    """Return stdin's read and write end, stdout's read and write end, and a pair of sockets."""
    ends: list[int] = []
    try:
        if on_terminal:
            _open_terminal(ends)
        else:
            ends += os.pipe()
            ends += os.pipe()
        return ends, *_socket.socketpair()
    except OSError:
        for descriptor in ends:
            os.close(descriptor)
        raise


def _open_terminal(ends: list[int]) -> None:
    """Add both ends of a terminal, each twice, in the order of two pipes."""
    from tellme.supervisor.terminal import open_terminal

    ours, bots = open_terminal()
    ends += bots, ours
    ends.append(os.dup(ours))
    ends.append(os.dup(bots))
