"""``sandbox = true``: the bot sees its own folder, writes to its data folder, finds nothing else of the person's."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tellme.host.host import Host
from tellme.model import Reply, TurnStatus
from tellme.supervisor import linux, sandbox

from ..conftest import HOSTILE, is_running, wait_until
from .conftest import run, say

EXPLORER = HOSTILE.with_name("explorer.py")
BWRAP = shutil.which("bwrap")

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or BWRAP is None or sandbox.why_not(BWRAP) is not None,
    reason="no sandbox works on this system",
)

Add = Callable[..., Path]


@pytest.fixture
def explorer(add_bot: Add, home: Path) -> Path:
    """A bot in a sandbox that does what it is told; returns its folder."""
    folder = add_bot("Explorer", ["bot.py"], protocol="lines", sandbox=True)
    shutil.copy(EXPLORER, folder / "bot.py")
    return folder


def tell(*lines: str, bot: str = "Explorer") -> list[str]:
    """Return what the bot answers to each line, all in one session."""

    async def body(host: Host) -> list[Reply]:
        session = await host.open_session(bot)
        return [await say(host, session, line) for line in lines]

    replies = run(body)
    assert [reply.error for reply in replies] == [None] * len(replies)
    return [reply.text for reply in replies]


def test_its_own_folder_is_there_and_cannot_be_changed(explorer: Path) -> None:
    (explorer / "notes").write_text("mine")
    assert tell("folder", "read notes", f"write {explorer}/notes", f"write {explorer}/new") == [
        *(str(explorer), "mine"),
        *("OSError", "OSError"),
    ]


def test_its_data_folder_is_where_it_writes_and_home(explorer: Path, home: Path) -> None:
    data = home / "data" / "bots" / "explorer"
    told = tell("environment TELLME_BOT_DATA", "environment HOME", f"write {data}/kept", f"list {data}")
    assert told == [str(data), str(data), "written", "kept"]
    assert (data / "kept").read_text() == "written"
    assert tell(f"read {data}/kept") == ["written"]


@pytest.fixture
def secret(home: Path, tmp_path: Path, add_bot: Add) -> Iterator[dict[str, Path]]:
    """Files of the person's and of other bots."""
    other = add_bot("Other", ["true"])
    data = home / "data" / "bots" / "other"
    data.mkdir(parents=True)
    in_home = Path.home() / f".tellme-test-{os.getpid()}"
    places = {
        "configuration": home / "config.toml",
        "another bot": other / "bot.toml",
        "another bot's data": data / "notes",
        "a temporary file": tmp_path / "letter",
        "the person's home": in_home,
    }
    for place in places.values():
        if not place.exists():
            place.write_text("")
    yield places
    in_home.unlink()


def test_what_is_the_persons_is_not_there(explorer: Path, secret: dict[str, Path], home: Path) -> None:
    files = [*secret.values(), Path("/etc/shadow"), home / "data" / "tellme.db"]
    assert tell(*(f"read {file}" for file in files)) == ["FileNotFoundError"] * len(files)


@pytest.mark.parametrize("place", ["/", "/etc", "/usr", "/home", "/var", "/proc/sys/kernel/domainname"])
def test_nothing_else_can_be_written(explorer: Path, place: str) -> None:
    path = place if place.startswith("/proc") else f"{place}/tellme-was-here"
    assert tell(f"write {path}")[0] in ("OSError", "PermissionError", "FileNotFoundError")
    assert place.startswith("/proc") or not os.path.exists(path)


def test_its_temporary_files_are_its_own(explorer: Path) -> None:
    assert tell("write /tmp/scratch", "read /tmp/scratch", "environment TMPDIR") == ["written", "written", "/tmp"]
    assert not os.path.exists("/tmp/scratch")


