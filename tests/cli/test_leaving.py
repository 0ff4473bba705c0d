"""A bot that ends the conversation: the shell goes on without a session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import contextmanager
from typing import Any

from tellme.model import Reply, Session, TurnStatus
from tellme.surfaces.line_shell import LineShell


class Host:
    """Has one bot, which leaves when it is told ``cancel``."""

    damage: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.opened: list[Session] = []
        self.said: list[tuple[str, str]] = []
        self.asked_for: list[str] = []
        self.ended: list[str] = []

    @contextmanager
    def watch(self) -> Any:
        yield self

    def __aiter__(self) -> Host:
        return self

    async def __anext__(self) -> object:
        return await asyncio.Event().wait()

    def specs(self) -> list[Any]:
        return []

    def route(self, text: str) -> None:
        return None

    def name_of(self, bot: str) -> str:
        return "Cows"

    async def open_session(self, name: str) -> Session:
        self.opened.append(Session(f"s{len(self.opened)}", "cows", 0.0))
        return self.opened[-1]

    async def end_session(self, session_id: str) -> None:
        self.ended.append(session_id)

    async def commands(self, session: Session) -> tuple[()]:
        self.asked_for.append(session.id)
        return ()

    async def say(self, session: Session, text: str, choose: object, **_: object) -> Any:
        self.said.append((session.id, text))
        reply = Reply("Cows", session.id, "t", "bye", TurnStatus.ANSWERED, 1.0, 1, leaves=text == "cancel")
        return Running(session, reply)


class Running:
    def __init__(self, session: Session, reply: Reply) -> None:
        self.session, self.result = session, reply


class Face:
    """Types lines and keeps what is shown."""

    def __init__(self, *lines: str, greets: bool = False) -> None:
        self.typed = lines
        self.greets = greets
        self.shown: list[str] = []
        self.print = self.note = self.shown.append

    async def lines(self) -> AsyncIterator[bytes]:
        for line in self.typed:
            await asyncio.sleep(0)
            yield line.encode()

    def welcome(self) -> None: ...

    def news(self, text: str) -> None: ...

    async def choose(self, question: object) -> None: ...

    async def show_turn(self, name: str, running: Running) -> Reply:
        self.shown.append(running.result.text)
        return running.result


def shell(face: Face) -> tuple[Host, int]:
    host = Host()
    code = asyncio.run(LineShell(host, face).run(None, None))  # type: ignore[arg-type]
    return host, code


def test_a_message_after_the_bot_has_left_is_without_a_session() -> None:
    face = Face("start_session Cows", "1234", "cancel", "1234", "/again")
    host, code = shell(face)
    assert host.said == [("s0", "1234"), ("s0", "cancel")]
    assert face.shown[:4] == ["Session s0 with Cows.", "bye", "bye", "Cows has ended the conversation."]
    assert face.shown[4:] == [
        "There are no bots here; 'tellme doctor' shows why.",
        "There is no message yet to send again.",
    ]
    assert code == 2


def test_a_bot_that_speaks_first_is_begun_with_where_somebody_hears_it() -> None:
    assert shell(Face("start_session Cows", "hi", "hi", greets=True))[0].asked_for == ["s0"]
    assert shell(Face("start_session Cows", "hi"))[0].asked_for == []
