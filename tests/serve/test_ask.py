"""``tellme ask`` where a ``tellme serve`` runs: the command itself, with real servers and with some that no server is.

What answers is told by the bot Where, to whom each host gives its own ``WHERE``.
"""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tellme import __version__
from tellme.errors import TellmeError
from tellme.host import endpoint, served
from tellme.paths import Paths
from tellme.wire import hosting

from ..cli.conftest import PROGRAM, Result, tellme
from ..conftest import add_bot, add_hostile, wait_until
from .conftest import ENGLISH_STAYS_AWAY, PROGRAMS, Client, Serve, Served

WHERE = ["sh", "-c", 'while read line; do echo "$WHERE $line"; done']
FULL = "tellme: tellme serve has 256 clients, and there is no room for more; try again.\n"
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}

Program = subprocess.Popen[bytes]
Run = Callable[..., Program]


def add_where(home: Path) -> None:
    add_bot(home, "Where", WHERE, protocol="lines", pass_env=["WHERE"])


def ask(*arguments: str, **more: Any) -> Result:
    return tellme("ask", *arguments, env={**os.environ, "WHERE": "own"}, **more)


@pytest.fixture
def run() -> Iterator[Run]:
    """Start the command; it is killed when the test ends."""
    started: list[Program] = []

    def begin(*arguments: str, **more: Any) -> Program:
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        env = {**os.environ, "WHERE": "own"}
        started.append(subprocess.Popen([*PROGRAM, *arguments], env=env, **{**pipes, **more}))
        return started[-1]

    yield begin
    for process in started:
        with process:
            process.kill()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests that do it no harm."""
    home = tmp_path_factory.mktemp("asked")
    add_where(home)
    add_bot(home, "Talker", [str(PROGRAMS / "talker.py")])
    add_hostile(home, "asks", "Asker")
    add_hostile(home, "crash-in-reply", "Quitter", retry=False)
    add_hostile(home, "crash-in-reply", "Once", retry=True, env={"ONCE": str(home / "once")})
    (home / "config.toml").write_text(f"{ENGLISH_STAYS_AWAY}\n[bots.Zen]\ntimeout = -1\n")
    server = Served(home, WHERE="serve")
    server.says("^tellme: Serving ")
    yield server
    server.close()


@pytest.fixture
def there(house: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The server that the commands of the test find."""
    monkeypatch.setenv("TELLME_HOME", str(house.home))
    yield house
    house.hang_up()


def has_begun(client: Client, message: str) -> bool:
    return message in client.result("_tellme/messages")


def rest_of(process: Program) -> tuple[bytes, bytes]:
    out, err = process.communicate(timeout=30)
    return out, err


