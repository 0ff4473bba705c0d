"""The first screen: bots and sessions at the side, the conversation, the prompt, the line of status.

It holds the keys, and shows the host's news where they belong. What is where stands in ``layout.py``, what a typed line
means in ``lines.py``, what is said in which session in ``talk.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tellme.errors import TellmeError, UsageError
from tellme.model import BotState, TurnStatus
from tellme.tui import messages
from tellme.tui.screens.layout import HISTORY, ChatLayout
from tellme.tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from tellme.tui.lines import Lines
    from tellme.tui.screens.sessions import Picked
    from tellme.tui.widgets.bot_list import BotList
    from tellme.tui.widgets.choice import Choice
    from tellme.tui.widgets.flow import FlowView
    from tellme.tui.widgets.search_bar import SearchBar
    from tellme.tui.widgets.session_list import SessionList
    from tellme.tui.widgets.transcript import Transcript
    from tellme.tui.widgets.turn import TurnView

_OF_A_TURN = {"copy_reply", "copy_message", "copy_code", "again", "edit", "read", "steps"}


class ChatScreen(ChatLayout):
    """See the module."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "new_session", "New", id="chat.new"),
        Binding("ctrl+f", "find", "Find", id="chat.find"),
        Binding("f2", "side", "Bots", id="chat.side"),
        Binding("f3", "sessions", "Sessions", id="chat.sessions"),
        Binding("f4", "bot", "Bot", show=False, id="chat.bot"),
        Binding("f5", "again", "Send again", show=False, id="chat.again"),
        Binding("f6", "stats", "Statistics", show=False, id="chat.stats"),
        Binding("alt+up,ctrl+pageup", "switch(-1)", "Previous session", show=False, id="chat.previous_session"),
        Binding("alt+down,ctrl+pagedown", "switch(1)", "Next session", show=False, id="chat.next_session"),
        Binding("escape", "back", "Cancel", show=False, id="chat.back"),
        Binding("tab", "conversation", "To the conversation", show=False, id="chat.conversation"),
        Binding("pageup", "scroll(-1)", "Page up", show=False, id="chat.page_up", priority=True),
        Binding("pagedown", "scroll(1)", "Page down", show=False, id="chat.page_down", priority=True),
        Binding("ctrl+end", "to_end", "To the end", show=False, id="chat.to_end", priority=True),
    ]

    lines: Lines

    async def _mount_rest(self) -> None:
        from tellme.tui.lines import Lines

        await super()._mount_rest()
        self.lines = Lines(self, self.talk)

    # The host's news ----------------------------------------------------------------------------------------------

    async def on_host_failed(self, message: messages.HostFailed) -> None:
        await self.talk.warn(f"The bots cannot be reached: {message.reason}")

    def on_bots_seen(self, message: messages.BotsSeen) -> None:
        known = self._bots.keys()
        self._bots = {bot.id: bot for bot in message.bots}
        if known and known != self._bots.keys():
            self.do(self.learn_bots)
        self.bot_list.show(message.bots)
        self._show_status()

    def on_bot_changed(self, message: messages.BotChanged) -> None:
        change = message.change
        is_news = not self.app.history.has_crashed_lately(change.bot, change.at)
        self.app.history.add(change)
        if change.state is BotState.BACKOFF and is_news:  # of one crash after the other the side tells
            self.notify(f"{message.name} {change.reason}; it starts again.", severity="warning", markup=False)
        elif change.state is BotState.FAILED:
            self.notify(f"{message.name} {change.reason}", severity="error", markup=False)

    def on_bot_spoke(self, message: messages.BotSpoke) -> None:
        self.do(partial(self.talk.spoke, message.name, message.session, message.text))

    async def on_noticed(self, message: messages.Noticed) -> None:
        await self.talk.warn(message.text)

    def on_asked(self, message: messages.Asked) -> None:
        self.do(partial(self.talk.ask, message.question, message.answer))

    def on_resumed(self, message: messages.Resumed) -> None:
        self.talk.add_time(message.stopped_s)

    # What the widgets say -----------------------------------------------------------------------------------------

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        self.do(lambda: self._typed(partial(self.lines.carry_out, message.text)))

    def on_prompt_draft_changed(self) -> None:
        self._keep_draft()

    @work(group="editor", exclusive=True)
    async def on_prompt_editor_requested(self, message: Prompt.EditorRequested) -> None:
        from tellme.tui.terminal.editor import edit

        try:
            with self.app.suspend():
                text = await edit(message.text, self.app.environ)
        except TellmeError as error:
            await self.talk.warn(str(error))
        else:
            self.prompt.draft = text

    def on_prompt_leave_requested(self) -> None:
        self.app.exit()

    async def on_prompt_refused(self, message: Prompt.Refused) -> None:
        await self.talk.warn(message.reason)

    @work(group="history", exclusive=True)
    async def on_prompt_history_wanted(self, message: Prompt.HistoryWanted) -> None:
        host = await self.talk.host()
        self.prompt.add_history(await host.messages(search=message.needle, limit=HISTORY))

    def on_bot_list_picked(self, message: BotList.Picked) -> None:
        self.do(partial(self.talk.start, message.bot_id))
        self.prompt.focus()

    def on_bot_list_inspected(self, message: BotList.Inspected) -> None:
        self.do(partial(self.open_bot, message.bot_id))

    def on_session_list_picked(self, message: SessionList.Picked) -> None:
        self.do(partial(self.talk.go_to, message.session_id))
        self.prompt.focus()

    def on_transcript_following_changed(self, message: Transcript.FollowingChanged) -> None:
        if message.transcript is self.conversations.current:
            self.news.following = message.transcript.following

    def on_news_wanted(self) -> None:
        self.action_to_end()

    @work(group="find", exclusive=True)
    async def on_search_bar_changed(self, message: SearchBar.Changed) -> None:
        await self.finding.look_for(message.text)

    @work(group="find", exclusive=True)
    async def on_search_bar_stepped(self, message: SearchBar.Stepped) -> None:
        await self.finding.step(message.step)

    def on_search_bar_closed(self) -> None:
        self.finding.end()
        self.prompt.focus()

    def on_choice_chosen(self, message: Choice.Chosen) -> None:
        self.talk.answer(message.choice, message.option_id)
        self.prompt.focus()

    def on_choice_typed(self, message: Choice.Typed) -> None:
        self.prompt.focus()
        self.prompt._forward_event(message.key)

    def on_flow_view_copy_requested(self, message: FlowView.CopyRequested) -> None:
        self.app.copy_to_clipboard(message.text)

    def on_turn_view_resend_requested(self, message: TurnView.ResendRequested) -> None:
        self.do(partial(self.talk.say_again, message.turn_view))

    def on_turn_view_read_requested(self, message: TurnView.ReadRequested) -> None:
        self.read(message.text)

    def on_flow_view_link_opened(self, message: FlowView.LinkOpened) -> None:
        self.app.open_url(message.url)

    # Keys ---------------------------------------------------------------------------------------------------------

    def action_new_session(self) -> None:
        """Begin a new session with the same bot; where there is none, pick one."""
        if self.talk.session is not None:
            self.do(partial(self.talk.start, self.talk.session.bot))
        else:
            self.action_side(show=True)

    def action_side(self, show: bool = False) -> None:
        """Go to the bots and sessions; from there, hide them."""
        is_there = self.query_one("#side").has_focus_within
        self._show_side(show or not is_there)
        (self.bot_list if show or not is_there else self.prompt).focus()
        self.app.state.remember_sidebar(show or not is_there)

    def action_conversation(self) -> None:
        """Go to the conversation, or what is asked there, and back to the prompt."""
        transcript = self.conversations.current
        if self.focused is not self.prompt:
            self.prompt.focus()
        elif transcript.question is not None:
            transcript.question.focus_options()
        else:
            (transcript.selected or transcript).focus(scroll_visible=False)

    def action_find(self) -> None:
        """Find a text in this conversation."""
        self.search_bar.open()

    def action_sessions(self) -> None:
        """Search all sessions."""
        self.open_sessions()

    def action_bot(self) -> None:
        """Show all about this session's bot."""
        if self.talk.session is not None:
            self.do(partial(self.open_bot, self.talk.session.bot))

    def action_stats(self) -> None:
        """Show what the bots did."""
        self.open_stats()

    def action_switch(self, step: int) -> None:
        """Switch to another of the open sessions."""
        sessions = self.session_list
        ids = [option.id for option in sessions.options if option.id]
        current = self.talk.session.id if self.talk.session else None
        if ids:
            at = (ids.index(current) + step) % len(ids) if current in ids else 0
            self.do(partial(self.talk.go_to, ids[at]))

    def action_back(self) -> None:
        """Cancel the turn under way, or go back to the prompt."""
        self.set_class(False, "-side-over")
        if self.focused is not self.prompt:
            self.prompt.focus()
        elif not self.cancel_turn():
            self.action_to_end()

    def cancel_turn(self) -> bool:
        """End the newest turn under way in this conversation; false where there is none."""
        return any(self.app.bridge.cancel(view.turn_id) for view in reversed(self._under_way))

    def action_cancel_turn(self) -> None:
        """Cancel the turn under way."""
        self.cancel_turn()

    def clear_prompt(self) -> bool:
        """Take what is typed out of the prompt, where Up brings it back; false where there is nothing."""
        draft = self.prompt.draft
        if draft:
            self.prompt.remember(draft)
            self.prompt.draft = ""
        return bool(draft)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep the keys of a turn from what is none: a question has keys of its own."""
        from tellme.tui.widgets.choice import Choice

        return not (action in _OF_A_TURN and self.focused is not None and isinstance(self.focused.parent, Choice))

    def action_scroll(self, pages: int) -> None:
        """Scroll the conversation from anywhere."""
        transcript = self.conversations.current
        transcript.scroll_relative(y=pages * max(1, transcript.size.height - 2), animate=False)

    def action_to_end(self) -> None:
        """Go to the end of the conversation."""
        self.conversations.current.action_last()

    def action_copy_reply(self) -> None:
        """Copy the reply."""
        self._copy(lambda view: view.reply_text)

    def action_copy_message(self) -> None:
        """Copy what you said."""
        self._copy(lambda view: view.message)

    def action_copy_code(self) -> None:
        """Copy the code of the reply."""
        self._copy(lambda view: "\n".join(view.code_blocks))

    def action_copy_session(self) -> None:
        """Copy the whole session as Markdown."""
        self.do(self.talk.copy_session)

    def action_again(self) -> None:
        """Send a message again: that of the turn with the focus, else the last one that failed, else the last."""
        transcript = self.conversations.current
        ended = [view for view in transcript.turn_views if not view.is_open]
        failed = [view for view in ended if view.turn.status is TurnStatus.FAILED]
        focused = [view for view in ended if view is self.focused]
        view = next(reversed(focused or failed or ended), None)
        if view is not None and not view.is_open:
            self.do(partial(self.talk.say_again, view))

    def action_edit(self) -> None:
        """Take the message back to the prompt, to send it changed."""
        view = self.conversations.current.selected
        if view is not None:
            self.prompt.draft = view.message
            self.prompt.focus()

    def action_read(self) -> None:
        """Read the whole of a long reply."""
        view = self.conversations.current.selected
        if view is not None:
            self.read(view.reply_text)

    def action_steps(self) -> None:
        """Show all that the bot did on its way to the reply, or fold it."""
        view = self.conversations.current.selected
        if view is not None:
            view.action_toggle_steps()

    async def send_last_again(self) -> None:
        """Send the newest message of this conversation again. Raises ``UsageError``."""
        views = self.conversations.current.turn_views
        if not views:
            raise UsageError("There is no message here that could be sent again.")
        await self.talk.say_again(views[-1])

    def open_sessions(self, search: str = "") -> None:
        """Open the screen of all sessions."""
        from tellme.tui.screens.sessions import SessionsScreen

        self.app.push_screen(SessionsScreen(search), self._go_to_picked)

    async def open_bot(self, name: str) -> None:
        """Open the screen of a bot. Raises ``BotNotFound``."""
        from tellme.tui.screens.bot import BotScreen

        host = await self.talk.host()
        self.app.push_screen(BotScreen(host.find(name)), self._start_with)

    def open_stats(self) -> None:
        """Open the screen of statistics."""
        from tellme.tui.screens.stats import StatsScreen

        self.app.push_screen(StatsScreen(), self._start_with)

    def _start_with(self, bot_id: str | None) -> None:
        if bot_id:
            self.do(partial(self.talk.start, bot_id))

    def _go_to_picked(self, picked: Picked | None) -> None:
        self.do(self.refresh_sessions)  # some may have been renamed or ended
        if picked is not None:
            self.do(partial(self.talk.go_to, picked.session_id))
        if picked is not None and picked.text:
            self.do(partial(self._find, picked.text))

    async def _find(self, text: str) -> None:
        self.search_bar.open(text)

    def read(self, text: str, title: str = "Reply") -> None:
        """Open a screen to read a long text."""
        from tellme.tui.screens.reader import ReaderScreen

        self.app.push_screen(ReaderScreen(text, title))

    def _copy(self, what: Callable[[TurnView], str]) -> None:
        view = self.conversations.current.selected
        text = what(view) if view is not None else ""
        if text:
            self.app.copy_to_clipboard(text)
        else:
            self.notify("There is nothing to copy here.", timeout=3)
