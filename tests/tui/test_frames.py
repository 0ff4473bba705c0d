"""What comes of a turn is gathered: the screen changes a few times a second, whatever a bot sends."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Sequence

from tellme.host.prepare import prepare
from tellme.model import Piece, Plan, PlanEntry, Reply, Retrying, Thought, ToolCall, TurnEvent, TurnStatus
from tellme.tui.bridge import Bridge

REPLY = Reply("Math", "s", "t", "4", TurnStatus.ANSWERED, 1.0, 1)


class Running:
    """A turn of which all comes at once."""

    id = "t"

    def __init__(self, events: Sequence[TurnEvent]) -> None:
        self._events = events

    async def __aiter__(self) -> AsyncIterator[TurnEvent]:
        for event in self._events:
            yield event


class Sink:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.took: list[object] = []

    def append(self, text: str) -> None:
        self.took.append(text)

    def step(self, steps: Iterable[Thought | ToolCall | Plan]) -> None:
        self.took.append(list(steps))

    def again(self, reason: str) -> None:
        self.took.append(f"again: {reason}")

    def note(self, text: str) -> None:
        self.took.append(f"note: {text}")

    def end(self, reply: Reply) -> None:
        self.took.append(reply)


def follow(*events: TurnEvent) -> list[object]:
    sink = Sink()

    async def main() -> None:
        bridge = Bridge(prepare(os.environ), lambda _: None)
        await bridge.follow(Running([*events, REPLY]), sink)  # type: ignore[arg-type]

    asyncio.run(main())
    return sink.took


def test_a_thousand_changes_of_a_call_are_one() -> None:
    plan = Plan((PlanEntry("go", "pending"),))
    calls = [ToolCall("1", f"at {number}") for number in range(1000)]
    took = follow(Thought("a"), *calls, plan, Thought("b"), ToolCall("2", "other"))
    assert took == [[Thought("ab"), calls[-1], plan, ToolCall("2", "other")], REPLY]


def test_steps_of_a_try_that_failed_are_not_shown_any_more() -> None:
    took = follow(ToolCall("1", "look"), Thought("hm"), Piece("ha"), Retrying("it died"), ToolCall("1", "again"))
    assert took == ["again: it died", [ToolCall("1", "again")], REPLY]
