"""How fast a bot is heard: one that prints too much has to wait, so that the host keeps its time for the others.

Nothing of what it prints is lost by that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from tellme.supervisor.process import Process

UNASKED_BYTES_A_SECOND = 1024 * 1024
"""How much a bot may print while nobody has asked it anything; then it has to wait."""

LONG_READ_S = 0.02
READ_SHARE = 4
"""A bot whose output took longer to read than ``LONG_READ_S`` waits so many times as long: the rest is the others'."""


class Throttle:
    """Hands on what one process prints, and has it rest in between."""

    def __init__(self, process: Process, hear: Callable[[bytes], None], is_asked: Callable[[], bool]) -> None:
        self.rests = 0
        """How often it had to rest."""
        self.is_resting = False
        self._process = process
        self._hear = hear
        self._is_asked = is_asked
        self._unasked_bytes = 0

    def take(self, data: bytes) -> None:
        """Hand on what has come, and decide whether the rest has to wait."""
        self._unasked_bytes = 0 if self._is_asked() else self._unasked_bytes + len(data)
        began = time.monotonic()
        self._hear(data)
        took_s = time.monotonic() - began
        if self._unasked_bytes > UNASKED_BYTES_A_SECOND:
            self._unasked_bytes = 0
            self._rest(1.0)
        elif took_s > LONG_READ_S:
            self._rest(took_s * READ_SHARE)

    def _rest(self, seconds: float) -> None:
        self.is_resting = True
        self.rests += 1
        self._process.pause_reading()
        asyncio.get_running_loop().call_later(seconds, self._go_on)

    def _go_on(self) -> None:
        self.is_resting = False
        self._process.resume_reading()
