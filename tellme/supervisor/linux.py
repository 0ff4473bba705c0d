"""What the supervisor asks of the kernel beyond ``os``: who is below a process, how much it holds, how it is shown.

Each function does without where the system has no such thing (``/proc``, ``prctl``): then it returns the empty answer.
Small imports only, because spawner and wardens load it on the way to a bot's first answer.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
RLIMIT_LOCKS = 10

WARDEN = 1
"""How many marks a warden carries more than its host."""
BOT = 2
"""How many a bot does, and whatever it starts."""
_NO_MARKS = 2**40
"""The limit from which marks are counted where it was none."""

_LISTS_CHILDREN = os.path.exists("/proc/thread-self/children")
"""Whether the kernel was built to tell a process's children; where not, all processes are asked for their parent."""
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_ARG_START = 48 - 3
"""Place of ``arg_start`` (field 48 of proc(5)'s ``stat``) and ``arg_end`` among the fields after the command's name."""
_title_place: list[int] = []
"""Where the title begins and ends: the same in each fork, and to find it costs a fork 0.2 MiB of its own."""


def prctl(option: int, value: int) -> bool:
    """Call prctl(2); ``False`` where there is none."""
    return _call("prctl", option, value, 0, 0, 0)


def adopt_orphans(yes: bool = True) -> None:
    """Become the parent of every process below whose own parent ends, daemonised or not; or be that no more."""
    prctl(PR_SET_CHILD_SUBREAPER, int(yes))


def mark() -> None:
    """Mark this process and all that it will start, once more than before; nobody but root can take that back.

    The mark is the hard limit on file locks, less one: no kernel since 2.6 looks at it, it is inherited whatever a
    process does, and without privilege it can only be lowered. Where somebody has set it to 0 there is no mark: then
    bots run, and what survives its warden and the spawner is the system's.
    """
    limit = max(0, _NO_MARKS - marks(os.getpid()) - 1).to_bytes(8, sys.byteorder)
    _call("prlimit", 0, RLIMIT_LOCKS, limit * 2, None)


def marks(pid: int) -> int:
    """Return how many marks a process carries; 0 where that is not known."""
    try:
        line = next(line for line in _read(f"/proc/{pid}/limits").splitlines() if line.startswith(b"Max file locks"))
        return _NO_MARKS - int(line.split()[-2])
    except (OSError, StopIteration, ValueError):  # the last is "unlimited"
        return 0


def die_with_parent(signal: int) -> None:
    """Have the kernel send ``signal`` to this process when its parent ends."""
    prctl(PR_SET_PDEATHSIG, signal)


def descendants(pid: int) -> list[int]:
    """Return all processes below ``pid``, zombies included, nearest first."""
    find = _listed_children if _LISTS_CHILDREN else _scanned_children()
    below: list[int] = []
    layer = [pid]
    while layer:
        layer = [child for parent in layer for child in find(parent)]
        below += layer
    return below


def children(pid: int) -> list[int]:
    """Return the children of ``pid``, zombies included."""
    return _listed_children(pid) if _LISTS_CHILDREN else _scanned_children()(pid)


def resident_bytes(pid: int) -> int | None:
    """Return how much memory of a process is resident; ``None`` when it has ended or this is not known."""
    try:
        return int(_read(f"/proc/{pid}/statm").split()[1]) * _PAGE_BYTES
    except (OSError, IndexError):
        return None


def set_title(title: str) -> None:
    """Show ``title`` in ``ps`` in place of this process's command line."""
    try:
        if not _title_place:
            fields = _stat_fields("self")
            _title_place.extend((int(fields[_ARG_START]), int(fields[_ARG_START + 1])))
        start, end = _title_place
        room = end - start - 1
        text = title.encode(errors="replace")[:room]
        _write("/proc/self/mem", text.ljust(room, b"\0"), start)
        _write("/proc/self/comm", text[:15])
    except (OSError, IndexError, ValueError):
        return


def _call(name: str, *arguments: int | bytes | None) -> bool:
    """Call a function of the C library; ``False`` where it fails or is not there."""
    try:
        import _ctypes  # ``ctypes`` itself takes eight times as long to load

        this_program = _ctypes.dlopen(None, 0)  # type: ignore[arg-type]  # the stub does not know of None
        function = _ctypes.dlsym(this_program, name)
        return bool(_ctypes.call_function(function, arguments) == 0)
    except (ImportError, OSError, AttributeError):
        return False


def _listed_children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            found += map(int, _read(f"/proc/{pid}/task/{thread}/children").split())
    except OSError:
        return found  # it has ended meanwhile
    return found


def _scanned_children() -> Callable[[int], list[int]]:
    """Read every process's parent once, and return the answers to "whose children?"."""
    family: dict[int, list[int]] = {}
    for pid in _all_pids():
        try:
            parent = int(_stat_fields(str(pid))[1])
        except (OSError, IndexError):
            continue  # it has ended meanwhile
        family.setdefault(parent, []).append(pid)
    return lambda pid: family.get(pid, [])


def _all_pids() -> Iterator[int]:
    try:
        names = os.listdir("/proc")
    except OSError:
        return iter(())
    return (int(name) for name in names if name.isdigit())


def _stat_fields(pid: str) -> list[bytes]:
    """The fields of ``/proc/PID/stat`` from the third on; the second, a name, may hold spaces and brackets."""
    return _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = b""
        while chunk := os.read(descriptor, 4096):
            data += chunk
        return data
    finally:
        os.close(descriptor)


def _write(path: str, data: bytes, offset: int = 0) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        if offset:
            os.lseek(descriptor, offset, os.SEEK_SET)
        os.write(descriptor, data)
    finally:
        os.close(descriptor)
