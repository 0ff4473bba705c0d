"""A bot's process, with a note of all that goes in and comes out."""

from __future__ import annotations

from collections.abc import Callable

from tellme.supervisor.process import Process
from tellme.supervisor.spawn import Spawned
from tellme.text import one_line, shorten

OnLine = Callable[[str], None]

MAX_SHOWN = 600
"""Characters of a line in the transcript."""
MAX_KEPT = 4096
"""Bytes that are kept of what came since ``mark``, from its begin and from its end."""
MAX_PRINTED = 64 * 1024 * 1024
"""So much in one check is a flood."""


class Recorded(Process):
    """See ``Process``."""

    def __init__(self, spawned: Spawned) -> None:
        super().__init__(spawned)
        self.on_line: OnLine = lambda _: None
        self.printed = 0
        """Bytes that came."""
        self._first = self._last = b""
        self._unfinished = b""

    def listen(self, on_data: Callable[[bytes], None], on_close: Callable[[], None] | None = None) -> None:
        def noted(data: bytes) -> None:
            self._note(data)
            on_data(data)

        super().listen(noted, on_close)

    def write(self, data: bytes) -> None:
        for line in data.splitlines():
            self.on_line(f"→ {_shown(line)}")
        super().write(data)

    def mark(self) -> None:
        """Forget what has come so far."""
        self._first = self._last = b""

    @property
    def since_mark(self) -> str:
        """What has come since then: all of it, or its begin and its end."""
        whole = self._first + self._last
        return whole.decode("utf-8", "replace")

    @property
    def unfinished(self) -> str:
        """The line that has not ended."""
        return self._unfinished.decode("utf-8", "replace")

    def _note(self, data: bytes) -> None:
        self.printed += len(data)
        if self.printed > MAX_PRINTED:
            self.kill(f"printed more than {MAX_PRINTED >> 20} MiB")
        room = MAX_KEPT - len(self._first)
        self._first += data[:room]
        self._last = (self._last + data[room:])[-MAX_KEPT:] if room < len(data) else self._last
        *lines, rest = (self._unfinished + data).split(b"\n")
        self._unfinished = rest[-MAX_KEPT:]
        for line in lines:
            self.on_line(f"← {_shown(line)}")


def _shown(line: bytes) -> str:
    return shorten(one_line(line[: 4 * MAX_SHOWN].decode("utf-8", "replace")), MAX_SHOWN)
