"""What one bot and the whole shell have in common as agents on stdio: a client that is never taken for tellme's own.

Promise: nothing can be asked here but what the protocol knows; what belongs to other surfaces is not there.
"""

from __future__ import annotations

from tellme import __version__
from tellme.host.host import Host
from tellme.model import Session
from tellme.surfaces.serve.agent import Agent, Call
from tellme.surfaces.serve.channel import Channel
from tellme.surfaces.serve.client import Client
from tellme.surfaces.serve.house import House
from tellme.surfaces.serve.prompting import Prompt
from tellme.surfaces.serve.sessions import Sessions
from tellme.wire import acp, acp_agent, hosting
from tellme.wire.fields import Json


class StdioAgent(Agent):
    """See the module."""

    def __init__(self, house: House, channel: Channel) -> None:
        super().__init__(house, channel, is_timed=False)
        self._methods.pop(hosting.WATCH)

    def cancel_all(self) -> None:
        """End all turns, those that have not begun as well."""
        for prompt in list(self._prompts):
            prompt.cancel()

    def _use(self, sessions: Sessions) -> None:
        """Have these sessions, which the client may begin, list and take up."""
        self._sessions = sessions
        self._methods |= {
            acp.NEW_SESSION: sessions.new,
            acp.LOAD_SESSION: sessions.load,
            acp.RESUME_SESSION: sessions.resume,
            acp.LIST_SESSIONS: sessions.page,
        }

    def _initialize(self, params: Json) -> Json:
        acp_agent.read_initialize(params)
        self._listen(self._tell_spoken)
        return {
            "protocolVersion": acp.PROTOCOL_VERSION,
            "agentInfo": self._info(),
            "agentCapabilities": {
                "loadSession": True,
                "promptCapabilities": {"image": True, "audio": True, "embeddedContext": True},
                "sessionCapabilities": {"list": {}, "resume": {}, "close": {}},
            },
            "authMethods": [],
        }

    def _info(self) -> Json:
        return {"name": "tellme", "title": "tellme", "version": __version__}

    def _call(self, method: str, params: Json) -> Call | None:
        return super()._call(method, params) if method in self._methods else None

    async def _prompt(self, prompt: Prompt) -> Json:
        prompt.wish = hosting.Wish()  # that is for tellme's own clients
        return await super()._prompt(prompt)


class Greeting:
    """Has the bot of a session that just began greet, and say which commands it offers."""

    def __init__(self, house: House, host: Host, client: Client) -> None:
        self._house = house
        self._host = host
        self._client = client

    def begin(self, sessions: Sessions, session_id: str, session: Session) -> None:
        """Start the bot; what it says comes by itself."""
        self._house.accompany(self._greet(sessions, session_id, session))

    async def _greet(self, sessions: Sessions, session_id: str, session: Session) -> None:
        if await self._host.commands(session) is not None:
            sessions.tell_offered(session_id, session)
