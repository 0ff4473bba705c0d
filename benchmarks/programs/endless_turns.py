"""A host that has turns with Echo, one after the other, for so many seconds: ``endless_turns.py SECONDS``."""

from __future__ import annotations

import asyncio
import os
import sys
import time

from tellme.host.open import open_host
from tellme.host.prepare import prepare


async def main(seconds: float) -> None:
    async with open_host(prepare(os.environ)) as host:
        session = await host.open_session("Echo")
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            await (await host.say(session, "hello, is anybody there?")).reply()


asyncio.run(main(float(sys.argv[1])))
