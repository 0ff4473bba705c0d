"""A session read back from a document that ``export`` wrote: the inverse of it, as far as the document goes.

Whatever else the file is, one ``UsageError`` says where it is wrong; nothing in it is obeyed.
"""

from __future__ import annotations

from typing import NamedTuple

from tellme.errors import UsageError
from tellme.model import Session, Turn
from tellme.paths import open_to_read

MAX_BYTES = 256 * 1024 * 1024


class Imported(NamedTuple):
    """What a document says."""

    session: Session
    turns: list[Turn]
    files: list[list[str]]
    """The names of the files that went with each of the turns, in their order."""


def read_file(path: str) -> Imported:
    """Read a session and its turns from a file; raises ``UsageError`` that begins with the path. Blocks."""
    try:
        with open_to_read(path) as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise UsageError(f"it is longer than {MAX_BYTES:,} bytes, which no session is.")
        return read(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}: Line {line}: this is no UTF-8, which every export is.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path!r} cannot be read: {reason}.") from None
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def read(text: str) -> Imported:
    """Read a session and its turns from JSON or Markdown; raises ``UsageError``.

    Markdown knows neither ids and times of turns, nor attempts, latencies and the title: these are empty (the time: the
    session's begin, to the minute), and the bot's id is made of its name. The bot's own id of the conversation is in
    neither.
    """
    text = text.removeprefix("\ufeff")
    if text.lstrip()[:1] in ("{", "["):
        from tellme.surfaces.importing_json import read_json

        return read_json(text)
    if text.startswith("# "):
        from tellme.surfaces.importing_markdown import read_markdown

        return read_markdown(text)
    raise UsageError("Line 1: this is no session that 'tellme export' wrote, neither as JSON nor as Markdown.")
