"""One conversation, however long: a window of its turns, read page by page as the reader scrolls.

Promises kept here: memory does not grow with the session; the view follows the end only while the reader is there;
the reader keeps the place when earlier turns come in, and when the window changes its size.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple, Protocol

from textual import events, work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tellme.model import Turn
from tellme.tui.widgets.choice import Choice
from tellme.tui.widgets.flow import FlowView, Place
from tellme.tui.widgets.turn import TurnView

PAGE = 20
"""How many turns are read at a time."""

MOST_TURNS = 120
"""How many turns are held before those far from the reader are let go."""

MOST_CHARS = 512 * 1024
"""How much text is held before those far from the reader are let go, beyond ``FEWEST_TURNS``."""

FEWEST_TURNS = 12

MOST_NOTES = 200
"""How much that is no turn is held before the oldest of it is let go."""

NEAR_LINES = 12
"""So close to an end of what is there, the next page is read."""


class Pages(Protocol):
    """Where turns come from."""

    async def turns(
        self, session_id: str, limit: int, before: str | None = None, after: str | None = None
    ) -> list[Turn]:
        """Return turns, oldest first: the last ones, the last before, or the first after another."""
        ...

    async def files(self, turns: Sequence[Turn]) -> Mapping[str, Sequence[str]]:
        """Return the names of the files that went with turns of one session, by turn."""


class Goal(NamedTuple):
    """Where the reader is to be: at a match of the search in a view, else at the view's first line."""

    view: FlowView
    match: int | None = None


