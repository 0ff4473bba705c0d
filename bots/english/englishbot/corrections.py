"""What people said an answer should have been: ``/correct``, ``/corrections``, ``/uncorrect``.

Promise: a correction holds for its question until it is taken back or corrected itself; taking it back brings back
what was before. Nothing else is learned.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from .notebook import MOST, Note, Notebook, NotKept

MOST_LETTERS = 10_000
"""Of a question, and of the answer to it."""

_REPLACED = 10
"""Of one question, so many that others took the place of are kept for /uncorrect."""

_SHOWN = 100
"""Letters of a question or an answer in a list."""

COMMANDS = frozenset({"/correct", "/corrections", "/uncorrect"})


class Refused(Exception):
    """A command cannot be carried out; the message is one line that says what to do."""


class Corrections:
    """The corrections of a bot. ``same`` gives one text for all that ask the same, word for word."""

    def __init__(self, folder: str, same: Callable[[str], str]) -> None:
        self.active: list[Note] = []
        """Those that hold, in the order in which they were made."""
        self._notebook = Notebook(folder)
        self._same = same

    def refresh(self) -> bool:
        """See what other processes have written; tell whether anything changed."""
        before = self._notebook.notes
        self._notebook.refresh()
        if self._notebook.notes is before:
            return False
        latest = {self._same(note.question): note for note in self._notebook.notes}
        self.active = sorted(latest.values(), key=lambda note: note.id)
        return True

    def correct(self, question: str, answer: str) -> str:
        """Keep ``answer`` as the one to ``question``; return what to tell the person. Raises ``Refused``."""
        question, answer = _storable(question), _storable(answer)
        self._check(question, answer)
        self.refresh()
        same = self._same(question)
        before = next((note for note in self.active if self._same(note.question) == same), None)
        damaged = "" if self.active else self._damaged()
        if before is None and len(self.active) >= MOST:
            most = f"there are {MOST:,} of them, which is the most; /uncorrect makes room"
            raise Refused(f"The correction could not be kept: {most}.")
        if before is None or before.answer != answer:
            self._keep(lambda: self._notebook.add(question, answer, self._forgotten(same)), "kept")
        return f"Noted: {_shown(question)} → {_shown(answer)}{damaged and chr(10)}{damaged}"

    def listed(self) -> str:
        """Return all that hold, numbered. Raises ``Refused`` where there is none."""
        self.refresh()
        if not self.active:
            none = "There are no corrections. /correct TEXT after an answer says what it should have been."
            raise Refused(f"{none} {self._damaged()}".strip())
        lines = [f"{number}. {_day(note)} {_line(note)}" for number, note in enumerate(self.active, 1)]
        return "\n".join(filter(None, [*lines, self._damaged()]))

    def uncorrect(self, which: str) -> str:
        """Take back the newest, or the one with the number ``which``; return what to tell the person. Raises
        ``Refused``.
        """
        self.refresh()
        note = self._numbered(which.strip())
        self._keep(lambda: self._notebook.remove(note), "taken back")
        before = next((other for other in self.active if self._same(other.question) == self._same(note.question)), None)
        now = f"; the answer is {_shown(before.answer)} again" if before else ""
        return f"Taken back: {_line(note)}{now}"

    def _keep(self, write: Callable[[], None], done: str) -> None:
        try:
            write()
        except NotKept as error:
            raise Refused(f"The correction could not be {done}: {error}.") from None
        self.refresh()

    def _damaged(self) -> str:
        """Return the line that tells of earlier corrections which were damaged; empty where there are none."""
        aside = self._notebook.set_aside()
        return f"Earlier corrections were damaged; their file is kept as {aside}" if aside else ""

    def _forgotten(self, same: str) -> list[Note]:
        """Return what goes when a correction of ``same`` is added: the oldest of many that were replaced."""
        of_it = [note for note in self._notebook.notes if self._same(note.question) == same]
        active = {note.id for note in self.active}
        replaced = [note for note in self._notebook.notes if note.id not in active]
        return [*of_it[: max(0, len(of_it) - _REPLACED)], *replaced[: max(0, len(replaced) + 1 - MOST)]]

    def _check(self, question: str, answer: str) -> None:
        if not answer.strip():
            raise Refused("Say what the answer should have been: /correct TEXT.")
        if not question.strip():
            raise Refused("There is nothing to correct yet: ask something first, then /correct TEXT.")
        if len(answer) > MOST_LETTERS:
            raise Refused(f"The answer has {len(answer):,} characters, and {MOST_LETTERS:,} is the most: shorten it.")
        if len(question) > MOST_LETTERS:
            raise Refused(f"A message of {len(question):,} characters cannot be corrected; ask it shorter.")

    def _numbered(self, which: str) -> Note:
        if not self.active:
            raise Refused("There are no corrections to take back.")
        number = which.removesuffix(".") or str(len(self.active))
        if number.isdecimal() and len(number) < 10 and 1 <= int(number) <= len(self.active):
            return self.active[int(number) - 1]
        most = f"1 to {len(self.active)}" if len(self.active) > 1 else "1"
        raise Refused(f"There is no correction {_shown(which)}; /corrections lists them ({most}).")


def last_question(messages: list[str]) -> str:
    """Return the newest message that is no command about corrections; empty where there is none."""
    return next((message for message in reversed(messages) if not is_command(message)), "")


def is_command(message: str) -> bool:
    """Tell whether a message was one of the commands here."""
    return message.split(None, 1)[:1] != [] and message.split(None, 1)[0] in COMMANDS


def _storable(text: str) -> str:
    """Return ``text`` without the halves of characters that no file can hold."""
    return text.encode("utf-8", "replace").decode()


def _line(note: Note) -> str:
    return f"{_shown(note.question)} → {_shown(note.answer)}"


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _day(note: Note) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(note.made))
