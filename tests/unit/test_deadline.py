"""A deadline that is put off holds as long as was added, and no longer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest

from tellme.supervisor.deadline import Deadline


def test_a_deadline_holds() -> None:
    async def main() -> None:
        async with Deadline().within(0.01):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        asyncio.run(main())


def test_time_is_added_to_the_block_under_way() -> None:
    async def main() -> float:
        deadline = Deadline()
        began = time.monotonic()
        with suppress(TimeoutError):
            async with deadline.within(0.01):
                time.sleep(0.05)  # noqa: ASYNC251  (the program stands still)
                deadline.add_time(0.1)
                await asyncio.Event().wait()
        return time.monotonic() - began

    assert 0.11 <= asyncio.run(main()) < 5


def test_where_no_block_is_under_way_nothing_happens() -> None:
    async def main() -> None:
        deadline = Deadline()
        deadline.add_time(1)
        async with deadline.within(5) as clock:
            clock.reschedule(None)
            deadline.add_time(1)
            assert clock.when() is None
        deadline.add_time(1)

    asyncio.run(main())


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time goes on only when told, or when there is nothing else to do: then as far as the next timer."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        ahead = [handle.when() for handle in self._scheduled if not handle.cancelled()]  # type: ignore[attr-defined]
        if not self._ready and ahead:  # type: ignore[attr-defined]
            self.now = max(self.now, min(ahead))
        super()._run_once()  # type: ignore[misc]


class Limit:
    """A deadline that was begun without a block, and when it was over."""

    def __init__(self, seconds: float) -> None:
        self.deadline = Deadline()
        self.loop = asyncio.get_running_loop()
        self.began = self.loop.time()
        self.over: list[float] = []
        self.is_over = asyncio.Event()
        self.deadline.begin(seconds, self._overdue)

    def _overdue(self) -> None:
        self.over.append(self.passed)
        self.is_over.set()

    @property
    def passed(self) -> float:
        return round(self.loop.time() - self.began, 3)

    async def within(self, seconds: float = 99) -> float:
        """Wait in a block until it is over; returns when that was."""
        with pytest.raises(TimeoutError):
            async with self.deadline.within(seconds, with_waits=True):
                await asyncio.Event().wait()
        return self.passed


def run(body: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=Clock) as runner:
        runner.run(body())


def test_what_was_begun_without_a_block_calls_once_and_what_was_ended_never() -> None:
    async def body() -> None:
        limit, ended = Limit(3), Limit(2)
        ended.deadline.end()
        ended.deadline.end()
        await limit.is_over.wait()
        await asyncio.sleep(20)
        assert limit.over == [3]
        assert ended.over == []

    run(body)


def test_time_is_added_to_what_was_begun_without_a_block_and_not_to_what_has_ended() -> None:
    async def body() -> None:
        limit, ended = Limit(3), Limit(3)
        ended.deadline.end()
        await asyncio.sleep(1)
        limit.deadline.add_time(4)
        ended.deadline.add_time(4)
        await asyncio.sleep(1)
        limit.deadline.add_time(2)
        await asyncio.sleep(50)
        assert limit.over == [9]
        assert ended.over == []

    run(body)


def test_a_block_goes_on_with_what_is_left_and_nothing_is_called_any_more() -> None:
    async def body() -> None:
        limit = Limit(5)
        await asyncio.sleep(2)
        assert await limit.within(99) == 5
        await asyncio.sleep(20)
        assert limit.over == []
        assert limit.passed == 25
        assert await limit.within(3) == 28  # the next block has its own time

    run(body)


def test_a_block_that_is_entered_when_the_time_is_over_ends_at_once_unless_time_is_added_first() -> None:
    async def body() -> None:
        for added, ends in {0: 2, 4: 6}.items():
            limit = Limit(2)
            await limit.is_over.wait()
            if added:
                limit.deadline.add_time(added)
            assert await limit.within() == ends

    run(body)


def test_time_that_is_added_after_it_was_over_has_it_called_again_when_that_is_over() -> None:
    async def body() -> None:
        limit = Limit(2)
        await limit.is_over.wait()
        limit.deadline.add_time(3)
        await asyncio.sleep(20)
        assert limit.over == [2, 5]

    run(body)


def test_time_for_which_the_program_stood_still_is_given_back_before_the_block_and_in_it() -> None:
    async def body() -> None:
        limit = Limit(2)
        clock = limit.loop
        assert isinstance(clock, Clock)
        clock.now += 10
        limit.deadline.add_time(10)
        await asyncio.sleep(1)
        assert limit.over == []
        block = asyncio.ensure_future(limit.within())
        await asyncio.sleep(0)
        clock.now += 10
        limit.deadline.add_time(10)
        assert await block == 22
        assert limit.over == []

    run(body)


def test_what_is_waited_for_when_the_block_is_entered_is_left_out_of_it() -> None:
    async def body() -> None:
        limit = Limit(5)
        await asyncio.sleep(1)
        with limit.deadline.waiting():
            block = asyncio.ensure_future(limit.within())
            await asyncio.sleep(0)
            await asyncio.sleep(30)
            with limit.deadline.waiting():
                await asyncio.sleep(10)
            assert not block.done()
        assert await block == 45

    run(body)


def test_what_was_waited_for_in_the_block_is_left_out_and_time_added_meanwhile_changes_nothing() -> None:
    async def body() -> None:
        limit = Limit(5)
        block = asyncio.ensure_future(limit.within())
        await asyncio.sleep(1)
        with limit.deadline.waiting():
            await asyncio.sleep(30)
            limit.deadline.add_time(7)
        assert await block == 35

    run(body)


def test_a_block_without_waits_goes_on_while_somebody_waits() -> None:
    async def body() -> None:
        deadline, began = Deadline(), asyncio.get_running_loop().time()
        with deadline.waiting(), pytest.raises(TimeoutError):
            async with deadline.within(2):
                await asyncio.Event().wait()
        assert asyncio.get_running_loop().time() - began == 2

    run(body)
