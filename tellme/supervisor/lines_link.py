"""Links to programs that know nothing of us (``protocol = "lines"``): here to one that answers each line with a line.

A line that comes when none is owed belongs to no turn: it goes to the bot's log. Programs with a prompt, and others
whose answers are longer, are ``repl_link.py``'s.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from tellme.model import Attachment, LineRules, SessionOption
from tellme.supervisor.link import Abilities, Died, Link, Refused, TurnListener
from tellme.supervisor.sessions import Sessions
from tellme.text import clean, one_line, shorten
from tellme.wire import acp, jsonrpc, lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tellme.supervisor.process import Process

_SESSION = "lines"
NO_FILES = "takes no files: all that it can be given is a line"
SILENT = '; it has printed nothing: its manifest may need pty = true or, if it speaks ACP, protocol = "acp"'
NEEDS_PROMPT = "without an end of line: if that is its prompt, its manifest needs prompt = …"
MAX_PRINTED = 60
"""Characters that are quoted of a line that has not ended; they are looked for in ``_PRINTED_BYTES``."""
_PRINTED_BYTES = 400

SPEAKS_ACP = 'answers in JSON-RPC: if it speaks the Agent Client Protocol, its manifest needs protocol = "acp"'


def link_to(process: Process, rules: LineRules) -> Link:
    """Return the link that fits the rules."""
    if not (rules.prompt or rules.end or rules.quiet_s):
        return LinesLink(process.write, process.log, typed=rules.pty)
    from tellme.supervisor.repl_link import ReplLink

    return ReplLink(process, rules)


def end_of(listener: TurnListener, name: str, *, has_answered: bool) -> str:
    """Return the stop reason of an answer that the end of the program cut off; without a word of its own it is told."""
    if has_answered:
        return acp.END_TURN
    listener.piece(f"{name} has ended.")
    return acp.REFUSAL


def is_message(line: str, text: str) -> bool:
    """Is a line that comes in answer to ``text`` one of JSON-RPC, which nobody has asked for?"""
    if not line.startswith("{") or '"jsonrpc"' not in line or text.lstrip().startswith("{"):
        return False
    return not isinstance(jsonrpc.parse(line.encode("utf-8", "replace")), jsonrpc.Malformed)


class OneConversation(Sessions):
    """Such a program has one conversation, and would take the history of one for a message."""

    def add(self, ours: str, theirs: str, untold: Sequence[acp.Exchange] = ()) -> None:
        super().add(ours, theirs)


class Lines:
    """What every link to such a program has in common: it has no protocol, so there is nothing to ask it for."""

    def __init__(self) -> None:
        self.abilities = Abilities(told=False)
        self.agent: acp.AgentInfo | None = None
        self.sessions: Sessions = OneConversation()
        self.heard = 0

    @property
    def doubt(self) -> str:
        return "" if self.heard else SILENT

    async def new_session(self, history: Sequence[acp.Exchange], session: str) -> str:
        """Return the one that there is."""
        return _SESSION

    async def resume_session(self, agent_session: str) -> None:
        raise AssertionError("a lines bot offers no session/resume")

    async def load_session(self, agent_session: str) -> None:
        raise AssertionError("a lines bot offers no session/load")

    def options(self, agent_session: str) -> tuple[SessionOption, ...]:
        """Return none: there is nothing to choose."""
        return ()

    async def set_option(self, agent_session: str, option: str, value: str) -> None:
        raise Refused("has no options to choose")

    def close_session(self, ours: str) -> None:
        """Forget it; the program knows nothing of it."""
        self.sessions.forget(ours)

    def ping(self, answered: Callable[[], None]) -> None:
        """Do nothing: whatever such a program is sent is a message to it."""


class LinesLink(Lines):
    """See ``Link``."""

    def __init__(self, write: Callable[[bytes], None], log: Callable[[str], None], *, typed: bool = False) -> None:
        super().__init__()
        self._write = write
        self._log = log
        self._typed = typed
        self._lines = jsonrpc.LineReader(keep_blank=True)
        self._owed: deque[tuple[TurnListener, str]] = deque()
        """Who waits for a line, and what was asked."""
        self._ended: Died | None = None

    @property
    def doubt(self) -> str:
        begin = self._lines.unfinished(_PRINTED_BYTES)
        if not begin:
            return super().doubt
        text = clean(lines.decode(begin))
        return f"; it printed '{shorten(one_line(text), MAX_PRINTED)}' {NEEDS_PROMPT}" if text.strip() else ""

    def feed(self, data: bytes) -> None:
        for line in self._lines.feed(data):
            self.heard += 1
            if not self._owed:
                text = line.sample if isinstance(line, jsonrpc.Malformed) else lines.decode(line)
                self._log(f"[nobody asked] {text}")
                continue
            listener, asked = self._owed.popleft()
            if isinstance(line, jsonrpc.Malformed):
                listener.stopped(Refused(f"answered with a line that {line.reason}"))
            elif is_message(answer := lines.decode(line), asked):
                listener.stopped(Refused(SPEAKS_ACP))
            else:
                listener.piece(answer)
                listener.stopped(acp.END_TURN)

    def fail(self, reason: str, *, final: bool = False) -> None:
        self._ended = self._ended or Died(reason, final=final)
        owed, self._owed = self._owed, deque()
        for listener, _ in owed:
            listener.stopped(self._ended)

    def leave(self, name: str) -> bool:
        owed, self._owed = self._owed, deque()
        for listener, _ in owed:
            rest = lines.decode(self._lines.rest())
            if rest:
                listener.piece(rest)
            listener.stopped(end_of(listener, name, has_answered=bool(rest)))
        return bool(owed)

    async def initialize(self) -> None:
        """Do nothing: there is nothing to agree on."""

    def prompt(
        self, agent_session: str, text: str, turn: str, listener: TurnListener, attachments: Sequence[Attachment] = ()
    ) -> None:
        if self._ended is not None:
            listener.stopped(self._ended)
        elif attachments:
            listener.stopped(Refused(NO_FILES))
        else:
            self._owed.append((listener, text))
            self._write(lines.encode(text, typed=self._typed))

    def cancel(self, agent_session: str) -> None:
        """Do nothing: a program that does not answer within the grace is ended by the turn."""
