"""The bytes of one client, on the event loop's readiness callbacks: read in fair shares, written in batches.

Promises: sending never waits, and what is sent within two turns of the loop goes out in one write; a client that floods
gets a share of the loop and no more; one that takes nothing of what waits for it is cut off.
"""

from __future__ import annotations

import asyncio
import os
import select
from collections import deque
from collections.abc import Callable
from itertools import islice

READ_BYTES = 64 * 1024

LONG_READ_S = 0.005
SHARE = 4
"""A client whose bytes took longer than ``LONG_READ_S`` to carry out waits so many times as long."""

ROOM_BYTES = 256 * 1024
"""When more than this waits to be read by the client, whoever can wait with the rest does, and of the client nothing
more is read: it cannot ask for more than it takes.
"""
STALL_S = 20.0
"""A client for which more than ``ROOM_BYTES`` wait, and that takes none of it for so long, is cut off."""

BATCH = 512
"""How many messages go into one write; the system takes 1,024 at most."""


class Channel:
    """Two descriptors, which may be one, and which it owns. Callbacks are set before ``open``."""

    def __init__(self, incoming: int, outgoing: int, stall_s: float = STALL_S) -> None:
        self.waiting_bytes = 0
        self.on_data: Callable[[bytes], None] = lambda data: None
        self.on_end: Callable[[], None] = lambda: None
        """No more comes from the client, which may still read."""
        self.on_close: Callable[[str], None] = lambda why: None
        """The channel is closed; ``why`` is empty where that is nobody's fault."""
        for descriptor in {incoming, outgoing}:
            os.set_blocking(descriptor, False)
        self._loop = asyncio.get_running_loop()
        self._incoming = incoming
        self._outgoing = outgoing
        self._stall_s = stall_s
        self._queue: deque[bytes | memoryview] = deque()
        self._flush_is_due = False
        self._has_writer = False
        self._is_reading = False
        self._has_ended = False
        self._is_closed = False
        self._closes_when_empty = False
        self._pause: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._room: asyncio.Future[None] | None = None

    def open(self) -> None:
        """Begin to read."""
        self._resume()

    def send(self, data: bytes) -> None:
        """Send a message, in the next turn of the loop but one. To a client that is gone it goes nowhere.

        In the one between, the host ends a turn whose last piece came with its end: a write costs more than a turn.
        """
        if self._is_closed:
            return
        self._queue.append(data)
        self.waiting_bytes += len(data)
        if not (self._flush_is_due or self._has_writer):
            self._flush_is_due = True
            self._loop.call_soon(self._loop.call_soon, self._flush)

    async def room(self) -> None:
        """Wait until no more than ``ROOM_BYTES`` wait for the client, or it is gone."""
        while self.waiting_bytes > ROOM_BYTES:
            if self._room is None:
                self._room = self._loop.create_future()
            await asyncio.shield(self._room)

    def finish(self) -> None:
        """Read no more, and close when all that was sent is written."""
        self._stop_reading()
        self._closes_when_empty = True
        self._flush()

    def abort(self, why: str = "") -> None:
        """Close at once."""
        self._close(why)

    # Reading ------------------------------------------------------------------------------------------------------

    def _resume(self) -> None:
        self._pause = None
        stays_shut = self._has_ended or self._closes_when_empty or self._is_closed
        if not (self._is_reading or stays_shut or self.waiting_bytes > ROOM_BYTES):
            self._is_reading = True
            self._loop.add_reader(self._incoming, self._read)

    def _stop_reading(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
        if self._is_reading:
            self._is_reading = False
            self._loop.remove_reader(self._incoming)

    def _read(self) -> None:
        begun = self._loop.time()
        try:
            data = os.read(self._incoming, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._close("")
            return
        if not data:
            self._end()
            return
        self.on_data(data)
        took = self._loop.time() - begun
        if took > LONG_READ_S and self._is_reading:
            self._stop_reading()
            self._pause = self._loop.call_later(took * SHARE, self._resume)

    def _end(self) -> None:
        self._has_ended = True
        self._stop_reading()
        if self._incoming == self._outgoing and _is_gone(self._outgoing):
            self._close("")
        else:
            self.on_end()

    # Writing ------------------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        self._flush_is_due = False
        while self._queue and not self._is_closed:
            batch = list(islice(self._queue, BATCH))
            try:
                taken = os.writev(self._outgoing, batch)
            except BlockingIOError:
                break
            except OSError:
                self._close("")
                return
            self._took(taken)
            if taken < sum(map(len, batch)):
                break
        if not self._is_closed:
            self._look_after()

    def _took(self, size: int) -> None:
        self.waiting_bytes -= size
        while size:
            first = self._queue.popleft()
            if size < len(first):
                self._queue.appendleft(memoryview(first)[size:])
                break
            size -= len(first)
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _look_after(self) -> None:
        """After a write: wait for the client, where it has not taken all, or close where that was the last."""
        if bool(self._queue) != self._has_writer:
            self._has_writer = not self._has_writer
            if self._has_writer:
                self._loop.add_writer(self._outgoing, self._flush)
            else:
                self._loop.remove_writer(self._outgoing)
        if self._queue and self._stall is None:
            self._stall = self._loop.call_later(self._stall_s, self._stalled)
        if self.waiting_bytes > ROOM_BYTES:
            self._stop_reading()
        else:
            self._tell_room()
            if self._pause is None:
                self._resume()
        if self._closes_when_empty and not self._queue:
            self._close("")

    def _stalled(self) -> None:
        self._stall = None
        if self.waiting_bytes > ROOM_BYTES or self._closes_when_empty:
            self._close(f"did not read what was sent to it for {self._stall_s:g} s")
        else:
            self._stall = self._loop.call_later(self._stall_s, self._stalled)

    def _tell_room(self) -> None:
        if self._room is not None:
            self._room.set_result(None)
            self._room = None

    def _close(self, why: str) -> None:
        if self._is_closed:
            return
        self._stop_reading()
        self._is_closed = True
        if self._has_writer:
            self._loop.remove_writer(self._outgoing)
        if self._stall is not None:
            self._stall.cancel()
        self._queue.clear()
        self.waiting_bytes = 0
        for descriptor in {self._incoming, self._outgoing}:
            os.close(descriptor)
        self._tell_room()
        self.on_close(why)


def _is_gone(socket: int) -> bool:
    """Tell whether the other end is closed altogether, and not only for what it says (``shutdown``)."""
    poll = select.poll()
    poll.register(socket, 0)
    return any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0))
