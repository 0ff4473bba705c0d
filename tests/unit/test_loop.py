"""The event loop of ``ask`` does what asyncio's does, in all that a host asks of one."""

from __future__ import annotations

import asyncio
import logging
import os
import select
import signal
import socket
import sys
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Any

import pytest

from tellme.surfaces import loop as our_loop

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=[our_loop.run, asyncio.run], ids=["ours", "asyncio's"])
def run(request: pytest.FixtureRequest) -> Run:
    """Both: what is asserted here is what asyncio promises."""
    result: Run = request.param
    return result


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    yield ends
    for end in ends:
        with suppress(OSError):
            os.close(end)


def test_callbacks_come_in_order_and_timers_when_they_are_due(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        heard: list[str] = []
        over = asyncio.Event()
        loop.call_later(0.02, over.set)
        loop.call_later(0.01, heard.append, "later")
        loop.call_at(loop.time(), heard.append, "now")
        loop.call_later(0.005, heard.append, "cancelled").cancel()
        loop.call_soon(heard.append, "first")
        loop.call_soon(heard.append, "second")
        loop.call_soon(heard.append, "never").cancel()
        await over.wait()
        return heard

    assert run(main()) == ["first", "second", "now", "later"]
    assert not caplog.records


def test_what_a_callback_asks_for_waits_for_its_turn(run: Run, pipe: tuple[int, int]) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        read, due = asyncio.Event(), asyncio.Event()

        def again() -> None:
            if not (read.is_set() and due.is_set()):
                loop.call_soon(again)

        loop.add_reader(pipe[0], read.set)
        loop.call_later(0.001, due.set)
        os.write(pipe[1], b".")
        again()
        await read.wait()
        await due.wait()

    run(main())


def test_a_callback_that_fails_harms_no_other(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> str:
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        loop.call_soon(lambda: 1 / 0)
        loop.call_soon(done.set_result, "on")
        return str(await done)

    with caplog.at_level(logging.ERROR, "asyncio"):
        assert run(main()) == "on"
    assert "ZeroDivisionError" in caplog.text


def test_groups_and_timeouts_end_their_tasks(run: Run) -> None:
    async def main() -> list[str]:
        ended: list[str] = []

        async def wait(name: str) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(name)

        async def fail() -> None:
            raise ValueError

        async def both() -> None:
            async with asyncio.TaskGroup() as group:
                group.create_task(wait("sibling"))
                group.create_task(fail())

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await wait("timed out")
        with pytest.raises(ExceptionGroup):
            await both()
        return ended

    assert run(main()) == ["timed out", "sibling"]


def test_a_pipe_is_read_and_written_when_it_can_be(run: Run, pipe: tuple[int, int]) -> None:
    reading, writing = pipe

    async def main() -> tuple[int, list[bool]]:
        loop = asyncio.get_running_loop()
        full = 0
        with suppress(BlockingIOError):
            while True:
                full += os.write(writing, bytes(4096))
        can_write, at_end = loop.create_future(), loop.create_future()
        read = 0

        def take() -> None:
            nonlocal read
            data = os.read(reading, 65536)
            read += len(data)
            if not data:
                at_end.set_result(loop.remove_reader(reading))

        def wrote() -> None:
            removed = loop.remove_writer(writing)
            os.close(writing)
            can_write.set_result(removed)

        loop.add_writer(writing, wrote)
        loop.add_reader(reading, lambda: None)
        loop.add_reader(reading, take)
        found = [await can_write, await at_end, loop.remove_reader(reading), loop.remove_writer(reading)]
        return full - read, found

    assert run(main()) == (0, [True, True, False, False])


def test_who_reads_is_not_called_because_it_can_be_written(run: Run) -> None:
    ours, theirs = socket.socketpair()

    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        called: list[str] = []
        read, wrote = asyncio.Event(), asyncio.Event()
        loop.add_reader(ours.fileno(), lambda: (called.append("read"), read.set()))
        loop.add_writer(ours.fileno(), lambda: (called.append("write"), wrote.set()))
        await wrote.wait()
        loop.remove_writer(ours.fileno())
        theirs.send(b".")
        await read.wait()
        loop.remove_reader(ours.fileno())
        return list(dict.fromkeys(called))

    with ours, theirs:
        assert run(main()) == ["write", "read"]


def test_nobody_is_called_for_a_descriptor_that_was_given_up_in_the_same_moment(run: Run) -> None:
    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        pipes = [os.pipe(), os.pipe()]
        called: list[str] = []

        def come(name: str) -> None:
            called.append(name)
            for reading, _ in pipes:
                loop.remove_reader(reading)

        for reading, writing in pipes:
            loop.add_reader(reading, come, "one of them")
            os.write(writing, b".")
        await asyncio.sleep(0.01)
        for end in (end for both in pipes for end in both):
            os.close(end)
        return called

    assert run(main()) == ["one of them"]


def test_a_descriptor_that_is_closed_cannot_be_watched(run: Run, pipe: tuple[int, int]) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        os.close(pipe[0])
        for watch in (loop.add_reader, loop.add_writer):
            with pytest.raises(OSError, match="Bad file descriptor"):
                watch(pipe[0], print)
        assert not loop.remove_reader(pipe[0])

    run(main())


def test_a_descriptor_that_is_closed_while_watched_is_forgotten_and_told_of_once(
    pipe: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        called: list[str] = []
        loop.add_reader(pipe[0], called.append, "read")
        os.close(pipe[0])
        for _ in range(5):
            await asyncio.sleep(0)
        assert not loop.remove_reader(pipe[0])
        return called

    assert our_loop.run(main()) == []
    assert [str(pipe[0]) in record.getMessage() for record in caplog.records] == [True]


def test_a_socket_is_watched_as_its_descriptor_is(run: Run) -> None:
    ours, theirs = socket.socketpair()

    async def main() -> list[bool]:
        loop = asyncio.get_running_loop()
        read, wrote = asyncio.Event(), asyncio.Event()
        loop.add_reader(ours, read.set)
        loop.add_writer(ours, wrote.set)
        theirs.send(b".")
        async with asyncio.timeout(10):
            await read.wait()
            await wrote.wait()
        return [loop.remove_reader(ours.fileno()), loop.remove_writer(ours), loop.remove_reader(ours)]

    with ours, theirs:
        assert run(main()) == [True, True, False]


@pytest.mark.parametrize("nothing", [-1, "file"])
def test_what_is_no_descriptor_cannot_be_watched(run: Run, nothing: object) -> None:
    async def main() -> None:
        asyncio.get_running_loop().add_reader(nothing, print)  # type: ignore[arg-type]

    with pytest.raises(ValueError, match="nvalid file"):
        run(main())


def test_who_reads_is_not_called_for_what_comes_out_of_band(run: Run) -> None:
    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        called: list[str] = []
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as ours:
            theirs, _ = server.accept()
            with theirs:
                theirs.send(b"!", socket.MSG_OOB)
                urgent = select.poll()
                urgent.register(ours, select.POLLPRI)
                assert urgent.poll(10_000)
                loop.add_reader(ours.fileno(), called.append, "read")
                for _ in range(5):
                    await asyncio.sleep(0)
                loop.remove_reader(ours.fileno())
        return called

    assert run(main()) == []


def test_threads_and_signals_wake_it(run: Run) -> None:
    async def main() -> tuple[int, str]:
        loop = asyncio.get_running_loop()
        heard = loop.create_future()
        before = signal.signal(signal.SIGUSR1, lambda *_: loop.call_soon_threadsafe(heard.set_result, "heard"))
        try:
            number = await asyncio.to_thread(threading.get_ident)
            kill = threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGUSR1))
            kill.start()
            said = await heard
            await asyncio.to_thread(kill.join)
        finally:
            signal.signal(signal.SIGUSR1, before)
        return number, said

    number, said = run(main())
    assert number != threading.get_ident()
    assert said == "heard"


def test_a_signal_is_heard_as_a_callback_and_no_more_once_that_is_removed(run: Run) -> None:
    async def main() -> list[bool]:
        loop = asyncio.get_running_loop()
        heard = asyncio.Event()
        loop.add_signal_handler(signal.SIGUSR1, heard.set)
        os.kill(os.getpid(), signal.SIGUSR1)
        is_heard_at_once = heard.is_set()
        await heard.wait()
        removed = [loop.remove_signal_handler(signal.SIGUSR1), loop.remove_signal_handler(signal.SIGUSR1)]
        loop.add_signal_handler(signal.SIGUSR1, heard.set)
        return [is_heard_at_once, *removed]

    woken = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(woken)
    assert run(main()) == [False, True, False]
    assert signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL
    assert signal.set_wakeup_fd(woken) == woken


def test_a_signal_is_not_heard_once_its_handler_is_removed(run: Run) -> None:
    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        heard: list[str] = []
        loop.add_signal_handler(signal.SIGUSR1, heard.append, "heard")
        os.kill(os.getpid(), signal.SIGUSR1)
        loop.remove_signal_handler(signal.SIGUSR1)
        for _ in range(5):
            await asyncio.sleep(0)
        return heard

    assert run(main()) == []


def test_a_signal_that_comes_just_before_the_wait_ends_it_too() -> None:
    async def main() -> bool:
        woken = signal.set_wakeup_fd(-1)  # what is written to there, is written when the signal comes
        signal.set_wakeup_fd(woken)
        return woken >= 0

    assert our_loop.run(main())


def test_at_the_end_nothing_is_left(run: Run) -> None:
    ended: list[str] = []

    async def forgotten() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("task")

    async def generate() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            ended.append("generator")

    async def main() -> str:
        main.task = asyncio.ensure_future(forgotten())  # type: ignore[attr-defined]
        main.generator = generate()  # type: ignore[attr-defined]
        await anext(main.generator)  # type: ignore[attr-defined]
        await asyncio.to_thread(int)
        return "result"

    threads = set(threading.enumerate())
    hooks = sys.get_asyncgen_hooks()
    assert run(main()) == "result"
    assert sorted(ended) == ["generator", "task"]
    assert set(threading.enumerate()) == threads
    assert sys.get_asyncgen_hooks() == hooks
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


def test_what_a_generator_raises_at_the_end_is_told(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def generate() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            raise ZeroDivisionError

    async def main() -> None:
        main.generator = generate()  # type: ignore[attr-defined]
        await anext(main.generator)  # type: ignore[attr-defined]

    run(main())
    assert "ZeroDivisionError" in caplog.text


def test_a_thread_that_waits_for_the_loop_comes_to_its_end(run: Run) -> None:
    answered: list[bool] = []

    def ask_often(loop: asyncio.AbstractEventLoop) -> None:
        while len(answered) < 100 and all(answered):  # more often than the loop has steps to its end
            answer = threading.Event()
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(answer.set)
            answered.append(answer.wait(2))

    async def main() -> None:
        loop = asyncio.get_running_loop()
        main.asked = loop.run_in_executor(None, ask_often, loop)  # type: ignore[attr-defined]

    run(main())
    assert answered == [True] * 100


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ZeroDivisionError, asyncio.CancelledError])
def test_what_main_raises_comes_out_once_all_has_ended(run: Run, error: type[BaseException]) -> None:
    ended: list[str] = []

    async def forgotten() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("task")

    async def main() -> None:
        main.task = asyncio.ensure_future(forgotten())  # type: ignore[attr-defined]
        await asyncio.sleep(0)
        raise error

    with pytest.raises(error):
        run(main())
    assert ended == ["task"]


