"""What ``bot.toml`` and ``config.toml`` may say of a bot, and the ``BotSpec`` that follows.

The promise: all that is wrong with a bot's table is said at once, with file, line and key, and costs that bot only.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Mapping
from typing import Any

from tellme.host import checks
from tellme.host.bounded import bounded
from tellme.host.checks import Check, Wrong
from tellme.host.names import bot_id, check_name
from tellme.host.toml import Section, hint, shown
from tellme.model import BotSpec, Grants, LineRules, RestartLimit
from tellme.text import one_line

SECTIONS = ("bots", "routing", "sessions", "tui")
"""The tables of ``config.toml``. Whoever reads another one adds its name here."""

FAILURE_KEY = "on_failure"
"""The key of a bot's table that ``config.toml`` may have at its top, too: for all bots that do not say otherwise."""

NO_COMMAND = ("",)
"""What ``on_failure = ""`` stands for while the files are read: none, and not the one for all bots either."""

CORPUS_KIND = "english"
"""The kind of bot that answers from a corpus."""

CORPUS_FILES = (".yml", ".yaml", ".json")
"""How the name of a corpus ends that is a file; all others are names of ChatterBot's."""

MAX_TIMEOUT_S = 86_400
MAX_QUIET_S = 3_600
MAX_SETTINGS_CHARS = 64 * 1024
"""They are handed to the bot in its environment, where the system allows 128 KiB for one variable."""
MAX_CRASHES = 1000
MIN_MEMORY_BYTES = 1024 * 1024
MAX_MEMORY_BYTES = 2**60
_COMMAND = BotSpec(name="", id="", kind="command", command=(), folder="", source="")
_UNITS = ("", "k", "m", "g", "t")


def new_bot(section: Section, name: object, folder: str, kinds: Mapping[str, BotSpec]) -> BotSpec | None:
    """Return the bot that a table defines; ``None`` if something is wrong with it, which is noted in the section.

    ``kinds`` are the built-in bots that ``kind`` can name; ``folder`` is where a command runs.
    """
    return bounded(section, _new_bot(section, name, folder, kinds))


def _new_bot(section: Section, name: object, folder: str, kinds: Mapping[str, BotSpec]) -> BotSpec | None:
    noted = len(section.problems)
    name = _checked_name(section, name)
    values = _read(section)
    _check_kind(section, kinds)
    if len(section.problems) > noted:
        return None
    values |= {"name": name, "id": bot_id(name), "source": section.file}
    if "kind" in values:
        # All that belongs to the process comes from the kind; what leads people to the bot is its own.
        return _checked(section, _with(kinds[values["kind"]]._replace(aliases=(), patterns=()), values))
    return _checked(section, _with(_COMMAND._replace(folder=folder, retry=_may_retry(values)), values))


def builtin_bot(section: Section, kind: str, folder: str) -> BotSpec | None:
    """Return the bot that a folder of tellme's own defines."""
    bot = _new_bot(section, section.table.get("name"), folder, {})
    return bot and bot._replace(kind=kind, builtin=True, retry=True)


def changed_bot(section: Section, bot: BotSpec) -> BotSpec | None:
    """Return ``bot`` with what a table without command and kind says otherwise; ``None`` if something is wrong."""
    noted = len(section.problems)
    values = _read(section)
    return bounded(section, _checked(section, _with(bot, values))) if len(section.problems) == noted else None


def keep_sessions_s(section: Section) -> float | None:
    """Return how long ``[sessions]`` says that sessions are kept, in seconds; ``None`` is for ever."""
    keys = {"keep": ("keep", checks.age)}
    section.check_known(keys)
    kept: float | None = checks.checked(section, keys).get("keep")
    return kept


def embeddings_folder(section: Section) -> str:
    """Return the folder with a model of what words mean that ``[routing]`` names; empty where it names none."""
    keys = {"embeddings": ("folder", _folder)}
    section.check_known(keys)
    folder: str = checks.checked(section, keys).get("folder", "")
    return folder and os.path.normpath(os.path.join(os.path.dirname(section.file), os.path.expanduser(folder)))


