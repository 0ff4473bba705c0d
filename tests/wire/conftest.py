"""A blocking client made of our wire code, to drive any ACP agent in a real process."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tellme.wire import acp
from tellme.wire.jsonrpc import (
    ErrorResponse,
    LineReader,
    Malformed,
    Message,
    Notification,
    Request,
    RequestId,
    Response,
    encode,
    parse,
)

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20.0


class Driver:
    """One agent process and the client's end of its pipes. What the agent says is read strictly in order."""

    def __init__(self, command: list[str], log: Path) -> None:
        self._log = log
        with log.open("wb") as stderr:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                bufsize=0,
            )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._input, self._output = self.process.stdin, self.process.stdout
        self._lines = LineReader()
        self._arrived: list[Message] = []
        self._last_id = 0
        self.longest_line = 0

    @property
    def log(self) -> str:
        return self._log.read_text()

    def write(self, data: bytes) -> None:
        self._input.write(data)

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def request(self, method: str, params: dict[str, Any]) -> RequestId:
        number = self.next_id()
        self.write(encode(Request(number, method, params)))
        return number

    def notify(self, method: str, params: dict[str, Any]) -> None:
        self.write(encode(Notification(method, params)))

    def next(self) -> Message:
        """Return the next thing the agent says; fail when it ends or stays silent."""
        deadline = time.monotonic() + PATIENCE_S
        while not self._arrived:
            assert select.select([self._output], [], [], deadline - time.monotonic())[0], f"silence; {self.log}"
            data = os.read(self._output.fileno(), 65536)
            assert data, f"the agent ended; {self.log}"
            for line in self._lines.feed(data):
                self.longest_line = max(self.longest_line, 0 if isinstance(line, Malformed) else len(line))
                self._arrived.append(line if isinstance(line, Malformed) else parse(line))
        return self._arrived.pop(0)

    def answer(self, number: RequestId) -> Response | ErrorResponse:
        """Return the answer to a request, which has to be what comes next."""
        message = self.next()
        assert isinstance(message, Response | ErrorResponse)
        assert message.id == number
        return message

    def result(self, number: RequestId) -> Any:
        answer = self.answer(number)
        assert isinstance(answer, Response), answer
        return answer.result

    def initialize(self) -> acp.AgentInfo:
        return acp.read_agent_info(self.result(self.request(acp.INITIALIZE, acp.initialize_params("test", "1"))))

    def new_session(self, history: tuple[acp.Exchange, ...] = ()) -> str:
        return acp.read_session_id(self.result(self.request(acp.NEW_SESSION, acp.new_session_params("/", history))))

    def prompt(self, session: str, text: str, turn: str = "t") -> RequestId:
        return self.request(acp.PROMPT, acp.prompt_params(session, text, turn))

    def next_piece(self, session: str) -> str:
        message = self.next()
        assert isinstance(message, Notification), message
        assert message.method == acp.UPDATE
        of, update = acp.read_update(message.params)
        assert of == session
        assert isinstance(update, acp.TextChunk)
        return update.text

    def ask(self, session: str, text: str) -> tuple[list[str], str]:
        """Run a turn; return the pieces of the reply and the stop reason, or the error as ``code message``."""
        return self.rest(session, self.prompt(session, text))

    def rest(self, session: str, number: RequestId) -> tuple[list[str], str]:
        """Read to the end of a turn."""
        pieces = []
        while not self._ended(number):
            pieces.append(self.next_piece(session))
        answer = self.answer(number)
        if isinstance(answer, ErrorResponse):
            return pieces, f"{answer.code} {answer.message}"
        return pieces, acp.read_stop_reason(answer.result)

    def end_input(self) -> None:
        self._input.close()

    def end(self) -> int:
        """Close the agent's stdin and return its exit code."""
        self.end_input()
        return self.process.wait(PATIENCE_S)

    def dispose(self) -> None:
        self.process.kill()
        self.process.wait()
        self._input.close()
        self._output.close()

    def _ended(self, number: RequestId) -> bool:
        message = self.next()
        self._arrived.insert(0, message)
        return not isinstance(message, Notification)


StartAgent = Callable[[Path | str], Driver]
StartBot = Callable[[str], tuple[Driver, str]]


@pytest.fixture
def start_agent(tmp_path: Path) -> Iterator[StartAgent]:
    """Start a program as an agent, given as a file or as source text."""
    started: list[Driver] = []

    def start(program: Path | str) -> Driver:
        if isinstance(program, str):
            source, program = program, tmp_path / f"agent{len(started)}.py"
            program.write_text(source)
        log = tmp_path / f"agent{len(started)}.log"
        started.append(Driver([sys.executable, str(program)], log))
        return started[-1]

    yield start
    for driver in started:
        driver.dispose()


@pytest.fixture
def start_bot(start_agent: StartAgent) -> StartBot:
    """Start a bot of which only the body is given; return its driver and the id of a session, initialized."""

    def start(body: str) -> tuple[Driver, str]:
        source = f'from tellme import Bot, Decline\nbot = Bot("Test", "tests")\n{body}\nbot.run()\n'
        driver = start_agent(source)
        driver.initialize()
        return driver, driver.new_session()

    return start
