"""``tellme acp --print-config``: what to add to another program so that it has tellme, or one bot, as an agent."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tellme.errors import UsageError
from tellme.nearest import nearest


class Agent(NamedTuple):
    """What a program has to know to start the agent."""

    name: str
    id: str
    description: str
    command: Sequence[str]
    env: Mapping[str, str]


class Snippet(NamedTuple):
    """A text, and one sentence that says where it goes."""

    text: str
    place: str


def snippet(program: str, agent: Agent) -> Snippet:
    """Return what a program wants. Raises ``UsageError`` for one that is not known."""
    try:
        return _PROGRAMS[program.lower()](agent)
    except KeyError:
        near = nearest(program, list(_PROGRAMS)) or tuple(_PROGRAMS)
        raise UsageError(
            f"There is no configuration for {program!r}; there is for {', '.join(_PROGRAMS)}. Nearest: {near[0]}."
        ) from None


def _zed(agent: Agent) -> Snippet:
    program, *arguments = agent.command
    server = {"type": "custom", "command": program, "args": arguments, "env": dict(agent.env)}
    text = json.dumps({"agent_servers": {agent.name: server}}, indent=2, ensure_ascii=False)
    return Snippet(f"{text}\n", "This goes into Zed's settings.json ('zed: open settings').")


def _toad(agent: Agent) -> Snippet:
    command = ["env", *(f"{name}={value}" for name, value in agent.env.items())] if agent.env else []
    fields = {
        "identity": f"{agent.id}.tellme.local",
        "name": agent.name,
        "short_name": agent.id,
        "url": "https://agentclientprotocol.com",
        "protocol": "acp",
        "author_name": "tellme",
        "author_url": "https://agentclientprotocol.com",
        "publisher_name": "tellme",
        "publisher_url": "https://agentclientprotocol.com",
        "type": "chat",
        "description": agent.description,
        "help": agent.description,
    }
    lines = [f"{key} = {_toml(value)}" for key, value in fields.items()]
    lines += ["tags = []", f'run_command."*" = {_toml(shlex.join([*command, *agent.command]))}', "", "[actions]"]
    return Snippet("\n".join(lines) + "\n", f"This is an agent file of toad's: save it as {agent.id}.toml there.")


def _generic(agent: Agent) -> Snippet:
    program, *arguments = agent.command
    server = {"name": agent.name, "command": program, "args": arguments, "env": dict(agent.env)}
    text = json.dumps(server, indent=2, ensure_ascii=False)
    return Snippet(f"{text}\n", "This is how an ACP client starts it; where it goes is in that client's manual.")


def _toml(text: str) -> str:
    """Write a basic string; what JSON escapes, TOML escapes alike, but for DEL, which JSON leaves."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


_PROGRAMS: Mapping[str, Callable[[Agent], Snippet]] = {"zed": _zed, "toad": _toad, "generic": _generic}
