"""What the bots did in the last hour, day, week or month: turns, latencies and crashes, drawn over time.

Promise kept here: it is brought up to date every few seconds, and only what changed is drawn again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from tellme.errors import BotNotFound, TellmeError
from tellme.model import BotState, BotStats, Exit
from tellme.surfaces.figures import active, duration, span_text
from tellme.text import clean, one_line
from tellme.tui.app import TellmeApp
from tellme.tui.render import styles
from tellme.tui.widgets.stats_list import StatsList, StatsRow
from tellme.tui.widgets.turns_chart import CRASH, TurnsChart

if TYPE_CHECKING:
    from tellme.host.host import Host

LOOK_S = 2.0
MOST_LOAD = 0.05
"""Where looking takes long, because much is kept, it is done more seldom: it takes at most this part of the time."""

MOST_EXITS = 50


class Span(NamedTuple):
    """How far back the screen looks, in how many parts, and how their times are written."""

    name: str
    seconds: float
    parts: int
    stamp: str


SPANS = (
    Span("Hour", 3600.0, 60, "%H:%M"),
    Span("Day", 86_400.0, 48, "%H:%M"),
    Span("Week", 7 * 86_400.0, 84, "%a %d"),
    Span("Month", 30 * 86_400.0, 60, "%d %b"),
)
FIRST_SHOWN = 1

_NEXT = {BotState.BACKOFF: "; started again", BotState.FAILED: "; given up"}


class StatsScreen(Screen[str | None]):
    """See the module. Its result is the bot's id if the person wants a new session with it."""

    AUTO_FOCUS = "StatsList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-wide")]  # noqa: RUF012 - as declared by Textual
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-middle"), (30, "-high")]  # noqa: RUF012

    DEFAULT_CSS = """
    StatsScreen {
        background: $background;
        & > #head {
            height: 1; padding: 0 2; background: $panel;
            & > .title { width: auto; text-style: bold; padding: 0 3 0 0; }
            & > #spans {
                width: 1fr; link-style: none; link-color: $text-muted; link-background-hover: $block-hover-background;
                link-color-hover: $foreground; link-style-hover: none;
            }
            & > #since { width: auto; color: $text-muted; }
        }
        & > #headings { height: 2; padding: 1 4 0 3; }
        & > StatsList, & > StatsList:focus {
            height: auto; max-height: 40%; border: none; padding: 0 2; background: $background;
            background-tint: $foreground 0%; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
            & > .option-list--option { padding: 0 1; }
            & > .option-list--option-highlighted {
                color: $block-cursor-foreground; background: $block-cursor-background; text-style: none;
            }
        }
        & > #nothing { display: none; width: 1fr; height: auto; padding: 1 3; color: $text-muted; }
        & > #detail { height: 1fr; padding: 1 3 0 3; }
        & #who { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & TurnsChart { height: 1fr; max-height: 20; margin: 1 0; }
        & #exits { height: 8; text-wrap: nowrap; text-overflow: ellipsis; }
        &.-none > #headings, &.-none > StatsList, &.-none > #detail { display: none; }
        &.-none > #nothing { display: block; }
        &.-middle TurnsChart { margin: 0 0 1 0; }
        &.-middle #exits { height: 4; }
        &.-low TurnsChart { display: none; }
        &.-low #exits { height: 1fr; }
        &.-low > #headings { height: 1; padding: 0 2 0 1; }
        &.-low > #detail { padding: 0 1; }
        &.-low > StatsList, &.-low > StatsList:focus { padding: 0; max-height: 50%; }
        &.-narrow > #head { padding: 0 1; & > .title, & > #since { display: none; } }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Back", id="stats.close"),
        Binding("enter", "open_bot", "Details", id="stats.open_bot", priority=True),
        Binding("left", "step(-1)", "Shorter", id="stats.shorter", priority=True),
        Binding("right", "step(1)", "Longer", id="stats.longer", priority=True),
        Binding("1", "show(0)", "The last hour", show=False, id="stats.hour"),
        Binding("2", "show(1)", "The last day", show=False, id="stats.day"),
        Binding("3", "show(2)", "The last week", show=False, id="stats.week"),
        Binding("4", "show(3)", "The last month", show=False, id="stats.month"),
    ]

    app = getters.app(TellmeApp)

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._clock = clock
        self._at = FIRST_SHOWN
        self._bots: dict[str, BotStats] = {}
        self._name_of: Callable[[str], str] = str
        # Kept rather than looked for: what is learnt from the host may come when they are on screen no more.
        self.bot_list, self._chart = StatsList(compact=True), TurnsChart()
        self._since, self._nothing, self._who, self._exits = (
            Static(id=id, markup=False) for id in ("since", "nothing", "who", "exits")
        )

    def compose(self) -> ComposeResult:
        """Lay out all bots above more about the one that is highlighted."""
        with Horizontal(id="head"):
            yield Static("Statistics", classes="title", markup=False)
            yield Static(id="spans")
            yield self._since
        yield Static(StatsRow(), id="headings")
        yield self.bot_list
        yield self._nothing
        with Vertical(id="detail"):
            yield self._who
            yield self._chart
            yield self._exits
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self._show_span()

    @property
    def highlighted(self) -> str | None:
        """The id of the bot that is highlighted."""
        option = self.bot_list.highlighted_option
        return option.id if option is not None else None

    # What the widgets say -----------------------------------------------------------------------------------------

    def on_option_list_option_highlighted(self) -> None:
        self._show_detail()
        self._look_at_exits()

    def on_option_list_option_selected(self) -> None:
        self.action_open_bot()

    # Keys ---------------------------------------------------------------------------------------------------------

    def action_close(self) -> None:
        """Go back to the conversation."""
        self.dismiss(None)

    @work(group="open", exclusive=True)
    async def action_open_bot(self) -> None:
        """Show all about the bot."""
        from tellme.tui.screens.bot import BotScreen

        if self.highlighted is None:
            return
        try:
            spec = (await self.app.bridge.host()).find(self.highlighted)
        except TellmeError as error:
            self.notify(str(error), severity="warning", markup=False)
        else:
            self.app.push_screen(BotScreen(spec), self._start_with)

    def action_show(self, at: int) -> None:
        """Look so far back."""
        if at != self._at:
            self._at = at
            self._show_span()

    def action_step(self, step: int) -> None:
        """Look less or further far back."""
        self.action_show(min(max(0, self._at + step), len(SPANS) - 1))

    # Inside -------------------------------------------------------------------------------------------------------

    @property
    def _span(self) -> Span:
        return SPANS[self._at]

    def _start_with(self, bot_id: str | None) -> None:
        if bot_id:
            self.dismiss(bot_id)

    def _show_span(self) -> None:
        names = (_tab(number, span.name, is_shown=number == self._at) for number, span in enumerate(SPANS))
        self.query_one("#spans", Static).update(Content(" ").join(names))
        self._look_often()

    @work(group="look", exclusive=True)
    async def _look_often(self) -> None:
        while True:
            began = time.monotonic()
            await self._look()
            await asyncio.sleep(max(LOOK_S, (time.monotonic() - began) / MOST_LOAD))

    async def _look(self) -> None:
        since = self._clock() - self._span.seconds
        try:
            host = await self.app.bridge.host()
            found = await host.stats(since, self._span.parts)
        except TellmeError as error:
            self._say(str(error))
            return
        self._name_of = host.name_of
        bots = active([spec.id for spec in host.specs()], found)
        self._bots = {bot.bot: bot for bot in bots}
        self._since.update(time.strftime("since %a %d %b %H:%M", time.localtime(since)))
        self.bot_list.show(bots, host.name_of)
        if bots:
            self.remove_class("-none")
            self._show_detail()
            self._look_at_exits()
        else:
            self._say(self._what_to_do())

    def _what_to_do(self) -> str:
        nothing = f"No bot did anything in the last {span_text(self._span.seconds)}."
        further = "Press 4 to look further back, or Esc" if self._at < len(SPANS) - 1 else "Press Esc"
        return f"{nothing}\n\n{further} and say something to one: it shows here then."

    def _say(self, text: str) -> None:
        self._nothing.update(text)
        self.add_class("-none")

    def _show_detail(self) -> None:
        bot = self._bots.get(self.highlighted or "")
        if bot is not None:
            _update(self._who, _who(bot, clean(self._name_of(bot.bot)), is_narrow=self.has_class("-narrow")))
            self._chart.show(bot.series, self._clock(), self._span.stamp)

    @work(group="exits", exclusive=True)
    async def _look_at_exits(self) -> None:
        """Show how the highlighted bot's processes ended, whether long ago or not."""
        bot = self.highlighted
        if bot is None:
            return
        try:
            exits = await _exits_of(await self.app.bridge.host(), bot)
        except TellmeError as error:
            self._say(str(error))
            return
        shown = _exits_text(exits, self._clock()) or Content(
            f"{one_line(self._name_of(bot))} has not ended since this is kept."
        ).stylize(styles.MUTED)
        _update(self._exits, shown)


