"""Reads all files in which bots are defined: built in, packages, ``config.toml``, own folders, later over earlier.

Within one of these places a name is given once: the first keeps it, and the second is told.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from tellme.errors import ConfigError
from tellme.host import appearance, config, toml
from tellme.host.appearance import TuiSettings
from tellme.host.catalogue import Catalogue, Sources
from tellme.host.names import bot_id
from tellme.host.toml import Section, shown
from tellme.model import BotSpec


def discover(sources: Sources, problems: list[list[str]]) -> Catalogue:
    """Return the bots that the files define; ``problems`` are those known before any file is read."""
    return _Discovery(sources, [ConfigError(*problem) for problem in problems]).catalogue()


class _Discovery:
    def __init__(self, sources: Sources, problems: list[ConfigError]) -> None:
        self._sources = sources
        self._problems = problems
        self._bots: dict[str, BotSpec] = {}
        self._broken: dict[str, ConfigError] = {}
        self._kinds: dict[str, BotSpec] = {}
        self._taken: dict[str, str] = {}
        """The ids given in the place that is being read, and the file that gave each."""
        self._tui = TuiSettings()
        self._keep_sessions_s: float | None = None
        self._embeddings = ""
        self._failure_command: tuple[str, ...] = ()
        """What to run when a bot fails that does not say so itself."""
        self._changes: list[Section] = []
        """The tables of ``config.toml`` that change a bot, wherever that is defined."""

    def catalogue(self) -> Catalogue:
        self._read("builtin", self._builtin)
        self._kinds = {bot.kind: bot for bot in self._bots.values()}
        self._read("packages", self._packaged)
        self._read("config", self._config)
        self._read("own", self._manifest)
        self._change_bots()
        broken = {bot: problem for bot, problem in self._broken.items() if bot not in self._bots}
        bots = {key: config.with_failure_command(bot, self._failure_command) for key, bot in self._bots.items()}
        return Catalogue(bots, tuple(self._problems), broken, self._tui, self._keep_sessions_s, self._embeddings)

    def _read(self, place: str, define: Callable[[Section], None]) -> None:
        self._taken = {}
        for file, state in self._sources[place].items():
            try:
                if isinstance(state, int):
                    raise ConfigError(file, "", f"cannot be read: {os.strerror(state)}")
                section = toml.read(file)
            except ConfigError as error:
                self._problems.append(error)
                self._broken[bot_id(_folder_name(file))] = error
            else:
                define(section)
                self._problems += section.problems

    def _builtin(self, section: Section) -> None:
        bot = config.builtin_bot(section, _folder_name(section.file), os.path.dirname(section.file))
        self._add(section, bot, section.table.get("name"), section.problems)

    def _packaged(self, section: Section) -> None:
        bot = config.new_bot(section, section.table.get("name"), os.path.dirname(section.file), self._kinds)
        bot = bot and config.without_failure_command(section, bot)
        self._add(section, bot, section.table.get("name"), section.problems)

    def _manifest(self, section: Section) -> None:
        bot = config.new_bot(section, section.table.get("name"), os.path.dirname(section.file), self._kinds)
        self._add(section, bot, section.table.get("name"), section.problems)

    def _config(self, top: Section) -> None:
        top.check_known((*config.SECTIONS, config.FAILURE_KEY))
        self._failure_command = config.failure_command(top)
        self._tui = appearance.read(top.section("tui", "[tui]"))
        self._keep_sessions_s = config.keep_sessions_s(top.section("sessions", '[sessions] with keep = "90 days"'))
        self._embeddings = config.embeddings_folder(top.section("routing", '[routing] with embeddings = "FOLDER"'))
        for section in top.sections("bots", "[bots.Math]"):
            if config.makes_a_bot(section):
                self._table(section)
            else:
                self._changes.append(section)

    def _change_bots(self) -> None:
        self._taken = {}
        for section in self._changes:
            key = bot_id(section.path[-1])
            if key in self._bots or key not in self._broken:  # else its own definition says what is wrong
                self._problems += self._table(section)

    def _table(self, section: Section) -> list[ConfigError]:
        """Take one table of ``config.toml``, and return what is wrong with it."""
        noted = len(section.problems)
        bot = self._configured(section)
        self._add(section, bot, section.path[-1], section.problems[noted:])
        return section.problems[noted:]

    def _configured(self, section: Section) -> BotSpec | None:
        """Return the bot that a table of ``config.toml`` defines or, with neither command nor kind, changes."""
        key = section.path[-1]
        name = section.table.get("name", key)
        if isinstance(name, str) and bot_id(name) != bot_id(key):
            section.problem(f"must be that of the table, {shown(key)}", "name")
            return None
        if self._is_taken(section, key):
            return None
        bot = self._bots.get(bot_id(key))
        if bot is None or config.makes_a_bot(section):
            return config.new_bot(section, name, os.path.dirname(section.file), self._kinds)
        return config.changed_bot(section, bot)

    def _add(self, section: Section, bot: BotSpec | None, name: object, problems: list[ConfigError]) -> None:
        if bot is None:
            self._broken[bot_id(name if isinstance(name, str) else _folder_name(section.file))] = problems[0]
        elif not self._is_taken(section, bot.name):
            self._bots[bot.id] = bot
            self._taken[bot.id] = section.file

    def _is_taken(self, section: Section, name: str) -> bool:
        first = self._taken.get(bot_id(name))
        if first is not None:
            section.problem(f"{shown(name)} is taken already, by {first}", "name")
        return first is not None


def _folder_name(file: str) -> str:
    return os.path.basename(os.path.dirname(file))
