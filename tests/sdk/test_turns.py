"""What a turn may cost: a client that goes, a turn that fails half-way, a greeting, a flood behind a question."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tellme import Attachment, Bot, BotFailed, Message
from tellme.sdk import blocking, concurrent, state_file
from tellme.sdk.connection import Connection
from tellme.sdk.understanding import understand
from tellme.testing import talk_to
from tellme.wire.jsonrpc import Request, encode

from .kinds import BOTH, replying, unchanged


class Pipes:
    """A bot in a thread, and the client's ends of its pipes."""

    def __init__(self, bot: Bot, serve: Callable[[Bot, Connection], None]) -> None:
        theirs, self.input = os.pipe()
        self.output, ours = os.pipe()
        self.thread = threading.Thread(target=serve, args=(bot, Connection(theirs, ours)), daemon=True)
        self.thread.start()

    def send(self, *requests: Request) -> None:
        os.write(self.input, b"".join(map(encode, requests)))

    def read_until(self, mark: bytes) -> bytes:
        data = b""
        while mark not in data:
            piece = os.read(self.output, 65536)
            assert piece, data
            data += piece
        return data


OPENING = (
    Request(1, "initialize", {"protocolVersion": 1, "clientCapabilities": {}}),
    Request(2, "session/new", {"cwd": "/", "mcpServers": []}),
)


def prompt(number: int, session: str, text: str) -> Request:
    return Request(number, "session/prompt", {"sessionId": session, "prompt": [{"type": "text", "text": text}]})


def open_session(pipes: Pipes) -> str:
    pipes.send(*OPENING)
    answered = pipes.read_until(b'"sessionId":"')
    return answered.partition(b'"sessionId":"')[2][:16].decode()


def test_a_question_to_a_client_that_reads_no_more_is_not_waited_for() -> None:
    bot, ends = Bot("Test"), threading.Event()

    @bot.reply
    async def reply(_message: Message) -> str:
        ends.wait(20)
        with pytest.raises(BotFailed):
            await bot.ask("Math", "2+2")
        return "late"

    pipes = Pipes(bot, concurrent.serve)
    pipes.send(prompt(3, open_session(pipes), "x"))
    os.close(pipes.output)
    ends.set()
    pipes.thread.join(5)
    alive = pipes.thread.is_alive()
    os.close(pipes.input)
    assert not alive


def test_what_comes_while_a_question_is_open_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking, "_MAX_WAITING", 2)
    pipes = Pipes(replying(unchanged, lambda m: m.choose("a", "b") or "none"), blocking.serve)
    session = open_session(pipes)
    pipes.send(prompt(3, session, "x"))
    pipes.read_until(b"session/request_permission")
    pipes.send(*(prompt(number, session, "y") for number in range(10, 15)))
    refused = pipes.read_until(b'"id":14')
    os.close(pipes.input)
    pipes.thread.join(5)
    os.close(pipes.output)
    assert [number for number in range(10, 15) if b'"id":%d' % number in refused] == [12, 13, 14]


def count(message: Message) -> str:
    state = message.session.state
    state["n"] = state.get("n", 0) + 1
    if message.text == "fail":
        raise ValueError("half done")
    return str(state["n"])


@BOTH
def test_a_turn_that_fails_leaves_the_state_as_it_was(kind: Any, tmp_path: Path) -> None:
    with talk_to(replying(kind, count), data=tmp_path) as chat:
        assert chat.say("x") == "1"
        chat.fails("fail")
        assert chat.say("x") == "2"
        chat.restart()
        assert chat.say("x") == "3"


def test_where_the_disk_takes_nothing_a_turn_that_fails_loses_its_own_changes_only(tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("in the way")

    with talk_to(replying(unchanged, count), data=tmp_path) as chat:
        assert chat.say("x") == "1"
        chat.fails("fail")
        assert chat.say("x") == "2"


def test_a_state_is_on_the_disk_before_it_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[str] = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (did.append("fsync"), sync(fd)))
    monkeypatch.setattr(os, "replace", lambda one, other: (did.append("replace"), replace(one, other)))
    state_file.StateFile(str(tmp_path / "a.json")).write("text")
    assert did == ["fsync", "replace"]


def test_a_turn_that_is_torn_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def torn(_descriptor: int) -> None:
        raise SystemExit(143)

    monkeypatch.setattr(os, "fsync", torn)
    with pytest.raises(SystemExit):
        state_file.StateFile(str(tmp_path / "a.json")).write("text")
    assert not os.listdir(tmp_path)


@BOTH
@pytest.mark.parametrize("greet", ["nothing", "fails", "chooses", "leaves"])
def test_a_greeting_that_says_nothing_is_not_waited_for(
    kind: Any, greet: str, capfd: pytest.CaptureFixture[str]
) -> None:
    def greeting(message: Message) -> Any:
        match greet:
            case "fails":
                raise ValueError("no greeting")
            case "chooses":
                return message.choose("a", "b")
            case "leaves":
                message.leave()
        return None

    bot = replying(kind, lambda message: message.text)
    bot.on("greet")(kind(greeting))
    with talk_to(bot, timeout=5) as chat:
        assert chat.greeting == ""
        assert chat.say("x") == "x"
    told = {
        "nothing": "",
        "fails": "no greeting",
        "chooses": "RuntimeError: nothing can be asked before the person has said something",
        "leaves": "RuntimeError: a conversation cannot be left before the person has said something",
    }
    assert told[greet] in capfd.readouterr().err


@pytest.mark.parametrize(("text", "leaves"), [("No, thanks!", True), ("a coffee, no thanks to you", False)])
def test_a_function_that_leaves_needs_the_whole_phrase(text: str, leaves: bool) -> None:
    bot = replying(unchanged, lambda message: "heard")
    bot.on("cancel", "no thanks")(lambda message: "bye")
    assert understand(bot, text)[2] is leaves


def test_an_attachment_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    with pytest.raises(OSError, match="is no ordinary file"):
        Attachment("pipe", (tmp_path / "pipe").as_uri()).read()


def test_an_attachment_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    with pytest.raises(OSError, match="is larger than the 64 MiB"):
        Attachment("large", (tmp_path / "large").as_uri()).read()


@pytest.mark.parametrize("pieces", [lambda: iter(["a", "b"]), lambda: map(str, "ab"), lambda: (c for c in "ab")])
def test_a_plain_function_may_return_any_iterator(pieces: Callable[[], Any]) -> None:
    with talk_to(replying(unchanged, lambda _message: pieces())) as chat:
        assert chat.say("x") == "ab"
