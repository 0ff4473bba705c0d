"""What bots do unasked, told to a person line by line: what they say by themselves, and crashes outside of a turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tellme.host.events import Watcher
from tellme.host.host import Host
from tellme.model import BotState, CatalogueChanged, HostEvent, Notice, Reply, Spoke, StateChanged
from tellme.surfaces.output import OutputError

PAUSE_S = 0.3
"""What a bot says with shorter pauses than this is told as one."""
MAX_SPEECH_CHARS = 16 * 1024


class News:
    """Calls ``tell`` for each thing that happens. Of a bot that has a turn, the turn itself tells how it fares."""

    def __init__(self, host: Host, tell: Callable[[str], None]) -> None:
        self._host = host
        self._tell = tell
        self._busy: str | None = None
        self._failure: str | None = None
        """Why the last turn failed, as the person was told."""

    def turn_begins(self, bot: str) -> None:
        """Leave the states of this bot, by id, aside."""
        self._busy = bot

    def turn_ends(self, reply: Reply) -> None:
        """Tell them again, but not the crash that ended the turn."""
        self._busy, self._failure = None, reply.error

    @asynccontextmanager
    async def told(self) -> AsyncIterator[None]:
        """Tell what happens for the length of a block."""
        with self._host.watch() as events:
            task = asyncio.create_task(self._listen(events))
            try:
                yield
            finally:
                task.cancel()
                await asyncio.wait((task,))

    async def _listen(self, events: Watcher) -> None:
        said: Spoke | None = None
        while True:
            event = await _next(events, PAUSE_S if said else None)
            if said and isinstance(event, Spoke) and _goes_on(said, event):
                said = said._replace(text=said.text + event.text)
                continue
            try:
                if said:
                    self._tell(f"{self._host.name_of(said.bot)}: {said.text}")
                if event is not None and not self._is_known(event):
                    for text in worth_telling(event, self._host.name_of):
                        self._tell(f"tellme: {text}")
            except (OutputError, OSError):  # the terminal is gone, which whoever reads from it notices too
                return
            said = event if isinstance(event, Spoke) else None

    def _is_known(self, event: HostEvent) -> bool:
        """Has the person heard of it, or will they, in another way?"""
        match event:
            case StateChanged(bot, _, reason):
                return bot == self._busy or f"{self._host.name_of(bot)} {reason}" == self._failure
            case Notice(text):
                return text in self._host.damage
        return False


def worth_telling(event: HostEvent, name_of: Callable[[str], str]) -> list[str]:
    """Return what a person should know of an event, a sentence each; of most it is nothing."""
    match event:
        case StateChanged(bot, BotState.BACKOFF, reason):
            return [f"{name_of(bot)} {reason}; starting it again."]
        case StateChanged(bot, BotState.FAILED, reason):
            return [f"{name_of(bot)} {reason}."]
        case Notice(text):
            return [text]
        case CatalogueChanged(added, changed, removed):
            told = {"is here now": added, "has changed": changed, "is gone": removed}
            return [f"{name_of(bot)} {what}." for what, bots in told.items() for bot in bots]
    return []


async def _next(events: Watcher, within_s: float | None) -> HostEvent | None:
    try:
        async with asyncio.timeout(within_s):
            return await anext(events)
    except TimeoutError:
        return None


def _goes_on(said: Spoke, event: Spoke) -> bool:
    return (event.bot, event.session) == (said.bot, said.session) and len(said.text) < MAX_SPEECH_CHARS
