"""The store, as the host's event loop uses it: inline while that costs microseconds, in a thread when it would wait.

Measured: a commit (WAL, ``synchronous=normal``) takes 11 µs inline and 119 µs by way of a thread, so the loop writes
itself; only when another process holds the lock, or a checkpoint is due, does a thread wait in its stead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from tellme.store.database import Busy, Store

WRITES_A_LOOK = 64
"""Whether a checkpoint is due is looked at after so many writes: a look costs 3 µs, a write adds some kilobytes."""

T = TypeVar("T")
Operation = Callable[[Store], T]


class Archive:
    """Opened with the first use, so that what needs no session works without a disk; no ``path`` keeps nothing."""

    def __init__(self, path: str | None, on_damage: Callable[[str], None]) -> None:
        self._path = path
        self._on_damage = on_damage
        self._opened: Store | None = None
        self._told: str | None = None
        self._checkpoint: asyncio.Future[None] | None = None
        self._writes = 0

    async def write(self, operation: Operation[T]) -> T:
        """Carry out an operation; it is on disk when this returns. Raises ``StoreError`` and what it raises itself."""
        result = await self.read(operation)
        self._look_after()
        return result

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
            return operation(self._store())
        except Busy:
            return await asyncio.to_thread(self._store().patiently, operation)
        finally:
            self._tell_damage()

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
        if self._checkpoint is not None:
            await asyncio.wait((self._checkpoint,))
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

    def _look_after(self) -> None:
        """After a write: begin a checkpoint that is due."""
        store = self._store()
        self._writes += 1
        if self._writes % WRITES_A_LOOK or not store.checkpoint_due:
            return
        if self._checkpoint is None or self._checkpoint.done():
            self._checkpoint = asyncio.ensure_future(asyncio.to_thread(store.checkpoint))
