"""All about one bot: how it is now, its log as it is written, what happened to it and why, and its manifest."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events, getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static, TabbedContent, TabPane

from tellme.errors import HostGone, TellmeError
from tellme.model import BotSpec, BotStatus, StateChanged
from tellme.text import clean, one_line
from tellme.tui.app import TellmeApp
from tellme.tui.render import styles
from tellme.tui.render.pairs import pair
from tellme.tui.widgets.bot_list import STATE_STYLES, mark_of
from tellme.tui.widgets.pager import Pager
from tellme.tui.widgets.search_bar import SearchBar

if TYPE_CHECKING:
    from tellme.host.host import Control

LOOK_S = 0.5
LOG_LINES = 1000
"""How much of the log is there at first."""

MOST_LOG_LINES = 10_000

STAMP = len("12:04:05  ")


class BotScreen(Screen[str | None]):
    """See the module. Its result is the bot's id if the person wants a new session with it."""

    AUTO_FOCUS = "Pager"

    DEFAULT_CSS = """
    BotScreen {
        background: $background;
        & > #head { height: auto; padding: 0 2; background: $panel; }
        & TabbedContent { height: 1fr; }
        & TabPane { padding: 1 0 0 2; }
        & #no-log { width: 1fr; height: auto; display: none; color: $text-muted; }
        & Tab { color: $text-muted; &:hover, &.-active { color: $foreground; } }
        & TabPane > VerticalScroll { scrollbar-size-vertical: 1; }
        & TabPane > VerticalScroll > Static { width: 1fr; height: auto; }
        & Underline > .underline--bar { color: $primary; background: $border-blurred; }
        & SearchBar { display: none; padding: 0 2; }
        &.-short TabPane, &.-low TabPane { padding: 0 0 0 1; }
        &.-narrow #head { padding: 0 1; }
        &.-low #head { display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Back", id="bot.close"),
        Binding("r", "restart", "Restart", id="bot.restart"),
        Binding("s", "stop", "Stop", id="bot.stop"),
        Binding("t", "start", "Start", id="bot.start"),
        Binding("n,enter", "new_session", "New", id="bot.new_session"),
        Binding("slash,ctrl+f", "find", "Find", id="bot.find"),
        Binding("c", "copy", "Copy", id="bot.copy"),
        Binding("1", "show('log')", "The log", show=False, id="bot.log"),
        Binding("2", "show('changes')", "What happened", show=False, id="bot.changes"),
        Binding("3", "show('manifest')", "The manifest", show=False, id="bot.manifest"),
    ]

    app = getters.app(TellmeApp)
    log_view = getters.query_one(Pager)

    def __init__(self, spec: BotSpec) -> None:
        super().__init__()
        self._spec = spec

    def compose(self) -> ComposeResult:
        """Lay out how the bot is above the tabs."""
        yield Static(clean(self._spec.name), id="head", markup=False)
        with TabbedContent(initial="log"):
            with TabPane("1 Log", id="log"):
                yield Static(f"{clean(self._spec.name)} has written nothing to its log.", id="no-log", markup=False)
                yield Pager(stamp=STAMP, most_lines=MOST_LOG_LINES, follow=True)
            with TabPane("2 What happened", id="changes"), VerticalScroll():
                yield Static(id="changes-text", markup=False)
            with TabPane("3 Manifest", id="manifest"), VerticalScroll():
                yield Static(id="manifest-text", markup=False)
        yield SearchBar("in the log")
        yield Footer(show_command_palette=False, compact=True)

    @work
    async def on_mount(self) -> None:
        """Show how the bot is, every ``LOOK_S`` seconds, and its log as it is written."""
        try:
            host = await self.app.bridge.host()
        except TellmeError as error:
            self._show_head(Content(str(error)).stylize(styles.ERROR))
            return

        async def look() -> None:
            with suppress(HostGone):  # the head then shows how it was
                self._show(await host.bots())

        await look()
        self.set_interval(LOOK_S, look)
        days = _Days()
        async for lines in host.follow_log(self._spec.id, LOG_LINES):
            self.log_view.append(shown for line in lines for shown in days.shown(line))
            self.query_one("#no-log").display = not self.log_view.line_count

    def on_resize(self, event: events.Resize) -> None:
        width = event.size.width - 6
        self.query_one("#manifest-text", Static).update(_manifest(self._spec, width))

    # What is shown ------------------------------------------------------------------------------------------------

    def _show(self, bots: Iterable[BotStatus]) -> None:
        for bot in bots:
            if bot.id == self._spec.id:
                self._show_head(_head(bot, is_narrow=self.has_class("-narrow")))
        self.query_one("#changes-text", Static).update(_changes(self.app.history.of(self._spec.id)))

    def _show_head(self, content: Content) -> None:
        self.query_one("#head", Static).update(content)

    # What the widgets say -----------------------------------------------------------------------------------------

    def on_search_bar_changed(self, message: SearchBar.Changed) -> None:
        self.log_view.find(message.text)

    def on_search_bar_stepped(self, message: SearchBar.Stepped) -> None:
        self.log_view.step(message.step)

    def on_search_bar_closed(self) -> None:
        self.log_view.find("")
        self.log_view.focus()

    def on_pager_found(self, message: Pager.Found) -> None:
        self.query_one(SearchBar).found(message.position, message.count)

    # Keys ---------------------------------------------------------------------------------------------------------

    def action_close(self) -> None:
        """Go back to the conversation."""
        self.dismiss(None)

    def action_new_session(self) -> None:
        """Begin a new session with this bot."""
        self.dismiss(self._spec.id)

    async def action_restart(self) -> None:
        """End the bot's process and start it again."""
        await self._control("restart")

    async def action_stop(self) -> None:
        """End the bot's process until it is needed again."""
        await self._control("stop")

    async def action_start(self) -> None:
        """Start the bot's process."""
        await self._control("start")

    def action_find(self) -> None:
        """Find a text in the log."""
        self.action_show("log")
        self.query_one(SearchBar).open()

    def action_copy(self) -> None:
        """Copy the log, as far as it is here."""
        self.app.copy_to_clipboard(self.log_view.text)

    def action_show(self, tab: str) -> None:
        """Show one of the tabs."""
        self.query_one(TabbedContent).active = tab
        self.query_one(f"#{tab}").query("Pager, VerticalScroll").first().focus()

    async def _control(self, what: Control) -> None:
        try:
            await self.app.bridge.control(self._spec.id, what)
        except TellmeError as error:
            self.notify(str(error), severity="warning", markup=False)


