"""The line shell on a terminal: ``You:`` and ``Math:`` before each message, and nothing that moves."""

from __future__ import annotations

import contextlib
import termios
from collections.abc import AsyncIterator, Sequence

from tellme.errors import TellmeError
from tellme.host.host import RunningTurn
from tellme.model import Question, Reply, Turn, TurnStatus
from tellme.surfaces import output, stdin
from tellme.surfaces.prompt import Complete, Prompt
from tellme.surfaces.running import on_interrupt
from tellme.surfaces.streaming import Stream, follow
from tellme.text import clean


class Terminal:
    """See ``Face``. ``restore`` leaves the terminal as it was when this was made."""

    greets = True

    def __init__(self, complete: Complete) -> None:
        self._modes = termios.tcgetattr(stdin.STDIN_FD)
        self._prompt = Prompt(complete)
        self._unfinished = ""
        """The start of a line that waits for its end, because the prompt is open."""
        self._in_turn = False
        self._news: list[str] = []
        """What happened during a turn, for after it."""

    def restore(self) -> None:
        with contextlib.suppress(termios.error, TellmeError, OSError):  # the terminal may be gone
            if self._prompt.is_open:
                output.write("\n")
            termios.tcsetattr(stdin.STDIN_FD, termios.TCSADRAIN, self._modes)

    async def lines(self) -> AsyncIterator[bytes | stdin.TooLong]:
        while (line := await self._prompt.line()) is not None:
            yield line.encode("utf-8", "surrogateescape")
        output.write("\n")

    def welcome(self) -> None:
        self.note("'list' shows the bots, 'start_session NAME' begins to talk to one, 'help' shows more.")

    def print(self, text: str) -> None:
        self._write(text if text.endswith("\n") else f"{text}\n")

    def note(self, text: str) -> None:
        self.print(f"tellme: {text}")

    def news(self, text: str) -> None:
        if self._in_turn:
            self._news.append(text)
        else:
            self.print(text)

    async def show_turn(self, name: str, running: RunningTurn) -> Reply:
        self._in_turn = True
        with on_interrupt(running.cancel):
            reply = await follow(running, Stream(self._write, self.note, f"{name}: "))
        self._in_turn = False
        if reply.status is TurnStatus.FAILED:
            self.print(f"{name}: [failed] {reply.error}. '/again' sends it again, '/logs {reply.bot}' shows the log.")
        elif not reply.text:
            self.print(f"{name}: ")
        while self._news:
            self.print(self._news.pop(0))
        return reply

    def show_history(self, name: str, turns: Sequence[Turn]) -> None:
        for turn in turns:
            self.print(f"You: {clean(turn.message)}")
            failed = f"[failed] {clean(turn.error or '')}" if turn.status is TurnStatus.FAILED else ""
            self.print(f"{name}: {failed or turn.text}")

    async def choose(self, question: Question) -> str | None:
        options = question.options
        listed = [f"  {number}. {option.name}" for number, option in enumerate(options, 1)]
        self.print("\n".join([f"\n{question.bot} asks: {question.title}", *listed, "Which number?"]))
        # An answer must be to this question, and not to one that is gone.
        while (line := await self._prompt.line(fresh=True)) is not None:
            if line.strip().isdecimal() and 1 <= int(line) <= len(options):
                return options[int(line) - 1].id
            self.note(f"Type a number from 1 to {len(options)}.")
        return None

    def clear(self) -> None:
        if output.is_drawable():
            output.write("\x1b[2J\x1b[H")

    def _write(self, text: str) -> None:
        """Write to the screen; while the prompt is open, whole lines above it."""
        text, self._unfinished = self._unfinished + text, ""
        if not self._prompt.is_open:
            output.write(text)
            return
        lines, end, self._unfinished = text.rpartition("\n")
        if end:
            self._prompt.above(lines)
