"""Files that go with a message: named by the person, read here, told in words.

Promises kept here: a file that cannot be sent is said before anything is; what goes along is bounded.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from tellme.errors import UsageError
from tellme.model import Attachment
from tellme.text import clean, one_line

MAX_FILE_BYTES = 8 * 1024 * 1024
"""The largest file that can go with a message."""
MAX_ALONG_BYTES = 256 * 1024
"""The content of a larger file does not go along: the bot is told where it is."""
MOST_FILES = 16

NONE = "Nothing is attached."


def attachment(path: str) -> Attachment:
    """Return a file as it goes with a message. Raises ``UsageError`` for one that cannot be read or is too large."""
    try:
        file = Path(path).expanduser().absolute()
        content = _content(file)
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{shown(path)} cannot be attached: {reason}.") from None
    from mimetypes import guess_type  # it reads the system's own tables

    mime = guess_type(file.name)[0] or ""
    text = data = None
    if len(content) <= MAX_ALONG_BYTES:
        text = _as_text(content)
        if text is None:
            from base64 import b64encode

            data = b64encode(content).decode()
    return Attachment(file.name, file.as_uri(), mime, text, data)


def attachments(paths: Iterable[str]) -> tuple[Attachment, ...]:
    """Return some files as they go with a message. Raises ``UsageError``."""
    wanted = tuple(paths)
    if len(wanted) > MOST_FILES:
        raise UsageError(f"No more than {MOST_FILES} files can go with a message.")
    return tuple(map(attachment, wanted))


def shown(name: str) -> str:
    """Return the name of a file, harmless and on one line."""
    return one_line(clean(name))


def names(files: Iterable[Attachment]) -> str:
    """Name files on one line."""
    return ", ".join(shown(file.name) for file in files)


class Attached:
    """The files for the next message."""

    def __init__(self) -> None:
        self._files: dict[str, Attachment] = {}
        """By address, so that one that is attached twice goes once, as it is now."""

    def command(self, argument: str) -> str:
        """Carry out ``/attach`` and return what to tell the person: add a file, list all, drop all (``-``)."""
        if argument == "-":
            self._files.clear()
            return NONE
        if argument:
            self.add(attachment(argument))
        if not self._files:
            return f"{NONE} '/attach FILE' has it go with the next message."
        them = "it" if len(self._files) == 1 else "them"
        return f"With the next message: {names(self._files.values())}. '/attach -' takes {them} back."

    def add(self, file: Attachment) -> None:
        """Have a file go with the next message. Raises ``UsageError``."""
        if len(self._files) == MOST_FILES and file.uri not in self._files:
            raise UsageError(f"No more than {MOST_FILES} files can go with a message.")
        self._files[file.uri] = file

    @property
    def files(self) -> tuple[Attachment, ...]:
        """The files, in the order in which they were attached."""
        return tuple(self._files.values())

    def sent(self) -> None:
        """The message is on its way: the next one has no files yet."""
        self._files.clear()


def _content(file: Path) -> bytes:
    if not file.is_file():  # a pipe or a device may never end
        raise ValueError("it is no file" if file.exists() else "there is no such file")
    with file.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > MAX_FILE_BYTES:
            raise ValueError(f"it is larger than {MAX_FILE_BYTES // 2**20} MiB")
        return stream.read(MAX_ALONG_BYTES + 1)


def _as_text(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
