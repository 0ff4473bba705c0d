"""``on_failure``: what is run, with what, how often, and that nothing of it stays."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from tellme.host import alerts as alerts_module
from tellme.host.alerts import Alerts
from tellme.model import BotSpec, BotState, Exit, Notice
from tellme.supervisor.spawn import Spawner

from ..conftest import is_running, wait_until

WRITES = (
    "import json, os, sys; "
    "file = open(sys.argv[1], 'a'); "
    "file.write(json.dumps([sys.argv[2:], dict(os.environ), sys.stdin.read(), os.getpid()]) + chr(10)); file.close(); "
    "print('x' * 1000000); print('y' * 1000000, file=sys.stderr)"
)


def crash(reason: str = "exited with code 3", state: BotState = BotState.BACKOFF, crash: bool = True) -> Exit:
    return Exit("wall-e", 0.0, 7, 3, None, reason, crash, 1.0, state)


class Bench:
    """Alerts of one host, and what came of them."""

    def __init__(self, folder: Path, spawner: Spawner, environ: Mapping[str, str]) -> None:
        self.file = folder / "told"
        self.notices: list[str] = []
        self.started = 0
        self.rests: list[float] = []
        self._spawner = spawner
        self._goes_on = asyncio.Event()
        self.alerts = Alerts(environ, self._start, lambda notice: self.notices.append(notice.text), self._rest)
        python = os.path.realpath("/proc/self/exe")
        self.spec = self.of((python, "-I", "-c", WRITES, str(self.file), "{bot}: {state}", "{reason}"))

    def go_on(self) -> None:
        """End the rest after a program, and all that follow."""
        self._goes_on.set()

    def _start(self) -> Spawner:
        self.started += 1
        return self._spawner

    async def _rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        await self._goes_on.wait()

    def of(self, command: tuple[str, ...]) -> BotSpec:
        return BotSpec("Wall-E", "wall-e", "command", ("true",), "/", "", on_failure=command)

    @property
    def told(self) -> list[list[str]]:
        return [row[0] for row in self.rows()]

    def rows(self) -> list[list[object]]:  # type: ignore[override]
        return [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []

    async def until(self, holds: Callable[[], object]) -> None:
        for _ in range(5000):
            if holds():
                return
            await asyncio.sleep(0.002)
        raise AssertionError("it did not come about in time")


def run(folder: Path, body: Callable[[Bench], Awaitable[None]], environ: Mapping[str, str] = os.environ) -> Bench:
    spawner = Spawner()

    async def main() -> Bench:
        bench = Bench(folder, spawner, environ)
        try:
            await body(bench)
        finally:
            await bench.alerts.close()
        return bench

    try:
        return asyncio.run(main())
    finally:
        spawner.close(wait_s=10)
        assert not is_running(spawner.pid), "something is left"


def test_a_program_is_told_what_happened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts_module, "TIMEOUT_S", 1000.0)  # it ends by itself: there is nothing to read for it

    async def body(bench: Bench) -> None:
        bench.alerts.tell(bench.spec, crash("said {bot} $(id) '\n\0--"))
        await bench.until(lambda: bench.told)

    environ = {**os.environ, "TELLME_TEST_SECRET": "s", "DISPLAY": ":9", "TERM": "xterm"}
    (arguments, env, stdin, _pid) = run(tmp_path, body, environ).rows()[0]
    assert arguments == ["Wall-E: backoff", "said {bot} $(id) '\\n--"]
    assert isinstance(env, dict)
    assert (env["TELLME_BOT"], env["TELLME_STATE"], env["TELLME_REASON"]) == ("Wall-E", "backoff", arguments[1])
    assert (env["DISPLAY"], env.get("TERM"), env.get("TELLME_TEST_SECRET"), stdin) == (":9", None, None, "")


@pytest.mark.parametrize(
    ("end", "has_command"),
    [(crash(crash=False, state=BotState.STOPPED), True), (crash(), False)],
    ids=["asked", "none"],
)
def test_nothing_is_run_without_a_failure_or_a_program(tmp_path: Path, end: Exit, has_command: bool) -> None:
    async def body(bench: Bench) -> None:
        bench.alerts.tell(bench.spec if has_command else bench.of(()), end)
        await asyncio.sleep(0)
        assert bench.started == 0

    run(tmp_path, body)


def test_of_a_crash_loop_the_first_and_the_last_are_told(tmp_path: Path) -> None:
    async def body(bench: Bench) -> None:
        bench.alerts.tell(bench.spec, crash("crash 0"))
        await bench.until(lambda: bench.rests)
        for number in range(1, 99):
            bench.alerts.tell(bench.spec, crash(f"crash {number}"))
            await asyncio.sleep(0)
        bench.alerts.tell(bench.spec, crash("given up", BotState.FAILED))
        assert len(bench.told) == 1, "one that has just been told is left alone for a while"
        assert 0 < bench.rests[0] <= 10
        bench.go_on()
        await bench.until(lambda: len(bench.rests) == 2)

    assert run(tmp_path, body).told == [["Wall-E: backoff", "crash 0"], ["Wall-E: failed", "given up"]]


def test_one_who_crashes_again_after_the_rest_is_told_at_once(tmp_path: Path) -> None:
    async def body(bench: Bench) -> None:
        bench.go_on()
        for number in (1, 2):
            bench.alerts.tell(bench.spec, crash(str(number)))
            await bench.until(lambda number=number: len(bench.rests) == number)

    assert [told[1] for told in run(tmp_path, body).told] == ["1", "2"]


def test_a_program_that_does_not_end_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts_module, "TIMEOUT_S", 0.3)
    pids = tmp_path / "pids"
    script = f"trap '' TERM HUP; setsid sleep 100 & echo $! >> {pids}; echo $$ >> {pids}; sleep 100"

    async def body(bench: Bench) -> None:
        bench.alerts.tell(bench.of(("sh", "-c", script)), crash())
        await bench.until(lambda: bench.rests)

    run(tmp_path, body)
    assert len(pids.read_text().split()) == 2
    assert not any(is_running(int(pid)) for pid in pids.read_text().split())


def test_it_ends_with_the_host(tmp_path: Path) -> None:
    pids = tmp_path / "pids"

    async def body(bench: Bench) -> None:
        bench.alerts.tell(
            bench.of(("sh", "-c", f"echo $$ > {pids}.new; mv {pids}.new {pids}; exec sleep 100")), crash()
        )
        await bench.until(pids.exists)

    run(tmp_path, body)
    wait_until(lambda: not is_running(int(pids.read_text())))


def test_a_program_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    async def body(bench: Bench) -> None:
        bench.go_on()
        for number in (1, 2, 3):
            bench.alerts.tell(bench.of(("no-such-program",)), crash())
            await bench.until(lambda number=number: len(bench.rests) == number)

    notice = Notice("Wall-E's on_failure cannot run: no-such-program: neither in its folder nor in PATH.")
    assert run(tmp_path, body).notices == [notice.text]
