"""English on its path, one trained English for the whole session, and English as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ENGLISH = Path(__file__).parents[3] / "bots" / "english"
sys.path.insert(0, str(ENGLISH))

from englishbot.engine import English, open_english  # noqa: E402

Start = Callable[..., "Process"]


class Process:
    """The bot as its host runs it, and one conversation with it."""

    def __init__(self, environment: dict[str, str], history: list[tuple[str, str, str]]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "bot.py"],
            cwd=ENGLISH,
            env=os.environ | {"PYTHONPATH": str(ENGLISH.parents[1])} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._session = ""
        self._history = [{"message": message, "text": text, "status": status} for message, text, status in history]

    def say(self, text: str) -> tuple[str, str]:
        """Return the reply and why the turn ended."""
        if not self._session:
            self._request("initialize", protocolVersion=1)
            meta = {"_meta": {"tellme": {"history": self._history}}} if self._history else {}
            self._session = self._request("session/new", cwd="/", mcpServers=[], **meta)[1]["sessionId"]
        reply, result = self._request(
            "session/prompt", sessionId=self._session, prompt=[{"type": "text", "text": text}]
        )
        return reply, result["stopReason"]

    def end(self) -> tuple[int, str]:
        """Close its stdin; return its exit status and what it wrote to stderr."""
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors

    def _request(self, method: str, **params: object) -> tuple[str, dict[str, str]]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        print(line, file=self.process.stdin, flush=True)
        text = ""
        while True:
            message = json.loads(self.process.stdout.readline())
            if "result" in message:
                return text, message["result"]
            update = message["params"]["update"]
            if update["sessionUpdate"] == "agent_message_chunk":
                text += update["content"]["text"]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the trained database."""
    folder = tmp_path_factory.mktemp("english")
    open_english(str(folder)).close()
    return folder


@pytest.fixture(scope="session")
def english(trained: Path) -> Iterator[English]:
    bot = open_english(str(trained))
    yield bot
    bot.close()


@pytest.fixture
def english_folder() -> Path:
    return ENGLISH


@pytest.fixture
def start(trained: Path) -> Iterator[Start]:
    """Start English with these variables; it has ended when the test has."""
    started: list[Process] = []

    def start_it(history: list[tuple[str, str, str]] | None = None, **environment: str) -> Process:
        started.append(Process({"TELLME_KIND_DATA": str(trained)} | environment, history or []))
        return started[-1]

    yield start_it
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()
