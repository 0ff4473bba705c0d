"""How a command runs the event loop: signals become a cancelled main task, and the exit code that a shell expects."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType

from tellme.surfaces import output

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
else:
    import _signal as signal  # of a handler that it does not know, the other one writes the whole task down to say so

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_on_interrupt: list[Callable[[], None]] = []


@contextmanager
def on_interrupt(act: Callable[[], None]) -> Iterator[None]:
    """For the length of a block, have the first SIGINT call ``act`` in the event loop; a second ends the program."""
    _on_interrupt.append(act)
    try:
        yield
    finally:
        _on_interrupt.clear()


def run(
    main: Callable[[], Coroutine[None, None, int]],
    *,
    abort: Callable[[], None] = lambda: None,
    on_loop: Callable[[Coroutine[None, None, int]], int] = lambda coroutine: asyncio.run(coroutine),
) -> int:
    """Run ``main`` to its end and return its exit code, or 128 and the signal's number when a signal ended it.

    The first SIGINT, SIGTERM or SIGHUP cancels ``main``, which then has the time to end its turn and its bots; the
    second one calls ``abort`` and ends the process at once (the wardens see that and end what is left). A signal that
    was ignored when the process began (``nohup``) stays so. ``on_loop`` runs a coroutine on an event loop.
    """
    return on_loop(_until_signalled(main, abort))


async def _until_signalled(main: Callable[[], Coroutine[None, None, int]], abort: Callable[[], None]) -> int:
    loop = asyncio.get_running_loop()
    task = loop.create_task(main())
    received: list[int] = []

    def on_signal(number: int, _: FrameType | None) -> None:
        if number == signal.SIGINT and _on_interrupt:
            loop.call_soon_threadsafe(_on_interrupt.pop())
            return
        if received or task.done():
            abort()
            os._exit(128 + number)
        received.append(number)
        if not output.is_writing() or asyncio.current_task(loop) is not task:
            loop.call_soon_threadsafe(task.cancel)
        output.interrupt()

    # Not ``loop.add_signal_handler``: that would have to wait for a write to a reader who does not read.
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, on_signal)
    try:
        return await task
    except asyncio.CancelledError:
        if not received:
            raise
    return 128 + received[0]
