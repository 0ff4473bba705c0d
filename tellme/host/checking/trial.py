"""Whether a bot takes the configuration that it is given: its process is started and asked nothing but its name.

The promise: what is found wrong are the bot's own words, and whatever else happens is no finding.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import suppress

from tellme.host.prepare import Prepared, launch
from tellme.model import BotSpec
from tellme.supervisor.acp_link import AcpLink
from tellme.supervisor.exits import EX_CONFIG
from tellme.supervisor.link import Died, Refused
from tellme.supervisor.log_tail import words_since
from tellme.supervisor.process import CLOSE_GRACE_S, TERM_GRACE_S, CannotStart, Process
from tellme.supervisor.spawn import Spawner

TRIAL_S = 10.0
"""A bot that takes longer to be ready is left to its first message."""


async def wrong_configuration(spec: BotSpec, prepared: Prepared) -> str | None:
    """Return what a bot that speaks the Agent Client Protocol says of its configuration, if it ends because of that."""
    with suppress(CannotStart, OSError):
        return await _try(spec, prepared)
    return None


async def _try(spec: BotSpec, prepared: Prepared) -> str | None:
    spawner = Spawner()
    try:
        with tempfile.TemporaryDirectory(prefix="tellme-trial-", ignore_cleanup_errors=True) as folder:
            log = os.path.join(folder, "log")
            process = await Process.adopt(spawner.spawn(launch(spec, prepared).changed(log_path=log)))
            try:
                await _ready(spec.name, process)
            finally:
                end = await process.stop((CLOSE_GRACE_S, TERM_GRACE_S))
            return " ".join(words_since(log, "", 1)) if end.code == EX_CONFIG else None
    finally:
        spawner.close(wait_s=1.0)


async def _ready(name: str, process: Process) -> None:
    """Wait until it has answered, has ended, or has had its time."""
    link = AcpLink(name, process.write, process.log, lambda session, text: None)
    ended = asyncio.ensure_future(process.wait())
    ended.add_done_callback(lambda end: None if end.cancelled() else link.fail(end.result().describe()))
    process.listen(link.feed)
    with suppress(Died, Refused, TimeoutError):
        async with asyncio.timeout(TRIAL_S):
            await link.initialize()
