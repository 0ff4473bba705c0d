"""What the bridge tells the app: the host's news, in Textual's terms."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual.message import Message

from tellme.model import BotStatus, Question, StateChanged


class HostFailed(Message):
    """The host could not be opened, or ended by an error."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class BotsSeen(Message):
    """How the bots are now; posted when a state changes, and every few seconds for memory and uptime."""

    def __init__(self, bots: Sequence[BotStatus]) -> None:
        super().__init__()
        self.bots = bots


class BotChanged(Message):
    """A bot went from one state to another."""

    def __init__(self, change: StateChanged, name: str) -> None:
        super().__init__()
        self.change = change
        self.name = name


class BotSpoke(Message):
    """A bot said something outside a turn."""

    def __init__(self, name: str, session: str, text: str) -> None:
        super().__init__()
        self.name = name
        self.session = session
        self.text = text


class Noticed(Message):
    """Something that the person should know: damage, broken configuration, lost events."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Asked(Message):
    """A bot asks the person to choose; ``answer`` takes the id of an option, or ``None`` for no answer."""

    def __init__(self, question: Question, answer: asyncio.Future[str | None]) -> None:
        super().__init__()
        self.question = question
        self.answer = answer


class Resumed(Message):
    """The program goes on after it was stopped for so long."""

    def __init__(self, stopped_s: float) -> None:
        super().__init__()
        self.stopped_s = stopped_s
