"""The bots of a host: which of them run, and what becomes of them when the catalogue changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from tellme.host.prepare import Prepared, launch
from tellme.model import BotSpec, BotState, BotStatus, CatalogueChanged, HostEvent, Spoke
from tellme.supervisor.bot import Bot
from tellme.supervisor.spawn import Spawner
from tellme.text import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tellme.supervisor.strays import Strays

ADOPT_AFTER_S = 0.02
"""When the host begins to look after what a killed spawner leaves behind, if all of its bots are tellme's own: that
takes a millisecond, and ``ask`` has most likely ended by then.
"""


class Fleet:
    """Each bot is made when it is first needed; its loop is a task of ``group``."""

    def __init__(self, prepared: Prepared, group: asyncio.TaskGroup, on_event: Callable[[HostEvent], None]) -> None:
        self._prepared = prepared
        self._group = group
        self._on_event = on_event
        self._spawner = prepared.spawner
        self._bots: dict[str, Bot] = {}
        self._left: list[Bot] = []
        """Bots that are no longer in the catalogue; a turn may still be open with them."""
        self._strays: Strays | None = None
        self._adopting = asyncio.get_running_loop().call_later(ADOPT_AFTER_S, self._adopt_strays)
        self._lives: list[asyncio.Task[None]] = []

    def bot(self, spec: BotSpec) -> Bot:
        """Return the bot, made if need be; it is not started by that."""
        bot = self._bots.get(spec.id)
        if bot is None:
            if not spec.builtin:
                self._adopt_strays()
            bot = Bot(spec, launch(spec, self._prepared), self.spawner(), self._on_event, self._spoke(spec))
            spawned = self._prepared.spawned.get(spec.id)
            if spawned is not None:
                bot.adopt(spawned)
            self._bots[spec.id] = bot
            self._lives.append(self._group.create_task(bot.run()))
        return bot

    def made(self, bot_id: str) -> Bot | None:
        """Return the bot if it was needed before."""
        return self._bots.get(bot_id)

    def status(self, spec: BotSpec) -> BotStatus:
        """Describe a bot as it is now."""
        bot = self._bots.get(spec.id)
        if bot is not None:
            return bot.status()
        return BotStatus(spec.name, spec.id, spec.kind, BotState.IDLE, None, None, 0, None, None, spec.description)

    def apply(self, change: CatalogueChanged, specs: Mapping[str, BotSpec]) -> None:
        """Have what runs become what the catalogue says now, between turns."""
        for bot_id in change.removed:
            if (bot := self._bots.pop(bot_id, None)) is not None:
                bot.retire()
                self._left.append(bot)
        for bot_id in change.changed:
            if (bot := self._bots.get(bot_id)) is not None:
                bot.replace(specs[bot_id], launch(specs[bot_id], self._prepared))

    def spawner(self) -> Spawner:
        """Return what starts processes; begun with the first that is needed."""
        if self._spawner is None:
            self._spawner = Spawner()
        return self._spawner

    def add_time(self, seconds: float) -> None:
        """Give all that is starting so much longer."""
        for bot in self._bots.values():
            bot.add_time(seconds)

    async def close(self) -> None:
        """End all bots, and let the spawner go."""
        for life in self._lives:
            life.cancel()
        if self._lives:
            await asyncio.wait(self._lives)
        for bot in (*self._bots.values(), *self._left):
            bot.close()
        for bot_id, spawned in self._prepared.spawned.items():
            if bot_id not in self._bots:  # begun before the loop was there, and never asked anything
                spawned.close()
        if self._spawner is not None:
            self._spawner.release()

    def leave(self) -> None:
        """Wait for the end of the spawner, below which nothing is left then."""
        if self._spawner is not None:
            self._spawner.close(wait_s=1.0)
        self._adopting.cancel()
        if self._strays is not None:
            self._strays.end()

    def _adopt_strays(self) -> None:
        if self._strays is None:
            from tellme.supervisor.strays import Strays

            self._strays = Strays()
            self._strays.begin()

    def _spoke(self, spec: BotSpec) -> Callable[[str, str], None]:
        def spoke(session: str, text: str) -> None:
            self._on_event(Spoke(spec.id, session, clean(text)))

        return spoke
