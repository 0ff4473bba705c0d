"""What a bot does on its way to a reply, above it: thoughts, plan and tool calls, as blocks. No widget.

The promise: while the turn runs the newest few are in sight, afterwards one line stands for all; a click or a key opens
it. What is held is bounded, and what did not change keeps its blocks.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.style import Style

from tellme.model import Plan, ToolCall
from tellme.surfaces.steps import call_line, count, mark
from tellme.text import clean, one_line, shorten
from tellme.tui.render import styles
from tellme.tui.render.blocks import Block
from tellme.tui.render.words import size

NEWEST = 4
"""So many tool calls are shown while the turn runs."""
NEXT_ENTRIES = 6
"""So many entries of a plan are shown while the turn runs: the last that is done, and those after it."""
MOST_CALLS = 200
MOST_TEXT = 2000
"""Of a tool call so many characters are shown of what it was given and what came of it."""
MOST_THOUGHT = 16 * 1024
LAST_THOUGHT = 240
"""So much of the end of a thought is shown while the turn runs."""
MOST_ENTRIES = 30

_STYLES = {"in_progress": "", "failed": styles.ERROR}
_HANGS = {"call": 2, "entry": 4}


class Steps:
    """See the module. Takes ``think``, ``do`` and ``mean_to``; ``blocks`` shows what came of it."""

    def __init__(self) -> None:
        self.is_unfolded = False
        """Did the person open it?"""
        self._thought = ""
        self._thought_chars = 0
        self._plan = Plan(())
        self._calls: dict[str, ToolCall] = {}
        self._earlier = 0
        """Calls that are not held any more."""
        self._known: dict[str, Block] = {}
        """What was shown last, by what it says."""

    def __bool__(self) -> bool:
        return bool(self._thought or self._plan.entries or self._calls)

    def think(self, text: str) -> None:
        """Take the next piece of a thought."""
        self._thought_chars += len(text)
        self._thought = (self._thought + clean(text))[-MOST_THOUGHT:]

    def do(self, call: ToolCall) -> None:
        """Take what is known of a tool call by now."""
        self._calls[call.id] = call._replace(text=call.text[:MOST_TEXT])
        while len(self._calls) > MOST_CALLS:
            del self._calls[next(iter(self._calls))]
            self._earlier += 1

    def mean_to(self, plan: Plan) -> None:
        """Take a plan, in place of the one before."""
        self._plan = plan

    def clear(self) -> None:
        """Forget all of it: the turn begins anew."""
        self._thought, self._thought_chars, self._plan = "", 0, Plan(())
        self._calls.clear()
        self._earlier = 0

    def blocks(self, *, is_over: bool) -> list[Block]:
        """Return what is to be seen now."""
        shown = list(self._all() if self.is_unfolded else self._summary() if is_over else self._newest())
        self._known = {key: self._same_or_new(key, content) for key, content in shown}
        return list(self._known.values())

    def _same_or_new(self, key: str, content: Content) -> Block:
        block = self._known.get(key)
        hang = _HANGS.get(key.partition(" ")[0], 0)
        return block if block is not None and block.content.is_same(content) else Block(content, hang=hang)

    def _summary(self) -> Iterator[tuple[str, Content]]:
        """One line for all of it."""
        words = [
            "thoughts" if self._thought else "",
            f"a plan of {len(self._plan.entries)}" if self._plan.entries else "",
            count(self._calls.values(), self._earlier) if self._calls else "",
        ]
        if any(words):
            yield "fold", _toggle(f"▸ {' · '.join(filter(None, words))}")

    def _newest(self) -> Iterator[tuple[str, Content]]:
        """What the bot is at."""
        if self._thought:
            yield "thought", _thought(self._last_thought())
        yield from self._plan_lines(NEXT_ENTRIES)
        calls = list(self._calls.values())
        if self._earlier or len(calls) > NEWEST:
            yield "fold", _toggle(f"▸ {count(calls[:-NEWEST], self._earlier)} before")
        yield from map(_line, calls[-NEWEST:])

    def _all(self) -> Iterator[tuple[str, Content]]:
        yield "fold", _toggle("▾ fold")
        if self._thought:
            left_out = self._thought_chars - len(self._thought)
            yield "thought", _thought((f"… {size(left_out)} before\n" if left_out > 0 else "") + self._thought.strip())
        yield from self._plan_lines(MOST_ENTRIES)
        if self._earlier:
            yield "earlier", Content.styled(f"… {count((), self._earlier)} before", styles.MUTED)
        for call in self._calls.values():
            yield _line(call)
            if text := clean(call.text).strip():
                yield f"text {call.id}", Content.styled(_indented(text), styles.MUTED)

    def _plan_lines(self, most: int) -> Iterator[tuple[str, Content]]:
        entries = self._plan.entries
        if not entries:
            return
        states = [entry.status for entry in entries]
        yield "plan", Content.styled(f"Plan  {states.count('completed'):,} of {len(entries):,} done", styles.MUTED)
        at = next((at for at, state in enumerate(states) if state != "completed"), len(entries))
        first = max(0, min(at - 1, len(entries) - most))
        for number, entry in enumerate(entries[first : first + most], first):
            style = styles.MUTED if entry.status == "completed" else "bold" if entry.status == "in_progress" else ""
            yield f"entry {number}", Content.styled(f"  {mark(entry.status)} {one_line(clean(entry.text))}", style)
        if (left := len(entries) - first - most) > 0:
            yield "more", Content.styled(f"  … {left:,} more", styles.MUTED)

    def _last_thought(self) -> str:
        text = " ".join(self._thought[-2 * LAST_THOUGHT :].split())
        return text if len(text) <= LAST_THOUGHT else f"…{text[-LAST_THOUGHT:]}"


def _line(call: ToolCall) -> tuple[str, Content]:
    style = _STYLES.get(call.status, styles.MUTED)
    return f"call {call.id}", Content.styled(call_line(call), style)


def _thought(text: str) -> Content:
    return Content.styled(text, f"italic {styles.MUTED}")


def _toggle(text: str) -> Content:
    return Content.styled(text, styles.MUTED).stylize(Style.from_meta({"@click": ("toggle_steps", ())}))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in shorten(text, MOST_TEXT).expandtabs(4).split("\n"))
