"""The host, as every surface sees it, wherever it runs: the one list of what can be asked of it.

``local.LocalHost`` owns bots, sessions and the store itself; ``remote.RemoteHost`` speaks with a ``tellme serve``.
``open.open_host`` decides which. A host belongs to one event loop; ``StoreError`` is raised by all that is kept,
``HostGone`` by all where the host has gone away.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol

from tellme.errors import ConfigError
from tellme.host.events import Watcher
from tellme.model import (
    Attachment,
    BotCommand,
    BotSpec,
    BotStats,
    BotStatus,
    Exit,
    Question,
    Reply,
    Session,
    SessionOption,
    Turn,
    TurnEvent,
    TurnRecord,
)

Control = Literal["start", "stop", "restart"]
"""What a person can have a bot's process do."""

Choose = Callable[[Question], Awaitable[str | None]]
"""Asks the person; returns the id of the chosen option, or ``None`` when there is no answer."""


class RunningTurn(Protocol):
    """A turn under way: iterate over it for its events, the last of which is the ``Reply``.

    It goes on, and is kept, when nobody listens.
    """

    @property
    def id(self) -> str:
        """The turn's id."""
        ...

    @property
    def session(self) -> Session:
        """The session that it belongs to."""
        ...

    def __aiter__(self) -> AsyncIterator[TurnEvent]: ...

    async def __anext__(self) -> TurnEvent: ...

    async def reply(self) -> Reply:
        """Wait for the end, and return it."""
        ...

    async def ended(self) -> None:
        """Wait until the turn is over and on disk."""
        ...

    def cancel(self) -> None:
        """Ask for the end of the turn; its reply comes soon, as failed: the bot "was cancelled"."""
        ...


