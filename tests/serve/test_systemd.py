"""The unit file and the notifications, as systemd reads them."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tellme.surfaces.serve import systemd
from tellme.surfaces.serve.systemd import Notifier, beat_s, command, unit

from .conftest import Serve


def executable(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


class TestUnit:
    @pytest.mark.parametrize(
        ("folder", "written"),
        [
            ("plain", "ExecStart={}/plain/tellme serve"),
            ("with space", 'ExecStart="{}/with space/tellme" serve'),
            ("100%", 'ExecStart="{}/100%%/tellme" serve'),
            ("dollar$HOME", "ExecStart={}/dollar$HOME/tellme serve"),
            ("semi;colon", 'ExecStart="{}/semi;colon/tellme" serve'),
            ("it's", 'ExecStart=/bin/sh -c "exec \\"$$0\\" \\"$$@\\"" "{}/it\'s/tellme" serve'),
            ('quo"te', 'ExecStart=/bin/sh -c "exec \\"$$0\\" \\"$$@\\"" "{}/quo\\"te/tellme" serve'),
            ("back\\slash$", 'ExecStart=/bin/sh -c "exec \\"$$0\\" \\"$$@\\"" "{}/back\\\\slash$$/tellme" serve'),
        ],
    )
    def test_the_command_of_this_installation(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, written: str
    ) -> None:
        monkeypatch.setattr(sys, "argv", [executable(tmp_path / folder / "tellme")])
        assert written.format(tmp_path) in unit({}).splitlines()

    def test_a_command_that_was_found_by_its_path_alone(self, tmp_path: Path) -> None:
        found = executable(tmp_path / "bin" / "tellme")
        assert command("tellme", {"PATH": str(tmp_path / "bin")}) == (found, "serve")

    def test_python_itself_runs_it_where_there_is_no_script(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(systemd.sysconfig, "get_path", lambda name: str(tmp_path))
        monkeypatch.setattr(sys, "argv", ["/somewhere/tellme/__main__.py"])
        lines = unit({}).splitlines()
        assert f"ExecStart={sys.executable} -m tellme serve" in lines
        assert f"WorkingDirectory={Path(systemd.__file__).parents[3]}" in lines

    def test_the_places_of_this_environment_are_kept(self) -> None:
        lines = unit({"TELLME_HOME": '/a b/"c"%', "PATH": "/bin:/usr/bin", "SECRET": "x"}).splitlines()
        assert 'Environment="TELLME_HOME=/a b/\\"c\\"%%"' in lines
        assert 'Environment="PATH=/bin:/usr/bin"' in lines
        assert not any("SECRET" in line for line in lines)

    @pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
    @pytest.mark.parametrize("folder", ["plain", "with space", "100%", "it's", 'a"b\\c'])
    def test_systemd_takes_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
        monkeypatch.setattr(sys, "argv", [executable(tmp_path / folder / "tellme")])
        file = tmp_path / "tellme.service"
        file.write_text(unit({"TELLME_HOME": str(tmp_path / "a b%"), "PATH": os.environ["PATH"]}))
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
        checked = subprocess.run(
            ["systemd-analyze", "verify", "--user", "--man=no", str(file)],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
            timeout=60,
        )
        complaints = [line for line in checked.stderr.splitlines() if "tellme.service" in line]
        assert (checked.returncode, complaints) == (0, [])


class Manager:
    """The other end of a ``NOTIFY_SOCKET``."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(10)

    def next(self) -> list[str]:
        return self.socket.recv(4096).decode().split("\n")


@pytest.mark.parametrize("named", ["{tmp}/notify", "@tellme-test-{pid}"])
def test_it_is_told_wherever_its_socket_is(tmp_path: Path, named: str) -> None:
    address = named.format(tmp=tmp_path, pid=os.getpid())
    manager = Manager(address.replace("@", "\0"))
    notifier = Notifier({"NOTIFY_SOCKET": address})
    notifier.ready("Serving\nwell")
    notifier.reloading()
    notifier.stopping("Stopping.")
    assert manager.next() == ["READY=1", "STATUS=Serving well"]
    reloading, at = manager.next()
    assert reloading == "RELOADING=1"
    assert at.removeprefix("MONOTONIC_USEC=").isdigit()
    assert manager.next() == ["STOPPING=1", "STATUS=Stopping."]
    manager.socket.close()


@pytest.mark.parametrize("address", ["", "relative", "/nobody/listens/here", "@nobody-listens-here"])
def test_nobody_is_told_where_nobody_listens(address: str) -> None:
    Notifier({"NOTIFY_SOCKET": address}).ready("Serving")


@pytest.mark.parametrize(
    ("environment", "beats"),
    [
        ({"WATCHDOG_USEC": "2000"}, True),
        ({"WATCHDOG_USEC": "2000", "WATCHDOG_PID": "{pid}"}, True),
        ({"WATCHDOG_USEC": "2000", "WATCHDOG_PID": "1"}, False),
        ({"WATCHDOG_USEC": "often"}, False),
        ({}, False),
    ],
)
def test_the_watchdog_hears_of_it_while_it_is_meant(tmp_path: Path, environment: dict[str, str], beats: bool) -> None:
    manager = Manager(str(tmp_path / "notify"))
    given = {name: value.format(pid=os.getpid()) for name, value in environment.items()}

    async def live() -> None:
        notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify"), **given})
        notifier.beat()
        if beats:
            for _ in range(3):
                assert await asyncio.to_thread(manager.next) == ["WATCHDOG=1"]
        notifier.close()

    asyncio.run(live())
    manager.socket.setblocking(False)
    if not beats:
        with pytest.raises(BlockingIOError):
            manager.next()
    manager.socket.close()


def test_it_hears_twice_as_often_as_it_has_to() -> None:
    assert beat_s({"WATCHDOG_USEC": "3000000"}) == 1.5


def test_a_server_tells_its_whole_life(serve: Serve, tmp_path: Path) -> None:
    manager = Manager(str(tmp_path / "notify"))
    served = serve(NOTIFY_SOCKET=str(tmp_path / "notify"))
    assert manager.next() == ["READY=1", f"STATUS={served.said[-1].removeprefix('tellme: ')}"]
    served.kill(signal.SIGHUP)
    assert manager.next()[0] == "RELOADING=1"
    assert manager.next()[0] == "READY=1"
    served.kill(signal.SIGTERM)
    assert manager.next() == ["STOPPING=1", "STATUS=Stopping."]
    manager.socket.close()
