"""The conversations that one process of a bot knows, found by our id and by the bot's own.

The promise: they do not add up. The one unused for longest makes room, and when it is used next, the bot is given it
anew. A bot that keeps fewer says so by ``Forgotten`` (``link.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from tellme.model import BotCommand
    from tellme.wire.acp import Exchange
    from tellme.wire.options import Choices

MAX_SESSIONS = 4_000
"""Far fewer than a bot of the SDK keeps (``sdk/agent.py``), so that it is hardly ever the first to forget."""

MAX_UNKNOWN = 16
"""Of so many sessions that are not ours is kept what a bot says: its first words may come before it names one."""


class About:
    """What a bot has said of one of its sessions."""

    __slots__ = ("choices", "commands", "title")

    def __init__(self) -> None:
        self.commands: tuple[BotCommand, ...] = ()
        self.choices: Choices | None = None
        self.title = ""


class Sessions:
    """Our id ⇄ the bot's own, and what hangs on each. A bot may have one session for several of ours."""

    def __init__(self, on_added: Callable[[str, str], None] | None = None) -> None:
        """``on_added`` hears of each session that is added: our id, and the bot's."""
        self.on_titled: Callable[[str, str], None] | None = None
        """Hears what the bot calls a session of ours: our id, and the title."""
        self._on_added = on_added
        self._theirs: dict[str, str] = {}
        """By our id; the one used last stands last."""
        self._ours: dict[str, str] = {}
        """By the bot's id; of several ours, the one used last."""
        self._untold: dict[str, Sequence[Exchange]] = {}
        self._about: dict[str, About] = {}
        """By the bot's id."""
        self._unknown: dict[str, About] = {}
        """Of sessions that are not, or no longer, among ours."""

    def __contains__(self, ours: str) -> bool:
        return ours in self._theirs

    def use(self, ours: str) -> str | None:
        """Return the bot's id of a session that is about to be used; ``None`` where the bot has to be given it."""
        theirs = self._theirs.pop(ours, None)
        if theirs is not None:
            self._enter(ours, theirs)
        return theirs

    def add(self, ours: str, theirs: str, untold: Sequence[Exchange] = ()) -> None:
        """The bot knows a session from now on. ``untold`` has to go before its next message."""
        self.forget(ours)
        self._enter(ours, theirs)
        if untold:
            self._untold[ours] = untold
        if len(self._theirs) > MAX_SESSIONS:
            self.forget(next(iter(self._theirs)))
        if self._on_added is not None:
            self._on_added(ours, theirs)
        if self.title(ours):
            self._titled(ours, self.title(ours))

    def forget(self, ours: str) -> None:
        """Forget a session and what hangs on it, if it is known."""
        theirs = self._theirs.pop(ours, None)
        self._untold.pop(ours, None)
        if theirs is not None and self._ours.get(theirs) == ours:
            del self._ours[theirs]
            if theirs in self._about:
                self._keep_unknown(theirs, self._about.pop(theirs))

    def end(self, ours: str) -> str | None:
        """Forget a session for good; returns the bot's id of it where no other of ours has the same."""
        theirs = self._theirs.get(ours)
        self.forget(ours)
        if theirs is None or theirs in self._theirs.values():
            return None
        self._unknown.pop(theirs, None)
        return theirs

    def ours(self, theirs: str) -> str:
        """Return our id of a session; empty for one that the bot has made up."""
        return self._ours.get(theirs, "")

    def take_untold(self, ours: str) -> Sequence[Exchange]:
        """Return the history that has to go before the next message, once."""
        return self._untold.pop(ours, ())

    def offer(self, theirs: str, commands: tuple[BotCommand, ...]) -> None:
        """From now on the bot offers these in that session."""
        self.about(theirs).commands = commands

    def offered(self, ours: str) -> tuple[BotCommand, ...]:
        """Return the commands that the bot offers in a session of ours."""
        about = self._about.get(self._theirs.get(ours, ""))
        return about.commands if about is not None else ()

    def title(self, ours: str) -> str:
        """Return what the bot calls a session of ours; empty where it has given it no name."""
        about = self._about.get(self._theirs.get(ours, ""))
        return about.title if about is not None else ""

    def entitle(self, theirs: str, title: str) -> None:
        """From now on the bot calls that session so."""
        self.about(theirs).title = title
        if theirs in self._ours:
            self._titled(self._ours[theirs], title)

    def about(self, theirs: str) -> About:
        """Return what is kept of a session of the bot's, to read or to change; begun where there is nothing yet."""
        if theirs in self._ours:
            return self._about.setdefault(theirs, About())
        about = self._unknown.get(theirs) or About()
        self._keep_unknown(theirs, about)
        return about

    def _titled(self, ours: str, title: str) -> None:
        if self.on_titled is not None:
            self.on_titled(ours, title)

    def _enter(self, ours: str, theirs: str) -> None:
        self._theirs[ours] = theirs
        self._ours[theirs] = ours
        if theirs in self._unknown:
            self._about[theirs] = self._unknown.pop(theirs)

    def _keep_unknown(self, theirs: str, about: About) -> None:
        self._unknown.pop(theirs, None)
        self._unknown[theirs] = about
        if len(self._unknown) > MAX_UNKNOWN:
            del self._unknown[next(iter(self._unknown))]
