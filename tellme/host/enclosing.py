"""The sandbox of a bot whose manifest asks for one: what of the system it gets to see, and what it is told of that.

The promise: a bot that should have a sandbox is not started without it, and says why.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from tellme.model import BotSpec
from tellme.paths import Paths, builtin_bots, make_private
from tellme.supervisor import sandbox
from tellme.supervisor.launch import Launch


def enclosed(plain: Launch, spec: BotSpec, paths: Paths, environ: Mapping[str, str]) -> Launch:
    """Return the launch of the same bot in its sandbox, or one that is refused.

    Such a bot is always executed: in a fork of the spawner would be left what it was made with.
    """
    program = bubblewrap(environ)
    data_dir = paths.bot_data(spec.id)
    refused = sandbox.INSTALL if program is None else _why_no_folder(data_dir)
    if program is None or refused:
        return plain.changed(builtin=False, refused=refused)
    # Where bots stand in ``config.toml``, its folder holds those of all the others.
    folder = None if spec.folder == os.path.dirname(paths.config_file) else spec.folder
    return plain.changed(
        builtin=False,
        env=_environment(plain.env, spec, data_dir),
        sandbox=sandbox.enclosure(program, folder, data_dir, _readable(spec), environ),
    )


def bubblewrap(environ: Mapping[str, str]) -> str | None:
    """Return the path of the program that encloses bots; ``None`` where it is not installed."""
    return sandbox.find(environ)


def why_no_sandbox(spec: BotSpec, environ: Mapping[str, str]) -> str | None:
    """Say what keeps the bot from a sandbox that it should have."""
    if not spec.sandbox:
        return None
    program = bubblewrap(environ)
    if program is None:
        return sandbox.INSTALL
    problem = sandbox.why_not(program)
    return problem and f"its sandbox does not work on this system: {problem}"


def _readable(spec: BotSpec) -> list[str]:
    """Return what a bot may read beyond its folder: its corpora, and for our own kinds the parts that they share."""
    return [*(name for name in spec.corpus if os.path.isabs(name)), *([builtin_bots()] if spec.builtin else [])]


def _why_no_folder(data_dir: str) -> str:
    """Make the one folder that the bot may write to; a link in its place would lead it out of the sandbox."""
    try:
        make_private(data_dir)
    except OSError as error:
        return f"its data folder {data_dir} cannot be made: {error.strerror}"
    return f"its data folder {data_dir} is a link, which a sandbox must not follow" if os.path.islink(data_dir) else ""


def _environment(env: Mapping[str, str], spec: BotSpec, data_dir: str) -> dict[str, str]:
    """Lead to places that are there in the sandbox; the bot's own ``env`` has the last word."""
    import site

    places = {"HOME": data_dir, "TMPDIR": "/tmp", "TELLME_KIND_DATA": data_dir}
    if site.ENABLE_USER_SITE and sys.flags.no_user_site == 0:
        places["PYTHONUSERBASE"] = site.getuserbase()  # else it is looked for below HOME
    return {**env, **places, **spec.env}
