"""Real processes for the tests of the supervisor, and a check after each test that none of them is left."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tellme.model import BotSpec, BotState, HostEvent, StateChanged
from tellme.supervisor.bot import Bot
from tellme.supervisor.health import HealthCheck
from tellme.supervisor.process import Process
from tellme.supervisor.spawn import Launch, Spawner

from ..conftest import is_running, wait_until

PROGRAMS = Path(__file__).parent / "programs"

MakeLaunch = Callable[..., Launch]
Until = Callable[[Callable[[], object]], None]
T = TypeVar("T")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine function in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True


@pytest.fixture
def spawner() -> Iterator[Spawner]:
    """A spawner that must be able to end after the test, which it does only when nothing is left below it."""
    spawner = Spawner()
    yield spawner
    spawner.close(wait_s=10)
    assert not is_running(spawner.pid), "the spawner still has processes below it"


@pytest.fixture
def launch(tmp_path: Path) -> MakeLaunch:
    """Make a ``Launch`` of one of the programs, with an environment that holds next to nothing."""

    def make(*command: str, **options: object) -> Launch:
        values: dict[str, object] = {
            "name": "Test",
            "command": command,
            "folder": str(PROGRAMS),
            "env": {"PATH": os.environ["PATH"]},
            "memory_bytes": None,
            "log_path": str(tmp_path / "log" / "test.log"),
        }
        return Launch(**{**values, **options})  # type: ignore[arg-type]

    return make


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """The log of the bots that ``launch`` makes."""
    return Log(tmp_path / "log" / "test.log")


@pytest.fixture
def until() -> Until:
    """Wait for a condition, ten seconds at most."""
    return wait_until


@pytest.fixture
def alive() -> Callable[[int], bool]:
    """Tell whether a process runs; one that has ended and waits to be reaped does not."""
    return is_running


@pytest.fixture
def start(spawner: Spawner, launch: MakeLaunch) -> Callable[..., object]:
    """Start one of the programs and read what it prints, line by line."""

    async def begin(*command: str, **options: object) -> Running:
        return await Running.begin(spawner, launch(*command, **options))

    return begin


class Log:
    """A bot's log file and the one before it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        return self.path.parent.exists()

    def text(self) -> str:
        return self.path.read_text() if self.path.exists() else ""

    def sizes(self) -> dict[str, int]:
        return {file.name: file.stat().st_size for file in self.path.parent.iterdir()}


class Running:
    """A process, and the lines that it has printed."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.closed = asyncio.Event()
        self.received_bytes = 0
        self._received = asyncio.Event()
        self._lines: asyncio.Queue[bytes] = asyncio.Queue()
        self._partial = b""

    @classmethod
    async def begin(cls, spawner: Spawner, launch: Launch) -> Running:
        running = cls(await Process.adopt(spawner.spawn(launch)))
        running.process.listen(running._feed, running.closed.set)
        return running

    async def line(self) -> str:
        async with asyncio.timeout(30):
            return (await self._lines.get()).decode()

    async def pids(self) -> list[int]:
        return [int(pid) for pid in (await self.line()).split()]

    def rest(self) -> list[bytes]:
        """All whole lines that have come and were not asked for."""
        return [self._lines.get_nowait() for _ in range(self._lines.qsize())]

    async def received(self, count: int) -> None:
        """Wait until so many bytes have come."""
        async with asyncio.timeout(30):
            while self.received_bytes < count:
                self._received.clear()
                await self._received.wait()

    def _feed(self, data: bytes) -> None:
        self.received_bytes += len(data)
        self._received.set()
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            self._lines.put_nowait(line)


async def eventually(holds: Callable[[], object]) -> None:
    """Wait for a condition while the event loop runs, ten seconds at most."""
    for _ in range(5000):
        if holds():
            return
        await asyncio.sleep(0.002)
    raise AssertionError("it did not come about in time")


class Gate:
    """A named pipe at which a bot waits in its turn until the test opens it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        self._writer: int | None = None

    async def reached(self) -> None:
        """Wait until the bot is there."""
        async with asyncio.timeout(30):
            while self._writer is None:
                try:
                    self._writer = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
                except OSError:  # nobody has it open yet
                    await asyncio.sleep(0.002)

    def open(self) -> None:
        if self._writer is not None:
            os.close(self._writer)
            self._writer = None


