"""A command as a person types it, made one that runs from any folder: what is named by a path is named by its whole.

The promise: a program that is not there is said at once, not at the bot's first start.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence

from tellme.errors import UsageError

EXAMPLE = "'tellme bots add Calc --pty --quiet 0.2 -- bc -q'"
"""A program that is installed nearly everywhere."""


def settled(command: Sequence[str], environ: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the command with whole paths, and a line for each argument that was changed. Raises ``UsageError``."""
    program, *arguments = command
    whole = [_program(program, environ), *map(_argument, arguments)]
    changed = [
        f"{old} is written as {new}, because the bot runs in its own folder."
        for old, new in zip(command, whole, strict=True)
        if old != new
    ]
    return whole, changed


def why_missing(program: str, environ: Mapping[str, str]) -> str | None:
    """Say what is wrong with a program, if it cannot be run."""
    if program.endswith(".py"):
        return None if os.path.isfile(program) else f"There is no script {program}."
    if os.sep in program:
        if not os.path.isfile(program):
            return f"There is no program {program}."
        return (
            None if os.access(program, os.X_OK) else f"{program} is not executable: 'chmod +x {program}' makes it so."
        )
    if shutil.which(program, path=environ.get("PATH")):
        return None
    return f"There is no program {program} in PATH. Install it, or give its whole path."


def _program(program: str, environ: Mapping[str, str]) -> str:
    if not program.strip():
        raise UsageError(f"A command begins with a program, as in {EXAMPLE}.")
    is_path = os.sep in program or program.endswith(".py")
    whole = os.path.abspath(os.path.expanduser(program)) if is_path else program
    if problem := why_missing(whole, environ):
        raise UsageError(problem)
    return whole


def _argument(word: str) -> str:
    """Return the whole path of what looks like a file and is one; any other word as it is."""
    looks_so = not word.startswith("-") and (os.sep in word or "." in word)
    return os.path.abspath(word) if looks_so and not os.path.isabs(word) and os.path.exists(word) else word
