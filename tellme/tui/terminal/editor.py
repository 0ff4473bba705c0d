"""Writing a message in the person's own editor."""

from __future__ import annotations

import asyncio
import os
import shlex
import tempfile
from collections.abc import Mapping

from tellme.errors import UsageError
from tellme.model import MAX_MESSAGE_BYTES
from tellme.text import decode_message


async def edit(text: str, environ: Mapping[str, str]) -> str:
    """Open ``text`` in ``$VISUAL`` or ``$EDITOR`` and return what was saved; the app must be suspended meanwhile.

    Raises ``UsageError`` where there is no editor or it fails, and then nothing has changed.
    """
    command = shlex.split(environ.get("VISUAL") or environ.get("EDITOR") or "vi")
    descriptor, path = tempfile.mkstemp(prefix="tellme-", suffix=".md")
    try:
        os.write(descriptor, text.encode("utf-8", "replace"))
        await _run([*command, path])
        return decode_message(_saved(path))
    finally:
        os.close(descriptor)
        os.unlink(path)


def _saved(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(MAX_MESSAGE_BYTES + 1)  # one too many, so that a longer one is refused and not cut


async def _run(command: list[str]) -> None:
    try:
        process = await asyncio.create_subprocess_exec(*command)
    except OSError as error:
        raise UsageError(f"{command[0]} cannot be started ({error.strerror}); set EDITOR to your editor.") from None
    if code := await process.wait():
        raise UsageError(f"{command[0]} ended with code {code}; the message is as it was.")