def test_it_finds_no_other_process_and_has_no_power(explorer: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        told = tell("list /proc", f"kill {other.pid}", "status CapEff", "status NoNewPrivs")
        assert other.poll() is None
        other.kill()
    assert len([name for name in told[0].split() if name.isdigit()]) <= 3
    assert told[1:] == ["ProcessLookupError", "0" * 16, "1"]


def test_it_has_the_network_and_what_is_installed(explorer: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]

        async def body(host: Host) -> str:
            async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                writer.write(b"hello")
                writer.close()

            async with await asyncio.start_server(greet, sock=server):
                return (await say(host, "Explorer", f"connect {port}")).text

        assert run(body) == "hello"
    assert tell("imports textual", "imports tellme") == ["textual", "tellme"]


def test_no_process_of_it_is_left(explorer: Path) -> None:
    async def body(host: Host) -> list[int]:
        reply = await say(host, "Explorer", "daemon")
        assert reply.text == "daemonised"
        pid = (await host.status("Explorer")).pid
        assert pid is not None
        below = linux.descendants(pid)
        assert len(below) >= 3, "bubblewrap's first process, the bot, its daemon"
        return [pid, *below]

    pids = run(body)
    wait_until(lambda: not any(map(is_running, pids)))


def test_its_memory_limit_holds(hostile: Add) -> None:
    hostile("grow", retry=False, memory="64 MiB", sandbox=True)
    reply = run(lambda host: say(host, "Foe", "hello"))
    assert "passed its memory limit" in (reply.error or "")


@pytest.mark.parametrize(
    ("mode", "error"),
    [("crash", "Foe exited with code 3"), ("bad-configuration", "Foe says that its configuration is wrong")],
)
def test_how_it_ends_is_told_as_without_one(hostile: Add, mode: str, error: str) -> None:
    hostile(mode, retry=False, sandbox=True)
    reply = run(lambda host: say(host, "Foe", "hello"))
    assert (reply.error or "").startswith(error)


@pytest.mark.parametrize(
    ("kind", "message", "answer"), [("math", "6*7", "42"), ("zen", "what about readability?", "counts")]
)
def test_a_builtin_kind_works_in_one(home: Path, kind: str, message: str, answer: str) -> None:
    home.mkdir()
    (home / "config.toml").write_text(f'[bots.Inmate]\nkind = "{kind}"\nsandbox = true\n')
    reply = run(lambda host: say(host, "Inmate", message))
    assert (reply.status, answer in reply.text) == (TurnStatus.ANSWERED, True)


def test_a_bot_of_config_toml_does_not_see_the_others(add_bot: Add, home: Path) -> None:
    other = add_bot("Other", ["true"])
    (home / "config.toml").write_text(
        f'[bots.Explorer]\ncommand = ["{EXPLORER}"]\nprotocol = "lines"\nsandbox = true\n'
    )
    assert tell("folder", f"read {other}/bot.toml", f"read {home}/config.toml") == [
        str(home),
        "FileNotFoundError",
        "FileNotFoundError",
    ]


def test_a_program_of_the_system_runs_in_one(add_bot: Add) -> None:
    add_bot("Shout", ["sed", "-u", "s/.*/\\U&/"], protocol="lines", sandbox=True)
    assert tell("hello", bot="Shout") == ["HELLO"]


def test_without_bubblewrap_it_is_not_started_and_says_what_to_install(
    explorer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = explorer / "bwrap"  # what the bot itself calls so is not it
    fake.write_text("#!/bin/sh\nexec sh\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    reply = run(lambda host: say(host, "Explorer", "folder"))
    assert reply.status is TurnStatus.FAILED
    assert (reply.error or "").startswith(
        "Explorer cannot start: needs bubblewrap for its sandbox: install it (such as by 'apt install bubblewrap')"
    )


def test_a_data_folder_that_is_a_link_is_not_followed(explorer: Path, home: Path) -> None:
    elsewhere = home / "elsewhere"
    elsewhere.mkdir()
    (home / "data" / "bots").mkdir(parents=True)
    (home / "data" / "bots" / "explorer").symlink_to(elsewhere)
    reply = run(lambda host: say(host, "Explorer", "folder"))
    assert "is a link, which a sandbox must not follow" in (reply.error or "")
