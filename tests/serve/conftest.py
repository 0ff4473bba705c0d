"""A ``tellme serve`` in a process of its own, and a client made of nothing but a socket and ``json``."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import tellme
from tellme import __version__
from tellme.surfaces.serve.channel import Channel

from ..conftest import add_bot, add_hostile

PROGRAMS = Path(__file__).parent / "programs"
ENDS_WITHIN_S = 40.0

ENGLISH_STAYS_AWAY = '[bots.English]\npass_env = ["THAT_NOBODY_SETS"]\n'
"""It takes a second of the machine to start, which every test here would pay."""

Json = dict[str, Any]


class Client:
    """One connection; what comes is read strictly in order."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(ENDS_WITHIN_S)
        self.socket.connect(str(path))
        self._stream = self.socket.makefile("rb")
        self._last = 0

    def write(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send(self, **message: Any) -> None:
        self.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def request(self, method: str, **params: Any) -> int:
        self._last += 1
        self.send(id=self._last, method=method, params=params)
        return self._last

    def next(self) -> Json | None:
        """Return the next message; ``None`` at the end."""
        line = self._stream.readline()
        return json.loads(line) if line else None

    def until(self, number: int | None) -> tuple[list[Json], Json]:
        """Return what comes before the answer to a request, and the answer."""
        before: list[Json] = []
        while (message := self.next()) is not None:
            if "method" not in message and message["id"] == number:
                return before, message
            before.append(message)
        raise AssertionError(f"the connection ended after {before[-3:]}")

    def answer(self, method: str, **params: Any) -> Json:
        return self.until(self.request(method, **params))[1]

    def result(self, method: str, **params: Any) -> Any:
        answer = self.answer(method, **params)
        assert "result" in answer, answer
        return answer["result"]

    def error(self, method: str, **params: Any) -> Json:
        answer = self.answer(method, **params)
        assert "error" in answer, answer
        found: Json = answer["error"]
        return found

    def greet(self, *, tellme: bool = False, version: str = __version__, **own: Any) -> Json:
        meta = {"_meta": {"tellme": {"client": True, **own}}} if tellme else {}
        info = {"name": "test", "version": version}
        found: Json = self.result("initialize", protocolVersion=1, clientCapabilities={}, clientInfo=info, **meta)
        return found

    def new(self, bot: str = "") -> str:
        meta = {"_meta": {"tellme": {"bot": bot}}} if bot else {}
        return str(self.result("session/new", cwd="/", mcpServers=[], **meta)["sessionId"])

    def prompt(self, session: str, text: str, **wish: Any) -> int:
        meta = {"_meta": {"tellme": wish}} if wish else {}
        return self.request("session/prompt", sessionId=session, prompt=[{"type": "text", "text": text}], **meta)

    def ask(self, session: str, text: str, **wish: Any) -> tuple[str, str]:
        """Carry out a turn; return the text of its updates, and the stop reason."""
        before, answer = self.until(self.prompt(session, text, **wish))
        assert "result" in answer, answer
        return text_of(before), answer["result"]["stopReason"]

    def close(self) -> None:
        self._stream.close()
        self.socket.close()


def text_of(messages: list[Json]) -> str:
    updates = [each["params"]["update"] for each in messages if each["method"] == "session/update"]
    return "".join(each["content"]["text"] for each in updates if each["sessionUpdate"] == "agent_message_chunk")


class Served:
    """A running ``tellme serve``."""

    def __init__(self, home: Path, *arguments: str, stderr: int = subprocess.PIPE, **environment: str) -> None:
        self.home = home
        self.path = home / "run" / "tellme.sock"
        self._clients: list[Client] = []
        home.mkdir(parents=True, exist_ok=True)
        if not (home / "config.toml").exists():
            (home / "config.toml").write_text(ENGLISH_STAYS_AWAY)
        root = str(Path(tellme.__file__).parents[1])
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAMS / "serve.py"), *arguments],
            env={**os.environ, "TELLME_HOME": str(home), "PYTHONPATH": root, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
        )
        self.said: list[str] = []

    @property
    def pid(self) -> int:
        return self.process.pid

    def line(self) -> str:
        """Return the next line that it says; empty at the end."""
        assert self.process.stderr is not None
        line = self.process.stderr.readline().decode().rstrip("\n")
        self.said.append(line)
        return line

    def says(self, what: str) -> str:
        """Wait for a line that has this pattern in it."""
        while not re.search(what, line := self.line()):
            assert line, f"it ended, and had said {self.said}"
        return line

    def client(self, *, tellme: bool | None = False) -> Client:
        """Connect; ``None`` sends no greeting."""
        self._clients.append(client := Client(self.path))
        if tellme is not None:
            client.greet(tellme=tellme)
        return client

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it and return the exit code."""
        self.kill(number)
        return self.process.wait(ENDS_WITHIN_S)

    def hang_up(self) -> None:
        """Close all connections."""
        for client in self._clients:
            client.close()
        self._clients.clear()

    def close(self) -> None:
        self.hang_up()
        with self.process:
            self.process.kill()


@contextmanager
def pair() -> Iterator[tuple[Channel, socket.socket]]:
    """A channel in the running loop, not open yet, and the other end of its socket."""
    ours, theirs = socket.socketpair()
    descriptor = ours.detach()
    channel = Channel(descriptor, descriptor)
    with theirs:
        theirs.setblocking(False)
        yield channel, theirs
        channel.abort()


async def read_now(theirs: socket.socket) -> tuple[list[Any], bool]:
    """Return the messages that were sent up to now, and whether that was the end."""
    for _ in range(4):
        await asyncio.sleep(0)
    data = b""
    while True:
        try:
            more = theirs.recv(2**20)
        except BlockingIOError:
            return [json.loads(line) for line in data.splitlines()], False
        if not more:
            return [json.loads(line) for line in data.splitlines()], True
        data += more


Serve = Callable[..., Served]


@pytest.fixture
def begin(home: Path) -> Iterator[Serve]:
    """Start the program, which may well end by itself."""
    started: list[Served] = []

    def start(*arguments: str, **environment: str) -> Served:
        started.append(Served(home, *arguments, **environment))
        return started[-1]

    yield start
    for served in started:
        served.close()


@pytest.fixture
def serve(begin: Serve) -> Serve:
    """Start a server and wait until it is ready."""

    def start(*arguments: str, **environment: str) -> Served:
        served = begin(*arguments, **environment)
        served.says("^tellme: Serving ")
        return served

    return start


@pytest.fixture
def talker(home: Path) -> Path:
    """Add the bot Talker."""
    return add_bot(home, "Talker", [str(PROGRAMS / "talker.py")], aliases=["say it back"])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for tests that do it no harm, with Talker and some of the hostile bots."""
    home = tmp_path_factory.mktemp("shared")
    add_bot(home, "Talker", [str(PROGRAMS / "talker.py")], aliases=["say it back"])
    add_hostile(home, "asks", "Asker")
    add_hostile(home, "crash-in-reply", "Quitter", retry=False)
    add_hostile(home, "crash-in-reply", "Once", retry=True, env={"ONCE": str(home / "once")})
    add_hostile(home, "crash-in-reply", "Again", retry=True, env={"ONCE": str(home / "again")})
    served = Served(home)
    served.says("^tellme: Serving ")
    yield served
    served.close()


@pytest.fixture
def shared(running: Served) -> Iterator[Served]:
    """That server; the test's own clients leave it at its end."""
    yield running
    running.hang_up()


@pytest.fixture
def client(shared: Served) -> Client:
    """A plain client of the shared server."""
    return shared.client()


@pytest.fixture
def own(shared: Served) -> Client:
    """A client of the shared server that is tellme."""
    return shared.client(tellme=True)
