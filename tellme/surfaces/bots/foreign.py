"""Agents as other programs define them: Zed's settings, toad's agent files, an ACP registry. Pure.

The promise: whatever such a file holds, each agent in it becomes a definition or one line that says why not.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tellme.errors import UsageError
from tellme.host.names import MAX_NAME_BYTES, bot_id
from tellme.text import clean, one_line, shorten

MAX_DESCRIPTION = 200
MAX_AGENTS = 500
_SHELL = re.compile(r"[|&;<>()$`*?\n\\]")
"""What a shell does more with than to split it into words."""
_REFERENCE = re.compile(r"\$(?:\{(?:env:)?(\w+)\}|(\w+))")


_RUNNERS = {
    "npx": (["npx", "-y"], ["npx", "-y", "--package"]),
    "uvx": (["uvx"], ["uvx", "--from"]),
}
"""How a package is run that has one program, and one that has several."""


class Agent(NamedTuple):
    """An agent that can be a bot. Nothing of it is checked but its types."""

    name: str
    command: tuple[str, ...]
    description: str = ""
    env: Mapping[str, str] = {}
    pass_env: tuple[str, ...] = ()


class Skipped(NamedTuple):
    """An agent that cannot; ``why`` continues a sentence that begins with its name."""

    name: str
    why: str


Found = Iterator[Agent | Skipped]


def agents(document: object, platform: str) -> Found:
    """Yield what a document defines, whichever of the formats it has. ``platform`` is a registry's name of this one
    (``linux-x86_64``). Raises ``UsageError`` that continues a sentence about the file.
    """
    match document:
        case {"agent_servers": servers}:
            return _bounded(_zed(servers))
        case {"distribution": _}:
            return _bounded(iter([_registered(document, platform)]))
        case {"agents": list(entries)}:
            return _bounded(_registered(entry, platform) for entry in entries)
        case {"run_command": commands, **rest}:
            return _bounded(iter([_toad(rest, commands, platform)]))
    raise UsageError(
        "defines no agents: neither Zed's agent_servers, nor toad's run_command, nor a registry's distribution"
    )


def _bounded(found: Found) -> Found:
    for number, each in enumerate(found):
        if number == MAX_AGENTS:
            raise UsageError(f"defines more than {MAX_AGENTS} agents; import them one by one")
        yield each


# Zed ---------------------------------------------------------------------------------------------------------------


def _zed(servers: object) -> Found:
    if not isinstance(servers, dict):
        raise UsageError("has agent_servers that are no object")
    for name, server in servers.items():
        yield _zed_agent(name, server)


def _zed_agent(name: str, server: object) -> Agent | Skipped:
    if not isinstance(server, dict):
        return Skipped(_shown(name), "is no object")
    command = server.get("command")
    if isinstance(command, dict):  # as Zed wrote it before 2025
        server, command = command, command.get("path")
    if command is None:
        return Skipped(
            _shown(name), "has no command of its own: Zed installs it; import its agent.json of the registry"
        )
    return _agent(name, [command, *_list(server.get("args"))], server.get("env"))


# toad --------------------------------------------------------------------------------------------------------------


def _toad(agent: Mapping[Any, Any], commands: object, platform: str) -> Agent | Skipped:
    name = agent.get("name")
    if agent.get("protocol", "acp") != "acp":
        return Skipped(_shown(name), "does not speak ACP")
    system = "macos" if platform.startswith("darwin") else platform.partition("-")[0]
    text = (commands.get(system) or commands.get("*")) if isinstance(commands, dict) else commands
    if not isinstance(text, str):
        return Skipped(_shown(name), "has no run_command for this system")
    return _agent(name, _words(text), None, agent.get("description"))


def _words(text: str) -> list[object]:
    try:
        return list(["sh", "-c", text] if _SHELL.search(text) else shlex.split(text))
    except ValueError:
        return ["sh", "-c", text]


# An ACP registry ---------------------------------------------------------------------------------------------------


def _registered(entry: object, platform: str) -> Agent | Skipped:
    if not isinstance(entry, dict):
        return Skipped("An agent", "is no object")
    name, given = entry.get("name") or entry.get("id"), entry.get("distribution")
    ways = given if isinstance(given, dict) else {}
    for way, (run, run_part) in _RUNNERS.items():
        match ways.get(way):
            case {"package": str(package), **more}:
                start = [*run_part, package, more["cmd"]] if "cmd" in more else [*run, package]
                return _agent(name, [*start, *_list(more.get("args"))], more.get("env"), entry.get("description"))
    match ways.get("binary"):
        case dict(targets) if isinstance(target := targets.get(platform), dict):
            return _unpacked(name, target)
        case dict():
            return Skipped(_shown(name), f"has no program for this system ({platform})")
    return Skipped(_shown(name), "has a distribution that is none of npx, uvx and binary")


def _unpacked(name: object, target: Mapping[str, Any]) -> Skipped:
    archive, words = target.get("archive"), [target.get("cmd"), *_list(target.get("args"))]
    command = shlex.join(word for word in words if isinstance(word, str))
    return Skipped(
        _shown(name),
        f"is a program to download: unpack {shorten(one_line(str(archive)), 200)}, then "
        f"'tellme bots add {shlex.quote(name_of(name) or 'NAME')} -- {shorten(one_line(command), 100)}' there",
    )


# All of them -------------------------------------------------------------------------------------------------------


def name_of(given: object) -> str:
    """Return the nearest name that a bot can have; empty where there is none."""
    if not isinstance(given, str):
        return ""
    spaced = "".join(
        char if char.isalpha() or char.isdecimal() or char in "-_" else " " for char in clean(given[:1000])
    )
    name = " ".join(spaced.split()).lstrip("-_ ")
    while len(bot_id(name).encode("utf-8", "replace")) > MAX_NAME_BYTES:
        name = name[:-1].rstrip()
    return name


def _agent(name: object, command: list[object], env: object, description: object = None) -> Agent | Skipped:
    known = name_of(name)
    if not known:
        return Skipped(_shown(name), "has no name that a bot can have")
    if not command or not all(isinstance(word, str) and word.strip() and "\0" not in word for word in command):
        return Skipped(known, "has a command that is no list of texts")
    if env is not None and not _is_env(env):
        return Skipped(known, "has an env that is no table of texts")
    given, handed = _env(env or {})
    said = shorten(one_line(description), MAX_DESCRIPTION) if isinstance(description, str) else ""
    return Agent(known, tuple(map(str, command)), said, given, handed)


def _is_env(env: object) -> bool:
    return isinstance(env, dict) and all(
        key and "=" not in key and "\0" not in key and isinstance(text, str) and "\0" not in text
        for key, text in env.items()
    )


def _env(env: Any) -> tuple[dict[str, str], tuple[str, ...]]:
    """Part what has a value from what is only handed on under its own name (``"KEY": "$KEY"``)."""
    handed = [key for key, text in env.items() if (found := _REFERENCE.fullmatch(text)) and key in found.groups()]
    return {key: text for key, text in env.items() if key not in handed}, tuple(handed)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _shown(name: object) -> str:
    return shorten(one_line(name), 60) if isinstance(name, str) and name.strip() else "An agent without a name"
