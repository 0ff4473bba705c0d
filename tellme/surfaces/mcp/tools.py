"""The bots as tools: one for each, and one that lists them. What is asked here becomes turns like any other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from tellme.errors import TellmeError, UsageError
from tellme.host.host import Host, RunningTurn
from tellme.model import BotSpec, Reply, TurnStatus
from tellme.text import one_line

LIST = "list_bots"
SETTLE_S = 3.0
"""How long turns that are cancelled may take to end."""


class Tool(NamedTuple):
    """A tool as clients are told of it."""

    name: str
    title: str
    description: str
    schema: dict[str, Any]


class Answer(NamedTuple):
    """What comes of a call: a text for a model to read, and the same for programs."""

    text: str
    fields: dict[str, Any]
    is_error: bool = False


class Tools:
    """See the module. With ``bots`` these alone; raises ``BotNotFound``."""

    def __init__(self, host: Host, bots: Sequence[str]) -> None:
        self._host = host
        self._only = [host.find(name).id for name in bots]
        self._ending: set[asyncio.Task[None]] = set()
        """Wait for turns that were cancelled."""

    def all(self) -> list[Tool]:
        """Return the tools that there are now."""
        asking = [_tool(name, spec) for name, spec in self._named().items()]
        return [*asking, Tool(LIST, "List bots", "Lists the bots, and how they are.", _schema({}))]

    async def call(self, name: str, arguments: dict[str, Any]) -> Answer:
        """Carry out a call; when it is cancelled, so is its turn."""
        try:
            if name == LIST:
                return await self._list()
            spec = self._named().get(name)
            if spec is None:
                raise UsageError(f"There is no tool {name[:80]!r}; there are {', '.join([*self._named(), LIST])}.")
            return _answer(await self._ask(spec, _text(arguments, "message"), _text(arguments, "session", "")))
        except TellmeError as error:
            return Answer(str(error), {"error": str(error)}, is_error=True)

    async def settle(self) -> None:
        """Wait for turns that were cancelled to end and be kept."""
        if self._ending:
            _, late = await asyncio.wait(self._ending, timeout=SETTLE_S)
            for task in late:
                task.cancel()

    async def _ask(self, spec: BotSpec, message: str, session_id: str) -> Reply:
        running = await self._begin(spec, message.replace("\0", "\ufffd"), session_id)
        try:
            return await running.reply()
        except asyncio.CancelledError:
            running.cancel()
            ending = asyncio.ensure_future(running.ended())
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
            raise

    async def _begin(self, spec: BotSpec, message: str, session_id: str) -> RunningTurn:
        if not session_id:
            return await self._host.open_and_say(spec.id, message)
        session = await self._host.session(session_id)
        if session.bot != spec.id:
            raise UsageError(f"Session {session.id} is none of {spec.name}'s; without 'session' a new one begins.")
        return await self._host.say(session, message)

    async def _list(self) -> Answer:
        names = {spec.id: name for name, spec in self._named().items()}
        rows = [
            {"name": bot.name, "tool": names[bot.id], "state": str(bot.state), "description": bot.description}
            for bot in await self._host.bots()
            if bot.id in names
        ]
        lines = (f"{row['name']} ({row['tool']}, {row['state']}): {one_line(row['description'])}" for row in rows)
        return Answer("\n".join(lines) or "There are no bots here.", {"bots": rows})

    def _named(self) -> dict[str, BotSpec]:
        """Return the bots by the names of their tools, each of which is one bot's."""
        found: dict[str, BotSpec] = {}
        for spec in self._host.specs():
            if not self._only or spec.id in self._only:
                name = plain = f"ask_{spec.id.replace('-', '_')}"
                number = 2
                while name in found:
                    name, number = f"{plain}_{number}", number + 1
                found[name] = spec
        return found


def _tool(name: str, spec: BotSpec) -> Tool:
    about = spec.description or f"A bot that is called {spec.name}"
    description = f"Sends a message to the chatbot {spec.name} and returns its reply. {spec.name}: {about}"
    return Tool(
        name,
        f"Ask {spec.name}",
        description,
        _schema(
            {"message": "What to say to the bot", "session": "The session of an earlier reply, to go on with it"},
            ["message"],
        ),
    )


def _schema(texts: dict[str, str], required: Sequence[str] = ()) -> dict[str, Any]:
    properties = {name: {"type": "string", "description": about} for name, about in texts.items()}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _text(arguments: dict[str, Any], name: str, default: str | None = None) -> str:
    value = arguments.get(name, default)
    if not isinstance(value, str):
        raise UsageError(f"The argument {name!r} has to be a text.")
    return value


def _answer(reply: Reply) -> Answer:
    """A decline is an answer: the bot says that it cannot."""
    fields = {"bot": reply.bot, "session": reply.session, "turn": reply.turn, "status": str(reply.status)}
    if reply.status is TurnStatus.FAILED:
        error = f"{(reply.error or f'{reply.bot} gave no answer').rstrip('.')}."
        return Answer(error, fields | {"text": reply.text, "error": reply.error}, is_error=True)
    return Answer(reply.text, fields | {"text": reply.text})
