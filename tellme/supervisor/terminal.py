"""The pseudo-terminal of a bot that wants one: how it is set, and what stands for closing stdin on it.

It is set so that lines go through it as they are: nothing is echoed, nothing wraps, and no character but Ctrl-C and
its like is more than data. A program that edits its lines itself (readline) finds it so too, and echoes nothing.
"""

from __future__ import annotations

import os
import termios

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tellme.supervisor.launch import Launch

ROWS, COLUMNS = 24, 500
MAX_LINE_BYTES = 4095
"""What the kernel keeps of a line on a terminal that hands on whole lines."""
INTERRUPT = b"\x03"
END_OF_FILE = b"\x04"

ENVIRONMENT = {"TERM": "dumb", "PAGER": "cat", "INPUTRC": os.devnull}
"""For programs on it, unless their manifest says otherwise: nothing that moves, waits for a key or completes."""

SETSID = ("/usr/bin/setsid", "/bin/setsid")

_INPUT, _OUTPUT, _LOCAL, _KEYS = 0, 1, 3, 6
"""Places in what ``tcgetattr`` returns."""


def open_terminal() -> tuple[int, int]:
    """Return our end and the bot's. Raises ``OSError`` where there are no more."""
    ours, bots = os.openpty()
    try:
        settings = termios.tcgetattr(bots)
        settings[_INPUT] &= ~(termios.IXON | termios.IXOFF)
        settings[_OUTPUT] &= ~termios.OPOST
        settings[_LOCAL] &= ~(termios.ECHO | termios.ECHOE | termios.ECHOK | termios.ECHONL)
        termios.tcsetattr(bots, termios.TCSANOW, settings)
        termios.tcsetwinsize(bots, (ROWS, COLUMNS))
    except BaseException as error:
        os.close(ours)
        os.close(bots)
        if isinstance(error, termios.error):
            raise OSError(*error.args) from None
        raise
    return ours, bots


def echoes(ours: int) -> bool | None:
    """Tell whether what is written comes back; ``None``: the program reads each key, and may do as it likes."""
    try:
        local = termios.tcgetattr(ours)[_LOCAL]
    except termios.error:  # the program is gone
        return False
    if local & termios.ECHO:
        return True
    return False if local & termios.ICANON else None


def allow_long_lines(ours: int) -> bool:
    """Hand on each byte as it comes: of a whole line the kernel would keep ``MAX_LINE_BYTES``. Was that a change?"""
    return _set_whole_lines(ours, False)


def end_input(ours: int, by_the_byte: bool) -> None:
    """Do what closing stdin does on a pipe. Twice: a shell asks back, or a program below it took the first.

    Where we had it hand on each byte, whoever reads now has to get one before the end can be seen.
    """
    first = b"\n" if by_the_byte and _set_whole_lines(ours, True) else b""
    try:
        os.write(ours, first + END_OF_FILE * 2)
    except OSError:  # it reads nothing, or is gone
        return


def _set_whole_lines(ours: int, yes: bool) -> bool:
    try:
        settings = termios.tcgetattr(ours)
        if bool(settings[_LOCAL] & termios.ICANON) is yes:
            return False
        settings[_LOCAL] ^= termios.ICANON
        settings[_KEYS][termios.VEOF] = END_OF_FILE
        termios.tcsetattr(ours, termios.TCSANOW, settings)
    except termios.error:  # the program is gone
        return False
    return True


def take(launch: Launch) -> Launch:
    """Make descriptor 0 the controlling terminal of this process, and return the launch with its environment.

    In a sandbox that is done inside of it, by ``taken_inside``: there Ctrl-C does not reach the sandbox itself.
    """
    import fcntl

    if not launch.sandbox:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    return launch.changed(env={**ENVIRONMENT, **launch.env})


def taken_inside(command: list[str]) -> list[str]:
    """Return a sandbox's command in which the bot takes its terminal, where the system has a program for that."""
    at = command.index("--") + 1
    setsid = next((path for path in SETSID if os.access(path, os.X_OK)), None)
    return [*command[:at], *((setsid, "--ctty", "--wait") if setsid else ()), *command[at:]]
