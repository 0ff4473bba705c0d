"""``tellme`` with a stopwatch: the same start, but audit events are noted with their time and written down at the end.

``traced_tellme.py FILE ARGUMENT...``: FILE gets a JSON list of ``[ns, event, detail]``, on the clock of
``time.monotonic_ns``, which all processes share. Audit events are CPython's own, so no name of tellme's is known here;
and what this needs itself is imported at the end, so that it takes no import off the program's account.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

WATCHED = ("import", "open", "os.posix_spawn", "sqlite3.", "socket.", "os.mkdir", "os.rename", "fcntl.flock")

file = sys.argv.pop(1)
events: list[tuple[int, str, str]] = [(time.monotonic_ns(), "begin", "the interpreter is up")]
_exit = os._exit


def note(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(WATCHED):
        events.append((time.monotonic_ns(), event, str(arguments[0]) if arguments else ""))


def leave(status: int) -> NoReturn:
    events.append((time.monotonic_ns(), "end", f"exit code {status}; processor time: {_processor_times()}"))
    import json

    with open(file, "w") as stream:
        json.dump(events, stream)
    _exit(status)


def _processor_times() -> str:
    import resource

    own, below = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (
        f"{(own.ru_utime + own.ru_stime) * 1000:.0f} ms here, {(below.ru_utime + below.ru_stime) * 1000:.0f} ms below"
    )


os._exit = leave
sys.path.pop(0)
sys.addaudithook(note)

from tellme.__main__ import main  # noqa: E402

main()
