"""What ``bot.toml`` and ``config.toml`` may say of a bot, and the ``BotSpec`` that follows.

The promise: all that is wrong with a bot's table is said at once, with file, line and key, and costs that bot only.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from tellme.host import checks
from tellme.host.bounded import bounded
from tellme.host.keys import FAILURE_KEY as FAILURE_KEY
from tellme.host.keys import KEYS, NO_COMMAND, folder
from tellme.host.names import bot_id, check_name
from tellme.host.toml import Section, hint, shown
from tellme.model import BotSpec, LineRules

SECTIONS = ("bots", "routing", "sessions", "tui")
"""The tables of ``config.toml``. Whoever reads another one adds its name here."""

CORPUS_KIND = "english"
"""The kind of bot that answers from a corpus."""

CORPUS_FILES = (".yml", ".yaml", ".json")
"""How the name of a corpus ends that is a file; all others are names of ChatterBot's."""

_COMMAND = BotSpec(name="", id="", kind="command", command=(), folder="", source="")


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
    keys = {"embeddings": ("folder", folder)}
    section.check_known(keys)
    found: str = checks.checked(section, keys).get("folder", "")
    return found and os.path.normpath(os.path.join(os.path.dirname(section.file), os.path.expanduser(found)))


def failure_command(section: Section) -> tuple[str, ...]:
    """Return the command that ``config.toml`` gives for all bots at its top; empty where it is wrong or not there."""
    command: tuple[str, ...] = checks.checked(section, {FAILURE_KEY: KEYS[FAILURE_KEY]}).get(FAILURE_KEY, ())
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
    section.check_known(("name", *KEYS))
    return checks.checked(section, KEYS)


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
