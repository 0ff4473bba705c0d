"""A host with many sessions that talk at once while its bots are killed; what it is told it prints, line by line.

``storm_host.py PLAN``, where PLAN is a JSON object with all of `Plan`'s fields. Each line is a JSON object: of a turn
that ended what a surface knows of it, and in the end how many bots were killed. A line is written when the reply is
there, and at once, so that whoever reads it has been told.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from typing import NamedTuple

from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.model import Piece, Reply, Retrying


class Plan(NamedTuple):
    """What happens; times in seconds."""

    bots: list[str]
    sessions: int
    """So many with each bot."""
    turns: int
    """So many in each session, one after the other."""
    pause_s: float
    """The mean of what a session waits before each of its messages."""
    kills: int
    """The most bots that are killed; none once all turns have ended."""
    kill_every_s: float
    seed: int


async def main(plan: Plan) -> None:
    chance = random.Random(plan.seed)
    async with open_host(prepare(os.environ)) as host:
        storm = asyncio.create_task(_storm(host, plan, chance))
        numbers = iter(range(len(plan.bots) * plan.sessions))
        async with asyncio.TaskGroup() as group:
            for name in plan.bots * plan.sessions:
                group.create_task(_talk(host, name, next(numbers), plan, random.Random(chance.random())))
        storm.cancel()
        await asyncio.wait((storm,))
        _tell({"kills": _killed})


async def _talk(host: Host, name: str, number: int, plan: Plan, chance: random.Random) -> None:
    """Hold a conversation in which no two messages of the whole storm are alike, and each is a sum for Math."""
    session = await host.open_session(name)
    for turn in range(plan.turns):
        await asyncio.sleep(chance.uniform(0, 2 * plan.pause_s))
        message = f"{number * plan.turns + turn} + 1000000"
        running = await host.say(session, message)
        seen = ""
        async for event in running:
            match event:
                case Retrying():
                    seen = ""
                case Piece(text):
                    seen += text
                case Reply():
                    _tell({"bot": name, "session": session.id, "turn": running.id, "message": message, "seen": seen,
                           "reply": event._asdict()})  # fmt: skip


_killed = 0


async def _storm(host: Host, plan: Plan, chance: random.Random) -> None:
    """Kill a bot that has a process, whatever it does, until there were enough."""
    global _killed
    while _killed < plan.kills:
        await asyncio.sleep(plan.kill_every_s)
        if pids := [status.pid for status in await host.bots() if status.pid is not None]:
            os.kill(chance.choice(pids), signal.SIGKILL)
            _killed += 1


def _tell(what: dict[str, object]) -> None:
    line = json.dumps(what).encode() + b"\n"
    while line:
        line = line[os.write(1, line) :]


if __name__ == "__main__":
    asyncio.run(main(Plan(**json.loads(sys.argv[1]))))
