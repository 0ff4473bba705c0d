"""Signals for a command without an event loop: what waits is broken off, and the exit code says by which signal.

``running`` does the same for those that have one.
"""

from __future__ import annotations

import os

from tellme.surfaces import output

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable
    from typing import Self
else:
    import _signal as signal  # the other one makes enumerations of all that there is


class Signals:
    """For the length of a block, the first SIGINT, SIGTERM or SIGHUP ends what waits, and a second one the program.

    ``interrupt`` is called by a handler, in the middle of anything. A signal that was ignored before stays so.
    """

    def __init__(self, interrupt: Callable[[], None]) -> None:
        self.received = 0
        """The first signal that came; 0 for none."""
        self._interrupt = interrupt
        self._before: dict[int, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _on_signal(self, number: int, _: object) -> None:
        if self.received:
            os._exit(128 + number)
        self.received = number
        output.interrupt(KeyboardInterrupt)
        self._interrupt()
