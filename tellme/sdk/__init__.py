"""For authors of bots: ``Bot`` and what it hands to the function that replies.

Promise: a bot's own mistakes (an exception, a ``print``, a reply of the wrong type) cost one turn at most, never the
process or the protocol. Standard library only, and asyncio only where the author wrote ``async def``: a bot's start
is part of what a person waits for.
"""

from __future__ import annotations

import os
import sys
from signal import SIGINT, signal

from tellme.values import NamedTuple
from tellme.wire.acp import AgentCommand, Exchange

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from typing import Any, NoReturn, TypeVar

    Handler = Callable[["Message"], str | Iterator[str] | Awaitable[str | None] | AsyncIterator[str] | None]
    SomeHandler = TypeVar("SomeHandler", bound=Handler)

__all__ = ["Bot", "Decline", "Exchange", "Message", "Session"]

_WRONG_USAGE = 2
_CONFIGURATION_ERROR = 78  # the supervisor does not start such a bot again
_CO_COROUTINE = 0x80
_CO_ASYNC_GENERATOR = 0x200


class Decline(Exception):
    """Raise it in a reply to say that the bot can't answer; its text is what the person reads."""


class Session:
    """One conversation. The bot keeps the newest 10,000; of a session's history the newest 1,000 turns."""

    __slots__ = ("history", "id", "state")

    def __init__(self, id: str, history: list[Exchange] | None = None) -> None:
        self.id = id
        self.history: list[Exchange] = [] if history is None else history
        """The turns that are over, oldest first; also those from before a restart."""
        self.state: dict[str, Any] = {}
        """For the author. It ends with the process; what has to survive a restart can be found in ``history``."""


class Message(NamedTuple):
    """What a person said, and where."""

    text: str
    session: Session
    turn: str
    """An id that stays the same when the turn is tried again after a crash; empty where the client is not tellme."""


class Bot:
    """A bot: a name, the one function that replies to messages, and functions for commands if it has any.

    A function takes a `Message` and returns the reply or yields it in pieces, as ``def`` or ``async def``. With
    ``def`` one turn runs at a time; with ``async def`` those of different sessions run side by side. A cancelled
    turn ends a generator at its next piece, and an ``async def`` wherever it awaits.
    """

    Decline = Decline

    def __init__(self, name: str, description: str = "", version: str = "1.0") -> None:
        self.name = name
        self.description = description
        self.version = version
        self.commands: dict[str, tuple[AgentCommand, Handler]] = {}
        """By name: what the client is told of each command, and the function that carries it out."""
        self._handler: Handler | None = None

    def reply(self, handler: SomeHandler) -> SomeHandler:
        """Decorate the function that replies."""
        if self._handler is not None:
            raise TypeError(f"{self.name} has a function that replies already")
        self._handler = handler
        return handler

    def command(self, name: str, description: str, hint: str = "") -> Callable[[SomeHandler], SomeHandler]:
        """Decorate a function that carries out messages beginning with ``/name``; their ``text`` is what follows it.

        ``hint`` shows a person what may follow (``TEXT``, ``[NUMBER]``). Raises ``TypeError`` for a second command of
        that name, ``ValueError`` for a name that is not one word.
        """
        if name in self.commands:
            raise TypeError(f"{self.name} has a command /{name} already")
        if not name or not all(letter.isalnum() or letter in "-_:." for letter in name):
            raise ValueError(f"{name!r} is no name for a command: it must be one word, without the slash")

        def decorate(handler: SomeHandler) -> SomeHandler:
            self.commands[name] = AgentCommand(name, description, hint), handler
            return handler

        return decorate

    def run(self) -> None:
        """Serve the client on stdin and stdout until stdin ends and the turns begun are over; then return.

        From here on file descriptor 0 is empty and 1 is the bot's log (stderr), so that no ``print`` gets into the
        protocol. It returns, rather than exits, so that ``finally`` and ``atexit`` of the author's program run.
        SIGTERM keeps the meaning it has (by default, the end). SIGINT does nothing: a Ctrl-C is for the host.
        """
        if self._handler is None:
            _leave(f"{self.name} has no function that replies: decorate one with @bot.reply.", _CONFIGURATION_ERROR)
        if os.isatty(0):
            _leave(f"{self.name} is a bot for tellme, which runs it and talks to it on stdin and stdout.", _WRONG_USAGE)
        is_async = _is_async(self._handler)
        if any(_is_async(handler) != is_async for _, handler in self.commands.values()):
            _leave(
                f"{self.name} mixes def and async def; its functions must be one or the other.", _CONFIGURATION_ERROR
            )
        # A handler, not SIG_IGN, which the programs that a bot starts would inherit.
        signal(SIGINT, lambda _number, _frame: None)
        if is_async:
            from tellme.sdk.concurrent import serve
        else:
            from tellme.sdk.blocking import serve
        serve(self, self._handler)


def _leave(message: str, code: int) -> NoReturn:
    os.write(2, f"{message}\n".encode())
    sys.exit(code)


def _is_async(handler: Any) -> bool:
    handler = getattr(handler, "func", handler)  # functools.partial
    code = getattr(handler, "__code__", None) or getattr(type(handler).__call__, "__code__", None)
    return bool(getattr(code, "co_flags", 0) & (_CO_COROUTINE | _CO_ASYNC_GENERATOR))
