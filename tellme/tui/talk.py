"""What is said and in which session: sends messages, shows what comes of them, switches between conversations.

Promises kept here: a message that was typed is sent, in order, also when the host was not there yet, and goes back to
the prompt when it cannot be; a turn goes on, and is kept, whatever is shown meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.widget import Widget

from tellme.errors import SessionNotFound, TellmeError, UsageError
from tellme.model import BotCommand, OptionValue, Question, Reply, Session, SessionOption, Turn, TurnStatus
from tellme.surfaces.attaching import Attached
from tellme.tui.widgets.choice import Choice
from tellme.tui.widgets.note import NoteView
from tellme.tui.widgets.transcript import Transcript
from tellme.tui.widgets.turn import TurnView

if TYPE_CHECKING:
    from tellme.host.host import Host, RunningTurn
    from tellme.tui.app import TellmeApp
    from tellme.tui.screens.layout import ChatLayout


QUIET_S = 0.3
"""How long nothing must have been typed before a question takes the keys."""


class Talk:
    """The conversations of one run of the app; ``screen`` shows them."""

    def __init__(self, app: TellmeApp, screen: ChatLayout) -> None:
        self._app = app
        self._screen = screen
        self.session: Session | None = None
        self.attached = Attached()
        self.unread: set[str] = set()
        """Sessions in which something came that was not on screen."""
        self._options: tuple[str, Sequence[SessionOption]] = "", ()
        """A session, and what can be set in it."""
        self._routed: Session | None = None
        """Where the last message without a session went."""
        self._questions: dict[Choice, asyncio.Future[str | None]] = {}
        self._begun_at: dict[str, float] = {}
        """Turn id → when its message was sent, on the monotonic clock."""

    async def host(self) -> Host:
        """Wait for the host."""
        return await self._app.bridge.host()

    # Sessions -----------------------------------------------------------------------------------------------------

    async def start(self, name: str) -> None:
        """Begin a session with a bot and switch to it."""
        host = await self.host()
        session = await host.open_session(name)
        await self._switch(session, "Session")
        self._screen.learn_commands(session)

    async def resume(self, session_id: str = "") -> None:
        """Go on with a session; without id, with the one used last that is not this one."""
        host = await self.host()
        current = self.session.id if self.session else None
        session = await host.resume_session(session_id or None, other_than=current)
        if self.session is None or self.session.id != session.id:
            await self._switch(session, "Resumed session")

    async def end(self, session_id: str = "") -> None:
        """End this session, or the one named."""
        if self.session is None and not session_id:
            raise SessionNotFound("There is no session to end; 'start_session NAME' begins one.")
        host = await self.host()
        ended = await host.end_session(session_id or (self.session.id if self.session else None))
        self.unread.discard(ended.id)
        if self.session is not None and self.session.id == ended.id:
            await self._show(None)
        name = host.name_of(ended.bot)
        await self.note(f"Ended session {ended.id} with {name}; '/resume {ended.id}' goes on with it.")
        await self._screen.refresh_sessions()

    async def set(self, argument: str) -> None:
        """Set something of this session (``NAME VALUE``), or say what can be set."""
        from tellme.surfaces import options

        await self.note(await options.carry_out(await self.host(), self.current(), argument))
        self._screen.learn_mode()

    async def set_to(self, option: SessionOption, value: OptionValue) -> None:
        """Set something of this session to one of its values."""
        from tellme.surfaces import options

        await (await self.host()).set_option(self.current(), option.id, value.id)
        await self.note(options.is_now(option, value))
        self._screen.learn_mode()

    @property
    def options(self) -> Sequence[SessionOption]:
        """What can be set in this session, as far as that is known."""
        return self._options[1] if self.session is not None and self._options[0] == self.session.id else ()

    async def learn_options(self) -> None:
        """Learn what can be set in this session, from a bot that is up and knows of it: else it would be started."""
        session = self.session
        if session is not None:
            self._options = session.id, await (await self.host()).options(session)

    async def rename(self, title: str) -> None:
        """Give this session a title."""
        host = await self.host()
        session = self.current()
        self.know([await host.set_title(session.id, title)])
        await self._screen.refresh_sessions()

    @property
    def spoken_to(self) -> Session | None:
        """The session that is open, else the one that the last message without one went to."""
        return self.session or self._routed

    def current(self) -> Session:
        """Return the session that is open. Raises ``SessionNotFound``."""
        if self.session is None:
            raise SessionNotFound("There is no session here; 'start_session NAME' begins one.")
        return self.session

    async def go_to(self, session_id: str) -> None:
        """Show a session without a word: the person picked it."""
        host = await self.host()
        if self.session is None or self.session.id != session_id:
            await self._show(await host.resume_session(session_id))
            await self._screen.refresh_sessions()

    async def copy_session(self) -> None:
        """Copy the whole session as Markdown."""
        self._app.copy_to_clipboard(await self.as_markdown())

    async def as_markdown(self) -> str:
        """Return the whole session as Markdown."""
        from tellme.surfaces.export import to_markdown
        from tellme.surfaces.save import whole

        return to_markdown(*await whole(await self.host(), self.current().id))

    async def turns(
        self, session_id: str, limit: int, before: str | None = None, after: str | None = None
    ) -> list[Turn]:
        """Read a page of a session (``Pages``)."""
        return await (await self.host()).turns(session_id, limit, before=before, after=after)

    async def files(self, turns: Sequence[Turn]) -> Mapping[str, Sequence[str]]:
        """Return the names of the files that went with a page of turns, by turn (``Pages``)."""
        if not turns:
            return {}
        host = await self.host()
        found = await host.attachments_of(turns[0].session, turns[0].id, turns[-1].id)
        return {turn: [file.name for file in files] for turn, files in found}

    def know(self, sessions: Iterable[Session]) -> None:
        """Take note of what the open session is like now, if it is one of these: its title changes."""
        current = self.session
        self.session = next((session for session in sessions if current and session.id == current.id), current)

    async def _switch(self, session: Session, what: str) -> None:
        left = self.session
        host = await self.host()
        await self._show(session)
        switched = f"; left {left.id} with {host.name_of(left.bot)}, which stays open" if left else ""
        await self.note(f"{what} {session.id} with {host.name_of(session.bot)}{switched}.")
        await self._screen.refresh_sessions()

    async def _show(self, session: Session | None) -> None:
        host = await self.host()
        self.session = session
        if session is not None:
            self.unread.discard(session.id)
            self._app.bridge.keep(session.id)
        await self._screen.show_session(session, host.name_of(session.bot) if session else "")

    # Messages -----------------------------------------------------------------------------------------------------

    async def say(self, text: str) -> None:
        """Send a message to the session's bot, or to the one that it fits."""
        session = self.session or await self._app.bridge.route(text)
        if session is None:
            raise await self._nobody_fits()
        if self.session is None:
            self._routed = session
        await self._say_in(session, text)

    async def commands(self, session: Session) -> Sequence[BotCommand] | None:
        """Return what the session's bot offers (``Host.commands``)."""
        return await (await self.host()).commands(session)

    async def say_on(self, text: str) -> None:
        """Send a message to the bot last spoken to."""
        await self._say_in(self.spoken_to or self.current(), text)

    async def say_again(self, view: TurnView) -> None:
        """Send a message again: one that failed as the same turn, where it stands; any other as a new one."""
        if view.turn.status is TurnStatus.FAILED:
            await self._replay(view)
        else:
            host = await self.host()
            await self._say_in(await host.session(view.turn.session), view.message)

    async def retry(self, turn_id: str) -> None:
        """Send the failed turn of this id, or the start of one, again: where it stands, else in its session."""
        host = await self.host()
        record = await host.turn(turn_id)
        if (view := self._view_of(record.turn.id)) is None:
            await self.go_to(record.turn.session)
        if view is None and (view := self._view_of(record.turn.id)) is None:
            files = await self.files([record.turn])
            view = TurnView(host.name_of(record.bot), record.turn, files.get(record.turn.id, ()))
            await self._screen.conversations.current.add(view)
        await self._replay(view)

    def _view_of(self, turn_id: str) -> TurnView | None:
        views = self._screen.conversations.current.turn_views
        return next((view for view in views if view.turn_id == turn_id), None)

    async def _replay(self, view: TurnView) -> None:
        running = await self._app.bridge.retry(view.turn_id)
        self._begun_at[running.id] = time.monotonic()
        view.reopen()
        self._screen.follow(running, view)

    async def _say_in(self, session: Session, text: str) -> None:
        files = self.attached.files
        running = await self._app.bridge.say(session, text, files)
        host = await self.host()
        self.attached.sent()
        self._screen.attached.show(())
        self._begun_at[running.id] = time.monotonic()
        turn = Turn(running.id, session.id, text, time.time())
        view = TurnView(host.name_of(session.bot), turn, [file.name for file in files])
        await self._screen.conversations.current.add(view)
        self._screen.follow(running, view)

    async def attach(self, argument: str) -> None:
        """Have a file go with the next message; without one, say which do; ``-`` takes them back."""
        said = await asyncio.to_thread(self.attached.command, argument)
        self._screen.attached.show(self.attached.files)
        if argument in ("", "-"):  # of a file that was added the line above the prompt tells
            await self.note(said)

    async def follow(self, running: RunningTurn, view: TurnView) -> None:
        """Show what comes of a turn; tell the person who looks elsewhere when it took long."""
        reply = await self._app.bridge.follow(running, view)
        await self._ended(view, reply)

    def elapsed_s(self, turn_id: str) -> float:
        """Return for how long a turn has been under way."""
        return time.monotonic() - self._begun_at.get(turn_id, time.monotonic())

    def add_time(self, seconds: float) -> None:
        """The program was stopped for so long: the clocks of the turns under way stood still."""
        self._begun_at = {turn_id: at + seconds for turn_id, at in self._begun_at.items()}

    async def _ended(self, view: TurnView, reply: Reply) -> None:
        self._begun_at.pop(reply.turn, None)
        transcript = self._screen.conversations.current
        if view.parent is not transcript:
            self.unread.add(reply.session)
        elif not transcript.following:
            self._screen.say_new()
        if reply.latency_ms >= self._app.settings.notify_after_s * 1000:
            how = "failed" if reply.status is TurnStatus.FAILED else "answered"
            self._app.call_attention(f"{reply.bot} {how}", reply.error or reply.text)
        if reply.leaves:
            self._screen.do(partial(self._left, reply))
        elif reply.status is not TurnStatus.FAILED and self.session is not None and self.session.id == reply.session:
            self._screen.learn_mode()
        await self._screen.refresh_sessions()

    async def _left(self, reply: Reply) -> None:
        """The bot has ended the conversation: what is typed now is no message for it. Its last word stays in sight."""
        self._app.bridge.forget(reply.session)
        if self._routed is not None and self._routed.id == reply.session:
            self._routed = None
        transcript = self._screen.conversations.of(reply.session)
        if self.session is not None and self.session.id == reply.session:
            await self._show(None)
            if reply.text:
                await self.show(NoteView.markdown(reply.text, label=reply.bot))
            transcript = None
        ended = f"{reply.bot} has ended the conversation; '/resume {reply.session}' goes on with it."
        await (transcript or self._screen.conversations.current).add(NoteView(ended))
        await self._screen.refresh_sessions()

    async def _nobody_fits(self) -> UsageError:
        names = [spec.name for spec in (await self.host()).specs()]
        if not names:
            return UsageError("There are no bots here; 'tellme doctor' shows why.")
        return UsageError(
            f"No bot seems right for that. You can talk to: {', '.join(names)}. 'start_session {names[0]}' begins."
        )

    # Bots that speak and ask --------------------------------------------------------------------------------------

    async def spoke(self, name: str, session_id: str, text: str) -> None:
        """Show what a bot said by itself, in its session if that is held, else where the person is."""
        transcript = self._screen.conversations.of(session_id) or self._screen.conversations.current
        await transcript.add(NoteView.markdown(text, label=name))
        if transcript is not self._screen.conversations.current:
            self.unread.add(session_id)
            await self._screen.refresh_sessions()

    async def ask(self, question: Question, answer: asyncio.Future[str | None]) -> None:
        """Put a bot's question where its session is; where that is not on screen, say so."""
        conversations = self._screen.conversations
        routed = self._app.bridge.is_routed(question.session)
        transcript = conversations.of(None if routed else question.session) or conversations.current
        choice = Choice(question)
        self._questions[choice] = answer
        answer.add_done_callback(partial(self._settle, choice))
        await transcript.add(choice)
        self._say_waiting(transcript, "your choice")
        if transcript is conversations.current:
            self._screen.set_timer(QUIET_S, partial(self._offer, choice))
        else:
            self.unread.add(question.session)
            self._app.notify(f"{question.bot} asks something in another session.", markup=False)
            await self._screen.refresh_sessions()
        self._app.call_attention(f"{question.bot} asks", question.title)

    def _offer(self, choice: Choice) -> None:
        """Let the keys answer, unless the person is typing: a letter on its way must not be an answer."""
        if choice.is_open and self._screen.prompt.has_focus and not self._screen.prompt.draft:
            choice.focus_options()

    def answer(self, choice: Choice, option_id: str | None) -> None:
        """Give a bot its answer."""
        answer = self._questions.get(choice)
        if answer is not None and not answer.done():
            answer.set_result(option_id)

    def _settle(self, choice: Choice, answer: asyncio.Future[str | None]) -> None:
        self._questions.pop(choice, None)
        if not choice.is_attached:
            return
        if isinstance(choice.parent, Transcript):
            self._say_waiting(choice.parent, "")
        if answer.cancelled():
            choice.settle("nobody waits for the answer any more")
        else:
            names = {option.id: option.name for option in choice.question.options}
            chosen = names.get(answer.result() or "")
            choice.settle(f"you chose: {chosen}" if chosen else "no answer")

    def _say_waiting(self, transcript: Transcript, what: str) -> None:
        """Say what the turn waits for; of several under way the oldest is the one that the bot is at."""
        for view in transcript.turn_views:
            if view.is_open:
                view.waiting(what)
                return

    # What is no message -------------------------------------------------------------------------------------------

    async def show(self, view: Widget) -> None:
        """Add something to the conversation that is shown."""
        await self._screen.conversations.current.add(view)

    async def note(self, text: str) -> None:
        """Say something quietly in the conversation."""
        await self.show(NoteView(text))

    async def warn(self, text: str) -> None:
        """Say in the conversation what is wrong."""
        await self.show(NoteView(text, severity="warning"))

    async def refuse(self, error: TellmeError, text: str) -> None:
        """Say why something that was typed could not be done, and give the text back."""
        await self.show(NoteView(str(error), severity="error"))
        if not self._screen.prompt.draft:
            self._screen.prompt.draft = text
