"""Whether a bot could be started, as far as that shows without starting it: for ``tellme doctor``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from tellme.host import secrets
from tellme.model import BotSpec
from tellme.supervisor.environment import missing


def why_not(spec: BotSpec, environ: Mapping[str, str]) -> str | None:
    """Return what is in the way of a start, or ``None``."""
    absent = missing(spec.pass_env, environ)
    if absent:
        return f"needs {', '.join(absent)} in the environment (pass_env)"
    if not os.path.isdir(spec.folder):
        return f"its folder {spec.folder} is not there"
    unreadable = [file for file in spec.corpus if os.path.isabs(file) and not os.access(file, os.R_OK)]
    if unreadable:
        return f"its corpus {unreadable[0]} cannot be read"
    return _command_problem(spec) or secrets.why_no_sandbox(spec, environ) or secrets.why_no_secrets(spec, environ)


def _command_problem(spec: BotSpec) -> str | None:
    program = spec.command[0]
    here = os.path.join(spec.folder, program)
    if program.endswith(".py"):
        return None if os.path.isfile(here) else f"its script {here} is not there"
    if os.path.isfile(here):
        return None if os.access(here, os.X_OK) else f"{here} is not executable (chmod +x)"
    return None if shutil.which(program) else f"its program {program} is not found"
