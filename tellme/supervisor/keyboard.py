"""What is typed on the terminal of a bot: lines of any length, Ctrl-C, and the end of the input."""

from __future__ import annotations

from tellme.supervisor import terminal
from tellme.supervisor.pipes import Input


class Keyboard(Input):
    """An ``Input`` whose descriptor is our end of the bot's terminal."""

    _by_the_byte = False
    """Did we have the terminal hand on each byte?"""

    def write(self, data: bytes) -> None:
        if len(data) > terminal.MAX_LINE_BYTES and not self._closed:
            self._by_the_byte |= terminal.allow_long_lines(self._descriptor)
        super().write(data)

    def interrupt(self) -> None:
        """Type Ctrl-C in place of what is still queued."""
        self._drop_queue()
        self.write(terminal.INTERRUPT)

    def echoes(self) -> bool | None:
        return False if self._closed else terminal.echoes(self._descriptor)

    def close(self) -> None:
        """End the bot's input; what is queued is lost. The terminal stays, for what it prints."""
        if not self._closed:
            self._drop_queue()
            terminal.end_input(self._descriptor, self._by_the_byte)
        super().close()
