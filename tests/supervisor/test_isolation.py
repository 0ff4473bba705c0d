"""What a bot finds itself in: nothing of the host's but what it was given."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tellme
from tellme.supervisor.spawn import Spawner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

Start = Callable[..., Any]

BUILTIN = pytest.mark.parametrize("builtin", [False, True], ids=["executed", "forked"])


async def look(start: Start, *arguments: str, **options: object) -> dict[str, Any]:
    bot = await start("looks.py", *arguments, **options)
    found: dict[str, Any] = json.loads(await bot.line())
    await bot.process.stop()
    return found


@BUILTIN
async def test_no_secret_of_the_hosts_is_anywhere_in_its_environment(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, builtin: bool
) -> None:
    monkeypatch.setenv("TELLME_TEST_SECRET", "hunter2")
    found = await look(request.getfixturevalue("start"), builtin=builtin)  # a spawner that starts with the secret there
    assert "hunter2" not in found["first_environment"]
    assert "TELLME_TEST_SECRET" not in found["environment"]


async def test_a_secret_of_one_bot_is_not_in_the_memory_of_the_next(start: Start) -> None:
    first = await start("echo.py", env={"KEY": "hunter2-hunter2"}, builtin=True)
    await first.line()
    second = await start("echo.py", builtin=True)
    await second.line()
    assert b"hunter2-hunter2" in memory_of(first.process.pid)
    assert b"hunter2-hunter2" not in memory_of(second.process.pid)
    await first.process.stop()
    await second.process.stop()


@BUILTIN
async def test_its_environment_is_what_it_was_given(start: Start, builtin: bool) -> None:
    given = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "GREETING": "grüß dich"}
    found = await look(start, env=given, builtin=builtin)
    assert found["environment"] == given


@BUILTIN
async def test_it_has_three_descriptors(start: Start, builtin: bool) -> None:
    assert (await look(start, builtin=builtin))["descriptors"] == [0, 1, 2]


async def test_what_the_host_would_leave_to_any_child_is_not_kept_open(request: pytest.FixtureRequest) -> None:
    read, write = os.pipe()
    os.set_inheritable(write, True)
    bot = await request.getfixturevalue("start")("echo.py")  # with a spawner that starts with the pipe there
    await bot.line()
    os.close(write)
    os.set_blocking(read, False)
    assert os.read(read, 1) == b"", "nobody else has it"
    os.close(read)
    await bot.process.stop()


@BUILTIN
async def test_it_leads_a_session_without_a_terminal(start: Start, builtin: bool) -> None:
    found = await look(start, builtin=builtin)
    assert found["session"] == found["group"] == found["pid"]
    assert found["terminal"] == 0


@BUILTIN
async def test_its_signals_are_those_of_a_fresh_interpreter(start: Start, builtin: bool) -> None:
    found = await look(start, builtin=builtin)
    assert found["ignored"] == ["SIGPIPE", "SIGXFSZ"]
    assert found["interrupt"]
    assert found["blocked"] == 0
    assert found["wakeup"] == -1


@BUILTIN
async def test_a_script_finds_itself_as_main(start: Start, builtin: bool) -> None:
    found = await look(start, "one", "two words", builtin=builtin)
    script = Path(__file__).parent / "programs" / "looks.py"
    assert found["arguments"] == [str(script), "one", "two words"]
    assert (found["name"], found["file"], found["main"]) == ("__main__", str(script), True)
    assert found["path"][0] == found["folder"] == str(script.parent)
    assert found["encoding"] == ["utf-8"] * 3


@BUILTIN
async def test_it_can_import_tellme_though_no_variable_says_where(start: Start, builtin: bool) -> None:
    found = await look(start, builtin=builtin)
    assert found["tellme"] == tellme.__file__
    assert not any("supervisor" in folder for folder in found["path"] if not folder.startswith(found["folder"]))


async def test_ps_shows_which_bot_it_is(start: Start, spawner: Spawner) -> None:
    bot = await start("looks.py", name="Math", builtin=True)
    found = json.loads(await bot.line())
    assert found["command_line"] == [f"tellme: bot Math {found['file']}"]
    assert title(bot.process.warden_pid) == "tellme: warden of Math"
    assert title(spawner.pid) == "tellme: spawner"
    await bot.process.stop()


async def test_ps_shows_the_script_of_another_program(start: Start) -> None:
    found = await look(start)
    assert found["command_line"][-1] == found["file"]


async def test_a_builtin_bot_can_import_what_is_installed(start: Start, tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text("import sys, pytest\nprint(pytest.__name__, 'site' in sys.modules)\n")
    bot = await start("bot.py", folder=str(tmp_path), builtin=True)
    assert await bot.line() == "pytest True"
    await bot.process.stop()


async def test_a_builtin_bot_that_needs_nothing_installed_does_not_load_site(start: Start, tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text("import sys, json\nprint('site' in sys.modules)\n")
    bot = await start("bot.py", folder=str(tmp_path), builtin=True)
    assert await bot.line() == "False"
    await bot.process.stop()


def title(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").decode()


def memory_of(pid: int) -> bytes:
    """All that a process can write to."""
    found = b""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for line in maps:
            addresses, permissions, *_ = line.split()
            if permissions.startswith("rw"):
                begin, end = (int(address, 16) for address in addresses.split("-"))
                memory.seek(begin)
                found += memory.read(end - begin)
    return found