class Host(Protocol):
    """See the module."""

    # Bots ---------------------------------------------------------------------------------------------------------

    damage: list[str]
    """One sentence for each damaged file that was set aside."""

    @property
    def problems(self) -> Sequence[ConfigError]:
        """What is wrong in the configuration; the bots that are not named there work."""
        ...

    @property
    def outlives_us(self) -> bool:
        """Do the bots go on when this program ends?"""
        ...

    @property
    def places(self) -> Mapping[str, str]:
        """Where things are kept: what it is → its path."""
        ...

    def find(self, name: str) -> BotSpec:
        """Return the bot of that name or id, in any case. Raises ``BotNotFound`` with the nearest names."""
        ...

    def route(self, message: str) -> BotSpec | None:
        """Return the bot that a message without a session should go to, if one matches well."""
        ...

    def specs(self) -> list[BotSpec]:
        """Return what is known of each bot, in the order of the catalogue."""
        ...

    def name_of(self, bot_id: str) -> str:
        """Return a bot's name; the id where there is no such bot any more."""
        ...

    def log_path(self, name: str) -> str:
        """Return the file that holds a bot's log; it exists once the bot has written something."""
        ...

    def follow_log(self, name: str, last: int = 200) -> AsyncIterator[list[str]]:
        """Return the last lines of a bot's log (perhaps none), then what is added to it, as it is: without end.

        Of a flood the newest lines come, and one that counts those left out. Raises ``BotNotFound`` at once.
        """
        ...

    def log_lines(self, name: str, last: int) -> list[str]:
        """Return the last lines of a bot's log, oldest first."""
        ...

    def watch(self) -> AbstractContextManager[Watcher]:
        """Watch the host for the length of a block: states of bots, what bots say by themselves, notices."""
        ...

    async def bots(self) -> list[BotStatus]:
        """Describe every bot as it is now."""
        ...

    async def status(self, name: str) -> BotStatus:
        """Describe a bot as it is now."""
        ...

    async def why_not_startable(self, name: str) -> str | None:
        """Say what would keep a bot from starting, as far as that can be seen without starting it."""
        ...

    async def start(self, name: str) -> None:
        """Have a bot start before its first message, or try again after it was given up."""
        ...

    async def stop(self, name: str) -> None:
        """Have a bot stop: its stdin is closed, then SIGTERM, then SIGKILL. The next message starts it again."""
        ...

    async def restart(self, name: str) -> None:
        """Have a bot end and start anew."""
        ...

    async def exits(self, name: str | None = None, limit: int = 100) -> list[Exit]:
        """Return how processes of a bot, or of all of them, ended, newest first."""
        ...

    async def stats(self, since: float, buckets: int = 0) -> list[BotStats]:
        """Return what each bot did since a time (seconds since the epoch), with so many parts of that span."""
        ...

    # Sessions -----------------------------------------------------------------------------------------------------

    async def open_session(self, name: str) -> Session:
        """Begin a conversation with a bot and keep it. Raises ``BotNotFound``."""
        ...

    async def resume_session(self, session_id: str | None = None, *, other_than: str | None = None) -> Session:
        """Go on with a session, by id or the start of one; without, the one used last that is not ``other_than``.

        Raises ``SessionNotFound``.
        """
        ...

    async def end_session(self, session_id: str | None = None) -> Session:
        """End a session, by id or the start of one; without, the newest open one. Raises ``SessionNotFound``."""
        ...

    async def set_title(self, session_id: str, title: str) -> Session:
        """Give a session a title; an empty one brings back the agent's own, or that of its first message.

        Raises ``SessionNotFound``.
        """
        ...

    async def session(self, session_id: str) -> Session:
        """Return a session, by id or the start of one. Raises ``SessionNotFound``."""
        ...

    async def last_used_session(self) -> Session | None:
        """Return the session with the newest message, ended or not."""
        ...

    async def sessions(
        self, search: str | None = None, limit: int | None = None, bot: str | None = None
    ) -> list[Session]:
        """Return past and open sessions, newest first; with ``search``, those in which the text was said; with ``bot``,
        an id, those with that bot, also one that is there no more.
        """
        ...

    async def history(self, session_id: str) -> tuple[Session, list[Turn]]:
        """Return a session and all of its turns, in order. Raises ``SessionNotFound``."""
        ...

    async def import_session(self, session: Session, turns: list[Turn], files: Sequence[Sequence[str]] = ()) -> Session:
        """Keep a session that was exported; the same one again is not doubled. Returns it as it is kept.

        ``files`` are the names of those that went with each of the turns, in their order.
        """
        ...

    def offered(self, session: Session) -> tuple[BotCommand, ...]:
        """Return the commands that the session's bot offers, as far as its process has said so yet."""
        ...

    async def commands(self, session: Session) -> tuple[BotCommand, ...] | None:
        """Return the commands that the session's bot offers; where need be it is started and told of the session.

        ``None`` where that fails; the next message says why.
        """
        ...

    async def options(self, session: Session) -> tuple[SessionOption, ...]:
        """Return what the bot lets the person choose in a session; where need be it is started and told of it.

        Raises ``TellmeError`` where that fails.
        """
        ...

    async def set_option(self, session: Session, option_id: str, value: str) -> tuple[SessionOption, ...]:
        """Choose, and return what there is now. Raises ``UsageError`` where there is no such option or value."""
        ...

    # Turns --------------------------------------------------------------------------------------------------------

    async def say(
        self,
        session: Session,
        message: str,
        choose: Choose | None = None,
        *,
        taken_at: float | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> RunningTurn:
        """Send a message; it is on disk when this returns. Iterate over the result for what comes of it.

        ``choose`` asks the person when the bot has a question; without it the answer is no. ``taken_at`` is when the
        person began to wait, on the clock of ``time.monotonic``; without it, now. ``attachments`` are files that go
        with the message and are kept with it. Raises ``UsageError`` for a message that is empty, or too long with them.
        """
        ...

    async def open_and_say(
        self,
        name: str,
        message: str,
        choose: Choose | None = None,
        *,
        taken_at: float | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> RunningTurn:
        """Begin a conversation with its first message: ``open_session`` and ``say`` in one, both kept or none."""
        ...

    async def retry(self, turn_id: str, choose: Choose | None = None) -> RunningTurn:
        """Send a failed turn again, under its own id. Raises ``TurnNotFound``, ``UsageError`` if it did not fail."""
        ...

    def add_time(self, seconds: float) -> None:
        """Leave a time just past, for which the program was suspended, out of every clock and deadline of a turn."""
        ...

    async def turns(
        self, session_id: str, limit: int, before: str | None = None, after: str | None = None
    ) -> list[Turn]:
        """Return a page of a session, oldest first: its last turns, or the last before the turn ``before``, or the
        first after the turn ``after``.
        """
        ...

    async def turn(self, turn_id: str) -> TurnRecord:
        """Return everything about a turn, by id or the start of one. Raises ``TurnNotFound``."""
        ...

    async def attachments(self, turn_id: str) -> tuple[Attachment, ...]:
        """Return the files that went with a turn's message, by id or the start of one. Raises ``TurnNotFound``."""
        ...

    async def attachments_of(
        self, session_id: str, first: str | None = None, last: str | None = None
    ) -> list[tuple[str, tuple[Attachment, ...]]]:
        """Return the files of all turns of a session that have any, by the turn's id, without their content.

        With ``first`` and ``last``, only of the turns from that one to that one.
        """
        ...

    async def failed_turns(self, limit: int | None = None, session: str | None = None) -> list[TurnRecord]:
        """Return the turns that failed and were not answered since, newest first: all, or those of a session's id."""
        ...

    async def find_turns(self, session_id: str, text: str) -> list[str]:
        """Return the ids of the turns whose message or reply holds ``text``, in any case, oldest first."""
        ...

    async def messages(self, search: str | None = None, limit: int = 500) -> list[str]:
        """Return what the person said lately, over all sessions: newest first, each text once."""
        ...

    # The store ----------------------------------------------------------------------------------------------------

    async def check_store(self) -> str | None:
        """Read and write what is on disk; say what is wrong with it, if anything."""
        ...

    async def backup(self, path: str) -> str:
        """Write all that is kept to a file, while it is in use, and return its path; only a backup is replaced."""
        ...

    async def restore(self, path: str) -> str:
        """Take all that is kept from such a file; returns where what was there before is now."""
        ...


async def control(host: Host, name: str, what: Control) -> BotSpec:
    """Have a bot start, stop or restart, and return it. Raises ``BotNotFound``."""
    spec = host.find(name)
    await {"start": host.start, "stop": host.stop, "restart": host.restart}[what](spec.id)
    return spec
