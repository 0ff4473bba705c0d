"""Prints the snippet that adds this installation to another program."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from tellme.host.host import Host
from tellme.surfaces import output
from tellme.surfaces.acp.snippets import Agent, snippet
from tellme.surfaces.serve.systemd import command
from tellme.surfaces.with_host import with_host


def print_config(environ: Mapping[str, str], program: str, bot: str | None) -> int:
    """Print the snippet on stdout, and where it goes on stderr. Raises ``TellmeError``."""
    called = list(command(sys.argv[0], environ))[:-1]
    env = {"TELLME_HOME": os.path.abspath(environ["TELLME_HOME"])} if environ.get("TELLME_HOME") else {}
    if bot is None:
        agent = Agent("tellme", "tellme", "A shell for chatbots", [*called, "acp"], env)
        return _print(program, agent)

    async def look(host: Host) -> int:
        spec = host.find(bot)
        about = spec.description or f"{spec.name}, a bot of tellme's"
        return _print(program, Agent(spec.name, spec.id, about, [*called, "acp", spec.name], env))

    return with_host(environ, look, problems=False)


def _print(program: str, agent: Agent) -> int:
    found = snippet(program, agent)
    output.write(found.text)
    output.note(found.place)
    return 0
