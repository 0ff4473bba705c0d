"""How a test reaches a bot: a thread that serves a `Bot`, or a process, each behind two pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

from tellme.sdk.connection import Connection
from tellme.sdk.running import loop_of, problem_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellme.sdk import Bot

MANIFEST = "bot.toml"


class Wire(Protocol):
    """A bot that runs: the descriptors of its pipes, and how it ends."""

    input: int
    """What the bot reads."""
    output: int
    """What the bot says."""

    def end(self, timeout: float) -> str:
        """Close its input and wait until it has ended; return what went wrong with that, if anything did."""

    def log(self) -> str:
        """Return what it wrote to its log, as far as this can be told."""


class ThreadWire:
    """A `Bot` in a thread of this process. What it prints, and its tracebacks, go where they go in any test."""

    def __init__(self, bot: Bot, environment: Mapping[str, str]) -> None:
        problem = problem_of(bot)
        assert not problem, problem
        bot.environment = os.environ | environment
        theirs, self.input = os.pipe()
        self.output, ours = os.pipe()
        self._bot, self._failed = bot, ""
        connection = Connection(theirs, ours)
        # A daemon, so that a bot that hangs fails its test and not the whole run.
        self._thread = Thread(target=self._serve, args=(bot, connection), name=f"bot {bot.name}", daemon=True)
        self._thread.start()

    def end(self, timeout: float) -> str:
        os.close(self.input)
        self._thread.join(timeout)
        if self._thread.is_alive():
            return f"its function did not return within {timeout:g} s after the end of the conversation"
        os.close(self.output)
        self._bot.environment = os.environ
        return self._failed

    def log(self) -> str:
        return self._failed

    def _serve(self, bot: Bot, connection: Connection) -> None:
        try:
            loop_of(bot)(bot, connection, False)
        except BaseException as error:
            self._failed = f"the bot ended with {type(error).__name__}: {error}"
            connection.close()


class ProcessWire:
    """A program in a process of its own, with its log in a file."""

    def __init__(self, bot: Path, environment: Mapping[str, str], log: Path) -> None:
        command, folder, extra = _read_manifest(bot) if bot.is_dir() else ([str(bot.resolve())], bot.parent, {})
        if command[0].endswith(".py"):
            command = [sys.executable, *command]
        self._log = log
        with log.open("ab") as stderr:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=folder,
                env=os.environ | _path_to_tellme() | extra | dict(environment),
                bufsize=0,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.input, self.output = self._process.stdin.fileno(), self._process.stdout.fileno()

    def end(self, timeout: float) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return f"it did not end within {timeout:g} s after the end of its input"
        finally:
            self._process.stdout.close()
        return f"it ended with code {code}" if code else ""

    def log(self) -> str:
        return self._log.read_text(errors="backslashreplace")


def _read_manifest(folder: Path) -> tuple[list[str], Path, dict[str, str]]:
    from tomllib import loads

    table: dict[str, Any] = loads((folder / MANIFEST).read_text())
    command = table.get("command")
    assert isinstance(command, list), f"{folder / MANIFEST} has no command"
    settings = {"TELLME_BOT_SETTINGS": _json(table["settings"])} if "settings" in table else {}
    return [str(word) for word in command], folder, settings | dict(table.get("env", {}))


def _json(value: object) -> str:
    from json import dumps

    return dumps(value)


def _path_to_tellme() -> dict[str, str]:
    package = str(Path(__file__).parents[2])
    return {"PYTHONPATH": os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])}