async def _exits_of(host: Host, bot: str) -> list[Exit]:
    """Return the newest exits of a bot; of one that is not in the catalogue any more, those among the newest of all."""
    try:
        return await host.exits(bot, MOST_EXITS)
    except BotNotFound:
        return [end for end in await host.exits(None, 10 * MOST_EXITS) if end.bot == bot]


def _update(static: Static, content: Content) -> None:
    before = static.content
    if not (isinstance(before, Content) and before.is_same(content)):
        static.update(content)


def _tab(number: int, name: str, *, is_shown: bool) -> Content:
    if is_shown:
        return Content.assemble(" ", (f"{number + 1} {name}", "bold underline $primary"), " ")
    return Content.from_markup(f"[@click=screen.show({number})] {number + 1} {name} [/]")


def _who(bot: BotStats, name: str, *, is_narrow: bool) -> Content:
    """Say of a bot what its row has no room for."""
    if is_narrow:
        crashes = f"{bot.crashes:,} crash{'' if bot.crashes == 1 else 'es'}"
        facts = f"p99 {duration(bot.p99_ms)}, {crashes}"
    else:
        facts = f"{bot.answered:,} answered, {bot.declined:,} declined, {bot.failed:,} failed"
    return Content.assemble((name, "bold"), (f"  {facts}", styles.MUTED))


def _exits_text(exits: Iterable[Exit], now: float) -> Content:
    return Content("\n").join(_exit(end, now) for end in exits)


def _exit(end: Exit, now: float) -> Content:
    mark = (f"{CRASH} ", styles.ERROR) if end.crash else ("○ ", styles.MUTED)
    after = "" if end.uptime_s is None else f" after {duration(end.uptime_s * 1000)}"
    return Content.assemble(
        (f"{_when(end.at, now):12}  ", styles.MUTED),
        mark,
        one_line(end.reason),
        (after + (_NEXT.get(end.state, "") if end.crash else ""), styles.MUTED),
    )


def _when(at: float, now: float) -> str:
    then = time.localtime(at)
    is_today = then[:3] == time.localtime(now)[:3]
    return time.strftime("%H:%M:%S" if is_today else "%d %b %H:%M", then)
