"""What a bot does on its way to a reply, in lines: its tool calls and its plan. For every surface; pure.

The promise: a state is told by a sign and not by colour alone, and a flood of calls becomes a bounded number of lines.
"""

from __future__ import annotations

from collections.abc import Iterable

from tellme.model import Plan, ToolCall
from tellme.text import clean, one_line, shorten

MOST_LINES = 100
"""So many lines are said of the tool calls of one turn, and ..."""
MOST_PLANS = 10
"""... so many of its plans."""
TITLE_CHARS = 100
ENTRY_CHARS = 60
ENTRIES = 8

MARKS = {"pending": "○", "in_progress": "◐", "completed": "✓", "failed": "✗"}
OVER = ("completed", "failed")


def mark(status: str) -> str:
    """Return the sign of a state; one that is not known looks as if nothing had happened yet."""
    return MARKS.get(status, MARKS["pending"])


def call_line(call: ToolCall) -> str:
    """Say a tool call in one line: its state, its title and its kind, where that says something."""
    title = shorten(one_line(clean(call.title)), TITLE_CHARS) or "a step without a title"
    kind = "" if call.kind in ("", "other") else f"  {one_line(clean(call.kind))}"
    return f"{mark(call.status)} {title}{kind}"


def count(calls: Iterable[ToolCall], earlier: int = 0) -> str:
    """Say how many steps there were and how many failed; ``earlier`` are steps that are not held any more."""
    states = [call.status for call in calls]
    total, failed = earlier + len(states), states.count("failed")
    return f"{total:,} step{'s' * (total != 1)}" + (f", {failed:,} failed" if failed else "")


def plan_line(plan: Plan) -> str:
    """Say a plan in one line."""
    said = [shorten(one_line(clean(entry.text)), ENTRY_CHARS) for entry in plan.entries[:ENTRIES]]
    more = len(plan.entries) - len(said)
    return "Plan: " + "; ".join([*said, *([f"and {more:,} more"] if more else [])])


class Told:
    """Of one turn, what was said of its steps so far, for surfaces that cannot take back a line."""

    def __init__(self) -> None:
        self._lines = self._plans = 0
        self._state: dict[str, bool] = {}
        """Id of a call → was its end told?"""
        self._plan: tuple[str, ...] = ()

    def of_call(self, call: ToolCall) -> str:
        """Return the line to say now: where a call begins and where it ends; else nothing."""
        is_over = call.status in OVER
        if self._state.get(call.id) in (True, is_over) or self._lines > MOST_LINES:
            return ""
        self._lines += 1
        if self._lines > MOST_LINES:
            return "further steps are not shown"
        self._state[call.id] = is_over
        return call_line(call)

    def of_plan(self, plan: Plan) -> str:
        """Return the line to say now: what the plan is where that has changed; else nothing."""
        texts = tuple(entry.text for entry in plan.entries)
        if not texts or texts == self._plan or self._plans == MOST_PLANS:
            return ""
        self._plan = texts
        self._plans += 1
        return plan_line(plan)
