"""The sessions of a client on stdio, which knows what can be chosen in each: learnt of its bot, and told again.

Promises: no session waits for long until its bot says what it offers; a client hears of nothing in a session before it
has that session's id, and again of what can be chosen only where that is different from what it was told.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from functools import partial

from tellme.errors import TellmeError, UsageError
from tellme.model import BotState, Session, SessionOption
from tellme.surfaces.acp.choices import Choices, read_value
from tellme.surfaces.serve.client import Client
from tellme.surfaces.serve.house import House
from tellme.surfaces.serve.sessions import Result, Sessions, Then
from tellme.wire import acp, acp_agent
from tellme.wire.fields import Json, string_of
from tellme.wire.options import MODE

MEET_S = 2.0
"""How long a session's opening waits for its bot: it may have to start, or be busy in another session."""

_NONE = Choices()


class StdioSessions(Sessions, ABC):
    """See the module."""

    mode_option = MODE
    """The id of the option whose values are the modes."""

    def __init__(self, house: House, client: Client) -> None:
        super().__init__(house.host, client)
        self._house = house
        self._learned: dict[str, tuple[SessionOption, ...]] = {}
        """What the bots let the person choose, by the client's ids."""
        self._told: dict[str, Choices] = {}
        self._opening: dict[str, asyncio.Event] = {}
        """Sessions whose id the client does not have yet."""

    @abstractmethod
    def choices(self, session_id: str) -> Choices:
        """Return what can be chosen in a session."""

    def forget(self, session_id: str) -> None:
        """Know a session no longer."""
        super().forget(session_id)
        self._learned.pop(session_id, None)
        self._told.pop(session_id, None)

    async def set_to(self, session_id: str, option_id: str, value: str) -> None:
        """Choose. Raises ``TellmeError``, also where there is no such option or value."""
        session = await self.find(session_id)
        if session is None:
            raise UsageError("There is nothing to choose in this session before its next message.")
        self._note(session_id, session, await self._host.set_option(session, option_id, value))

    # Requests -----------------------------------------------------------------------------------------------------

    async def load(self, params: Json) -> Result:
        """``session/load``: the client is told all that was said."""
        await super().load(params)
        return await self._taken_up(params)

    async def resume(self, params: Json) -> Result:
        """``session/resume``: the client knows what was said."""
        await super().resume(params)
        return await self._taken_up(params)

    async def set_mode(self, params: Json) -> Result:
        """``session/set_mode``: the same as setting an option, for clients that show modes."""
        session_id = acp_agent.session_of(params)
        await self.set_to(session_id, self.mode_option, string_of(params, "modeId"))
        self.tell_choices(session_id)
        return {}

    async def set_option(self, params: Json) -> Result:
        """``session/set_config_option``: the answer has all options, for one may change others."""
        session_id = acp_agent.session_of(params)
        await self.set_to(session_id, string_of(params, "configId"), read_value(params))
        self.tell_choices(session_id)
        return self.choices(session_id).config()

    async def _taken_up(self, params: Json) -> Result:
        session_id = acp_agent.session_of(params)
        return await self.opened(session_id, await self.find(session_id), {})

    # What is learnt of the bot ------------------------------------------------------------------------------------

    async def learn(self, session_id: str) -> None:
        """Learn what the session's bot lets the person choose now; one that does not run is left alone."""
        session = self._known.get(session_id)
        try:
            if session is not None and await self._is_up(session.bot):
                await self._learn(session_id, session)
        except TellmeError:
            return  # what was known of it is the best there is

    def meet(self, session_id: str, session: Session) -> asyncio.Task[None]:
        """Begin to have the bot run, greet, and say what it offers; the client is told when that is known."""
        return self._house.accompany(self._meet(session_id, session))

    async def _meet(self, session_id: str, session: Session) -> None:
        try:
            if await self._host.commands(session) is not None:
                await self._learn(session_id, session)
        except TellmeError:
            return  # the next message says why
        if self._is_still(session_id, session) and session_id not in self._opening:
            self.tell_choices(session_id)
            self.tell_offered(session_id, session)

    async def _learn(self, session_id: str, session: Session) -> None:
        self._note(session_id, session, await self._host.options(session))

    def _note(self, session_id: str, session: Session, options: tuple[SessionOption, ...]) -> None:
        if self._is_still(session_id, session):
            self._learned[session_id] = options

    async def _is_up(self, bot: str) -> bool:
        return (await self._host.status(bot)).state in (BotState.READY, BotState.BUSY)

    def _is_still(self, session_id: str, session: Session) -> bool:
        known = self._known.get(session_id)
        return known is not None and known.id == session.id

    # What the client is told --------------------------------------------------------------------------------------

    async def opened(self, session_id: str, session: Session | None, result: Json) -> Result:
        """Return the result that opens a session: with what can be chosen in it, if its bot says so soon."""
        self._opening.setdefault(session_id, asyncio.Event())
        if session is not None:
            await asyncio.wait({self.meet(session_id, session)}, timeout=MEET_S)
        self._told[session_id] = self.choices(session_id)
        return Then(result | self._told[session_id].fields(), partial(self._is_open, session_id))

    def _is_open(self, session_id: str) -> None:
        """The client has the id now, and is told what came meanwhile."""
        if (opening := self._opening.pop(session_id, None)) is not None:
            opening.set()
        session = self._known.get(session_id)
        if session is not None:
            self.tell_choices(session_id)
            self.tell_offered(session_id, session)

    def tell_choices(self, session_id: str) -> None:
        """Tell the client what can be chosen, if that is different from what it knows."""
        told, now = self._told.get(session_id, _NONE), self.choices(session_id)
        self._told[session_id] = now
        if now.mode != told.mode:
            self._update(session_id, {"sessionUpdate": "current_mode_update", "currentModeId": now.mode})
        if now.options != told.options:
            self._update(session_id, {"sessionUpdate": "config_option_update", **now.config()})

    async def tell_spoken(self, session: str, text: str) -> None:
        """Tell the client what a bot said by itself, once it can know in which session."""
        if (opening := self._opening.get(session)) is not None:
            await opening.wait()
        await super().tell_spoken(session, text)

    def _update(self, session_id: str, update: Json) -> None:
        self._client.notify(acp.UPDATE, {"sessionId": session_id, "update": update})
