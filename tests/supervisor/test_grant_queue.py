"""Large answers to a bot: one at a time, when it has taken what came before."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellme.model import Grants
from tellme.supervisor.asked import OpenRequests
from tellme.supervisor.grants import queue
from tellme.supervisor.grants.granted import Granted
from tellme.wire import granting, jsonrpc

from .conftest import eventually


class Slow:
    """A bot that takes what was written to it when the test says so."""

    def __init__(self, folder: Path) -> None:
        self.came: list[Any] = []
        self.has_room = asyncio.Event()
        self.open = OpenRequests(self._written)
        self.granted = Granted(Grants(str(folder), True, True, False), None, self._drain)

    def ask(self, number: int, method: str, **params: object) -> None:
        self.granted.take(method, params, self.open.open(number))

    async def _drain(self) -> None:
        await self.has_room.wait()

    def _written(self, message: jsonrpc.Response | jsonrpc.ErrorResponse | bytes) -> None:
        self.has_room.clear()
        self.came.append(jsonrpc.parse(message[:-1]) if isinstance(message, bytes) else message)


async def test_nothing_is_read_before_the_answer_before_was_taken(tmp_path: Path) -> None:
    bot = Slow(tmp_path)
    for number in range(3):
        bot.ask(number, granting.READ_FILE, path=f"{tmp_path}/{number}")
    for number in range(3):
        (tmp_path / str(number)).write_text(f"text {number}")  # an early reader would not find it
        bot.has_room.set()
        await eventually(lambda number=number: len(bot.came) > number)
        assert bot.came[number:] == [jsonrpc.Response(number, {"content": f"text {number}"})]


async def test_what_is_taken_back_is_not_read(tmp_path: Path) -> None:
    bot = Slow(tmp_path)
    (tmp_path / "b").write_text("b")
    bot.ask(1, granting.WRITE_FILE, path=f"{tmp_path}/a", content="a")
    bot.ask(2, granting.WRITE_FILE, path=f"{tmp_path}/c", content="c")
    bot.ask(3, granting.READ_FILE, path=f"{tmp_path}/b")
    bot.open.cancel(2)
    for count in (2, 3):
        bot.has_room.set()
        await eventually(lambda count=count: len(bot.came) == count)
    assert [message.id for message in bot.came] == [2, 1, 3]
    assert (tmp_path / "a").read_text() == "a"
    assert not (tmp_path / "c").exists()
    bot.granted.close()


async def test_what_waits_to_be_written_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MAX_HELD_BYTES", 10)
    bot = Slow(tmp_path)
    for number in range(2):
        bot.ask(number, granting.WRITE_FILE, path=f"{tmp_path}/{number}", content="123456")
    assert [(message.id, message.code) for message in bot.came] == [(1, jsonrpc.INTERNAL_ERROR)]
    bot.has_room.set()
    await eventually(lambda: len(bot.came) == 2)
    bot.ask(2, granting.WRITE_FILE, path=f"{tmp_path}/2", content="123456")
    bot.has_room.set()
    await eventually(lambda: (tmp_path / "2").exists())
    bot.granted.close()


@given(st.text(max_size=20), st.integers() | st.text(max_size=5))
def test_an_answer_in_pieces_is_the_same_line(text: str, number: int | str) -> None:
    result = {"output": text * 3, "truncated": True, "exitStatus": {"exitCode": None}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(granting, "PIECE_CHARS", 7)
        assert granting.encode_answer(number, result) == jsonrpc.encode(jsonrpc.Response(number, result))
