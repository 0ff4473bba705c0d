"""A session taken from the host as a document, and written to a file that was not there before."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tellme.errors import UsageError
from tellme.host.host import Host
from tellme.model import Session, Turn
from tellme.surfaces.export import NO_FILES, Files, to_json, to_markdown


async def whole(host: Host, session_id: str) -> tuple[str, Session, list[Turn], Files]:
    """Return all that a document of a session says: its bot's name, itself, its turns and the files with them.

    Raises ``SessionNotFound``.
    """
    session, turns = await host.history(session_id)
    return host.name_of(session.bot), session, turns, dict(await host.attachments_of(session.id))


def save(file: str, bot_name: str, session: Session, turns: Sequence[Turn], files: Files = NO_FILES) -> str:
    """Write a session as Markdown, or as JSON where the name ends in ``.json``, and return the absolute path.

    ``~`` is the person's home. Raises ``UsageError`` where there is such a file, or it cannot be written; blocks.
    """
    path = os.path.abspath(os.path.expanduser(file))
    write = to_json if path.lower().endswith(".json") else to_markdown
    text = write(bot_name, session, turns, files)
    try:
        with open(path, "x", encoding="utf-8", errors="replace") as stream:
            stream.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already and stays as it is; name another file.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{path} cannot be written: {reason}.") from None
    return path
