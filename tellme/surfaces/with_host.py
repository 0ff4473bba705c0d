"""Runs the body of a command that needs a host and then ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.surfaces.problems import say_damage, say_problems
from tellme.surfaces.running import run


def with_host(environ: Mapping[str, str], body: Callable[[Host], Awaitable[int]], *, problems: bool = True) -> int:
    """Open the host, say what is wrong with the configuration, and return what ``body`` does, the exit code.

    Raises ``TellmeError``.
    """
    prepared = prepare(environ)

    async def main() -> int:
        async with open_host(prepared) as host:
            if problems:
                say_problems(host)
            try:
                return await body(host)
            finally:
                say_damage(host)

    return run(main)
