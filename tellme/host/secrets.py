"""What makes a bot's start more than a command: secrets from the system's keyring, and a sandbox.

The promise: a bot that should have either is not started without it, and says why.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from tellme.model import BotSpec
from tellme.paths import Paths, builtin_bots, make_private
from tellme.supervisor import sandbox
from tellme.supervisor.launch import Launch

_KEYRING_ENV = (
    *("DISPLAY", "HOME", "LANG", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "PYTHONPATH", "USER", "WAYLAND_DISPLAY"),
)
_KEYRING_ENV_PREFIXES = ("DBUS_", "KDE_", "KEYRING_", "LC_", "PYTHON_KEYRING_", "XDG_")
"""How keyrings are found, chosen and unlocked."""


def secured(plain: Launch, spec: BotSpec, paths: Paths, environ: Mapping[str, str]) -> Launch:
    """Return ``plain`` with what the bot's manifest says of secrets and of a sandbox.

    Such a bot is always executed: in a fork of the spawner would be left what it was made with.
    """
    plain.builtin = False
    plain.keyring = from_keyring(spec, environ)
    plain.keyring_env = _keyring_environment(environ) if plain.keyring else {}
    if spec.sandbox:
        _enclose(plain, spec, paths, environ)
    return plain


def from_keyring(spec: BotSpec, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names that neither the bot's own ``env`` nor ``pass_env`` gives a value."""
    passed = {name for name in spec.pass_env if name in environ}
    return tuple(name for name in dict.fromkeys(spec.keyring) if name not in spec.env and name not in passed)


def why_no_secrets(spec: BotSpec, environ: Mapping[str, str]) -> str | None:
    """Ask the keyring for all that the bot needs of it; return what is wrong, if anything. May take some seconds."""
    from tellme.supervisor.keyring import KeyringProblem, check

    names = from_keyring(spec, environ)
    try:
        if names:
            check(names, _keyring_environment(environ))
    except (KeyringProblem, OSError) as problem:
        return str(problem)
    return None


def why_no_sandbox(spec: BotSpec, environ: Mapping[str, str]) -> str | None:
    """Say what keeps the bot from a sandbox that it should have."""
    if not spec.sandbox:
        return None
    program = sandbox.find(environ)
    if program is None:
        return sandbox.INSTALL
    problem = sandbox.why_not(program)
    return problem and f"its sandbox does not work on this system: {problem}"


def _keyring_environment(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in environ.items() if name in _KEYRING_ENV or name.startswith(_KEYRING_ENV_PREFIXES)
    }


def _enclose(plain: Launch, spec: BotSpec, paths: Paths, environ: Mapping[str, str]) -> None:
    program = sandbox.find(environ)
    data_dir = paths.bot_data(spec.id)
    plain.refused = sandbox.INSTALL if program is None else _why_no_folder(data_dir)
    if program is None or plain.refused:
        return
    plain.env = _environment(plain.env, spec, data_dir)
    # Where bots stand in ``config.toml``, its folder holds those of all the others.
    folder = None if spec.folder == os.path.dirname(paths.config_file) else spec.folder
    plain.sandbox = sandbox.enclosure(program, folder, data_dir, _readable(spec), environ)


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
