"""A home with a session in it."""

from __future__ import annotations

import asyncio

from tellme.host.open import open_host
from tellme.host.prepare import prepare


def with_session(messages: list[str]) -> None:
    """Keep a session with the echo bot in which all this was said."""
    import os

    async def main() -> None:
        async with open_host(prepare(os.environ)) as host:
            session = await host.open_session("Echo")
            for message in messages:
                await (await host.say(session, message)).reply()

    asyncio.run(main())
