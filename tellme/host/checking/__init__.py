"""Whether a bot does what a bot has to: a process of its own is started, talked to, and told about step by step.

The promise: nothing that runs is disturbed (own process, own log), nothing of the process is left, and whatever the bot
does, the check ends.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from tellme.errors import ConfigError
from tellme.host.checking.findings import Finding
from tellme.host.checking.record import OnLine, Recorded
from tellme.host.prepare import Prepared, launch
from tellme.host.routing import conflicts
from tellme.host.startable import why_not
from tellme.model import BotSpec
from tellme.supervisor.log_tail import words_since
from tellme.supervisor.process import CLOSE_GRACE_S, TERM_GRACE_S, CannotStart
from tellme.supervisor.spawn import Spawner
from tellme.supervisor.strays import Strays

__all__ = ["Finding", "check", "without_a_bot"]

GRACES = (CLOSE_GRACE_S, TERM_GRACE_S)
"""What a bot is given to end, in seconds: after its stdin was closed, and after SIGTERM."""
MAX_WAIT_S = 60.0
"""How long any answer is waited for, however long the bot's own timeout."""
LAST_WORDS = 5
"""How many lines of a bot's log are shown where something is wrong."""


async def check(spec: BotSpec, prepared: Prepared, say: str, on_line: OnLine) -> AsyncGenerator[Finding, None]:
    """Start a bot and yield what is found, as it is found. ``say`` is what it is asked; empty for the usual.

    ``on_line`` is told what goes to the bot (``→``) and what comes from it (``←``).
    """
    for finding in (*_files(spec, prepared), *_aliases(spec, prepared)):
        yield finding
    if problem := why_not(spec, prepared.environ):
        yield Finding(False, "program", problem)
        return
    patient = spec._replace(timeout=min(spec.timeout, MAX_WAIT_S))
    strays, spawner = Strays(), Spawner()
    strays.begin()
    try:
        with tempfile.TemporaryDirectory(prefix="tellme-check-", ignore_cleanup_errors=True) as folder:
            log = os.path.join(folder, "log")
            async with aclosing(_process(patient, prepared, spawner, log, say, on_line)) as findings:
                async for finding in findings:
                    yield finding
    finally:
        spawner.close(wait_s=1.0)
        strays.end()


def without_a_bot(problem: ConfigError) -> Finding:
    """Say why there is nothing to start."""
    return Finding(False, "manifest", str(problem), "Put that right; nothing of it can be started before.")


def _files(spec: BotSpec, prepared: Prepared) -> list[Finding]:
    """Say what is wrong in the file that defines the bot."""
    wrong = [problem for problem in prepared.catalogue.problems if problem.file == spec.source]
    return [Finding(False, "manifest", str(problem)) for problem in wrong] or [Finding(True, "manifest", spec.source)]


def _aliases(spec: BotSpec, prepared: Prepared) -> list[Finding]:
    """Say which of the bot's aliases other bots have too."""
    shared = [conflict for conflict in conflicts(prepared.catalogue.bots.values()) if spec.name in conflict.bots]
    return [Finding(False, "aliases", conflict.problem, conflict.advice.capitalize() + ".") for conflict in shared]


async def _process(
    spec: BotSpec, prepared: Prepared, spawner: Spawner, log: str, say: str, on_line: OnLine
) -> AsyncGenerator[Finding, None]:
    begun = time.monotonic()
    try:
        process = await Recorded.adopt(spawner.spawn(launch(spec, prepared).changed(log_path=log)))
    except CannotStart as error:
        yield Finding(False, "start", f"its program cannot be run: {error.reason}")
        return
    process.on_line = on_line
    yield Finding(True, "start", f"runs after {(time.monotonic() - begun) * 1000:.0f} ms")
    is_wrong = False
    try:
        async with aclosing(_talk(spec, process, say)) as findings:
            async for finding in findings:
                is_wrong = is_wrong or finding.ok is False
                yield finding
    finally:
        await process.stop(GRACES)
    yield _log(log, in_full=is_wrong)


def _talk(spec: BotSpec, process: Recorded, say: str) -> AsyncGenerator[Finding, None]:
    if spec.protocol == "lines":
        from tellme.host.checking.lines import check_lines

        return check_lines(spec, process, say or "1")
    from tellme.host.checking.agent import check_agent

    return check_agent(spec, process, say or "hello")


def _log(path: str, *, in_full: bool) -> Finding:
    lines = words_since(path, "", LAST_WORDS)
    if not lines:
        return Finding(None, "log", "it wrote nothing to its log (stderr)")
    return Finding(None, "log", "it wrote to its log (stderr)" + ", at last:" * in_full, lines=lines if in_full else ())
