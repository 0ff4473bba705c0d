"""For authors of bots: ``Bot`` and what it hands to the function that replies.

Promise: a bot's own mistakes (an exception, a ``print``, a reply of the wrong type) cost one turn at most, never the
process or the protocol. Standard library only, and asyncio only where the author wrote ``async def``: a bot's start
is part of what a person waits for.
"""

from __future__ import annotations

import os

from tellme.sdk.message import AsyncMessage, BotFailed, Decline, Declined, Message, Session, StateError
from tellme.wire.acp import AgentCommand, Exchange

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
    from logging import Logger
    from pathlib import Path
    from typing import Any, TypeVar

    from tellme.sdk.attachment import Attachment as Attachment
    from tellme.sdk.turn import Turn

    Said = str | Attachment
    Plain = Callable[[Message], Said | Iterator[Said] | None]
    Async = Callable[[AsyncMessage], Awaitable[Said | None] | AsyncIterator[Said]]
    Handler = Plain | Async
    Hook = Callable[[], object]
    SomeHandler = TypeVar("SomeHandler", bound=Handler)
    SomeHook = TypeVar("SomeHook", bound=Hook)

__all__ = [
    "AsyncMessage",
    "Attachment",
    "Bot",
    "BotFailed",
    "Decline",
    "Declined",
    "Exchange",
    "Message",
    "Session",
    "StateError",
]


class Bot:
    """A bot: a name, and functions for what people say to it.

    A message goes to the first of these that there is: the function of its ``/command``, that of a phrase it says
    (``on``), the one that replies to everything (``reply``), the one for ``help``; else the bot declines and says what
    it understands. Each takes a `Message` and returns the reply, a ``str`` or an `Attachment`, or yields it in pieces,
    as ``def`` or ``async def``. With ``def`` one turn runs at a time; with ``async def`` those of different sessions
    run side by side. A cancelled turn ends a generator at its next piece, a choice at once, and an ``async def``
    wherever it awaits.
    """

    Decline = Decline
    Declined = Declined
    BotFailed = BotFailed

    def __init__(self, name: str, description: str = "", version: str = "1.0") -> None:
        self.name = name
        self.description = description
        self.version = version
        self.commands: dict[str, tuple[AgentCommand, Handler]] = {}
        """By name: what the client is told of each command, and the function that carries it out."""
        self.phrases: dict[str, tuple[tuple[str, ...], Handler]] = {}
        """By what is left of each phrase without case and punctuation: all phrases of its function, and that."""
        self.handler: Handler | None = None
        """The function that replies to everything else."""
        self.start_hooks: list[Hook] = []
        self.stop_hooks: list[Hook] = []
        self.environment: Mapping[str, str] = os.environ
        """Where the host says what it gives to the bot."""
        self.current_turn: Callable[[], Turn | None] = _no_turn
        """Finds the turn that runs where it is called; the loop of the bot sets it."""

    def reply(self, handler: SomeHandler) -> SomeHandler:
        """Decorate the function that replies."""
        if self.handler is not None:
            raise TypeError(f"{self.name} has a function that replies already")
        self.handler = handler
        return handler

    def on(self, *phrases: str) -> Callable[[SomeHandler], SomeHandler]:
        """Decorate a function for messages that say one of the phrases; case, punctuation and typos are forgiven.

        Three words have a meaning of their own: ``greet`` is called, without a text, when a conversation opens, which
        waits for it; ``help`` also when nothing else fits; ``cancel`` leaves the bot, with the reply as its last word.
        """
        from tellme.sdk.understanding import key

        keys = [key(phrase) for phrase in phrases]
        if not all(keys) or not keys:
            raise ValueError("on takes the phrases that the function is for, none of them empty")
        for phrase, found in zip(phrases, keys, strict=True):
            if found in self.phrases:
                raise TypeError(f"{self.name} has a function for {phrase!r} already")

        def decorate(handler: SomeHandler) -> SomeHandler:
            self.phrases.update(dict.fromkeys(keys, (phrases, handler)))
            return handler

        return decorate

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

    def on_start(self, hook: SomeHook) -> SomeHook:
        """Decorate a function, without parameters, that is called before the bot answers anything.

        If it fails the bot ends with its traceback and code 1, and is started again as after any crash;
        ``sys.exit(78)`` says that starting again would not help.
        """
        self.start_hooks.append(hook)
        return hook

    def on_stop(self, hook: SomeHook) -> SomeHook:
        """Decorate a function, without parameters, that is called at the end: of stdin, or when SIGTERM comes.

        The turns begun are over then, except after SIGTERM. A bot that is killed does not come to it.
        """
        self.stop_hooks.append(hook)
        return hook

    def ask(self, bot: str, text: str) -> Any:
        """Ask another bot, within a turn of one's own; return the text of its reply (``async def``: awaited).

        Raises `Declined` where it declines, which not caught declines for this bot too, and `BotFailed` where it
        fails or cannot be asked: there is no such bot, it may not be asked, or it is waiting for this one itself.
        """
        from tellme.sdk import asking

        turn = self.current_turn()
        if turn is None or turn.over:
            raise RuntimeError("a bot can ask another one only within a turn of its own")
        return asking.ask(turn, bot, text)

    @property
    def settings(self) -> dict[str, Any]:
        """What stands under ``settings`` in the bot's manifest."""
        from tellme.sdk.given import settings

        return settings(self.environment)

    @property
    def data(self) -> Path:
        """The bot's own folder, which stays from one start to the next. Its ``sessions`` belongs to tellme."""
        from tellme.sdk.given import data_folder

        return data_folder(self.environment, self.name)

    @property
    def log(self) -> Logger:
        """A logger that writes to the bot's log (``tellme logs``); the variable ``LOG_LEVEL`` says how much."""
        from tellme.sdk.given import logger

        return logger(self.environment, self.name)

    def run(self) -> None:
        """Serve the client on stdin and stdout until stdin ends and the turns begun are over; then return.

        From here on file descriptor 0 is empty and 1 is the bot's log (stderr), so that no ``print`` gets into the
        protocol. It returns, rather than exits, so that ``finally`` and ``atexit`` of the author's program run.
        SIGTERM keeps the meaning it has (by default, the end), unless there is something to do `on_stop`: then it
        ends the bot by ``SystemExit``. SIGINT does nothing: a Ctrl-C is for the host.
        """
        from tellme.sdk.running import run

        run(self)


def _no_turn() -> Turn | None:
    return None


def __getattr__(name: str) -> object:
    if name == "Attachment":  # few bots need it, and all would wait for it
        from tellme.sdk.attachment import Attachment

        return Attachment
    raise AttributeError(f"module 'tellme.sdk' has no attribute {name!r}")