class Life:
    """A ``Bot`` with its loop, and all that it tells."""

    def __init__(self, spawner: Spawner, spec: BotSpec, launch: Launch, **options: Any) -> None:
        self.bot = Bot(spec, launch, spawner, self._tell, lambda session, text: None, **options)
        self.events: list[HostEvent] = []
        self._news = asyncio.Event()
        self._gate = Path(launch.env.get("GATE", ""))

    async def __aenter__(self) -> Life:
        self.task = asyncio.create_task(self.bot.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.bot.stop()
        self.bot.kill("is no longer needed")  # without the graces
        self.task.cancel()
        await asyncio.wait((self.task,))

    def all(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    async def next(self, kind: type[T], number: int = 1) -> T:
        """Wait for the first event of a kind, or the one of that number."""
        await self.until(lambda: len(self.all(kind)) >= number)
        return self.all(kind)[number - 1]

    async def state(self, state: BotState, times: int = 1) -> None:
        """Wait until the bot has come into a state so many times."""
        await self.until(lambda: [e.state for e in self.all(StateChanged)].count(state) >= times)

    async def until(self, holds: Callable[[], object]) -> None:
        await eventually(holds)

    async def say(self, text: str) -> str:
        """Have a turn, as the host does; returns the reply, raises ``Died``."""
        async with self.bot.turns:
            try:
                link = await self.bot.connect()
                self.bot.begin_turn()
                listener = Listener()
                link.prompt(await link.new_session((), "ours"), text, "turn", listener)
                outcome = await listener.end
            finally:
                self.bot.end_turn()
        if isinstance(outcome, Exception):
            raise outcome
        return listener.text

    def signal(self, number: int) -> None:
        """Send a signal to the bot's process."""
        pid = self.bot.status().pid
        assert pid is not None
        os.kill(pid, number)

    @contextmanager
    def gate(self) -> Iterator[Gate]:
        gate = Gate(self._gate)
        try:
            yield gate
        finally:
            gate.open()

    def _tell(self, event: HostEvent) -> None:
        self.events.append(event)


class Listener:
    """Gathers one reply."""

    def __init__(self) -> None:
        self.text = ""
        self.shown: list[object] = []
        """Beside the reply itself."""
        self.leaves = False
        self.end: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    def piece(self, text: str) -> None:
        self.text += text

    def thought(self, text: str) -> None:
        self.shown.append(text)

    def tool(self, call: object) -> None:
        self.shown.append(call)

    def plan(self, plan: object) -> None:
        self.shown.append(plan)

    def delegated(self, ask: object, answer: Callable[[Any], None]) -> None:
        answer("there is no other bot")

    def leaving(self) -> None:
        self.leaves = True

    def question(self, question: object, answer: Callable[[str | None], None]) -> None:
        answer(None)

    def stopped(self, outcome: object) -> None:
        self.end.set_result(outcome)


@pytest.fixture
def make_spec(tmp_path: Path) -> Callable[..., tuple[BotSpec, Launch]]:
    """Make the definition of a bot that runs one of the programs."""

    def make(*command: str, **keys: Any) -> tuple[BotSpec, Launch]:
        spec = BotSpec("Wall-E", "wall-e", "command", command, str(PROGRAMS), "", **keys)
        env = {"PATH": os.environ["PATH"], "GATE": str(tmp_path / "gate")}
        log = str(tmp_path / "log" / "test.log")
        return spec, Launch("Wall-E", command, str(PROGRAMS), env, spec.memory_bytes, log)

    return make


@pytest.fixture
def make_life(spawner: Spawner, make_spec: Callable[..., tuple[BotSpec, Launch]]) -> Callable[..., Life]:
    """Make a bot of one of the programs: ``async with make_life("talks.py", "1") as life``."""

    def make(*command: str, health: HealthCheck | None = None, **keys: Any) -> Life:
        return Life(spawner, *make_spec(*command, **keys), health=health)

    return make
