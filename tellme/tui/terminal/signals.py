"""Signals and a terminal that is gone end the app in order; a second signal ends it at once."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE_S = 10
"""How long an orderly end may take: a terminal that takes no more output would hold it up for ever."""

_SIGNALS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
_TERMINAL_FD = 0


@contextmanager
def until_signalled(on_first: Callable[[int], None]) -> Iterator[None]:
    """For the length of a block, call ``on_first`` in the event loop with the number of the signal that comes first.

    A second one, or ten seconds in which the process has not ended, ends it at once with 128 and the first one's
    number: the guard then restores the terminal, and the wardens end the bots. A signal that was ignored when the
    process began (``nohup``) stays so; but a terminal that has gone counts as SIGHUP in any case.
    """
    loop = asyncio.get_running_loop()
    received: list[int] = []

    def on_signal(number: int, _: FrameType | None = None) -> None:
        if not received:
            received.append(number)
            signal.alarm(PATIENCE_S)
            loop.call_soon_threadsafe(on_first, number)
        elif number != signal.SIGHUP:  # of which a window that is closed sends several, one from its shell
            os._exit(128 + received[0])

    # Not ``loop.add_signal_handler``: the second signal is for an app whose loop stands still.
    heard = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, on_signal) for number in (*heard, signal.SIGALRM)}
    try:
        with _watching_for_hangup(loop, lambda: on_signal(signal.SIGHUP)):
            yield
    finally:
        signal.alarm(0)
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _watching_for_hangup(loop: asyncio.AbstractEventLoop, on_hangup: Callable[[], None]) -> Iterator[None]:
    """Call ``on_hangup`` when there is no terminal at stdin any more; elsewhere than on Linux SIGHUP has to do.

    Textual's input thread does not notice: it reads "nothing" again and again. Edge-triggered, so that this loop is
    woken once for a burst of keys and not for each moment in which that thread has not yet read them.
    """
    if not hasattr(select, "epoll"):
        yield
        return
    with select.epoll() as epoll:
        epoll.register(_TERMINAL_FD, select.EPOLLIN | select.EPOLLET)

        def look() -> None:
            if any(events & (select.EPOLLHUP | select.EPOLLERR) for _, events in epoll.poll(0)):
                on_hangup()

        loop.add_reader(epoll.fileno(), look)
        try:
            yield
        finally:
            loop.remove_reader(epoll.fileno())
