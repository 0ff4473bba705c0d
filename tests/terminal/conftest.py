"""The real program in a pseudo-terminal, typed into and read as a person does."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ..conftest import add_bot

ECHO = Path(__file__).parents[1] / "cli" / "programs" / "echo.py"
COMES_WITHIN_S = 40.0


class Terminal:
    """A program at the other end of a pseudo-terminal."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], size: tuple[int, int] = (100, 30)) -> None:
        self._master, self._slave = pty.openpty()
        self.size = size
        self.resize(*size)
        self.modes_before = self.modes()
        self.seen = ""
        """What was shown and not yet read by ``until``."""
        self.everything = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.process = subprocess.Popen(
            command,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env={**os.environ, "TERM": "xterm-256color", **env},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )

    def type(self, keys: str) -> None:
        self.type_bytes(keys.encode())

    def type_bytes(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def until(self, pattern: str) -> str:
        """Read until ``pattern`` was shown; returns what was shown up to its end."""
        deadline = time.monotonic() + COMES_WITHIN_S
        while not (match := re.search(pattern, self.seen)):
            self._read(deadline, pattern)
        shown, self.seen = self.seen[: match.end()], self.seen[match.end() :]
        return shown

    def ends(self) -> int:
        """Wait for the end of the program, reading what it still shows into ``seen``; returns its exit code."""
        deadline = time.monotonic() + COMES_WITHIN_S
        while self.process.poll() is None:
            self._read(deadline, "the end of the program", step_s=0.01)
        self.read_rest()
        return self.process.returncode

    def read_rest(self) -> None:
        """Read what is there to be read."""
        while select.select((self._master,), (), (), 0)[0]:
            self._read(time.monotonic() + COMES_WITHIN_S, "the rest")

    def take(self) -> str:
        """Return what is shown within the next moment."""
        self._read(time.monotonic() + COMES_WITHIN_S, "anything", step_s=0.05)
        shown, self.seen = self.seen, ""
        return shown

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def modes(self) -> list[Any]:
        return termios.tcgetattr(self._slave)

    def set_modes(self, modes: list[Any]) -> None:
        termios.tcsetattr(self._slave, termios.TCSANOW, modes)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def hang_up(self) -> None:
        """Close the window."""
        for descriptor in (self._master, self._slave):
            if descriptor >= 0:
                os.close(descriptor)
        self._master = self._slave = -1

    def close(self) -> None:
        with self.process:
            self.process.kill()
        self.hang_up()

    def _read(self, deadline: float, wanted: str, step_s: float = 1.0) -> None:
        if time.monotonic() > deadline:
            raise AssertionError(f"no {wanted!r} in time, but {self.seen!r}")
        if select.select((self._master,), (), (), step_s)[0]:
            shown = self._decode(os.read(self._master, 65536)).replace("\r\n", "\n")
            self.seen += shown
            self.everything += shown


Open = Callable[..., Terminal]


@pytest.fixture
def terminal() -> Iterator[Open]:
    """Open the program in a terminal: ``terminal("ask", "Echo", NO_COLOR="1")``."""
    opened: list[Terminal] = []

    def begin(*arguments: str, size: tuple[int, int] = (100, 30), **env: str) -> Terminal:
        opened.append(Terminal([sys.executable, "-m", "tellme", *arguments], env, size))
        return opened[-1]

    yield begin
    for each in opened:
        each.close()


@pytest.fixture
def echo(home: Path) -> Path:
    """Add the bot Echo; returns its folder."""
    return add_bot(home, "Echo", [str(ECHO)], aliases=["say it back"])