class Transcript(VerticalScroll):
    """See the module. ``session_id`` is ``None`` for what is said without a session, which has no pages."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "previous_turn", "Previous", show=False, id="transcript.previous"),
        Binding("down,j", "next_turn", "Next", show=False, id="transcript.next"),
        Binding("home,g", "first", "First message", show=False, id="transcript.first"),
        Binding("end,G", "last", "To the end", show=False, id="transcript.last"),
        Binding("c", "screen.copy_reply", "Copy", id="transcript.copy"),
        Binding("m", "screen.copy_message", "Copy message", show=False, id="transcript.copy_message"),
        Binding("y", "screen.copy_code", "Copy code", show=False, id="transcript.copy_code"),
        Binding("r", "screen.again", "Send again", show=False, id="transcript.again"),
        Binding("e", "screen.edit", "Edit", id="transcript.edit"),
        Binding("o", "screen.read", "Read all", show=False, id="transcript.read"),
        Binding("t", "screen.steps", "Steps", show=False, id="transcript.steps"),
        Binding("slash", "screen.find", "Find", show=False, id="transcript.find"),
        Binding("space", "page_down", "Page down", show=False, id="transcript.page_down"),
    ]

    following: reactive[bool] = reactive(True, init=False)
    """Is the reader at the end, so that the view goes along with what comes?"""

    class FollowingChanged(Message):
        """The reader left the end, or is there again."""

        def __init__(self, transcript: Transcript) -> None:
            super().__init__()
            self.transcript = transcript

    def __init__(self, pages: Pages, session_id: str | None, bot_name: str) -> None:
        super().__init__()
        self.session_id = session_id
        self.bot_name = bot_name
        self._pages = pages
        self._more_above = session_id is not None
        self._more_below = False
        self._reading = False
        self._window = asyncio.Lock()
        """Held by whoever reads turns and then puts them in: the place they are for must not go meanwhile."""
        self._goal: Goal | None = None
        """Where to go as soon as that has a place; until then nothing else moves the view."""
        self._place: tuple[FlowView, Place] | None = None
        """What the reader has at the top of the view, as long as the end is not followed."""

    # What is in it ------------------------------------------------------------------------------------------------

    @property
    def turn_views(self) -> list[TurnView]:
        """The turns that are held now, oldest first."""
        return [child for child in self.children if isinstance(child, TurnView)]

    def view_of(self, turn_id: str) -> TurnView | None:
        """Return the view of a turn, if it is held."""
        return next((view for view in self.turn_views if view.turn_id == turn_id), None)

    @property
    def question(self) -> Choice | None:
        """The newest question of a bot that waits for an answer."""
        return next((child for child in reversed(self.children) if isinstance(child, Choice) and child.is_open), None)

    @property
    def selected(self) -> TurnView | None:
        """The turn that keys act on: the one with the focus, else the last one in sight."""
        if isinstance(self.screen.focused, TurnView) and self.screen.focused.parent is self:
            return self.screen.focused
        return next((view for view in reversed(self.turn_views) if self._is_in_sight(view)), None)

    async def load(self) -> None:
        """Read the end of the session."""
        async with self._window:
            if self.session_id is not None:
                await self._fill(await self._pages.turns(self.session_id, PAGE))
            self._more_below = False
        self.to_end()

    async def add(self, view: Widget) -> None:
        """Add what was just said, and go to the end if it is the reader's own message."""
        own = isinstance(view, TurnView)
        if own and self._more_below:
            await self.load()
        await self.mount(view)
        await self._let_go(from_top=True)
        if own:
            self.to_end()

    async def clear(self) -> None:
        """Take out of sight what is over; it stays on disk."""
        self._more_above = self._more_below = False
        await self.remove_children([child for child in self.children if not _is_open(child)])

    # Where the reader is ------------------------------------------------------------------------------------------

    def to_end(self) -> None:
        """Go to the end and follow it."""
        self._goal = self._place = None
        self.anchor()
        self.following = True

    async def show_turn(self, turn_id: str, *, focus: bool = True) -> TurnView | None:
        """Bring a turn of the session into sight, reading what is around it where needed."""
        async with self._window:
            view = self.view_of(turn_id)
            if view is None and self.session_id is not None:
                await self._fill(await self._around(turn_id))
                view = self.view_of(turn_id)
        if view is not None:
            if focus:
                view.focus(scroll_visible=False)
            self._go_to(Goal(view))
        return view

    def show_match(self, view: FlowView, index: int) -> None:
        """Scroll so that what was found in a view is in sight, with some lines before it."""
        self._go_to(Goal(view, index))

    def action_previous_turn(self) -> None:
        """Move to the turn before."""
        self._move(-1)

    def action_next_turn(self) -> None:
        """Move to the turn after."""
        self._move(1)

    @work(exclusive=True, group="jump")
    async def action_first(self) -> None:
        """Go to the beginning of the session."""
        if self._more_above and self.session_id is not None:
            first = await self._first_turn()
            if first is not None:
                await self.show_turn(first)
        self._leave_end()
        self.scroll_home(animate=False, immediate=True)

    @work(exclusive=True, group="jump")
    async def action_last(self) -> None:
        """Go to the end of the session."""
        if self._more_below:
            await self.load()
        self.to_end()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) == round(new_value) or not self.is_mounted:
            return
        if self._is_at_end():
            self.following = True
        self._remember_place()
        self._read_on()

    def release_anchor(self) -> None:
        # Textual calls this for every scroll that is not to the end; what merely became shorter was not scrolled.
        super().release_anchor()
        self.call_after_refresh(self._see_where_the_reader_went)

    def watch_following(self) -> None:
        self.post_message(self.FollowingChanged(self))

    def on_resize(self, event: events.Resize) -> None:
        if self._goal is not None:
            self.call_after_refresh(self._reach_goal)
        elif self._place is not None:
            self.call_after_refresh(self._restore_place)

    # Inside -------------------------------------------------------------------------------------------------------

    def _leave_end(self) -> None:
        self.release_anchor()
        self.following = False

    def _go_to(self, goal: Goal) -> None:
        self._leave_end()
        self._goal = goal
        self._reach_goal()

    def _reach_goal(self) -> None:
        """Go where the reader is to be, at once: the lines counted now are others when the next page is in."""
        goal = self._goal
        if goal is None or goal.view.parent is not self:
            self._goal = None
            return
        self._lay_out()
        if not (self.size and goal.view.size):
            return  # it is not in sight yet; ``on_resize`` comes when it is
        self._goal = None
        line = goal.view.virtual_region.y
        if goal.match is not None:
            line += goal.view.y_of_match(goal.match) - self.size.height // 3
        self.scroll_to(y=line, animate=False, force=True, immediate=True)
        self._remember_place()

    def _see_where_the_reader_went(self) -> None:
        if self._goal is not None:
            return
        if self._is_at_end():
            self.to_end()  # a turn of the wheel that moved nothing
        else:
            self.following = False
            self._remember_place()

    def _is_at_end(self) -> bool:
        return min(self.scroll_y, self.scroll_target_y) >= self.max_scroll_y and not self._more_below

    def _is_in_sight(self, view: TurnView) -> bool:
        return view.virtual_region.y < self.scroll_y + self.size.height

    def _move(self, step: int) -> None:
        views = self.turn_views
        selected = self.selected
        if selected is None or not views:
            return
        if self.screen.focused is not selected:
            target = selected
        else:
            target = views[max(0, min(len(views) - 1, views.index(selected) + step))]
        target.focus(scroll_visible=False)
        if target is views[-1] and not self._more_below:
            self.to_end()
        else:
            self._leave_end()
            self.scroll_to_widget(target, animate=False, top=target.size.height > self.size.height)

    def _remember_place(self) -> None:
        self._place = None
        if self.following:
            return
        top = int(self.scroll_y)
        for child in self.children:
            region = child.virtual_region
            if isinstance(child, FlowView) and region.bottom > top:
                self._place = child, child.place_at(max(0, top - region.y))
                return

    def _restore_place(self) -> None:
        if self._place is None:
            return
        view, place = self._place
        if view.parent is self:
            line = view.virtual_region.y + view.line_of(place)
            self.scroll_to(y=line, animate=False, force=True, immediate=True)

    @work(exclusive=False, group="pages")
    async def _read_on(self) -> None:
        """Read the pages that the reader is about to reach."""
        if self._reading or self.session_id is None:
            return
        self._reading = True
        try:
            more = True
            while more and self.is_attached:
                async with self._window:
                    more = await self._read_page(self.session_id)
        finally:
            self._reading = False

    async def _read_page(self, session_id: str) -> bool:
        """Read a page if the reader is about to reach it; return whether there was one to read."""
        if self.turn_views and self._more_above and self.scroll_y < NEAR_LINES:
            await self._read_above(session_id)
        elif self.turn_views and self._more_below and self.max_scroll_y - self.scroll_y < NEAR_LINES:
            await self._read_below(session_id)
        else:
            return False
        return True

    async def _read_above(self, session_id: str) -> None:
        first = self.turn_views[0]
        turns = await self._pages.turns(session_id, PAGE, before=first.turn_id)
        self._more_above = len(turns) == PAGE
        if turns:
            await self._insert(turns, before=first)
            await self._let_go(from_top=False)

    async def _read_below(self, session_id: str) -> None:
        turns = await self._pages.turns(session_id, PAGE, after=self.turn_views[-1].turn_id)
        self._more_below = len(turns) == PAGE
        known = {view.turn_id for view in self.turn_views}
        await self.mount_all(await self._views([turn for turn in turns if turn.id not in known]))
        await self._let_go(from_top=True)

    async def _insert(self, turns: list[Turn], before: FlowView) -> None:
        """Put turns above what the reader sees, which stays where it is."""
        views = await self._views(turns)
        with self.app.batch_update():
            below = self.virtual_size.height - self.scroll_y
            await self.mount_all(views, before=before)
            self._keep_distance(below)

    async def _fill(self, turns: list[Turn]) -> None:
        """Hold these turns and no others, but for those that are under way."""
        views = await self._views(turns)
        under_way = {view.turn_id for view in self.turn_views if view.is_open}
        views = [view for view in views if view.turn_id not in under_way]
        with self.app.batch_update():
            await self.remove_children([child for child in self.children if not _is_open(child)])
            first = next(iter(self.children), None)
            await (self.mount_all(views, before=first) if first is not None else self.mount_all(views))
        self._more_above = len(turns) >= PAGE

    async def _around(self, turn_id: str) -> list[Turn]:
        if self.session_id is None:
            return []
        newer = await self._pages.turns(self.session_id, PAGE, after=turn_id)
        self._more_below = len(newer) == PAGE
        before = newer[0].id if newer else None
        return [*await self._pages.turns(self.session_id, PAGE, before=before), *newer]

    async def _first_turn(self) -> str | None:
        if self.session_id is None:
            return None
        turns = await self._pages.turns(self.session_id, 1, after="")
        return turns[0].id if turns else None

    async def _views(self, turns: Sequence[Turn]) -> list[TurnView]:
        files = await self._pages.files(turns)
        return [TurnView(self.bot_name, turn, files.get(turn.id, ())) for turn in turns]

    async def _let_go(self, *, from_top: bool) -> None:
        """Drop the turns that are furthest from the reader, if there are too many; none that is under way."""
        views = self.turn_views
        total = sum(view.weight for view in views)
        dropped: list[TurnView] = []
        for view in views if from_top else reversed(views):
            left = len(views) - len(dropped)
            if left <= FEWEST_TURNS or (left <= MOST_TURNS and total <= MOST_CHARS) or view.is_open:
                break
            dropped.append(view)
            total -= view.weight
        if dropped and from_top:
            self._more_above = self.session_id is not None
        elif dropped:
            self._more_below = True
        notes = [child for child in self.children if not isinstance(child, TurnView) and not _is_open(child)]
        if dropped or len(notes) > MOST_NOTES:
            await self._drop([*dropped, *notes[:-MOST_NOTES]], keep_place=from_top)

    async def _drop(self, views: list[Widget], *, keep_place: bool) -> None:
        with self.app.batch_update():
            below = self.virtual_size.height - self.scroll_y
            await self.remove_children(views)
            if keep_place and not self.following:
                self._keep_distance(below)

    def _keep_distance(self, below: float) -> None:
        """Scroll so that as many lines are below as there were, after something above came or went."""
        self._lay_out()
        self.scroll_to(y=self.virtual_size.height - below, animate=False, force=True, immediate=True)

    def _lay_out(self) -> None:
        """Give all that is held its place now."""
        self.screen._refresh_layout()
        self.screen.refresh()  # in a batch, what that call finds to be drawn is not drawn


def _is_open(child: Widget) -> bool:
    """Is it a turn under way, or a question without an answer? Taken away, it could not be ended any more."""
    return isinstance(child, TurnView | Choice) and child.is_open
