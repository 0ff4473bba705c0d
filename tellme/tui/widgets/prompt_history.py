"""What was sent before: a walk through it by its beginning, a search by any part of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

MAX_ENTRIES = 10_000


class History:
    """The entries, newest first and each once, with a walk that begins and ends at the draft."""

    def __init__(self) -> None:
        self._entries: list[str] = []
        self._draft = ""
        self._at = -1
        """Where the walk is; -1 at the draft."""

    def set(self, entries: Iterable[str]) -> None:
        """Replace all entries; newest first."""
        self._entries = _unique(entries)
        self.leave()

    def add(self, entries: Iterable[str]) -> bool:
        """Add entries that are older than all there are, newest first; false where there was nothing new."""
        before = len(self._entries)
        self._entries = _unique([*self._entries, *entries])
        return len(self._entries) > before

    def remember(self, entry: str) -> None:
        """Make ``entry`` the newest."""
        if entry.strip():
            self.set([entry, *self._entries])

    # The walk -----------------------------------------------------------------------------------------------------

    @property
    def is_walking(self) -> bool:
        return self._at >= 0

    @property
    def draft(self) -> str:
        """What was typed when the walk began; entries that begin with it are visited."""
        return self._draft

    def older(self, draft: str) -> str | None:
        """Go to the next older entry; ``draft`` is what stands in the prompt where the walk begins."""
        if not self.is_walking:
            self._draft = draft
        return self._step(range(self._at + 1, len(self._entries)))

    def newer(self) -> str | None:
        """Go to the next newer entry, at last to the draft; ``None`` where there is no walk."""
        if not self.is_walking:
            return None
        entry = self._step(range(self._at - 1, -1, -1))
        if entry is None:
            self.leave()
        return self._draft if entry is None else entry

    def leave(self) -> None:
        """End the walk."""
        self._at = -1

    def _step(self, places: Iterable[int]) -> str | None:
        for at in places:
            entry = self._entries[at]
            if entry.startswith(self._draft) and entry != self._draft:
                self._at = at
                return entry
        return None

    # The search ---------------------------------------------------------------------------------------------------

    def find(self, needle: str) -> list[str]:
        """Return the entries that hold ``needle``, newest first; capital letters count where ``needle`` has some."""
        if not needle:
            return []
        if needle != needle.lower():
            return [entry for entry in self._entries if needle in entry]
        return [entry for entry in self._entries if needle in entry.lower()]

    def suggest(self, start: str) -> str:
        """Return how the newest entry of one line that begins with ``start`` goes on."""
        for entry in self._entries if start.strip() else ():
            if entry.startswith(start) and "\n" not in entry:
                return entry[len(start) :]
        return ""


class Search:
    """A search under way, from the newest match to the oldest."""

    def __init__(self, history: History, before: str) -> None:
        self._history = history
        self.before = before
        """What stood in the prompt when the search began."""
        self.needle = ""
        self.found: list[str] = []
        self.at = 0

    def look_for(self, needle: str) -> None:
        """Search anew, from the newest entry."""
        self.needle = needle
        self.found = self._history.find(needle)
        self.at = 0

    def look_again(self) -> None:
        """Find what was added to the history meanwhile; the place stays."""
        self.found = self._history.find(self.needle)

    def move(self, steps: int) -> bool:
        """Go to an older match (up) or a newer one (down); false at either end."""
        at = self.at + steps
        if not 0 <= at < len(self.found):
            return False
        self.at = at
        return True

    @property
    def match(self) -> str | None:
        """The entry that the search has come to."""
        return self.found[self.at] if self.found else None


def _unique(entries: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(entry for entry in entries if entry))[:MAX_ENTRIES]