class TestAsked:
    @pytest.mark.parametrize(
        ("arguments", "stdin", "out", "code"),
        [
            (["Where", "hi"], "", "serve hi\n", 0),
            (["where", "hi", "there"], "", "serve hi there\n", 0),
            (["Where", "hi", "--no-store"], "", "own hi\n", 0),
            (["Where", "--lines"], "a\nb\n", "serve a\nserve b\n", 0),
            (["Talker"], "all of\nstdin\n", "all of\nstdin\n", 0),
            (["Talker", "this:"], "1\n2\n", "this:\n\n1\n2\n", 0),
            (["Talker"], b"\xff \xc3\xa9", "\ufffd é\n", 0),
            (["Talker", "a\x1b[2Jb"], "", "ab\n", 0),
            (["Math", "-2+2"], "", "0\n", 0),
            (["Asker", "may you?"], "", '{"outcome": "selected", "optionId": "n"}\n', 0),
        ],
    )
    def test_a_reply(self, there: Served, arguments: list[str], stdin: str | bytes, out: str, code: int) -> None:
        done = ask(*arguments, stdin=stdin)
        assert (done.out, done.code) == (out, code)

    def test_a_long_reply_is_put_together_of_its_pieces(self, there: Served) -> None:
        assert ask("Talker", "big", "3").out == "x" * 3 * 2**20 + "\n"

    def test_a_decline(self, there: Served) -> None:
        done = ask("Math", "1/0")
        assert done.code == 1
        assert done.out.strip()

    @pytest.mark.parametrize(
        ("arguments", "stdin", "says"),
        [
            (
                ["Talkr", "hi"],
                "",
                "There is no bot named 'Talkr'. Did you mean Talker? 'tellme list' shows all of them.",
            ),
            (["Talker"], "", 'There is no message: give TEXT, or pipe it in (tellme ask BOT "2+2").'),
            (["Talker"], "x" * (2**20 + 3), "The message on standard input is longer than 1,048,576 bytes (1 MiB)."),
        ],
        ids=["bot", "message", "length"],
    )
    def test_what_cannot_be_asked(self, there: Served, arguments: list[str], stdin: str, says: str) -> None:
        done = ask(*arguments, stdin=stdin)
        assert (done.out, done.err.splitlines()[-1], done.code) == ("", f"tellme: {says}", 2)

    def test_a_turn_that_fails(self, there: Served) -> None:
        done = ask("Quitter", "hello")
        assert (done.out, done.code) == ("", 3)
        assert done.err.endswith("tellme: Quitter exited with code 3. 'tellme logs Quitter' shows its log.\n")

    def test_a_turn_that_is_tried_again_shows_one_answer(self, there: Served) -> None:
        done = ask("Once", "hello")
        assert "half" not in done.out
        assert done.out.strip()
        assert "tellme: Once exited with code 3; the message is sent again\n" in done.err
        assert done.code == 0

    def test_json(self, there: Served) -> None:
        told = json.loads(ask("Where", "hi", "--json").out)
        assert list(told) == ["bot", "session", "turn", "text", "status", "latency_ms", "attempts"]
        assert (told["bot"], told["text"], told["status"]) == ("Where", "serve hi", "answered")
        kept = there.client(tellme=True).result("_tellme/session", session_id=told["session"])
        assert kept[3] is not None, "the session has ended"
        assert json.loads(ask("Quitter", "hi", "--json").out)["error"] == "Quitter exited with code 3"

    def test_what_is_wrong_in_the_configuration_is_said(self, there: Served) -> None:
        done = ask("Where", "hi")
        assert (done.out, done.code) == ("serve hi\n", 0)
        assert done.err.startswith(f"tellme: {there.home}/config.toml: line 5, bots.Zen.timeout: ")
        assert done.err.count("\n") == 1

    def test_pieces_come_to_a_terminal_at_once(self, there: Served, tmp_path: Path, run: Run) -> None:
        ours, its = pty.openpty()
        process = run("ask", "Talker", f"wait {tmp_path / 'gate'}", stdout=its)
        os.close(its)
        try:
            assert os.read(ours, 100) == b"waited "
            (tmp_path / "gate").touch()
            assert os.read(ours, 100) in (b"enough", b"enough\r\n")
            assert process.wait(30) == 0
        finally:
            os.close(ours)

    def test_who_does_not_take_the_reply_cancels_the_turn(self, there: Served, tmp_path: Path, run: Run) -> None:
        """On a terminal that is closed in the middle of a reply."""
        ours, its = pty.openpty()
        message = f"wait {tmp_path / 'never'}"
        process = run("ask", "Talker", message, stdout=its)
        os.close(its)
        assert os.read(ours, 100) == b"waited "
        process.send_signal(signal.SIGSTOP)
        os.close(ours)
        (tmp_path / "never").touch()
        process.send_signal(signal.SIGCONT)
        assert process.wait(30) == 3
        assert b"Traceback" not in rest_of(process)[1]


