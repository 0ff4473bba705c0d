"""What a bot's owner wants run when it crashes or is given up (``on_failure``).

The promise: it costs the bots and the host nothing. At most one such program runs for a bot, one is begun in ten
seconds at most (of a crash loop the first reason is told at once and the last one after it), and none outlives its
time or the host: it is started as bots are, with a warden of its own and a clean environment.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable, Mapping

from tellme.model import BotSpec, Exit, Notice
from tellme.supervisor.environment import ALLOWED, DEFAULT_PATH
from tellme.supervisor.launch import Launch
from tellme.supervisor.process import CannotStart, Process
from tellme.supervisor.spawn import Spawner
from tellme.text import one_line

EVERY_S = 10.0
"""The shortest time from one start for a bot to the next."""
TIMEOUT_S = 10.0
DESKTOP = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR")
"""What a program needs to show a person something, besides what a bot gets."""


class Alerts:
    """Runs the programs of one host; ``close`` ends those that still run."""

    def __init__(
        self,
        environ: Mapping[str, str],
        spawner: Callable[[], Spawner],
        on_notice: Callable[[Notice], None],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._env = {name: value for name, value in environ.items() if _is_handed_on(name)}
        self._env.setdefault("PATH", DEFAULT_PATH)
        self._spawner = spawner
        self._on_notice = on_notice
        self._sleep = sleep
        self._pending: dict[str, tuple[BotSpec, Exit]] = {}
        """By the bot's id, the newest failure that is still to be told."""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._problems: set[tuple[str, str]] = set()

    def tell(self, spec: BotSpec, end: Exit) -> None:
        """Take the end of a bot's process; where it is a failure, its program is run with it soon. Never waits."""
        if not (spec.on_failure and end.crash):
            return
        self._pending[spec.id] = (spec, end)
        running = self._tasks.get(spec.id)
        if running is None or running.done():
            self._tasks[spec.id] = asyncio.get_running_loop().create_task(self._work_off(spec.id))

    async def close(self) -> None:
        """End what runs, and tell no more; returns when all are gone."""
        self._pending.clear()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _work_off(self, bot: str) -> None:
        """Tell what is there and what comes meanwhile, one after the other, and rest after each."""
        while bot in self._pending:
            next_at = time.monotonic() + EVERY_S
            await self._run(*self._pending.pop(bot))
            await self._sleep(next_at - time.monotonic())

    async def _run(self, spec: BotSpec, end: Exit) -> None:
        try:
            process = await Process.adopt(self._spawner().spawn(self._launch(spec, end)), on_data=_drop)
        except (CannotStart, OSError) as error:
            self._cannot(spec, error.reason if isinstance(error, CannotStart) else error.strerror or str(error))
            return
        try:
            process.close_input()
            async with asyncio.timeout(TIMEOUT_S):
                await process.wait()
        except TimeoutError:
            pass  # it has had its time
        finally:
            process.kill()
            await process.stop()

    def _launch(self, spec: BotSpec, end: Exit) -> Launch:
        facts = {"bot": spec.name, "state": str(end.state), "reason": one_line(end.reason)}
        return Launch(
            name=f"{spec.name}'s on_failure",
            command=tuple(_filled_in(word, facts) for word in spec.on_failure),
            folder=spec.folder if os.path.isdir(spec.folder) else "/",
            env=self._env | {f"TELLME_{name.upper()}": value for name, value in facts.items()},
            memory_bytes=None,
            log_path=os.devnull,
        )

    def _cannot(self, spec: BotSpec, reason: str) -> None:
        """Say it once: the next crash has the same trouble."""
        if (spec.id, reason) not in self._problems:
            self._problems.add((spec.id, reason))
            self._on_notice(Notice(f"{spec.name}'s on_failure cannot run: {reason}."))


def _is_handed_on(name: str) -> bool:
    return name in ALLOWED or name in DESKTOP or name.startswith("LC_")


def _filled_in(word: str, facts: Mapping[str, str]) -> str:
    """Put the facts in their places; what stands in a reason is no place, whatever it looks like."""
    return re.sub(r"\{(bot|state|reason)\}", lambda place: facts[place[1]], word)


def _drop(data: bytes) -> None:
    """Nobody reads what such a program prints."""
