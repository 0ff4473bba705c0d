"""The lock of a bot's turns: one at a time, first come, first served, and none is forgotten however it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.supervisor.turn_lock import TurnLock


class Record:
    """A lock, and what it called, in order."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.lock = TurnLock(lambda: self.calls.append("between"))

    def begin(self, name: str) -> Callable[[], None]:
        return lambda: self.calls.append(name)


def in_loop(body: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run it with a limit: a lock that is never let go hangs."""
    asyncio.run(asyncio.wait_for(body(), 10))


async def settled() -> None:
    """Let all that is due happen, however much follows from it."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_who_comes_first_begins_at_once_and_the_others_in_order() -> None:
    async def body() -> None:
        record = Record()
        for name in "abc":
            record.lock.enter(record.begin(name))
        assert record.calls == ["a"]
        for name in "bc":
            record.lock.release()
            await settled()
            assert record.calls[-2:] == ["between", name]
            assert record.lock.locked()
        record.lock.release()
        assert not record.lock.locked()
        assert record.calls == ["a", "between", "b", "between", "c", "between"]

    in_loop(body)


def test_the_next_does_not_begin_within_the_release_and_who_comes_meanwhile_comes_after_it() -> None:
    async def body() -> None:
        record = Record()
        for name in "ab":
            record.lock.enter(record.begin(name))
        record.lock.release()
        assert record.calls == ["a", "between"]
        record.lock.enter(record.begin("c"))
        await settled()
        assert record.calls == ["a", "between", "b"]

    in_loop(body)


def test_who_has_not_begun_can_withdraw_and_who_has_cannot() -> None:
    async def body() -> None:
        record = Record()
        begins = [record.begin(name) for name in "abc"]
        for begin in begins:
            record.lock.enter(begin)
        assert not record.lock.withdraw(begins[0])
        assert record.lock.withdraw(begins[1])
        assert not record.lock.withdraw(begins[1])
        record.lock.release()
        await settled()
        assert record.calls == ["a", "between", "c"]

    in_loop(body)


@pytest.mark.parametrize("left", [[], ["c"]])
def test_who_withdraws_between_the_release_and_the_begin_leaves_it_to_the_next(left: list[str]) -> None:
    async def body() -> None:
        record = Record()
        record.lock.enter(record.begin("a"))
        begin = record.begin("b")
        record.lock.enter(begin)
        for name in left:
            record.lock.enter(record.begin(name))
        record.lock.release()
        assert record.lock.withdraw(begin)
        await settled()
        assert [call for call in record.calls if call != "between"] == ["a", *left]
        assert record.lock.locked() == bool(left)

    in_loop(body)


def test_what_was_put_off_until_the_end_of_a_turn_is_not_forgotten_where_the_next_withdraws() -> None:
    """``retire`` and ``replace`` of a bot look whether the lock is held, and rely on ``between`` if it is."""

    async def body() -> None:
        record = Record()
        record.lock.enter(record.begin("a"))
        begin = record.begin("b")
        record.lock.enter(begin)
        record.lock.release()
        assert record.lock.locked()
        record.calls.append("put off")
        record.lock.withdraw(begin)
        await settled()
        assert not record.lock.locked()
        assert "between" in record.calls[record.calls.index("put off") :]

    in_loop(body)


def test_a_thousand_that_let_go_as_they_begin_do_so_without_end_of_the_stack() -> None:
    async def body() -> None:
        record = Record()
        record.lock.enter(record.begin("first"))
        begun = 0

        def begin() -> None:
            nonlocal begun
            begun += 1
            record.lock.release()

        for _ in range(5_000):
            record.lock.enter(begin)
        record.lock.release()
        for _ in range(5_010):
            await asyncio.sleep(0)
        assert not record.lock.locked()
        assert begun == 5_000

    in_loop(body)


def test_a_block_holds_it_in_its_order() -> None:
    async def body() -> None:
        record = Record()

        async def hold(name: str) -> None:
            async with record.lock:
                record.calls.append(name)
                await settled()
                record.calls.append(f"{name} ends")

        async with asyncio.TaskGroup() as group:
            group.create_task(hold("a"))
            group.create_task(hold("b"))
            await asyncio.sleep(0)
            record.lock.enter(lambda: (record.calls.append("c"), record.lock.release())[0])
        await settled()
        assert record.calls == ["a", "a ends", "between", "b", "b ends", "between", "c", "between"]
        assert not record.lock.locked()

    in_loop(body)


def test_a_block_that_fails_lets_go() -> None:
    async def body() -> None:
        record = Record()
        with pytest.raises(LookupError):
            async with record.lock:
                raise LookupError
        assert record.calls == ["between"]
        assert not record.lock.locked()

    in_loop(body)


@pytest.mark.parametrize("moment", ["unbegun", "waiting", "released", "handed over", "handed over and once more"])
def test_a_block_that_is_cancelled_leaves_the_lock_to_the_next(moment: str) -> None:
    """Whether it waits, is about to be next, or is so but has not gone on."""

    async def body() -> None:
        record = Record()
        entered = False

        async def hold() -> None:
            nonlocal entered
            async with record.lock:
                entered = True

        record.lock.enter(record.begin("a"))
        task = asyncio.create_task(hold())
        if moment != "unbegun":
            await settled()
        record.lock.enter(record.begin("c"))
        if moment in ("unbegun", "waiting"):
            task.cancel()
            if moment == "waiting":
                await settled()
            record.lock.release()
        elif moment == "released":
            record.lock.release()
            task.cancel()
        else:
            record.lock.release()
            asyncio.get_running_loop().call_soon(task.cancel)  # after the lock was handed over to it
            if moment.endswith("more"):
                asyncio.get_running_loop().call_soon(task.cancel)
        await settled()
        assert task.cancelled()
        assert not entered
        assert record.calls[0] == "a"
        assert record.calls[-1] == "c"
        record.lock.release()
        await settled()
        assert not record.lock.locked()

    in_loop(body)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("enter"), st.integers(0, 9)),
        st.tuples(st.just("withdraw"), st.integers(0, 9)),
        st.tuples(st.just("hold"), st.integers(0, 9)),
        st.tuples(st.just("cancel"), st.integers(0, 9)),
        st.tuples(st.just("release"), st.just(0)),
        st.tuples(st.just("turn"), st.integers(1, 3)),
    ),
    max_size=40,
)


