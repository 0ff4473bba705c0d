"""The line shell on a terminal: ``You:`` and ``Math:`` before each message, and nothing that moves."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import termios
import threading
from collections.abc import AsyncIterator, Sequence

from tellme.errors import TellmeError
from tellme.host.turns import RunningTurn
from tellme.model import Question, Reply, Turn, TurnStatus
from tellme.surfaces import output, stdin
from tellme.surfaces.running import on_interrupt
from tellme.surfaces.streaming import Stream, follow
from tellme.text import clean

SHOWN_TURNS = 20
"""How much of a session that is taken up again is shown."""


class Terminal:
    """See ``Face``. ``restore`` leaves the terminal as it was when this was made."""

    def __init__(self) -> None:
        self._modes = termios.tcgetattr(stdin.STDIN_FD)

    def restore(self) -> None:
        with contextlib.suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(stdin.STDIN_FD, termios.TCSADRAIN, self._modes)

    async def lines(self) -> AsyncIterator[bytes | stdin.TooLong]:
        while True:
            line = await _typed("You: ")
            if line is None:
                output.write("\n")
                return
            yield line.encode("utf-8", "surrogateescape")

    def welcome(self) -> None:
        output.block("tellme: 'list' shows the bots, 'start_session NAME' begins to talk to one, 'help' shows more.")

    def print(self, text: str) -> None:
        output.block(text)

    def note(self, text: str) -> None:
        output.block(f"tellme: {text}")

    async def show_turn(self, name: str, running: RunningTurn) -> Reply:
        with on_interrupt(running.cancel):
            reply = await follow(running, Stream(output.write, self.note, f"{name}: "))
        if reply.status is TurnStatus.FAILED:
            output.block(f"{name}: [failed] {reply.error}. '/logs {reply.bot}' shows its log.")
        elif not reply.text:
            output.block(f"{name}: ")
        return reply

    def show_history(self, name: str, turns: Sequence[Turn]) -> None:
        for turn in turns[-SHOWN_TURNS:]:
            output.block(f"You: {clean(turn.message)}")
            output.block(f"{name}: {clean(turn.error or '') if turn.status is TurnStatus.FAILED else turn.text}")

    async def choose(self, question: Question) -> str | None:
        output.block(f"\n{question.bot} asks: {question.title}")
        for number, option in enumerate(question.options, 1):
            output.block(f"  {number}. {option.name}")
        while (line := await _typed("Which number? ")) is not None:
            if line.strip().isdecimal() and 1 <= int(line) <= len(question.options):
                return question.options[int(line) - 1].id
        return None

    def clear(self) -> None:
        if output.is_drawable():
            output.write("\x1b[2J\x1b[H")


async def _typed(prompt: str) -> str | None:
    """Read a line with the editing that ``readline`` gives; ``None`` at the end of input.

    In a daemon thread, because nothing can interrupt a person who thinks, and the program may have to end meanwhile.
    """
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[str | None] = loop.create_future()

    def read() -> None:
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  (gives ``input`` its editing and history)
        try:
            line = input(prompt)
        except (EOFError, OSError, ValueError):
            line = None
        with contextlib.suppress(RuntimeError):  # the loop has closed
            loop.call_soon_threadsafe(_give, typed, line)

    sys.stdout.flush()
    threading.Thread(target=read, name="typing", daemon=True).start()
    try:
        return await typed
    except asyncio.CancelledError:
        with contextlib.suppress(TellmeError):  # the terminal may be gone
            output.write("\n")
        raise


def _give(typed: asyncio.Future[str | None], line: str | None) -> None:
    if not typed.done():
        typed.set_result(line)
