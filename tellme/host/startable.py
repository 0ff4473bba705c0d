"""Whether a bot could be started, as far as that shows without starting it: for ``tellme doctor``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from tellme.host.enclosing import why_no_sandbox
from tellme.host.secrets import why_no_secrets
from tellme.model import BotSpec
from tellme.supervisor.environment import DEFAULT_PATH, missing


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
    return _command_problem(spec, environ) or why_no_sandbox(spec, environ) or why_no_secrets(spec, environ)


def _command_problem(spec: BotSpec, environ: Mapping[str, str]) -> str | None:
    program = spec.command[0]
    here = os.path.join(spec.folder, program)
    if program.endswith(".py"):
        return None if os.path.isfile(here) else f"its script {here} is not there"
    if os.path.isfile(here):
        return None if os.access(here, os.X_OK) else f"{here} is not executable (chmod +x)"
    return None if shutil.which(program, path=_path(spec, environ)) else f"its program {program} is not found"


def _path(spec: BotSpec, environ: Mapping[str, str]) -> str:
    """Return where the bot's program is looked for: in the ``PATH`` that its process will have."""
    return spec.env.get("PATH") or environ.get("PATH") or DEFAULT_PATH
