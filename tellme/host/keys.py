"""What each key of a bot's table may hold, and the field of ``BotSpec`` that it fills. Pure.

The promise: a value that does not fit is said with what would.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

from tellme.host import checks
from tellme.host.checks import Check, Wrong
from tellme.host.names import bot_id
from tellme.host.toml import hint, shown
from tellme.model import Grants, RestartLimit
from tellme.text import one_line

FAILURE_KEY = "on_failure"
"""The key of a bot's table that ``config.toml`` may have at its top, too: for all bots that do not say otherwise."""

NO_COMMAND = ("",)
"""What ``on_failure = ""`` stands for while the files are read: none, and not the one for all bots either."""

MAX_TIMEOUT_S = 86_400
MAX_QUIET_S = 3_600
MAX_SETTINGS_CHARS = 64 * 1024
"""They are handed to the bot in its environment, where the system allows 128 KiB for one variable."""
MAX_CRASHES = 1000
MIN_MEMORY_BYTES = 1024 * 1024
MAX_MEMORY_BYTES = 2**60
_UNITS = ("", "k", "m", "g", "t")


def _description(value: object) -> str:
    return one_line(checks.text(value))


def _protocol(value: object) -> str:
    if value not in ("acp", "lines"):
        raise Wrong(f'must be "acp" or "lines", not {shown(value)}')
    return str(value)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Wrong(f'must be a list of texts, as in ["one", "two"], not {shown(value)}')
    for item in value:
        if not isinstance(item, str) or not item.strip() or "\0" in item:
            raise Wrong(f"must hold texts only, not {shown(item)}")
    return tuple(value)


