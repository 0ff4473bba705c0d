"""What a server says of itself: a line each on stderr, and never waiting for whoever should read it."""

from __future__ import annotations

import os
import select

from tellme.surfaces.output import STDERR_FD
from tellme.text import one_line, shorten

MAX_CHARS = 1000
"""What a pipe that can be written to takes at once is 4,096 bytes at least (PIPE_BUF, pipe(7))."""


def say(text: str) -> None:
    """Write a line, unless nobody reads: then it is lost, and the host goes on."""
    try:
        if select.select((), (STDERR_FD,), (), 0)[1]:
            os.write(STDERR_FD, f"tellme: {shorten(one_line(text), MAX_CHARS)}\n".encode("utf-8", "replace"))
    except (OSError, ValueError):
        return