def failure_command(section: Section) -> tuple[str, ...]:
    """Return the command that ``config.toml`` gives for all bots at its top; empty where it is wrong or not there."""
    command: tuple[str, ...] = checks.checked(section, {FAILURE_KEY: _KEYS[FAILURE_KEY]}).get(FAILURE_KEY, ())
    return command


def with_failure_command(bot: BotSpec, command: tuple[str, ...]) -> BotSpec:
    """Return the bot with the command for all bots, unless it says otherwise."""
    if bot.on_failure == NO_COMMAND:
        return bot._replace(on_failure=())
    return bot if bot.on_failure else bot._replace(on_failure=() if command == NO_COMMAND else command)


def without_failure_command(section: Section, bot: BotSpec) -> BotSpec:
    """Return a package's bot without the command that its manifest names, which is noted.

    A package would have it run outside of the sandbox that the person gave to its bot.
    """
    if FAILURE_KEY in section.table:
        section.problem("is left out: only config.toml and your own bots may name a command to run", FAILURE_KEY)
    return bot._replace(on_failure=())


def makes_a_bot(section: Section) -> bool:
    """Does this table define a bot, rather than change one that there is?"""
    return "command" in section.table or "kind" in section.table


def _with(bot: BotSpec, values: dict[str, Any]) -> BotSpec:
    limit = bot.restart._replace(**values.pop("restart", {}))
    lines = bot.lines._replace(**{key: values.pop(key) for key in LineRules._fields if key in values})
    settings = {**bot.settings, **values.pop("settings", {})}
    return bot._replace(restart=limit, lines=lines, settings=settings, **values)


def _checked(section: Section, bot: BotSpec) -> BotSpec | None:
    """Return the bot, unless it was given something that its kind has no use for."""
    if bot.corpus and bot.kind != CORPUS_KIND:
        section.problem(f'is for bots with kind = "{CORPUS_KIND}" only', "corpus")
        return None
    key = next((key for key in ("prompt", "end", "quiet", "pty", "protocol") if key in section.table), "protocol")
    if bot.lines != LineRules() and bot.protocol != "lines":
        section.problem('needs protocol = "lines"', key)
        return None
    if bot.protocol == "lines" and bot.kind != "command":
        section.problem("is for bots with a command, not with a kind", key)
        return None
    folder = os.path.dirname(section.file)
    granted = bot.grants.folder and os.path.normpath(os.path.join(folder, os.path.expanduser(bot.grants.folder)))
    corpus = tuple(_placed(name, folder) for name in bot.corpus)
    return bot._replace(corpus=corpus, grants=bot.grants._replace(folder=granted))


def _placed(corpus: str, folder: str) -> str:
    """Return the absolute path of a corpus that is a file, which stands beside the configuration; a name as it is."""
    is_file = os.sep in corpus or corpus.lower().endswith(CORPUS_FILES)
    return os.path.join(folder, os.path.expanduser(corpus)) if is_file else corpus


def _read(section: Section) -> dict[str, Any]:
    """Check each key and return the fields of ``BotSpec`` that they fill; notes what is wrong."""
    section.check_known(("name", *_KEYS))
    return checks.checked(section, _KEYS)


def _checked_name(section: Section, name: object) -> str:
    if name is None:
        section.problem('is missing; a bot needs one, as in name = "Wall-E"', "name")
    elif not isinstance(name, str):
        section.problem(f"must be text, not {shown(name)}", "name")
    else:
        try:
            return check_name(name)
        except ValueError as error:
            section.problem(f"{error}, not {shown(name)}", "name")
    return ""


def _check_kind(section: Section, kinds: Mapping[str, BotSpec]) -> None:
    kind = section.table.get("kind")
    if not makes_a_bot(section):
        section.problem('needs a command (command = ["bot.py"]) or a kind (kind = "english")')
    elif "command" in section.table and kind is not None:
        section.problem("a bot has a command or a kind, not both", "kind")
    elif isinstance(kind, str) and kind not in kinds:
        section.problem(f"is no kind of bot: {shown(kind)}; {hint(kind, kinds)}", "kind")


def _may_retry(values: Mapping[str, Any]) -> bool:
    # Agents act on the world, so the person decides; these do not.
    return values["command"][0].endswith(".py") or values.get("protocol") == "lines"


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


def _folder(value: object) -> str:
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


_KEYS: Mapping[str, tuple[str, Check]] = {
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
