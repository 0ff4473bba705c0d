"""All sessions: found by what was said in them, opened again, renamed, exported, ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from tellme.errors import TellmeError
from tellme.model import Session, Turn
from tellme.text import clean, one_line
from tellme.tui.app import TellmeApp
from tellme.tui.render import styles
from tellme.tui.widgets.session_preview import SessionPreview

if TYPE_CHECKING:
    from tellme.host.host import Host

MOST_SHOWN = 200
SEARCH_AFTER_S = 0.15
PREVIEW_AFTER_S = 0.08

WIDE_ROW = 64
"""From so many cells on a row says how many turns there are."""


class Picked(NamedTuple):
    """Where the person wants to go."""

    session_id: str
    text: str
    """What was searched for; empty for nothing."""


class SessionsScreen(Screen[Picked | None]):
    """See the module. Its result is the session to go on with, if one was picked."""

    AUTO_FOCUS = "#search"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-roomy")]  # noqa: RUF012 - as declared by Textual

    DEFAULT_CSS = """
    SessionsScreen {
        background: $background;
        & > #head {
            height: 1; padding: 0 2; background: $panel;
            & > .title { width: auto; text-style: bold; padding: 0 3 0 0; }
            & > Input, & > Input:focus {
                height: 1; width: 1fr; border: none; padding: 0; background: $panel; background-tint: $foreground 0%;
            }
            & > #new-title { display: none; }
            & > #count { width: auto; color: $text-muted; padding: 0 0 0 2; }
        }
        &.-renaming > #head {
            & > #search { display: none; }
            & > #new-title { display: block; }
        }
        & > #body { height: 1fr; padding: 1 0 0 0; }
        & #found, & #found:focus {
            width: 1fr; height: 1fr; max-height: 100%; border: none; padding: 0 1; background: $background;
            background-tint: $foreground 0%; scrollbar-size-vertical: 1;
            & > .option-list--option-highlighted {
                color: $block-cursor-foreground; background: $block-cursor-background;
            }
        }
        & #nothing { display: none; width: 1fr; height: auto; padding: 0 2; color: $text-muted; }
        &.-none #found { display: none; }
        &.-none #nothing { display: block; }
        & SessionPreview { display: none; width: 42%; height: 1fr; }
        &.-roomy SessionPreview { display: block; }
        &.-narrow > #head { padding: 0 1; }
        &.-short > #body, &.-low > #body { padding: 0; }
        &.-low .title { display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="sessions.open", priority=True),
        Binding("escape", "close", "Back", id="sessions.close"),
        Binding("f2,ctrl+t", "rename", "Rename", id="sessions.rename", priority=True),
        Binding("ctrl+e", "export", "Export", id="sessions.export", priority=True),
        Binding("ctrl+d", "end", "End", id="sessions.end", priority=True),
        Binding("delete", "end", "End, from the list", show=False, id="sessions.end_from_list"),
        Binding("up", "move('cursor_up')", "Up", show=False, id="sessions.up"),
        Binding("down", "move('cursor_down')", "Down", show=False, id="sessions.down"),
        Binding("pageup", "move('page_up')", "Page up", show=False, id="sessions.page_up"),
        Binding("pagedown", "move('page_down')", "Page down", show=False, id="sessions.page_down"),
    ]

    app = getters.app(TellmeApp)
    search = getters.query_one("#search", Input)
    new_title = getters.query_one("#new-title", Input)
    found = getters.query_one("#found", OptionList)
    preview = getters.query_one(SessionPreview)

    def __init__(self, search: str = "") -> None:
        super().__init__()
        self._asked_for = search
        self._sessions: dict[str, Session] = {}
        self._name_of: Callable[[str], str] = str
        self._due: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the search above what was found, with a look into the one that is highlighted."""
        with Horizontal(id="head"):
            yield Static("Sessions", classes="title", markup=False)
            yield Input(self._asked_for, placeholder="Search what was said", id="search", select_on_focus=False)
            yield Input(placeholder="Title; empty for that of the first message", id="new-title")
            yield Static("", id="count", markup=False)
        with Horizontal(id="body"):
            yield OptionList(id="found", compact=True)
            yield Static("", id="nothing", markup=False)
            yield SessionPreview()
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self._look()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_rows)

    # What the widgets say -----------------------------------------------------------------------------------------

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input is self.search:
            self._after(SEARCH_AFTER_S, self._look)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input is self.new_title:
            self._set_title(event.value)

    def on_option_list_option_highlighted(self) -> None:
        self._after(PREVIEW_AFTER_S, self._preview)
        self.refresh_bindings()

    def on_option_list_option_selected(self) -> None:
        self.action_open()

    # Keys ---------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a title is written the keys belong to it; what needs a session needs one that is highlighted."""
        if action in ("open", "rename", "export", "end", "move") and self.has_class("-renaming"):
            return False
        if action in ("open", "rename", "export"):
            return True if self._highlighted else None
        if action == "end":
            return True if self._highlighted and self._highlighted.ended_at is None else None
        return True

    def action_open(self) -> None:
        """Go on with the session."""
        if self._highlighted is not None:
            self.dismiss(Picked(self._highlighted.id, self.search.value.strip()))

    def action_close(self) -> None:
        """Go back to the conversation, or leave the title as it is."""
        if self.has_class("-renaming"):
            self._end_renaming()
        else:
            self.dismiss(None)

    def action_rename(self) -> None:
        """Give the session another title."""
        if self._highlighted is not None:
            self.new_title.value = one_line(self._highlighted.title)
            self.add_class("-renaming")
            self.query_one(".title", Static).update("Title")
            self.new_title.focus()

    @work(group="change")
    async def action_export(self) -> None:
        """Write the session to a new file in the current folder, as Markdown."""
        from tellme.surfaces.save import save

        if (picked := self._highlighted) is None:
            return
        host = await self.app.bridge.host()
        try:
            session, turns = await host.history(picked.id)
            path = await asyncio.to_thread(save, f"tellme-{session.id}.md", host.name_of(session.bot), session, turns)
        except TellmeError as error:
            self._warn(error)
        else:
            self.notify(f"The session is in {path}", markup=False)

    @work(group="change")
    async def action_end(self) -> None:
        """End the session; it stays here and can be opened again."""
        session = self._highlighted
        if session is not None and session.ended_at is None:
            host = await self.app.bridge.host()
            await self._change(host.end_session(session.id))

    def action_move(self, how: str) -> None:
        """Move in the list, from the search too."""
        with suppress(KeyError):  # Textual's, for pages of a list that has no place on screen yet
            getattr(self.found, f"action_{how}")()

    # Inside -------------------------------------------------------------------------------------------------------

    @property
    def _highlighted(self) -> Session | None:
        option = self.found.highlighted_option
        return self._sessions.get(option.id or "") if option is not None else None

    def _after(self, seconds: float, what: Callable[[], object]) -> None:
        if self._due is not None:
            self._due.stop()
        self._due = self.set_timer(seconds, what)

    @work(group="look", exclusive=True)
    async def _look(self) -> None:
        """Find the sessions in which the text was said; without one, all."""
        text = self.search.value.strip()
        try:
            host = await self.app.bridge.host()
            sessions = await host.sessions(text or None, limit=MOST_SHOWN)
        except TellmeError as error:
            self._say(str(error))
            return
        if self._is_closing:
            return
        self._name_of = host.name_of
        self._sessions = {s.id: s for s in sorted(sessions, key=lambda session: session.used_at, reverse=True)}
        self._show_rows()
        if not sessions:
            self._say(f'No session has "{clean(text)}" in it.' if text else "There are no sessions yet.")
        self.set_class(not sessions, "-none")
        self._preview()

    @property
    def _is_closing(self) -> bool:
        """Is what a worker would fill gone already? A screen loses its children before its workers are told."""
        return not self.query(SessionPreview)

    def _say(self, text: str) -> None:
        self.query_one("#nothing", Static).update(text)
        self.add_class("-none")

    def _show_rows(self) -> None:
        """Show the sessions; the highlight stays on its own."""
        highlighted = self._highlighted
        width = max(12, self.found.scrollable_content_region.width)
        rows = [Option(_row(s, self._name_of(s.bot), width), id=s.id) for s in self._sessions.values()]
        self.found.set_options(rows)
        ids = list(self._sessions)
        if ids:
            self.found.highlighted = ids.index(highlighted.id) if highlighted and highlighted.id in ids else 0
        count = f"{len(ids)}+" if len(ids) == MOST_SHOWN else str(len(ids))
        self.query_one("#count", Static).update(count if ids else "")
        self.refresh_bindings()

    @work(group="preview", exclusive=True)
    async def _preview(self) -> None:
        """Show what was found in the highlighted session, or the last that was said in it."""
        if self._is_closing:
            return
        session = self._highlighted
        self.preview.clear()
        if session is not None and self.preview.display:
            text = self.search.value.strip()
            try:
                turn = await _telling_turn(await self.app.bridge.host(), session, text)
            except TellmeError as error:
                self._warn(error)
                return
            if not self._is_closing:
                self.preview.show(session, self._name_of(session.bot), turn, text)

    @work(group="change")
    async def _set_title(self, title: str) -> None:
        session = self._highlighted
        self._end_renaming()
        if session is not None:
            host = await self.app.bridge.host()
            await self._change(host.set_title(session.id, title.strip()))

    def _end_renaming(self) -> None:
        self.remove_class("-renaming")
        self.query_one(".title", Static).update("Sessions")
        self.search.focus()
        self.refresh_bindings()

    async def _change(self, change: Awaitable[Session]) -> None:
        try:
            session = await change
        except TellmeError as error:
            self._warn(error)
        else:
            self._sessions[session.id] = session
            self._show_rows()

    def _warn(self, error: TellmeError) -> None:
        self.notify(str(error), severity="warning", markup=False)


