"""What is on the first screen, and the queue of what was asked for; what its keys do is in ``chat.py``.

Promises kept here: the first picture has what a person needs to begin to type, and no more; what was asked for is
done in order; what is typed stays with the session that it is for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from textual import getters, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from tellme import shell
from tellme.errors import TellmeError
from tellme.model import BotStatus, Session
from tellme.tui.app import TellmeApp
from tellme.tui.widgets.prompt import Prompt
from tellme.tui.widgets.status import Status

if TYPE_CHECKING:
    from tellme.host.host import RunningTurn
    from tellme.tui.finding import Finding
    from tellme.tui.talk import Talk
    from tellme.tui.widgets.attached import AttachedLine
    from tellme.tui.widgets.bot_list import BotList
    from tellme.tui.widgets.conversations import Conversations
    from tellme.tui.widgets.news import News
    from tellme.tui.widgets.search_bar import SearchBar
    from tellme.tui.widgets.session_list import SessionList
    from tellme.tui.widgets.turn import TurnView
    from tellme.tui.widgets.welcome import Welcome

_logger = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]

SESSIONS_SHOWN = 50
HISTORY = 500
TICK_S = 1.0


class ChatLayout(Screen[None]):
    """See the module."""

    AUTO_FOCUS = "Prompt"

    app = getters.app(TellmeApp)
    prompt = getters.query_one(Prompt)

    # These come with ``_complete``, after the first picture.
    talk: Talk
    finding: Finding
    bot_list: BotList
    session_list: SessionList
    conversations: Conversations
    news: News
    search_bar: SearchBar
    welcome: Welcome
    attached: AttachedLine

    def __init__(self) -> None:
        super().__init__()
        self._jobs: asyncio.Queue[Job] = asyncio.Queue()
        self._busy = False
        self._is_line = False
        """Is a typed line being carried out?"""
        self._draft_of = ""
        """The session that what stands in the prompt is for; empty for none."""
        self._bots: dict[str, BotStatus] = {}

    def compose(self) -> ComposeResult:
        """Lay out what a person needs to begin to type; the rest finds its place in ``_complete``."""
        with Horizontal(id="main"):
            yield Vertical(id="side")
            with Vertical(id="talk"):
                yield Vertical(id="conversation")
                yield Prompt()
        yield Status()
        yield Vertical(id="foot")

    def on_mount(self) -> None:
        self.prompt.draft = self.app.state.draft("")
        self.set_focus(self.prompt)
        self.app.take_typing(self.prompt)
        self.call_after_refresh(self._complete)

    async def _complete(self) -> None:
        """Bring in what the first picture can do without: it would come 60 ms later with it."""
        from tellme.tui.render.warm import warm

        await self._mount_rest()
        await self.show_session(None, "")
        await self.talk.show(self.welcome)
        self.set_class(self.app.state.sidebar is False, "-side-hidden")
        self.do(self._learn)
        opening = self.app.opening
        if opening.start is not None:
            self.do(partial(self._typed, partial(self.talk.start, opening.start)))
        elif opening.resume is not None:
            self.do(partial(self._typed, partial(self.talk.resume, opening.resume)))
        self._carry_out_jobs()
        self.set_interval(TICK_S, self._tick)
        self.app.be_complete()
        self.run_worker(warm, thread=True, group="warm")

    async def _mount_rest(self) -> None:
        from textual.widgets import Footer, Static

        from tellme.tui.finding import Finding
        from tellme.tui.talk import Talk
        from tellme.tui.widgets.attached import AttachedLine
        from tellme.tui.widgets.bot_list import BotList
        from tellme.tui.widgets.conversations import Conversations
        from tellme.tui.widgets.news import News
        from tellme.tui.widgets.search_bar import SearchBar
        from tellme.tui.widgets.session_list import SessionList
        from tellme.tui.widgets.welcome import Welcome

        self.talk = Talk(self.app, self)
        self.bot_list, self.session_list = BotList(id="bots", compact=True), SessionList(id="sessions", compact=True)
        self.conversations, self.news, self.search_bar = Conversations(self.talk), News(), SearchBar()
        self.finding = Finding(self.talk, self.conversations, self.search_bar)
        self.welcome, self.attached = Welcome(), AttachedLine()
        titles = Static("Bots", classes="title"), Static("Sessions", classes="title")
        await self.query_one("#side").mount(titles[0], self.bot_list, titles[1], self.session_list)
        await self.query_one("#conversation").mount(self.conversations, self.news, self.search_bar)
        await self.query_one("#talk").mount(self.attached, before=self.prompt)
        await self.query_one("#foot").mount(Footer(show_command_palette=False, compact=True))
        self.refresh_bindings()  # the footer shows them when it is told of them

    async def _learn(self) -> None:
        """Show and offer what the host knows, as soon as it is there."""
        await self.learn_bots()
        host = await self.talk.host()
        self.prompt.add_history(await host.messages(limit=HISTORY))
        await self.refresh_sessions()

    async def learn_bots(self) -> None:
        """Show and offer the bots that there are."""
        host = await self.talk.host()
        self.welcome.show_bots(host.specs())
        self.prompt.set_bots([spec.name for spec in host.specs()])

    def do(self, job: Job) -> None:
        """Have something done after all that was asked for before; what goes wrong is said in the conversation."""
        self._jobs.put_nowait(job)

    @property
    def is_quiet(self) -> bool:
        """Is everything done that was asked for, and no turn under way?"""
        return not (self._busy or self._jobs.qsize() or self._under_way)

    @work(group="jobs")
    async def _carry_out_jobs(self) -> None:
        while True:
            job = await self._jobs.get()
            self._busy = True
            try:
                await job()
            except TellmeError as error:
                await self.talk.warn(str(error))
            except Exception as error:
                _logger.exception("a key or a line could not be carried out")
                await self.talk.warn(
                    f"An error inside tellme: {type(error).__name__}: {error}. Its log has the details."
                )
            self._busy = False

    async def show_session(self, session: Session | None, bot_name: str) -> None:
        """Show a conversation and its draft; what was typed behind the line that leads there is meant for it."""
        transcript = await self.conversations.show(session, bot_name)
        typed_ahead = self.prompt.draft if self._is_line or session is None else ""
        if not typed_ahead:
            self._keep_draft()
        self._draft_of = session.id if session else ""
        kept = self.app.state.draft(self._draft_of)
        if not typed_ahead:
            self.prompt.draft = kept
        elif kept:
            self.prompt.remember(kept)
        self.prompt.placeholder = f"Message {bot_name}" if session else "Type a message, or / for commands"
        news = self.news
        news.following = transcript.following
        news.count = 0
        self._show_status()

    async def refresh_sessions(self) -> None:
        """Show the open sessions at the side, and offer them for completion."""
        host = await self.talk.host()
        found = await host.sessions(limit=SESSIONS_SHOWN)
        self.talk.know(found)
        current = self.talk.session
        if current is not None and current not in found:
            found = [current, *found]
        # In the order in which they were begun: one that moves when it is looked at is not found again.
        shown = [each for each in found if each == current or (each.ended_at is None and self._is_in_use(each))]
        self.session_list.show(shown, host.name_of, current.id if current else None, self.talk.unread)
        self.prompt.set_sessions([(session.id, session.title) for session in found])
        spoken_to = self.talk.spoken_to
        self.prompt.set_offered(shell.usages(host.offered(spoken_to)) if spoken_to else ())
        self._show_status()

    def _is_in_use(self, session: Session) -> bool:
        return session.turns > 0 or bool(self.app.state.draft(session.id))

    @work(group="commands", exclusive=True)
    async def learn_commands(self, session: Session) -> None:
        """Complete what the bot of a new session offers, before its first message."""
        if self.app.settings.start_bots:
            with suppress(TellmeError):  # the first message says what is wrong
                self.prompt.set_offered(shell.usages(await self.talk.commands(session) or ()))
                self.learn_mode()

    @work(group="mode", exclusive=True)
    async def learn_mode(self) -> None:
        """Show the mode that the session is in."""
        from tellme.surfaces.options import mode_name

        with suppress(TellmeError):
            await self.talk.learn_options()
        for status in self.query(Status):  # none when the app has ended meanwhile
            status.mode = mode_name(self.talk.options)

    @work(group="turns")
    async def follow(self, running: RunningTurn, view: TurnView) -> None:
        """Show what comes of a turn; others can begin meanwhile."""
        await self.talk.follow(running, view)

    def say_new(self) -> None:
        """Count something that came while the reader is further up."""
        self.news.count += 1

    def _keep_draft(self) -> None:
        self.app.state.keep_draft(self._draft_of, self.prompt.draft)
        self.app.say_what_is_forgotten()

    async def _typed(self, job: Job) -> None:
        """Do what a typed line says; what was typed after it is meant for wherever it leads."""
        self._is_line = True
        try:
            await job()
        finally:
            self._is_line = False

    def _show_status(self) -> None:
        status = self.query_one(Status)
        session = self.talk.session
        if session is None or status.session is None or status.session.id != session.id:
            status.mode = ""
        status.session = session
        status.bot = self._bots.get(session.bot) if session else None
        is_long = any(self.talk.elapsed_s(view.turn_id) >= TICK_S for view in self._under_way)
        status.under_way = "Esc cancels" if is_long else ""

    def _tick(self) -> None:
        for view in self._under_way:
            view.tick(self.talk.elapsed_s(view.turn_id))
        self._show_status()

    @property
    def _under_way(self) -> list[TurnView]:
        """The turns of this conversation that have not ended."""
        return [view for view in self.conversations.current.turn_views if view.is_open]

    def _show_side(self, shown: bool) -> None:
        self.set_class(shown, "-side-over")
        self.set_class(not shown, "-side-hidden")
