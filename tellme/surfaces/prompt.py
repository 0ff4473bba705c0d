"""Where a person types line by line: one prompt, and one thread that reads it for ever.

Nothing can interrupt a person who thinks, so that a prompt, once open, stays so until Enter: what is said meanwhile
goes above it, and the line goes to whoever asks for one then. No line is lost, and none is read for nobody.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence

from tellme.surfaces import output
from tellme.surfaces.listing import width

LABEL = "You: "

Complete = Callable[[str], Sequence[str]]
"""The start of a line → the lines that it can become."""


class Prompt:
    """The prompt of this process; belongs to its event loop, all but the reading."""

    def __init__(self, complete: Complete) -> None:
        self.is_open = False
        self._is_shown = False
        """Until then a thread is writing it, and what is written besides would end up in the middle of it."""
        self._held: list[str] = []
        """What is to go above it by then."""
        self._complete = complete
        self._wanted = threading.Semaphore(0)
        self._thread: threading.Thread | None = None
        self._asking: asyncio.Future[str | None] | None = None
        self._typed: deque[str | None] = deque()
        """Lines that came when nobody asked for one any more."""

    async def line(self, *, fresh: bool = False) -> str | None:
        """Wait for a line; ``None`` at the end of input. With ``fresh`` only one that ends from now on will do."""
        if self._typed and not fresh:
            return self._typed.popleft()
        loop = asyncio.get_running_loop()
        self._asking = loop.create_future()
        if not self.is_open:
            self._open(loop)
        return await self._asking

    def above(self, text: str) -> None:
        """Show whole lines while the prompt is open; it then stands below them with what was typed so far."""
        if not self._is_shown:
            self._held.append(text)
            return
        text = text.expandtabs()
        typed = f"{LABEL}{_typed_so_far()}"
        columns = _columns()
        if output.is_drawable() and all(width(line) < columns for line in (typed, *text.split("\n"))):
            output.write("".join(map(_inserted, text.split("\n"))))
        else:
            output.write(f"\n{text}\n{typed}")

    def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        self.is_open, self._is_shown = True, False
        if self._thread is None:
            self._thread = threading.Thread(target=self._read, args=(loop,), name="typing", daemon=True)
            self._thread.start()
        self._wanted.release()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        def shown() -> None:
            loop.call_soon_threadsafe(self._shown)

        tells_when_shown = _set_up_editing(self._complete, shown)
        while self._wanted.acquire():
            if not tells_when_shown:
                shown()
            try:
                line = input(LABEL)
            except (EOFError, OSError, ValueError):
                line = None
            try:
                loop.call_soon_threadsafe(self._take, line)
            except RuntimeError:  # the loop has closed: nobody waits any more
                return

    def _shown(self) -> None:
        self._is_shown = True
        while self._held:
            self.above(self._held.pop(0))

    def _take(self, line: str | None) -> None:
        self.is_open = False
        if self._asking is not None and not self._asking.done():
            self._asking.set_result(line)
        else:
            self._typed.append(line)


def _set_up_editing(complete: Complete, on_shown: Callable[[], None]) -> bool:
    """Give ``input`` the editing, the history and the completion of ``readline``; false where it cannot call back."""
    try:
        import readline
    except ImportError:
        return False

    def completion(text: str, number: int) -> str | None:
        found = complete(text)
        return found[number] if number < len(found) else None

    readline.set_completer(completion)
    readline.set_completer_delims("")  # names of bots may have spaces: it is the line that is completed
    is_editline = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if is_editline else "tab: complete")
    if not hasattr(readline, "set_pre_input_hook"):
        return False
    readline.set_pre_input_hook(on_shown)
    return True


def _typed_so_far() -> str:
    readline = sys.modules.get("readline")
    return readline.get_line_buffer() if readline else ""


def _columns() -> int:
    try:
        return os.get_terminal_size(output.STDOUT_FD).columns
    except OSError:
        return 0


def _inserted(line: str) -> str:
    """Insert a line above the cursor's own, which moves down with the cursor where it is: ``readline`` notices nothing.

    IND, CUU (make room below), DECSC, IL, the line, DECRC, CUD.
    """
    return f"\x1bD\x1b[A\x1b7\r\x1b[L{line}\x1b8\x1b[B"
