"""``tellme acp`` as a process with a pipe at each end, and the official SDK as its client."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import acp as sdk
import pytest
from acp.interfaces import Client

from ..conftest import add_bot
from .conftest import ENDS_WITHIN_S, ENGLISH_STAYS_AWAY, PROGRAMS, Json
from .test_official_sdk import Person

INITIALIZE = {"protocolVersion": 1, "clientCapabilities": {}}


class Stdio:
    """The agent as a process, and a client made of nothing but ``json``."""

    def __init__(self, home: Path, *arguments: str) -> None:
        (home / "config.toml").write_text(ENGLISH_STAYS_AWAY)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tellme", *arguments],
            env={**os.environ, "TELLME_HOME": str(home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdin
        assert self.process.stdout
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        self._last = 0

    def write(self, data: bytes) -> None:
        self.stdin.write(data)
        self.stdin.flush()

    def request(self, method: str, **params: Any) -> int:
        self._last += 1
        message = {"jsonrpc": "2.0", "id": self._last, "method": method, "params": params}
        self.write(json.dumps(message).encode() + b"\n")
        return self._last

    def until(self, number: int) -> tuple[list[Json], Json]:
        """Return what comes before the answer to a request, and the answer."""
        before: list[Json] = []
        for line in self.stdout:
            message = json.loads(line)
            if "method" not in message and message["id"] == number:
                return before, message
            before.append(message)
        raise AssertionError(f"it ended after {before[-3:]}")

    def result(self, method: str, **params: Any) -> Any:
        answer = self.until(self.request(method, **params))[1]
        assert "result" in answer, answer
        return answer["result"]

    def new(self) -> str:
        self.result("initialize", **INITIALIZE)
        return str(self.result("session/new", cwd="/", mcpServers=[])["sessionId"])

    def prompt(self, session: str, text: str) -> int:
        return self.request("session/prompt", sessionId=session, prompt=[{"type": "text", "text": text}])

    def ends(self) -> int:
        return self.process.wait(ENDS_WITHIN_S)

    def close(self) -> None:
        self.process.kill()
        for stream in (self.stdin, self.stdout, self.process.stderr):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue
        self.process.wait(ENDS_WITHIN_S)


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., Stdio]]:
    home.mkdir()
    add_bot(home, "Talker", [str(PROGRAMS / "talker.py")], aliases=["say it back"])
    started: list[Stdio] = []

    def begin(*arguments: str) -> Stdio:
        started.append(Stdio(home, *arguments))
        return started[-1]

    yield begin
    for each in started:
        each.close()


def said(messages: list[Json]) -> str:
    updates = [each["params"]["update"] for each in messages]
    return "".join(each["content"]["text"] for each in updates if each["sessionUpdate"] == "agent_message_chunk")


class Listener(Person):
    """Hears of everything."""

    def __init__(self) -> None:
        super().__init__()
        self.updates: list[Any] = []

    async def session_update(self, session_id: str, update: Any, **more: Any) -> None:
        self.updates.append(update)
        if getattr(getattr(update, "content", None), "type", "") == "text":
            self.heard.append((update.session_update, update.content.text))

    def last(self, kind: str) -> Any:
        return next(each for each in reversed(self.updates) if each.session_update == kind)


@asynccontextmanager
async def agent(home: Path, *arguments: str) -> AsyncIterator[tuple[Any, Listener]]:
    """The process and the SDK's connection to it; it has ended well when the block is left."""
    person = Listener()
    environment = {**os.environ, "TELLME_HOME": str(home)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tellme", "acp", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment,
    )
    assert process.stdin
    assert process.stdout
    connection = sdk.connect_to_agent(cast(Client, person), process.stdin, process.stdout)
    try:
        yield connection, person
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), ENDS_WITHIN_S) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await connection.close()
