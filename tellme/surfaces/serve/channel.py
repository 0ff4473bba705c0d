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

LOOK_S = 1.0
"""How often a client of which nothing is read for a while is looked after: only reading would tell that it is gone."""

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
        self._is_held = False
        self._has_ended = False
        self._is_closed = False
        self._closes_when_empty = False
        self._penalty: asyncio.TimerHandle | None = None
        """Runs while the client waits because its bytes took long."""
        self._look: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._room: asyncio.Future[None] | None = None

    def open(self) -> None:
        """Begin to read."""
        self._read_or_not()

    def hold(self, *, holds: bool) -> None:
        """Read no more until told otherwise: there is enough of what the client asked for."""
        if self._is_closed:
            return
        self._is_held = holds
        self._read_or_not()
        if holds and self._look is None:
            self._look = self._loop.call_later(LOOK_S, self._look_whether_gone)

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
        self._closes_when_empty = True
        self._read_or_not()
        self._flush()

    def abort(self, why: str = "") -> None:
        """Close at once."""
        self._close(why)

    # Reading ------------------------------------------------------------------------------------------------------

    @property
    def _may_read(self) -> bool:
        is_shut = self._has_ended or self._closes_when_empty or self._is_closed
        waits = self._is_held or self._penalty is not None or self.waiting_bytes > ROOM_BYTES
        return not (is_shut or waits)

    def _read_or_not(self) -> None:
        """Have the event loop do as ``_may_read`` says."""
        if self._may_read == self._is_reading:
            return
        self._is_reading = not self._is_reading
        if self._is_reading:
            self._loop.add_reader(self._incoming, self._read)
        else:
            self._loop.remove_reader(self._incoming)

    def _punish(self, took_s: float) -> None:
        self._penalty = self._loop.call_later(took_s * SHARE, self._forgive)
        self._read_or_not()

    def _forgive(self) -> None:
        self._penalty = None
        self._read_or_not()

    def _look_whether_gone(self) -> None:
        self._look = None
        if self._is_closed:
            return
        if _is_gone(self._outgoing):
            self._close("")
        elif self._is_held or self._has_ended:
            self._look = self._loop.call_later(LOOK_S, self._look_whether_gone)

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
        if took > LONG_READ_S and not self._is_closed:
            self._punish(took)

    def _end(self) -> None:
        self._has_ended = True
        self._read_or_not()
        if _is_gone(self._outgoing):
            self._close("")
            return
        self.on_end()
        if self._look is None:
            self._look_whether_gone()

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
        self._read_or_not()
        if self.waiting_bytes <= ROOM_BYTES:
            self._tell_room()
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
        self._is_closed = True
        self._read_or_not()
        if self._has_writer:
            self._loop.remove_writer(self._outgoing)
        for timer in (self._stall, self._penalty, self._look):
            if timer is not None:
                timer.cancel()
        self._queue.clear()
        self.waiting_bytes = 0
        for descriptor in {self._incoming, self._outgoing}:
            os.close(descriptor)
        self._tell_room()
        self.on_close(why)


def _is_gone(outgoing: int) -> bool:
    """Tell whether nobody can read what is sent: the other end is closed, not only for what it says (``shutdown``)."""
    poll = select.poll()
    poll.register(outgoing, 0)
    return any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0))
