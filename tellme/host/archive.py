"""The store, as the host's event loop uses it: inline while that costs microseconds, in a thread when it would wait.

Measured: a commit (WAL, ``synchronous=normal``) takes 11 µs inline and 119 µs by way of a thread, so the loop writes
itself; only when another process holds the lock, or a checkpoint is due, does a thread wait in its stead. Where many
turns begin and end in the same moment, they share a transaction, which halves what each costs.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from tellme.errors import StoreError
from tellme.store.database import Busy, Store

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from typing import Any, TypeVar

    T = TypeVar("T")
    Operation = Callable[[Store], T]
    Then = Callable[[T | Exception], None]
    """Takes the result of an operation that is on disk, or why it is not."""

_logger = logging.getLogger(__name__)

WRITES_A_LOOK = 64
"""Whether a checkpoint is due is looked at after so many writes: a look costs 3 µs, a write adds some kilobytes."""

OWED_EVERY_S = 1.0
MOST_OWED = 1000
"""How often what could not be written is tried again, and how much of it there may be."""


class Archive:
    """Opened with the first use, so that what needs no session works without a disk; no ``path`` keeps nothing."""

    def __init__(
        self,
        path: str | None,
        on_damage: Callable[[str], None],
        is_crowded: Callable[[], bool] = lambda: False,
    ) -> None:
        """``is_crowded`` says whether it is worth while to wait for what else is to be kept in the same moment."""
        self._path = path
        self._on_damage = on_damage
        self._opened: Store | None = None
        self._told: str | None = None
        self._checkpoint: asyncio.Future[None] | None = None
        self._writes = 0
        self._is_crowded = is_crowded
        self._gathered: list[tuple[Operation[Any], Then[Any]]] = []
        self._singly: set[asyncio.Task[None]] = set()
        self._waiting = asyncio.Lock()
        self._owed: deque[Operation[None]] = deque(maxlen=MOST_OWED)
        self._next_try: asyncio.TimerHandle | None = None

    async def write(self, operation: Operation[T]) -> T:
        """Carry out an operation; it is on disk when this returns. Raises ``StoreError`` and what it raises itself."""
        result = await self.read(operation)
        self._settle_and_look_after()
        return result

    def keep(self, operation: Operation[T], then: Then[T]) -> None:
        """Like ``write``, without a task to wait in: ``then`` is called now, or soon."""
        if self._gathered or self._is_crowded():  # what comes later is not to be earlier on disk
            if not self._gathered:
                asyncio.get_running_loop().call_soon(self._keep_gathered)
            self._gathered.append((operation, then))
            return
        try:
            result = self._carry_out(operation)
        except Busy:
            self._keep_singly([(operation, then)])
        except Exception as error:
            _tell(then, error)
        else:
            _tell(then, result)
            self._settle_and_look_after()

    def _keep_gathered(self) -> None:
        """Keep all at once; where that fails, the one that is the cause must not be in the way of the others."""
        gathered, self._gathered = self._gathered, []
        if not gathered:  # they were kept at the end
            return
        try:
            results = self._carry_out(lambda store: store.together([operation for operation, _ in gathered]))
        except Exception:
            self._keep_singly(gathered)
            return
        for (_, then), result in zip(gathered, results, strict=True):
            _tell(then, result)
        self._settle_and_look_after(len(gathered))

    def _keep_singly(self, several: list[tuple[Operation[Any], Then[Any]]]) -> None:
        task = asyncio.ensure_future(self._one_by_one(several))
        self._singly.add(task)
        task.add_done_callback(self._singly.discard)

    async def _one_by_one(self, several: list[tuple[Operation[Any], Then[Any]]]) -> None:
        for operation, then in several:
            try:
                result = await self.write(operation)
            except Exception as error:
                _tell(then, error)
            else:
                _tell(then, result)

    def owe(self, operation: Operation[None]) -> None:
        """Carry out later what cannot be written now: a disk that is full has room again some time.

        It is tried after each write that succeeds, now and then, and at the end; of too much the oldest is lost.
        """
        self._owed.append(operation)
        if self._next_try is None:
            self._next_try = asyncio.get_running_loop().call_later(OWED_EVERY_S, self._try_again)

    def write_now(self, operation: Operation[T]) -> T:
        """Like ``write`` where nothing may be awaited any more: at the end of a turn that is cancelled."""
        try:
            return operation(self._store())
        except Busy:
            return self._store().patiently(operation)
        finally:
            self._tell_damage()

    async def read(self, operation: Operation[T]) -> T:
        """Carry out something that is read in microseconds."""
        try:
            return self._carry_out(operation)
        except Busy:
            return await self._wait_in_line(operation)

    def _carry_out(self, operation: Operation[T]) -> T:
        try:
            return operation(self._store())
        finally:
            self._tell_damage()

    async def _wait_in_line(self, operation: Operation[T]) -> T:
        """Wait for the file, one at a time: threads that wait for each other would keep it busy for ever."""
        async with self._waiting:
            try:
                return self._carry_out(operation)
            except Busy:
                return await self.read_slowly(operation)

    async def read_slowly(self, operation: Operation[T]) -> T:
        """Carry out something that reads much (a search, a whole session), on a connection of its own."""
        try:
            return await asyncio.to_thread(self._store().patiently, operation)
        finally:
            self._tell_damage()

    async def write_slowly(self, operation: Operation[T]) -> T:
        """Carry out something that writes much, on a connection of its own."""
        result = await self.read_slowly(operation)
        self._look_after()
        return result

    async def close(self) -> None:
        """Close the file. The last process that does so writes the log of changes back into it."""
        if self._gathered:
            self._keep_gathered()
        while self._singly:
            await asyncio.wait(self._singly)
        if self._checkpoint is not None:
            await asyncio.wait((self._checkpoint,))
        if self._next_try is not None:
            self._next_try.cancel()
        await self._settle_at_last()
        if self._opened is not None:
            self._opened.close()

    def _store(self) -> Store:
        if self._opened is None:
            self._opened = Store.open(self._path)
            self._opened.recover()
        return self._opened

    def _tell_damage(self) -> None:
        store = self._opened
        if store is not None and store.set_aside is not None and store.set_aside != self._told:
            self._told = store.set_aside
            self._on_damage(f"The database was damaged and is set aside as {store.set_aside}; a new one was begun.")

    def _try_again(self) -> None:
        self._settle()
        again = asyncio.get_running_loop().call_later(OWED_EVERY_S, self._try_again) if self._owed else None
        self._next_try = again

    def _settle(self) -> None:
        """Write what is owed, in order, as far as that succeeds."""
        while self._owed:
            try:
                self._owed[0](self._store())
            except (Busy, StoreError):
                return
            except Exception:  # it would stand in the way of all that follow, for ever
                _logger.exception("what was owed to the store could not be written, and is dropped")
            self._owed.popleft()

    async def _settle_at_last(self) -> None:
        """Write what is owed, and have the patience for it that the loop never has."""
        while self._owed:
            owed = self._owed.popleft()
            try:
                await self.read_slowly(owed)
            except StoreError as error:
                _logger.error("a change, and %d more, could not be kept: %s", len(self._owed), error)
                return
            except Exception:
                _logger.exception("what was owed to the store could not be written, and is dropped")

    def _settle_and_look_after(self, writes: int = 1) -> None:
        if self._owed:
            self._settle()
        self._look_after(writes)

    def _look_after(self, writes: int = 1) -> None:
        """After so many writes: begin a checkpoint that is due."""
        store = self._store()
        looks = self._writes // WRITES_A_LOOK
        self._writes += writes
        if self._writes // WRITES_A_LOOK == looks or not store.checkpoint_due:
            return
        if self._checkpoint is None or self._checkpoint.done():
            self._checkpoint = asyncio.ensure_future(asyncio.to_thread(store.checkpoint))


def _tell(then: Then[Any], outcome: Any) -> None:
    """An error in what one of many does then must not keep the others from hearing of theirs."""
    try:
        then(outcome)
    except Exception:
        _logger.exception("what follows on something that was kept failed")
