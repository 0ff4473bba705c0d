"""Who watches a host hears everything in order, and who falls behind loses the oldest and is told how much."""

from __future__ import annotations

import asyncio

from tellme.host import events
from tellme.host.events import Events, Watcher
from tellme.model import Notice


async def heard(watcher: Watcher, count: int) -> list[str]:
    found: list[str] = []
    async with asyncio.timeout(5):
        async for event in watcher:
            assert isinstance(event, Notice)
            found.append(event.text)
            if len(found) == count:
                break
    return found


def test_each_watcher_hears_what_comes_while_it_watches() -> None:
    async def main() -> None:
        all_of_it = Events()
        with all_of_it.watch() as first:
            all_of_it.publish(Notice("one"))
            with all_of_it.watch() as second:
                all_of_it.publish(Notice("two"))
            all_of_it.publish(Notice("three"))
            assert await heard(first, 3) == ["one", "two", "three"]
            assert await heard(second, 1) == ["two"]

    asyncio.run(main())


def test_a_watcher_that_waits_is_woken() -> None:
    async def main() -> list[str]:
        all_of_it = Events()
        with all_of_it.watch() as watcher:
            asyncio.get_running_loop().call_soon(all_of_it.publish, Notice("news"))
            return await heard(watcher, 1)

    assert asyncio.run(main()) == ["news"]


def test_a_watcher_that_falls_behind_keeps_the_newest_and_counts_the_rest() -> None:
    async def main() -> tuple[int, list[str]]:
        all_of_it = Events()
        with all_of_it.watch() as watcher:
            for number in range(events.BACKLOG + 3):
                all_of_it.publish(Notice(str(number)))
            return watcher.missed, await heard(watcher, events.BACKLOG)

    missed, kept = asyncio.run(main())
    assert missed == 3
    assert (kept[0], kept[-1], len(kept)) == ("3", str(events.BACKLOG + 2), events.BACKLOG)


def test_a_backlog_is_bounded_by_what_it_holds_too() -> None:
    async def main() -> tuple[int, list[str]]:
        all_of_it = Events()
        with all_of_it.watch() as watcher:
            for letter in "abcd":
                all_of_it.publish(Notice(letter * (events.BACKLOG_CHARS // 2)))
            assert [text[0] for text in await heard(watcher, 2)] == ["c", "d"]
            all_of_it.publish(Notice("e" * events.BACKLOG_CHARS * 2))
            assert watcher.missed == 2
            all_of_it.publish(Notice("f"))
            return watcher.missed, await heard(watcher, 1)

    assert asyncio.run(main()) == (3, ["f"])
