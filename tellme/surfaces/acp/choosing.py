"""The sessions of the whole shell: which bot each has, as the protocol's session modes and as an option of theirs.

A client shows one or the other, and the options of the session's bot beside it. A session whose bot is changed goes on
under the id that the client has for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tellme.errors import SessionNotFound, UsageError
from tellme.model import BotCommand, OptionValue, Session, SessionOption
from tellme.surfaces.acp.choices import Choices, category_of, config_option, modes
from tellme.surfaces.acp.offered import OFFERED
from tellme.surfaces.acp.remembered import Known, Remembered
from tellme.surfaces.acp.sessions import StdioSessions
from tellme.surfaces.serve.client import Client
from tellme.surfaces.serve.house import House
from tellme.surfaces.serve.sessions import Result
from tellme.wire import acp, acp_agent
from tellme.wire.fields import Json
from tellme.wire.options import MODE

AUTO = "auto"
"""The mode in which the first message finds the bot; a bot of that name is chosen with ``/start_session``."""
BOT = "bot"
"""The id of the option."""
OWN = "own."
"""How the id of a bot's own option begins that could be taken for ours."""


class ShellSessions(StdioSessions):
    """See the module."""

    mode_option = BOT

    def __init__(self, house: House, client: Client, remembered: Remembered) -> None:
        super().__init__(house, client)
        self._remembered = remembered
        self._chosen: dict[str, str] = {}
        """The bot that the next message of a session without one goes to, by the client's id."""

    async def find(self, session_id: str) -> Session | None:
        """Return a session by its whole id, also one that an earlier process began without a bot."""
        known = None if session_id in self._known else self._remembered.get(session_id)
        if known is None:
            return await super().find(session_id)
        session = await self._recall(known)
        super().keep(session_id, session)
        if session is None and self._is_mode(known.bot):
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
        if session is None or not self._is_still(session_id, session):
            self._learned.pop(session_id, None)
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
        self.tell_choices(session_id)
        self.meet(session_id, session)

    def mode(self, session_id: str) -> str:
        """Return the mode of a session."""
        session = self._known.get(session_id)
        return session.bot if session is not None else self._chosen.get(session_id, AUTO)

    def forget(self, session_id: str) -> None:
        """Know a session no longer."""
        super().forget(session_id)
        self._chosen.pop(session_id, None)

    def _is_mode(self, mode: str) -> bool:
        return mode == AUTO or any(spec.id == mode for spec in self._host.specs())

    # Requests -----------------------------------------------------------------------------------------------------

    async def new(self, params: Json) -> Result:
        """``session/new``: without a bot, until one is chosen or found."""
        acp_agent.read_new_session(params)
        session_id = self.begin()
        return await self.opened(session_id, None, acp_agent.new_session_result(session_id))

    async def load(self, params: Json) -> Result:
        """``session/load``: the client is told all that was said."""
        session_id = acp_agent.session_of(params)
        has_bot = await self.find(session_id) is not None
        return await (super().load(params) if has_bot else self.opened(session_id, None, {}))

    async def resume(self, params: Json) -> Result:
        """``session/resume``: the client knows what was said."""
        session_id = acp_agent.session_of(params)
        has_bot = await self.find(session_id) is not None
        return await (super().resume(params) if has_bot else self.opened(session_id, None, {}))

    async def page(self, params: Json) -> Json:
        """``session/list``: each by the id that a client was given for it, where one was."""
        page, known = await super().page(params), self._remembered.ids()
        for row in page["sessions"]:
            row["sessionId"] = known.get(row["sessionId"], row["sessionId"])
        return page

    async def set_to(self, session_id: str, option_id: str, value: str) -> None:
        """Choose the bot that the next message goes to, or something that the session's bot offers."""
        if option_id == BOT:
            await self.find(session_id)
            if not self._is_mode(value):
                raise UsageError(f"There is no bot {value[:80]!r} here; '/list' shows those that there are.")
            self.choose(session_id, value)
        else:
            await super().set_to(session_id, option_id.removeprefix(OWN), value)

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

    def _is_open(self, session_id: str) -> None:
        self._tell_commands(session_id, self._offered.get(session_id, ()))
        super()._is_open(session_id)

    def choices(self, session_id: str) -> Choices:
        """Return the bots, and what the one that the session has lets the person choose."""
        bots = self._bots(self.mode(session_id))
        own = [config_option(each, _outward(each.id), _category(each)) for each in self._learned.get(session_id, ())]
        return Choices(bots.value, modes(bots), (config_option(bots, BOT, MODE), *own))

    def _bots(self, chosen: str) -> SessionOption:
        bots = [OptionValue(spec.id, spec.name, spec.description) for spec in self._host.specs() if spec.id != AUTO]
        auto = OptionValue(AUTO, "Auto", "The bot that fits the first message best")
        return SessionOption(BOT, "Bot", chosen, (*bots, auto))


def _outward(option_id: str) -> str:
    """Return the id under which the client has a bot's option: its own, if that is not one of ours."""
    return f"{OWN}{option_id}" if option_id == BOT or option_id.startswith(OWN) else option_id


def _category(option: SessionOption) -> str:
    """The mode is the bot here; what that one calls so is an option like any other."""
    return "" if option.id == MODE else category_of(option)
