"""A turn shown as it goes: one that is tried again shows one answer, and never half an answer twice."""

from __future__ import annotations

from tellme.model import Notice, Piece, Plan, Reply, Retrying, ToolCall, TurnStatus

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from tellme.host.host import RunningTurn
    from tellme.surfaces.steps import Told

    class Listener(Protocol):
        """Where the events of a turn go: to a ``Stream``, or to ``Whole``."""

        def piece(self, text: str) -> None:
            """Take the next piece of the reply."""

        def again(self, reason: str) -> None:
            """Forget what came so far: the reply begins anew."""

        def aside(self, text: str) -> None:
            """Say something that is no part of the reply."""

        def step(self, step: ToolCall | Plan) -> None:
            """Take what the bot does, or means to do, on its way to the reply."""

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
                case ToolCall() | Plan():
                    listener.step(event)
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

    def step(self, step: ToolCall | Plan) -> None:
        """Leave it: nobody watches."""

    def end(self, *, whole: bool) -> None:
        """Do nothing: whoever follows the turn prints its reply."""


class Stream:
    """Prints the pieces of one turn, after a label; after ``again`` only what is not on the screen already.

    Where the second try says something else, the first is broken off visibly and the new answer starts on a line of
    its own. What is no part of the reply waits until its line is complete. ``say_step`` takes the lines about steps.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        note: Callable[[str], None],
        label: str = "",
        say_step: Callable[[str], None] | None = None,
    ) -> None:
        self._write = write
        self._note = note
        self._say_step = say_step or note
        self._label = label
        self._told: Told | None = None
        self._shown = ""
        self._held: str | None = None
        """What the new try has said so far, while all of it stands on the screen already."""
        self._asides: list[tuple[Callable[[str], None], str]] = []

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
        self._say_between_lines(self._note, text)

    def step(self, step: ToolCall | Plan) -> None:
        """Say what the bot does, or means to do, in a line of its own."""
        if self._told is None:
            from tellme.surfaces.steps import Told  # few bots have steps

            self._told = Told()
        line = self._told.of_call(step) if isinstance(step, ToolCall) else self._told.of_plan(step)
        if line:
            self._say_between_lines(self._say_step, line)

    def _say_between_lines(self, say: Callable[[str], None], text: str) -> None:
        if self._shown and (self._held is not None or not self._shown.endswith("\n")):
            self._asides.append((say, text))
        else:
            say(text)

    def end(self, *, whole: bool = True) -> None:
        """Finish the reply; ``whole`` says that it is all there, and not broken off."""
        if whole and self._held is not None and self._held != self._shown:
            self._start_over()
        self._end_line()
        for say, text in self._asides:
            say(text)

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
