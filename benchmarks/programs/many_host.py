"""A host with many bots and sessions: starts them all, sends turns over all of them at once, and prints what that took.

``many_host.py PLAN``, where PLAN is a JSON object with all of `Plan`'s fields; one JSON object is printed. Memory is in
MiB of PSS: of this process, and of all that it started.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterable
from typing import NamedTuple

from tellme.host.events import Watcher
from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.model import BotState, Session, StateChanged


class Plan(NamedTuple):
    bots: list[str]
    sessions: int
    """So many over all bots."""
    turns: int
    """So many over all sessions, besides the first of each session."""
    text: str
    answer: str


async def main(plan: Plan) -> None:
    async with open_host(prepare(os.environ)) as host:
        with host.watch() as events:
            began = time.perf_counter()
            for name in plan.bots:
                await host.start(name)
            await _all_ready(events, {host.find(name).id for name in plan.bots})
            ready_s = time.perf_counter() - began
        ready_mib = _started_mib()
        sessions = [await host.open_session(plan.bots[number % len(plan.bots)]) for number in range(plan.sessions)]
        await _talk(host, sessions, plan, 1)
        began = time.perf_counter()
        await _talk(host, sessions, plan, plan.turns // plan.sessions)
        turns_s = time.perf_counter() - began
        found = {
            "ready_s": ready_s,
            "ready_mib": ready_mib,
            "turn_us": turns_s / (plan.turns // plan.sessions * plan.sessions) * 1e6,
            "used_mib": _started_mib(),
            "host_mib": _pss_mib(os.getpid()),
        }
    print(json.dumps(found))


async def _all_ready(events: Watcher, waiting: set[str]) -> None:
    async for event in events:
        match event:
            case StateChanged(bot, BotState.READY):
                waiting.discard(bot)
            case StateChanged(bot, BotState.FAILED, reason):
                raise RuntimeError(f"{bot} {reason}")
        if not waiting:
            return


async def _talk(host: Host, sessions: Iterable[Session], plan: Plan, turns: int) -> None:
    async with asyncio.TaskGroup() as group:
        for session in sessions:
            group.create_task(_say(host, session, plan, turns))


async def _say(host: Host, session: Session, plan: Plan, turns: int) -> None:
    for _ in range(turns):
        reply = await (await host.say(session, plan.text)).reply()
        if reply.text != plan.answer:
            raise RuntimeError(f"{reply.bot} answered {reply.text!r} ({reply.error})")


def _started_mib() -> float:
    below, layer = [], [os.getpid()]
    while layer:
        layer = [child for pid in layer for child in _children(pid)]
        below += layer
    return sum(map(_pss_mib, below))


def _children(pid: int) -> list[int]:
    children = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            children += [int(child) for child in file.read().split()]
    return children


def _pss_mib(pid: int) -> float:
    with open(f"/proc/{pid}/smaps_rollup") as smaps:
        return next(int(line.split()[1]) for line in smaps if line.startswith("Pss:")) / 1024


asyncio.run(main(Plan(**json.loads(sys.argv[1]))))
