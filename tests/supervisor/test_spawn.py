"""The spawner: what it loads, and that asking it does not wait for it."""

from __future__ import annotations

import _socket
import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tellme
from tellme.supervisor.launch import Launch
from tellme.supervisor.process import CannotStart, Process
from tellme.supervisor.spawn import Spawner

Start = Callable[..., Any]

HEAVY = {"asyncio", "subprocess", "json", "typing", "enum", "re", "signal", "socket", "functools", "ctypes", "inspect"}


@pytest.mark.parametrize("module", ["spawn", "spawner"])
def test_it_loads_next_to_nothing(module: str) -> None:
    root = Path(tellme.__file__).parents[1]
    code = f"import sys; sys.path.append({str(root)!r}); import tellme.supervisor.{module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(loaded.stdout.split())


def test_a_launch_arrives_as_it_was_sent() -> None:
    sent = Launch("Wall-E", ("bot.py", "--x", "ü\udcff"), "/bots/é", {"A": "1"}, 5, "/log", 7, builtin=True)
    arrived = Launch.unpack(sent.pack()[4:])
    assert all(getattr(arrived, name) == getattr(sent, name) for name in Launch.__slots__)


async def test_an_environment_larger_than_a_socket_holds_arrives(start: Start) -> None:
    env = {"PATH": os.environ["PATH"], **{f"V{number}": "x" * 100_000 for number in range(10)}}
    bot = await start("sh", "-c", "echo ${#V9}", env=env)
    assert await bot.line() == "100000"
    await bot.process.stop()


def test_a_spawner_that_is_not_used_ends() -> None:
    spawner = Spawner()
    spawner.close(wait_s=10)
    with pytest.raises(ProcessLookupError):
        os.kill(spawner.pid, 0)
    spawner.close()


class Strict(_socket.socket):
    """Fails as on macOS where it is shut down twice."""

    is_shut = False

    def shutdown(self, how: int, /) -> None:
        if self.is_shut:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        self.is_shut = True
        super().shutdown(how)


def test_a_spawner_that_was_released_is_closed_as_any() -> None:
    spawner = Spawner()
    spawner._socket = Strict(fileno=spawner._socket.detach())
    spawner.release()
    spawner.close(wait_s=10)
    with pytest.raises(ProcessLookupError):
        os.kill(spawner.pid, 0)


async def test_a_process_that_nobody_adopts_is_ended(spawner: Spawner, launch: Start, tmp_path: Path) -> None:
    spawner.spawn(launch("stubborn.py")).close()  # that it is gone, the fixture finds out


async def test_when_descriptors_run_out_nothing_leaks(spawner: Spawner, launch: Start) -> None:
    resource = pytest.importorskip("resource")
    fillers = [os.dup(0) for _ in range(max(map(int, os.listdir("/proc/self/fd"))))]  # no gap is left below them
    used = len(os.listdir("/proc/self/fd"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for room in range(6):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(fillers) + 1 + room, hard))
        try:
            with pytest.raises(OSError, match="Too many open files"):
                spawner.spawn(launch("true"))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert len(os.listdir("/proc/self/fd")) == used
    for filler in fillers:
        os.close(filler)
    with pytest.raises(CannotStart):
        await Process.adopt(spawner.spawn(launch("missing.py")))


def _loaded_ahead(code: str) -> list[str]:
    root = Path(tellme.__file__).parents[1]
    program = f"import sys; sys.path.append({str(root)!r}); from tellme.supervisor import preload, run_script; {code}"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_what_math_needs_is_loaded_ahead_and_nothing_heavy() -> None:
    loaded = _loaded_ahead("before = list(sys.path); preload.preload(); assert sys.path == before; print(*sys.modules)")
    assert {"mathbot.engine", "tellme.sdk.blocking"} <= set(loaded)
    assert not (HEAVY - {"json", "enum", "re", "signal", "functools"}) & set(loaded)


def test_a_script_that_was_compiled_ahead_is_the_bots() -> None:
    assert [Path(path).parts[-2:] for path in _loaded_ahead("preload.preload(); print(*run_script.compiled)")] == [
        ("math", "bot.py")
    ]


@pytest.mark.parametrize("content", ["import no_such_module", "def", "import mathbot; raise ImportError"])
def test_what_cannot_be_loaded_ahead_is_left_to_the_bot(tmp_path: Path, content: str) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "bot.py").write_text("pass")
    (tmp_path / "a" / "warm.py").write_text(content)
    (tmp_path / "b" / "warm.py").write_text("import json")
    code = f"preload._builtin_bots = lambda: {str(tmp_path)!r}; preload.preload(); print(*run_script.compiled)"
    assert _loaded_ahead(code) == [str(tmp_path / "b" / "bot.py")]


async def test_forks_before_and_after_the_loading_behave_alike(start: Start) -> None:
    bots = [
        await start("echo.py", builtin=True) for _ in range(6)
    ]  # the second has the spawner load ahead, the fourth rehearse
    for bot in bots:
        assert await bot.line() == "ready"
        bot.process.write(b"hello\n")
        assert await bot.line() == "hello"
        await bot.process.stop()
