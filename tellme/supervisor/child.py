"""What a bot's own process does between its fork from the warden and its first line of code.

A session of its own, without a terminal or with one that is its own too, three descriptors, default signals, the
environment it was given; then another program, or for built-in bots a script in this very interpreter.
"""

from __future__ import annotations

import errno
import os
import sys

from tellme.supervisor import linux, run_script
from tellme.supervisor.reaping import reset_signals, signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from importlib.machinery import ModuleSpec
    from io import TextIOWrapper
    from typing import Literal, NoReturn

    from tellme.supervisor.launch import Launch

    Role = Callable[[], "Role | None"]
    """What a process goes on with. A fork returns its role to ``main``, so that a bot runs on a stack of its own."""

STATUS = 3
"""Where the bot finds its end of the status pipe; closed before any code of the bot's runs."""
LAST_DESCRIPTOR = 255
"""Above what spawner and warden can have open."""
CANNOT_START = 127


def become_bot(launch: Launch, standard: tuple[int, int, int], status: int, warden: int) -> Role:
    """Turn this fork into the bot: never returns where that is another program, else returns the script to run.

    ``standard`` becomes 0, 1 and 2; ``status`` takes the reason where the bot cannot start, and closes when it has.
    """
    os.setsid()
    linux.die_with_parent(signal.SIGKILL)
    if os.getppid() != warden:  # it ended before the line above
        os._exit(CANNOT_START)
    linux.mark()
    _take_descriptors(standard, status)
    reset_signals()
    try:
        if launch.pty:
            from tellme.supervisor import terminal

            launch = terminal.take(launch)
        return _start(launch)
    except (OSError, ValueError) as error:
        os.write(STATUS, _reason(launch, error).encode(errors="replace"))
        os._exit(CANNOT_START)


def _take_descriptors(standard: tuple[int, int, int], status: int) -> None:
    for target, descriptor in enumerate(standard):
        os.dup2(descriptor, target)
    if status != STATUS:
        os.dup2(status, STATUS, inheritable=False)
    os.closerange(STATUS + 1, LAST_DESCRIPTOR + 1)


def _start(launch: Launch) -> Role:
    if launch.refused:
        raise ValueError(launch.refused)
    os.chdir(launch.folder)
    if not launch.command:
        raise ValueError("it has no command")
    word, *arguments = launch.command
    if not word.endswith(".py"):
        _execute(launch, _find(word, launch), [word, *arguments])
    path = os.path.join(launch.folder, word)
    os.close(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
    if not launch.builtin:
        _execute(launch, sys.executable, [sys.executable, run_script.__file__, path, *arguments])
    linux.set_title(f"tellme: bot {launch.name} {path}")
    restore_interpreter(launch.env)
    os.close(STATUS)
    return lambda: _run_builtin(path, arguments)


def _execute(launch: Launch, program: str, command: list[str]) -> NoReturn:
    """Become another program, with its secrets and in its sandbox where it is to have them."""
    env = launch.env
    if launch.keyring:
        from tellme.supervisor import keyring

        env = {**env, **keyring.read(launch.keyring, launch.keyring_env)}
    if launch.sandbox:
        from tellme.supervisor.sandbox import enclosed

        command = enclosed(launch.sandbox, launch.folder, program, command)
        if launch.pty:
            from tellme.supervisor import terminal

            command = terminal.taken_inside(command)
        program = command[0]
    _exec(program, command, env)


def _exec(program: str, command: list[str], env: Mapping[str, str]) -> NoReturn:
    try:
        os.execve(program, command, env)
    except ValueError as error:
        raise ValueError(f"its command or environment cannot be passed on: {error}") from None


def _find(word: str, launch: Launch) -> str:
    """Return the program's path: in its folder or, for a plain name, in ``PATH``. Raises ``FileNotFoundError``."""
    own = os.path.join(launch.folder, word)
    if "/" in word or os.access(own, os.X_OK):
        return own
    for folder in launch.env.get("PATH", "").split(":"):
        path = os.path.join(folder, word)
        if folder and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    if os.path.exists(own):
        return own
    raise FileNotFoundError(errno.ENOENT, "neither in its folder nor in PATH", word)


def _reason(launch: Launch, error: Exception) -> str:
    """Say in a few words why the program cannot run."""
    if not isinstance(error, OSError):
        return str(error)
    if not os.path.isdir(launch.folder):
        return f"{launch.folder}: no such folder"
    word = launch.command[0]
    if error.errno == errno.ENOENT and os.path.exists(os.path.join(launch.folder, word)):
        return f"{word}: the interpreter that its first line names was not found"
    why = (error.strerror or str(error)).replace("file or directory", "file")
    return f"{word}: {why[:1].lower()}{why[1:]}"


# Built-in bots ----------------------------------------------------------------------------------------------------


def restore_interpreter(env: Mapping[str, str]) -> None:
    """Make this fork of the spawner look like a fresh interpreter."""
    os.environ.clear()
    for name, value in env.items():  # ``update`` takes 0.1 MiB more of this process's own
        os.environ[name] = value
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored, signal.SIG_IGN)
    # New ones, because the old know what the spawner's were: whether they can seek, for one.
    sys.stdin = _stream(0, "r", "surrogateescape")
    sys.stdout = _stream(1, "w", "surrogateescape")
    sys.stderr = _stream(2, "w", "backslashreplace", buffering=1)


def _stream(descriptor: int, mode: Literal["r", "w"], errors: str, buffering: int = -1) -> TextIOWrapper:
    stream = open(descriptor, mode, buffering, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115
    setattr(sys, ("__stdin__", "__stdout__", "__stderr__")[descriptor], stream)
    return stream


def _run_builtin(path: str, arguments: list[str]) -> None:
    sys.meta_path.append(_SitePackages())
    run_script.run_script(path, arguments)


class _SitePackages:
    """Adds site-packages at the first import that fails without them: a bot that needs none starts 3 ms sooner."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if path is not None:
            return None  # a missing part of a package that is there
        sys.meta_path.remove(self)
        import site
        from importlib.machinery import PathFinder

        site.main()
        return PathFinder.find_spec(name)
