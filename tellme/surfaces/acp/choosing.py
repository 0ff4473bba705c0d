"""The sessions of the whole shell: which bot each has, as the protocol's session modes and as an option of theirs.

A client shows one or the other. A session whose bot is changed goes on under the id that the client has for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tellme.errors import SessionNotFound, UsageError
from tellme.host.host import Host
from tellme.model import BotCommand, Session
from tellme.surfaces.acp.offered import OFFERED
from tellme.surfaces.acp.remembered import Known, Remembered
from tellme.surfaces.serve.client import Client
from tellme.surfaces.serve.sessions import Result, Sessions, Then
from tellme.wire import acp, acp_agent
from tellme.wire.fields import AcpError, Json, string_of

AUTO = "auto"
"""The mode in which the first message finds the bot; a bot of that name is chosen with ``/start_session``."""
BOT = "bot"
"""The id of the option."""


class ShellSessions(Sessions):
    """See the module."""

    def __init__(self, host: Host, client: Client, remembered: Remembered) -> None:
        super().__init__(host, client)
        self._remembered = remembered
        self._chosen: dict[str, str] = {}
        """The bot that the next message of a session without one goes to, by the client's id."""
        self._told: dict[str, str] = {}
        """The mode that the client knows of."""

    async def find(self, session_id: str) -> Session | None:
        """Return a session by its whole id, also one that an earlier process began without a bot."""
        known = None if session_id in self._known else self._remembered.get(session_id)
        if known is None:
            return await super().find(session_id)
        session = await self._recall(known)
        super().keep(session_id, session)
        if session is None and known.bot in self._modes():
            self._chosen[session_id] = known.bot
        return session

    async def _recall(self, known: Known) -> Session | None:
        """Return the session that is meant; ``None`` where it is there no more."""
        if not known.session:
            return None
        try:
            found = await self._host.session(known.session)
        except SessionNotFound:
            return None
        return found if found.id == known.session else None

    def keep(self, session_id: str, session: Session | None) -> Session | None:
        """Know a session by the id that the client uses for it, in later processes too."""
        self._remembered.put(session_id, Known(session=session.id) if session else Known())
        return super().keep(session_id, session)

    # What is chosen -----------------------------------------------------------------------------------------------

    def chosen(self, session_id: str) -> str:
        """Return the id of the bot chosen for a session that has none yet; empty where none is."""
        return self._chosen.get(session_id, "")

    def choose(self, session_id: str, mode: str) -> None:
        """Have the next message begin a conversation with this bot, or with one that fits it."""
        session = self._known.get(session_id)
        if session is not None and session.bot == mode:
            return
        self.keep(session_id, None)
        self._chosen.pop(session_id, None)
        if mode != AUTO:
            self._chosen[session_id] = mode
            self._remembered.put(session_id, Known(bot=mode))

    def take(self, session_id: str, session: Session) -> None:
        """Go on with another session under the id that the client has."""
        self.keep(session_id, session)
        self._chosen.pop(session_id, None)
        self.tell_bot(session_id)

    def tell_bot(self, session_id: str) -> None:
        """Tell the client which bot the session has, if that is another than it was told last."""
        mode = self.mode(session_id)
        if self._told.get(session_id) == mode:
            return
        self._told[session_id] = mode
        self._update(session_id, {"sessionUpdate": "current_mode_update", "currentModeId": mode})
        self._update(session_id, {"sessionUpdate": "config_option_update", **self._options(session_id)})

    def mode(self, session_id: str) -> str:
        """Return the mode of a session."""
        session = self._known.get(session_id)
        return session.bot if session is not None else self._chosen.get(session_id, AUTO)

    def forget(self, session_id: str) -> None:
        """Know a session no longer."""
        super().forget(session_id)
        self._chosen.pop(session_id, None)
        self._told.pop(session_id, None)

    # Requests -----------------------------------------------------------------------------------------------------

    async def new(self, params: Json) -> Result:
        """``session/new``: without a bot, until one is chosen or found."""
        acp_agent.read_new_session(params)
        session_id = self.begin()
        return self._opened(session_id, acp_agent.new_session_result(session_id))

    async def load(self, params: Json) -> Result:
        """``session/load``: the client is told all that was said."""
        if await self.find(acp_agent.session_of(params)) is not None:
            await super().load(params)
        return self._opened(acp_agent.session_of(params), {})

    async def resume(self, params: Json) -> Result:
        """``session/resume``: the client knows what was said."""
        if await self.find(acp_agent.session_of(params)) is not None:
            await super().resume(params)
        return self._opened(acp_agent.session_of(params), {})

    async def set_mode(self, params: Json) -> Result:
        """``session/set_mode``: the bot that the next message goes to."""
        return await self._set(params, string_of(params, "modeId"), with_options=False)

    async def set_option(self, params: Json) -> Result:
        """``session/set_config_option``: the same, for clients that show options."""
        if string_of(params, "configId") != BOT:
            raise AcpError("set an option that there is not")
        return await self._set(params, string_of(params, "value"), with_options=True)

    async def _set(self, params: Json, mode: str, *, with_options: bool) -> Result:
        session_id = acp_agent.session_of(params)
        await self.find(session_id)
        if mode not in self._modes():
            raise UsageError(f"There is no bot {mode[:80]!r} here; '/list' shows those that there are.")
        self.choose(session_id, mode)
        self.tell_bot(session_id)
        return self._options(session_id) if with_options else {}

    def _opened(self, session_id: str, result: Json) -> Result:
        mode = self._told[session_id] = self.mode(session_id)
        modes = [{"id": each, "name": name, "description": about} for each, (name, about) in self._modes().items()]
        offer = {"modes": {"currentModeId": mode, "availableModes": modes}, **self._options(session_id)}
        return Then(result | offer, lambda: self._tell_commands(session_id, ()))

    # What the client is told --------------------------------------------------------------------------------------

    def tell_offered(self, session_id: str, session: Session) -> None:
        """Tell the client which commands there are, those of the session's bot among them, if they are others."""
        offered = self._host.offered(session)
        if offered != self._offered.get(session_id, ()):
            self._offered[session_id] = offered
            self._tell_commands(session_id, offered)

    def _tell_commands(self, session_id: str, offered: Sequence[BotCommand]) -> None:
        own = [acp.AgentCommand(each.name, each.help, each.argument.strip("[]")) for each in OFFERED]
        names = {each.name for each in own}
        theirs = [acp.AgentCommand(*each) for each in offered if each.name.lower() not in names]
        self._client.notify(acp.UPDATE, acp_agent.commands_update_params(session_id, [*own, *theirs]))

    def _modes(self) -> dict[str, tuple[str, str]]:
        bots = {spec.id: (spec.name, spec.description) for spec in self._host.specs()}
        return bots | {AUTO: ("Auto", "The bot that fits the first message best")}

    def _options(self, session_id: str) -> Json:
        values = [{"value": each, "name": name, "description": about} for each, (name, about) in self._modes().items()]
        option = {
            "id": BOT,
            "name": "Bot",
            "category": "mode",
            "type": "select",
            "currentValue": self.mode(session_id),
            "options": values,
        }
        return {"configOptions": [option]}

    def _update(self, session_id: str, update: Json) -> None:
        self._client.notify(acp.UPDATE, {"sessionId": session_id, "update": update})
