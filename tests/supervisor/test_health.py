"""Health: when an idle bot is asked for a sign of life, and what counts as one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tellme.model import BotState, Exit
from tellme.supervisor import health, throttle
from tellme.supervisor.health import Health, HealthCheck, Manners

from .conftest import Log

MakeLife = Callable[..., Any]

OFTEN = HealthCheck(first_s=0.001, silence_s=0.02, answer_s=0.3)
AT_ONCE = HealthCheck(first_s=0.001, silence_s=0.001, answer_s=0.001)
NEVER = 10**9


class Clock:
    """A time that passes when it is told to; what was set for it happens then, in order."""

    def __init__(self) -> None:
        self._now = 0.0
        self._late_s = 0.0
        self._timers: list[Timer] = []

    def time(self) -> float:
        return self._now + self._late_s

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Timer:
        self._timers.append(Timer(self.time() + delay, callback))
        return self._timers[-1]

    def pass_by(self, seconds: float, *, late_s: float = 0.0) -> None:
        """Let time pass; with ``late_s`` everything in it happens so much later than it was set for."""
        end = self._now + seconds
        self._late_s = late_s
        while due := [timer for timer in self._timers if timer.when() <= end and not timer.is_over]:
            timer = min(due, key=Timer.when)
            timer.is_over = True
            self._now = max(self._now, timer.when())
            timer.callback()
        self._now, self._late_s = end, 0.0


class Timer:
    def __init__(self, when: float, callback: Callable[[], None]) -> None:
        self._when, self.callback, self.is_over = when, callback, False

    def when(self) -> float:
        return self._when

    def cancel(self) -> None:
        self.is_over = True


CHECK = HealthCheck(first_s=1.0, silence_s=30.0, answer_s=10.0)


class Watched:
    """What a ``Health`` sees and does, with a life of the test's choice. It answers so many questions."""

    def __init__(self, *, idle: bool = True, answers: int = 0, manners: Manners | None = None) -> None:
        self.idle, self.answers = idle, answers
        self.signs = self.asked = self.hung = 0
        self.manners = manners or Manners()
        self.on_ask: Callable[[], object] = lambda: None
        self.clock = Clock()
        signs, is_idle = (lambda: self.signs), (lambda: self.idle)
        self.health = Health(CHECK, self.manners, signs, is_idle, self._ask, self._hang, self.clock)

    def _ask(self, answered: Callable[[], None]) -> None:
        self.asked += 1
        self.answered = answered
        self.on_ask()
        if self.asked <= self.answers:
            self.signs += 1
            answered()

    def _hang(self) -> None:
        self.hung += 1


def known(*, answers: bool) -> Manners:
    """What an earlier process of the bot has shown."""
    manners = Manners()
    manners.asked, manners.answers = True, answers
    return manners


JUDGED = {
    # how many questions it answers, what is known of it before → how often it is asked in an hour, how often it is
    # called hung. A question it answers costs 30 s, where it is known before; else the first comes after 1 s.
    "never asked before, answers none": (0, None, 1, 0),
    "never asked before, answers one": (1, None, 2, 1),
    "never asked before, answers three": (3, None, 4, 1),
    "has never answered, answers none": (0, False, 0, 0),
    "has never answered, would answer now": (NEVER, False, 0, 0),
    "has answered before, answers none": (0, True, 1, 1),
    "has answered before, answers two": (2, True, 3, 1),
}


@pytest.mark.parametrize("name", JUDGED)
def test_only_who_has_answered_before_is_judged(name: str) -> None:
    answers, before, asked, hung = JUDGED[name]
    watched = Watched(answers=answers, manners=None if before is None else known(answers=before))
    watched.clock.pass_by(3600)
    assert (watched.asked, watched.hung) == (asked, hung)


def test_who_answers_is_asked_after_each_silence() -> None:
    watched = Watched(answers=NEVER)
    watched.clock.pass_by(0.9)
    assert watched.asked == 0
    watched.clock.pass_by(0.2)
    assert (watched.asked, watched.manners.answers) == (1, True)
    watched.clock.pass_by(30)
    assert watched.asked == 2
    watched.clock.pass_by(3 * (10 + 30))
    assert (watched.asked, watched.hung) == (5, 0)


def test_who_does_not_answer_is_called_hung_when_its_time_is_over_and_not_before() -> None:
    watched = Watched(manners=known(answers=True))
    watched.clock.pass_by(39.9)
    assert (watched.asked, watched.hung) == (1, 0)
    watched.clock.pass_by(0.2)
    assert watched.hung == 1


def test_nothing_happens_after_the_end() -> None:
    watched = Watched(manners=known(answers=True))
    watched.clock.pass_by(35)
    watched.health.close()
    watched.clock.pass_by(3600)
    assert (watched.asked, watched.hung) == (1, 0)


def test_a_late_answer_counts_from_then_on() -> None:
    watched = Watched()
    watched.clock.pass_by(100)
    assert (watched.asked, watched.manners.answers) == (1, False)
    watched.answered()
    watched.clock.pass_by(100)
    assert (watched.asked, watched.hung) == (2, 1)


def test_who_left_a_question_open_and_lives_is_not_asked_again() -> None:
    watched = Watched(manners=known(answers=True))
    watched.on_ask = lambda: setattr(watched, "signs", watched.signs + 1)
    watched.clock.pass_by(3600)
    assert (watched.asked, watched.hung) == (1, 0)


