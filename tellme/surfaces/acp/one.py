"""One bot as an agent: its name, its commands, its sessions, and nothing of any other bot's."""

from __future__ import annotations

from collections.abc import Sequence

from tellme import __version__
from tellme.host.host import Host
from tellme.model import BotSpec, Session
from tellme.surfaces.acp.agent import Greeting, StdioAgent
from tellme.surfaces.serve.channel import Channel
from tellme.surfaces.serve.client import Client
from tellme.surfaces.serve.house import House
from tellme.surfaces.serve.prompting import Prompt
from tellme.surfaces.serve.sessions import Result, Sessions, Then, not_found
from tellme.wire import acp_agent
from tellme.wire.fields import Json


class OneBot(StdioAgent):
    """See the module. Raises ``BotNotFound``."""

    def __init__(self, house: House, channel: Channel, name: str) -> None:
        self._spec = house.host.find(name)
        super().__init__(house, channel)
        greeting = Greeting(house, house.host, self._client)
        self._use(OneSessions(house.host, self._client, self._spec, greeting))

    def _info(self) -> Json:
        return {
            "name": self._spec.id,
            "title": self._spec.name,
            "version": __version__,
            "_meta": {"tellme": {"description": self._spec.description}},
        }

    def _bot_for(self, prompt: Prompt) -> str:
        return self._spec.id


class OneSessions(Sessions):
    """The sessions with one bot."""

    def __init__(self, host: Host, client: Client, spec: BotSpec, greeting: Greeting) -> None:
        super().__init__(host, client)
        self._spec = spec
        self._greeting = greeting

    async def new(self, params: Json) -> Result:
        """``session/new``, with the bot."""
        acp_agent.read_new_session(params)
        session = await self._host.open_session(self._spec.id)
        self.keep(session.id, session)
        return Then(acp_agent.new_session_result(session.id), lambda: self._greeting.begin(self, session.id, session))

    async def find(self, session_id: str) -> Session | None:
        """Return a session by its whole id, if it is one of the bot's. Raises ``SessionNotFound``."""
        session = await super().find(session_id)
        if session is not None and session.bot != self._spec.id:
            self.forget(session_id)
            raise not_found(session_id)
        return session

    async def _found(self, limit: int) -> Sequence[Session]:
        return [each for each in await self._host.sessions() if each.bot == self._spec.id]
