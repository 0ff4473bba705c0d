"""What the supervisor asks of the kernel beyond ``os``: who is below a process, how much it holds, how it is shown.

Each function does without where the system has no such thing (``/proc``, ``prctl``): then it returns the empty answer.
Small imports only, because spawner and wardens load it on the way to a bot's first answer.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_LISTS_CHILDREN = os.path.exists("/proc/thread-self/children")
"""Whether the kernel was built to tell a process's children; where not, all processes are asked for their parent."""
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_ARG_START = 48 - 3
"""Place of ``arg_start`` (field 48 of proc(5)'s ``stat``) and ``arg_end`` among the fields after the command's name."""


def prctl(option: int, value: int) -> bool:
    """Call prctl(2); ``False`` where there is none."""
    try:
        import _ctypes  # ``ctypes`` itself takes eight times as long to load

        this_program = _ctypes.dlopen(None, 0)  # type: ignore[arg-type]  # the stub does not know of None
        function = _ctypes.dlsym(this_program, "prctl")
        return bool(_ctypes.call_function(function, (option, value, 0, 0, 0)) == 0)
    except (ImportError, OSError, AttributeError):
        return False


def adopt_orphans() -> None:
    """Become the parent of every process below whose own parent ends, daemonised or not."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


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
        fields = _stat_fields("self")
        start, end = int(fields[_ARG_START]), int(fields[_ARG_START + 1])
        room = end - start - 1
        text = title.encode(errors="replace")[:room]
        _write("/proc/self/mem", text.ljust(room, b"\0"), start)
        _write("/proc/self/comm", text[:15])
    except (OSError, IndexError, ValueError):
        return


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
