"""Secrets from the system's keyring, for the bots whose manifest names some.

The promise: they reach their bot alone, and a bot that should have them is not started without them, and says why.
"""

from __future__ import annotations

from collections.abc import Mapping

from tellme.model import BotSpec
from tellme.supervisor.launch import Launch

_KEYRING_ENV = (
    *("DISPLAY", "HOME", "LANG", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "PYTHONPATH", "USER", "WAYLAND_DISPLAY"),
)
_KEYRING_ENV_PREFIXES = ("DBUS_", "KDE_", "KEYRING_", "LC_", "PYTHON_KEYRING_", "XDG_")
"""How keyrings are found, chosen and unlocked."""


def with_secrets(plain: Launch, spec: BotSpec, environ: Mapping[str, str]) -> Launch:
    """Return the launch that has the bot's own process ask the keyring.

    Such a bot is always executed: in a fork of the spawner would be left what it was made with.
    """
    names = from_keyring(spec, environ)
    return plain.changed(builtin=False, keyring=names, keyring_env=_keyring_environment(environ) if names else {})


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


def _keyring_environment(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in environ.items() if name in _KEYRING_ENV or name.startswith(_KEYRING_ENV_PREFIXES)
    }
