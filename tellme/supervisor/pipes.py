"""What the host holds of a bot's pipes: ``Output`` reads its stdout, ``Input`` writes its stdin.

Of a bot on a terminal both are the host's end of that; ``Keyboard`` (``keyboard.py``) is its ``Input``.

Straight on the event loop's readiness callbacks: a turn waits for each layer in between, and a write that fits goes out
at once. Both close themselves when the other side does.
"""

from __future__ import annotations

import asyncio
import os
import select
from collections import deque
from collections.abc import Callable

READ_BYTES = 64 * 1024
"""What a pipe holds at most by default; a larger buffer would be mapped and unmapped for each read."""


class Output:
    """What a bot prints. Nothing is read before ``listen``."""

    def __init__(self, loop: asyncio.AbstractEventLoop, descriptor: int, *, hangs_up: bool = False) -> None:
        """``hangs_up``: closing it kills the bot, as with our end of a terminal; so that waits for ``finish``."""
        self._loop = loop
        self._descriptor = descriptor
        self._hangs_up = hangs_up
        self._on_data: Callable[[bytes], None] | None = None
        self._on_close: Callable[[], None] | None = None
        self._on_finished: Callable[[], None] | None = None
        self._reading = False
        self._at_end = False
        self._closed = False
        self._deadline: asyncio.TimerHandle | None = None

    def listen(self, on_data: Callable[[bytes], None], on_close: Callable[[], None] | None) -> None:
        """Begin to read. ``on_close`` comes once, after the last data, also where the pipe is closed already."""
        self._on_data = on_data
        self._on_close = on_close
        if self._closed:
            self._tell_end()
        self.resume()

    def has_unread(self) -> bool:
        """Is there something to read that was not read yet?"""
        if self._closed:
            return False
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        return any(events & select.POLLIN for _, events in poll.poll(0))

    def pause(self) -> None:
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._descriptor)

    def resume(self) -> None:
        if not (self._reading or self._at_end or self._closed or self._on_data is None):
            self._reading = True
            self._loop.add_reader(self._descriptor, self._read)

    def finish(self, within_s: float, on_finished: Callable[[], None]) -> None:
        """Close at the end of the output, or in ``within_s`` seconds if something holds it open; then say so."""
        if self._closed:
            on_finished()
            return
        self._on_finished = on_finished
        if self._at_end:
            self.close()
            return
        self.resume()  # what is in the pipe is all there will be
        self._deadline = self._loop.call_later(within_s, self.close)

    def close(self) -> None:
        if self._closed:
            return
        self.pause()
        self._closed = True
        os.close(self._descriptor)
        if self._deadline is not None:
            self._deadline.cancel()
        self._tell_end()
        if self._on_finished is not None:
            self._on_finished()

    def _tell_end(self) -> None:
        tell, self._on_close = self._on_close, None
        if tell is not None:
            tell()

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:  # a socket whose other end did not read all that it was sent
            data = b""
        if data and self._on_data is not None:
            self._on_data(data)
        elif self._hangs_up and self._on_finished is None:
            self.pause()
            self._at_end = True
            self._tell_end()
        else:
            self.close()


class Input:
    """What goes to a bot's stdin; what does not fit into the pipe is queued."""

    def __init__(self, loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
        self.queued_bytes = 0
        self._loop = loop
        self._descriptor = descriptor
        self._queue: deque[memoryview] = deque()
        self._drained: asyncio.Future[None] | None = None
        self._closed = False

    def write(self, data: bytes) -> None:
        """Write at once as much as fits and queue the rest. Once nobody can read it any more, it goes nowhere."""
        if self._closed:
            return
        taken = 0 if self._queue else self._write_some(data)
        if taken < len(data) and not self._closed:
            if not self._queue:
                self._loop.add_writer(self._descriptor, self._flush)
            self._queue.append(memoryview(data)[taken:])
            self.queued_bytes += len(data) - taken

    async def drain(self) -> None:
        """Wait until nothing is queued."""
        if self._queue:
            if self._drained is None:
                self._drained = self._loop.create_future()
            await asyncio.shield(self._drained)

    def close(self) -> None:
        """Close the bot's stdin; what is queued is lost."""
        if self._closed:
            return
        self._drop_queue()
        self._closed = True
        os.close(self._descriptor)

    def interrupt(self) -> None:
        """Interrupt what the bot does, where there is a way to."""

    def echoes(self) -> bool | None:
        """Tell whether what is written comes back; ``None`` where that is the bot's own affair."""
        return False

    def _drop_queue(self) -> None:
        if self._queue:
            self._loop.remove_writer(self._descriptor)
        self._queue.clear()
        self.queued_bytes = 0
        self._tell_drained()

    def _flush(self) -> None:
        while self._queue and not self._closed:
            chunk = self._queue[0]
            taken = self._write_some(chunk)
            self.queued_bytes -= taken
            if taken < len(chunk):
                if not self._closed:
                    self._queue[0] = chunk[taken:]
                return
            self._queue.popleft()
        if not self._closed:
            self._loop.remove_writer(self._descriptor)
            self._tell_drained()

    def _write_some(self, data: bytes | memoryview) -> int:
        try:
            return os.write(self._descriptor, data)
        except BlockingIOError:
            return 0
        except OSError:  # nobody will read it any more
            self.close()
            return 0

    def _tell_drained(self) -> None:
        if self._drained is not None:
            self._drained.set_result(None)
            self._drained = None
