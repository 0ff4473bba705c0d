"""Copying, by all ways that there are: the terminal's own (OSC 52, also over ssh), tmux's, and the desktop's.

Which of them works nobody tells us, so each that may is used; what they get is the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from subprocess import DEVNULL, PIPE

from tellme.tui.terminal.multiplexer import wrap

MAX_OSC_52 = 100_000
"""How many characters of base64 terminals take; some drop a longer sequence, some show it."""

PATIENCE_S = 2.0
"""How long a program may take: one that asks a display which hangs would never end."""


async def copy(write: Callable[[str], object], text: str, environ: Mapping[str, str] = os.environ) -> str:
    """Copy ``text`` and return a sentence that says what came of it.

    ``write`` writes to the terminal. Takes two seconds at most, and does not hold up the event loop.
    """
    data = text.encode("utf-8", "replace")
    encoded = b64encode(data).decode()
    fits = len(encoded) <= MAX_OSC_52
    if fits:
        write(wrap(environ, f"\x1b]52;c;{encoded}\a"))
    taken = await asyncio.gather(*(_give(command, data, environ) for command in _programs(environ)))
    if fits or any(taken):
        return f"Copied {len(text):,} character{'' if len(text) == 1 else 's'}."
    return (
        f"Not copied: {len(text):,} characters are more than a terminal takes, and no clipboard program "
        "(wl-copy, xclip, xsel) took them."
    )


def _programs(environ: Mapping[str, str]) -> Iterator[Sequence[str]]:
    """Yield the commands that may reach a clipboard from here."""
    if "TMUX" in environ:
        yield "tmux", "load-buffer", "-w", "-"  # which by default does not take OSC 52 from a program
    if sys.platform == "darwin":
        yield ("pbcopy",)
    elif "WAYLAND_DISPLAY" in environ and _exists("wl-copy", environ):
        yield ("wl-copy",)
    elif "DISPLAY" in environ and _exists("xclip", environ):
        yield "xclip", "-in", "-selection", "clipboard"
    elif "DISPLAY" in environ and _exists("xsel", environ):
        yield "xsel", "--input", "--clipboard"


def _exists(program: str, environ: Mapping[str, str]) -> bool:
    return shutil.which(program, path=environ.get("PATH")) is not None


async def _give(command: Sequence[str], data: bytes, environ: Mapping[str, str]) -> bool:
    """Run a program with ``data`` as its input; true when it took it."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, env=environ, start_new_session=True
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(PATIENCE_S):
            await process.communicate(data)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return process.returncode == 0
