"""One bot as an agent: its name, its commands, its sessions, and nothing of any other bot's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tellme import __version__
from tellme.model import BotSpec, Session
from tellme.surfaces.acp.agent import StdioAgent
from tellme.surfaces.acp.choices import Choices, category_of, config_option, modes
from tellme.surfaces.acp.sessions import StdioSessions
from tellme.surfaces.serve.channel import Channel
from tellme.surfaces.serve.client import Client
from tellme.surfaces.serve.house import House
from tellme.surfaces.serve.prompting import Prompt
from tellme.surfaces.serve.sessions import Result, not_found
from tellme.wire import acp_agent
from tellme.wire.fields import Json


class OneBot(StdioAgent):
    """See the module. Raises ``BotNotFound``."""

    def __init__(self, house: House, channel: Channel, name: str) -> None:
        self._spec = house.host.find(name)
        super().__init__(house, channel)
        self._use(OneSessions(house, self._client, self._spec))

    def _info(self) -> Json:
        return {
            "name": self._spec.id,
            "title": self._spec.name,
            "version": __version__,
            "_meta": {"tellme": {"description": self._spec.description}},
        }

    def _bot_for(self, prompt: Prompt) -> str:
        return self._spec.id


class OneSessions(StdioSessions):
    """The sessions with one bot."""

    def __init__(self, house: House, client: Client, spec: BotSpec) -> None:
        super().__init__(house, client)
        self._spec = spec

    def choices(self, session_id: str) -> Choices:
        """Return what the bot lets the person choose."""
        options = self._learned.get(session_id, ())
        told = tuple(config_option(each, each.id, category_of(each)) for each in options)
        mode = next((each for each in options if each.id == self.mode_option), None)
        return Choices(mode.value, modes(mode), told) if mode is not None else Choices(options=told)

    async def new(self, params: Json) -> Result:
        """``session/new``, with the bot."""
        acp_agent.read_new_session(params)
        session = await self._host.open_session(self._spec.id)
        self.keep(session.id, session)
        self._opening[session.id] = asyncio.Event()
        return await self.opened(session.id, session, acp_agent.new_session_result(session.id))

    async def find(self, session_id: str) -> Session | None:
        """Return a session by its whole id, if it is one of the bot's. Raises ``SessionNotFound``."""
        session = await super().find(session_id)
        if session is not None and session.bot != self._spec.id:
            self.forget(session_id)
            raise not_found(session_id)
        return session

    async def _take_up(self, params: Json) -> Session:
        session_id = acp_agent.session_of(params)
        if self._known.get(session_id) is None:  # its bot has left it; whoever takes it up again goes on with it
            self.forget(session_id)
        return await super()._take_up(params)

    async def _found(self, limit: int) -> Sequence[Session]:
        return await self._host.sessions(limit=limit, bot=self._spec.id)
