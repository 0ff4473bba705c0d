"""How the line shell looks: ``Pipe`` for programs here, ``Terminal`` (``terminal.py``) for people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from tellme.host.host import RunningTurn
from tellme.model import Question, Reply, Turn, TurnStatus
from tellme.surfaces import output, stdin
from tellme.surfaces.streaming import Whole, follow


class Face(Protocol):
    """What the line shell needs of whoever it talks to."""

    greets: bool
    """Is a bot that speaks first heard?"""

    def lines(self) -> AsyncIterator[bytes | stdin.TooLong]:
        """Yield what is typed, line by line."""

    def welcome(self) -> None:
        """Say what this is, where a person reads."""

    def print(self, text: str) -> None:
        """Show the result of a command."""

    def note(self, text: str) -> None:
        """Show something that is no result."""

    def news(self, text: str) -> None:
        """Show what happened without being asked for, to a person: at once, unless a turn is being shown."""

    async def show_turn(self, name: str, running: RunningTurn) -> Reply:
        """Show what a turn yields, and return its reply; when this is cancelled, so is the turn."""

    def show_history(self, name: str, turns: Sequence[Turn]) -> None:
        """Show what was said so far."""

    async def choose(self, question: Question) -> str | None:
        """Ask the person; return an option's id or ``None``."""

    def clear(self) -> None:
        """Clear the screen, if there is one."""

    def restore(self) -> None:
        """Leave the terminal, if there is one, as it was found."""


class Pipe:
    """Replies and the results of commands go to stdout, a block each; everything else to stderr."""

    greets = False

    def lines(self) -> AsyncIterator[bytes | stdin.TooLong]:
        return stdin.read_lines()

    def welcome(self) -> None:
        return

    def print(self, text: str) -> None:
        output.block(text)

    def note(self, text: str) -> None:
        output.note(text)

    def news(self, text: str) -> None:
        return

    async def show_turn(self, name: str, running: RunningTurn) -> Reply:
        reply = await follow(running, Whole(output.note))
        if reply.status is TurnStatus.FAILED:
            output.explain(reply)
        else:
            output.block(reply.text)
        return reply

    def show_history(self, name: str, turns: Sequence[Turn]) -> None:
        return

    async def choose(self, question: Question) -> str | None:
        """Answer no: nobody is there to ask."""
        output.note(f"{question.bot} asks: {question.title} (nobody can answer here, so the answer is no)")
        return None

    def clear(self) -> None:
        return

    def restore(self) -> None:
        return
