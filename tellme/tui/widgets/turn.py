"""One turn: what the person said, and what the bot answers or answered.

The promise: a reader sees one answer. When the bot dies on the way, what it had said is dimmed until the next try
brings its first word, and then it is gone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence

from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.timer import Timer

from tellme.model import Plan, Reply, Thought, ToolCall, Turn, TurnStatus
from tellme.text import clean, one_line
from tellme.tui.render import styles
from tellme.tui.render.blocks import Block
from tellme.tui.render.reply import MAX_SHOWN, ReplyText
from tellme.tui.render.words import duration, moment, ordinal, size
from tellme.tui.widgets.flow import BAR, FOCUSED_BAR, FlowView, Look
from tellme.tui.widgets.steps import Steps

FOLD_LINES = 30
FOLD_CHARS = 4000
"""A message of more lines or characters than this is folded, down to ``FOLDED_LINES`` and ``FOLDED_CHARS``."""
FOLDED_LINES = 6
FOLDED_CHARS = 480

SLOW_S = 0.003
REST = 8
PIECE = 2048
"""A reply is taken in by so many characters; after ``SLOW_S`` the rest of it waits ``REST`` times as long for keys."""


class TurnView(FlowView, can_focus=True):
    """Shows a turn. One that is open takes ``append``, ``step``, ``again``, ``note``, ``waiting`` and ``tick``, then
    ``end``; ``reopen`` has one that failed take them again.
    """

    DEFAULT_CSS = """
    TurnView { margin-bottom: 1; }
    """

    class ResendRequested(Message):
        """The person wants the message sent again."""

        def __init__(self, turn_view: TurnView) -> None:
            super().__init__()
            self.turn_view = turn_view

    class ReadRequested(Message):
        """The person wants to read all of a text that is too long for the conversation."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, bot_name: str, turn: Turn, files: Sequence[str] = ()) -> None:
        super().__init__()
        self._files = ", ".join(one_line(clean(name)) for name in files)
        """The names of what goes with the message."""
        self.bot_name = clean(bot_name)
        self.turn = turn._replace(text=clean(turn.text))
        self.message = clean(turn.message)
        """What the person said."""
        self.is_folded = self.message.count("\n") >= FOLD_LINES or len(self.message) > FOLD_CHARS
        """Is only the beginning of the message shown?"""
        self._reply = ReplyText()
        self._is_void = False
        """The bot died after it had said what is shown."""
        self._pending = self.turn.text
        """What came and is not shown yet, from ``_taken`` on."""
        self._taken = 0
        self._rest: Timer | None = None
        self._notes: list[Block] = []
        self._steps = Steps()
        self._step_blocks: list[Block] = []
        self._blank = Block(Content())
        """Between what the bot did and what it says, where the former has more than one line."""
        self._tries = 1
        self._waiting = ""
        self._elapsed_s = 0
        self._own: dict[str, Block] = {}
        self._person_blocks = list(self._message_part())
        self._take_pending()

    # What it holds ------------------------------------------------------------------------------------------------

    @property
    def turn_id(self) -> str:
        return self.turn.id

    @property
    def is_open(self) -> bool:
        """Is the reply still to come, or to go on?"""
        return self.turn.status is None

    @property
    def reply_text(self) -> str:
        """All of the reply so far, as the bot wrote it."""
        if not self.is_open:
            return self.turn.text
        rest = self._pending[self._taken :]
        return rest if self._is_void else self._reply.text + rest

    @property
    def weight(self) -> int:
        """The number of characters that it holds."""
        return len(self.message) + self._reply.length + len(self._pending) - self._taken

    # What happens to it -------------------------------------------------------------------------------------------

    def append(self, text: str) -> None:
        """Show the next piece of the reply."""
        self._pending, self._taken = self._pending[self._taken :] + text, 0
        if self._rest is None:
            self._take_pending()

    def step(self, steps: Iterable[Thought | ToolCall | Plan]) -> None:
        """Show what the bot thinks, does and means to do on its way to the reply."""
        for each in steps:
            match each:
                case Thought(text):
                    self._steps.think(text)
                case ToolCall():
                    self._steps.do(each)
                case Plan():
                    self._steps.mean_to(each)
        self._update()

    def again(self, reason: str) -> None:
        """The bot died, and the reply begins anew: what there is of it stays in sight, dimmed, until it does."""
        self._is_void = True
        self._pending, self._taken = "", 0
        self._steps.clear()
        self._tries += 1
        self.note(f"{ordinal(self._tries)} try: {reason.partition(';')[0]}")
        self.refresh()

    def reopen(self) -> None:
        """The turn, which had failed, is under way again: what came of it stays in sight, dimmed, until more does."""
        self.turn = self.turn._replace(status=None, error=None)
        self._is_void, self._elapsed_s = True, 0
        self._steps.clear()
        self.note("sent again")

    def note(self, text: str) -> None:
        """Say something above the reply that is no part of it."""
        self._notes.append(Block(Content.styled(clean(text), styles.MUTED)))
        self._update()

    def waiting(self, text: str) -> None:
        """Say what the bot waits for (``your choice``), until the next piece comes; nothing takes it away."""
        self._waiting = clean(text)
        self._update()

    def tick(self, elapsed_s: float) -> None:
        """Show for how long the turn has been under way."""
        if self.is_open and int(elapsed_s) != self._elapsed_s:
            self._elapsed_s = int(elapsed_s)
            self._update()

    def end(self, reply: Reply) -> None:
        """Show how the turn ended; where the reply is the one that is shown, it stays as it is."""
        text = reply.text  # the host has cleaned it
        if self._is_void or text != self.reply_text:
            self._reply, self._pending, self._taken = ReplyText(), text, 0
        self._is_void, self._waiting = False, ""
        self.turn = self.turn._replace(
            text=text,
            status=reply.status,
            error=reply.error,
            attempts=reply.attempts,
            latency_ms=reply.latency_ms,
        )
        if self._rest is not None:
            self._rest.stop()
        self._take_pending()
        self.refresh()

    def find(self, needle: str) -> int:
        if needle and self.is_folded and needle.casefold() in self.message.casefold():
            self.action_toggle_message()
        return super().find(needle)

    # Clicks and keys ----------------------------------------------------------------------------------------------

    def action_toggle_message(self) -> None:
        """Show all of a long message, or its beginning."""
        self.is_folded = not self.is_folded
        self._person_blocks = list(self._message_part())
        self._update()

    def action_toggle_steps(self) -> None:
        """Show all that the bot did on its way to the reply, or fold it."""
        if self._steps:
            self._steps.is_unfolded = not self._steps.is_unfolded
            self._update()

    def action_resend(self) -> None:
        """Ask for the message to be sent again."""
        self.post_message(self.ResendRequested(self))

    def action_read(self) -> None:
        """Ask for all of the reply to be shown."""
        self.post_message(self.ReadRequested(self.reply_text))

    # How it looks -------------------------------------------------------------------------------------------------

    def look(self, index: int) -> Look:
        bar = FOCUSED_BAR if self.has_focus else BAR
        if index < len(self._person_blocks):
            return Look(bar, styles.PERSON_BAR)
        is_failed = self.turn.status is TurnStatus.FAILED
        first = len(self._person_blocks) + 1 + len(self._notes) + len(self._step_blocks)
        is_reply = first <= index < first + len(self._reply.blocks)
        return Look(bar, styles.ERROR if is_failed else styles.BOT_BAR, is_reply and (is_failed or self._is_void))

    def _take_pending(self) -> None:
        self._rest = None
        started = time.perf_counter()
        if self._pending and self._is_void:
            self._is_void, self._reply = False, ReplyText()
        while self._taken < len(self._pending):
            length = PIECE if self._reply.length < MAX_SHOWN else len(self._pending)
            piece = self._pending[self._taken : self._taken + length]
            self._taken += len(piece)
            self._reply.append(piece)
            self._waiting = ""
            if self.is_running and time.perf_counter() - started > SLOW_S:
                break
        if self._taken == len(self._pending):
            self._pending, self._taken = "", 0
        if not (self.is_open or self._pending):
            self._reply.finish()
        self._update()
        took = time.perf_counter() - started
        if took > SLOW_S and self.is_running:
            self._rest = self.set_timer(took * REST, self._take_pending)

    def _update(self) -> None:
        self._step_blocks = self._steps.blocks(is_over=not self.is_open) if self._steps else []
        if len(self._step_blocks) > 1 and self._reply.blocks:
            self._step_blocks.append(self._blank)
        above = [*self._person_blocks, self._header(), *self._notes, *self._step_blocks]
        self.show([*above, *self._reply.blocks, *self._footer()])

    def _message_part(self) -> Iterator[Block]:
        said_at = moment(self.turn.sent_at, time.time())
        yield Block(Content.assemble(("You", styles.PERSON), (f"  {said_at}", styles.MUTED)))
        text = self.message[:MAX_SHOWN]
        if self.is_folded:
            text = "\n".join(text.split("\n", FOLDED_LINES)[:FOLDED_LINES])[:FOLDED_CHARS]
        yield Block(Content(text.expandtabs(4)))
        if self.is_folded:
            yield Block(_clickable(f"… {_rest_of(self.message[len(text) :])}", "toggle_message"))
        elif len(self.message) > len(text):
            yield Block(Content.styled(f"… {size(len(self.message) - len(text))} more", styles.MUTED))
        if self._files:
            yield Block(Content.styled(f"with {self._files}", styles.MUTED))

    def _header(self) -> Block:
        words = self._words_while_open() if self.is_open else self._words_at_end()
        said = Content.assemble((self.bot_name, styles.BOT), (f"  {' · '.join(words)}", styles.MUTED))
        return self._same_or_new("header", said, gap=1)

    def _words_while_open(self) -> Iterator[str]:
        yield f"waiting for {self._waiting}" if self._waiting else "…"
        if self._elapsed_s:
            yield f"{self._elapsed_s} s" if self._elapsed_s < 60 else duration(self._elapsed_s)

    def _words_at_end(self) -> Iterator[str]:
        if self.turn.status is not None and self.turn.status is not TurnStatus.ANSWERED:
            yield self.turn.status.value
        if self.turn.latency_ms is not None:
            yield duration(self.turn.latency_ms / 1000)
        if self.turn.attempts > 1 and self._tries == 1:  # else a note says so, and why
            yield f"{ordinal(self.turn.attempts)} try"

    def _footer(self) -> Iterator[Block]:
        if self._reply.hidden:
            more = f"… {size(self._reply.hidden)} more: press o to read all of it"
            yield self._same_or_new("more", _clickable(more, "read"), gap=1)
        if self.turn.status is TurnStatus.FAILED:
            error = f"✗ {clean(self.turn.error or 'The reply failed')}"
            yield self._same_or_new("error", Content.styled(error, styles.ERROR), gap=1 if self._reply.length else 0)
            yield self._same_or_new("again", _clickable("press F5 to send it again, F4 for the bot's log", "resend"))
        elif self.turn.status is TurnStatus.ANSWERED and not self._reply.length:
            yield self._same_or_new("empty", Content.styled("an empty reply", styles.MUTED))

    def _same_or_new(self, name: str, content: Content, *, gap: int = 0) -> Block:
        """Return the block of before if it is the same, which then is not drawn again."""
        block = self._own.get(name)
        if block is None or not block.content.is_same(content):
            block = self._own[name] = Block(content, gap=gap)
        return block


def _clickable(text: str, action: str) -> Content:
    return Content.styled(text, styles.MUTED).stylize(Style.from_meta({"@click": (action, ())}))


def _rest_of(text: str) -> str:
    lines = text.count("\n")
    return f"{lines} more lines" if lines > 1 else f"{size(len(text))} more"
