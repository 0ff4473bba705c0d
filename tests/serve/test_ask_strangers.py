"""``tellme ask`` where the socket belongs to something that is no ``tellme serve``, or a broken one."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tellme import __version__
from tellme.errors import TellmeError
from tellme.host import endpoint, served
from tellme.paths import Paths

from ..cli.conftest import tellme
from .conftest import ENGLISH_STAYS_AWAY
from .houses import Run, add_where, ask, rest_of
from .houses import run as run


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
