"""A turn shown as it goes: one that is tried again shows one answer, and never half an answer twice."""

from __future__ import annotations

from tellme.model import Notice, Piece, Reply, Retrying, TurnStatus

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from tellme.host.host import RunningTurn

    class Listener(Protocol):
        """Where the events of a turn go: to a ``Stream``, or to ``Whole``."""

        def piece(self, text: str) -> None:
            """Take the next piece of the reply."""

        def again(self, reason: str) -> None:
            """Forget what came so far: the reply begins anew."""

        def aside(self, text: str) -> None:
            """Say something that is no part of the reply."""

        def end(self, *, whole: bool) -> None:
            """Finish the reply; ``whole`` says that it is all there, and not broken off."""


async def follow(running: RunningTurn, listener: Listener) -> Reply:
    """Follow a turn to its reply; when this is cancelled, so is the turn, and it has ended when this raises."""
    try:
        async for event in running:
            match event:
                case Piece(text):
                    listener.piece(text)
                case Retrying(reason):
                    listener.again(reason)
                case Notice(text):
                    listener.aside(text)
                case Reply(status=status):
                    listener.end(whole=status is not TurnStatus.FAILED)
                    return event
    except BaseException:
        running.cancel()
        await running.ended()
        raise
    raise AssertionError("a turn ends with a reply")


class Whole:
    """For a reply that is printed when its turn has ended: says only what is no part of it."""

    def __init__(self, note: Callable[[str], None]) -> None:
        self.again = self.aside = note

    def piece(self, text: str) -> None:
        """Leave it: the reply has all of them."""

    def end(self, *, whole: bool) -> None:
        """Do nothing: whoever follows the turn prints its reply."""


class Stream:
    """Prints the pieces of one turn, after a label; after ``again`` only what is not on the screen already.

    Where the second try says something else, the first is broken off visibly and the new answer starts on a line of
    its own. What is no part of the reply waits until its line is complete.
    """

    def __init__(self, write: Callable[[str], None], note: Callable[[str], None], label: str = "") -> None:
        self._write = write
        self._note = note
        self._label = label
        self._shown = ""
        self._held: str | None = None
        """What the new try has said so far, while all of it stands on the screen already."""
        self._asides: list[str] = []

    def piece(self, text: str) -> None:
        """Take the next piece of the reply."""
        if self._held is None:
            self._show(text)
            return
        self._held += text
        if self._shown.startswith(self._held):
            return
        if self._held.startswith(self._shown):
            text = self._held[len(self._shown) :]
            self._held = None
            self._show(text)
        else:
            self._start_over()

    def again(self, reason: str) -> None:
        """Forget what came so far: the reply begins anew."""
        self._held = ""
        self.aside(reason)

    def aside(self, text: str) -> None:
        """Say something that is no part of the reply, but not in the middle of a line of it."""
        if self._shown:
            self._asides.append(text)
        else:
            self._note(text)

    def end(self, *, whole: bool = True) -> None:
        """Finish the reply; ``whole`` says that it is all there, and not broken off."""
        if whole and self._held is not None and self._held != self._shown:
            self._start_over()
        self._end_line()
        for text in self._asides:
            self._note(text)

    def _start_over(self) -> None:
        self._write(" …\n")
        self._shown, text, self._held = "", self._held or "", None
        if text:
            self._show(text)

    def _show(self, text: str) -> None:
        if not self._shown:
            self._write(self._label)
        self._shown += text
        self._write(text)

    def _end_line(self) -> None:
        if self._shown and not self._shown.endswith("\n"):
            self._write("\n")
