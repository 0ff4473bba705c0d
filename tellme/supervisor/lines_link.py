"""A link to a program that answers each line with a line (``protocol = "lines"``).

A line that comes when none is owed belongs to no turn: it goes to the bot's log.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from tellme.supervisor.link import Abilities, Died, Refused, TurnListener
from tellme.supervisor.sessions import Sessions
from tellme.wire import acp, jsonrpc, lines

_SESSION = "lines"


class LinesLink:
    """See ``Link``. Such a program has one conversation, so every session of ours is the same one to it."""

    def __init__(self, write: Callable[[bytes], None], log: Callable[[str], None]) -> None:
        self.abilities = Abilities()
        self.sessions = Sessions()
        self.heard = 0
        self._write = write
        self._log = log
        self._lines = jsonrpc.LineReader(keep_blank=True)
        self._owed: deque[TurnListener] = deque()
        self._ended: Died | None = None

    def feed(self, data: bytes) -> None:
        for line in self._lines.feed(data):
            self.heard += 1
            if not self._owed:
                text = line.sample if isinstance(line, jsonrpc.Malformed) else lines.decode(line)
                self._log(f"[nobody asked] {text}")
                continue
            listener = self._owed.popleft()
            if isinstance(line, jsonrpc.Malformed):
                listener.stopped(Refused(f"answered with a line that {line.reason}"))
            else:
                listener.piece(lines.decode(line))
                listener.stopped(acp.END_TURN)

    def fail(self, reason: str, *, final: bool = False) -> None:
        self._ended = self._ended or Died(reason, final=final)
        owed, self._owed = self._owed, deque()
        for listener in owed:
            listener.stopped(self._ended)

    async def initialize(self) -> None:
        """Do nothing: there is nothing to agree on."""

    async def new_session(self, history: Sequence[acp.Exchange], session: str) -> str:
        return _SESSION

    async def resume_session(self, agent_session: str) -> None:
        raise AssertionError("a lines bot offers no session/resume")

    async def load_session(self, agent_session: str) -> None:
        raise AssertionError("a lines bot offers no session/load")

    def prompt(self, agent_session: str, text: str, turn: str, listener: TurnListener) -> None:
        if self._ended is not None:
            listener.stopped(self._ended)
        else:
            self._owed.append(listener)
            self._write(lines.encode(text))

    def cancel(self, agent_session: str) -> None:
        """Do nothing: a program that does not answer within the grace is ended by the turn."""

    def ping(self, answered: Callable[[], None]) -> None:
        """Do nothing: whatever such a program is sent is a message to it."""
