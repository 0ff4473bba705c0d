"""The way through: one turn through host, store and pipe to a running bot and back, against a bare parent and child.

The bare pairs are what one would write without tellme: asyncio's own subprocess, a line of JSON there, a line back.
One child is an asyncio program too; the other only blocks on its pipe, as a bot of the SDK does, and is the harder
peer. The limits hold for both. All three children say back what they are told.

Measured as the system places the processes, and with all of them on one core. The second repeats better: with two cores
the pair with the blocking child takes 40 µs or 100, depending on whether a core has to be woken for each line.

At last as many turns as go through one host with ten bots at once, with every message on disk.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from figures import Figure, Peer, compare, skipped
from home import PROGRAMS, add_bot, home_of, settle

from tellme.host.open import open_host
from tellme.host.prepare import prepare

KEPT, NOT_KEPT = "a turn", "a turn, nothing kept"
AGAINST_BARE = {KEPT: {"p50": 4.0, "p99": 4.0}, NOT_KEPT: {"p50": 2.0, "p99": 2.0}}
"""Issue 7: at most twice a bare asyncio parent and child, and with the store four times."""

BOTS, SESSIONS = 10, 100
AT_MOST_US = 200.0
"""Issue 7: at least 5,000 turns a second over ten bots on two cores."""

BLOCK = 50
"""So many turns of one way, then so many of the next: the noise of the machine meets all."""

TEXT = "hello, is anybody there?"
Exchange = Callable[[], Awaitable[str]]


def measure(quick: bool) -> list[Figure]:
    """Send turns by all three ways, in blocks."""
    blocks = 10 if quick else 60
    figures = asyncio.run(_measure(blocks, ""))
    many = _many(2_000 if quick else 20_000)
    if not hasattr(os, "sched_setaffinity"):
        return [*figures, many, skipped("a turn on one core", "this system cannot keep processes on one core")]
    with _one_core():
        return [*figures, *asyncio.run(_measure(blocks, " on one core")), many]


def _many(turns: int) -> Figure:
    """Send turns over all sessions of ten bots at once."""
    with home_of("way_through") as home:
        names = [f"Echo {number}" for number in range(BOTS)]
        for name in names:
            add_bot(home, name, "echo_bot.py")
        settle()
        plan = {"bots": names, "sessions": SESSIONS, "turns": turns, "text": TEXT, "answer": TEXT}
        command = [sys.executable, str(PROGRAMS / "many_host.py"), json.dumps(plan)]
        found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    name = f"a turn, of {SESSIONS} at once with {BOTS} bots"
    return Figure(name, found["turn_us"], "µs", "5,000 turns a second", AT_MOST_US, 1.0)


async def _measure(blocks: int, where: str) -> list[Figure]:
    async with AsyncExitStack() as stack:
        bare = {
            name: await stack.enter_async_context(_bare(program))
            for name, program in (("asyncio child", "asyncio_child.py"), ("blocking child", "blocking_child.py"))
        }
        with_store = await stack.enter_async_context(_through_host(keep=True))
        without_store = await stack.enter_async_context(_through_host(keep=False))
        ways = {KEPT: with_store, NOT_KEPT: without_store, **bare}
        times_us = {name: await _block(exchange) for name, exchange in ways.items()}  # to warm up
        for taken in times_us.values():
            taken.clear()
        for _ in range(blocks):
            for name, exchange in ways.items():
                times_us[name] += await _block(exchange)
    return [
        figure
        for name, limits in AGAINST_BARE.items()
        for figure in compare(
            name + where,
            times_us[name],
            [Peer(f"asyncio parent, {child}", times_us[child], limits) for child in bare],
            "µs",
            ("p50", "p99"),
        )
    ]


@contextmanager
def _one_core() -> Iterator[None]:
    """Keep this process, and what it starts meanwhile, on one of its cores."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


async def _block(exchange: Exchange) -> list[float]:
    taken = []
    for _ in range(BLOCK):
        began = time.perf_counter()
        answer = await exchange()
        taken.append((time.perf_counter() - began) * 1e6)
        if answer != TEXT:
            raise RuntimeError(f"{answer!r} came back instead of {TEXT!r}")
    return taken


@asynccontextmanager
async def _through_host(*, keep: bool) -> AsyncIterator[Exchange]:
    async with open_host(prepare(os.environ, keep=keep)) as host:
        session = await host.open_session("Echo")

        async def exchange() -> str:
            running = await host.say(session, TEXT)
            return (await running.reply()).text

        yield exchange


@asynccontextmanager
async def _bare(program: str) -> AsyncIterator[Exchange]:
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(sys.executable, str(PROGRAMS / program), stdin=pipe, stdout=pipe)
    assert child.stdin is not None
    assert child.stdout is not None
    to_child, from_child = child.stdin, child.stdout
    number = 0

    async def exchange() -> str:
        nonlocal number
        number += 1
        to_child.write(json.dumps({"id": number, "text": TEXT}).encode() + b"\n")
        await to_child.drain()
        return str(json.loads(await from_child.readline())["text"])

    try:
        yield exchange
    finally:
        to_child.close()
        await child.wait()
