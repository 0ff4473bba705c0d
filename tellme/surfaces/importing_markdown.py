"""A session read from the Markdown that ``export`` writes: the same lines, and no other Markdown. Pure."""

from __future__ import annotations

import re
import time
from calendar import timegm
from collections.abc import Iterator
from typing import NoReturn

from tellme.errors import UsageError
from tellme.host.names import bot_id
from tellme.model import Session, Turn, TurnStatus
from tellme.surfaces.export import NO_REASON, NOT_YET
from tellme.surfaces.importing import Imported

_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
_HEADING = re.compile(rf"# (?P<bot>.+), (?P<at>{_TIME})")
_FACTS = re.compile(rf"Session `(?P<id>[^`]*)`(?:, ended (?P<at>{_TIME}))?")
_YOU = "**You:**"
_WITH = "**With:**"


def read_markdown(text: str) -> Imported:
    """Read a session and its turns; raises ``UsageError`` naming the line."""
    return _Reader(text).session()


class _Reader:
    def __init__(self, text: str) -> None:
        # Nothing else ends a line in what export writes: other characters that could are part of a text.
        self._lines = text.replace("\r\n", "\n").split("\n")
        self._next = 0
        self._bot = ""
        self._files: list[list[str]] = []

    def session(self) -> Imported:
        self._bot, started = self._heading()
        id_, ended = self._facts()
        turns = []
        while self._skip_blank():
            turns.append(self._turn(id_, started))
        used = started if ended is None else ended
        session = Session(id_, bot_id(self._bot), started, ended, used, turns=len(turns))
        return Imported(session, turns, self._files)

    def _heading(self) -> tuple[str, float]:
        found = _HEADING.fullmatch(self._line())
        if found is None:
            self._refuse("must be '# BOT, YYYY-MM-DD HH:MM UTC'")
        started = self._seconds(found["at"])
        self._next += 1
        return found["bot"], started

    def _facts(self) -> tuple[str, float | None]:
        self._skip_blank()
        found = _FACTS.fullmatch(self._line())
        if found is None:
            self._refuse("must be 'Session `ID`', or that with ', ended YYYY-MM-DD HH:MM UTC' behind it")
        ended = self._seconds(found["at"]) if found["at"] else None
        self._next += 1
        return found["id"], ended

    def _turn(self, session: str, sent_at: float) -> Turn:
        if not self._is_at(_YOU):
            self._refuse(f"must begin with '{_YOU}'")
        message = self._labelled(_YOU)
        self._files.append(list(self._names()))
        text, status, error = self._reply()
        return Turn("", session, message, sent_at, text, status, error, attempts=0 if status is None else 1)

    def _names(self) -> Iterator[str]:
        """Read the names of the files that went with a message, up to the reply."""
        while self._skip_blank() and self._is_at(_WITH):
            yield self._labelled(_WITH)

    def _reply(self) -> tuple[str, TurnStatus | None, str | None]:
        bot = self._bot
        if self._line().rstrip() == f"**{bot}** {NOT_YET}":
            self._next += 1
            return "", None, None
        for label, status in ((f"**{bot}:**", TurnStatus.ANSWERED), (f"**{bot} (declined):**", TurnStatus.DECLINED)):
            if self._is_at(label):
                return self._labelled(label), status, None
        return self._failure(f"**{bot} (unfinished):**", f"**{bot} failed:**")

    def _failure(self, unfinished: str, failed: str) -> tuple[str, TurnStatus | None, str | None]:
        partial = self._labelled(unfinished) if self._is_at(unfinished) else ""
        self._skip_blank()
        if not self._is_at(failed):
            self._refuse(f"must be the reply, as in '**{self._bot}:** text'")
        error = self._labelled(failed)
        return partial, TurnStatus.FAILED, None if error == NO_REASON else error

    def _labelled(self, label: str) -> str:
        """Read the text behind a label, or the block quote below it; neither is an empty text."""
        line = self._line()
        self._next += 1
        if line.rstrip() != label:
            return line.removeprefix(f"{label} ")
        self._skip_blank()
        quote = []
        while self._line().startswith(">"):
            quote.append(self._line()[1:].removeprefix(" "))
            self._next += 1
        return "\n".join(quote)

    def _line(self) -> str:
        return self._lines[self._next] if self._next < len(self._lines) else ""

    def _is_at(self, label: str) -> bool:
        return self._line().rstrip() == label or self._line().startswith(f"{label} ")

    def _skip_blank(self) -> bool:
        """Go on to the next line with something on it; false at the end."""
        while self._next < len(self._lines) and not self._line().strip():
            self._next += 1
        return self._next < len(self._lines)

    def _seconds(self, at: str) -> float:
        try:
            return float(timegm(time.strptime(at, "%Y-%m-%d %H:%M UTC")))
        except ValueError:
            self._refuse(f"names a time that is none ({at})")

    def _refuse(self, problem: str) -> NoReturn:
        raise UsageError(f"Line {self._next + 1}: this is no session that 'tellme export' wrote: it {problem}.")
