"""A reply printed as it comes, so that a turn that is tried again shows one answer and never half an answer twice."""

from __future__ import annotations

from collections.abc import Callable


class Stream:
    """Prints the pieces of one turn, after a label. After ``again`` it holds back what is already on the screen, and
    prints only what is new.

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
