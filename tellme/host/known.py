"""What a host knows of its bots without asking them: the catalogue, and where things are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from tellme.errors import ConfigError
from tellme.host.catalogue import Catalogue
from tellme.model import BotSpec
from tellme.paths import Paths
from tellme.supervisor.log_tail import LogFollower, tail

LOG_LOOK_S = 0.25
"""How often a log that somebody follows is looked at."""


class Known:
    """The part of ``Host`` that is the same wherever the bots run; see there."""

    outlives_us = False

    def __init__(self, paths: Paths, catalogue: Catalogue) -> None:
        self._paths = paths
        self._names: dict[str, str] = {}
        """Of all bots that there were, by id: one that is gone is still spoken of."""
        self.catalogue = catalogue
        self.damage: list[str] = []

    @property
    def catalogue(self) -> Catalogue:
        """The bots as they are defined now."""
        return self._catalogue

    @catalogue.setter
    def catalogue(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._names.update((bot.id, bot.name) for bot in catalogue.bots.values())

    @property
    def problems(self) -> Sequence[ConfigError]:
        return self.catalogue.problems

    @property
    def places(self) -> dict[str, str]:
        paths = self._paths
        return {
            "config": paths.config_file,
            "bots": paths.bots_dir,
            "data": paths.data_dir,
            "database": paths.database,
            "logs": paths.log_dir,
        }

    def find(self, name: str) -> BotSpec:
        return self.catalogue.find(name)

    def route(self, message: str) -> BotSpec | None:
        from tellme.host import embeddings, routing

        return routing.route(message, self.specs(), embeddings.nearness(self.catalogue.embeddings))

    def specs(self) -> list[BotSpec]:
        return list(self.catalogue.bots.values())

    def name_of(self, bot_id: str) -> str:
        return self._names.get(bot_id, bot_id)

    def log_path(self, name: str) -> str:
        return self._paths.bot_log(self.find(name).id)

    def log_lines(self, name: str, last: int) -> list[str]:
        return tail(self.log_path(name), last)

    def follow_log(self, name: str, last: int = 200) -> AsyncIterator[list[str]]:
        return _follow(LogFollower(self.log_path(name)), last)


async def _follow(log: LogFollower, last: int) -> AsyncIterator[list[str]]:
    yield await asyncio.to_thread(log.begin, last)
    while True:
        await asyncio.sleep(LOG_LOOK_S)
        if lines := await asyncio.to_thread(log.read):
            yield lines