async def _telling_turn(host: Host, session: Session, text: str) -> Turn | None:
    """Return the last turn that holds ``text``; the last of all where none does."""
    found = await host.find_turns(session.id, text) if text else []
    newer = await host.turns(session.id, 1, after=found[-1]) if found else []
    turns = await host.turns(session.id, 1, before=newer[0].id if newer else None)
    return turns[0] if turns else None


def when(seconds: float, now: float) -> str:
    """Say when something was, in at most 11 characters: ``today 12:04``, ``19 Nov``, ``2025-03-01``."""
    then, today = time.localtime(seconds), time.localtime(now)
    if then[:3] == today[:3]:
        return time.strftime("today %H:%M", then)
    if then.tm_year == today.tm_year:
        return f"{then.tm_mday} {time.strftime('%b', then)}"
    return time.strftime("%Y-%m-%d", then)


def _row(session: Session, bot: str, width: int) -> Content:
    is_open = session.ended_at is None
    facts = f"{when(session.used_at, time.time()):>11}"
    name_cells = 8
    if width >= WIDE_ROW:
        facts += f"  {session.turns:>6,} turn{' ' if session.turns == 1 else 's'}"
        name_cells = 12
    room = max(4, width - 2 - name_cells - len(facts) - 4)
    return Content.assemble(
        ("● " if is_open else "○ ", "$success" if is_open else styles.MUTED),
        Content(one_line(session.title) or "New session").truncate(room, ellipsis=True, pad=True),
        "  ",
        Content(clean(bot)).truncate(name_cells, ellipsis=True, pad=True).stylize(styles.MUTED),
        (f"  {facts}", styles.MUTED),
    )
