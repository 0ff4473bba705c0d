"""Memory: each bot's process, after its first answer, against a bare interpreter that waits for input.

PSS counts what several processes share (the interpreter itself, what a fork left untouched) once, in equal parts;
RSS counts it for each of them. What a host pays for one more bot is nearer to PSS.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from figures import Figure, skipped

from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare

SMAPS = "/proc/self/smaps_rollup"
BARE = "python -c 'input()'"
MESSAGES = {"math": "2+2", "zen": "beauty", "english": "How are you?"}
"""What each bot is told first, so that it has loaded all that it answers with."""


class Memory(NamedTuple):
    """Of one process, in MiB."""

    pss: float
    rss: float


def measure(quick: bool) -> list[Figure]:
    """Start every bot of the catalogue and look at all processes at once; takes as long when quick."""
    if not os.path.exists(SMAPS):
        return [skipped("memory of the bots", "this system has no /proc/PID/smaps_rollup")]
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    async with _bare_interpreter() as bare, open_host(prepare(os.environ)) as host:
        if host.problems:
            raise host.problems[0]
        for spec in host.specs():
            session = await host.open_session(spec.name)
            reply = await (await host.say(session, MESSAGES.get(spec.id, "hi"))).reply()
            if reply.error:
                raise RuntimeError(reply.error)
        found = {name: memory_of(pid) for name, pid in (await _processes(host)).items()}
        theirs = memory_of(bare)
    return [
        Figure(f"{name}, {kind.upper()}", getattr(memory, kind), "MiB", BARE, getattr(theirs, kind))
        for name, memory in found.items()
        for kind in Memory._fields
    ]


async def _processes(host: Host) -> dict[str, int]:
    """Return what processes there are: each bot's, one warden (they are all alike), and the spawner."""
    statuses = await host.bots()
    bots = {status.name: status.pid for status in statuses if status.pid is not None}
    warden = _parent_of(next(iter(bots.values())))
    return {**bots, "a bot's warden": warden, "the spawner": _parent_of(warden)}


def _parent_of(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rpartition(")")[2].split()[1])


def memory_of(pid: int) -> Memory:
    """Read what a process has."""
    with open(f"/proc/{pid}/smaps_rollup") as smaps:
        kib = {
            name: int(rest.split()[0])
            for name, _, rest in (line.partition(":") for line in smaps)
            if rest.endswith("kB\n")
        }
    return Memory(pss=kib["Pss"] / 1024, rss=kib["Rss"] / 1024)


@asynccontextmanager
async def _bare_interpreter() -> AsyncIterator[int]:
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "input('>')", stdin=pipe, stdout=pipe)
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        await child.stdout.readexactly(1)
        yield child.pid
    finally:
        child.stdin.write(b"\n")
        child.stdin.close()
        await child.wait()
