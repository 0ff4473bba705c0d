"""The spawner's main: forks a warden for each request, and outlives them all.

Single-threaded, with a clean environment and nothing in memory that a bot must not see, because bots of tellme's own
go on from a fork of it. It keeps the last part of "nothing is left behind": when something kills a warden, what was
below it comes here and is killed.
"""

from __future__ import annotations

import _socket
import os
import select
import sys
import time

from tellme.supervisor import linux
from tellme.supervisor.launch import REQUEST_FORK
from tellme.supervisor.reaping import Wakeup, kill_all, reap, reset_signals, signal
from tellme.supervisor.warden import keep_warden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tellme.supervisor.child import Role

WARDENS_GRACE_S = 1.0
"""How long wardens may take to end after the host; they need 0.3 s, unless a bot has stopped them."""
AHEAD_MS = 500
"""A host that is still there so long after its first built-in bot will start more: time to prepare for those."""
SWEEP_S = (0.02, 1.0)
"""The shortest and the longest wait before strays are killed again."""


def main() -> None:
    """Be the spawner; its socket is descriptor 0."""
    role: Role | None = _begin
    while role is not None:
        role = role()
    # The teardown of the interpreter takes 4 ms, and 'tellme ask' waits for this end. A bot that has loaded either of
    # these may have asked to be told of it.
    if not sys.modules.keys() & {"atexit", "threading"}:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _begin() -> Role | None:
    descriptor = _take_socket()
    os.chdir("/")
    if os.getsid(0) != os.getpid():
        os.setsid()
    reset_signals()
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # it ends when its host does, and wardens when they are told
    for error in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(error, signal.SIG_IGN)  # a host that is gone or a full log must not kill a warden
    linux.adopt_orphans()
    linux.set_title("tellme: spawner")
    return Forker(_socket.socket(fileno=descriptor)).serve()


def _take_socket() -> int:
    """Move the socket away from 0, which becomes ``/dev/null``, and close what else the host left open."""
    descriptor = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0, inheritable=True)
    for other in _open_descriptors():
        if other > 2 and other != descriptor:
            try:
                os.close(other)
            except OSError:
                continue
    return descriptor


def _open_descriptors() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/dev/fd")]
    except OSError:
        return list(range(3, 1024))


class Forker:
    """The spawner's loop."""

    def __init__(self, host: _socket.socket) -> None:
        self._host: _socket.socket | None = host
        self._wakeup = Wakeup()
        self._wardens: set[int] = set()
        self._builtin = 0
        """How many built-in bots were asked for."""
        self._ahead = [(1, _load_sdk), (2, _load_more), (4, _rehearse)]
        """What makes forks cheaper and is still to do, before which built-in bot at the latest.

        The first is what a person waits for, and a person's first three may be one of each kind.
        """
        self._deadline: float | None = None
        self._strays = False
        self._sweep_s = SWEEP_S[0]
        self._poll = select.poll()
        self._poll.register(host, select.POLLIN)
        self._poll.register(self._wakeup.descriptor, select.POLLIN)

    def serve(self) -> Role | None:
        """Fork on request until the host and the last warden are gone. Returns early in each fork, with its role."""
        while self._host is not None or self._wardens or self._strays:
            ready = self._poll.poll(self._timeout_ms())
            if not ready and self._builtin and self._host is not None:
                self._do_ahead()
            for descriptor, _ in ready:
                if descriptor == self._wakeup.descriptor:
                    self._wakeup.take()
                else:
                    role = self._request()
                    if role is not None:
                        return role
            self._reap()
            if self._deadline is not None and time.monotonic() > self._deadline:
                kill_all()
        return None

    def _timeout_ms(self) -> int | None:
        if self._strays:
            return int(self._sweep_s * 1000)
        if self._deadline is not None:
            return max(20, int((self._deadline - time.monotonic()) * 1000) + 1)
        return AHEAD_MS if self._builtin and self._ahead else None

    def _request(self) -> Role | None:
        assert self._host is not None
        kind, descriptors = _receive(self._host)
        if len(descriptors) == 3:
            return self._fork(kind, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        if not kind:
            self._poll.unregister(self._host)
            self._host.close()
            self._host = None
            self._deadline = time.monotonic() + WARDENS_GRACE_S
        return None

    def _fork(self, kind: bytes, control: int, stdin: int, stdout: int) -> Role | None:
        if kind == REQUEST_FORK:
            self._warm_up()
        try:
            pid = os.fork()
        except OSError as error:
            _refuse(control, error)
            pid = -1
        if pid == 0:
            self._leave()
            return lambda: keep_warden(control, stdin, stdout)
        if pid > 0:
            self._wardens.add(pid)
        for descriptor in (control, stdin, stdout):
            os.close(descriptor)
        return None

    def _warm_up(self) -> None:
        """Load what the bot needs, and prepare for as many as are expected now that there are so many."""
        self._builtin += 1
        while self._ahead and self._ahead[0][0] <= self._builtin:
            self._do_ahead()

    def _do_ahead(self) -> None:
        if self._ahead:
            _, do = self._ahead.pop(0)
            do()

    def _leave(self) -> None:
        """In the fork: give up what is the spawner's."""
        assert self._host is not None
        self._host.close()
        self._wakeup.close()
        linux.mark()

    def _reap(self) -> None:
        ended, _ = reap()
        self._wardens.difference_update(pid for pid, _ in ended)
        if not ended and not self._strays:
            return
        strays = [pid for pid in linux.children(os.getpid()) if pid not in self._wardens]
        self._strays = bool(strays)
        self._sweep_s = min(self._sweep_s * 2, SWEEP_S[1]) if strays else SWEEP_S[0]
        if strays:
            kill_all(*strays)


def _refuse(control: int, error: OSError) -> None:
    try:
        os.write(control, f"cannot {os.strerror(error.errno or 0)}\n".encode())
    except OSError:
        return  # the host is gone


def _receive(host: _socket.socket) -> tuple[bytes, list[int]]:
    """Return a request's kind, empty at the end, and the descriptors that came with it."""
    try:
        kind, messages, _, _ = host.recvmsg(1, _socket.CMSG_SPACE(4 * 4))
    except ConnectionError:
        return b"", []
    packed = b"".join(data for level, what, data in messages if what == _socket.SCM_RIGHTS)
    return kind, [int.from_bytes(packed[at : at + 4], sys.byteorder) for at in range(0, len(packed), 4)]


def _load_sdk() -> None:
    """Load what built-in bots have in common; they share the memory, and the garbage collector is kept off it."""
    import gc

    try:
        import tellme.sdk.blocking
        import tellme.sdk.running  # noqa: F401
    except ImportError:
        return  # the bot's own import says what is wrong, in its log
    gc.freeze()


def _load_more() -> None:
    import gc

    from tellme.supervisor.preload import preload

    preload()
    gc.freeze()


def _rehearse() -> None:
    import gc

    from tellme.supervisor.rehearsal import fill_gaps, rehearse

    rehearse()
    gc.collect()
    fill_gaps()
    gc.freeze()
