"""One turn: its place in the queue, its deadline, its cancel, and the second try with the same id.

Promises kept here: a message is on disk before the bot sees it, a reply before the person does; a turn yields one
answer (``Retrying`` voids the pieces so far); however a turn ends, it ends on disk with its reason.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable

from tellme.errors import StoreError
from tellme.host.archive import Archive
from tellme.host.conversation import attach, with_history
from tellme.host.turn_events import TurnEvents
from tellme.model import Notice, Piece, Question, Reply, Retrying, Session, Timings, Turn, TurnStatus
from tellme.supervisor.bot import Bot
from tellme.supervisor.deadline import Deadline
from tellme.supervisor.link import Died, Forgotten, Link, Refused
from tellme.text import Cleaner
from tellme.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tellme.host.host import Choose

_logger = logging.getLogger(__name__)

CANCEL_GRACE_S = 1.0
"""How long a bot may take to end a turn that was cancelled, before its process is ended."""

MAX_REPLY_CHARS = 32 * 1024 * 1024
"""A reply that grows past this ends the turn: what a bot sends is bounded, also when it never stops."""

MAX_QUESTIONS = 100
"""How many questions of a bot wait for the person; to more the answer is no."""

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
        self, bot: Bot, session: Session, turn: Turn, archive: Archive, choose: Choose | None, taken_at: float
    ) -> None:
        super().__init__()
        self.id = turn.id
        self.session = session
        self._bot = bot
        self._turn = turn
        self._archive = archive
        self._choose = choose
        self._taken_at = taken_at
        self._deadline = Deadline()
        self._cleaner = Cleaner()
        self._pieces: list[str] = []
        self._length = 0
        self._attempt = 0
        self._nudge = asyncio.Event()
        self._questions: deque[tuple[Question, Callable[[str | None], None]]] = deque()
        self._outcome: str | Died | Refused | None = None
        """How the open prompt ended."""
        self._timings = Timings()
        self._first_error: str | None = None
        self._asking: asyncio.Future[str | None] | None = None
        """What the person is being asked."""
        self._cancelled = False
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

    def question(self, question: Question, answer: Callable[[str | None], None]) -> None:
        if len(self._questions) == MAX_QUESTIONS:
            answer(None)
            return
        self._questions.append((question, answer))
        self._nudge.set()

    def stopped(self, outcome: str | Died | Refused) -> None:
        self._outcome = outcome
        self._nudge.set()
        if self._asking is not None:  # nobody waits for the answer any more
            self._asking.cancel()

    # The turn itself ----------------------------------------------------------------------------------------------

    def start(self, group: asyncio.TaskGroup) -> asyncio.Task[None]:
        """Begin to carry out the turn, in a task that belongs to ``group``."""
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

    async def _run(self) -> None:
        try:
            async with self._bot.turns:
                try:
                    reply = await self._tries()
                finally:
                    self._bot.end_turn()
            await self._archive.write(lambda store: store.end_turn(*self._row(reply)))
        except StoreError as error:
            self._end_unkept(self._failed(f"answered, but the reply cannot be kept: {error}"))
        except Exception:
            _logger.exception("turn %s with %s failed", self.id, self._bot.spec.name)
            self._end_unkept(self._failed("could not be asked because of an error inside tellme"))
        else:
            self._emit(reply)

    def _end_unkept(self, reply: Reply) -> None:
        """Tell the end now, and keep it when that is possible again."""
        self._archive.owe(lambda store: store.end_turn(*self._row(reply)))
        self._emit(reply)

    def _cut_short(self, task: asyncio.Task[None]) -> None:
        """A turn that was cancelled ends here, also one that was so before its task took its first step."""
        if not task.cancelled():
            return
        reply = self._failed("was cancelled" if self._cancelled else "was interrupted: tellme is stopping")
        try:
            self._archive.write_now(lambda store: store.end_turn(*self._row(reply)))
        except StoreError as error:
            _logger.error("%s: %s", reply.error, error)
            self._end_unkept(reply)
        else:
            self._emit(reply)

    async def _tries(self) -> Reply:
        spec = self._bot.spec
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
            async with self._deadline.within(self._bot.spec.timeout) as clock:
                link = await self._bot.connect()
                self._bot.begin_turn()
                known = self.session.id in link.sessions
                call = await self._send(link)
                try:
                    outcome = await self._follow(clock)
                except Forgotten:
                    call = self._outcome = None
                    link.sessions.forget(self.session.id)
                    if not known:
                        raise
                    call = await self._send(link)
                    outcome = await self._follow(clock)
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
        link.prompt(agent_session, with_history(link, self.session, self._turn.message), self.id, self)
        return Call(link, agent_session)

    async def _follow(self, clock: asyncio.Timeout) -> str:
        """Wait for the prompt's stop reason, asking the person what the bot asks: their time is not the bot's."""
        while self._outcome is None:
            await self._nudge.wait()
            self._nudge.clear()
            if self._length > MAX_REPLY_CHARS:
                reason = f"sent a reply of more than {MAX_REPLY_CHARS:,} characters"
                self._bot.kill(reason)
                raise Refused(reason)
            while self._questions:
                await self._ask(*self._questions.popleft(), clock)
        if isinstance(self._outcome, (Died, Refused)):
            raise self._outcome
        return self._outcome

    async def _ask(self, question: Question, answer: Callable[[str | None], None], clock: asyncio.Timeout) -> None:
        if self._choose is None or self._outcome is not None:
            answer(None)
            return
        loop = asyncio.get_running_loop()
        left = (clock.when() or loop.time()) - loop.time()
        clock.reschedule(None)
        self._asking = asyncio.ensure_future(self._choose(question))
        choice = None
        try:
            await asyncio.wait((self._asking,))
            choice = None if self._asking.cancelled() else self._asking.result()
        except asyncio.CancelledError:
            self._asking.cancel()
            self._questions.append((question, answer))  # for ``_withdraw``
            raise
        except BaseException:
            answer(None)
            raise
        finally:
            self._asking = None
        answer(choice)
        clock.reschedule(loop.time() + left)

    async def _overdue(self, call: Call | None) -> Reply:
        reason = f"gave no answer within {self._bot.spec.timeout:g} s"
        if call is None:
            self._bot.kill(reason)
            raise Died(reason)
        if await self._withdraw(call, reason):
            return self._failed(reason)
        raise Died(reason)

    async def _withdraw(self, call: Call, reason: str) -> bool:
        """Ask the bot to end the turn, and return whether it did; if not within the grace, its process is ended."""
        call.link.cancel(call.agent_session)
        while self._questions:
            self._questions.popleft()[1](None)
        try:
            async with self._deadline.within(CANCEL_GRACE_S):
                while self._outcome is None:
                    await self._nudge.wait()
                    self._nudge.clear()
        except TimeoutError:
            self._bot.kill(reason)
            return False
        except asyncio.CancelledError:  # a second cancel, or the host's end: the prompt must not stay open
            self._bot.kill(reason)
            raise
        return not isinstance(self._outcome, Died)

    def _judge(self, stop_reason: str) -> Reply:
        self._take(self._cleaner.flush())
        status = _STATUS.get(stop_reason)
        if status is None:
            return self._failed(f"stopped before the end of its answer ({stop_reason})")
        return self._reply(status)

    def _failed(self, reason: str) -> Reply:
        return self._reply(TurnStatus.FAILED, f"{self._bot.spec.name} {reason}")

    def _reply(self, status: TurnStatus, error: str | None = None) -> Reply:
        return Reply(
            bot=self._bot.spec.name,
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

    def _row(self, reply: Reply) -> tuple[str, TurnStatus, str, str | None, int, float, Timings, str | None]:
        """Return what is kept of the end."""
        told = reply.turn, reply.status, reply.text, reply.error, reply.attempts, reply.latency_ms
        return (*told, self._timings, self._first_error)

    def _begin_again(self) -> None:
        self._cleaner = Cleaner()
        self._pieces.clear()
        self._questions.clear()
        self._length = 0
        self._outcome = None

    def _take(self, clean: str) -> None:
        if clean:
            self._pieces.append(clean)
            self._emit(Piece(clean))

    def _notice(self, text: str) -> None:
        self._emit(Notice(text))
