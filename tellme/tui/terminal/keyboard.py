"""What the terminal sends: pastes that stay pastes whatever is in them, and every key for a new line.

Textual takes escape sequences within a paste for keys that were pressed, a carriage return behind one for Enter (a
pasted log would send itself), and Alt+Enter for Enter; it goes through a paste character by character. Bytes that are
no UTF-8 (a file of long ago, pasted) and sequences that it does not foresee end its thread, and the app with it; here
the ones become U+FFFD, and the others nothing.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from functools import partial

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers import linux_driver
from textual.keys import Keys
from textual.message import Message

MAX_PASTE = 4 * 1024 * 1024
"""So many characters of a paste are kept; more than any message holds."""

_KEYS = {
    "\x1b\r": "alt+enter",
    "\x1b\n": "alt+enter",
    "\x1b[27;2;13~": "shift+enter",  # xterm with modifyOtherKeys, tmux with extended-keys
    "\x1b[27;3;13~": "alt+enter",
    "\x1b[27;5;13~": "ctrl+enter",
}


def install() -> None:
    """Have the app that is started next read its terminal with ``Keyboard``."""
    # It can be told in no other way.
    linux_driver.XTermParser = Keyboard  # type: ignore[attr-defined]
    linux_driver.getincrementaldecoder = _lenient_decoder  # type: ignore[attr-defined, assignment]


def _lenient_decoder(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), "replace")


class Keyboard(XTermParser):
    """See the module. The text of pastes goes past Textual's parser."""

    def __init__(self, debug: bool = False) -> None:
        self._pasted: list[str] | None = None
        """The paste under way."""
        self._size = 0
        self._before = ""
        """The end of what was read so far, where a mark may be cut in two."""
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Take what was read from the terminal; nothing means that it has ended."""
        if not data:
            yield from super().feed(data)
        while data:
            if self._pasted is None:
                keys, data = self._split_at_start(data)
                yield from super().feed(keys)
            else:
                ended, data = self._take_pasted(data)
                if ended is not None:
                    list(super().feed(BRACKETED_PASTE_END))  # it saw an empty paste
                    yield events.Paste(ended)

    def _split_at_start(self, data: str) -> tuple[str, str]:
        """Return what comes up to the start of a paste, its mark included, and what comes after it."""
        text = self._before + data
        at = text.find(BRACKETED_PASTE_START)
        if at < 0:
            self._before = text[1 - len(BRACKETED_PASTE_START) :]
            return data, ""
        end = at + len(BRACKETED_PASTE_START) - len(self._before)
        self._pasted, self._size, self._before = [], 0, ""
        return data[:end], data[end:]

    def _take_pasted(self, data: str) -> tuple[str | None, str]:
        """Keep what belongs to the paste; where that is its end, return all of it, and what comes after."""
        pasted = self._pasted or []
        text = self._before + data
        at = text.find(BRACKETED_PASTE_END)
        keep = at if at >= 0 else max(0, len(text) - len(BRACKETED_PASTE_END) + 1)
        pasted.append(text[: min(keep, MAX_PASTE - self._size)])
        self._size += len(pasted[-1])
        if at < 0:
            self._pasted, self._before = pasted, text[keep:]
            return None, ""
        self._pasted, self._before = None, ""
        return "".join(pasted), text[at + len(BRACKETED_PASTE_END) :]

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if sequence in _KEYS:
            return [events.Key(_KEYS[sequence], None)]
        try:
            return list(super()._sequence_to_key_events(sequence, alt))
        except ValueError:  # numbers that stand for no key
            return [events.Key(Keys.Ignore, None)]

    def parse_mouse_code(self, code: str) -> Message | None:
        try:
            return super().parse_mouse_code(code)
        except ZeroDivisionError:  # the terminal has said that it has no size
            return None
