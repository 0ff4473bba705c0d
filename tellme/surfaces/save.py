"""A session written to a file that was not there before."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tellme.errors import UsageError
from tellme.model import Session, Turn
from tellme.surfaces.export import to_json, to_markdown


def save(file: str, bot_name: str, session: Session, turns: Sequence[Turn]) -> str:
    """Write a session as Markdown, or as JSON where the name ends in ``.json``, and return the absolute path.

    ``~`` is the person's home. Raises ``UsageError`` where there is such a file, or it cannot be written; blocks.
    """
    path = os.path.abspath(os.path.expanduser(file))
    write = to_json if path.lower().endswith(".json") else to_markdown
    text = write(bot_name, session, turns)
    try:
        with open(path, "x", encoding="utf-8", errors="replace") as stream:
            stream.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already and stays as it is; name another file.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{path} cannot be written: {reason}.") from None
    return path
