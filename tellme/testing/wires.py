"""How a test reaches a bot: a thread that serves a `Bot`, or a process, each behind two pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from json import dumps
from os import killpg
from pathlib import Path
from signal import SIGKILL
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from tellme.environment import clean_environment
from tellme.sdk.connection import Connection
from tellme.sdk.running import loop_of, problem_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        bot.environment = _environment(environment)
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
        os.close(self.output)
        self._bot.environment = os.environ
        if self._thread.is_alive():
            return f"its function did not return within {timeout:g} s after the end of the conversation"
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
        program = _read_manifest(bot) if bot.is_dir() else _Program([str(bot.resolve())], bot.parent, {}, [])
        command = [sys.executable, *program.command] if program.command[0].endswith(".py") else program.command
        self._log = log
        with log.open("ab") as stderr:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=program.folder,
                env=_path_to_tellme() | _environment(program.env | dict(environment), program.pass_env),
                bufsize=0,
                start_new_session=True,
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
            killpg(self._process.pid, SIGKILL)
            self._process.wait()
            return f"it did not end within {timeout:g} s after the end of its input"
        finally:
            self._process.stdout.close()
        return f"it ended with code {code}" if code else ""

    def log(self) -> str:
        return self._log.read_text(errors="backslashreplace")


class _Program(NamedTuple):
    command: list[str]
    folder: Path
    env: dict[str, str]
    pass_env: list[str]


def _read_manifest(folder: Path) -> _Program:
    """Return what a manifest says of the process; `tellme bots check` knows of all else in it."""
    place, table = folder / MANIFEST, _table(folder / MANIFEST)
    kind, protocol, command = table.get("kind"), table.get("protocol", "acp"), table.get("command")
    env, pass_env = table.get("env", {}), table.get("pass_env", [])
    assert kind is None, f"{place}: it is one of the kind {kind!r}; test that one, by its folder"
    assert protocol == "acp", f"{place}: its protocol is {protocol!r}, and a test talks to bots with acp alone"
    assert isinstance(command, list), f"{place} has no command, a list of words"
    assert command, f"{place} has no command, its list is empty"
    assert isinstance(env, dict), f"{place}: env has to be a table"
    assert isinstance(pass_env, list), f"{place}: pass_env has to be a list"
    settings = {"TELLME_BOT_SETTINGS": dumps(table["settings"])} if "settings" in table else {}
    return _Program([str(word) for word in command], folder, settings | env, pass_env)


def _table(file: Path) -> dict[str, Any]:
    from tomllib import TOMLDecodeError, loads

    try:
        return loads(file.read_text())
    except FileNotFoundError:
        problem = f"there is no {file}"
    except TOMLDecodeError as error:
        problem = f"{file} is no TOML: {error}"
    raise AssertionError(problem)


def _environment(given: Mapping[str, str], pass_env: Sequence[str] = ()) -> dict[str, str]:
    """Return what tellme would give, so that what a bot needs and is not given is missed in its test."""
    data = given["TELLME_BOT_DATA"]
    return clean_environment(os.environ, given, pass_env, data_dir=data, kind_data_dir=data)


def _path_to_tellme() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(__file__).parents[2])}
