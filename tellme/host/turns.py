"""One turn: its place in the queue, its deadline, its cancel, and the second try with the same id.

Promises kept here: a message is on disk before the bot sees it, a reply before the person does; a turn yields one
answer (``Retrying`` voids the pieces so far); however a turn ends, it ends on disk with its reason.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from tellme.errors import StoreError
from tellme.host.account import MAX_REPLY_CHARS, Account
from tellme.host.archive import Archive
from tellme.host.conversation import attach, with_history
from tellme.host.questions import Questions
from tellme.host.turn_events import TurnEvents
from tellme.model import (
    Attachment,
    Notice,
    Piece,
    Plan,
    Question,
    Reply,
    Retrying,
    Session,
    Thought,
    ToolCall,
    Turn,
)
from tellme.supervisor.bot import Bot
from tellme.supervisor.deadline import Deadline
from tellme.supervisor.link import Died, Forgotten, Link, Refused, TakeBack
from tellme.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tellme.host.delegation import Errands
    from tellme.host.host import Choose
    from tellme.wire.delegating import Answer, Ask

    SendOut = Callable[["LocalTurn"], Errands]
    """Makes what carries out what the bot of a turn asks of other bots."""

_logger = logging.getLogger(__name__)

CANCEL_GRACE_S = 1.0
"""How long a bot may take to end a turn that was cancelled, before its process is ended."""

MAX_TRIES = 2
"""A turn whose bot dies is tried once more."""


class Call(NamedTuple):
    """An open prompt: where it was sent."""

    link: Link
    agent_session: str


class LocalTurn(TurnEvents):
    """A ``RunningTurn`` whose bot is in this host.

    One of which nothing comes but a reply costs no task: it begins as soon as the bot is free, and ends as soon as the
    reply has. A task carries on with what takes more: a bot that has to be started or told of the session, a question,
    a cancel, a failure, a reply that is overdue.
    """

    def __init__(
        self,
        bot: Bot,
        session: Session,
        turn: Turn,
        archive: Archive,
        choose: Choose | None,
        taken_at: float,
        attachments: Sequence[Attachment] = (),
        send_out: SendOut | None = None,
        asked_by: LocalTurn | None = None,
    ) -> None:
        """``asked_by`` is the turn whose bot asks this one, where it is no person who does."""
        super().__init__()
        self.id = turn.id
        self.session = session
        self.bot = bot
        self.asked_by = asked_by
        self.has_left = False
        """Has the bot ended the conversation with this turn?"""
        self.has_bot = False
        """Is it this turn that the bot is busy with?"""
        self.errands: Errands | None = None
        """What its bot asks of others; made when it first does."""
        self._message = turn.message
        self._attachments = attachments
        self._send_out = send_out
        self._archive = archive
        self._account = Account(turn, taken_at)
        self._deadline = Deadline()
        self._questions = Questions(choose, self._deadline.waiting)
        self._nudge = asyncio.Event()
        self._call: Call | None = None
        """The open prompt."""
        self._outcome: str | Died | Refused | None = None
        """How the open prompt ended."""
        self._cancelled = False
        self._is_over = False
        """Is there a reply, which may have to wait to be kept before it is told?"""
        self._task: asyncio.Task[None] | None = None

    # For whoever listens ------------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Ask for the end of the turn; its reply comes soon, as failed: the bot "was cancelled"."""
        if not self._cancelled:
            self._cancelled = True
            self.interrupt()

    def interrupt(self) -> None:
        """End the turn, where it has not ended; unless it is cancelled, the reply says that the host ends."""
        if self._is_over:
            return
        if self.bot.turns.withdraw(self._begin) or (self._task is None and not self._cancelled):
            self._cut_short()
        elif self._call is None or self._outcome is not None:
            self._go_on().cancel()
        else:
            # A task that is new first has to come to where a cancel is waited for: the bot is to be told.
            asyncio.get_running_loop().call_soon(self._go_on().cancel)

    def add_time(self, seconds: float) -> None:
        """Leave so many seconds, just past, out of the account: neither the bot nor the person spent them on this."""
        self._account.add_time(seconds)
        self._deadline.add_time(seconds)

    # For the bot's connection (``TurnListener``) ------------------------------------------------------------------

    def piece(self, text: str) -> None:
        self._show(self._account.piece(text))
        if self._account.is_too_long:
            self._look()

    def question(self, question: Question, answer: Callable[[str | None], None]) -> TakeBack | None:
        if self._is_over:
            answer(None)
            return None
        take_back = self._questions.take(question, answer)
        self._look()
        return take_back

    # Thoughts, tool calls and plans are bounded where they come in, and not kept: they are for who looks on.

    def thought(self, text: str) -> None:
        self._emit(Thought(text))

    def tool(self, call: ToolCall) -> None:
        self._emit(call)

    def plan(self, plan: Plan) -> None:
        self._emit(plan)

    def delegated(self, ask: Ask, answer: Callable[[Answer | str], None]) -> TakeBack | None:
        if self._send_out is None or self._outcome is not None or self._cancelled or self._is_over:
            answer("no bot can be asked from here")
            return None
        if self.errands is None:
            self.errands = self._send_out(self)
        self._go_on()
        return self.errands.take(ask, answer)

    def leaving(self) -> None:
        self._account.leaves = True

    def stopped(self, outcome: str | Died | Refused) -> None:
        self._outcome = outcome
        if self.errands is not None:
            self.errands.cancel()
        self._questions.end()
        if self._task is None and not self._is_over and isinstance(outcome, str):
            self._end_at_once(outcome)
        else:
            self._look()

    # The turn itself ----------------------------------------------------------------------------------------------

    @property
    def choose(self) -> Choose | None:
        """What asks the person, if there is one; also for the bots that are asked in this turn."""
        return self._questions.choose

    def start(self, group: asyncio.TaskGroup, on_over: Callable[[LocalTurn], None]) -> None:
        """Begin as soon as the bot is free. Tasks belong to ``group``; ``on_over`` hears of the end."""
        self.group = group
        self._on_over = on_over
        self.bot.turns.enter(self._begin)

    async def ended(self) -> None:
        """Wait until the turn is over and on disk."""
        await self._replied.wait()

    def waiting(self) -> AbstractContextManager[None]:
        """The bot waits for somebody else for the length of the block: that is not its time."""
        return self._deadline.waiting()

    def _begin(self) -> None:
        """The bot is free: send the message, where it runs and knows the session; else that takes a task."""
        self.has_bot = True
        self._account.begin()
        try:
            link = self.bot.link
            agent_session = None if link is None else link.sessions.use(self.session.id)
            if link is None or agent_session is None:
                self._go_on()
                return
            self._deadline.begin(self.bot.spec.timeout, self._go_on)
            self.bot.begin_turn()
            self._call = self._prompt(link, agent_session)
        except Exception as error:
            self._end_unkept(error)

    def _go_on(self) -> asyncio.Task[None]:
        """Carry on in a task."""
        if self._task is None:
            self._task = self.group.create_task(self._run())
            self._task.add_done_callback(self._task_over)
        return self._task

    def _look(self) -> None:
        """Something has come that takes a task, unless the turn has ended without the bot."""
        self._nudge.set()
        if not self._is_over:
            self._go_on()

    def _end_at_once(self, stop_reason: str) -> None:
        """The reply is there, and nothing is left to wait for."""
        try:
            self._end(self._judge(stop_reason))
        except Exception as error:
            self._end_unkept(error)

    async def _run(self) -> None:
        try:
            self._end(await self._tries())
        except Exception as error:
            self._end_unkept(error)

    def _end(self, reply: Reply) -> None:
        """Let go of the bot, keep the reply, then tell it."""

        def kept(outcome: Exception | None) -> None:
            if outcome is None:
                self._tell(reply)
            else:
                self._end_unkept(outcome)

        self._let_go()
        self._archive.keep(lambda store: self._account.keep(store, reply), kept)

    def _let_go(self) -> None:
        """The turn is over; have the bot free for the next."""
        self._is_over = True
        if not self.has_bot:
            return
        self.has_bot = False
        self._deadline.end()
        try:
            if self.errands is not None:
                self.errands.close()
            self.bot.end_turn()
        finally:
            self.bot.turns.release()

    def _tell(self, reply: Reply) -> None:
        self.has_left = reply.leaves
        self._emit(reply)
        self._on_over(self)

    def _end_unkept(self, error: Exception) -> None:
        """Tell the end now, and keep it when that is possible again."""
        self._let_go()
        if isinstance(error, StoreError):
            reply = self._failed(f"answered, but the reply cannot be kept: {error}")
        else:
            _logger.error("turn %s with %s failed", self.id, self.bot.spec.name, exc_info=error)
            reply = self._failed("could not be asked because of an error inside tellme")
        self._owe(reply)

    def _owe(self, reply: Reply) -> None:
        self._archive.owe(lambda store: self._account.keep(store, reply))
        self._tell(reply)

    def _task_over(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            self._cut_short()

    def _cut_short(self) -> None:
        """A turn that was cancelled ends here, also one that was so before its bot was free."""
        self._let_go()
        reply = self._failed("was cancelled" if self._cancelled else "was interrupted: tellme is stopping")
        try:
            self._archive.write_now(lambda store: self._account.keep(store, reply))
        except StoreError as error:
            _logger.error("%s: %s", reply.error, error)
            self._owe(reply)
        else:
            self._tell(reply)

    async def _tries(self) -> Reply:
        spec = self.bot.spec
        while True:
            try:
                return await self._try()
            except Refused as refused:
                return self._failed(refused.reason)
            except Died as died:
                if died.final or not spec.retry or self._account.tries == MAX_TRIES:
                    return self._failed(died.reason)
                self._begin_again(f"{spec.name} {died.reason}")

    async def _try(self) -> Reply:
        """Carry the message to the bot, unless that is done, and its answer back. Raises ``Died`` or ``Refused``."""
        try:
            async with self._deadline.within(self.bot.spec.timeout, with_waits=True):
                known = True
                if self._call is None:
                    link = await self.bot.connect()
                    self.bot.begin_turn()
                    known = self.session.id in link.sessions
                    self._call = await self._send(link)
                try:
                    outcome = await self._follow()
                except Forgotten:
                    link, self._call, self._outcome = self._call.link, None, None
                    link.sessions.forget(self.session.id)
                    if not known:
                        raise
                    self._call = await self._send(link)
                    outcome = await self._follow()
        except TimeoutError:
            return await self._overdue(self._call)
        except asyncio.CancelledError:
            if self._call is not None and self._cancelled:
                await self._withdraw(self._call, "did not end a turn that was cancelled")
            raise
        return self._judge(outcome)

    async def _send(self, link: Link) -> Call:
        """Have the bot know the session, and send it the message."""
        return self._prompt(link, await attach(link, self.session, self._archive, self._notice))

    def _prompt(self, link: Link, agent_session: str) -> Call:
        self._account.sent()
        message = with_history(link, self.session, self._message)
        link.prompt(agent_session, message, self.id, self, self._attachments)
        return Call(link, agent_session)

    async def _follow(self) -> str:
        """Wait for the prompt's stop reason, asking the person what the bot asks: their time is not the bot's."""
        while self._outcome is None and not self._account.is_too_long:
            await self._questions.ask()
            await self._nudge.wait()
            self._nudge.clear()
        if self._account.is_too_long:  # also where the end has come in the same moment
            reason = f"sent a reply of more than {MAX_REPLY_CHARS:,} characters"
            self.bot.kill(reason)
            raise Refused(reason)
        assert self._outcome is not None
        if isinstance(self._outcome, (Died, Refused)):
            raise self._outcome
        return self._outcome

    async def _overdue(self, call: Call | None) -> Reply:
        reason = f"gave no answer within {self.bot.spec.timeout:g} s{self.bot.doubt}"
        if call is None:
            self.bot.kill(reason)
            raise Died(reason)
        if await self._withdraw(call, reason):
            return self._failed(reason)
        raise Died(reason)

    async def _withdraw(self, call: Call, reason: str) -> bool:
        """Ask the bot to end the turn, and return whether it did; if not within the grace, its process is ended."""
        if self.errands is not None:
            self.errands.cancel()
        call.link.cancel(call.agent_session)
        self._questions.end()
        try:
            async with self._deadline.within(CANCEL_GRACE_S):
                while self._outcome is None:
                    await self._nudge.wait()
                    self._nudge.clear()
        except TimeoutError:
            self.bot.kill(reason)
            return False
        except asyncio.CancelledError:  # a second cancel, or the host's end: the prompt must not stay open
            self.bot.kill(reason)
            raise
        return not isinstance(self._outcome, Died)

    def _judge(self, stop_reason: str) -> Reply:
        self._show(self._account.end())
        return self._account.ended(self.bot.spec, stop_reason)

    def _failed(self, reason: str) -> Reply:
        return self._account.failed(self.bot.spec, reason)

    def _begin_again(self, error: str) -> None:
        if self.errands is not None:
            self.errands.cancel()
        self._account.begin_again(error)
        self._call = self._outcome = None
        self._emit(Retrying(f"{error}; the message is sent again"))

    def _show(self, clean: str) -> None:
        if clean:
            self._emit(Piece(clean))

    def _notice(self, text: str) -> None:
        self._emit(Notice(text))
