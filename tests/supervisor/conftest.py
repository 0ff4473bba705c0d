"""Real processes for the tests of the supervisor, and a check after each test that none of them is left."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tellme.supervisor.process import Process
from tellme.supervisor.spawn import Launch, Spawner

from ..conftest import is_running, wait_until

PROGRAMS = Path(__file__).parent / "programs"

MakeLaunch = Callable[..., Launch]
Until = Callable[[Callable[[], object]], None]


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
        return self.path.read_text()

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
        async with asyncio.timeout(10):
            return (await self._lines.get()).decode()

    async def pids(self) -> list[int]:
        return [int(pid) for pid in (await self.line()).split()]

    def rest(self) -> list[bytes]:
        """All whole lines that have come and were not asked for."""
        return [self._lines.get_nowait() for _ in range(self._lines.qsize())]

    async def received(self, count: int) -> None:
        """Wait until so many bytes have come."""
        async with asyncio.timeout(10):
            while self.received_bytes < count:
                self._received.clear()
                await self._received.wait()

    def _feed(self, data: bytes) -> None:
        self.received_bytes += len(data)
        self._received.set()
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            self._lines.put_nowait(line)
