"""A process as the host sees it: talking, how it ended, how it is ended."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tellme.supervisor import process as process_module
from tellme.supervisor.process import CannotStart, Exit, Process
from tellme.supervisor.spawn import Spawner

Start = Callable[..., Any]
Log = Any

BUILTIN = pytest.mark.parametrize("builtin", [False, True], ids=["executed", "forked"])


@BUILTIN
async def test_it_answers_and_its_exit_code_is_known(start: Start, builtin: bool) -> None:
    bot = await start("echo.py", "3", builtin=builtin)
    assert await bot.line() == "ready"
    bot.process.write(b"hello\n")
    assert await bot.line() == "hello"
    assert await bot.process.stop() == Exit(3, None, None)
    assert bot.closed.is_set()


async def test_a_program_from_path_is_started_in_its_folder(start: Start, tmp_path: Path) -> None:
    bot = await start("pwd", folder=str(tmp_path))
    assert await bot.line() == str(tmp_path)
    assert await bot.process.wait() == Exit(0, None, None)


async def test_a_program_in_its_folder_comes_before_path(start: Start, tmp_path: Path) -> None:
    own = tmp_path / "pwd"
    own.write_text("#!/bin/sh\necho mine\n")
    own.chmod(0o700)
    bot = await start("pwd", folder=str(tmp_path))
    assert await bot.line() == "mine"
    await bot.process.stop()


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("missing.py",), "missing.py: no such file"),
        (("missing-program",), "missing-program: neither in its folder nor in PATH"),
        (("./missing",), "./missing: no such file"),
        (("plain",), "plain: permission denied"),
        (("garbage",), "garbage: exec format error"),
        (("orphan",), "orphan: the interpreter that its first line names was not found"),
        (("echo", "nul\0"), "its command or environment cannot be passed on: embedded null byte"),
        ((), "it has no command"),
    ],
)
async def test_why_it_cannot_start(
    spawner: Spawner, launch: Start, tmp_path: Path, command: tuple[str, ...], reason: str
) -> None:
    for name, content, mode in (("plain", "", 0o600), ("garbage", "\0\1", 0o700), ("orphan", "#!/no/such\n", 0o700)):
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(mode)
    with pytest.raises(CannotStart) as caught:
        await Process.adopt(spawner.spawn(launch(*command, folder=str(tmp_path))))
    assert caught.value.reason == reason


async def test_a_folder_that_is_missing(spawner: Spawner, launch: Start, tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    with pytest.raises(CannotStart, match=f"^{gone}: no such folder$"):
        await Process.adopt(spawner.spawn(launch("true", folder=gone)))


async def test_a_builtin_script_that_is_missing(spawner: Spawner, launch: Start) -> None:
    with pytest.raises(CannotStart, match=r"^missing\.py: no such file$"):
        await Process.adopt(spawner.spawn(launch("missing.py", builtin=True)))


@BUILTIN
@pytest.mark.parametrize(
    ("how", "end", "logged"),
    [
        (("falls off",), Exit(0, None, None), "last words"),
        (("code", "78"), Exit(78, None, None), "last words"),
        (("message",), Exit(1, None, None), "cannot go on"),
        (("raises",), Exit(1, None, None), "ValueError: bad luck"),
        (("signal", "SEGV"), Exit(None, signal.SIGSEGV, None), "last words"),
        (("signal", "INT"), Exit(None, signal.SIGINT, None), "KeyboardInterrupt"),
        (("atexit",), Exit(0, None, None), "at exit"),
        (("thread",), Exit(0, None, None), "from a thread"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) and not isinstance(value, Exit) else None,
)
async def test_it_ends_as_under_any_interpreter(
    start: Start, log: Log, how: tuple[str, ...], end: Exit, logged: str, builtin: bool
) -> None:
    bot = await start("ends.py", *how, builtin=builtin)
    assert await bot.process.wait() == end
    assert logged in log.text().splitlines()[-1], "the log is complete when the exit is known"


async def test_the_log_is_complete_even_if_the_warden_was_slow(
    start: Start, log: Log, until: Start, alive: Callable[[int], bool]
) -> None:
    bot = await start("sh", "-c", "read line; echo last words >&2; exit 78")
    os.kill(bot.process.warden_pid, signal.SIGSTOP)
    bot.process.write(b"go\n")
    until(lambda: not alive(bot.process.pid))
    os.kill(bot.process.warden_pid, signal.SIGCONT)
    assert await bot.process.wait() == Exit(78, None, None)
    assert log.text().endswith(" last words\n")


@BUILTIN
async def test_what_was_printed_last_is_delivered_before_the_exit_is_known(start: Start, builtin: bool) -> None:
    bot = await start("ends.py", "falls off", builtin=builtin)
    await bot.process.wait()
    assert bot.rest() == [b"buffered"]


@BUILTIN
async def test_a_traceback_shows_the_script_alone(start: Start, log: Log, builtin: bool) -> None:
    bot = await start("ends.py", "raises", builtin=builtin)
    await bot.process.wait()
    files = [line for line in log.text().splitlines() if " File " in line]
    assert len(files) == 1
    assert "ends.py" in files[0]


@pytest.mark.parametrize(
    ("end", "text"),
    [
        (Exit(3, None, None), "exited with code 3"),
        (Exit(None, signal.SIGSEGV, None), "was killed by SIGSEGV"),
        (Exit(None, 40, None), "was killed by signal 40"),
        (Exit(None, signal.SIGKILL, "passed its memory limit"), "passed its memory limit"),
    ],
)
def test_an_exit_in_words(end: Exit, text: str) -> None:
    assert end.describe() == text


async def test_stopping_closes_stdin_first(start: Start) -> None:
    bot = await start("echo.py")
    assert await bot.process.stop((10, 10)) == Exit(0, None, None)


async def test_then_comes_sigterm(start: Start) -> None:
    bot = await start("stubborn.py", "polite")
    await bot.line()
    assert await bot.process.stop((0.05, 10)) == Exit(5, None, None)
    assert bot.rest() == [b"terminated"]


async def test_then_sigkill(start: Start) -> None:
    bot = await start("stubborn.py")
    await bot.line()
    assert await bot.process.stop((0.05, 0.05)) == Exit(None, signal.SIGKILL, None)


async def test_a_process_that_has_stopped_itself_is_ended(start: Start) -> None:
    bot = await start("stubborn.py", "polite")
    await bot.line()
    os.kill(bot.process.pid, signal.SIGSTOP)
    assert await bot.process.stop((0.05, 10)) == Exit(5, None, None)


async def test_stop_is_the_same_for_all_who_call_it(start: Start) -> None:
    bot = await start("echo.py", "7")
    ends = await asyncio.gather(bot.process.stop(), bot.process.stop())
    assert {*ends, await bot.process.stop()} == {Exit(7, None, None)}


async def test_a_stop_that_is_cancelled_still_ends_the_process(start: Start, alive: Callable[[int], bool]) -> None:
    bot = await start("stubborn.py")
    await bot.line()
    stopping = asyncio.create_task(bot.process.stop((0.1, 0.1)))
    await asyncio.sleep(0)
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    assert not alive(bot.process.pid)


async def test_an_adoption_that_is_cancelled_gives_the_process_up(
    spawner: Spawner, launch: Start, until: Start, tmp_path: Path, alive: Callable[[int], bool]
) -> None:
    os.mkfifo(tmp_path / "bot.py")  # opening it waits for a writer, so that the start hangs
    adopting = asyncio.create_task(Process.adopt(spawner.spawn(launch("bot.py", folder=str(tmp_path)))))
    await asyncio.sleep(0)
    adopting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await adopting
    spawner.close(wait_s=10)
    assert not alive(spawner.pid)


async def test_a_kill_says_why(start: Start) -> None:
    bot = await start("stubborn.py")
    await bot.line()
    bot.process.kill("did not answer within 30 s")
    end = await bot.process.wait()
    assert end == Exit(None, signal.SIGKILL, "did not answer within 30 s")
    await bot.process.stop()


async def test_to_a_process_that_has_ended_nothing_can_be_said(start: Start) -> None:
    bot = await start("true")
    await bot.process.wait()
    bot.process.write(b"hello\n")
    await bot.process.drain()
    bot.process.log("hello")
    bot.process.watch()
    bot.process.kill()
    assert await bot.process.stop() == Exit(0, None, None)


async def test_more_than_a_pipe_holds_arrives_whole_and_in_order(start: Start) -> None:
    bot = await start("cat")
    lines = [b"%07d" % number * 100 for number in range(3000)]
    for line in lines:
        bot.process.write(line + b"\n")
    await bot.process.drain()
    for line in lines:
        assert await bot.line() == line.decode()
    await bot.process.stop()


async def test_a_bot_that_does_not_read_is_ended_before_memory_is(start: Start, monkeypatch: Any) -> None:
    monkeypatch.setattr(process_module, "MAX_QUEUED_BYTES", 2 << 20)
    bot = await start("stubborn.py")
    await bot.line()
    bot.process.write(b"x" * (1 << 20))
    bot.process.write(b"x" * (2 << 20))
    end = await bot.process.wait()
    assert end.describe() == "does not read its input (2 MiB wait for it)"


async def test_drain_waits_until_the_bot_has_read(start: Start) -> None:
    bot = await start("echo.py")
    await bot.line()
    os.kill(bot.process.pid, signal.SIGSTOP)
    bot.process.write(b"x" * (1 << 20) + b"\n")
    draining = asyncio.create_task(bot.process.drain())
    await asyncio.sleep(0)
    assert not draining.done()
    os.kill(bot.process.pid, signal.SIGCONT)
    await draining
    assert len(await bot.line()) == 1 << 20
    await bot.process.stop()


async def test_a_bot_whose_output_nobody_takes_has_to_wait(start: Start) -> None:
    bot = await start("cat", "/dev/zero")
    bot.process.pause_reading()
    for _ in range(100):
        await asyncio.sleep(0)
    assert bot.received_bytes == 0
    bot.process.resume_reading()
    await bot.received(1 << 20)
    bot.process.kill()
    await bot.process.wait()


async def test_a_bot_that_closes_its_stdout_is_noticed_while_it_lives(
    start: Start, alive: Callable[[int], bool]
) -> None:
    bot = await start("ends.py", "closes stdout")
    async with asyncio.timeout(30):
        await bot.closed.wait()
    assert alive(bot.process.pid)
    assert await bot.process.stop() == Exit(0, None, None)


async def test_output_that_something_else_holds_open_is_given_up(start: Start, monkeypatch: Any) -> None:
    monkeypatch.setattr(process_module, "LAST_OUTPUT_S", 0.05)
    bot = await start("echo.py")
    await bot.line()
    holder = os.open(f"/proc/{bot.process.pid}/fd/1", os.O_WRONLY)
    try:
        assert await bot.process.stop() == Exit(0, None, None)
        assert bot.closed.is_set()
    finally:
        os.close(holder)


async def test_nothing_is_read_before_somebody_listens(spawner: Spawner, launch: Start) -> None:
    process = await Process.adopt(spawner.spawn(launch("echo.py")))
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    process.listen(heard.set_result)
    assert await heard == b"ready\n"
    await process.stop()


async def test_the_host_keeps_no_descriptor_of_a_process(start: Start) -> None:
    await (await start("true")).process.stop()  # whatever the loop opens for itself, it has
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        bot = await start("echo.py")
        await bot.process.stop()
    with pytest.raises(CannotStart):
        await start("missing.py")
    assert len(os.listdir("/proc/self/fd")) == before
