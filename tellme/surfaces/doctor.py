"""``tellme doctor``: what is wrong with this installation, a line for each thing looked at, and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tellme import __version__
from tellme.errors import TellmeError
from tellme.host import embeddings, endpoint
from tellme.host.enclosing import bubblewrap
from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.host.routing import conflicts
from tellme.paths import Paths, single_file, unpacked_folder
from tellme.surfaces import output
from tellme.surfaces.running import run

LOW_DISK_BYTES = 100 * 2**20


class Finding(NamedTuple):
    """One thing that was looked at. ``ok`` is ``None`` where it is neither good nor bad."""

    ok: bool | None
    text: str


def doctor(environ: Mapping[str, str]) -> int:
    """Print what was found, in the files as they are now; return 0 when nothing is wrong, else 1."""
    prepared = prepare(environ, served=False)

    async def main() -> int:
        async with open_host(prepared) as host:
            findings = [
                *_program(),
                _server(prepared.paths),
                *_places(host),
                *await _database(host),
                *_configuration(host),
                *await _bots(host),
                *_aliases(host),
                *_meaning(prepared.catalogue.embeddings),
                *_containment(environ),
            ]
        for finding in findings:
            output.write(f"{_MARKS[finding.ok]} {finding.text}\n")
        wrong = sum(finding.ok is False for finding in findings)
        output.write("Nothing is wrong.\n" if not wrong else f"{wrong} thing{'s' * (wrong > 1)} to put right.\n")
        return 1 if wrong else 0

    return run(main)


_MARKS = {True: "ok  ", False: "BAD ", None: "    "}


def _program() -> Iterator[Finding]:
    yield Finding(None, f"tellme {__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}")
    yield Finding(None, f"program: {single_file() or sys.executable}")
    if folder := unpacked_folder():
        size = sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names)
        yield Finding(None, f"unpacked: {folder}, {size // 2**20} MiB")


def _server(paths: Paths) -> Finding:
    """Say whether a ``tellme serve`` runs; what follows is of these files, not of what it has read of them."""
    try:
        connection = endpoint.connect(paths)
    except TellmeError as error:
        return Finding(False, str(error))
    if connection is None:
        return Finding(None, "no tellme serve is running")
    os.close(connection)
    return Finding(None, f"a tellme serve is running: {endpoint.path(paths)}")


def _places(host: Host) -> Iterator[Finding]:
    for name, path in host.places.items():
        yield Finding(None, f"{name}: {path}")
    data = host.places["data"]
    while not os.path.isdir(data):
        data = os.path.dirname(data)
    free = shutil.disk_usage(data).free
    yield Finding(free > LOW_DISK_BYTES, f"{free // 2**20:,} MiB free where sessions are kept")


async def _database(host: Host) -> list[Finding]:
    try:
        problem = await host.check_store()
    except TellmeError as error:
        problem = str(error)
    wrong = [*host.damage, *filter(None, [problem])]
    return [Finding(False, each) for each in wrong] or [Finding(True, "the database is whole and can be written")]


def _configuration(host: Host) -> Iterator[Finding]:
    for problem in host.problems:
        yield Finding(False, str(problem))
    if not host.problems:
        yield Finding(True, "the configuration can be read")


async def _bots(host: Host) -> list[Finding]:
    problems = [(spec, await host.why_not_startable(spec.id)) for spec in host.specs()]
    return [
        Finding(problem is None, f"{spec.name}: {problem or 'can be started'} ({spec.source})")
        for spec, problem in problems
    ]


def _aliases(host: Host) -> Iterator[Finding]:
    for conflict in conflicts(host.specs()):
        yield Finding(False, f"{conflict.problem}: {conflict.advice}")


def _meaning(folder: str) -> Iterator[Finding]:
    if not folder:
        return
    problem = embeddings.why_not(folder)
    without = f"messages are routed by words alone: {problem}"
    yield Finding(problem is None, without if problem else f"messages are routed by meaning, too ({folder})")


def _containment(environ: Mapping[str, str]) -> Iterator[Finding]:
    if sys.platform != "linux":
        yield Finding(None, "a bot that daemonises itself may outlive tellme: this system has no child subreaper")
        yield Finding(None, "bots with sandbox = true cannot start: this system has no bubblewrap")
        return
    yield Finding(True, "no process of a bot outlives tellme (child subreaper)")
    found = bubblewrap(environ)
    without = "there is no bubblewrap: bots with sandbox = true cannot start"
    yield Finding(None, f"bots with sandbox = true run in bubblewrap ({found})" if found else without)
