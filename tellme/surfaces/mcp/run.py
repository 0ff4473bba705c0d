"""One run of ``tellme mcp``: until its client has gone or a signal comes; the package mcp is loaded here alone.

Promise: what was called is answered when stdin ends; turns of a client that has gone are cancelled; nothing stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec

from tellme.errors import UsageError
from tellme.host.open import open_host
from tellme.host.prepare import Prepared, prepare
from tellme.surfaces.acp.stdio import Stop, loop_of_files, taken
from tellme.surfaces.problems import say_damage, say_problems


def serve_mcp(environ: Mapping[str, str], bots: Sequence[str]) -> int:
    """Be the server until the client has gone, and return the exit code. Raises ``TellmeError``."""
    if not _is_installed():
        raise UsageError("The package mcp is not installed here: pip install 'tellme[mcp]'.")
    prepared = prepare(environ)
    with taken() as (incoming, outgoing), asyncio.Runner(loop_factory=loop_of_files) as runner:
        return runner.run(_run(prepared, bots, incoming, outgoing))


async def _run(prepared: Prepared, bots: Sequence[str], incoming: int, outgoing: int) -> int:
    from tellme.surfaces.mcp.server import serve
    from tellme.surfaces.mcp.tools import Tools
    from tellme.surfaces.mcp.transport import Transport

    stop = Stop()
    stop.listen()
    async with open_host(prepared) as host:
        tools = Tools(host, bots)
        say_problems(host)
        say_damage(host)
        serving = asyncio.create_task(serve(tools, Transport(incoming, outgoing, stop.event.set)))
        stopping = asyncio.create_task(stop.event.wait())
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        await tools.settle()
    return stop.code


def _is_installed() -> bool:
    try:
        return find_spec("mcp") is not None
    except ValueError:  # it was kept from being imported
        return False
