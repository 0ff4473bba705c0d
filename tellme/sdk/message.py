"""What a function that replies is given: the message, its conversation, and what can be done within the turn."""

from __future__ import annotations

import os

from tellme.wire.acp import Exchange

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from typing import Any

    from tellme.sdk.attachment import Attachment
    from tellme.sdk.kept import Kept
    from tellme.sdk.turn import Turn
    from tellme.wire.fields import Json

MAX_HISTORY = 1_000
"""Turns kept of one session: with ``ask --lines`` a session can have millions."""


KEPT_FOLDER = "sessions"
"""Where the state of sessions is kept, below the bot's own folder."""


class Decline(Exception):
    """Raise it in a reply to say that the bot can't answer; its text is what the person reads."""


class Declined(Decline):
    """Another bot declined what it was asked; not caught, it declines for this one too, in the same words."""


class BotFailed(Exception):
    """Another bot failed at what it was asked, or could not be asked at all; the text says why."""


class StateError(Exception):
    """What was put into ``session.state`` cannot be kept; the text names the key, or says what else is in its way."""


class Session:
    """One conversation. The bot keeps the newest 10,000; of a session's history the newest 1,000 turns."""

    __slots__ = ("_kept", "_place", "_state", "history", "id", "scratch")

    def __init__(self, id: str, history: list[Exchange] | None = None, place: tuple[str, str] | None = None) -> None:
        self.id = id
        self.history: list[Exchange] = [] if history is None else history
        """The turns that are over, oldest first; also those from before a restart."""
        self.scratch: dict[str, Any] = {}
        """For the author: anything. It ends with the process."""
        self._state: dict[str, Any] | None = None
        self._kept: Kept | None = None
        self._place = place
        """The bot's own folder and the client's id of the session; ``None`` where the state ends with the process."""

    @property
    def state(self) -> dict[str, Any]:
        """For the author: what JSON can hold. tellme's sessions keep it when a turn ends, and a restart gives it back.

        A turn in which something else was put there fails. After one that failed or was cancelled it is again what it
        was before.
        """
        if self._state is None:
            self._state = self._open().state() if self._place else {}
        return self._state

    @state.setter
    def state(self, state: Any) -> None:
        if not isinstance(state, dict):
            raise StateError(f"session.state has to be a dict, not {type(state).__name__}")
        if self._place:
            self._open().state()  # what is replaced has to be known: another process may change it meanwhile
        self._state = state

    def begin_turn(self) -> None:
        """Take the state as another process has left it, where one did."""
        if self._kept is not None and self._kept.forget():
            self._state = None

    def add(self, turn: Exchange) -> None:
        """Add a turn that is over."""
        self.history.append(turn)
        del self.history[:-MAX_HISTORY]

    def keep(self, turn: str, answer: Json) -> None:
        """Keep the state, where it is to outlive the process, and its answer; may raise `StateError`."""
        if self._place and self._state is not None:
            try:
                self._open().keep(self._state, turn, answer)
            except StateError:
                self._state = None  # as it was, so that the next turn need not fail of it, too
                raise

    def roll_back(self) -> None:
        """Forget what a turn did to the state; where it ends with the process, nobody knows how it was before."""
        if self._place:
            self._state = None

    def answer_to(self, turn: str) -> Json | None:
        """Return the answer that was kept when this very turn changed the state: run again, it would do so twice."""
        if not (self._place and turn and (self._kept or os.path.isdir(os.path.join(self._place[0], KEPT_FOLDER)))):
            return None
        return self._open().answer_to(turn)

    def _open(self) -> Kept:
        if self._kept is None:
            from tellme.sdk.kept import Kept

            assert self._place is not None
            self._kept = Kept(os.path.join(self._place[0], KEPT_FOLDER), self._place[1])
        return self._kept


class Message:
    """What a person said, and where."""

    __slots__ = ("_turn", "attachments", "session", "text", "turn")

    def __init__(
        self,
        text: str,
        session: Session,
        turn: str = "",
        attachments: tuple[Attachment, ...] = (),
        running: Turn | None = None,
    ) -> None:
        self.text = text
        self.session = session
        self.turn = turn
        """An id that stays the same when the turn comes again after a crash; empty where the client is not tellme."""
        self.attachments = attachments
        """The files that came with it. ``text`` has the address of each link and all of each embedded text, too."""
        self._turn = running

    def choose(self, *options: str, title: str = "") -> str | None:
        """Let the person choose; return the chosen text, or ``None`` where nobody answers or nothing was chosen.

        In an ``async def`` it is awaited (annotate the message as `AsyncMessage`). What was said so far is shown first.
        A turn that is cancelled meanwhile ends there.
        """
        from tellme.sdk import asking

        answer: str | None = asking.choose(self._running(), options, title)
        return answer

    def think(self, text: str) -> None:
        """Show a piece of what leads to the reply, and is no part of it."""
        if not isinstance(text, str):
            raise TypeError(f"a thought is a str, not {type(text).__name__}")
        self._running().think(text)

    def leave(self) -> None:
        """End the conversation with this turn; what the person says next is no longer for this bot."""
        self._running().leave()

    def _running(self) -> Turn:
        if self._turn is None or self._turn.over:
            raise RuntimeError("the turn of this message is over" if self._turn else "this message is of no turn")
        return self._turn


if TYPE_CHECKING:

    class AsyncMessage(Message):
        """A message as an ``async def`` has it."""

        async def choose(self, *options: str, title: str = "") -> str | None:  # type: ignore[override]
            """Let the person choose; see `Message.choose`."""
else:
    AsyncMessage = Message
