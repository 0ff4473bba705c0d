"""Thoughts, plan and tool calls above a reply: in sight while the turn runs, one line afterwards, all on demand."""

from __future__ import annotations

import time

from textual.pilot import Pilot

from tellme.model import Plan, PlanEntry, Thought, ToolCall, TurnStatus
from tellme.tui.widgets.steps import MOST_CALLS, Steps
from tellme.tui.widgets.turn import TurnView

from .test_turn import OneTurn, reply, run, shows, turn


def call(id_: str, title: str, status: str = "completed", text: str = "") -> ToolCall:
    return ToolCall(id_, title, "other", status, text)


def plan(*states: str) -> Plan:
    return Plan(tuple(PlanEntry(f"step {number}", state) for number, state in enumerate(states, 1)))


def lines(steps: Steps, *, is_over: bool = False) -> list[str]:
    return [block.text for block in steps.blocks(is_over=is_over)]


def test_they_stand_above_the_reply_while_it_comes_and_fold_at_its_end() -> None:
    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        view = app.view
        view.step([Thought("Let me "), Thought("look."), call("1", "Read a.txt", "in_progress", "the text of a")])
        view.step([plan("completed", "in_progress", "pending")])
        await pilot.pause()
        planned = ["Plan  1 of 3 done", "  ✓ step 1", "  ◐ step 2", "  ○ step 3"]
        assert app.reply_lines == ["Math  …", "Let me look.", *planned, "◐ Read a.txt"]
        view.append("It is ")
        view.step([call("1", "Read a.txt", "failed", "the text of a"), plan("completed", "completed", "completed")])
        await pilot.pause()
        planned = ["Plan  3 of 3 done", "  ✓ step 1", "  ✓ step 2", "  ✓ step 3"]
        assert app.reply_lines == ["Math  …", "Let me look.", *planned, "✗ Read a.txt", "It is"]
        assert app.lines[app.lines.index("▌ It is") - 1] == "▌"
        view.end(reply("It is 4"))
        await pilot.pause()
        folded = "▸ thoughts · a plan of 3 · 1 step, 1 failed"
        assert app.reply_lines == ["Math  1.4 s", folded, "It is 4"]
        assert view.reply_text == "It is 4"
        await app.click(pilot, folded)
        app.set_focus(None)
        await pilot.pause()
        opened = ["▾ fold", "Let me look.", *planned, "✗ Read a.txt", "    the text of a"]
        assert app.reply_lines == ["Math  1.4 s", *opened, "It is 4"]
        view.action_toggle_steps()
        await pilot.pause()
        assert app.reply_lines == ["Math  1.4 s", folded, "It is 4"]

    run(body, TurnView("Math", turn()))


def test_the_newest_calls_are_in_sight_and_the_others_counted() -> None:
    steps = Steps()
    for number in range(1, 8):
        steps.do(call(str(number), f"do {number}", "failed" if number == 2 else "completed"))
    assert lines(steps) == ["▸ 3 steps, 1 failed before", "✓ do 4", "✓ do 5", "✓ do 6", "✓ do 7"]
    assert lines(steps, is_over=True) == ["▸ 7 steps, 1 failed"]


def test_of_a_long_plan_what_comes_next_is_in_sight() -> None:
    steps = Steps()
    steps.mean_to(plan(*["completed"] * 10, "in_progress", *["pending"] * 20))
    heading, *entries, more = lines(steps)
    assert (heading, more) == ("Plan  10 of 31 done", "  … 16 more")
    assert entries == ["  ✓ step 10", "  ◐ step 11", *(f"  ○ step {number}" for number in range(12, 16))]
    steps.mean_to(plan(*["completed"] * 31))
    assert lines(steps)[1:] == [f"  ✓ step {number}" for number in range(26, 32)]


def test_what_is_held_is_bounded_and_what_is_left_out_is_said() -> None:
    steps = Steps()
    for number in range(MOST_CALLS + 300):
        steps.do(call(str(number), "do", text="x" * 100_000))
        steps.think("y" * 1000)
    steps.is_unfolded = True
    shown = lines(steps)
    assert len("".join(shown)) < MOST_CALLS * 2100 + 20_000
    assert shown[1].startswith("… 484 kB before\nyyy")
    assert "… 300 steps before" in shown
    assert lines(Steps()) == []


def test_what_did_not_change_is_not_laid_out_again() -> None:
    steps = Steps()
    for number in range(4):
        steps.do(call(str(number), f"do {number}", "pending"))
    before = steps.blocks(is_over=False)
    steps.do(call("2", "do 2", "completed"))
    after = steps.blocks(is_over=False)
    assert [old is new for old, new in zip(before, after, strict=True)] == [True, True, False, True]


def test_another_try_begins_with_none() -> None:
    view = TurnView("Math", turn())
    view.step([call("1", "Read a.txt"), Thought("hm")])
    view.again("Math was killed by SIGKILL; it starts again")
    view.append("x")
    shows(view, "Math  …", "second try: Math was killed by SIGKILL", "x")


def test_a_failed_turn_keeps_its_look_below_the_steps() -> None:
    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        app.view.step([call("1", "Read a.txt")])
        app.view.append("so far")
        app.view.end(reply("so far", TurnStatus.FAILED, error="Math died"))
        await pilot.pause()
        assert app.reply_lines[:3] == ["Math  failed · 1.4 s", "▸ 1 step", "so far"]
        assert app.is_dim("so far")

    run(body, TurnView("Math", turn()))


def test_a_stranger_brings_no_escapes_and_no_markup_in() -> None:
    view = TurnView("Math", turn())
    view.step([Thought("[b]\x1b[2Jhm"), ToolCall("1", "[red]a\x1b[31m\nb", "read\x07", "dancing", "\x1b]0;x\x07t")])
    shows(view, "Math  …", "[b]hm", "○ [red]a\\nb  read")


def test_a_thousand_calls_cost_a_key_little() -> None:
    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        started = time.process_time()
        for number in range(50):  # as many frames as come in two and a half seconds, twenty new calls in each
            app.view.step([call(f"{number}-{each}", f"do {each}", "in_progress") for each in range(20)])
        assert time.process_time() - started < 0.5
        await pilot.pause()
        assert app.reply_lines[1] == "▸ 996 steps before"

    run(body, TurnView("Math", turn()))
