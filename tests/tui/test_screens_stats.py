"""The screen of statistics: what the bots did in a span of time, drawn, and how their processes ended."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from tellme.errors import BotNotFound, StoreError
from tellme.model import BotState, BotStats, Exit, StatsBucket
from tellme.tui.app import TellmeApp
from tellme.tui.screens.bot import BotScreen
from tellme.tui.screens.stats import SPANS, StatsScreen
from tellme.tui.widgets.turns_chart import TurnsChart, chart

from .conftest import Tui, run
from .test_look import app

NOW = 1_772_000_000.0
"""2026-02-25 06:13:20 UTC."""

DAY_S = 86_400.0


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def series(turns: dict[int, int], failed: dict[int, int], crashes: dict[int, int], parts: int) -> Any:
    """Return a day in parts; what is not named is zero."""
    width_s = DAY_S / max(1, parts)
    begin = NOW - DAY_S
    return tuple(
        StatsBucket(begin + at * width_s, turns.get(at, 0), failed.get(at, 0), crashes.get(at, 0), None)
        for at in range(parts)
    )


def math(parts: int, turns: int = 1204) -> BotStats:
    waves = {at: 20 + 18 * ((at * 7) % 11 - 5) // 5 for at in range(parts)}
    return BotStats("math", turns, 1190, 11, 3, 4.06, 1800.0, 0, 0, series(waves, {5: 1, 30: 2}, {}, parts))


def zen(parts: int) -> BotStats:
    turns, failed = {20: 3, 21: 7, 40: 8}, {21: 4, 40: 8}
    return BotStats("zen", 18, 5, 1, 12, 900.0, 30_000.0, 12, 11, series(turns, failed, {21: 3, 40: 9}, parts))


def gone(parts: int) -> BotStats:
    return BotStats("[red]日本", 1, 1, 0, 0, 12.0, 12.0, 0, 0, series({47: 1}, {}, {}, parts))


EXITS = [
    Exit("zen", NOW - 5, 4711, None, 9, "was killed by SIGKILL", True, 3.0, BotState.BACKOFF),
    Exit("zen", NOW - 65, None, None, None, "could [b]not[/b]\x1b[31m start", True, None, BotState.FAILED),
    Exit("zen", NOW - 3 * DAY_S, 4712, 0, None, "was stopped", False, 7260.0, BotState.STOPPED),
]


class Standin:
    """A host whose bots did what the test says; for the rest the real one, where there is one."""

    def __init__(self, *bots: Callable[[int], BotStats], exits: list[Exit] | None = None, host: Any = None) -> None:
        self.did = list(bots)
        self.ended = EXITS if exits is None else exits
        self.asked: list[tuple[float, int]] = []
        self.error: Exception | None = None
        self._host = host

    async def stats(self, since: float, buckets: int = 0) -> list[BotStats]:
        self.asked.append((since, buckets))
        if self.error:
            raise self.error
        return [bot(buckets) for bot in self.did]

    async def exits(self, name: str | None = None, limit: int = 100) -> list[Exit]:
        if name is not None and name not in ("math", "zen", "english"):
            raise BotNotFound(name)
        return [end for end in self.ended if name in (None, end.bot)][:limit]

    def specs(self) -> list[Any]:
        return self._host.specs() if self._host else []

    def name_of(self, bot: str) -> str:
        return bot.title() if bot in ("math", "zen") else bot

    def __getattr__(self, name: str) -> Any:
        return getattr(self._host, name)


def on_stats(
    body: Callable[[Tui, Standin], Awaitable[None]], *bots: Callable[[int], BotStats], size: tuple[int, int] = (100, 30)
) -> None:
    """Run the body of a test with the screen opened by its key."""

    async def main(tui: Tui) -> None:
        host = Standin(*bots, host=await tui.app.bridge.host())
        tui.app.bridge.host = _returning(host)  # type: ignore[method-assign]
        await tui.pilot.press("f6")
        await tui.until(lambda: isinstance(tui.app.screen, StatsScreen) and host.asked)
        await tui.pilot.pause()
        await body(tui, host)

    run(main, size)


def _returning(host: Standin) -> Callable[[], Awaitable[Any]]:
    async def get() -> Standin:
        return host

    return get


def line_with(tui: Tui, text: str) -> str:
    return next(line for line in tui.lines if text in line)


def test_each_bot_that_did_something_has_a_row() -> None:
    async def body(tui: Tui, host: Standin) -> None:
        await tui.until_shown("Zen")
        heading = line_with(tui, "crashes")
        assert heading.split() == [
            "bot",
            "turns",
            "over",
            "time",
            "turns",
            "failed",
            "p50",
            "p99",
            "crashes",
            "restarts",
        ]
        assert line_with(tui, "1,204").split()[0] == "Math"
        assert line_with(tui, "1,204").split()[-8:] == ["1,204", "3", "4.1", "ms", "1.8", "s", "0", "0"]
        assert line_with(tui, "30.0 s").split()[-8:] == ["18", "12", "900", "ms", "30.0", "s", "12", "11"]
        assert "█" in line_with(tui, "1,204")
        assert "English" not in tui.text
        ends = [
            line.rindex(word) + len(word) for line, word in ((heading, "restarts"), (line_with(tui, "30.0 s"), "11"))
        ]
        assert ends[0] == ends[1], "numbers end where their heading does"

    on_stats(body, zen, math)


def test_numbers_stand_below_their_headings_where_the_list_scrolls_too() -> None:
    def many(number: int) -> Callable[[int], BotStats]:
        return lambda parts: math(parts)._replace(bot=f"bot-{number}", restarts=number)

    async def body(tui: Tui, host: Standin) -> None:
        await tui.until_shown("bot-10")
        await tui.pilot.press("end")
        await tui.until_shown("bot-29")
        heading, row = line_with(tui, "restarts"), line_with(tui, " bot-29")
        assert row[heading.rindex("restarts") :][:8] == "      29"

    on_stats(body, *map(many, range(10, 30)), math)


def test_the_span_is_switched_by_number_and_arrow() -> None:
    async def body(tui: Tui, host: Standin) -> None:
        async def switched(key: str, name: str) -> None:
            asked = len(host.asked)
            await tui.pilot.press(key)
            await tui.until(lambda: len(host.asked) > asked)
            span = next(span for span in SPANS if span.name == name)
            since, parts = host.asked[-1]
            assert parts == span.parts
            assert abs(time.time() - span.seconds - since) < 30

        assert abs(time.time() - DAY_S - host.asked[0][0]) < 30
        await switched("1", "Hour")
        await switched("4", "Month")
        await switched("left", "Week")
        await switched("2", "Day")
        await switched("right", "Week")
        await switched("right", "Month")
        await tui.pilot.click("#spans", offset=(2, 0))
        await tui.until(lambda: host.asked[-1][1] == SPANS[0].parts and host.asked[-1][0] > time.time() - 3630)
        await switched("4", "Month")
        asked = len(host.asked)
        await tui.pilot.press("right", "4")
        await tui.pilot.pause()
        assert len(host.asked) == asked, "there is no longer one, and it is shown already"

    on_stats(body, math)


def test_the_exits_are_those_of_the_bot_that_is_highlighted() -> None:
    async def body(tui: Tui, host: Standin) -> None:
        await tui.until_shown("Math has not ended")
        await tui.pilot.press("down")
        await tui.until_shown("was killed by SIGKILL")
        assert "after 3.0 s; started again" in line_with(tui, "SIGKILL")
        assert "could [b]not[/b] start; given up" in tui.text
        assert "was stopped after 2h 1m" in line_with(tui, "was stopped")
        await tui.pilot.press("down")
        await tui.until_shown("[red]日本 has not ended")

    on_stats(body, math, zen, gone)


def test_what_a_removed_bot_did_is_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tellme.tui.screens.stats.LOOK_S", 0.05)

    async def body(tui: Tui, host: Standin) -> None:
        host.ended = [EXITS[0]._replace(bot="[red]日本", reason="exited with code 7")]
        await tui.until_shown("exited with code 7", 10)
        await tui.pilot.press("enter")
        await tui.until_shown("There is no bot named")
        assert isinstance(tui.app.screen, StatsScreen)

    on_stats(body, gone)


def test_it_is_brought_up_to_date_and_the_highlight_stays_on_its_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tellme.tui.screens.stats.LOOK_S", 0.05)

    async def body(tui: Tui, host: Standin) -> None:
        await tui.pilot.press("end")
        await tui.until_shown("was killed by SIGKILL")
        screen = tui.app.screen
        assert isinstance(screen, StatsScreen)
        host.did = [zen, lambda parts: math(parts, 99_999), gone]
        await tui.until_shown("99,999")
        assert screen.highlighted == "zen"
        host.did = [math]
        await tui.until(lambda: "30.0 s" not in tui.text)
        assert screen.highlighted == "math"

    on_stats(body, math, zen)


def test_nothing_is_drawn_anew_where_nothing_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tellme.tui.screens.stats.LOOK_S", 0.02)

    async def body(tui: Tui, host: Standin) -> None:
        await tui.until(lambda: len(host.asked) > 2)
        drawn = []
        chart = tui.app.screen.query_one(TurnsChart)
        monkeypatch.setattr(chart, "refresh", lambda *_, **__: drawn.append(1))
        asked = len(host.asked)
        await tui.until(lambda: len(host.asked) > asked + 3)
        assert not drawn

    on_stats(body, math)


def test_where_there_is_nothing_it_says_what_to_do() -> None:
    async def body(tui: Tui, host: Standin) -> None:
        await tui.until(lambda: "No bot did anything in the last 24 hours" in _unwrapped(tui))
        await tui.pilot.press("4")
        await tui.until(lambda: "in the last 30 days" in _unwrapped(tui))
        assert "Esc" in tui.text
        await tui.pilot.press("down", "enter")
        host.did = [math]
        await tui.pilot.press("1")
        await tui.until_shown("1,204")
        assert "No bot did" not in tui.text

    on_stats(body, size=(40, 12))


def _unwrapped(tui: Tui) -> str:
    return " ".join(tui.text.split())


def test_what_cannot_be_read_is_said_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tellme.tui.screens.stats.LOOK_S", 0.05)

    async def body(tui: Tui, host: Standin) -> None:
        await tui.until_shown("1,204")
        host.error = StoreError("tellme.db is locked [bold]")
        await tui.until_shown("tellme.db is locked [bold]")
        host.error = None
        await tui.until_shown("1,204")
        assert "locked" not in tui.text

    on_stats(body, math)


def test_enter_shows_all_about_the_bot_and_a_new_session_leads_there() -> None:
    async def body(tui: Tui, host: Standin) -> None:
        await tui.until_shown("1,204")
        await tui.pilot.press("enter")
        await tui.until(lambda: isinstance(tui.app.screen, BotScreen))
        await tui.pilot.press("escape")
        await tui.until(lambda: isinstance(tui.app.screen, StatsScreen))
        await tui.pilot.press("enter")
        await tui.until(lambda: isinstance(tui.app.screen, BotScreen))
        await tui.pilot.press("n")
        await tui.until(lambda: tui.chat.talk.session is not None)
        assert tui.app.screen is tui.chat
        assert tui.chat.talk.session is not None
        assert tui.chat.talk.session.bot == "math"
        await tui.say("/stats")
        await tui.until(lambda: isinstance(tui.app.screen, StatsScreen))

    on_stats(body, math)


def test_every_size_will_do() -> None:
    async def body(tui: Tui, host: Standin) -> None:
        for size in ((200, 60), (10, 3), (1, 1), (100, 30)):
            await tui.pilot.resize_terminal(*size)
            await tui.pilot.press("down", "1", "right", "end")
        await tui.until_shown("1,204")
        await tui.pilot.press("escape")
        await tui.until(lambda: tui.app.screen is tui.chat)

    on_stats(body, math, zen, gone)


# The chart --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turns", "failed", "crashes", "size", "drawn"),
    [
        # One row of blocks: 8 steps from the base; none is blank.
        ([0, 1, 4, 8], [], [], (6, 1), ["8  ▁▄█", "0 ────"]),
        # Two rows: 16 steps.
        ([0, 4, 6, 8], [], [], (6, 2), ["8   ▄█", "   ███", "0 ────"]),
        # One of a thousand is seen.
        ([1000, 1], [], [], (8, 1), ["1,000 █▁", "    0 ──"]),
        # Where a process crashed the axis says so.
        ([2, 2, 0], [], [1, 0, 3], (5, 1), ["2 ██", "0 ✗─✗"]),
        # Bars are as wide as there is room for, and from three cells on stand apart.
        ([1, 1], [], [], (6, 1), ["1 ████", "0 ────"]),
        ([1, 1], [], [], (8, 1), ["1 ██ ██", "0 ──────"]),
        ([1, 1], [], [0, 2], (8, 1), ["1 ██ ██", "0 ───✗──"]),
        # Where there is no room for each, neighbours share a bar.
        ([1, 1, 1, 1], [], [], (4, 1), ["2 ██", "0 ──"]),
        ([0, 0], [], [], (4, 1), ["", "0 ──"]),
        ([], [], [], (4, 1), ["", ""]),
        ([1], [], [], (1, 1), ["", ""]),
    ],
)
def test_a_chart(
    turns: list[int], failed: list[int], crashes: list[int], size: tuple[int, int], drawn: list[str]
) -> None:
    parts = len(turns)
    lines = chart(
        series(dict(enumerate(turns)), dict(enumerate(failed)), dict(enumerate(crashes)), parts), size[0], size[1]
    )
    assert [line.plain.rstrip() for line in lines] == drawn


@pytest.mark.parametrize(
    ("turns", "failed", "rows", "styles"),
    [
        (8, 0, 1, ["$primary"]),
        (8, 8, 1, ["$error"]),
        (8, 4, 1, ["$error on $primary"]),
        (8, 4, 2, ["$primary", "$error"]),
        (8, 1, 2, ["$primary", "$error on $primary"]),
        (1000, 1, 2, ["$primary", "$error on $primary"]),
    ],
)
def test_failed_turns_are_the_lower_part_of_a_bar(turns: int, failed: int, rows: int, styles: list[str]) -> None:
    lines = chart(series({0: turns}, {0: failed}, {}, 1), len(f"{turns:,}") + 2, rows)
    assert [str(line.spans[-1].style) for line in lines[:-1]] == styles


# What it looks like -----------------------------------------------------------------------------------------------


def opened(*bots: Callable[[int], BotStats]) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def fill(pilot: Pilot[Any]) -> None:
        assert isinstance(pilot.app, TellmeApp)
        await pilot.app.painted.wait()
        host = Standin(*bots)
        pilot.app.bridge.host = _returning(host)  # type: ignore[method-assign]
        pilot.app.push_screen(StatsScreen(lambda: NOW))
        while not host.asked:
            await pilot.pause()
        await pilot.press("end")
        await pilot.pause()

    return fill


@pytest.mark.parametrize(("size", "theme"), [((80, 24), "tellme-dark"), ((40, 12), "tellme-light")])
def test_its_look(snap_compare: Callable[..., bool], size: tuple[int, int], theme: str) -> None:
    assert snap_compare(app(theme), terminal_size=size, run_before=opened(math, gone, zen))


def test_its_look_with_nothing_to_show(snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(app("tellme-dark"), terminal_size=(80, 24), run_before=opened())