class _Days:
    """Makes the lines of a log short: the time of day alone, and a line where another day begins."""

    def __init__(self) -> None:
        self._day = date.today()

    def shown(self, line: str) -> Iterator[str]:
        """Yield a line as it is shown, and before it the day if that is another one."""
        stamp, _, text = clean(line).partition(" ")
        try:
            at = datetime.fromisoformat(stamp).astimezone()
        except ValueError:
            yield f"{'':{STAMP}}{clean(line)}"
            return
        if at.date() != self._day:
            self._day = at.date()
            yield f"── {at:%d %B %Y} ──"
        yield f"{at:%H:%M:%S}  {text}"


def _head(bot: BotStatus, *, is_narrow: bool) -> Content:
    style = STATE_STYLES[bot.state]
    who = Content.assemble(
        (f"{mark_of(bot.state)} ", style),
        (clean(bot.name), "bold"),
        (f"  {bot.state.value}", style),
        ("" if is_narrow else f"  {one_line(bot.description)}", styles.MUTED),
    )
    return Content("\n").join([who, Content("  ").join(_facts(bot))])


def _facts(bot: BotStatus) -> Iterator[Content]:
    if bot.uptime_s is not None:
        yield _fact("up", _duration(bot.uptime_s))
    if bot.memory_bytes is not None:
        yield _fact("memory", _size(bot.memory_bytes))
    yield _fact("restarts", str(bot.restarts))
    if bot.pid is not None:
        yield _fact("process", str(bot.pid))
    if bot.last_exit:
        yield _fact("last", one_line(bot.last_exit))


def _fact(name: str, value: str) -> Content:
    return Content.assemble((f"{name}\xa0", styles.MUTED), value)


def _changes(changes: list[StateChanged]) -> Content:
    if not changes:
        return Content("Nothing has happened to it since tellme was opened.").stylize(styles.MUTED)
    return Content("\n").join(_change(change) for change in reversed(changes))


def _change(change: StateChanged) -> Content:
    style = STATE_STYLES[change.state]
    return Content.assemble(
        (time.strftime("%H:%M:%S  ", time.localtime(change.at)), styles.MUTED),
        (f"{mark_of(change.state)} {change.state.value:10}", style),
        one_line(change.reason),
    )


def _manifest(spec: BotSpec, width: int) -> Content:
    """Say what a bot is. Of its environment the names alone: values may be secrets."""
    rows = {
        "name": spec.name,
        "id": spec.id,
        "description": spec.description,
        "kind": spec.kind,
        "command": " ".join(spec.command),
        "folder": spec.folder,
        "defined in": spec.source,
        "protocol": spec.protocol,
        "aliases": ", ".join(spec.aliases),
        "timeout": f"{spec.timeout:g} s for one try of a turn",
        "memory": "no limit" if spec.memory_bytes is None else f"at most {_size(spec.memory_bytes)} for each process",
        "environment": ", ".join([*spec.env, *(f"{name} (from tellme's own)" for name in spec.pass_env)]),
        "retry": "a turn is tried again after a crash" if spec.retry else "a turn is tried once",
        "restart": f"given up after more than {spec.restart.max} crashes within {spec.restart.within:g} s",
        "patterns": "\n".join(map(one_line, spec.patterns)),
    }
    pairs = (pair(name, clean(text), width, name_width=13, style=styles.MUTED) for name, text in rows.items() if text)
    return Content("\n").join(pairs)


def _size(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d {hours}h"
    if hours:
        return f"{hours}h {minutes}m"
    return f"{minutes}m {rest}s" if minutes else f"{rest}s"
