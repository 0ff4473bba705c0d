"""What a check of a bot of any protocol ends with: its memory, and whether it leaves when nobody is there any more."""

from __future__ import annotations

import asyncio

from tellme.host.checking.findings import Finding
from tellme.host.checking.record import Recorded
from tellme.model import BotSpec
from tellme.supervisor.process import CLOSE_GRACE_S
from tellme.supervisor.usage import memory_bytes

TIGHT = 0.8
"""The part of its limit from which a bot's memory is worth a word."""


def memory(process: Recorded, spec: BotSpec) -> Finding:
    """Say how much memory the bot takes now."""
    taken, limit = memory_bytes(process.pid), spec.memory_bytes
    if taken is None:
        return Finding(None, "memory", "is not known")
    text = f"{taken / 2**20:.1f} MiB" + (f" of {limit / 2**20:.0f} MiB" if limit else "")
    if limit and taken > TIGHT * limit:
        return Finding(None, "memory", text, "Close to its limit: raise memory in the manifest.")
    return Finding(True, "memory", text)


async def end_of_input(process: Recorded) -> Finding:
    """Close the bot's stdin and see that it ends."""
    process.close_input()
    try:
        async with asyncio.timeout(CLOSE_GRACE_S):
            end = await process.wait()
    except TimeoutError:
        return Finding(
            False,
            "end",
            f"it still runs {CLOSE_GRACE_S:g} s after its stdin was closed",
            "Leave when stdin ends; tellme has to kill such a bot, and whatever it was writing is lost.",
        )
    if end.code == 0:
        return Finding(True, "end", "it ends when its stdin does")
    return Finding(None, "end", f"it {end.describe()} when its stdin ended", "An orderly end is exit code 0.")
