"""Starts bots one after the other, for a host that has time: those that cannot start are left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from tellme.errors import TellmeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tellme.host.host import Host


async def start_all(host: Host, bots: Iterable[str], every_s: float) -> None:
    """Start these bots with a pause between two, so that many of them keep nobody waiting.

    One that has gone meanwhile, or that lacks something, costs no other; it may take seconds to see what it lacks.
    """
    for bot in bots:
        with suppress(TellmeError):
            if await host.why_not_startable(bot) is None:
                await host.start(bot)
        await asyncio.sleep(every_s)
