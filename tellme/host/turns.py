"""One turn: its place in the queue, its deadline, its cancel, and the second try with the same id.

Promises kept here: a message is on disk before the bot sees it, a reply before the person does; a turn yields one
answer (``Retrying`` voids the pieces so far); however a turn ends, it ends on disk with its reason.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from tellme.errors import StoreError
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
    Timings,
    ToolCall,
    Turn,
    TurnStatus,
)
from tellme.supervisor.bot import Bot
from tellme.supervisor.deadline import Deadline
from tellme.supervisor.link import Died, Forgotten, Link, Refused, TakeBack
from tellme.text import Cleaner
from tellme.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tellme.host.delegation import Errands
    from tellme.host.host import Choose
    from tellme.store.database import Store
    from tellme.wire.delegating import Answer, Ask

    SendOut = Callable[["LocalTurn"], Errands]
    """Makes what carries out what the bot of a turn asks of other bots."""

_logger = logging.getLogger(__name__)

CANCEL_GRACE_S = 1.0
"""How long a bot may take to end a turn that was cancelled, before its process is ended."""

MAX_REPLY_CHARS = 32 * 1024 * 1024
"""A reply that grows past this ends the turn: what a bot sends is bounded, also when it never stops."""

MAX_TRIES = 2
"""A turn whose bot dies is tried once more."""

_STATUS = {"end_turn": TurnStatus.ANSWERED, "refusal": TurnStatus.DECLINED}


class Call(NamedTuple):
    """An open prompt: where it was sent."""

    link: Link
    agent_session: str


class LocalTurn(TurnEvents):
    """A ``RunningTurn`` whose bot is in this host, which owns the task that carries it out."""

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
        self._turn = turn
        self._attachments = attachments
        self._send_out = send_out
        self._archive = archive
        self._taken_at = taken_at
        self._deadline = Deadline()
        self._questions = Questions(choose, self._deadline.waiting)
        self._cleaner = Cleaner()
        self._pieces: list[str] = []
        self._length = 0
        self._attempt = 0
        self._nudge = asyncio.Event()
        self._outcome: str | Died | Refused | None = None
        """How the open prompt ended."""
        self._timings = Timings()
        self._first_error: str | None = None
        self._cancelled = False
        self._leaves = False
        self._task: asyncio.Task[None] | None = None

    # For whoever listens ------------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Ask for the end of the turn; its reply comes soon, as failed with the error ``cancelled``."""
        if not self._cancelled and self._task is not None:
            self._cancelled = True
            self._task.cancel()

    def add_time(self, seconds: float) -> None:
        """Leave so many seconds, just past, out of the account: neither the bot nor the person spent them on this."""
        self._taken_at += seconds
        self._deadline.add_time(seconds)

    # For the bot's connection (``TurnListener``) ------------------------------------------------------------------

    def piece(self, text: str) -> None:
        if self._timings.first_ms is None:
            self._timings = self._timings._replace(first_ms=self._elapsed_ms())
        self._length += len(text)
        if self._length <= MAX_REPLY_CHARS:
            self._take(self._cleaner.feed(text))
        else:
            self._nudge.set()

    def question(self, question: Question, answer: Callable[[str | None], None]) -> TakeBack:
        self._nudge.set()
        return self._questions.take(question, answer)

    # Thoughts, tool calls and plans are bounded where they come in, and not kept: they are for who looks on.

    def thought(self, text: str) -> None:
        self._emit(Thought(text))

    def tool(self, call: ToolCall) -> None:
        self._emit(call)

    def plan(self, plan: Plan) -> None:
        self._emit(plan)

    def delegated(self, ask: Ask, answer: Callable[[Answer | str], None]) -> TakeBack | None:
        if self._send_out is None or self._outcome is not None or self._cancelled:
            answer("no bot can be asked from here")
            return None
        if self.errands is None:
            self.errands = self._send_out(self)
        return self.errands.take(ask, answer)

    def leaving(self) -> None:
        self._leaves = True

    def stopped(self, outcome: str | Died | Refused) -> None:
        self._outcome = outcome
        self._nudge.set()
        if self.errands is not None:
            self.errands.cancel()
        self._questions.end()

    # The turn itself ----------------------------------------------------------------------------------------------

    @property
    def choose(self) -> Choose | None:
        """What asks the person, if there is one; also for the bots that are asked in this turn."""
        return self._questions.choose

    def start(self, group: asyncio.TaskGroup) -> asyncio.Task[None]:
        """Begin to carry out the turn, in a task that belongs to ``group``."""
        self.group = group
        self._task = group.create_task(self._run())
        self._task.add_done_callback(self._cut_short)
        return self._task

    async def ended(self) -> None:
        """Wait until the turn is over and on disk."""
        if self._task is not None:
            await asyncio.wait((self._task,))

    def interrupt(self) -> None:
        """End the turn because the host ends; its reply says so."""
        if self._task is not None:
            self._task.cancel()

    def waiting(self) -> AbstractContextManager[None]:
        """The bot waits for somebody else for the length of the block: that is not its time."""
        return self._deadline.waiting()

    async def _run(self) -> None:
        try:
            async with self.bot.turns:
                self.has_bot = True
                try:
                    reply = await self._tries()
                finally:
                    self.has_bot = False
                    if self.errands is not None:
                        self.errands.close()
                    self.bot.end_turn()
            await self._archive.write(lambda store: self._keep(store, reply))
        except StoreError as error:
            self._end_unkept(self._failed(f"answered, but the reply cannot be kept: {error}"))
        except Exception:
            _logger.exception("turn %s with %s failed", self.id, self.bot.spec.name)
            self._end_unkept(self._failed("could not be asked because of an error inside tellme"))
        else:
            self._emit(reply)

    def _end_unkept(self, reply: Reply) -> None:
        """Tell the end now, and keep it when that is possible again."""
        self._archive.owe(lambda store: self._keep(store, reply))
        self._emit(reply)

    def _cut_short(self, task: asyncio.Task[None]) -> None:
        """A turn that was cancelled ends here, also one that was so before its task took its first step."""
        if not task.cancelled():
            return
        reply = self._failed("was cancelled" if self._cancelled else "was interrupted: tellme is stopping")
        try:
            self._archive.write_now(lambda store: self._keep(store, reply))
        except StoreError as error:
            _logger.error("%s: %s", reply.error, error)
            self._end_unkept(reply)
        else:
            self._emit(reply)

    async def _tries(self) -> Reply:
        spec = self.bot.spec
        while True:
            self._attempt += 1
            try:
                return await self._try()
            except Refused as refused:
                return self._failed(refused.reason)
            except Died as died:
                if died.final or not spec.retry or self._attempt == MAX_TRIES:
                    return self._failed(died.reason)
                self._first_error = f"{spec.name} {died.reason}"
                self._begin_again()
                self._emit(Retrying(f"{spec.name} {died.reason}; the message is sent again"))

    async def _try(self) -> Reply:
        """Carry the message to the bot and its answer back, once. Raises ``Died`` or ``Refused``."""
        call: Call | None = None
        try:
            async with self._deadline.within(self.bot.spec.timeout, with_waits=True):
                link = await self.bot.connect()
                self.bot.begin_turn()
                known = self.session.id in link.sessions
                call = await self._send(link)
                try:
                    outcome = await self._follow()
                except Forgotten:
                    call = self._outcome = None
                    link.sessions.forget(self.session.id)
                    if not known:
                        raise
                    call = await self._send(link)
                    outcome = await self._follow()
        except TimeoutError:
            return await self._overdue(call)
        except asyncio.CancelledError:
            if call is not None and self._cancelled:
                await self._withdraw(call, "did not end a turn that was cancelled")
            raise
        return self._judge(outcome)

    async def _send(self, link: Link) -> Call:
        """Have the bot know the session, and send it the message."""
        agent_session = await attach(link, self.session, self._archive, self._notice)
        self._timings = Timings(sent_ms=self._elapsed_ms())
        message = with_history(link, self.session, self._turn.message)
        link.prompt(agent_session, message, self.id, self, self._attachments)
        return Call(link, agent_session)

    async def _follow(self) -> str:
        """Wait for the prompt's stop reason, asking the person what the bot asks: their time is not the bot's."""
        while self._outcome is None:
            await self._nudge.wait()
            self._nudge.clear()
            if self._length > MAX_REPLY_CHARS:
                reason = f"sent a reply of more than {MAX_REPLY_CHARS:,} characters"
                self.bot.kill(reason)
                raise Refused(reason)
            await self._questions.ask()
        if isinstance(self._outcome, (Died, Refused)):
            raise self._outcome
        return self._outcome

    async def _overdue(self, call: Call | None) -> Reply:
        reason = f"gave no answer within {self.bot.spec.timeout:g} s"
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
        self._take(self._cleaner.flush())
        status = _STATUS.get(stop_reason)
        if status is None:
            return self._failed(f"stopped before the end of its answer ({stop_reason})")
        self.has_left = self._leaves
        return self._reply(status)._replace(leaves=self._leaves)

    def _failed(self, reason: str) -> Reply:
        return self._reply(TurnStatus.FAILED, f"{self.bot.spec.name} {reason}")

    def _reply(self, status: TurnStatus, error: str | None = None) -> Reply:
        return Reply(
            bot=self.bot.spec.name,
            session=self.session.id,
            turn=self.id,
            text="".join(self._pieces),
            status=status,
            latency_ms=self._elapsed_ms(),
            attempts=self._attempt,
            error=error,
        )

    def _elapsed_ms(self) -> float:
        """Return for how long the person has waited."""
        return round((time.monotonic() - self._taken_at) * 1000, 3)

    def _keep(self, store: Store, reply: Reply) -> None:
        store.end_turn(*self._row(reply))
        if reply.leaves:
            store.end_session(self.session.id)

    def _row(self, reply: Reply) -> tuple[str, TurnStatus, str, str | None, int, float, Timings, str | None]:
        """Return what is kept of the end."""
        told = reply.turn, reply.status, reply.text, reply.error, reply.attempts, reply.latency_ms
        return (*told, self._timings, self._first_error)

    def _begin_again(self) -> None:
        if self.errands is not None:
            self.errands.cancel()
        self._cleaner = Cleaner()
        self._leaves = False
        self._pieces.clear()
        self._length = 0
        self._outcome = None

    def _take(self, clean: str) -> None:
        if clean:
            self._pieces.append(clean)
            self._emit(Piece(clean))

    def _notice(self, text: str) -> None:
        self._emit(Notice(text))
