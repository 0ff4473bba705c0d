"""The end of a bot's log, for people: ``tellme logs`` and the last words of a bot that gave up."""

from __future__ import annotations

import os

from tellme.paths import open_to_read

_CHUNK_BYTES = 64 * 1024


def tail(path: str, count: int) -> list[str]:
    """Return the last ``count`` lines, oldest first, the rotated file included; nothing where there is no log."""
    lines = _last_lines(path, count)
    if len(lines) < count:
        lines = _last_lines(f"{path}.1", count - len(lines)) + lines
    return lines


def without_stamp(line: str) -> str:
    """Return a line of the log as the bot wrote it."""
    return line.partition(" ")[2]


def _last_lines(path: str, count: int) -> list[str]:
    try:
        with open_to_read(path) as file:
            position = file.seek(0, os.SEEK_END)
            data = b""
            while position > 0 and data.count(b"\n") <= count:
                step = min(_CHUNK_BYTES, position)
                position -= step
                file.seek(position)
                data = file.read(step) + data
    except OSError:
        return []
    return data.decode("utf-8", "replace").splitlines()[-count:]
