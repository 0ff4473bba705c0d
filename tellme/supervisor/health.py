"""Whether a bot that nobody talks to still lives: after a silence it is asked, and any answer will do.

The promise: only a bot that could have answered and did not is called hung. Whoever is in a turn, or held back because
it floods, has shown its life by that; time in which the host itself was held up counts for nobody. And an agent need
not answer a method that it does not know, or survive it: each bot is asked a first question soon after its first
start, and only one that has answered is asked again and judged, in all of its processes. The others are judged by
their turns alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tellme.values import NamedTuple, Protocol

LATE_S = 1.0
"""A timer that comes later than this says that the host was held up, and perhaps the bot with it."""


class HealthCheck(NamedTuple):
    """When an idle bot is asked for a sign of life, in seconds."""

    first_s: float = 1.0
    """How long after its start it is asked whether it answers at all: not while an ``ask`` still needs it."""
    silence_s: float = 30.0
    answer_s: float = 10.0
    """How long it may take to give one."""


class Timer(Protocol):
    """As much as is needed of ``asyncio.TimerHandle``."""

    def cancel(self) -> None:
        """Have it not happen."""

    def when(self) -> float:
        """Return the time for which it was set."""


class Clock(Protocol):
    """As much as is needed of an event loop."""

    def time(self) -> float:
        """Return the time, in seconds since whenever."""

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Timer:
        """Have something happen after so many seconds."""


class Manners:
    """What is known of a bot from one process of it to the next, for as long as its definition stays the same."""

    def __init__(self) -> None:
        self.asked = False
        self.answers = False


class Health:
    """Watches over one process, from its construction until ``close``. One timer, and at most one open question."""

    def __init__(
        self,
        check: HealthCheck,
        manners: Manners,
        signs: Callable[[], int],
        is_idle: Callable[[], bool],
        ask: Callable[[Callable[[], None]], None],
        on_hung: Callable[[], None],
        clock: Clock | None = None,
    ) -> None:
        """``signs`` counts the signs of life so far. ``ask`` asks for one, and calls what it is given when the answer
        to just that has come. ``on_hung`` hears once that no sign came. ``clock`` is the running loop where it is none.
        """
        self._check = check
        self._manners = manners
        self._signs = signs
        self._is_idle = is_idle
        self._ask = ask
        self._on_hung = on_hung
        self._open = False
        self._clock: Clock = clock or asyncio.get_running_loop()
        self._seen = signs()
        self._timer: Timer
        if manners.asked:
            self._go_on()
        else:
            self._in(check.first_s, self._after_start)

    def close(self) -> None:
        """Watch no more."""
        self._timer.cancel()

    def _after_start(self) -> None:
        if self._is_idle():
            self._question()
            self._go_on()
        else:
            self._in(self._check.first_s, self._after_start)

    def _after_silence(self) -> None:
        may_judge = self._manners.answers and not self._open
        if may_judge and self._is_idle() and self._signs() == self._seen:
            self._question()
            self._in(self._check.answer_s, self._after_question)
        else:
            self._go_on()

    def _after_question(self) -> None:
        if not self._is_idle() or self._signs() != self._seen:
            self._go_on()
        elif self._clock.time() - self._timer.when() > LATE_S:
            self._in(self._check.answer_s, self._after_question)
        else:
            self._on_hung()

    def _question(self) -> None:
        self._manners.asked = self._open = True
        self._ask(self._answered)

    def _answered(self) -> None:
        self._open = False
        self._manners.answers = True

    def _go_on(self) -> None:
        self._seen = self._signs()
        self._in(self._check.silence_s, self._after_silence)

    def _in(self, seconds: float, action: Callable[[], None]) -> None:
        self._timer = self._clock.call_later(seconds, action)
