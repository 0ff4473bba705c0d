"""Runs a computation in a forked child: what it takes in time and memory, and how it dies, is no concern of the bot.

The promise: no question holds the bot for longer than its time, nothing is left behind (no process, no descriptor),
and the child touches neither the bot's pipes nor what the bot has yet to write.
"""

from __future__ import annotations

import os

from mathbot import limits
from mathbot.limits import Declined

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 0.9
"""For a whole question, since it began."""
LEAST_SECONDS = 0.4
"""Left for computing, however long the import took."""
CHILD_BYTES = 120 * 1024 * 1024
"""Address space the child may take beyond what it was born with."""
_MAX_REPLY = 100_000
_BORN_BYTES = 64 * 1024 * 1024
"""What a bot with sympy takes, where the system does not say."""
_GIVEN, _DECLINED, _END = b"=", b"!", b"\0"
_TOO_HARD = "That is too hard for me."
_TOO_LONG = "That takes too long to compute."


def run(function: Callable[[], str]) -> str:
    """Return what ``function`` returns in a child; raise ``Declined`` where it does, fails or takes too long."""
    _load()
    seconds = limits.extend(SECONDS, LEAST_SECONDS)
    reading, writing = os.pipe()
    try:
        child = _fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise Declined("I have no memory left for that.") from None
    if child == 0:
        _become(function, writing, seconds)
    os.close(writing)
    try:
        reply = _read(reading, seconds)
    finally:
        os.close(reading)
        _end(child)
    return _understood(reply)


def _load() -> None:
    """Load sympy in the parent, so that children share it; from the second question on, what it loads late as well."""
    import sys

    again = "sympy" in sys.modules
    import sympy

    if again:
        import sympy.integrals.manualintegrate
        import sympy.physics.units  # noqa: F401  # for "simplify"


def _fork() -> int:
    import warnings

    with warnings.catch_warnings():
        # Python warns of threads; the child uses nothing that another thread could have held.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _read(reading: int, seconds: float) -> bytes:
    """Read until the child closes its end; decline when time is up."""
    import select
    import time

    end = time.monotonic() + seconds
    reply = b""
    while len(reply) <= _MAX_REPLY:
        left = end - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            raise Declined(_TOO_LONG)
        part = os.read(reading, 65536)
        if not part:
            break
        reply += part
    return reply


def _end(child: int) -> None:
    """Kill and reap; also where it has ended by itself."""
    import signal

    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        return


def _understood(reply: bytes) -> str:
    kind, text = reply[:1], reply[1:-1]
    if reply[-1:] != _END or kind not in (_GIVEN, _DECLINED):
        raise Declined(_TOO_HARD)
    if kind == _DECLINED:
        raise Declined(text.decode(errors="replace"))
    return text.decode(errors="replace")


# In the child


def _become(function: Callable[[], str], writing: int, seconds: float) -> None:
    """Be the child, to the end: nothing of the parent's runs behind this."""
    try:
        _detach(writing)
        _limit(seconds)
        os.write(writing, _outcome(function))
    finally:
        os._exit(0)


def _outcome(function: Callable[[], str]) -> bytes:
    try:
        return _GIVEN + function().encode() + _END
    except Declined as reason:
        return _DECLINED + str(reason).encode() + _END
    except MemoryError:
        return _DECLINED + b"That needs too much memory." + _END
    except Exception:
        # A stranger's library: whatever goes wrong in it is a question that can't be answered.
        return _DECLINED + _TOO_HARD.encode() + _END


def _detach(writing: int) -> None:
    """Let go of the parent's descriptors and signal handlers."""
    import signal
    import sys

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115  # until the end
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.closerange(3, writing)
    os.closerange(writing + 1, _most_descriptors())


def _most_descriptors() -> int:
    import resource

    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return min(most, 65536) if most > 0 else 65536


def _limit(seconds: float) -> None:
    """Have the system end this process, in case the parent is not there to do so."""
    import resource
    import signal

    signal.setitimer(signal.ITIMER_REAL, seconds + 0.5)
    most = _size() + CHILD_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _size() -> int:
    """Return the address space of this process."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return _BORN_BYTES
