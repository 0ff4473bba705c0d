"""What the spawner plays through before it forks: it changes nothing of the spawner, and saves each fork memory."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tellme
from tellme.supervisor.process import Process
from tellme.supervisor.spawn import Launch, Spawner

Start = Callable[..., Any]

BOT = "from tellme import Bot\nbot = Bot('X')\n@bot.reply\ndef reply(message): return ''\nbot.run()\n"

UNCHANGED = {
    "where it looks for modules": "list(sys.path)",
    "its arguments": "list(sys.argv)",
    "its main module": "id(sys.modules['__main__'])",
    "how it shows errors": "id(sys.excepthook)",
    "its finders": "list(map(id, sys.meta_path))",
    "its environment": "dict(os.environ)",
    "its folder": "os.getcwd()",
    "its open descriptors": "sorted(map(int, os.listdir('/dev/fd')))",
    "its streams": "[id(getattr(sys, name)) for name in dir(sys) if 'std' in name and 'lib' not in name]",
    "what 0, 1 and 2 are": "[os.fstat(number).st_rdev for number in range(3)]",
    "whether programs get 0, 1 and 2": "[os.get_inheritable(number) for number in range(3)]",
    "its signals": "[str(signal.getsignal(number)) for number in signal.valid_signals()]",
    "which signals are blocked": "signal.pthread_sigmask(signal.SIG_BLOCK, ())",
    "where it hears of signals": "(lambda old: (old, signal.set_wakeup_fd(old))[0])(signal.set_wakeup_fd(-1))",
    "its marks": "open('/proc/self/limits').read()",
    "its session and group": "(os.getsid(0), os.getpgid(0))",
    "its threads": "os.listdir('/proc/self/task')",
}


def _spawner(code: str) -> None:
    """Run ``code`` where the spawner would, with the same start."""
    root = Path(tellme.__file__).parents[1]
    begin = (
        f"import os, sys; sys.path.append({str(root)!r})\n"
        "import _signal as signal\n"
        "from tellme.supervisor import preload, rehearsal, run_script\n"
        "from tellme.supervisor.reaping import Wakeup\n"
        "import tellme.sdk.blocking\n"
        "for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, signal.SIG_IGN)\n"
    )
    nothing = subprocess.DEVNULL
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-W", "error", "-c", begin + code]
    assert subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing).returncode == 0


def _compiled(path: Path, content: str) -> str:
    path.write_text(content)
    return f"run_script.compiled[{str(path)!r}] = run_script.compile_script({str(path)!r})"


@pytest.mark.parametrize("what", UNCHANGED)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_spawner_is_what_it_was(what: str, tmp_path: Path) -> None:
    look = f"({UNCHANGED[what]})"
    prepare = _compiled(tmp_path / "bot.py", BOT)
    _spawner(f"{prepare}\nwakeup = Wakeup()\nbefore = {look}\nrehearsal.rehearse()\nassert {look} == before")


def test_what_ended_meanwhile_is_left_to_the_spawner_and_it_is_told(tmp_path: Path) -> None:
    bot = "import os, time\nif os.fork() == 0: os._exit(5)\nos.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)\n" + BOT
    prepare = _compiled(tmp_path / "bot.py", bot)
    check = "assert signal.SIGCHLD in wakeup.take()\nassert os.waitpid(-1, 0)[1] == 5 << 8"
    _spawner(f"{prepare}\nwakeup = Wakeup()\nrehearsal.rehearse()\n{check}")


@pytest.mark.parametrize(
    "bot",
    [
        "raise ValueError",
        "import sys; sys.exit(3)",
        "raise KeyboardInterrupt",
        BOT + "raise OSError",
        "import nothing_so",
    ],
)
def test_a_bot_that_fails_is_no_matter(bot: str, tmp_path: Path) -> None:
    prepare = _compiled(tmp_path / "bot.py", bot)
    _spawner(
        f"{prepare}\nlook = lambda: (sys.path[:], os.fstat(0).st_rdev)\n"
        "before = look()\nrehearsal.rehearse()\nassert look() == before"
    )


def test_math_needs_nothing_heavy_for_it() -> None:
    heavy = "'sympy', 'mpmath', 'asyncio', 'subprocess', 'threading', 'atexit', 'random', 'ctypes'"
    _spawner(f"preload.preload()\nrehearsal.rehearse()\nassert not {{{heavy}}} & set(sys.modules)")


def test_with_the_gaps_filled_new_objects_stand_side_by_side() -> None:
    side_by_side = (
        "def side_by_side(size):\n"
        "    first, second = (bytes(size - sys.getsizeof(b'')) for _ in range(2))\n"
        "    return id(second) - id(first) == size\n"
    )
    gaps = "29 - sum(map(side_by_side, range(64, 513, 16)))"  # a size whose objects come and go may have one again
    fill = f"assert {gaps} > 3\nrehearsal.fill_gaps()\nassert {gaps} <= 2"
    _spawner(f"{side_by_side}preload.preload()\n{fill}")


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads memory from there")
async def test_forks_after_it_have_less_memory_of_their_own(spawner: Spawner, tmp_path: Path) -> None:
    path = Path(tellme.__file__).parents[1] / "bots" / "math"
    launch = Launch("Math", ("bot.py",), str(path), {"PATH": "/bin"}, 2**30, str(tmp_path / "log"), builtin=True)
    processes = [await Process.adopt(spawner.spawn(launch)) for _ in range(6)]
    for process in processes:
        ready = asyncio.Event()
        process.listen(lambda _, ready=ready: ready.set())
        process.write(b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":1}}\n')
        await ready.wait()
    wardens, bots = ([_own_kib(getattr(one, pid)) for one in processes] for pid in ("warden_pid", "pid"))
    for process in processes:
        await process.stop()
    # From the second on they start with Math's modules; the fourth is the first after the rehearsal.
    assert max(wardens[3:]) < min(wardens[1:3])
    assert max(bots[3:]) < min(bots[1:3])


def _own_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:"))
