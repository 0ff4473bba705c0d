"""A link to a program that is made for a person at a terminal: its answers end where its manifest says.

That is its prompt, a line, or silence, whichever comes first. The promise: what a program prints before its first
prompt, after an answer or after a cancel belongs to no turn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

from tellme.model import Attachment, BotCommand, LineRules
from tellme.supervisor.lines_link import NO_FILES, SPEAKS_ACP, Lines, end_of, is_message
from tellme.supervisor.link import Died, Refused, TurnListener
from tellme.text import shorten
from tellme.wire import acp, lines
from tellme.wire.patterns import TooSlow
from tellme.wire.repl import Answer, Echo, End, Fragment, Prompt, Reader, is_blank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tellme.supervisor.process import Process

SETTLE_S = 0.02
"""A prompt counts when nothing has followed it for so long: what looks like one may be the begin of a line."""
INSIDE_S = 0.5
"""And for so long where it stands behind other text, as after an answer that does not end its last line."""
RESYNC_S = 0.3
"""A message waits so long for silence where the program does not show its prompt."""
INTERRUPTED_S = 0.2
"""A prompt counts so long after the last output where Ctrl-C was typed: there may be one before it and one after."""
NOTHING_S = 2.0
"""With nothing but quiet to go by, so long a silence, or ``NOTHING_TIMES`` the quiet, is an answer without a word."""
NOTHING_TIMES = 4
BUSY_SHARE = 0.05
"""A program that computed for more of a silence than this has not ended its answer, where it has not begun it."""
ENTER = BotCommand("enter", "Send an empty line.")
"""A blank line is no message; a program may wait for one, as Python does to end a block."""
LOGGED_CHARS = 200
ENDS_S = 0.25
"""So much of the processor's time may go into looking for the line that ends an answer, in what came at once."""


class Open:
    """The turn that is open."""

    def __init__(self, text: str, listener: TurnListener) -> None:
        self.text = text
        self.listener = listener
        self.answer: Answer | None = None
        """From when it is sent."""
        self.has_shown = False
        self.withdrawn = False


