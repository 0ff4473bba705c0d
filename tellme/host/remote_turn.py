"""A turn that a ``tellme serve`` carries out, as it is told of here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tellme.errors import TellmeError
from tellme.host.host import Choose
from tellme.host.turn_events import TurnEvents
from tellme.model import (
    BotCommand,
    Notice,
    Option,
    Piece,
    Plan,
    Question,
    Reply,
    Retrying,
    Session,
    Thought,
    TurnStatus,
)
from tellme.supervisor.link import TakeBack
from tellme.wire import hosting, plain
from tellme.wire.acp import OtherUpdate, PermissionRequest, TextChunk, Update

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tellme.wire.updates import ToolUpdate


class RemoteTurn(TurnEvents):
    """A ``RunningTurn``; the connection that it came over says what becomes of it."""

    def __init__(self, session: Session | None, choose: Choose | None, cancel: Callable[[RemoteTurn], None]) -> None:
        super().__init__()
        self.id = ""
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the message is on disk; raises what kept it from being so."""
        self.on_offered: Callable[[tuple[BotCommand, ...]], None] = lambda offered: None
        self._session = session
        self._choose = choose
        self._cancel = cancel
        self._calls: dict[str, ToolUpdate] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._pieces: list[str] = []
        self._over = asyncio.Event()

    @property
    def session(self) -> Session:
        """The session that it belongs to; known from its begin on."""
        assert self._session is not None
        return self._session

    @property
    def is_over(self) -> bool:
        """Has it ended, or will it never begin?"""
        return self._over.is_set()

    # For whoever listens ------------------------------------------------------------------------------------------

    async def ended(self) -> None:
        """Wait until the turn is over and on disk."""
        await self._over.wait()

    def cancel(self) -> None:
        """Ask for the end of the turn; its reply comes soon."""
        if not self._over.is_set():
            self._cancel(self)

    # For the connection -------------------------------------------------------------------------------------------

    def has_begun(self, turn: str, session: Session) -> None:
        """The message is on disk."""
        self.id = turn
        self._session = session
        if self.begun.done():  # whoever began it waits no longer, and nobody else knows of it
            self._cancel(self)
        else:
            self.begun.set_result(None)

    def update(self, update: Update) -> None:
        """Take the next piece of the reply, or what the bot thinks, does or means to do."""
        if isinstance(update, TextChunk):
            self._pieces.append(update.text)
            self._emit(Piece(update.text))
        elif not isinstance(update, OtherUpdate):
            self._more(update)

    def _more(self, update: Update) -> None:
        from tellme.wire.updates import Thinking, ToolUpdate, merged, tool_call

        if isinstance(update, Plan):
            self._emit(update)
        elif isinstance(update, Thinking):
            self._emit(Thought(update.text))
        elif isinstance(update, ToolUpdate):
            known = self._calls.get(update.id)
            self._calls[update.id] = update if known is None else merged(known, update)
            self._emit(tool_call(self._calls[update.id]))

    def told(self, retrying: str, notice: str) -> None:
        """Take what is no part of the reply."""
        if retrying:
            self._pieces.clear()
        self._emit(Retrying(retrying) if retrying else Notice(notice))

    def asked(self, request: PermissionRequest, bot: str, answer: Callable[[str | None], None]) -> TakeBack | None:
        """The bot asks the person; ``answer`` is called once. Returns what the bot takes the question back with."""
        if self._choose is None:
            answer(None)
            return None
        options = tuple(Option(*option) for option in request.options)
        question = Question(bot, self.session.id, request.title, options)
        task = asyncio.ensure_future(self._ask(self._choose, question, answer))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        return lambda: _cancel(task)

    def stopped(self, outcome: object) -> None:
        """The turn is over: ``outcome`` is the prompt's result, or the error in place of one."""
        for task in self._asking:
            task.cancel()
        self._over.set()
        if not self.begun.done():
            unforeseen = TellmeError("The host ended a turn that had not begun.")
            self.begun.set_exception(outcome if isinstance(outcome, TellmeError) else unforeseen)
        elif self._session is not None:
            self._emit(self._failed(str(outcome)) if isinstance(outcome, TellmeError) else self._reply(outcome))

    async def _ask(self, choose: Choose, question: Question, answer: Callable[[str | None], None]) -> None:
        choice = None
        try:
            choice = await choose(question)
        finally:
            answer(choice)

    def _reply(self, result: object) -> Reply:
        try:
            reply: Reply = plain.read(Reply, hosting.read_reply(result))
            self.on_offered(plain.read(tuple[BotCommand, ...], hosting.read_offered(result)))
        except plain.PlainError as error:
            return self._failed(f"the host sent {error}")
        return reply._replace(text=reply.text or "".join(self._pieces))

    def _failed(self, reason: str) -> Reply:
        return Reply(self.session.bot, self.session.id, self.id, "", TurnStatus.FAILED, 0.0, 0, reason)


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
