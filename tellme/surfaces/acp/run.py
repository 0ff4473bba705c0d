"""One run of ``tellme acp``, from its start until the client has gone.

Promises: stdout carries the protocol alone; when stdin ends, what was asked for is still answered; when the client has
gone, or a signal comes, the open turns are cancelled, kept, and nothing is left behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tellme.host.open import open_host
from tellme.host.prepare import Prepared, prepare
from tellme.surfaces.acp.agent import StdioAgent
from tellme.surfaces.acp.one import OneBot
from tellme.surfaces.acp.remembered import Remembered
from tellme.surfaces.acp.stdio import Stop, loop_of_files, taken
from tellme.surfaces.acp.whole import WholeShell
from tellme.surfaces.problems import say_damage, say_problems
from tellme.surfaces.serve.channel import Channel
from tellme.surfaces.serve.house import House
from tellme.surfaces.serve.stderr import say

SETTLE_S = 3.0
"""How long turns that are cancelled may take to say so."""
LEAVE_S = 1.0
"""How long the client may take to read that."""


def serve_stdio(environ: Mapping[str, str], bot: str | None) -> int:
    """Be the agent until the client has gone, and return the exit code. Raises ``TellmeError``."""
    prepared = prepare(environ)
    with taken() as (incoming, outgoing), asyncio.Runner(loop_factory=loop_of_files) as runner:
        return runner.run(Run(prepared, bot, incoming, outgoing).run())


class Run:
    """See the module."""

    def __init__(self, prepared: Prepared, bot: str | None, incoming: int, outgoing: int) -> None:
        self._prepared = prepared
        self._bot = bot
        self._streams = incoming, outgoing
        self._stop = Stop()

    async def run(self) -> int:
        """Serve, and return the exit code."""
        self._stop.listen()
        async with open_host(self._prepared) as host:
            say_problems(host)
            say_damage(host)
            house = House(host, dict)
            try:
                await self._serve(house)
            finally:
                await house.close()
        return self._stop.code

    async def _serve(self, house: House) -> None:
        channel = Channel(*self._streams)
        agent = self._agent(house, channel)
        gone = asyncio.Event()
        channel.on_data = agent.feed
        channel.on_end = agent.end_input

        def close(why: str) -> None:
            agent.lost()
            agent.cancel_all()
            gone.set()
            self._stop.event.set()
            if why:
                say(f"The client {why}, and was cut off.")

        channel.on_close = close
        channel.open()
        await self._stop.event.wait()
        agent.cancel_all()
        await house.settle(SETTLE_S)
        channel.finish()
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                await gone.wait()
        channel.abort()

    def _agent(self, house: House, channel: Channel) -> StdioAgent:
        if self._bot is not None:
            return OneBot(house, channel, self._bot)
        remembered = Remembered(Path(self._prepared.paths.data_dir) / "acp")
        remembered.prune()
        return WholeShell(house, channel, remembered)