@given(STEPS)
@settings(deadline=None, max_examples=150)
def test_whoever_comes_and_goes_one_has_it_at_a_time_in_order_and_at_the_end_nobody(
    steps: list[tuple[str, int]],
) -> None:
    in_loop(lambda: _play(steps))


async def _play(steps: list[tuple[str, int]]) -> None:
    """Against a model: who has come and not left has the lock next, and ``between`` comes before whoever is next."""
    model = _Model()
    lock = TurnLock(model.between)
    begins: dict[int, Callable[[], None]] = {}
    tasks: dict[int, asyncio.Task[None]] = {}
    number = 0

    async def hold(name: int) -> None:
        model.came(name)
        begun = False
        try:
            async with lock:
                begun = True
                model.began(name)
                await asyncio.sleep(0)
        finally:
            if not begun:
                model.left(name)

    for what, which in steps:
        match what:
            case "enter":
                number += 1
                begins[number] = _beginning(model, number)
                model.came(number)
                lock.enter(begins[number])
            case "hold":
                number += 1
                tasks[number] = asyncio.create_task(hold(number))
            case "withdraw" if begins:
                name = list(begins)[which % len(begins)]
                if lock.withdraw(begins[name]):
                    model.left(name)
                else:
                    assert name not in model.waiting
            case "cancel" if tasks:
                name = list(tasks)[which % len(tasks)]
                tasks[name].cancel()
                model.leaving.add(name)
            case "release" if model.holder in begins:
                lock.release()
            case "turn":
                for _ in range(which):
                    await asyncio.sleep(0)
    for _ in range(200):
        if model.holder in begins:
            lock.release()
        await asyncio.sleep(0)
    assert all(task.done() for task in tasks.values())
    assert not model.waiting
    assert not lock.locked()


class _Model:
    """Who waits, and who has it."""

    def __init__(self) -> None:
        self.waiting: list[int] = []
        self.leaving = set[int]()
        """Who was cancelled, and may not have heard of it."""
        self.holder: int | None = None
        self.has_been_between = True

    def between(self) -> None:
        self.holder, self.has_been_between = None, True

    def came(self, name: int) -> None:
        self.waiting.append(name)

    def left(self, name: int) -> None:
        self.waiting.remove(name)

    def began(self, name: int) -> None:
        assert self.holder is None
        assert self.has_been_between
        assert self.leaving.issuperset(self.waiting[: self.waiting.index(name)])
        self.waiting.remove(name)
        self.holder, self.has_been_between = name, False


def _beginning(model: _Model, name: int) -> Callable[[], None]:
    return lambda: model.began(name)
