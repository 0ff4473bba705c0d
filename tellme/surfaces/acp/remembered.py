"""What became of the sessions that began without a bot: a small file for each, by the id that the client was given.

Clients take a session up by that id, in another process as well. Promise: whatever is in such a file, or that it cannot
be written, costs no more than that the session begins anew.
"""

from __future__ import annotations

import logging
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

_logger = logging.getLogger(__name__)

MAX_FILES = 1000
"""Of more sessions than this, those used least lately are forgotten."""

_ID = re.compile(r"new-[0-9a-f]{12}")
_CONTENT = re.compile(r"(?P<kind>session|bot|none) ?(?P<id>[^\s/]{0,200})\n")


class Known(NamedTuple):
    """What is known of a session: at most one of the two."""

    session: str = ""
    """The host's id of it."""
    bot: str = ""
    """The id of the bot chosen for it."""


class Remembered:
    """See the module."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, session_id: str) -> Known | None:
        """Return what is known of a session; ``None`` where it is none of these."""
        if not _ID.fullmatch(session_id):
            return None
        try:
            text = (self._folder / session_id).read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            return Known()
        found = _CONTENT.fullmatch(text)
        if found is None:
            return Known()
        return Known(**{found["kind"]: found["id"]}) if found["kind"] != "none" else Known()

    def ids(self) -> dict[str, str]:
        """Return the ids by which clients have the host's sessions, as far as those are any of these."""
        found: dict[str, str] = {}
        with suppress(OSError):
            for file in sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime):
                if (known := self.get(file.name)) is not None and known.session:
                    found[known.session] = file.name
        return found

    def put(self, session_id: str, known: Known) -> None:
        """Keep what is known of a session, if it is one of these."""
        if not _ID.fullmatch(session_id):
            return
        kind = "session" if known.session else "bot" if known.bot else "none"
        written = self._folder / f".{uuid4().hex}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            written.write_text(f"{kind} {known.session or known.bot}\n", "utf-8")
            os.replace(written, self._folder / session_id)
        except OSError as error:
            _logger.warning("session %s is not remembered: %s", session_id, error)

    def prune(self) -> None:
        """Forget what was not used for longest, where there is too much."""
        with suppress(OSError):
            files = sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime)
            for file in files[:-MAX_FILES]:
                file.unlink()
