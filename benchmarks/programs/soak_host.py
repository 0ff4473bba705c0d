"""A host that goes on and on: sends turns one after the other, and prints now and then what it and its bot hold.

``soak_host.py BOT SESSIONS TURNS POINTS``: the turns go to so many sessions one after the other (0: each has a session
of its own), and after each of POINTS equal parts comes a line of JSON. Memory is resident, in KiB.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys

from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.model import Session


async def main(bot: str, sessions: int, turns: int, points: int) -> None:
    async with open_host(prepare(os.environ)) as host:
        known = [await host.open_session(bot) for _ in range(sessions)]
        for part in range(1, points + 1):
            for number in range(turns // points):
                await _say(host, known[number % sessions] if known else await host.open_session(bot), number)
            pid = (await host.status(bot)).pid
            assert pid is not None
            gc.collect()
            print(
                json.dumps({"turns": part * (turns // points), "host": _held(os.getpid()), "bot": _held(pid)}),
                flush=True,
            )


async def _say(host: Host, session: Session, number: int) -> None:
    text = f"message {number}"
    reply = await (await host.say(session, text)).reply()
    if reply.text != text:
        raise RuntimeError(f"{reply.bot} answered {reply.text!r} ({reply.error})")


def _held(pid: int) -> dict[str, int]:
    with open(f"/proc/{pid}/status") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return {"memory": resident, "descriptors": len(os.listdir(f"/proc/{pid}/fd"))}


name, *numbers = sys.argv[1:]
asyncio.run(main(name, *map(int, numbers)))