def test_the_first_question_waits_for_an_idle_moment() -> None:
    watched = Watched(idle=False, answers=NEVER)
    watched.clock.pass_by(100)
    assert watched.asked == 0
    watched.idle = True
    watched.clock.pass_by(1)
    assert watched.asked == 1


def test_who_is_busy_is_not_asked() -> None:
    watched = Watched(idle=False, manners=known(answers=True))
    watched.clock.pass_by(3600)
    assert (watched.asked, watched.hung) == (0, 0)


def test_who_becomes_busy_after_the_question_need_not_answer_it() -> None:
    watched = Watched(manners=known(answers=True))
    watched.on_ask = lambda: setattr(watched, "idle", False)
    watched.clock.pass_by(3600)
    assert (watched.asked, watched.hung) == (1, 0)


def test_a_host_that_was_held_up_blames_nobody() -> None:
    watched = Watched(manners=known(answers=True))
    watched.clock.pass_by(35)
    watched.clock.pass_by(6, late_s=health.LATE_S + 0.1)
    assert (watched.asked, watched.hung) == (1, 0)
    watched.clock.pass_by(20)
    assert watched.hung == 1, "once it had its time it is judged"


@pytest.mark.parametrize("mode", ["deaf", "in C"])
async def test_a_bot_that_hangs_outside_a_turn_is_killed_and_started_again(make_life: MakeLife, mode: str) -> None:
    async with make_life("greets.py", mode, health=OFTEN) as life:
        await life.bot.connect()
        end = await life.next(Exit)
        assert (end.reason, end.signal, end.crash) == ("does not answer (health check)", 9, True)
        assert end.state is BotState.BACKOFF
        await life.state(BotState.READY, times=2)


async def test_a_bot_that_was_stopped_by_a_signal_is_killed(make_life: MakeLife) -> None:
    async with make_life("talks.py", "1", health=OFTEN) as life:
        link = await life.bot.connect()
        await life.until(lambda: link.heard >= 2)
        life.signal(19)
        assert (await life.next(Exit)).reason == "does not answer (health check)"


async def test_a_process_that_hangs_from_its_start_is_judged_by_those_before(make_life: MakeLife) -> None:
    async with make_life("talks.py", "1", health=OFTEN) as life:
        link = await life.bot.connect()
        await life.until(lambda: link.heard >= 2)
        life.bot.restart()
        await life.state(BotState.READY, times=2)
        life.signal(19)
        assert (await life.next(Exit, 2)).reason == "does not answer (health check)"


@pytest.mark.parametrize("command", [("talks.py", "1"), ("greets.py", "no error object")])
async def test_whatever_a_bot_answers_shows_that_it_lives(make_life: MakeLife, command: tuple[str, ...]) -> None:
    async with make_life(*command, health=OFTEN) as life:
        link = await life.bot.connect()
        begin = link.heard
        await life.until(lambda: link.heard >= begin + 3)
        assert not life.all(Exit)


@pytest.mark.parametrize("mode", ["ignores", "speaks"])
async def test_a_bot_that_answers_nothing_unknown_is_left_alone(make_life: MakeLife, log: Log, mode: str) -> None:
    async with make_life("greets.py", mode, health=AT_ONCE) as life:
        link = await life.bot.connect()
        await life.until(lambda: log.exists() and "_tellme/ping" in log.text())
        for _ in range(50):
            await asyncio.sleep(0.002)
        assert (await life.bot.connect(), life.all(Exit)) == (link, [])
        life.bot.restart()
        await life.state(BotState.READY, times=2)
        for _ in range(50):
            await asyncio.sleep(0.002)
        assert log.text().count("_tellme/ping") == 1, "it is asked once, and the next process not at all"


async def test_a_bot_that_does_not_survive_the_question_is_asked_no_more(make_life: MakeLife) -> None:
    async with make_life("greets.py", "breaks", health=AT_ONCE) as life:
        await life.bot.connect()
        assert (await life.next(Exit)).code == 5
        await life.state(BotState.READY, times=2)
        for _ in range(50):
            await asyncio.sleep(0.002)
        assert len(life.all(Exit)) == 1


async def test_a_new_definition_is_asked_anew(make_life: MakeLife, make_spec: Callable[..., Any]) -> None:
    async with make_life("greets.py", "breaks", health=AT_ONCE) as life:
        await life.bot.connect()
        await life.next(Exit)
        life.bot.replace(*make_spec("talks.py", "2"))
        link = await life.bot.connect()
        await life.until(lambda: link.heard >= 3)


async def test_a_bot_that_floods_lives(make_life: MakeLife, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "UNASKED_BYTES_A_SECOND", 64 * 1024)
    async with make_life("greets.py", "garbage", health=AT_ONCE) as life:
        link = await life.bot.connect()
        await life.until(lambda: life.bot._life._throttle.rests >= 1)
        for _ in range(50):
            await asyncio.sleep(0.002)
        assert await life.bot.connect() is link


async def test_a_lines_bot_is_asked_nothing(make_life: MakeLife) -> None:
    async with make_life("cat", protocol="lines", health=AT_ONCE) as life:
        link = await life.bot.connect()
        for _ in range(20):
            await asyncio.sleep(0.002)
        assert (link.heard, life.all(Exit)) == (0, [])


async def test_a_turn_is_no_silence(make_life: MakeLife) -> None:
    async with make_life("talks.py", "1", health=AT_ONCE) as life:
        with life.gate() as gate:
            waiting = asyncio.create_task(life.say("wait"))
            await gate.reached()
            for _ in range(20):
                await asyncio.sleep(0.002)
            gate.open()
            assert (await waiting).endswith(" 1")
