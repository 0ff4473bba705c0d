"""The one file that knows both the host and Textual: it owns the host's life and turns its news into messages.

Promises kept here: the first paint waits for nothing of the host; a flood of pieces becomes at most ``FRAMES_A_SECOND``
changes of the screen, one of what a bot says unasked a few; what the person does before the host is there waits for it
and is not lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from textual.message import Message

from tellme.errors import HostGone, TellmeError
from tellme.model import (
    Attachment,
    BotSpec,
    CatalogueChanged,
    Notice,
    Piece,
    Plan,
    Question,
    Reply,
    Retrying,
    Session,
    Spoke,
    StateChanged,
    Thought,
    ToolCall,
)
from tellme.tui import messages

if TYPE_CHECKING:
    from tellme.host.events import Watcher
    from tellme.host.host import Control, Host, RunningTurn
    from tellme.host.prepare import Prepared

_logger = logging.getLogger(__name__)

FRAMES_A_SECOND = 20
"""How often a reply that streams in changes the screen."""

PAUSE_S = 0.3
LONGEST_S = 2.0
"""What a bot says unasked is shown when it pauses for so long, and at the latest after so long, ..."""
MAX_SPEECH_CHARS = 16 * 1024
"""... and of a flood no more than this each time."""

START_EVERY_S = 0.02
"""Between the starts of two bots: with a hundred at once, what is typed would show a second later."""

LOOK_S = 2.0
"""How often memory and uptime of the bots are looked at."""


class TurnSink(Protocol):
    """Where what comes of a turn goes: a ``TurnView``."""

    def append(self, text: str) -> None:
        """Take the next piece of the reply."""

    def step(self, steps: Iterable[Thought | ToolCall | Plan]) -> None:
        """Take what the bot did since the last time; of each tool call, and of the plan, only the newest is given."""

    def again(self, reason: str) -> None:
        """The pieces so far are void: the reply begins anew."""

    def note(self, text: str) -> None:
        """Show something that is no part of the reply."""

    def end(self, reply: Reply) -> None:
        """Take the reply, whole."""


class Bridge:
    """See the module. Its methods belong to the app's event loop."""

    def __init__(self, prepared: Prepared, post: Callable[[Message], object], *, start_bots: bool = True) -> None:
        self._prepared = prepared
        self._post = post
        self._start_bots = start_bots
        self._host: Host | None = None
        self._failure: Exception | None = None
        """What kept the host from being opened."""
        self._tried = asyncio.Event()
        """Set when there is a host, or will be none."""
        self._closing = asyncio.Event()
        self._changed = asyncio.Event()
        """Set when a bot's state has changed since they were last looked at."""
        self._tasks: set[asyncio.Task[None]] = set()
        """What goes on beside the turns for as long as there is the host."""
        self._running: dict[str, RunningTurn] = {}
        self._routed: dict[str, Session] = {}
        """Bot id → the session that holds its messages without a session; they end with the app."""

    # The host's life ----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Open the host, tell what it has to tell, and close it after ``close``."""
        try:
            await self._run()
        except Exception as error:
            if not isinstance(error, TellmeError):
                _logger.exception("the host ended")
            self._failure = error
            self._tried.set()
            self._post(messages.HostFailed(str(error)))

    def close(self) -> None:
        """Have the host end: its turns, its bots, its store. ``run`` returns when that is done."""
        self._closing.set()

    @property
    def is_open(self) -> bool:
        """Is the host there?"""
        return self._host is not None

    async def host(self) -> Host:
        """Wait for the host. Raises what kept it from being opened."""
        await self._tried.wait()
        if self._host is None:
            raise self._failure or RuntimeError("the host is gone")
        return self._host

    async def _run(self) -> None:
        # In a thread: it takes 30 ms, in which the person may be typing already.
        await asyncio.to_thread(__import__, "tellme.host.local")
        if self._closing.is_set():
            return
        from tellme.host.open import open_host

        async with open_host(self._prepared) as host:
            with host.watch() as watcher:
                self._host = host
                self._tried.set()
                self._say_problems(host)
                self._own(self._tell_news(host, watcher))
                self._own(self._look(host))
                self._start(host, [spec.id for spec in host.specs()])
                await self._closing.wait()
                await self._end_tasks()
                with suppress(HostGone):
                    for session in self._routed.values():
                        await host.end_session(session.id)

    def _say_problems(self, host: Host) -> None:
        for problem in host.problems:
            self._post(messages.Noticed(str(problem)))

    def _start(self, host: Host, bots: Sequence[str]) -> None:
        """Begin to start these bots; what one of them lacks may take seconds to be seen, and no news waits for it."""
        from tellme.host.starting import start_all

        if bots and self._start_bots and not host.outlives_us:  # that one starts them itself
            self._own(start_all(host, bots, START_EVERY_S))

    def _own(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end_tasks(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _tell_news(self, host: Host, watcher: Watcher) -> None:
        from tellme.surfaces.news import worth_telling

        missed = 0
        speech = _Speech(lambda bot, session, text: self._post(messages.BotSpoke(host.name_of(bot), session, text)))
        async for event in watcher:
            match event:
                case StateChanged():
                    self._changed.set()
                    self._post(messages.BotChanged(event, host.name_of(event.bot)))
                case Spoke():
                    speech.add(event)
                case CatalogueChanged():
                    self._changed.set()
                    for text in worth_telling(event, host.name_of):
                        self._post(messages.Noticed(text))
                    self._start(host, event.added)
                case Notice(text):
                    self._post(messages.Noticed(text))
            if watcher.missed > missed:
                self._post(messages.Noticed(f"{watcher.missed - missed:,} events came too fast to be shown."))
                missed = watcher.missed

    async def _look(self, host: Host) -> None:
        """Tell how the bots are at each change, and every ``LOOK_S``; many changes at once are told as one."""
        while True:
            self._changed.clear()
            with suppress(HostGone):  # which is told as it happens, and passes
                self._post(messages.BotsSeen(await host.bots()))
            await asyncio.sleep(1 / FRAMES_A_SECOND)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._changed.wait()

    async def control(self, name: str, what: Control) -> BotSpec:
        """Have a bot start, stop or restart, and return it. Raises ``TellmeError``."""
        from tellme.host.host import control

        return await control(await self.host(), name, what)

    # Messages without a session -----------------------------------------------------------------------------------

    async def route(self, text: str) -> Session | None:
        """Return the session for a message without one: that of the bot that it fits, if it fits one well."""
        host = await self.host()
        spec = host.route(text)
        if spec is None:
            return None
        if spec.id not in self._routed:
            self._routed[spec.id] = await host.open_session(spec.name)
        return self._routed[spec.id]

    def keep(self, session_id: str) -> None:
        """A session that held messages without one is one like any other from now on: the person went to it."""
        self._routed = {bot: session for bot, session in self._routed.items() if session.id != session_id}

    def forget(self, session_id: str) -> None:
        """A bot has ended this session: the next message that fits it opens another."""
        self.keep(session_id)

    def is_routed(self, session_id: str) -> bool:
        """Does this session hold messages without one?"""
        return any(session.id == session_id for session in self._routed.values())

    # Turns --------------------------------------------------------------------------------------------------------

    async def say(self, session: Session, text: str, attachments: Sequence[Attachment] = ()) -> RunningTurn:
        """Send a message. It is on disk when this returns. Raises ``TellmeError``."""
        host = await self.host()
        running = await host.say(session, text, self._choose, attachments=attachments)
        self._running[running.id] = running
        return running

    async def retry(self, turn_id: str) -> RunningTurn:
        """Send a failed turn again, under its own id. Raises ``TellmeError``."""
        host = await self.host()
        running = await host.retry(turn_id, self._choose)
        self._running[running.id] = running
        return running

    async def follow(self, running: RunningTurn, sink: TurnSink) -> Reply:
        """Hand what comes of a turn to ``sink`` until its reply, which is returned too.

        The turn goes on when this is cancelled, and is kept.
        """
        frames = _Frames(sink)
        try:
            async for event in running:
                match event:
                    case Piece(text):
                        frames.add(text)
                    case Thought() | ToolCall() | Plan():
                        frames.add_step(event)
                    case Retrying(reason):
                        frames.drop()
                        sink.again(reason)
                    case Notice(text):
                        sink.note(text)
                    case Reply():
                        frames.end()
                        sink.end(event)
                        return event
        finally:
            frames.drop()
            self._running.pop(running.id, None)
        raise AssertionError("a turn ends with a reply")

    def add_time(self, seconds: float) -> None:
        """Give the turns under way so much more time: the program was stopped meanwhile."""
        if self._host is not None:
            self._host.add_time(seconds)

    def cancel(self, turn_id: str) -> bool:
        """Ask for the end of a turn that is under way; false if it is not."""
        running = self._running.get(turn_id)
        if running is not None:
            running.cancel()
        return running is not None

    async def _choose(self, question: Question) -> str | None:
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._post(messages.Asked(question, answer))
        return await answer


class _Frames:
    """Gathers pieces and steps so that the screen changes at most ``FRAMES_A_SECOND`` times, the first time at once."""

    def __init__(self, sink: TurnSink) -> None:
        self._sink = sink
        self._loop = asyncio.get_running_loop()
        self._gathered: list[str] = []
        self._thoughts: list[str] = []
        self._steps: dict[str, ToolCall | Plan] = {}
        """The newest of each tool call, by its id, and of the plan."""
        self._shown_at = -1.0
        self._next: asyncio.TimerHandle | None = None

    def add(self, text: str) -> None:
        """Show a piece now or with the next frame."""
        self._gathered.append(text)
        self._wake()

    def add_step(self, step: Thought | ToolCall | Plan) -> None:
        """Show a step now or with the next frame."""
        if isinstance(step, Thought):
            self._thoughts.append(step.text)
        else:
            self._steps[f"call {step.id}" if isinstance(step, ToolCall) else "plan"] = step
        self._wake()

    def end(self) -> None:
        """Show the steps that were not shown yet; the reply has all of the pieces."""
        self._show_steps()
        self.drop()

    def _wake(self) -> None:
        if self._next is None:
            due_s = self._shown_at + 1 / FRAMES_A_SECOND - self._loop.time()
            self._next = self._loop.call_later(max(0.0, due_s), self._flush)

    def drop(self) -> None:
        """Forget what was not shown yet."""
        self._gathered.clear()
        self._thoughts.clear()
        self._steps.clear()
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _flush(self) -> None:
        self._next = None
        text = "".join(self._gathered)
        self._gathered.clear()
        self._show_steps()
        if text:
            self._sink.append(text)
        self._shown_at = self._loop.time()

    def _show_steps(self) -> None:
        thought = "".join(self._thoughts)
        steps = [*([Thought(thought)] if thought else []), *self._steps.values()]
        self._thoughts.clear()
        self._steps.clear()
        if steps:
            self._sink.step(steps)


class _Speech:
    """Gathers what bots say unasked, which may come in a thousand pieces."""

    def __init__(self, show: Callable[[str, str, str], object]) -> None:
        self._show = show
        self._loop = asyncio.get_running_loop()
        self._said: dict[tuple[str, str], str] = {}
        self._left_out: Counter[tuple[str, str]] = Counter()
        self._began_at = 0.0
        self._next: asyncio.TimerHandle | None = None

    def add(self, piece: Spoke) -> None:
        """Show it when its bot pauses, or has gone on for long."""
        who = piece.bot, piece.session
        said = self._said.get(who, "") + piece.text
        self._said[who] = said[:MAX_SPEECH_CHARS]
        self._left_out[who] += len(said) - len(self._said[who])
        now = self._loop.time()
        if self._next is None:
            self._began_at = now
        else:
            self._next.cancel()
        self._next = self._loop.call_at(min(now + PAUSE_S, self._began_at + LONGEST_S), self._flush)

    def _flush(self) -> None:
        self._next = None
        for (bot, session), text in self._said.items():
            left_out = self._left_out[bot, session]
            self._show(bot, session, f"{text}\n\n… {left_out:,} characters left out" if left_out else text)
        self._said.clear()
        self._left_out.clear()
