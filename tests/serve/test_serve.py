"""The life of a server: who may serve, who is let in, what signals do, and what is left when it is killed."""

from __future__ import annotations

import errno
import os
import pty
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tellme.errors import TellmeError
from tellme.host import endpoint
from tellme.paths import Paths
from tellme.surfaces.serve import place as place_module
from tellme.surfaces.serve.place import Place

from ..conftest import add_bot, children_of, is_running, rows, wait_until
from .conftest import PROGRAMS, Serve, Served

NOBODY = 65534

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="needs a second user")


class TestPlace:
    def test_it_says_where_it_serves_and_prints_nothing(self, serve: Serve, home: Path) -> None:
        served = serve()
        assert served.said == [f"tellme: Serving 3 bots on {home}/run/tellme.sock (pid {served.pid})."]
        assert served.end() == 0
        assert served.process.stdout is not None
        assert served.process.stdout.read() == b""
        assert not served.path.exists()

    def test_nobody_else_can_reach_it(self, serve: Serve, home: Path) -> None:
        served = serve()
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (served.path, *served.path.parents[:1])}
        assert modes == {"tellme.sock": 0o600, "run": 0o700}
        assert stat.S_IMODE((home / "run" / "serve.lock").stat().st_mode) == 0o600
        connection = endpoint.connect(Paths.below(str(home)))
        assert connection is not None
        os.close(connection)

    def test_a_folder_that_others_may_read_is_closed_to_them(self, serve: Serve, home: Path) -> None:
        (home / "run").mkdir(parents=True, mode=0o755)
        serve()
        assert stat.S_IMODE((home / "run").stat().st_mode) == 0o700

    @pytest.mark.parametrize("mode", [0o770, 0o702, 0o777])
    def test_a_folder_that_others_may_write_to_is_refused(self, begin: Serve, home: Path, mode: int) -> None:
        (home / "run").mkdir(parents=True)
        (home / "run").chmod(mode)
        served = begin()
        assert served.process.wait(30) == 2
        assert served.line() == (
            f"tellme: Others can write to the folder {home}/run; no socket is put there. 'chmod 700' it first."
        )
        assert os.listdir(home / "run") == []

    @needs_root
    def test_a_folder_of_another_user_is_refused(self, begin: Serve, home: Path) -> None:
        (home / "run").mkdir(parents=True, mode=0o700)
        os.chown(home / "run", NOBODY, NOBODY)
        served = begin()
        assert served.process.wait(30) == 2
        assert "belongs to another user (uid 65534)" in served.line()

    @pytest.mark.parametrize("kind", ["file", "folder", "link"])
    def test_what_is_no_socket_is_left_alone(self, begin: Serve, home: Path, kind: str) -> None:
        path = home / "run" / "tellme.sock"
        path.parent.mkdir(parents=True, mode=0o700)
        {"file": path.touch, "folder": path.mkdir, "link": lambda: path.symlink_to("elsewhere")}[kind]()
        served = begin()
        assert served.process.wait(30) == 2
        assert served.line() == f"tellme: {path} is in the way, and is no socket; move it elsewhere."
        assert path.is_symlink() or path.exists()

    def test_a_path_that_is_too_long_for_a_socket(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        deep = home / ("deep" * 30)
        monkeypatch.setenv("TELLME_HOME", str(deep))
        served = Served(deep)
        try:
            served.says("Serving")
            connection = endpoint.connect(Paths.below(str(deep)))
            assert connection is not None
            os.close(connection)
            assert served.end() == 0
            assert not served.path.exists()
        finally:
            served.close()

    def test_a_second_one_says_who_is_there(self, serve: Serve, begin: Serve, home: Path) -> None:
        first = serve()
        second = begin()
        assert second.process.wait(30) == 2
        assert second.line().startswith(f"tellme: tellme serve is running already (pid {first.pid}); stop it first")
        assert first.client().greet()["protocolVersion"] == 1

    def test_of_many_at_once_one_serves(self, begin: Serve, home: Path) -> None:
        several = [begin() for _ in range(6)]
        wait_until(lambda: sum(each.process.poll() is None for each in several) == 1)
        (serving,) = [each for each in several if each.process.poll() is None]
        assert {each.process.poll() for each in several} == {2, None}
        serving.says("Serving")
        assert serving.client().greet()["protocolVersion"] == 1

    def test_the_socket_of_one_that_was_killed_is_taken_over(self, serve: Serve) -> None:
        first = serve()
        first.kill()
        first.process.wait(30)
        assert first.path.exists()
        second = serve()
        client = second.client()
        assert client.ask(client.new("Math"), "2+2") == ("4", "end_turn")

    @needs_root
    def test_processes_of_other_users_are_not_let_in(self, serve: Serve, home: Path) -> None:
        """Folder and socket are opened to all, so that only the look at the peer is left."""
        served = serve()
        for folder in (home, *home.parents):
            if folder.stat().st_uid == os.getuid() and str(folder).startswith("/tmp/"):
                folder.chmod(0o755)
        served.path.parent.chmod(0o755)
        served.path.chmod(0o666)
        code = (
            "import os, socket, sys; os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
            "client = socket.socket(socket.AF_UNIX); client.connect(sys.argv[1])\n"
            "client.settimeout(10); print(client.recv(100))"
        )
        command = [sys.executable, "-c", code, str(served.path)]
        for _ in range(2):
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
            assert done.stdout == "b''\n", done.stderr
        served.path.parent.chmod(0o700)
        assert served.client().greet()["protocolVersion"] == 1
        served.end()
        assert [line for line in iter(served.line, "") if "another user" in line] == [
            "tellme: A process of another user was not let in; later ones are not told of."
        ]


class TestSignals:
    def test_a_hangup_reads_the_configuration_again(self, serve: Serve, home: Path, talker: Path) -> None:
        served = serve()
        client = served.client()
        session = client.new("Talker")
        served.kill(signal.SIGHUP)
        served.says("^tellme: The configuration was read again; the bots are the same.$")
        add_bot(home, "Newcomer", ["cat"], protocol="lines")
        served.kill(signal.SIGHUP)
        served.says("^tellme: Newcomer is here now.$")
        assert client.ask(session, "still here") == ("still here", "end_turn")
        assert client.ask(client.new("Newcomer"), "hello") == ("hello", "end_turn")

    def test_a_manifest_that_goes_wrong_is_said_and_its_bot_goes_on(
        self, serve: Serve, home: Path, talker: Path
    ) -> None:
        served = serve()
        client = served.client()
        session = client.new("Talker")
        with (talker / "bot.toml").open("a") as manifest:
            manifest.write("timout = 5\n")
        served.says("bot.toml.*timout")
        assert client.ask(session, "still here") == ("still here", "end_turn")

    def test_a_hangup_says_what_is_wrong_now(self, serve: Serve, home: Path) -> None:
        served = serve()
        (home / "config.toml").write_text("[bots.Slow\n")
        served.kill(signal.SIGHUP)
        assert "config.toml" in served.says("config.toml")
        assert served.client().new("Math")

    def test_the_end_of_its_terminal_is_its_end(self, home: Path) -> None:
        """The same signal, but its sender is the terminal that was closed."""
        environment = {**os.environ, "TELLME_HOME": str(home), "PYTHONPATH": str(Path(endpoint.__file__).parents[2])}
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(sys.executable, [sys.executable, str(PROGRAMS / "serve.py")], environment)
        try:
            said = b""
            while b"Serving" not in said:
                said += os.read(terminal, 1000)
        finally:
            os.close(terminal)
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert not (home / "run" / "tellme.sock").exists()

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_open_turns_may_end(
        self, serve: Serve, home: Path, talker: Path, tmp_path: Path, number: signal.Signals
    ) -> None:
        served = serve()
        client = served.client(tellme=True)
        waiting = client.prompt("", f"wait {tmp_path / 'gate'}", bot="Talker", key=1)
        assert client.next() is not None
        served.kill(number)
        served.says("^tellme: Stopping; up to 25 s for 1 open turn.$")
        refused = client.until(client.prompt("", "2+2", bot="Math"))[1]["error"]
        assert refused["message"].startswith(f"tellme serve (pid {served.pid}) is stopping and takes no new turns; ")
        assert refused["data"]["tellme"]["error"] == "Stopping"
        assert not served.path.exists()
        (tmp_path / "gate").touch()
        reply = client.until(waiting)[1]["result"]["_meta"]["tellme"]["reply"]
        assert reply[3:5] == ["waited enough", "answered"]
        assert client.next() is None
        assert served.process.wait(30) == 0
        assert rows(home, "select text, status from turn") == [("waited enough", "answered")]

    def test_turns_that_do_not_end_are_kept_as_failed(
        self, serve: Serve, home: Path, talker: Path, tmp_path: Path
    ) -> None:
        served = serve("0.1")
        own, plain = served.client(tellme=True), served.client()
        waiting = own.prompt("", f"wait {tmp_path / 'never'}", bot="Talker", key=1)
        assert own.next() is not None
        other = plain.prompt(plain.new("Talker"), f"wait {tmp_path / 'never'}")
        wait_until(lambda: len(rows(home, "select 1 from turn")) == 2)
        served.kill(signal.SIGTERM)
        reason = "Talker was interrupted: tellme is stopping"
        assert own.until(waiting)[1]["result"]["_meta"]["tellme"]["reply"][7] == reason
        assert plain.until(other)[1]["error"]["message"] == reason
        assert served.process.wait(30) == 0
        assert set(rows(home, "select status, error from turn")) == {("failed", reason)}
        served.says("^tellme: 2 turns did not end in time; 'tellme failed' lists what was interrupted.$")

    def test_who_watches_does_not_delay_the_end(self, serve: Serve) -> None:
        served = serve()
        served.client(tellme=True).result("_tellme/watch")
        assert served.end() == 0

    def test_a_second_signal_ends_it_at_once_and_its_bots_with_it(
        self, serve: Serve, home: Path, talker: Path, tmp_path: Path
    ) -> None:
        served = serve()
        client = served.client(tellme=True)
        client.prompt("", f"wait {tmp_path / 'never'}", bot="Talker")
        assert [client.next(), client.next()].count(None) == 0  # the turn, and its first piece
        below = children_of(served.pid)
        assert len(below) > 2
        served.kill(signal.SIGTERM)
        served.says("Stopping")
        assert served.end(signal.SIGTERM) == 128 + signal.SIGTERM
        assert not served.path.exists()
        wait_until(lambda: not any(map(is_running, below)))


class TestKilled:
    def test_what_clients_were_told_is_kept_and_the_next_one_takes_over(
        self, serve: Serve, home: Path, talker: Path, tmp_path: Path
    ) -> None:
        first = serve()
        client = first.client(tellme=True)
        told = [client.until(client.prompt("", f"message {n}", bot="Talker"))[1]["result"] for n in range(5)]
        client.prompt("", f"wait {tmp_path / 'never'}", bot="Talker", key=9)
        begin, piece = client.next(), client.next()
        assert begin is not None
        assert piece is not None
        below = children_of(first.pid)
        assert len(below) > 2
        first.kill()
        first.process.wait(30)
        wait_until(lambda: not any(map(is_running, below)))
        kept = dict(rows(home, "select id, text from turn where status = 'answered'"))
        assert {each["_meta"]["tellme"]["reply"][2]: f"message {n}" for n, each in enumerate(told)} == kept
        second = serve()
        after = second.client(tellme=True)
        turn = after.result("_tellme/turn", turn_id=begin["params"]["turn"])
        assert turn[0][5:7] == ["failed", "interrupted: tellme ended before the reply"]
        assert rows(home, "pragma integrity_check") == [("ok",)]

    def test_nobody_who_does_not_read_its_stderr_stops_it(self, home: Path) -> None:
        unread, stderr = os.pipe()
        os.set_blocking(stderr, False)
        with suppress(BlockingIOError):
            while True:
                os.write(stderr, b"x" * 4096)
        os.set_blocking(stderr, True)
        served = Served(home, stderr=stderr)
        try:
            wait_until(lambda: served.path.exists() and _lets_in(served.path))
            served.kill(signal.SIGHUP)
            assert served.client().new("Math")
            assert served.end() == 0
        finally:
            served.close()
            os.close(unread)
            os.close(stderr)


def _lets_in(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


class TestDescriptors:
    def test_a_place_that_cannot_be_had_leaves_none_open(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """At whatever moment it fails."""
        paths = Paths.below(str(home))
        Place(paths).close()
        before = len(os.listdir("/proc/self/fd"))
        for name in ("flock", "stat", "bind"):
            with monkeypatch.context() as patch:
                _break(patch, name)
                with pytest.raises(TellmeError):
                    Place(paths)
            assert len(os.listdir("/proc/self/fd")) == before, name

    def test_a_place_that_is_given_up_closes_its_listener(self, home: Path) -> None:
        place = Place(Paths.below(str(home)))
        place.listen()
        place.close()
        assert place.listener.fileno() == -1
        assert not (home / "run" / "tellme.sock").exists()


def _break(patch: pytest.MonkeyPatch, name: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    if name == "flock":
        patch.setattr(place_module.fcntl, "flock", fail)
    elif name == "bind":
        patch.setattr(place_module.endpoint, "address", fail)
    else:
        patch.setattr(place_module.endpoint, "address", lambda *_: _bound_elsewhere(patch, fail))


def _bound_elsewhere(patch: pytest.MonkeyPatch, fail: Callable[..., None]) -> str:
    """From now on nobody sees what was bound, here to a name without a file."""
    patch.setattr(place_module.os, "stat", fail)
    return ""


class TestDamage:
    def test_it_is_told_once_to_a_client_of_our_version_that_can_pass_it_on(self, serve: Serve, home: Path) -> None:
        (home / "data").mkdir(parents=True)
        (home / "data" / "tellme.db").write_bytes(b"no database " * 1000)
        served = serve()
        served.client().result("session/list")
        own = {"tellme": True}
        with pytest.raises(AssertionError, match="no bot named 'Nobody'"):
            served.client(tellme=None).greet(about="Nobody", **own)
        assert served.client(tellme=None).greet(version="0.0.1", **own)["_meta"]["tellme"]["damage"] == []
        told = served.client(tellme=None).greet(about="Math", **own)["_meta"]["tellme"]["notes"]
        assert [text for text in told if "was damaged and is set aside" in text] == told != []
        assert served.client(tellme=None).greet(**own)["_meta"]["tellme"]["damage"] == []


def test_a_unit_file_is_printed_and_nothing_is_served(home: Path) -> None:
    environment = {**os.environ, "TELLME_HOME": str(home), "PYTHONPATH": str(Path(endpoint.__file__).parents[2])}
    command = [sys.executable, "-m", "tellme", "serve", "--print-unit"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert "[Service]\nType=notify\n" in done.stdout
    assert done.stderr == ""
    assert not (home / "run").exists()


def test_the_doctor_says_that_it_runs_and_reads_the_files_itself(serve: Serve, home: Path) -> None:
    before = run_doctor()
    assert "no tellme serve is running" in before
    serve()
    (home / "config.toml").write_text("[bots.Math]\ntimeout = -1\n")
    assert f"a tellme serve is running: {home / 'run' / 'tellme.sock'}" in run_doctor()
    assert "timeout" in run_doctor()


def run_doctor() -> str:
    command = [sys.executable, "-m", "tellme", "doctor"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
