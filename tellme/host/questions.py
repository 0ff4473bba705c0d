"""What the bot of one turn asks the person: one question after the other, while the bot's time stands still.

The promise: each question is answered once, with no where the person cannot be asked or nobody wants to know any more;
one that the bot takes back is taken from the screen too.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from tellme.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tellme.host.host import Choose
    from tellme.model import Question
    from tellme.supervisor.link import TakeBack

MAX_QUESTIONS = 100
"""How many questions of a bot wait for the person; to more the answer is no."""


class Open(NamedTuple):
    """A question that has no answer yet."""

    question: Question
    answer: Callable[[str | None], None]


class Questions:
    """Belongs to one turn."""

    def __init__(self, choose: Choose | None, waiting: Callable[[], AbstractContextManager[None]]) -> None:
        """``waiting`` makes the block in which the bot waits for the person."""
        self.choose = choose and _one_at_a_time(choose)
        self._waiting = waiting
        self._queue: deque[Open] = deque()
        self._asked: Open | None = None
        """What the person is being asked, in the task ``_asking``."""
        self._asking: asyncio.Future[str | None] | None = None

    def take(self, question: Question, answer: Callable[[str | None], None]) -> TakeBack:
        """Take a question for ``ask``; returns what the bot takes it back with."""
        new = Open(question, answer)
        if len(self._queue) == MAX_QUESTIONS:
            answer(None)
        else:
            self._queue.append(new)
        return lambda: self._take_back(new)

    async def ask(self) -> None:
        """Ask the person all that there is to ask."""
        while self._queue:
            await self._ask(self._queue.popleft())

    def end(self) -> None:
        """Nobody waits for the answers any more."""
        if self._asking is not None:
            self._asking.cancel()
        while self._queue:
            self._queue.popleft().answer(None)

    async def _ask(self, asked: Open) -> None:
        if self.choose is None:
            asked.answer(None)
            return
        self._asked, self._asking = asked, asyncio.ensure_future(self.choose(asked.question))
        choice = None
        try:
            with self._waiting():
                await asyncio.wait((self._asking,))
            choice = None if self._asking.cancelled() else self._asking.result()
        except asyncio.CancelledError:
            self._asking.cancel()
            self._queue.append(asked)  # ``end`` answers it, once the bot knows that its turn is cancelled
            raise
        except BaseException:
            asked.answer(None)
            raise
        finally:
            self._asked = self._asking = None
        asked.answer(choice)

    def _take_back(self, taken: Open) -> None:
        if self._asked is taken and self._asking is not None:
            self._asking.cancel()
        self._queue = deque(each for each in self._queue if each is not taken)


def _one_at_a_time(choose: Choose) -> Choose:
    """A person is asked one thing at a time, also where several bots have a question."""
    lock = asyncio.Lock()

    async def ask(question: Question) -> str | None:
        async with lock:
            return await choose(question)

    return ask