def _command(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        raise Wrong(f'must be a list of program and arguments, as in ["bot.py"], not {shown(value)}: no shell reads it')
    if not isinstance(value, list):
        raise Wrong(f'must be a list of texts, as in ["one", "two"], not {shown(value)}')
    for word in value:
        if not isinstance(word, str) or "\0" in word:
            raise Wrong(f"must hold texts only, not {shown(word)}")
    if not value:
        raise Wrong('must name a program, as in ["bot.py"]')
    if not value[0].strip():
        raise Wrong(f"must begin with a program, not {shown(value[0])}")
    return tuple(value)


def _pattern(value: object) -> str:
    return _patterns([value])[0]


def _patterns(value: object) -> tuple[str, ...]:
    patterns = _texts(value)
    for pattern in patterns:
        try:
            re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            raise Wrong(f"{shown(pattern)} is no regular expression: {error}") from None
    return patterns


def _timeout(value: object) -> float:
    return checks.seconds(value, MAX_TIMEOUT_S)


def _memory(value: object) -> int:
    count = _bytes(value) if isinstance(value, str) else value
    if isinstance(count, bool) or not isinstance(count, int):
        raise Wrong(f'must be a size such as "512 MiB", not {shown(value)}')
    if not MIN_MEMORY_BYTES <= count <= MAX_MEMORY_BYTES:
        raise Wrong(f'must be a size that a process can have, such as "512 MiB", not {shown(value)}')
    return count


def _bytes(text: str) -> int | None:
    size = re.fullmatch(r"(\d{1,15}(?:\.\d{1,9})?) *(?:([kmgt])(i?))?b?", text.strip().lower(), re.ASCII)
    if size is None:
        return None
    return int(float(size[1]) * (1024 if size[3] else 1000) ** _UNITS.index(size[2] or ""))


def _env(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Wrong(f'must be a table, as in {{ LOG_LEVEL = "info" }}, not {shown(value)}')
    for name, text in value.items():
        _variable(name, name)
        if not isinstance(text, str) or "\0" in text:
            raise Wrong(f"must be text in quotes, not {shown(text)}", name)
    return value


def _variables(value: object) -> tuple[str, ...]:
    names = _texts(value)
    for name in names:
        _variable(name)
    return names


def _quiet(value: object) -> float:
    return checks.seconds(value, MAX_QUIET_S)


def _settings(value: object) -> dict[str, Any]:
    """Take any table that JSON can hold too; a date becomes its text."""
    if not isinstance(value, dict):
        raise Wrong(f'must be a table, as in {{ language = "en" }}, not {shown(value)}')
    try:
        text = json.dumps(value, default=_date, allow_nan=False)
    except ValueError:
        raise Wrong("must hold numbers that JSON can hold: no inf, no nan") from None
    if len(text) > MAX_SETTINGS_CHARS:
        raise Wrong(f"must be short, at most {MAX_SETTINGS_CHARS:,} characters as JSON; name a file for more")
    settings: dict[str, Any] = json.loads(text)
    return settings


def _date(value: Any) -> str:
    return str(value.isoformat())


def _grants(value: object) -> Grants:
    if not isinstance(value, dict):
        raise Wrong(f'must be a table, as in {{ folder = "~/notes", read = true }}, not {shown(value)}')
    for key in value:
        if key not in Grants._fields:
            raise Wrong(f"is not known; {hint(key, Grants._fields)}", key)
    if not isinstance(folder := value.get("folder", ""), str) or "\0" in folder:
        raise Wrong(f"must be the path of a folder, not {shown(folder)}", "folder")
    flags = {key: _flag(value[key], key) for key in ("read", "write", "terminal") if key in value}
    if any(flags.values()) and not folder:
        raise Wrong('is missing: what is granted is granted below a folder, as in folder = "~/notes"', "folder")
    return Grants(folder, **flags)


def folder(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise Wrong(f"must be the path of a folder, not {shown(value)}")
    return value


def _flag(value: object, key: str) -> bool:
    try:
        return checks.flag(value)
    except Wrong as wrong:
        raise Wrong(str(wrong), key) from None


def _bot_ids(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Wrong(f'must be a list of bots, as in ["Math"], not {shown(value)}')
    return tuple(bot_id(checks.text(name)) for name in value)


def _failure_command(value: object) -> tuple[str, ...]:
    if not isinstance(value, str) or "\0" in value:
        raise Wrong(f'must be a command as text, as in "notify-send tellme", not {shown(value)}')
    try:
        words = tuple(shlex.split(value))
    except ValueError as error:
        raise Wrong(f"cannot be split into words ({str(error).lower()}): {shown(value)}") from None
    if words and not words[0]:
        raise Wrong(f"must begin with a program, not {shown(value)}")
    return words or NO_COMMAND


def _corpus(value: object) -> tuple[str, ...]:
    if not (corpus := _texts([value] if isinstance(value, str) else value)):
        raise Wrong('must name a corpus, as in ["english"], or a file, as in ["mine.yml"]')
    return corpus


def _variable(name: str, *keys: str) -> None:
    if not name or "=" in name or "\0" in name:
        raise Wrong(f"{shown(name)} cannot be the name of a variable", *keys)


def _restart(value: object) -> dict[str, float]:
    if not isinstance(value, dict):
        raise Wrong(f"must be a table, as in {{ max = 10, within = 60 }}, not {shown(value)}")
    for key in value:
        if key not in RestartLimit._fields:
            raise Wrong(f"is not known; {hint(key, RestartLimit._fields)}", key)
    limit: dict[str, float] = {}
    if "max" in value:
        limit["max"] = _crashes(value["max"])
    if "within" in value:
        try:
            limit["within"] = checks.seconds(value["within"], MAX_TIMEOUT_S)
        except Wrong as wrong:
            raise Wrong(str(wrong), "within") from None
    return limit


def _crashes(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_CRASHES:
        raise Wrong(f"must be a whole number from 0 to {MAX_CRASHES}, not {shown(value)}", "max")
    return value


KEYS: Mapping[str, tuple[str, Check]] = {
    "description": ("description", _description),
    "command": ("command", _command),
    "kind": ("kind", checks.text),
    "protocol": ("protocol", _protocol),
    "aliases": ("aliases", _texts),
    "patterns": ("patterns", _patterns),
    "timeout": ("timeout", _timeout),
    "memory": ("memory_bytes", _memory),
    "env": ("env", _env),
    "pass_env": ("pass_env", _variables),
    "keyring": ("keyring", _variables),
    "sandbox": ("sandbox", checks.flag),
    FAILURE_KEY: (FAILURE_KEY, _failure_command),
    "corpus": ("corpus", _corpus),
    "prompt": ("prompt", _pattern),
    "end": ("end", _pattern),
    "quiet": ("quiet_s", _quiet),
    "pty": ("pty", checks.flag),
    "settings": ("settings", _settings),
    "grants": ("grants", _grants),
    "asks": ("asks", _bot_ids),
    "retry": ("retry", checks.flag),
    "restart": ("restart", _restart),
}