class TestSignals:
    @pytest.mark.parametrize("number", CODES)
    def test_the_turn_is_cancelled(self, there: Served, tmp_path: Path, run: Run, number: signal.Signals) -> None:
        client = there.client(tellme=True)
        message = f"wait {tmp_path / 'never'}"
        process = run("ask", "Talker", message)
        wait_until(lambda: has_begun(client, message))
        process.send_signal(number)
        assert process.wait(4) == CODES[number], "and does not wait for its reply in vain"
        assert rest_of(process)[0] == b""
        turn = client.result("_tellme/failed_turns", limit=1)[0][0]
        assert (turn[2], turn[6]) == (message, "Talker was cancelled")

    def test_a_second_one_waits_for_nothing(self, serve: Serve, talker: Path, tmp_path: Path, run: Run) -> None:
        server = serve()
        client = server.client(tellme=True)
        message = f"wait {tmp_path / 'never'}"
        process = run("ask", "Talker", message)
        wait_until(lambda: has_begun(client, message))
        server.kill(signal.SIGSTOP)
        while process.poll() is None:  # signals that come at once count as one
            process.send_signal(signal.SIGINT)
        assert process.returncode == 130
        assert rest_of(process) == (b"", b"")

    def test_what_was_ignored_stays_ignored(self, there: Served, tmp_path: Path, run: Run) -> None:
        def as_nohup_does() -> None:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

        client = there.client(tellme=True)
        message = f"wait {tmp_path / 'gate'}"
        process = run("ask", "Talker", message, preexec_fn=as_nohup_does)
        wait_until(lambda: has_begun(client, message))
        process.send_signal(signal.SIGHUP)
        (tmp_path / "gate").touch()
        assert process.wait(30) == 0
        assert rest_of(process)[0] == b"waited enough\n"

    def test_ctrl_c_while_the_message_is_typed(self, there: Served, run: Run) -> None:
        process = run("ask", "Talker", stdin=subprocess.PIPE)
        wait_until(lambda: _reads_stdin(process.pid))
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130


def _reads_stdin(pid: int) -> bool:
    """Is the process in ``read(0, …)``, the system call that it sleeps in?"""
    return Path(f"/proc/{pid}/syscall").read_text().split()[:2] in (["0", "0x0"], ["63", "0x0"])


class TestGone:
    def test_one_that_was_killed_is_not_missed(self, serve: Serve, home: Path) -> None:
        add_where(home)
        server = serve(WHERE="serve")
        assert ask("Where", "hi").out == "serve hi\n"
        server.end(signal.SIGKILL)
        assert ask("Where", "hi") == ("own hi\n", "", 0)

    def test_one_that_is_killed_in_the_turn(self, serve: Serve, talker: Path, tmp_path: Path, run: Run) -> None:
        server = serve()
        client = server.client(tellme=True)
        message = f"wait {tmp_path / 'never'}"
        process = run("ask", "Talker", message)
        wait_until(lambda: has_begun(client, message))
        server.kill()
        assert process.wait(30) == 3
        assert rest_of(process) == (b"", f"tellme: {hosting.GONE}\n".encode())

    def test_one_that_drains_is_left_in_peace(self, serve: Serve, talker: Path, home: Path, tmp_path: Path) -> None:
        add_where(home)
        server = serve(WHERE="serve")
        client = server.client(tellme=True)
        client.prompt("", f"wait {tmp_path / 'gate'}", bot="Talker", key=1)
        assert client.next() is not None
        server.kill(signal.SIGTERM)
        server.says("Stopping")
        assert ask("Where", "hi") == ("own hi\n", "", 0)
        (tmp_path / "gate").touch()
        assert server.process.wait(30) == 0

    def test_one_that_stands_still_is_said(self, serve: Serve, run: Run) -> None:
        """And goes on as if nothing had been."""
        server = serve()
        server.kill(signal.SIGSTOP)
        for process in [run("ask", "Math", "2+2"), run("list")]:
            assert process.wait(30) == 3
            said = f"tellme: The tellme serve (pid {server.pid}) does not answer; wait until it does, or end it with"
            out, err = rest_of(process)
            assert (out, err.count(b"\n")) == (b"", 1)
            assert err.decode().startswith(said)
        server.kill(signal.SIGCONT)
        assert ask("Math", "2+2").out == "4\n"

    def test_one_that_is_full_says_so(self, serve: Serve) -> None:
        server = serve()
        clients = [server.client() for _ in range(256)]
        assert ask("Math", "2+2") == ("", FULL, 3)
        assert tellme("list") == ("", FULL, 3)
        clients[0].close()
        wait_until(lambda: ask("Math", "2+2").out == "4\n")


# Servers that are none ---------------------------------------------------------------------------------------------


