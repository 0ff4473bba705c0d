"""Other supervisors, each with its defaults, each keeping one and the same bot alive.

Each is found on PATH or in the variable of its name (``SUPERVISORD=/opt/venv/bin/supervisord``).
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import bare_client
from home import PROGRAMS

import tellme

BOT = PROGRAMS / "echo_bot.py"
PATIENCE_S = 30.0
LOOK_S = 0.0002


def _supervisord(program: Sequence[str], folder: Path, bot: Sequence[str]) -> list[str]:
    file = folder / "supervisord.conf"
    head = f"[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile={folder}/pid\n"
    logs = "".join(f"{stream}_logfile=/dev/null\n{stream}_logfile_maxbytes=0\n" for stream in ("stdout", "stderr"))
    file.write_text(f"{head}[program:bot]\ncommand={shlex.join(bot)}\nautorestart=true\n{logs}")
    return [*program, "-c", str(file)]


def _circusd(program: Sequence[str], folder: Path, bot: Sequence[str]) -> list[str]:
    file = folder / "circus.ini"
    ends = f"endpoint = ipc://{folder}/endpoint\npubsub_endpoint = ipc://{folder}/pubsub\n"
    file.write_text(f"[circus]\n{ends}[watcher:bot]\ncmd = {shlex.join(bot)}\ncopy_env = True\n")
    return [*program, str(file)]


def _runsv(program: Sequence[str], folder: Path, bot: Sequence[str]) -> list[str]:
    run = folder / "run"
    run.write_text(f"#!/bin/sh\nexec {shlex.join(bot)}\n")
    run.chmod(0o755)
    return [*program, str(folder)]


def _bash(program: Sequence[str], folder: Path, bot: Sequence[str]) -> list[str]:
    return [*program, "-c", 'while true; do "$@"; done', "loop", *bot]


class Supervisor(NamedTuple):
    """One of them."""

    name: str
    program: str
    """What is looked for."""
    command: Callable[[Sequence[str], Path, Sequence[str]], list[str]]
    """(its program, a folder for its files, the bot's command) → what to run."""
    rounds: int
    """How often its bot is killed in a whole run; those that look rarely take seconds each."""

    def find(self) -> list[str] | None:
        """Return the command of its program, if it is here."""
        named = shlex.split(os.environ.get(self.program.upper(), "")) or [self.program]
        found = shutil.which(named[0])
        return [found, *named[1:]] if found else None


SUPERVISORS = (
    Supervisor("supervisord", "supervisord", _supervisord, 6),
    Supervisor("circus", "circusd", _circusd, 5),
    Supervisor("runit", "runsv", _runsv, 8),
    Supervisor("a loop in bash", "bash", _bash, 8),
)


class SocketBot:
    """The bot, wherever it runs: reached by its socket, and killed by the pid that the socket tells."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "socket"
        self._client = socket.socket(socket.AF_UNIX)
        self.command = [sys.executable, str(PROGRAMS / "socket_bot.py"), str(self._path), str(BOT)]

    def ask(self, text: str) -> str:
        """Wait until there is a new process of the bot, and return its answer."""
        deadline = time.monotonic() + PATIENCE_S
        self._client.close()
        self._client = socket.socket(socket.AF_UNIX)
        while self._client.connect_ex(str(self._path)):
            if time.monotonic() > deadline:
                raise RuntimeError("the bot did not come back")
            time.sleep(LOOK_S)
        return bare_client.ask(self._client.fileno(), self._client.fileno(), text)

    def kill(self) -> None:
        """Kill the process that answered last."""
        credentials = self._client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        os.kill(struct.unpack("3i", credentials)[0], signal.SIGKILL)

    def close(self) -> None:
        """Let the process that answered last end, as its client has gone."""
        self._client.close()


@contextmanager
def kept(supervisor: Supervisor) -> Iterator[SocketBot]:
    """Have a supervisor that is here keep the bot alive for the length of a block."""
    program = supervisor.find()
    assert program is not None
    with tempfile.TemporaryDirectory() as name, closing(SocketBot(Path(name))) as bot:
        command = supervisor.command(program, Path(name), bot.command)
        with started(command) as process:
            yield bot
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)


@contextmanager
def started(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for the length of a block, with nothing to read and nobody to hear it; the bot finds our SDK."""
    nothing = subprocess.DEVNULL
    environ = {**os.environ, "PYTHONPATH": str(Path(tellme.__file__).parents[1])}
    with subprocess.Popen(command, env=environ, stdin=nothing, stdout=nothing, stderr=nothing) as process:
        try:
            yield process
        finally:
            process.kill()
