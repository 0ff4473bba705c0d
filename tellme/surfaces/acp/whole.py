"""The whole shell as an agent: the person chooses the bot of a session, as its mode or with tellme's own commands.

Promise: what the client shows as the mode is the bot that the next message goes to.
"""

from __future__ import annotations

from tellme.errors import TellmeError
from tellme.model import Reply, Session
from tellme.shell import Command, Misused, Say, SayToBot, Unknown, parse, usages
from tellme.surfaces.acp.agent import StdioAgent
from tellme.surfaces.acp.chat import Chat
from tellme.surfaces.acp.choosing import AUTO, ShellSessions
from tellme.surfaces.acp.remembered import Remembered
from tellme.surfaces.serve.channel import Channel
from tellme.surfaces.serve.house import House
from tellme.surfaces.serve.prompting import Prompt
from tellme.wire import acp, acp_agent
from tellme.wire.fields import Json

_UNSENT = "A command takes no files: what was attached went to no bot."


class WholeShell(StdioAgent):
    """See the module."""

    def __init__(self, house: House, channel: Channel, remembered: Remembered) -> None:
        super().__init__(house, channel)
        self._shell = ShellSessions(house, self._client, remembered)
        self._chat = Chat(house.host, self._shell)
        self._use(self._shell)

    async def _turn(self, prompt: Prompt) -> Json:
        session = await self._shell.find(prompt.session_id)
        line = parse(prompt.message, usages(self._house.host.offered(session) if session else ()))
        match line:
            case Say(text) | SayToBot(text):
                prompt.message = text
            case Command() | Unknown() | Misused():
                return await self._answer_command(prompt, line)
        return await super()._turn(prompt)

    async def _answer_command(self, prompt: Prompt, line: Command | Unknown | Misused) -> Json:
        try:
            text = await self._chat.carry_out(prompt.session_id, line)
        except TellmeError as error:
            text = str(error)
        if prompt.attachments:
            text += f"\n\n{_UNSENT}"
        await self._client.tell_text("agent_message_chunk", prompt.session_id, text, {})
        return acp_agent.prompt_result(acp.END_TURN)

    def _bot_for(self, prompt: Prompt) -> str:
        return self._shell.chosen(prompt.session_id) or super()._bot_for(prompt)

    def _ended_turn(self, prompt: Prompt, session: Session, reply: Reply) -> None:
        if reply.leaves:
            self._shell.choose(prompt.session_id, AUTO)