class Fake:
    """Listens where a server would; ``behave`` has a turn with each client, which is a stream of lines."""

    def __init__(self, home: Path, behave: Callable[[Fake], None]) -> None:
        (home / "run").mkdir(parents=True, mode=0o700)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(home / "run" / "tellme.sock"))
        self._listener.listen()
        self._behave = behave
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self.heard: list[Any] = []

    def _serve(self) -> None:
        while True:
            try:
                self._client, _ = self._listener.accept()
            except OSError:
                return
            with self._client, self._client.makefile("rb") as self._stream:
                try:
                    self._behave(self)
                except OSError:
                    continue

    def hear(self) -> Any:
        line = self._stream.readline()
        if not line:
            raise ConnectionError("it only looked who is there")
        self.heard.append(json.loads(line))
        return self.heard[-1]

    def say(self, **message: Any) -> None:
        self._client.sendall(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def greet(self, version: str = __version__) -> None:
        greeting = {"version": version, "pid": 4711, "catalogue": {}}
        self.say(id=self.hear()["id"], result={"protocolVersion": 1, "_meta": {"tellme": greeting}})

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)


Pretend = Callable[[Callable[[Fake], None]], Fake]


@pytest.fixture
def pretend(home: Path) -> Iterator[Pretend]:
    """Start a fake server in a home that has the bot Where."""
    add_where(home)
    (home / "config.toml").write_text(ENGLISH_STAYS_AWAY)
    fakes: list[Fake] = []

    def start(behave: Callable[[Fake], None]) -> Fake:
        fakes.append(Fake(home, behave))
        return fakes[-1]

    yield start
    for fake in fakes:
        fake.close()


def hangs_up(fake: Fake) -> None:
    fake.hear()


def is_gone_at_once(fake: Fake) -> None:
    """The client's greeting meets a closed door."""


def stops_after_the_greeting(fake: Fake) -> None:
    fake.greet()
    data = {"tellme": {"error": "Stopping", "arguments": ["is stopping"]}}
    fake.say(id=fake.hear()["id"], error={"code": -32000, "message": "is stopping", "data": data})
    fake.hear()


def dies_before_the_message_is_kept(fake: Fake) -> None:
    fake.greet()
    fake.hear()


@pytest.mark.parametrize(
    "behave", [hangs_up, is_gone_at_once, stops_after_the_greeting, dies_before_the_message_is_kept]
)
def test_a_host_that_goes_before_it_was_told_anything_is_not_missed(
    pretend: Pretend, behave: Callable[[Fake], None]
) -> None:
    pretend(behave)
    assert ask("Where", "hi") == ("own hi\n", "", 0)


@pytest.mark.parametrize("behave", [hangs_up, is_gone_at_once])
def test_other_commands_do_not_miss_it_either(pretend: Pretend, behave: Callable[[Fake], None]) -> None:
    pretend(behave)
    done = tellme("list")
    assert (done.err, done.code) == ("", 0)
    assert "Where" in done.out


def test_a_host_of_another_version_is_left_alone(pretend: Pretend) -> None:
    fake = pretend(lambda fake: fake.greet("9.9"))
    said = "tellme: A 'tellme serve' (version 9.9, pid 4711) is running, and this is "
    for done in (ask("Where", "hi"), tellme("list")):
        assert done.code == 0
        assert done.out
        assert done.err.startswith(said)
        assert done.err.count("\n") == 1
    assert [each["params"]["clientInfo"]["version"] for each in fake.heard] == [__version__] * 2


@pytest.mark.parametrize("arguments", [("ask", "Where", "hi"), ("list",)])
def test_a_host_that_refuses_says_why(pretend: Pretend, arguments: tuple[str, ...]) -> None:
    def refuse(fake: Fake) -> None:
        fake.say(id=None, error={"code": -32600, "message": "No room here."})

    pretend(refuse)
    assert tellme(*arguments) == ("", "tellme: No room here.\n", 3)


