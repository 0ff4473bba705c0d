"""What one bot and the whole shell have in common as agents on stdio: a client that is never taken for tellme's own.

Promise: nothing can be asked here but what the protocol knows; what belongs to other surfaces is not there.
"""

from __future__ import annotations

from tellme import __version__
from tellme.surfaces.acp.sessions import StdioSessions
from tellme.surfaces.serve.agent import Agent, Call
from tellme.surfaces.serve.channel import Channel
from tellme.surfaces.serve.house import House
from tellme.surfaces.serve.prompting import Prompt
from tellme.wire import acp, acp_agent, hosting
from tellme.wire.fields import Json
from tellme.wire.options import SET_CONFIG_OPTION, SET_MODE


class StdioAgent(Agent):
    """See the module."""

    def __init__(self, house: House, channel: Channel) -> None:
        super().__init__(house, channel, is_timed=False)
        self._methods.pop(hosting.WATCH)

    def cancel_all(self) -> None:
        """End all turns, those that have not begun as well."""
        for prompt in list(self._prompts):
            prompt.cancel()

    def _use(self, sessions: StdioSessions) -> None:
        """Have these sessions, which the client may begin, list, take up and set."""
        self._sessions = self._stdio = sessions
        self._methods |= {
            acp.NEW_SESSION: sessions.new,
            acp.LOAD_SESSION: sessions.load,
            acp.RESUME_SESSION: sessions.resume,
            acp.LIST_SESSIONS: sessions.page,
            SET_MODE: sessions.set_mode,
            SET_CONFIG_OPTION: sessions.set_option,
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

    async def _turn(self, prompt: Prompt) -> Json:
        result = await super()._turn(prompt)
        await self._stdio.learn(prompt.session_id)
        self._stdio.tell_choices(prompt.session_id)
        return result

    async def _prompt(self, prompt: Prompt) -> Json:
        prompt.wish = hosting.Wish()  # that is for tellme's own clients
        return await super()._prompt(prompt)
