"""``tellme bots import``: bots from the agents that a person has in other programs already.

The promise: nothing that is there is changed, and of each agent found one line says what became of it.
"""

from __future__ import annotations

import glob
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tellme.errors import ConfigError, UsageError
from tellme.host import toml
from tellme.host.catalogue import MANIFEST
from tellme.host.names import bot_id
from tellme.paths import open_to_read
from tellme.surfaces import output
from tellme.surfaces.bots import folders, foreign, jsonc, programs
from tellme.surfaces.bots.foreign import Agent, Skipped
from tellme.surfaces.bots.words import quoted, several
from tellme.text import one_line

MAX_BYTES = 8 * 1024 * 1024
"""The public registry has 200 KiB."""

TIMEOUT_S = 600
"""For one turn of an agent, which may work on something, or be downloaded first."""

_HEADING = "# Imported from {file}.\n"


class Imported(NamedTuple):
    """A file, and what to do with what is in it."""

    file: str
    dry_run: bool


def import_bots(environ: Mapping[str, str], sources: Sequence[str], *, dry_run: bool) -> int:
    """Make a bot of each agent in the sources: ``zed``, ``toad``, names of files; all known places without one.

    Returns 1 where nothing was found at all. Raises ``UsageError``.
    """
    place = folders.Place.find(environ)
    files = list(_files(sources, environ))
    if not files:
        output.note("No agents were found: neither Zed's settings nor toad's agents are here. A file can be named.")
        return 1
    made: dict[str, str] = {}
    for file in files:
        try:
            for found in _read(file):
                _take(found, place, Imported(file, dry_run), environ, made)
        except UsageError as error:
            if len(files) == 1:
                raise
            output.note(str(error))
    if made:
        output.block(f"{'Would make' if dry_run else 'Made'} {several(len(made), 'bot')}.")
    if made and not dry_run:
        output.block(f"Try one: tellme bots check {quoted(next(iter(made)))}")
    return 0


# Where they are ----------------------------------------------------------------------------------------------------


def _files(sources: Sequence[str], environ: Mapping[str, str]) -> Iterator[str]:
    known = {"zed": _zed_files, "toad": _toad_files}
    for source in sources or known:
        if (places := known.get(source)) is None:
            yield source
            continue
        found = [file for file in places(environ) if os.path.isfile(file)]
        if sources and not found:
            raise UsageError(f"Nothing of {source} was found here. Name the file: 'tellme bots import FILE'.")
        yield from found


def _zed_files(environ: Mapping[str, str]) -> Iterable[str]:
    home = os.path.expanduser("~")
    configs = (
        environ.get("FLATPAK_XDG_CONFIG_HOME"),
        environ.get("XDG_CONFIG_HOME"),
        os.path.join(home, ".config"),
        os.path.join(home, ".var", "app", "dev.zed.Zed", "config"),
    )
    return dict.fromkeys(os.path.join(config, "zed", "settings.json") for config in configs if config)


def _toad_files(environ: Mapping[str, str]) -> Iterable[str]:
    data = environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    tools = (("uv", "tools"), ("pipx", "venvs"))
    roots = [os.path.join(data, *tool, "batrachian-toad", "lib", "python3*", "site-packages") for tool in tools]
    installed = [glob.escape(folder) for folder in sys.path if os.path.isabs(folder)]
    return (
        file
        for root in [*roots, *installed]
        for file in sorted(glob.glob(os.path.join(root, "toad", "data", "agents", "*.toml")))
    )


# What they hold ----------------------------------------------------------------------------------------------------


def _read(file: str) -> Iterator[Agent | Skipped]:
    """Yield the agents of a file. Raises ``UsageError``."""
    try:
        yield from foreign.agents(_document(file), _platform())
    except ConfigError:
        raise
    except UsageError as error:
        raise UsageError(f"{file} {error}.") from None


def _document(file: str) -> object:
    if file.endswith(".toml"):
        return toml.read(file).table
    try:
        with open_to_read(file) as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise UsageError(f"cannot be read: {reason}") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"is larger than {MAX_BYTES >> 20} MiB")
    try:
        return jsonc.loads(data.decode())
    except UnicodeDecodeError:
        raise UsageError("is not UTF-8") from None
    except ValueError as error:
        raise UsageError(f"is no JSON: {error}") from None


def _platform() -> str:
    machine = platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    return f"{'darwin' if sys.platform == 'darwin' else 'linux'}-{machine}"


# What becomes of them ----------------------------------------------------------------------------------------------


def _take(
    found: Agent | Skipped, place: folders.Place, imported: Imported, environ: Mapping[str, str], made: dict[str, str]
) -> None:
    why = f"it {found.why}" if isinstance(found, Skipped) else _why_not(found, place, environ, made)
    if isinstance(found, Agent) and not why and not imported.dry_run:
        why = _made(found, place, imported.file)
    if isinstance(found, Skipped) or why:
        output.note(f"Skipped {found.name}: {(why or '').rstrip('.')}.")
        return
    made[found.name] = imported.file
    output.block(f"{found.name}: {one_line(' '.join(found.command[:3]))}{' …' * (len(found.command) > 3)}")
    for line in _about_env(found, place):
        output.note(line)


def _why_not(agent: Agent, place: folders.Place, environ: Mapping[str, str], made: Mapping[str, str]) -> str | None:
    if any(bot_id(name) == bot_id(agent.name) for name in made):
        return "one before it has that name"
    if taken := place.why_taken(agent.name):
        return taken
    return programs.why_missing(_command(agent)[0], environ)


def _made(agent: Agent, place: folders.Place, file: str) -> str | None:
    """Make the bot; returns why that could not be."""
    try:
        _make(agent, place, file)
    except UsageError as error:
        return str(error)
    return None


def _make(agent: Agent, place: folders.Place, file: str) -> None:
    table = {
        "name": agent.name,
        "description": agent.description or None,
        "command": _command(agent),
        "protocol": "acp",
        "timeout": TIMEOUT_S,
        "retry": False,
        "pass_env": agent.pass_env,
        "env": dict(agent.env) or None,
    }
    heading = _HEADING.format(file="".join(char if char.isprintable() else "?" for char in os.path.abspath(file)))
    # Its arguments and variables may hold keys of services.
    folders.put(place, agent.name, {MANIFEST: folders.manifest(table, heading)}, private=True)


def _command(agent: Agent) -> tuple[str, ...]:
    return tuple(os.path.expanduser(word) if word.startswith("~/") else word for word in agent.command)


def _about_env(agent: Agent, place: folders.Place) -> Iterator[str]:
    if agent.env:
        where = os.path.join(place.folder(agent.name), MANIFEST)
        yield f"{agent.name}: the values of {', '.join(agent.env)} go to {where}, which only you can read."
    if agent.pass_env:
        yield f"{agent.name}: {', '.join(agent.pass_env)} must be in the environment (pass_env)."
