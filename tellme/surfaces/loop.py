"""The event loop of ``tellme ask``: what a host needs of one, in a tenth of the time that asyncio's takes to import.

Tasks, futures, locks and timeouts are asyncio's own; this waits for descriptors, timers, signals and threads. What no
host uses (asyncio's sockets, servers, subprocesses) it does not have and says so, as ``AbstractEventLoop`` does. The
promise is that of asyncio's loop: callbacks in the order in which they came, one that fails harms no other, and at the
end of ``run`` no task, generator or thread is left.
"""

from __future__ import annotations

import asyncio
import heapq
import os
import select
import sys
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from math import ceil
from weakref import WeakSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import SelectorEventLoop as _EventLoop  # the other is abstract for a type checker
    from collections.abc import AsyncGenerator, Awaitable, Collection
    from concurrent.futures import ThreadPoolExecutor
    from typing import Any, TypeVar, TypeVarTuple

    T = TypeVar("T")
    Args = TypeVarTuple("Args")
    import signal
else:
    import _signal as signal  # the other one makes enumerations of all that there is
    from asyncio import AbstractEventLoop as _EventLoop

READ, WRITE = 0, 1
_EVENTS = (select.POLLIN, select.POLLOUT)
_LONGEST_S = 24 * 3600.0
"""``poll`` takes no number of any size."""
_MANY = 100
"""Below this many cancelled timers the heap is not rebuilt."""


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run ``main`` to its end on a loop of its own, as ``asyncio.run`` does, and return what it returns."""
    loop = Loop()
    try:
        ended: T = loop.run_until_complete(main)
        return ended
    finally:
        loop.end()


class Loop(_EventLoop):
    """Made for one run. Everything but ``call_soon_threadsafe`` belongs to the thread that runs it."""

    def __init__(self) -> None:
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[asyncio.TimerHandle] = []
        self._cancelled = 0
        """Upper bound on the cancelled timers still in the heap."""
        self._watched: dict[int, list[asyncio.Handle | None]] = {}
        """For each descriptor who is called when it can be read, and when it can be written."""
        self._poll = select.poll()
        self._main: asyncio.Task[Any] | None = None
        self._stopping = False
        self._runs = False
        self._generators: WeakSet[AsyncGenerator[Any, Any]] = WeakSet()
        self._threads: ThreadPoolExecutor | None = None
        self._signals: dict[int, asyncio.Handle] = {}
        self._woken, self._waker = os.pipe()
        for end in (self._woken, self._waker):
            os.set_blocking(end, False)
        self.add_reader(self._woken, self._wake_up)

    # Running ------------------------------------------------------------------------------------------------------

    def run_until_complete(self, main: Any) -> Any:
        """Run until ``main`` has ended, and return or raise what it does."""
        self._main = task = self.create_task(main)
        task.add_done_callback(self._over)
        try:
            self.run_forever()
        except BaseException:
            if task.done() and not task.cancelled():
                task.exception()  # which comes out here, so nobody is told that it was not looked at
            raise
        return task.result()

    def run_forever(self) -> None:
        """Run until ``stop``."""
        hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=self._generators.add, finalizer=self._finalize)
        asyncio._set_running_loop(self)
        self._runs = True
        woken_before = self._be_woken_by_signals(self._waker)
        try:
            while not self._stopping:
                self._step()
        finally:
            self._stopping = self._runs = False
            self._be_woken_by_signals(woken_before)
            asyncio._set_running_loop(None)
            sys.set_asyncgen_hooks(*hooks)

    def stop(self) -> None:
        self._stopping = True

    def is_running(self) -> bool:
        return self._runs

    def is_closed(self) -> bool:
        return self._waker < 0

    def end(self) -> None:
        """Cancel the tasks that are left and wait for them, for the generators and the threads; then close."""
        try:
            self.run_until_complete(self._end_all())
        finally:
            self.close()

    def close(self) -> None:
        """Nothing runs any more."""
        if not self.is_closed():
            for number in list(self._signals):
                self.remove_signal_handler(number)
            self._ready.clear()
            self._timers.clear()
            self._watched.clear()
            waker, self._waker = self._waker, -1
            os.close(waker)
            os.close(self._woken)

    async def _end_all(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await self._end_each(tasks)
        await self._end_each([generator.aclose() for generator in list(self._generators)])
        if self._threads is not None:
            await self._end_threads(self._threads)

    async def _end_each(self, ending: Collection[Awaitable[Any]]) -> None:
        for found in await asyncio.gather(*ending, return_exceptions=True):
            if isinstance(found, Exception):
                message = "a task or generator failed while the loop ended"
                self.call_exception_handler({"message": message, "exception": found})

    async def _end_threads(self, threads: ThreadPoolExecutor) -> None:
        """Wait for them while the loop runs, because they may wait for it."""
        from threading import Thread

        ended = self.create_future()

        def wait() -> None:
            threads.shutdown()
            with suppress(RuntimeError):  # the loop was broken off
                self.call_soon_threadsafe(ended.set_result, None)

        waiting = Thread(target=wait)
        waiting.start()
        try:
            await ended
        finally:
            waiting.join()

    def _over(self, task: asyncio.Task[Any]) -> None:
        if task is self._main:
            self.stop()

    def _finalize(self, generator: AsyncGenerator[Any, Any]) -> None:
        self._generators.discard(generator)
        if not self.is_closed():
            self.call_soon_threadsafe(lambda: self.create_task(generator.aclose()))

    def _step(self) -> None:
        """Wait for what is next, and do all that is due by then; what that brings up waits for the next step."""
        for descriptor, events in self._poll.poll(self._timeout_ms()):
            self._happened(descriptor, events)
        now = self.time()
        while self._timers and (self._timers[0].cancelled() or self._timers[0].when() <= now):
            self._ready.append(heapq.heappop(self._timers))
        for _ in range(len(self._ready)):
            handle = self._ready.popleft()
            if not handle.cancelled():
                handle._run()

    def _timeout_ms(self) -> int | None:
        if self._ready or self._stopping:
            return 0
        while self._timers and self._timers[0].cancelled():
            heapq.heappop(self._timers)
        if not self._timers:
            return None
        return ceil(min(max(self._timers[0].when() - self.time(), 0.0), _LONGEST_S) * 1000)

    # What is to be done -------------------------------------------------------------------------------------------

    def time(self) -> float:
        return time.monotonic()

    def call_soon(self, callback: Callable[[*Args], Any], *args: *Args, context: Any = None) -> asyncio.Handle:
        if self._waker < 0:
            raise RuntimeError("Event loop is closed")
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[[*Args], Any], *args: *Args, context: Any = None
    ) -> asyncio.Handle:
        """Like ``call_soon``, from another thread or from a signal handler, too."""
        handle = self.call_soon(callback, *args, context=context)
        with suppress(OSError):  # full, so it wakes up anyway; or closed just now
            os.write(self._waker, b"\0")
        return handle

    def call_later(
        self, delay: float, callback: Callable[[*Args], Any], *args: *Args, context: Any = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[*Args], Any], *args: *Args, context: Any = None
    ) -> asyncio.TimerHandle:
        if self._waker < 0:
            raise RuntimeError("Event loop is closed")
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, timer)
        return timer

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Called by each timer that is cancelled; it is thrown away when its time comes, or with many others."""
        self._cancelled += 1
        if self._cancelled > _MANY and self._cancelled * 2 > len(self._timers):
            self._timers = [timer for timer in self._timers if not timer.cancelled()]
            heapq.heapify(self._timers)
            self._cancelled = 0

    def add_signal_handler(self, sig: int, callback: Callable[[*Args], Any], *args: *Args) -> None:
        """Have the loop call ``callback`` when a signal has come. Raises ``ValueError`` outside of the main thread."""
        handle = asyncio.Handle(callback, args, self, None)
        signal.signal(sig, lambda _number, _frame: self._ready.append(handle))
        signal.siginterrupt(sig, False)
        self._signals[sig] = handle

    def remove_signal_handler(self, sig: int) -> bool:
        handle = self._signals.pop(sig, None)
        if handle is None:
            return False
        handle.cancel()  # the signal may have come already
        signal.signal(sig, signal.default_int_handler if sig == signal.SIGINT else signal.SIG_DFL)
        return True

    def _be_woken_by_signals(self, descriptor: int) -> int:
        """Have each signal write to ``descriptor`` (-1: to none), and return where it did; only the main thread can.

        A handler in Python runs between two steps of Python: of a signal that comes just before ``poll``, after it.
        """
        try:
            return signal.set_wakeup_fd(descriptor, warn_on_full_buffer=False)
        except ValueError:
            return -1

    def _wake_up(self) -> None:
        try:
            os.read(self._woken, 4096)
        except BlockingIOError:
            return

    # Tasks, threads and errors ------------------------------------------------------------------------------------

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, *, name: Any = None, context: Any = None) -> asyncio.Task[Any]:
        return asyncio.Task(coro, loop=self, name=name, context=context)

    def run_in_executor(self, executor: Any, func: Callable[[*Args], T], *args: *Args) -> asyncio.Future[T]:
        if executor is None:
            executor = self._threads = self._threads or _new_threads()
        return asyncio.wrap_future(executor.submit(func, *args), loop=self)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Write down what a callback or a forgotten task raised."""
        import logging

        logging.getLogger("asyncio").error(
            "%s: %s",
            context.get("message", "unhandled exception in event loop"),
            {name: value for name, value in context.items() if name not in ("message", "exception")},
            exc_info=context.get("exception"),
        )

    def get_debug(self) -> bool:
        return False

    # Descriptors --------------------------------------------------------------------------------------------------

    def add_reader(self, fd: Any, callback: Callable[[*Args], Any], *args: *Args) -> None:
        self._watch(fd, READ, asyncio.Handle(callback, args, self, None))

    def remove_reader(self, fd: Any) -> bool:
        return self._watch(fd, READ, None)

    def add_writer(self, fd: Any, callback: Callable[[*Args], Any], *args: *Args) -> None:
        self._watch(fd, WRITE, asyncio.Handle(callback, args, self, None))

    def remove_writer(self, fd: Any) -> bool:
        return self._watch(fd, WRITE, None)

    def _watch(self, fd: Any, way: int, handle: asyncio.Handle | None) -> bool:
        """Have ``handle`` called from now on, or nobody; return whether there was somebody before."""
        descriptor = fd if isinstance(fd, int) else _number(fd)
        if descriptor not in self._watched:
            if handle is None:
                return False
            _check_open(descriptor)
        handles = self._watched.setdefault(descriptor, [None, None])
        before, handles[way] = handles[way], handle
        if before is not None:
            before.cancel()
        wanted = sum(events for each, events in zip(handles, _EVENTS, strict=True) if each is not None)
        if wanted:
            self._poll.register(descriptor, wanted)
        else:
            del self._watched[descriptor]
            self._poll.unregister(descriptor)
        return before is not None

    def _happened(self, descriptor: int, events: int) -> None:
        """Errors and hang-ups concern both ways."""
        if events & select.POLLNVAL:
            self._forget(descriptor)
            return
        for handle, other in zip(self._watched.get(descriptor, ()), reversed(_EVENTS), strict=False):
            if handle is not None and events & ~other:
                self._ready.append(handle)

    def _forget(self, descriptor: int) -> None:
        """Who closes a descriptor has to give it up first; ``poll`` would come back with it at once, for ever."""
        self._poll.unregister(descriptor)
        for handle in self._watched.pop(descriptor):
            if handle is not None:
                handle.cancel()
        self.call_exception_handler({"message": "a descriptor was closed while watched", "descriptor": descriptor})


def _number(file: Any) -> int:
    try:
        return int(file.fileno())
    except (AttributeError, TypeError, ValueError):
        raise ValueError(f"Invalid file object: {file!r}") from None


def _check_open(descriptor: int) -> None:
    if descriptor < 0:
        raise ValueError(f"Invalid file descriptor: {descriptor}")
    os.fstat(descriptor)  # ``poll`` itself takes any number


def _new_threads() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(thread_name_prefix="asyncio")
