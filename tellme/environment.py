"""The environment that a bot gets: an allowed list, what its manifest adds, and nothing else of the host's.

The promise: no secret of the host's reaches a bot that was not given it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin"

ALLOWED = (
    "HOME",
    "LANG",
    "LD_LIBRARY_PATH",  # without it, a Python or a program built that way does not even start
    "LOGNAME",
    "PATH",
    "SHELL",
    "TMPDIR",
    "TZ",
    "USER",
)
"""Besides these, every ``LC_…``. Never ``TERM``: a bot has no terminal, unless it asks for one (``terminal.py``)."""


def clean_environment(
    host_env: Mapping[str, str],
    extra: Mapping[str, str],
    pass_env: Iterable[str],
    *,
    data_dir: str,
    kind_data_dir: str,
) -> dict[str, str]:
    """Return the complete environment of a bot. Later wins: the allowed, ours, ``pass_env``, ``extra``.

    ``data_dir`` is the bot's own folder, ``kind_data_dir`` the one that all bots of its kind share.
    """
    env = {name: value for name, value in host_env.items() if name in ALLOWED or name.startswith("LC_")}
    if not env.get("PATH"):
        env["PATH"] = DEFAULT_PATH
    env["PYTHONUTF8"] = "1"  # the protocol is UTF-8, whatever the locale says
    env["TELLME_BOT_DATA"] = data_dir
    env["TELLME_KIND_DATA"] = kind_data_dir
    env.update((name, host_env[name]) for name in pass_env if name in host_env)
    env.update(extra)
    return env


def missing(pass_env: Iterable[str], host_env: Mapping[str, str]) -> list[str]:
    """Return the names that a bot is to be handed and that the host does not have."""
    return [name for name in pass_env if name not in host_env]