class ReplLink(Lines):
    """See ``Link``."""

    def __init__(self, process: Process, rules: LineRules) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._process = process
        self._prompt = Prompt(rules.prompt) if rules.prompt else None
        self._end = End(rules.end) if rules.end else None
        self._quiet_s = rules.quiet_s
        self._pty = rules.pty
        self._reader = Reader()
        self._echo = Echo()
        self._turn: Open | None = None
        self._greeting: asyncio.Future[None] | None = None
        self._ended: Died | None = None
        self._since = self._loop.time()
        """When something was sent or heard last."""
        self._has_heard = False
        """Since something was sent."""
        self._activity = process.activity()
        self._ends_s = 0.0
        """What was spent of ``ENDS_S``."""
        self._timer: asyncio.TimerHandle | None = None
        nothing_s = max(NOTHING_S, NOTHING_TIMES * self._quiet_s) if self._quiet_s else RESYNC_S
        self._nothing_s = nothing_s
        self._looks = sorted({SETTLE_S, INTERRUPTED_S, RESYNC_S, INSIDE_S, self._quiet_s or RESYNC_S, nothing_s})
        """After which silences something may be over."""

    # The connection -----------------------------------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        if self._ended is not None:
            return
        self.heard += 1
        self._has_heard = True
        self._ends_s = 0.0
        try:
            for fragment in self._reader.feed(data):
                self._take(fragment)
        except TooSlow as slow:
            self._give_up(slow.key)
        else:
            self._listen()

    def fail(self, reason: str, *, final: bool = False) -> None:
        self._ended = self._ended or Died(reason, final=final)
        self._stop_looking()
        if self._greeting is not None and not self._greeting.done():
            self._greeting.set_exception(self._ended)
        if self._turn is not None:
            with suppress(TooSlow):
                self._show_rest(self._turn, self._reader.tail)
            self._close_turn(self._ended)

    def leave(self, name: str) -> bool:
        turn = self._turn
        if turn is None or turn.answer is None or self._ended is not None:
            return False
        if turn.withdrawn:
            self._close_turn(acp.CANCELLED)
            return True
        with suppress(TooSlow):
            self._show_rest(turn, self._reader.tail)
        self._close_turn(end_of(turn.listener, name, has_answered=turn.has_shown))
        return True

    async def initialize(self) -> None:
        """Wait until the program has said what it says before its first prompt, which goes to the log."""
        if self._ended is not None:
            raise self._ended
        if self._prompt is None and self._quiet_s is None:
            return
        self._greeting = self._loop.create_future()
        self._listen()
        try:
            await self._greeting
        except asyncio.CancelledError:
            self._log_tail("has not shown that it waits for a message")
            raise
        finally:
            self._greeting = None

    async def new_session(self, history: Sequence[acp.Exchange], session: str) -> str:
        agent_session = await super().new_session(history, session)
        self.sessions.offer(agent_session, (ENTER,))
        return agent_session

    def prompt(
        self, agent_session: str, text: str, turn: str, listener: TurnListener, attachments: Sequence[Attachment] = ()
    ) -> None:
        if self._ended is not None:
            listener.stopped(self._ended)
        elif attachments:
            listener.stopped(Refused(NO_FILES))
        elif self._turn is not None:
            listener.stopped(Refused("has not ended its last answer"))
        else:
            self._turn = Open("" if text.strip() == f"/{ENTER.name}" else text, listener)
            try:
                if self._may_send(self._loop.time() - self._since):
                    self._send(self._turn)
                else:
                    self._look_later()
            except TooSlow as slow:
                self._give_up(slow.key)

    def cancel(self, agent_session: str) -> None:
        """Type Ctrl-C where there is a terminal to type on, and wait for the program to come back from it.

        One that does not, or does not end its answer elsewhere, within the grace, is ended by the turn.
        """
        if (turn := self._turn) is None:
            return
        self._log_tail("was asked to end its answer")
        turn.withdrawn = self._pty or turn.answer is None
        if self._pty:
            self._reader.clear()
            self._process.interrupt()
            self._begin_silence()

    # Where it is --------------------------------------------------------------------------------------------------

    def _send(self, turn: Open) -> None:
        line = lines.encode(turn.text, typed=self._pty)
        echoes = self._process.echoes()
        echo = self._echo if echoes is None else Echo(echoes)
        turn.answer = Answer(lines.decode(line), echo, self._prompt)
        self._reader.clear()
        self._process.write(line)
        self._begin_silence()

    def _take(self, fragment: Fragment) -> None:
        turn = self._turn
        if turn is None or turn.answer is None:
            self._log_unasked(fragment)
        elif fragment.ends and self._is_end(fragment):
            self._finish(turn)
        elif not (turn.has_shown or turn.withdrawn) and is_message(fragment.text, turn.text):
            self._close_turn(Refused(SPEAKS_ACP))
        elif not turn.withdrawn:
            self._show(turn, turn.answer.take(fragment))

    def _finish(self, turn: Open, rest: Fragment | None = None) -> None:
        if turn.withdrawn:
            self._close_turn(acp.CANCELLED)
            return
        self._show_rest(turn, rest)
        self._close_turn(acp.END_TURN)

    def _show_rest(self, turn: Open, rest: Fragment | None) -> None:
        if turn.answer is not None and not turn.withdrawn:
            if rest is not None and not is_blank(rest.text):
                self._show(turn, turn.answer.take(rest))
            self._show(turn, turn.answer.close())

    def _show(self, turn: Open, text: str) -> None:
        if text:
            turn.has_shown = True
            turn.listener.piece(text)

    def _close_turn(self, outcome: str | Died | Refused) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.listener.stopped(outcome)

    def _give_up(self, key: str) -> None:
        """Nobody can tell any more where its answers end."""
        reason = f"cannot be followed: {key!r} in its manifest takes too long on what it prints; repeat no repetition"
        self._ended = Died(reason)
        self._stop_looking()
        if self._greeting is not None and not self._greeting.done():
            self._greeting.set_exception(Refused(reason))
        self._close_turn(Refused(reason))
        self._process.kill(reason)

    def _log_tail(self, what: str) -> None:
        """Help whoever wonders why a pattern does not match."""
        self._process.log(f"[{what}; its last line is {shorten(self._reader.tail.text, LOGGED_CHARS)!r}]")

    def _log_unasked(self, fragment: Fragment) -> None:
        if not is_blank(fragment.text):
            self._process.log(f"[nobody asked] {shorten(fragment.text, LOGGED_CHARS)}")

    def _is_end(self, line: Fragment) -> bool:
        if self._end is None:
            return False
        began = time.process_time()
        is_end = self._end.is_line(line)
        self._ends_s += time.process_time() - began
        if self._ends_s > ENDS_S:
            raise TooSlow("end")
        return is_end

    # Silence ------------------------------------------------------------------------------------------------------

    def _begin_silence(self) -> None:
        self._has_heard = False
        if self._quiet_s is not None:
            self._activity = self._process.activity()
        self._listen()

    def _listen(self) -> None:
        """Begin to count the silence anew."""
        self._since = self._loop.time()
        self._look_later()

    def _look_later(self) -> None:
        """Look after the next silence that matters, if somebody waits for one."""
        self._stop_looking()
        if self._ended is None and (self._turn is not None or self._greeting is not None):
            silence_s = self._loop.time() - self._since
            after_s = next((each for each in self._looks if each > silence_s), None)
            if after_s is not None:
                self._timer = self._loop.call_at(self._since + after_s, self._look, after_s)

    def _stop_looking(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, silence_s: float) -> None:
        if self._process.has_unread():  # it was made to rest, or the loop had other things to do
            self._listen()
            return
        self._ends_s = 0.0
        try:
            if self._greeting is not None:
                self._look_at_greeting(self._greeting, silence_s)
            elif self._turn is not None:
                self._look_at_turn(self._turn, silence_s)
        except TooSlow as slow:
            self._give_up(slow.key)
        else:
            self._look_later()

    def _look_at_greeting(self, greeting: asyncio.Future[None], silence_s: float) -> None:
        nothing_s = self._quiet_s if self._prompt is None else self._nothing_s
        if not greeting.done() and self._is_over(silence_s, nothing_s):
            if self._prompt is None:
                self._log_unasked(self._reader.tail)
            greeting.set_result(None)

    def _look_at_turn(self, turn: Open, silence_s: float) -> None:
        if turn.withdrawn:
            if self._has_recovered(silence_s) if self._pty else self._may_send(silence_s):
                self._finish(turn)
        elif turn.answer is None:
            if self._may_send(silence_s):
                self._send(turn)
        elif self._is_over(silence_s, None if self._prompt or self._end else self._nothing_s):
            self._finish(turn, self._rest())

    def _rest(self) -> Fragment | None:
        """Return what of the line that has not ended belongs to the answer."""
        tail = self._reader.tail
        if self._is_end(tail):
            return None
        before = self._prompt.before(tail) if self._prompt is not None else None
        return tail if before is None else tail._replace(text=before)

    def _may_send(self, silence_s: float) -> bool:
        """Does the program wait for a line, as far as can be told?"""
        if self._prompt is not None:
            return self._prompt.is_all(self._reader.tail) or silence_s >= RESYNC_S
        return self._quiet_s is None or silence_s >= min(self._quiet_s, RESYNC_S)

    def _is_over(self, silence_s: float, nothing_s: float | None) -> bool:
        """Is what the program has to say over, ``silence_s`` after the last of it?

        Where it has said nothing that is so after ``nothing_s``, if it did not compute.
        """
        tail = self._reader.tail
        if self._is_end(tail) or (self._prompt is not None and self._prompt.is_all(tail)):
            return True
        if self._prompt is not None and silence_s >= INSIDE_S and self._prompt.before(tail) is not None:
            return True
        if self._quiet_s is None:
            return False
        if self._has_begun():
            return silence_s >= self._quiet_s
        return nothing_s is not None and silence_s >= nothing_s and not self._is_busy(silence_s)

    def _has_begun(self) -> bool:
        if self._turn is None or self._turn.answer is None:
            return self._has_heard
        return self._turn.answer.has_begun or not is_blank(self._reader.tail.text)

    def _has_recovered(self, silence_s: float) -> bool:
        """Has the program come back from a Ctrl-C?"""
        if silence_s < INTERRUPTED_S:
            return False
        if self._prompt is not None:
            return self._prompt.before(self._reader.tail) is not None
        return self._quiet_s is not None and self._has_heard and silence_s >= self._quiet_s

    def _is_busy(self, silence_s: float) -> bool:
        """Has the program computed in this silence? If so, another one begins."""
        before, self._activity = self._activity, self._process.activity()
        if self._activity.is_running or self._activity.used_s - before.used_s > BUSY_SHARE * silence_s:
            self._since = self._loop.time()
            return True
        return False
