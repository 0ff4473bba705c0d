"""What a bot does on its way to a reply, in lines."""

from __future__ import annotations

import pytest

from tellme.model import Plan, PlanEntry, ToolCall
from tellme.surfaces.steps import MOST_LINES, MOST_PLANS, Told, call_line, count, plan_line


def call(status: str = "pending", id_: str = "1", title: str = "Read a.txt", kind: str = "read") -> ToolCall:
    return ToolCall(id_, title, kind, status)


def plan(*texts: str, status: str = "pending") -> Plan:
    return Plan(tuple(PlanEntry(text, status) for text in texts))


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (call(), "○ Read a.txt  read"),
        (call("in_progress"), "◐ Read a.txt  read"),
        (call("completed"), "✓ Read a.txt  read"),
        (call("failed", kind="other"), "✗ Read a.txt"),
        (call("dancing", kind=""), "○ Read a.txt"),
        (call(title="", kind="other"), "○ a step without a title"),
        (call(title="two\nlines\x1b[31m", kind="other"), "○ two\\nlines"),
        (call(title="x" * 200, kind="other"), f"○ {'x' * 99}…"),
    ],
)
def test_a_call_is_one_line_with_a_sign(step: ToolCall, line: str) -> None:
    assert call_line(step) == line


@pytest.mark.parametrize(
    ("states", "earlier", "words"),
    [
        ([], 0, "0 steps"),
        (["completed"], 0, "1 step"),
        (["completed", "failed", "pending"], 0, "3 steps, 1 failed"),
        (["failed"], 1999, "2,000 steps, 1 failed"),
    ],
)
def test_steps_are_counted(states: list[str], earlier: int, words: str) -> None:
    assert count([call(state) for state in states], earlier) == words


def test_a_plan_is_one_line() -> None:
    assert plan_line(plan("look", "write\nit")) == "Plan: look; write\\nit"
    assert plan_line(plan(*"abcdefghij")) == "Plan: a; b; c; d; e; f; g; h; and 2 more"


def test_a_call_is_told_when_it_begins_and_when_it_ends() -> None:
    told = Told()
    said = [told.of_call(call(state)) for state in ("pending", "in_progress", "in_progress", "completed", "completed")]
    assert said == ["○ Read a.txt  read", "", "", "✓ Read a.txt  read", ""]
    assert told.of_call(call("failed", "2")) == "✗ Read a.txt  read"
    assert told.of_call(call("in_progress", "2")) == ""


def test_a_flood_of_calls_is_cut_off_once() -> None:
    told = Told()
    said = [told.of_call(call(id_=str(number))) for number in range(MOST_LINES + 50)]
    assert [line for line in said if line][-2:] == ["○ Read a.txt  read", "further steps are not shown"]
    assert len([line for line in said if line]) == MOST_LINES + 1


def test_a_plan_is_told_when_it_changes_and_not_when_its_states_do() -> None:
    told = Told()
    plans = [plan("a"), plan("a", status="completed"), plan(), plan("a", "b"), plan("a")]
    assert [told.of_plan(each) for each in plans] == ["Plan: a", "", "", "Plan: a; b", "Plan: a"]
    assert len(list(filter(None, [told.of_plan(plan(str(number))) for number in range(50)]))) == MOST_PLANS - 3
