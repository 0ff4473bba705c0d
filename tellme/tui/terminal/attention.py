"""A notice on the desktop, by way of the terminal. Pure: what to write, for which terminal.

OSC 777 is what most terminals take, and the others ignore. iTerm2 and Zed know OSC 9 alone, which to ConEmu and Windows
Terminal means progress and other things, so nobody else is sent that.
"""

from __future__ import annotations

from collections.abc import Mapping

from tellme.text import clean, shorten
from tellme.tui.terminal.multiplexer import wrap

TITLE_LENGTH = 60
BODY_LENGTH = 160

_KNOW_OSC_9 = {"iTerm.app", "iTerm2", "zed"}
_KNOW_NEITHER = {"Apple_Terminal"}
_NOT_DRAWN_ON_A_DESKTOP = {"", "dumb", "linux", "unknown"}


def notice(environ: Mapping[str, str], title: str, body: str) -> str:
    """Return what makes the terminal show a notice; nothing where it would not understand."""
    program = environ.get("LC_TERMINAL") or environ.get("TERM_PROGRAM", "")  # ssh hands on the first, tmux keeps it
    if program in _KNOW_NEITHER or environ.get("TERM", "") in _NOT_DRAWN_ON_A_DESKTOP:
        return ""
    title, body = _harmless(title, TITLE_LENGTH), _harmless(body, BODY_LENGTH)
    if program in _KNOW_OSC_9:
        return wrap(environ, f"\x1b]9;{title}: {body}\a" if body else f"\x1b]9;{title}\a")
    return wrap(environ, f"\x1b]777;notify;{title};{body}\a")


def _harmless(text: str, length: int) -> str:
    """One line, without what separates the parts of a sequence."""
    return shorten(" ".join(clean(text[: 4 * length]).split()).replace(";", ","), length)