def test_a_generator_that_nobody_holds_is_closed(run: Run) -> None:
    async def main() -> None:
        closed = asyncio.Event()

        async def generate() -> AsyncIterator[int]:
            try:
                yield 1
            finally:
                await asyncio.sleep(0)
                closed.set()

        generator = generate()
        await anext(generator)
        del generator
        async with asyncio.timeout(10):
            await closed.wait()

    run(main())


def test_its_descriptors_are_closed_and_it_takes_no_more() -> None:
    async def main() -> weakref.ref[asyncio.AbstractEventLoop]:
        main.loop = asyncio.get_running_loop()  # type: ignore[attr-defined]
        assert main.loop.is_running()  # type: ignore[attr-defined]
        return weakref.ref(main.loop)  # type: ignore[attr-defined]

    before = sorted(os.listdir("/dev/fd"))
    loop = our_loop.run(main())()
    assert sorted(os.listdir("/dev/fd")) == before
    assert loop is not None
    assert (loop.is_closed(), loop.is_running()) == (True, False)
    for ask in (loop.call_soon, loop.call_soon_threadsafe, lambda callback: loop.call_later(1, callback)):
        with pytest.raises(RuntimeError, match="closed"):
            ask(print)


def test_cancelled_timers_are_thrown_away_before_they_are_due() -> None:
    async def main() -> int:
        loop = asyncio.get_running_loop()
        kept = loop.call_later(3600, print)
        for _ in range(10_000):
            loop.call_later(3600, print).cancel()
        kept.cancel()
        return len(loop._timers)  # type: ignore[attr-defined]

    assert our_loop.run(main()) < 500


def test_what_no_host_uses_is_refused() -> None:
    async def main() -> None:
        await asyncio.create_subprocess_exec("true")

    with pytest.raises(NotImplementedError):
        our_loop.run(main())
