"""The standard streams, given over to a protocol: whatever else in this process writes to stdout, writes to stderr."""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

STDIN_FD, STDOUT_FD, STDERR_FD = 0, 1, 2


@contextmanager
def taken() -> Iterator[tuple[int, int]]:
    """Give descriptors for what comes and what goes, whose new owner closes them.

    They share with the terminal, or with another program, whether they block; that is as it was in the end.
    """
    blocked = {each: os.get_blocking(each) for each in (STDIN_FD, STDOUT_FD)}
    saved = {each: os.dup(each) for each in blocked}
    incoming, outgoing = os.dup(STDIN_FD), os.dup(STDOUT_FD)
    nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    os.dup2(nothing, STDIN_FD)
    os.dup2(STDERR_FD, STDOUT_FD)
    os.close(nothing)
    try:
        yield incoming, outgoing
    finally:
        for each, descriptor in saved.items():
            os.set_blocking(descriptor, blocked[each])
            os.close(descriptor)


def loop_of_files() -> asyncio.AbstractEventLoop:
    """Return a loop that waits for files as well: stdin may be one, and epoll takes none."""
    return asyncio.SelectorEventLoop(selectors.PollSelector())


class Stop:
    """Set by whoever wants the program to end; by a signal too, of which the second one does not wait."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self._received = 0

    @property
    def code(self) -> int:
        """The exit code."""
        return 128 + self._received if self._received else 0

    def listen(self) -> None:
        """Take signals from now on; those that were ignored when the process began stay so."""
        self._loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if self._received:
            os._exit(128 + number)
        self._received = number
        self._loop.call_soon_threadsafe(self.event.set)
