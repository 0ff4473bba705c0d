"""A terminal of 80 by 24 for a program that needs one: types, answers what terminals are asked, and waits for output.

Nothing is drawn: what the program has written counts as shown when it has arrived here.
"""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NoReturn, Self

SIZE = (24, 80)
LFLAG = 3
"""Where the local modes stand in what ``tcgetattr`` returns."""

ENVIRONMENT = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
ENTER_SCREEN = "\x1b[?1049h"
"""What a program writes before its first frame: from now on the screen is its own."""

PATIENCE_S = 20.0
SHOWN_ON_FAILURE = 2000
READ_BYTES = 65536

_ANSWERS = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[14t": b"\x1b[4;408;640t",
    b"\x1b[16t": b"\x1b[6;17;8t",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
}
"""What xterm and its like say. A program that gets no answer may wait for it, and would be slower than it is."""
_QUESTION = re.compile(b"|".join(re.escape(question) for question in _ANSWERS))
_UNSEEN = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences
    rb"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # strings, as titles
    rb"|\x1b[ -/]*[0-Z\\`-~]"  # other escapes
    rb"|\x1b[^\x1b]*$"  # what has not come to its end
    rb"|[\x00-\x1a\x1c-\x20]+"
)


class Terminal:
    """See the module. The program is killed at the end of the block."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str] = os.environ) -> None:
        self._arrived = bytearray()
        """What nobody has waited for yet."""
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            _become(command, environ)
        termios.tcsetwinsize(self._fd, SIZE)
        modes = termios.tcgetattr(self._fd)
        modes[LFLAG] &= ~termios.ECHO  # what is shown is then the program's doing
        termios.tcsetattr(self._fd, termios.TCSANOW, modes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)

    def type(self, text: str) -> None:
        """Send keys."""
        os.write(self._fd, text.encode())

    def wait_for(self, text: str, patience_s: float = PATIENCE_S) -> None:
        """Return once ``text`` has arrived, after what was waited for before. Raises ``TimeoutError``."""
        deadline = time.monotonic() + patience_s
        mark = text.encode()
        while (at := self._arrived.find(mark)) < 0:
            if not self._take(deadline):
                raise TimeoutError(f"{text!r} was not shown; the last that was: {self._last()!r}")
        del self._arrived[: at + len(mark)]

    def type_until_shown(self, key: str, every_s: float) -> None:
        """Type a key again and again until it is shown. Raises ``TimeoutError``."""
        for _ in range(int(PATIENCE_S / every_s)):
            self.type(key)
            with suppress(TimeoutError):
                return self.wait_for(key, every_s)
        raise TimeoutError(f"{key!r} was never shown; the last that was: {self._last()!r}")

    def wait_for_paint(self) -> None:
        """Return once anything can be seen, after what was waited for before. Raises ``TimeoutError``."""
        deadline = time.monotonic() + PATIENCE_S
        while not _UNSEEN.sub(b"", self._arrived):
            if not self._take(deadline):
                raise TimeoutError(f"nothing was shown; what was written: {self._last()!r}")

    def watch(self, seconds: float) -> None:
        """Take what arrives for so long: a program whose output nobody takes stands still."""
        deadline = time.monotonic() + seconds
        while self._take(deadline):
            pass

    def _take(self, deadline: float) -> bool:
        """Take what is there or comes in time; false if that is nothing. Raises ``RuntimeError`` at its end."""
        readable, _, _ = select.select([self._fd], [], [], max(0.0, deadline - time.monotonic()))
        if not readable:
            return False
        try:
            arrived = os.read(self._fd, READ_BYTES)
        except OSError:  # how Linux says that nobody has the other side open
            raise RuntimeError(f"the program has ended; the last that it wrote: {self._last()!r}") from None
        for question in _QUESTION.findall(arrived):
            os.write(self._fd, _ANSWERS[question])
        self._arrived += arrived
        return True

    def _last(self) -> str:
        return self._arrived[-SHOWN_ON_FAILURE:].decode(errors="replace")


def _become(command: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """Turn the child into the program."""
    try:
        os.execve(command[0], list(command), {**environ, **ENVIRONMENT})
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
    finally:
        os._exit(127)
