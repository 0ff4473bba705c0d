"""``tellme bots check``: what is wrong with a bot, a line for each thing looked at, and what to do about it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing

from tellme.host.catalogue import Catalogue
from tellme.host.checking import Finding, check, without_a_bot
from tellme.host.names import bot_id
from tellme.host.prepare import Prepared, prepare
from tellme.surfaces import output
from tellme.surfaces.bots.by_path import is_path, with_folder
from tellme.surfaces.bots.words import several
from tellme.surfaces.running import run
from tellme.text import one_line

_MARKS = {True: "ok  ", False: "BAD ", None: "    "}
_WIDTH = 13


def check_bots(environ: Mapping[str, str], names: Sequence[str], *, say: str, verbose: bool) -> int:
    """Print what was found; return 0 when nothing is wrong, else 1. Raises ``UsageError``.

    ``names`` are those of bots, or the paths of their folders.
    """
    prepared = prepare(environ, served=False)
    wanted, catalogue = _wanted(names, prepared.catalogue)
    prepared = prepared._replace(catalogue=catalogue)

    async def main() -> int:
        wrong = 0
        for number, key in enumerate(dict.fromkeys(wanted)):
            output.write("\n" * (number > 0))
            wrong += await _check(key, prepared, say, verbose=verbose)
        return 1 if wrong else 0

    return run(main)


def _wanted(names: Sequence[str], catalogue: Catalogue) -> tuple[list[str], Catalogue]:
    """Return the keys of the bots to check, and the catalogue that has them all."""
    wanted = []
    for name in names:
        if is_path(name, catalogue):
            key, catalogue = with_folder(catalogue, name)
        elif (key := bot_id(name)) not in catalogue.broken:
            catalogue.find(name)
        wanted.append(key)
    return wanted or [*catalogue.bots, *catalogue.broken], catalogue


async def _check(key: str, prepared: Prepared, say: str, *, verbose: bool) -> int:
    """Check one bot, and return how much is wrong with it."""
    spec = prepared.catalogue.bots.get(key)
    name = spec.name if spec else key
    output.block(name)
    wrong = 0
    async with aclosing(_findings(key, prepared, say, verbose=verbose)) as findings:
        async for finding in findings:
            output.write(_lines(finding))
            wrong += finding.ok is False
    output.block(f"{several(wrong, 'thing')} to put right with {name}." if wrong else f"Nothing is wrong with {name}.")
    return wrong


async def _findings(key: str, prepared: Prepared, say: str, *, verbose: bool) -> AsyncGenerator[Finding, None]:
    spec = prepared.catalogue.bots.get(key)
    if spec is None:
        yield without_a_bot(prepared.catalogue.broken[key])
        return
    on_line = (lambda line: output.write(f"       {line}\n")) if verbose else (lambda _: None)
    async with aclosing(check(spec, prepared, say, on_line)) as findings:
        async for finding in findings:
            yield finding


def _lines(finding: Finding) -> str:
    """Return a finding with what to do below it, and what the bot said of it."""
    first = f"{_MARKS[finding.ok]} {finding.what + ':':{_WIDTH}} {one_line(finding.text)}\n"
    below = [f"→ {finding.advice}"] * bool(finding.advice) + [f"| {line}" for line in finding.lines]
    return first + "".join(f"{'':{_WIDTH + 6}}{one_line(line)}\n" for line in below)
