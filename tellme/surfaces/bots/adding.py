"""``tellme bots add``: a folder with a manifest for a program that is there already, or for another bot of a kind."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tellme.errors import UsageError
from tellme.host import toml
from tellme.host.catalogue import MANIFEST
from tellme.model import BotSpec
from tellme.surfaces import output
from tellme.surfaces.bots import fitness, folders, programs
from tellme.surfaces.bots.words import quoted

HEADING = (
    "# What tellme knows of this bot. A change counts from the next message on; 'tellme bots check' looks at it.\n"
)


class Added(NamedTuple):
    """What a person gave on the command line."""

    name: str
    command: Sequence[str] = ()
    kind: str | None = None
    protocol: str | None = None
    prompt: str | None = None
    end: str | None = None
    quiet: float | None = None
    pty: bool = False
    description: str | None = None
    aliases: Sequence[str] = ()
    timeout: float | None = None
    corpus: Sequence[str] = ()
    settings: Sequence[str] = ()
    pass_env: Sequence[str] = ()


def add(added: Added, environ: Mapping[str, str]) -> int:
    """Make the bot's folder and say what to do next. Raises ``UsageError``."""
    place = folders.Place.find(environ)
    name = folders.checked_name(place, added.name)
    _check_source(added)
    command, changed = programs.settled(added.command, environ) if added.command else ([], [])

    def check(spec: BotSpec) -> None:
        fitness.check_aliases(spec, place)
        fitness.check_configuration(spec, place, environ)

    spec = folders.put(place, name, {MANIFEST: folders.manifest(_table(added, command), HEADING)}, check=check)
    for line in changed:
        output.note(line)
    output.block(f"Added {spec.name}: {spec.source}\nTry it:   tellme ask {quoted(name)} hello")
    output.block(f"Check it: tellme bots check {quoted(name)}")
    if spec.kind == "command" and not added.protocol and spec.protocol == "acp" and not spec.command[0].endswith(".py"):
        output.block("It has to speak the Agent Client Protocol; a program that answers lines needs --protocol lines.")
    return 0


def _check_source(added: Added) -> None:
    if not added.command and not added.kind:
        raise UsageError(f"Say what the bot is: a command after --, as in {programs.EXAMPLE}, or --kind english.")
    if added.command and added.kind:
        raise UsageError("A bot has a command or a kind, not both.")


def _table(added: Added, command: list[str]) -> dict[str, object]:
    """Return the keys of the manifest, in the order in which a person reads them."""
    asks_for_lines = added.prompt or added.end or added.quiet is not None or added.pty
    return {
        "name": added.name,
        "description": added.description,
        "kind": added.kind,
        "command": tuple(command),
        "protocol": added.protocol or ("lines" if asks_for_lines else None),
        "prompt": added.prompt,
        "end": added.end,
        "quiet": added.quiet,
        "pty": True if added.pty else None,
        "corpus": tuple(_whole(name) for name in added.corpus),
        "aliases": tuple(added.aliases),
        "timeout": added.timeout,
        "pass_env": tuple(added.pass_env),
        "settings": _settings(added.settings) or None,
    }


def _whole(corpus: str) -> str:
    return os.path.abspath(corpus) if os.path.isfile(corpus) else corpus


def _settings(given: Sequence[str]) -> dict[str, Any]:
    """Read ``key=value``: a number, true, false, a list or an object as JSON, any other value as text."""
    settings = {}
    for each in given:
        key, equals, text = each.partition("=")
        if not equals or not key:
            raise UsageError(f"A setting is written as key=value, not {toml.shown(each)}.")
        settings[key] = _setting(text)
    return settings


def _setting(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
