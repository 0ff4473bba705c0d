"""What a bot says in a session between naming it and the host's taking note of it: kept, in bounds, until then."""

from __future__ import annotations

MAX_SESSIONS = 16
MAX_CHARS = 64 * 1024
"""Of what is said in one session; the rest is lost."""


class Greetings:
    """Texts by the bot's id of their session."""

    def __init__(self) -> None:
        self._opening = 0
        self._held: dict[str, str] = {}
        self._named: dict[str, None] = {}
        """Sessions that the bot has named and that are not ours yet."""

    def begin(self) -> None:
        """The bot was asked for a session."""
        self._opening += 1

    def named(self, session: str) -> None:
        """The bot has named it."""
        self._named[session] = None
        if len(self._named) > MAX_SESSIONS:
            oldest = next(iter(self._named))
            del self._named[oldest]
            self._held.pop(oldest, None)

    def end(self) -> list[str]:
        """The bot's answer has come, or never will. Returns what was said in sessions that are none."""
        self._opening -= 1
        if self._opening:
            return []
        astray = [session for session in self._held if session not in self._named]
        return [self._held.pop(session) for session in astray]

    def hold(self, session: str, text: str) -> bool:
        """Keep what was said, if that session may become ours."""
        if session not in self._named and not (self._opening and len(self._held) < MAX_SESSIONS):
            return False
        self._held[session] = (self._held.get(session, "") + text)[:MAX_CHARS]
        return True

    def take(self, session: str) -> str:
        """The session is ours now: return what was said in it."""
        self._named.pop(session, None)
        return self._held.pop(session, "")
