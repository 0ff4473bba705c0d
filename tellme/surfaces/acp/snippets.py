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
    # https://zed.dev/docs/ai/external-agents
    return Snippet(
        _servers(agent, {"type": "custom"}), "This goes into Zed's settings.json ('zed: open settings file')."
    )


def _jetbrains(agent: Agent) -> Snippet:
    # https://www.jetbrains.com/help/ai-assistant/acp.html
    return Snippet(_servers(agent, {}), "This goes into ~/.jetbrains/acp.json ('Add Custom Agent' in the AI Chat).")


def _toad(agent: Agent) -> Snippet:
    # The keys that its store, its launcher and its command line read; agent_schema.py there describes them.
    fields = {
        "identity": f"{agent.id}.tellme",
        "name": agent.name,
        "short_name": agent.id,
        "protocol": "acp",
        "type": "chat",
        "author_name": "tellme",
        "description": agent.description,
        "help": agent.description,
    }
    called = shlex.join(_with_env(agent))
    lines = [f"{key} = {_toml(value)}" for key, value in fields.items()]
    lines += ["tags = []", f'run_command."*" = {_toml(called)}', "", "[actions]"]
    place = f"toad has no folder for such files but its package's data/agents; at once: toad acp {shlex.quote(called)}"
    return Snippet("\n".join(lines) + "\n", place)


def _generic(agent: Agent) -> Snippet:
    return Snippet(_servers(agent, {}), "This is the form that most clients of the protocol read; see their manuals.")


def _servers(agent: Agent, kind: Mapping[str, str]) -> str:
    program, *arguments = agent.command
    server = {**kind, "command": program, "args": arguments, "env": dict(agent.env)}
    return json.dumps({"agent_servers": {agent.name: server}}, indent=2, ensure_ascii=False) + "\n"


def _with_env(agent: Agent) -> Sequence[str]:
    variables = [f"{name}={value}" for name, value in agent.env.items()]
    return ["env", *variables, *agent.command] if variables else agent.command


def _toml(text: str) -> str:
    """Write a basic string; what JSON escapes, TOML escapes alike, but for DEL, which JSON leaves."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


_PROGRAMS: Mapping[str, Callable[[Agent], Snippet]] = {
    "zed": _zed,
    "jetbrains": _jetbrains,
    "toad": _toad,
    "generic": _generic,
}
