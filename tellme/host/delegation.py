"""What the bot of one turn asks of other bots: real turns, in sessions that end with the one that asks.

The promise: it ends by itself. A chain of bots that would come back to one of them, or that would have two bots wait
for each other, is refused with a sentence that says so; what is asked is bounded, and ends when the asking turn does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from tellme.errors import SessionNotFound, TellmeError
from tellme.host.archive import Archive
from tellme.host.turns import LocalTurn
from tellme.model import BotSpec, Reply, Session
from tellme.store.database import Store
from tellme.supervisor.link import TakeBack
from tellme.wire.delegating import Answer, Ask

_logger = logging.getLogger(__name__)

MAX_DEPTH = 8
"""How many bots may stand in a row, each asked by the one before."""
MAX_OPEN = 8
"""How many questions of one turn may be open at a time."""
MAX_ASKS = 100
"""How many questions one turn may ask."""


class House(Protocol):
    """What is needed of the host."""

    def find(self, name: str) -> BotSpec:
        """Return the bot of that name. Raises ``BotNotFound``."""

    async def open_session(self, name: str) -> Session:
        """Begin a conversation with a bot and keep it."""

    async def say_for(self, asking: LocalTurn, session: Session, message: str) -> LocalTurn:
        """Send a message of the bot of a turn. Raises ``UsageError`` for one that is empty or too long."""

    def open_turns(self) -> Iterable[LocalTurn]:
        """Return the turns that have not ended."""

    def let_go(self, session: Session) -> None:
        """Have a session's bot forget it."""


class Errands:
    """Belongs to one turn, on whose bot's behalf it asks."""

    def __init__(self, house: House, archive: Archive, turn: LocalTurn) -> None:
        self._house = house
        self._archive = archive
        self._turn = turn
        self._tasks: dict[asyncio.Task[None], str] = {}
        """What is open: the id of the bot that is asked."""
        self._asks = 0
        self._sessions: dict[str, Session] = {}
        """By the id of the bot that is asked in it."""
        self._opening = asyncio.Lock()

    @property
    def awaited(self) -> Iterable[str]:
        """The ids of the bots whose answer the turn waits for."""
        return self._tasks.values()

    def take(self, ask: Ask, answer: Callable[[Answer | str], None]) -> TakeBack | None:
        """Ask; ``answer`` hears of it once, with a string where nobody could be asked.

        Returns what the bot takes it back with.
        """
        try:
            target = self._allowed(ask.bot)
        except TellmeError as error:
            answer(str(error))
            return None
        self._asks += 1
        answering = _Once(answer)
        task = self._turn.group.create_task(self._carry_out(target, ask.text, answering))
        self._tasks[task] = target.id
        task.add_done_callback(lambda _: self._ended(task, answering))
        return lambda: _cancel(task)

    def cancel(self) -> None:
        """Nobody waits for the answers any more."""
        for task in list(self._tasks):
            task.cancel()

    def close(self) -> None:
        """The turn is over: so is what it asked."""
        self.cancel()
        for session in self._sessions.values():
            self._end(session)
        self._sessions.clear()

    def _allowed(self, name: str) -> BotSpec:
        """Return the bot to ask. Raises ``TellmeError`` where it may not be asked."""
        spec, target = self._turn.bot.spec, self._house.find(name)
        if spec.sandbox if spec.asks is None else target.id not in spec.asks:
            raise TellmeError(f"{spec.name} may not ask {target.name}: 'asks' in its manifest says whom it may.")
        if len(self._tasks) >= MAX_OPEN or self._asks >= MAX_ASKS:
            raise TellmeError(f"{spec.name} asks too much: {MAX_OPEN} at a time and {MAX_ASKS} in a turn are the most.")
        chain = [turn.bot.spec for turn in chain_of(self._turn)]
        names = " → ".join(each.name for each in (*chain, target))
        if target.id in (each.id for each in chain):
            raise TellmeError(f"The bots would ask each other without end: {names}.")
        if len(chain) >= MAX_DEPTH:
            raise TellmeError(f"No more than {MAX_DEPTH} bots can ask one another in a row: {names}.")
        if self._would_wait_forever(target.id, {each.id for each in chain}):
            raise TellmeError(f"{target.name} waits for an answer of {spec.name} itself, so it cannot be asked now.")
        return target

    def _would_wait_forever(self, target: str, held: set[str]) -> bool:
        """Does whoever the bot ``target`` is busy with wait, over any number of others, for a bot of this chain?"""
        busy = {turn.bot.spec.id: turn for turn in self._house.open_turns() if turn.has_bot}
        seen, to_see = set(), [target]
        while to_see:
            bot = to_see.pop()
            if bot in held:
                return True
            holder = busy.get(bot)
            if bot not in seen and holder is not None and holder.errands is not None:
                to_see += holder.errands.awaited
            seen.add(bot)
        return False

    async def _carry_out(self, target: BotSpec, text: str, answer: _Once) -> None:
        with self._turn.waiting():
            try:
                reply = await self._ask(target, text)
            except TellmeError as error:
                answer(str(error))
            except Exception:
                _logger.exception("%s could not ask %s", self._turn.bot.spec.name, target.name)
                answer(f"{target.name} could not be asked because of an error inside tellme.")
            else:
                answer(Answer(reply.bot, reply.error or reply.text, str(reply.status)))

    async def _ask(self, target: BotSpec, text: str) -> Reply:
        session = await self._session(target)
        running = await self._house.say_for(self._turn, session, text)
        try:
            reply = await running.reply()
        except asyncio.CancelledError:
            running.cancel()
            raise
        if reply.leaves:
            self._sessions.pop(target.id, None)
        return reply

    async def _session(self, target: BotSpec) -> Session:
        async with self._opening:
            if target.id not in self._sessions:
                session = await self._house.open_session(target.id)
                self._sessions[target.id] = session
                title = f"asked by {self._turn.bot.spec.name}"
                await self._archive.write(lambda store: store.set_title(session.id, title))
            return self._sessions[target.id]

    def _ended(self, task: asyncio.Task[None], answer: _Once) -> None:
        del self._tasks[task]
        answer("the turn that asked was over")

    def _end(self, session: Session) -> None:
        """Soon, with the end of the turn that asked."""

        def end(store: Store) -> None:
            try:
                store.end_session(session.id)
            except SessionNotFound:  # it was deleted meanwhile
                return

        self._archive.owe(end)
        self._turn.group.create_task(self._let_go(session))

    async def _let_go(self, session: Session) -> None:
        """Until what was asked in it has ended, its bot is busy with it."""
        for turn in [each for each in self._house.open_turns() if each.session.id == session.id]:
            await turn.ended()
        self._house.let_go(session)


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()


class _Once:
    """Hands on the first answer."""

    def __init__(self, answer: Callable[[Answer | str], None]) -> None:
        self._answer: Callable[[Answer | str], None] | None = answer

    def __call__(self, answer: Answer | str) -> None:
        if self._answer is not None:
            told, self._answer = self._answer, None
            told(answer)


def chain_of(turn: LocalTurn) -> list[LocalTurn]:
    """Return the turns that lead to this one, the person's own first."""

    def back() -> Iterator[LocalTurn]:
        each: LocalTurn | None = turn
        while each is not None:
            yield each
            each = each.asked_by

    return list(back())[::-1]
