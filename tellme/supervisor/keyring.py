"""Reads secrets from the system's keyring in a process of its own, because a keyring may block, print, crash or ask.

The promise: it takes ``READ_S`` at most, and no value ever stands in an error or a log. Small imports only: the bot's
own process calls ``read`` before it becomes the bot.
"""

from __future__ import annotations

import marshal
import os
import select
import sys
import time

from tellme.supervisor.reaping import send, signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SERVICE = "tellme"
"""What the secrets stand under in the keyring; the user's name there is that of the variable."""
READ_S = 10.0
"""Shorter than the time in which a bot's program must run."""

_READER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "keyring_reader.py")


class KeyringProblem(ValueError):
    """The secrets cannot be had. The text names the variable and what to do, and fits behind ``cannot start:``."""


def read(names: Sequence[str], env: Mapping[str, str]) -> dict[str, str]:
    """Return the value of each name. Raises ``KeyringProblem``."""
    return {name: str(value) for name, value in _ask("values", names, env).items()}


def check(names: Sequence[str], env: Mapping[str, str]) -> None:
    """Raise ``KeyringProblem`` where ``read`` would; no value leaves the process that looks."""
    _ask("check", names, env)


def _ask(what: str, names: Sequence[str], env: Mapping[str, str]) -> dict[str, object]:
    listed = ", ".join(names)
    data = _run([what, SERVICE, *names], env, listed)
    try:
        problem, found = marshal.loads(data)
    except (EOFError, ValueError, TypeError):
        raise KeyringProblem(f"the keyring that holds {listed} could not be read: its reader failed") from None
    if problem == "missing":
        command = f"keyring set {SERVICE} {found}"
        raise KeyringProblem(f"{found} is not in the keyring: '{command}' puts it there")
    if problem == "package":
        raise KeyringProblem(f"{listed} should come from the keyring: install 'tellme[keyring]' for it")
    if problem == "backend":
        raise KeyringProblem(f"the keyring that holds {listed} could not be read ({found}): is it there and unlocked?")
    return dict(found)


def _run(arguments: list[str], env: Mapping[str, str], listed: str) -> bytes:
    """Return what the reader says, and leave no process of it."""
    ours, readers = os.pipe()
    try:
        try:
            pid = _spawn(arguments, env, readers)
        finally:
            os.close(readers)
        try:
            return _take(ours, listed)
        finally:
            send(pid, signal.SIGKILL, group=True)
            os.waitpid(pid, 0)
    finally:
        os.close(ours)


def _spawn(arguments: list[str], env: Mapping[str, str], output: int) -> int:
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, output, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    # -P: the reader's own folder is not where it imports from.
    command = [sys.executable, "-P", _READER, *arguments]
    return os.posix_spawn(sys.executable, command, dict(env), file_actions=actions, setpgroup=0, setsigmask=())


def _take(descriptor: int, listed: str) -> bytes:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    deadline = time.monotonic() + READ_S
    data = b""
    while poll.poll(max(0, int((deadline - time.monotonic()) * 1000))):
        chunk = os.read(descriptor, 65536)
        if not chunk:
            return data
        data += chunk
    raise KeyringProblem(f"the keyring that holds {listed} did not answer within {READ_S:g} s: unlock it and try again")
