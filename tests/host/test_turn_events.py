"""What comes of a turn is for whoever iterates; whoever waits for the reply alone has nothing kept for that."""

from __future__ import annotations

import asyncio
import sys

from tellme.host.turn_events import TurnEvents
from tellme.model import Piece, Reply, TurnStatus

REPLY = Reply("Echo", "s", "t", "text", TurnStatus.ANSWERED, 1.0, 1)


def test_whoever_iterates_has_all_of_it() -> None:
    async def main() -> list[object]:
        events = TurnEvents()
        for event in (Piece("te"), Piece("xt"), REPLY, Piece("late")):
            events._emit(event)
        return [event async for event in events]

    assert asyncio.run(main()) == [Piece("te"), Piece("xt"), REPLY]


def test_nothing_is_kept_for_whoever_waits_for_the_reply() -> None:
    async def main() -> None:
        events, text = TurnEvents(), "".join(["te", "xt"])
        events._emit(Piece(text))
        held = sys.getrefcount(text)
        waiting = asyncio.ensure_future(events.reply())
        await asyncio.sleep(0)
        for _ in range(10):
            events._emit(Piece(text))
        assert sys.getrefcount(text) == held - 1
        events._emit(REPLY)
        assert await waiting == await events.reply() == REPLY
        assert [event async for event in events] == []

    asyncio.run(main())


def test_a_reply_that_nobody_waits_for_any_more_can_be_had_by_iterating() -> None:
    async def main() -> list[object]:
        events = TurnEvents()
        waiting = asyncio.ensure_future(events.reply())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait((waiting,))
        events._emit(Piece("text"))
        events._emit(REPLY)
        return [event async for event in events]

    assert asyncio.run(main()) == [REPLY]