def test_lines_that_are_no_messages_are_skipped(pretend: Pretend) -> None:
    def babble(fake: Fake) -> None:
        fake.greet()
        number = fake.hear()["id"]
        fake.say(method="session/update", params={"sessionId": 5})
        fake.say(method="_tellme/turn", params={})
        fake.say(method="unheard/of", params={})
        fake.say(nothing=True)
        fake.say(id=77, error={"code": 1, "message": "of another request"})
        reply = ["Where", "s", "t", "said", "answered", 1.0, 1, None, False]
        fake.say(id=number, result={"stopReason": "end_turn", "_meta": {"tellme": {"reply": reply}}})
        fake.hear()

    pretend(babble)
    assert ask("Where", "hi") == ("said\n", "", 0)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"result": {}}, "The tellme serve that is used sent no reply."),
        ({"result": {"_meta": {"tellme": {"reply": [1]}}}}, "The tellme serve that is used sent no reply."),
        ({"result": {"_meta": {"tellme": {"reply": [1] * 8}}}}, "The tellme serve that is used sent no reply."),
        ({}, "The tellme serve that is used sent a line that has neither a result nor an error."),
    ],
    ids=["none", "short", "wrong", "neither"],
)
def test_an_answer_that_is_none(pretend: Pretend, answer: dict[str, Any], says: str) -> None:
    def behave(fake: Fake) -> None:
        fake.greet()
        fake.say(id=fake.hear()["id"], **answer)
        fake.hear()

    pretend(behave)
    assert ask("Where", "hi") == ("", f"tellme: {says}\n", 3)


def test_ctrl_c_before_the_turn_has_begun_cancels_it_too(pretend: Pretend, run: Run) -> None:
    def behave(fake: Fake) -> None:
        fake.greet()
        number = fake.hear()["id"]
        process.send_signal(signal.SIGINT)
        fake.hear()
        reply = ["Where", "s", "t", "", "failed", 1.0, 1, "Where was cancelled"]
        fake.say(id=number, result={"stopReason": "cancelled", "_meta": {"tellme": {"reply": reply}}})
        fake.hear()

    fake = pretend(behave)
    process = run("ask", "Where", "hi")
    assert process.wait(30) == 130
    assert rest_of(process) == (b"", b"")
    assert [each and each["method"] for each in fake.heard[1:3]] == ["session/prompt", "session/cancel"]
    assert fake.heard[2]["params"] == {"sessionId": ""}, "as in the prompt"


def test_a_cancelled_turn_is_not_waited_for_without_end(
    pretend: Pretend, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Breaks:
        def piece(self, text: str) -> None:
            raise KeyboardInterrupt

        again = aside = piece

        def end(self, *, whole: bool) -> None:
            raise AssertionError

    def behave(fake: Fake) -> None:
        fake.greet()
        fake.hear()
        content = {"type": "text", "text": "a piece"}
        update = {"sessionUpdate": "agent_message_chunk", "content": content}
        fake.say(method="session/update", params={"sessionId": "s", "update": update})
        while fake.hear() is not None:
            pass

    monkeypatch.setattr(served, "CANCELLED_WITHIN_S", 0.05)
    pretend(behave)
    descriptor = endpoint.connect(Paths.below(str(home)))
    assert descriptor is not None
    connection = served.Served(descriptor)
    try:
        connection.greet("Where")
        with pytest.raises(KeyboardInterrupt):
            connection.ask("Where", "hi", Breaks())
    finally:
        connection.close()


class TestDoor:
    @pytest.fixture
    def crowd(self, home: Path) -> Iterator[socket.socket]:
        """A listener before whom so many stand that nobody else is let in."""
        (home / "run").mkdir(parents=True, mode=0o700)
        listener = socket.socket(socket.AF_UNIX)
        path = str(home / "run" / "tellme.sock")
        listener.bind(path)
        listener.listen(0)
        waiting = socket.socket(socket.AF_UNIX)
        waiting.connect(path)
        yield listener
        waiting.close()
        listener.close()

    def test_nobody_waits_there_without_end(
        self, crowd: socket.socket, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(endpoint, "ANSWERS_WITHIN_S", 0.05)
        with pytest.raises(TellmeError, match=rf"The tellme serve \({home}/run/tellme.sock\) does not answer; wait"):
            endpoint.connect(Paths.below(str(home)))

    def test_who_waits_is_let_in(self, crowd: socket.socket, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(endpoint.time, "sleep", lambda _: crowd.accept()[0].close())
        descriptor = endpoint.connect(Paths.below(str(home)))
        assert descriptor is not None
        os.close(descriptor)
