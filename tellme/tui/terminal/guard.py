"""The terminal is left as it was found, also when the app is killed outright.

A small process, forked before anything heavy is imported and before there is a thread, waits at a pipe for the end of
the app. It sleeps in one ``read``, and touches the terminal only if the app ends while it has it (``arm``).
"""

from __future__ import annotations

import contextlib
import os
import signal
import termios

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    Modes = list[Any]

NAME = b"tellme-terminal"
"""What ``ps`` shows; Linux takes 15 characters."""

MOMENT_S = 2
"""How long the guard tries: a terminal that is stopped or gone must not keep it."""

_IGNORED = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGTSTP)
_STDIN, _STDOUT, _PIPE = 0, 1, 2
_ARMED, _DISARMED = b"1", b"0"
_LFLAG = 3
_LAST_OPEN = 256
"""Above what the program can have open when it starts the guard."""
_APP_TURNS_OFF = termios.ISIG | termios.ICANON | termios.ECHO

_MOUSE = "".join(f"\x1b[?{mode}l" for mode in (1000, 1002, 1003, 1005, 1006, 1015, 1016))
UNDO = (
    "\x1b[?2026l"  # what is held back for a synchronized update, shown
    f"{_MOUSE}"
    "\x1b[?2004l"  # bracketed paste
    "\x1b[?1004l"  # reports of focus
    "\x1b[?2048l"  # reports of size
    "\x1b[<u"  # the keyboard protocol of kitty: each screen has its own, so before the screen is left
    "\x1b[?1049l"  # the alternate screen
    "\x1b]22;\a"  # the shape of the mouse's pointer
    "\x1b[?7h"  # wrap long lines
    "\x1b[?25h"  # show the cursor
    "\x1b[0m"  # colours and attributes
)
"""Undoes all that Textual's driver asks of a terminal, whether or not it was asked."""


class Guard:
    """The app's end of the pipe. Where no process could be started, it does nothing."""

    def __init__(self, pid: int, pipe: int) -> None:
        self._pid = pid
        self._pipe = pipe

    def arm(self) -> None:
        """From now on the terminal is in the app's modes."""
        self._tell(_ARMED)

    def disarm(self) -> None:
        """The terminal is as it was: the app has ended, or is suspended and the shell has it."""
        self._tell(_DISARMED)

    def release(self) -> None:
        """Let the guard go, and wait for its end."""
        if not self._pid:
            return
        self.disarm()
        os.close(self._pipe)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)
        self._pid = 0

    def _tell(self, armed: bytes) -> None:
        if self._pid:
            with contextlib.suppress(OSError):  # something has killed it
                os.write(self._pipe, armed)


def start() -> Guard:
    """Start the guard of the terminal at stdin and stdout. Call it while there is only one thread."""
    try:
        before = termios.tcgetattr(_STDIN)
        reading, writing = os.pipe()
    except (termios.error, OSError):
        return Guard(0, -1)
    try:
        pid = os.fork()
    except OSError:  # no room for another process: then the terminal is only as safe as everywhere else
        os.close(writing)
        pid, writing = 0, -1
    else:
        if pid == 0:
            _guard(reading, before)
    os.close(reading)
    return Guard(pid, writing)


def _guard(pipe: int, before: Modes) -> NoReturn:
    """What the child does, from the fork to its end."""
    try:
        _withdraw(pipe)
        if _ends_armed():
            signal.alarm(MOMENT_S)
            os.write(_STDOUT, UNDO.encode())
            _restore(before)
    finally:
        os._exit(0)


def _withdraw(pipe: int) -> None:
    """Leave the app's session, so that no signal of the terminal comes here, and keep nothing of the app's open."""
    os.setsid()
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    os.dup2(pipe, _PIPE)
    os.closerange(_PIPE + 1, _LAST_OPEN)
    with contextlib.suppress(OSError), open("/proc/self/comm", "wb") as name:
        name.write(NAME)


def _ends_armed() -> bool:
    """Wait for the end of the app; did it have the terminal then?"""
    armed = False
    while told := os.read(_PIPE, 64):
        armed = told.endswith(_ARMED)
    return armed


def _restore(before: Modes) -> None:
    """Restore the terminal's modes, unless a shell has done so already and now has modes of its own there."""
    if termios.tcgetattr(_STDIN)[_LFLAG] & _APP_TURNS_OFF == 0:
        termios.tcsetattr(_STDIN, termios.TCSAFLUSH, before)
    else:
        termios.tcflush(_STDIN, termios.TCIFLUSH)  # what the mouse has reported is no input for the shell
