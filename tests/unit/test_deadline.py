"""A deadline that is put off holds as long as was added, and no longer."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

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
